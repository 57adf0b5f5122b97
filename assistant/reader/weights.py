"""The reader's files: what they must be, checked by SHA-256 before anything of them is run."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelError

FOLDER = Path(__file__).parent / "data"

REMEDY = "Reinstall Dateline, or set reader = false to answer without the reader."


@dataclass(frozen=True)
class Files:
    """`network`: the ONNX model's bytes; `tokenizer`: the text of tokenizer.json; a logit divided by `temperature` is
    calibrated."""

    network: bytes
    tokenizer: str
    temperature: float


def read_files(folder: Path = FOLDER) -> Files:
    """What `folder` holds. Raises ModelError if a file is missing or is not the one shipped.

    config.json has `sha256`, that of reader.onnx, and `temperature`. Where it has `tokenizer_sha256`, tokenizer.json
    must have that: another tokenizer would feed the weights other words, and nothing would look broken.
    """
    try:
        config = json.loads((folder / "config.json").read_bytes())
        network = (folder / "reader.onnx").read_bytes()
        tokenizer = (folder / "tokenizer.json").read_bytes()
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"The reader in {folder} cannot be read: {error}.", REMEDY) from error
    if not isinstance(config, dict):
        raise ModelError(f"The config.json of the reader in {folder} is no JSON object.", REMEDY)
    _require_hash(folder, "weights", network, config.get("sha256"))
    if "tokenizer_sha256" in config:
        _require_hash(folder, "tokenizer", tokenizer, config["tokenizer_sha256"])
    temperature = config.get("temperature")
    if isinstance(temperature, bool) or not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        raise ModelError(
            f"The temperature in the config.json of the reader in {folder} is {temperature!r}, no positive number.",
            REMEDY,
        )
    try:
        return Files(network, tokenizer.decode("utf-8"), float(temperature))
    except (UnicodeDecodeError, OverflowError) as error:
        raise ModelError(f"The reader in {folder} cannot be read: {error}.", REMEDY) from error


def _require_hash(folder: Path, part: str, raw: bytes, wanted: object) -> None:
    """Raises ModelError where `raw` has not the SHA-256 that config.json states, or that states none."""
    if not isinstance(wanted, str):
        raise ModelError(f"The config.json of the reader in {folder} states no SHA-256 of its {part}.", REMEDY)
    found = hashlib.sha256(raw).hexdigest()
    if found != wanted:
        raise ModelError(f"The reader's {part} in {folder}: the SHA-256 is {found}, not {wanted}.", REMEDY)
