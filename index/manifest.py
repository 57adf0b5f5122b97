"""The manifest of a build: what it holds, what it was made with, and what each of its files must be."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index import chroma_server
from index.clean import CLEANER_VERSION
from index.embed import Recipe
from index.errors import BuildError
from index.home import sync_folder
from index.words import WORDS_VERSION

FORMAT = 1
REPAIR = "Run `dateline index repair` to derive it from the catalogue again; nothing is embedded anew."

_AT_ONCE = 2
"""Files that are hashed side by side."""

UNKNOWN_DTYPE = "unknown"
"""Of an index that was restored, or mended without its manifest, and whose recipe is of before recipes told it."""

MANIFEST = "manifest.json"
_DATABASE = "chroma/chroma.sqlite3"


@dataclass(frozen=True)
class MadeWith:
    """What articles were read, split and embedded with. `revision`: of the model on its hub, where it is from there."""

    recipe: Recipe
    dtype: str
    cleaner: int = CLEANER_VERSION
    revision: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What a build holds and what it was made with. `content` is equal for two builds of the same versions.

    `files` are the sizes in bytes of its files that reading never changes, `hashes` their SHA-256, and `written` when
    they were last written, in nanoseconds: Chroma answers wrongly from a file that was changed, or takes the process
    down with it.
    """

    name: str
    made_at: str
    recipe: Recipe
    dtype: str
    articles: int
    chunks: int
    sources: tuple[str, ...]
    content: str
    files: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    revision: str | None = None
    cleaner: int = CLEANER_VERSION
    words: int = WORDS_VERSION
    format: int = FORMAT

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises BuildError if the build in `folder` is half-written, damaged, or of another format."""
        remedy = REPAIR
        try:
            fields: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            fields["recipe"] = Recipe(**fields["recipe"])
            fields["sources"] = tuple(fields["sources"])
            manifest = cls(**fields)
        except FileNotFoundError as error:
            raise BuildError(f"The build in {folder} is half-written: it has no manifest.json.", remedy) from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BuildError(f"The manifest of the build in {folder} cannot be read: {error}.", remedy) from error
        if (manifest.format, manifest.words) != (FORMAT, WORDS_VERSION):
            raise BuildError(f"The build in {folder} was made by another version of Dateline.", remedy)
        if damaged := manifest.damaged(folder, thorough=False):
            raise BuildError(f"The build in {folder} is damaged: {damaged[0]} is not what was written.", remedy)
        return manifest

    @property
    def made_with(self) -> MadeWith:
        return MadeWith(self.recipe, self.dtype, self.cleaner, self.revision)

    def damaged(self, folder: Path, *, thorough: bool) -> list[str]:
        """The names of the files that are not what was written.

        A file that has its size, and was not touched since, is believed unless `thorough`: so that opening a build
        takes no longer where it is larger. In a folder that was copied every file is read.
        """
        return [name for name in self.files if not self.is_as_written(folder, name, thorough=thorough)]

    def is_as_written(self, folder: Path, name: str, *, thorough: bool = True) -> bool:
        """Whether one file is what was written; `thorough` as in `damaged`."""
        try:
            state = (folder / name).stat()
            believed = not thorough and state.st_mtime_ns == self.written.get(name, state.st_mtime_ns)
            expected = self.hashes.get(name)
            is_of_its_size = state.st_size == self.files.get(name)
            return is_of_its_size and (believed or expected is None or _sha256(folder / name) == expected)
        except OSError:
            return False

    def write(self, folder: Path) -> None:
        with (folder / MANIFEST).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)


def files_of(folder: Path) -> dict[str, Any]:
    """What a manifest says of a build's files: all but itself and Chroma's database, in which opening it writes."""
    files = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}
    files = {name: file for name, file in files.items() if name != MANIFEST and not name.startswith(_DATABASE)}
    # Below 1,000 chunks Chroma keeps everything in its database, and makes the files of a graph anew, with whatever
    # was in memory, each time they are opened: another process may find them half-written.
    graph = any(name.endswith("/index_metadata.pickle") for name in files)
    server = f"chroma/{chroma_server.NAME}"
    lasting = {name: file for name, file in files.items() if graph or not name.startswith("chroma/") or name == server}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="hash") as beside:
        hashes = dict(zip(lasting, beside.map(_sha256, lasting.values()), strict=True))
    return {
        "files": {name: file.stat().st_size for name, file in lasting.items()},
        "hashes": hashes,
        "written": {name: file.stat().st_mtime_ns for name, file in lasting.items()},
    }


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
