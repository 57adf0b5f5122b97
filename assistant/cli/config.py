"""`dateline config`: each setting, its value, and where that came from."""

from __future__ import annotations

from assistant.cli.json_lines import print_json
from assistant.cli.options import HomeOption, JsonOption
from assistant.cli.terminal import print_rows, printable


def config(json: JsonOption = False, home: HomeOption = None) -> None:
    """Show every setting and where its value came from.

    A flag goes before the environment, that before dateline.toml in the working folder, that before the default.
    """
    from assistant.settings import load_settings

    loaded = load_settings({"home": home})
    # Dumped as JSON: a secret comes out masked.
    values = loaded.settings.model_dump(mode="json")
    if json:
        print_json({name: {"value": value, "from": loaded.origins[name]} for name, value in values.items()})
        return
    described = {name: field.description or "" for name, field in type(loaded.settings).model_fields.items()}
    print_rows([(name, printable(str(value)), loaded.origins[name], described[name]) for name, value in values.items()])
