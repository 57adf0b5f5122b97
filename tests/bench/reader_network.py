"""The reader's network: a BERT encoder, one head for "this sentence answers", one for the span."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def build_network(config: dict[str, Any]) -> torch.nn.Module:
    """The network without weights: a BERT encoder, one relevance head, one span head."""
    import torch
    from transformers import BertConfig, BertModel

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = BertModel(BertConfig(**config), add_pooling_layer=False)
            self.relevance = torch.nn.Linear(2 * config["hidden_size"], 1)
            self.span = torch.nn.Linear(config["hidden_size"], 2)

        def forward(
            self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            """Logits that the sentence answers, shape (pairs,), and of spans, shape (pairs, tokens, 2)."""
            hidden = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
            weights = types.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
            relevance = self.relevance(torch.cat([hidden[:, 0], mean], dim=-1)).squeeze(-1)
            # Only the sentence's own tokens can be the answer.
            spans = self.span(hidden).masked_fill(types.unsqueeze(-1) == 0, -1e4)
            return relevance, spans

    return Network()
