"""Prompt texts and fixed replies as data files: `prompts/<name>.toml` with `variables` and `text`. Loaded by name,
checked."""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from importlib import resources


class PromptError(Exception):
    """A prompt file is missing or wrong, or a prompt is rendered with other variables than it declares."""


@dataclass(frozen=True)
class Prompt:
    """A text with `{variables}`; `name` is its file's."""

    name: str
    variables: frozenset[str]
    text: str

    def render(self, **values: object) -> str:
        """The text with every variable filled in. Raises PromptError if one is missing or unknown."""
        missing, unknown = self.variables - set(values), set(values) - self.variables
        if missing or unknown:
            raise PromptError(f"prompt {self.name!r}: missing {sorted(missing)}, unknown {sorted(unknown)}")
        return self.text.format(**values)


def load(name: str) -> Prompt:
    """The prompt in `prompts/<name>.toml`. Raises PromptError if it is missing or does not use just what it
    declares."""
    try:
        raw = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
        fields = tomllib.loads(raw)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PromptError(f"prompt {name!r} cannot be read: {error}") from error
    if set(fields) != {"variables", "text"}:
        raise PromptError(f"prompt {name!r} has the keys {sorted(fields)}, not 'text' and 'variables'")
    text = str(fields["text"]).strip()
    declared = frozenset(fields["variables"])
    used = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    if used != declared:
        raise PromptError(f"prompt {name!r} uses {sorted(used)} and declares {sorted(declared)}")
    return Prompt(name, declared, text)


def names() -> list[str]:
    """The names of all prompts."""
    return sorted(file.name[:-5] for file in resources.files(__name__).iterdir() if file.name.endswith(".toml"))
