"""Where a package of an extra is missing, the message says how to install it from Dateline's own folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from langchain.chat_models import base

from assistant.errors import ChatModelError
from assistant.models import open_chat_model
from assistant.settings import Settings


@pytest.mark.parametrize(
    ("model", "module", "command"),
    [
        ("anthropic:claude", "langchain_anthropic", ".venv/bin/pip install -c constraints.txt -e '.[anthropic]'"),
        ("openai:gpt", "langchain_openai", ".venv/bin/pip install -c constraints.txt -e '.[openai]'"),
        ("mistralai:small", "langchain_mistralai", ".venv/bin/pip install langchain-mistralai"),
    ],
)
def test_a_providers_package_that_is_missing_is_named(
    model: str, module: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    # LangChain keeps what it has imported for a provider, and another test may have asked for this one.
    base._get_chat_model_creator.cache_clear()
    with pytest.raises(ChatModelError) as caught:
        open_chat_model(Settings(chat_model=model))
    assert caught.value.remedy == f"In Dateline's folder run `{command}`."


def test_a_missing_xllamacpp_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ChatModelError, match="xllamacpp, which is not installed") as caught:
        open_chat_model(Settings(home=tmp_path, chat_model=f"local:{file}"))
    assert "`.venv/bin/pip install -c constraints.txt -e '.[local]'`" in caught.value.remedy
