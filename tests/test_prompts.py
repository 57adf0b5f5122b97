"""Prompts: data files whose variables are declared and checked."""

from __future__ import annotations

import pytest

import prompts
from assistant.records import Reason


@pytest.mark.parametrize("name", prompts.names())
def test_every_prompt_uses_just_what_it_declares(name: str) -> None:
    prompt = prompts.load(name)
    shown = prompt.render(**{variable: f"<{variable}>" for variable in prompt.variables})
    assert all(f"<{variable}>" in shown for variable in prompt.variables)


def test_a_missing_or_an_unknown_variable_is_named() -> None:
    with pytest.raises(prompts.PromptError, match=r"missing \['nearest', 'searched'\], unknown \['neerest'\]"):
        prompts.load("abstain-no-evidence").render(neerest="x")


def test_an_unknown_prompt_is_an_error() -> None:
    with pytest.raises(prompts.PromptError, match="no-such-prompt"):
        prompts.load("no-such-prompt")


def test_every_reason_to_abstain_has_its_words() -> None:
    assert {f"abstain-{reason.value.replace('_', '-')}" for reason in Reason} <= set(prompts.names())
