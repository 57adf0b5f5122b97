"""`dateline index status`: which build serves, what it holds, and whether it is sound. Loads no model."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from assistant.cli.json_lines import print_json
from assistant.cli.options import HomeOption, JsonOption, settings_from
from assistant.cli.terminal import print_rows, say_error

if TYPE_CHECKING:
    from index.home import Home
    from index.manifest import Manifest

_FACTS = (
    *("build", "made_at", "age_seconds", "articles", "chunks"),
    *("embedding_model", "weights_sha256", "dimension", "dtype", "chroma_url"),
)


def status(json: JsonOption = False, home: HomeOption = None) -> None:
    """Show what is indexed, and whether it is sound.

    The build that serves, its counts, its embedding model, its size on disk and its health.
    Exit code 0 where it is sound or nothing is indexed yet, 1 where it is damaged, the build from before serves in its
    place, or its Chroma server is down.
    """
    from index.errors import BuildError, DatelineError, StoreError
    from index.home import existing

    settings = settings_from(home=home)
    data = settings.data
    row: dict[str, Any] = {"home": str(data.root), "health": "ok", "problem": None, "remedy": None}
    manifest, searched = None, False
    try:
        manifest = _manifest(data)
        if manifest is None:
            row |= {"health": "empty", "remedy": "Run `dateline index build PATH…` to index articles."}
        else:
            _require_sound(data, manifest)
            searched = True
    except StoreError as error:  # questions are answered nonetheless
        row |= {"health": "degraded", "problem": error.problem, "remedy": error.remedy}
    except BuildError as error:
        before, searched = _before(data)
        row |= {"health": "degraded" if before else "damaged", "problem": error.problem, "remedy": error.remedy}
        if before:
            manifest = before
            row["problem"] += f" The build {before.name} from before serves."
    except DatelineError as error:
        row |= {"health": "damaged", "problem": error.problem, "remedy": error.remedy}
    row |= _facts(data, manifest) | {
        "size_bytes": data.size(),
        "free_bytes": shutil.disk_usage(existing(data.root)).free,
        # A sound build was opened and searched with one of its own vectors.
        "answers": row["health"] in ("ok", "degraded"),
        "vector_store_answers": searched,
        "chroma_url_set": settings.chroma_url,
        "embedding_model_set": settings.embedding_model,
    }
    if json:
        print_json(row)
    else:
        _print(row)
    if row["health"] in ("damaged", "degraded"):
        raise typer.Exit(1)


def _manifest(home: Home) -> Manifest | None:
    from index.manifest import Manifest

    name = home.current()
    return None if name is None else Manifest.read(home.build(name))


def _before(home: Home) -> tuple[Manifest | None, bool]:
    """The build from before, where it opens and so serves in place of a damaged one; whether its store answers."""
    from index.serving import previous

    index = previous(home)
    if index is None:
        return None, False
    try:
        return index.manifest, index.dense.problem() is None
    finally:
        index.close()


def _require_sound(home: Home, manifest: Manifest) -> None:
    """Raises BuildError or CatalogueError unless the build opens and the catalogue holds all its articles; StoreError
    if only the server of its vector store does not answer."""
    from index.catalogue import Catalogue
    from index.errors import CatalogueError, StoreError
    from index.search import Index

    index = Index(home, manifest)
    problem = index.dense.problem()
    index.close()
    catalogue = Catalogue.open(home.catalogue, read_only=True)
    try:
        held = len(catalogue.members(manifest.name))
    finally:
        catalogue.close()
    if held != manifest.articles:
        raise CatalogueError(
            f"The catalogue holds {held} of the {manifest.articles} articles of the build {manifest.name}.",
            "Restore it from a backup, or run `dateline index build PATH…` again.",
        )
    if isinstance(problem, StoreError):
        raise problem


def _facts(home: Home, manifest: Manifest | None) -> dict[str, Any]:
    if manifest is None:
        return dict.fromkeys(_FACTS)
    from index.chroma_server import server_of

    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(manifest.made_at)
    return {
        "build": manifest.name,
        "made_at": manifest.made_at,
        "age_seconds": max(0, round(age.total_seconds())),
        "articles": manifest.articles,
        "chunks": manifest.chunks,
        "embedding_model": manifest.recipe.model,
        "weights_sha256": manifest.recipe.weights_sha256,
        "dimension": manifest.recipe.dimension,
        "dtype": manifest.dtype,
        "chroma_url": server_of(home.build(manifest.name) / "chroma"),
    }


def _print(row: dict[str, Any]) -> None:
    if row["health"] == "empty":
        typer.echo(f"Nothing is indexed in {row['home']}. {row['remedy']}")
        return
    rows = [("data folder", row["home"])]
    if row["build"] is not None:
        rows += [
            ("build", row["build"]),
            ("made at", f"{row['made_at']}, {_ago(row['age_seconds'])}"),
            ("articles", f"{row['articles']:,}"),
            ("chunks", f"{row['chunks']:,}"),
            ("model", f"{row['embedding_model']}, {row['dimension']} dimensions, {row['dtype']}"),
            ("weights", row["weights_sha256"]),
            ("vectors", f"on the Chroma server {row['chroma_url']}" if row["chroma_url"] else "in the data folder"),
        ]
        if Path(row["embedding_model_set"]).name != row["embedding_model"]:
            rows.append(("model set", f"{row['embedding_model_set']}, which is another than the index was made with"))
    room = f"{row['size_bytes'] / 1e6:,.1f} MB, {row['free_bytes'] / 1e9:,.1f} GB free"
    rows += [("size", room), ("health", row["health"])]
    print_rows(rows)
    if row["problem"]:
        say_error(row["problem"], row["remedy"])


def _ago(seconds: int) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
