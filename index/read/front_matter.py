"""The front matter of a Markdown file: `key: value` lines between two lines of `---`. Not all of YAML, on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"(?P<key>[A-Za-z][\w -]*?)\s*:(?:\s+(?P<value>.*))?")

_BLOCK_MARKS = ("|", "|-", "|+", ">", ">-", ">+")


@dataclass(frozen=True)
class Entry:
    """One key: its values (one, or the items of a list) and the number of its line, counted from 1."""

    values: tuple[str, ...]
    line: int

    @property
    def value(self) -> str:
        return ", ".join(self.values)


def split_front_matter(text: str) -> tuple[dict[str, Entry], str]:
    """The entries, keys in lower case, and the text below; no entries where the text has no front matter."""
    lines = text.removeprefix("\ufeff").split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    if lines[0].rstrip() != "---" or not end:
        return {}, text
    entries: dict[str, Entry] = {}
    key = ""
    for n, line in enumerate(lines[1:end], 2):
        item = line.strip()
        if not item or item.startswith("#"):
            continue
        if key and item.startswith("- "):
            entries[key] = Entry((*entries[key].values, _unquoted(item[2:])), entries[key].line)
        elif match := _ENTRY.fullmatch(line.rstrip()):
            key = match["key"].lower()
            entries[key] = Entry(_values((match["value"] or "").strip()), n)
        elif key and line[0].isspace():  # a value that goes on, perhaps below a mark that says so
            before = "" if entries[key].value in _BLOCK_MARKS else entries[key].value
            entries[key] = Entry((f"{before} {item}".strip(),), entries[key].line)
        elif not key:  # a rule at the top of the text, and no front matter
            return {}, text
    return entries, "\n".join(lines[end + 1 :])


def _values(value: str) -> tuple[str, ...]:
    if value.startswith("[") and value.endswith("]"):
        return tuple(_unquoted(item) for item in value[1:-1].split(",") if item.strip())
    return (_unquoted(value),) if value else ()


def _unquoted(value: str) -> str:
    value = value.strip()
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
