"""What the README and its neighbours list is what there is, whichever of the two one starts from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WIDEST = 130
"""Characters of a line of prose; most are wrapped at 120."""


def tree(readme: str) -> Iterator[str]:
    """The paths of the README's tree, folders without a slash at their end."""
    folder = ""
    for line in readme.split("```text")[1].split("```")[0].strip().splitlines():
        for name in re.split(r"\s{2,}", line.strip())[0].split(", "):
            if line.startswith(" "):
                yield f"{folder}/{name.rstrip('/')}"
            else:
                folder = name.rstrip("/")
                yield folder


def modules(folder: Path) -> set[str]:
    """The modules and packages directly in `folder`, as paths from its parent."""
    packages = {path.parent for path in folder.glob("*/__init__.py")}
    found = packages | {path for path in folder.glob("*.py") if path.name != "__init__.py"}
    return {f"{folder.name}/{path.name}" for path in found}


def test_nothing_stands_in_the_tree_twice() -> None:
    listed = list(tree(README))
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("folder", ["index", "assistant"])
def test_every_module_stands_in_the_tree(folder: str) -> None:
    assert modules(ROOT / folder) - set(tree(README)) == set()


def test_a_module_that_the_tree_lacks_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "index" / "read").mkdir(parents=True)
    for name in ("__init__.py", "store.py", "lost.py", "read/__init__.py", "read/text.py"):
        (tmp_path / "index" / name).touch()
    listed = set(tree("```text\nindex/   articles\n  store.py, read/    vectors\n```"))
    assert listed == {"index", "index/store.py", "index/read"}
    assert modules(tmp_path / "index") - listed == {"index/lost.py"}


def test_every_folder_of_the_top_and_every_page_of_docs_is_told_of() -> None:
    tops = {"index", "assistant", "prompts", "seeds", "tests", "docs"}
    assert tops <= set(tree(README))
    about = next(line for line in README.splitlines() if line.startswith("docs/ "))
    pages = {path.stem for path in (ROOT / "docs").iterdir()}
    assert {page for page in pages if page not in re.findall(r"\w+", about.removeprefix("docs/"))} == set()


def test_every_file_of_the_benchmarks_stands_in_their_readme() -> None:
    told = (ROOT / "tests/bench/README.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "tests/bench").iterdir() if path.is_file()} - {"README.md"}
    assert files
    assert {name for name in files if f"`{name}`" not in told} == set()


def test_prose_of_the_readme_is_wrapped() -> None:
    printed = README.split("<!-- transcript -->")
    prose = printed[0] + printed[1].split("<!-- /transcript -->")[1]
    wide = [line for line in prose.splitlines() if len(line) > WIDEST and not line.startswith(("|", "!["))]
    assert wide == []


def test_nothing_tells_to_install_a_package_called_dateline() -> None:
    """A registry may hold anything under that name: Dateline is installed from its own folder."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    code = [path for top in ("index", "assistant") for path in (ROOT / top).rglob("*.py")]
    told = re.compile(r"pip install[^`\n]*[ '\"]dateline\b")
    assert told.search("pip install 'dateline[local]'")
    assert not told.search("pip install -c constraints.txt -e '.[local]'")
    assert [path.name for path in [*pages, *code] if told.search(path.read_text(encoding="utf-8"))] == []
