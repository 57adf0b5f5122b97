"""The reader's network: an encoder, one head for "this sentence answers", one for the span."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def build_network(config: dict[str, Any]) -> torch.nn.Module:
    """The network without weights: an encoder of the kind that `config` names (`model_type`: BERT, MPNet or
    RoBERTa), one relevance head, one span head."""
    import torch
    from transformers import AutoConfig, AutoModel

    shape = AutoConfig.for_model(**config)

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_config(shape, add_pooling_layer=False)
            self.relevance = torch.nn.Linear(2 * shape.hidden_size, 1)
            self.span = torch.nn.Linear(shape.hidden_size, 2)
            self._knows_types = config.get("type_vocab_size", 0) > 1

        def forward(
            self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            """Logits that the sentence answers, shape (pairs,), and of spans, shape (pairs, tokens, 2)."""
            more = {"token_type_ids": types} if self._knows_types else {}
            hidden = self.encoder(input_ids=ids, attention_mask=mask, **more).last_hidden_state
            weights = types.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
            relevance = self.relevance(torch.cat([hidden[:, 0], mean], dim=-1)).squeeze(-1)
            # Only the sentence's own tokens can be the answer.
            spans = self.span(hidden).masked_fill(types.unsqueeze(-1) == 0, -1e4)
            return relevance, spans

    return Network()


def mean_of(states: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The mean of each weight, by name, in float32."""
    return {name: sum(state[name].float() for state in states) / len(states) for name in states[0]}
