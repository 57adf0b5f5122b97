"""The reader's weights on disk: int8 with one scale a row, checked by SHA-256."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError

if TYPE_CHECKING:
    import torch

FOLDER = Path(__file__).parent / "data"
_SCALE = ".scale"


def quantised(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Matrices as int8 with a float32 scale for each row, the rest as float32."""
    import torch

    small: dict[str, torch.Tensor] = {}
    for name, tensor in state.items():
        if tensor.ndim < 2:
            small[name] = tensor.float().contiguous()
            continue
        scale = (tensor.float().abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-12)
        small[name] = (tensor.float() / scale).round().clamp(-127, 127).to(torch.int8).contiguous()
        small[name + _SCALE] = scale.contiguous()
    return small


def restored(small: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The float32 weights that `quantised` kept."""
    return {
        name: tensor.float() * small[name + _SCALE] if name + _SCALE in small else tensor
        for name, tensor in small.items()
        if not name.endswith(_SCALE)
    }


def read_weights(folder: Path = FOLDER) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The configuration and the weights in `folder`. Raises ModelError if a file is missing or is not the one
    shipped."""
    from safetensors.torch import load

    remedy = "Reinstall Dateline, or set reader = false to answer without the reader."
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        raw = (folder / "reader.safetensors").read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(f"The reader in {folder} cannot be read: {error}.", remedy) from error
    found = hashlib.sha256(raw).hexdigest()
    if found != config["sha256"]:
        raise ModelError(f"The reader's weights in {folder} have SHA-256 {found}, not {config['sha256']}.", remedy)
    return config, restored(load(raw))
