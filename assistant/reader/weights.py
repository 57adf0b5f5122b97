"""The reader's files: what they must be, checked by SHA-256 before anything of them is run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ModelError

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Files:
    """`network`: the ONNX model's bytes; `tokenizer`: the text of tokenizer.json; a logit divided by `temperature` is
    calibrated."""

    network: bytes
    tokenizer: str
    temperature: float


def read_files(folder: Path = FOLDER) -> Files:
    """What `folder` holds. Raises ModelError if a file is missing or is not the one shipped."""
    remedy = "Reinstall Dateline, or set reader = false to answer without the reader."
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        network = (folder / "reader.onnx").read_bytes()
        tokenizer = (folder / "tokenizer.json").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ModelError(f"The reader in {folder} cannot be read: {error}.", remedy) from error
    found = hashlib.sha256(network).hexdigest()
    if found != config["sha256"]:
        raise ModelError(f"The reader's weights in {folder} have SHA-256 {found}, not {config['sha256']}.", remedy)
    return Files(network, tokenizer, float(config["temperature"]))
