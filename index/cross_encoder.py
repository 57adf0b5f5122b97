"""Cross-encoders of sentence-transformers by name or folder: models that read two texts together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


def load_cross_encoder(model: str, *, setting: str, allow_download: bool = False) -> CrossEncoder:
    """The CrossEncoder of that name or folder, which `setting` names. Raises ModelError."""
    from huggingface_hub import constants
    from sentence_transformers import CrossEncoder

    constants.HF_HUB_DISABLE_TELEMETRY = True
    source = str(Path(model)) if Path(model).is_dir() else model
    try:
        loaded: CrossEncoder = CrossEncoder(source, device="cpu", local_files_only=not allow_download)
    except Exception as error:  # of the library's, or of one of those below it
        problem = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ModelError(
            f"The model {model!r} cannot be loaded: {problem}.",
            f"Set {setting} to a folder with a sentence-transformers CrossEncoder, or to a hub name together with "
            "allow_model_download = true; or leave it unset.",
        ) from error
    return loaded
