"""The rules of the house: which room may know which, where each foreign thing lives, and what a file looks like.

A rule is a function from one file to its breaches. Each is shown breaches first (a check that cannot fail is no check),
then every file of the tree.
"""

from __future__ import annotations

import ast
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("assistant", "index", "prompts")

MAY_NOT_IMPORT = {"index": ("assistant", "prompts"), "prompts": ("assistant", "index")}
"""The data flows one way: a package knows the rooms to its left alone."""

ROOMS: dict[tuple[str, ...], str | tuple[str, ...]] = {
    ("chromadb",): "index/store.py",
    ("gradio", "gradio_client"): "assistant/browser/",
    ("sentence_transformers",): ("index/embed.py", "index/cross_encoder.py"),
    ("trafilatura",): "index/read/html_file.py",
    ("htmldate",): ("index/read/html_file.py", "index/read/page_head.py"),
    ("pypdfium2",): "index/read/pdf_file.py",
    ("docx",): "index/read/docx_file.py",
    ("py3langid",): "index/language.py",
    ("feedparser",): "index/read/feed.py",
    ("sentencex",): "index/sentences.py",
    ("Stemmer",): "index/words.py",
    ("rensa",): "index/clusters.py",
    ("bm25s",): "index/keywords.py",
    ("torch", "transformers"): ("index/embed.py", "index/int8.py"),
    ("openvino",): "index/int8.py",
    ("huggingface_hub",): ("index/embed.py", "index/cross_encoder.py", "assistant/models/pull.py"),
    ("onnxruntime",): "assistant/reader/",
    ("langchain", "langchain_anthropic", "langchain_ollama", "langchain_openai", "xllamacpp"): "assistant/models/",
}
"""Where each foreign thing lives. To replace it is to edit that room."""

NETWORK = ("aiohttp", "http.client", "httpcore", "httpx", "requests", "socket", "urllib.request", "urllib3")
FETCHING_ROOM = ("index/read/fetch.py", "index/read/network.py")
"""The one module of `index` that may open network connections, for articles, and the sockets below it."""

HEAVY = (
    *("bm25s", "chromadb", "gradio", "langchain", "langchain_core", "langgraph", "langsmith", "onnxruntime", "pandas"),
    *("docx", "htmldate", "lxml", "openvino", "pypdfium2", "trafilatura"),
    *("playwright", "scipy", "sentence_transformers", "sklearn", "torch", "transformers"),
)
"""Takes from a fifth of a second to ten to import, so it is imported inside the function that needs it."""

WORK = {
    *("connect", "cwd", "exists", "expanduser", "getenv", "glob", "home", "is_file", "iterdir", "mkdir", "open"),
    *("read_bytes", "read_text", "urlopen", "write_bytes", "write_text"),
}
"""Calls that read or write something outside the program."""

