"""Settings: four places, one order, and no misspelt name passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings


def written(folder: Path, text: str) -> Path:
    file = folder / "dateline.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_flags_go_before_the_environment_before_the_file_before_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "port = 1\ntop_k = 2\nhost = '::1'\n")
    monkeypatch.setenv("DATELINE_TOP_K", "3")
    monkeypatch.setenv("DATELINE_HOST", "localhost")
    loaded = load_settings({"host": "0.0.0.0", "home": None}, file)
    settings = loaded.settings
    assert (settings.port, settings.top_k, settings.host) == (1, 3, "0.0.0.0")
    assert settings.home == Settings().home
    assert [loaded.origins[name] for name in ("port", "top_k", "host", "home")] == [
        str(file),
        "environment",
        "flag",
        "default",
    ]


def test_an_unknown_setting_is_named_with_what_may_have_been_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=r"no setting tok_k, which .*dateline\.toml sets.*Did you mean top_k"):
        load_settings(file=written(tmp_path, "tok_k = 3\n"))
    monkeypatch.setenv("DATELINE_PROT", "3")
    with pytest.raises(SettingsError, match=r"no setting DATELINE_PROT.*Did you mean DATELINE_PORT"):
        load_settings(file=tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 'eighty'", r"setting port from .*dateline\.toml cannot be 'eighty'"),
        ("top_k = 0", "setting top_k"),
        ("embedding_dtype = 'int4'", "setting embedding_dtype"),
        ("port = ", "cannot be read as TOML"),
        ("[server]\nport = 1", "no setting server"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_where_it_came_from(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(file=written(tmp_path, text))


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
