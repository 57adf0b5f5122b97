"""A natural-language-inference model beside the rules: a cross-encoder that reads quote and sentence together.

It may carry a sentence that the rules carry in part, and may bring down one that they carry. What they contradict
(another number, name or speaker) stays unsupported, and what stands there word for word stays supported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.check.support import Similarity, is_verbatim, support
from assistant.records import Support
from index.errors import ModelError

_REMEDY = (
    "Set entailment_model to a folder with a sentence-transformers CrossEncoder of three labels, or to a hub name "
    "together with allow_model_download = true; or leave it unset."
)


class EntailmentJudge:
    """The rules with a CrossEncoder beside them. Called with a sentence and its quotes, it gives their `Support`."""

    def __init__(self, model: Any, similarity: Similarity | None = None) -> None:
        labels = {str(name).lower(): int(at) for name, at in (getattr(model.config, "label2id", None) or {}).items()}
        missing = {"entailment", "contradiction"} - set(labels)
        if missing:
            raise ModelError(f"The model has the labels {sorted(labels)}, not {sorted(missing)}.", _REMEDY)
        self._model = model
        self._entailment, self._contradiction = labels["entailment"], labels["contradiction"]
        self._similarity = similarity

    def __call__(self, sentence: str, quotes: Sequence[str]) -> Support:
        found = support(sentence, quotes, self._similarity)
        if found is Support.UNSUPPORTED or is_verbatim(sentence, quotes):
            return found
        scores = self._model.predict([(" ".join(quotes), sentence)], apply_softmax=True, show_progress_bar=False)[0]
        label = int(scores.argmax())
        if label == self._contradiction:
            return Support.UNSUPPORTED
        return Support.SUPPORTED if label == self._entailment else found


def load_judge(model: str, similarity: Similarity | None = None, *, allow_download: bool = False) -> EntailmentJudge:
    """The judge with the model of that name or folder. Raises ModelError."""
    from index.cross_encoder import load_cross_encoder

    loaded = load_cross_encoder(model, setting="entailment_model", allow_download=allow_download)
    return EntailmentJudge(loaded, similarity)