VAGUE = {"common", "handler", "handlers", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
LONGEST = 350


@dataclass(frozen=True)
class File:
    """A Python file: its path from the repository's root, and its source."""

    path: PurePosixPath
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @property
    def package(self) -> str | None:
        return self.path.parts[0] if self.path.parts[0] in PACKAGES else None

    @property
    def module(self) -> str:
        """The dotted name: "index/read/__init__.py" is index.read."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    def imports(self, node: ast.AST) -> list[str]:
        """The dotted names that `node` imports; `from a import b` counts as a.b."""
        match node:
            case ast.Import(names=names):
                return [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names, level=level):
                parts = [*self.path.parts[: len(self.path.parts) - level], module] if level else [module]
                return [".".join(filter(None, [*parts, alias.name])) for alias in names]
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                dynamic = ast.unparse(function) in {"__import__", "import_module", "importlib.import_module"}
                return [name] if dynamic else []
        return []

    def all_imports(self) -> Iterator[tuple[int, str]]:
        """(line, dotted name) of every import, wherever it stands."""
        for node in ast.walk(self.tree):
            for name in self.imports(node):
                yield getattr(node, "lineno", 0), name


def runs_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: no body of a function, and nothing kept for type checkers."""
    yield node
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            parts: list[ast.AST] = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        case ast.Lambda():
            parts = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        case ast.If() if ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'"}:
            parts = [*node.orelse]
        case _:
            parts = [*ast.iter_child_nodes(node)]
    for part in parts:
        yield from runs_at_import(part)


def is_within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def knows_only_rooms_to_its_left(file: File) -> Iterator[str]:
    for line, name in file.all_imports():
        if is_within(name, MAY_NOT_IMPORT.get(file.package or "", ())):
            yield f"{file.path}:{line}: {file.package} may not import {name}"


def keeps_foreign_things_in_their_room(file: File) -> Iterator[str]:
    if file.package is None:
        return
    rooms = {**ROOMS, NETWORK: FETCHING_ROOM} if file.package == "index" else ROOMS
    for line, name in file.all_imports():
        for names, room in rooms.items():
            if is_within(name, names) and not str(file.path).startswith(room):
                yield f"{file.path}:{line}: only {room} imports {name}"


def imports_heavy_things_inside_functions(file: File) -> Iterator[str]:
    if file.package is None:
        return
    for node in runs_at_import(file.tree):
        for name in file.imports(node):
            if is_within(name, HEAVY):
                yield f"{file.path}:{getattr(node, 'lineno', 0)}: import {name} inside the function that needs it"


def does_no_work_when_imported(file: File) -> Iterator[str]:
    if file.package is None:
        return
    for node in runs_at_import(file.tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in WORK:
                yield f"{file.path}:{node.lineno}: {name}() runs when the module is imported"
            case ast.Attribute(attr="environ") | ast.Name(id="environ"):
                yield f"{file.path}:{node.lineno}: the environment is read when the module is imported"


def says_what_it_is(file: File) -> Iterator[str]:
    if not ast.get_docstring(file.tree):
        yield f"{file.path}:1: has no docstring"


def fits_in_the_head(file: File) -> Iterator[str]:
    lines = len(file.source.splitlines())
    if lines > LONGEST:
        yield f"{file.path}: has {lines} lines, more than {LONGEST}; two rooms with names of their own?"


def has_a_telling_name(file: File) -> Iterator[str]:
    for part in file.path.with_suffix("").parts:
        if part.split("_")[-1].lower() in VAGUE:
            yield f"{file.path}: {part!r} does not say what is inside"


Rule = Callable[[File], Iterator[str]]
RULES: list[Rule] = [
    knows_only_rooms_to_its_left,
    keeps_foreign_things_in_their_room,
    imports_heavy_things_inside_functions,
    does_no_work_when_imported,
    says_what_it_is,
    fits_in_the_head,
    has_a_telling_name,
]


def house() -> list[File]:
    """Every Python file of the packages and of the tests."""
    paths = sorted(path for top in (*PACKAGES, "tests") for path in (ROOT / top).rglob("*.py"))
    return [File(PurePosixPath(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths]


def breaches(rule: Rule, path: str, source: str) -> list[str]:
    return list(rule(File(PurePosixPath(path), source)))


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (knows_only_rooms_to_its_left, "index/search.py", "from assistant.records import Answer"),
        (knows_only_rooms_to_its_left, "index/search.py", "def f():\n    import prompts"),
        (knows_only_rooms_to_its_left, "index/read/text.py", "from ...assistant import records"),
        (knows_only_rooms_to_its_left, "prompts/__init__.py", "from index import records"),
        (knows_only_rooms_to_its_left, "prompts/__init__.py", "import importlib\nimportlib.import_module('index')"),
        (keeps_foreign_things_in_their_room, "index/search.py", "def f():\n    import chromadb"),
        (keeps_foreign_things_in_their_room, "assistant/browser.py", "def f():\n    import gradio as gr"),
        (keeps_foreign_things_in_their_room, "index/store.py", "def f():\n    from torch import nn"),
        (keeps_foreign_things_in_their_room, "assistant/answer.py", "from langchain import chat_models"),
        (keeps_foreign_things_in_their_room, "index/search.py", "def f():\n    import bm25s"),
        (keeps_foreign_things_in_their_room, "index/embed.py", "def f():\n    import onnxruntime"),
        (keeps_foreign_things_in_their_room, "index/clean/text.py", "from sentencex import get_sentence_boundaries"),
        (keeps_foreign_things_in_their_room, "index/read/text.py", "import urllib.request"),
        (keeps_foreign_things_in_their_room, "index/read/text.py", "from urllib import request"),
        (imports_heavy_things_inside_functions, "index/store.py", "import chromadb"),
        (imports_heavy_things_inside_functions, "index/store.py", "with quiet():\n    import chromadb.api"),
        (imports_heavy_things_inside_functions, "index/search.py", "class A:\n    from bm25s import BM25"),
        (imports_heavy_things_inside_functions, "assistant/chain.py", "from langchain_core import retrievers"),
        (does_no_work_when_imported, "index/home.py", "import os\nHOME = os.environ.get('HOME')"),
        (does_no_work_when_imported, "index/home.py", "from os import getenv\ndef f(home=getenv('HOME')): ..."),
        (does_no_work_when_imported, "prompts/__init__.py", "TEXT = Path('a.md').read_text()"),
        (says_what_it_is, "index/store.py", "import chromadb"),
        (says_what_it_is, "index/__init__.py", ""),
        (fits_in_the_head, "index/store.py", "x = 1\n" * (LONGEST + 1)),
        (has_a_telling_name, "index/utils.py", ""),
        (has_a_telling_name, "assistant/answer_manager.py", ""),
        (has_a_telling_name, "assistant/common/words.py", ""),
    ],
)
def test_a_breach_is_caught(rule: Rule, path: str, source: str) -> None:
    assert breaches(rule, path, source)


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (knows_only_rooms_to_its_left, "assistant/answer.py", "import index.search, prompts"),
        (knows_only_rooms_to_its_left, "index/search.py", "from .store import assistant, indexes"),
        (keeps_foreign_things_in_their_room, "index/store.py", "def f():\n    import chromadb"),
        (keeps_foreign_things_in_their_room, "assistant/browser/page.py", "def f():\n    import gradio as gr"),
        (keeps_foreign_things_in_their_room, "assistant/answer.py", "from langchain_core import prompts"),
        (keeps_foreign_things_in_their_room, "index/read/fetch.py", "import httpx"),
        (keeps_foreign_things_in_their_room, "index/read/text.py", "from urllib.parse import urlsplit"),
        (imports_heavy_things_inside_functions, "index/store.py", "def f():\n    import chromadb"),
        (imports_heavy_things_inside_functions, "index/store.py", "if TYPE_CHECKING:\n    import chromadb"),
        (keeps_foreign_things_in_their_room, "assistant/reader/__init__.py", "def f():\n    import onnxruntime"),
        (does_no_work_when_imported, "index/home.py", "def f():\n    return os.environ['HOME'], open('a')"),
        (says_what_it_is, "index/store.py", '"""Keeps vectors."""'),
        (fits_in_the_head, "index/store.py", "x = 1\n" * LONGEST),
        (has_a_telling_name, "index/words_in_common_use.py", ""),
    ],
)
def test_what_is_allowed_passes(rule: Rule, path: str, source: str) -> None:
    assert not breaches(rule, path, source)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_file(rule: Rule) -> None:
    found = [breach for file in house() for breach in rule(file)]
    assert not found, "\n".join(found)


def rooms_of(room: str | tuple[str, ...]) -> tuple[str, ...]:
    return (room,) if isinstance(room, str) else room


def test_every_room_is_where_its_thing_is_imported() -> None:
    files = [(str(file.path), {name for _, name in file.all_imports()}) for file in house()]
    for names, rooms in ROOMS.items():
        for room in rooms_of(rooms):
            assert any(
                path.startswith(room) and any(is_within(name, names) for name in found) for path, found in files
            ), f"{room} imports none of {', '.join(names)}"


def test_contributing_names_the_same_rooms() -> None:
    """A room that only one of the two knows is either not enforced or not known to who looks for it."""
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    told = {tuple(re.findall(r"`([^`]+)`", what)): re.findall(r"`([^`]+)`", where) for what, where in cells}
    assert told == {names: list(rooms_of(rooms)) for names, rooms in ROOMS.items()}


def test_tests_reach_nothing_but_loopback(outside_connections: list[object]) -> None:
    with pytest.raises(RuntimeError, match=r"tried to reach \('192\.0\.2\.1', 9\)"):
        socket.create_connection(("192.0.2.1", 9), timeout=0.1)
    with pytest.raises(RuntimeError, match=r"tried to reach 'example\.org'"):
        socket.create_connection(("example.org", 80), timeout=0.1)
    assert outside_connections == [("192.0.2.1", 9), "example.org"]
    outside_connections.clear()
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
