"""What an index was made with, against what is set now: which of the two the next build is made by, or why neither."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from index.catalogue import Catalogue
from index.clean import CLEANER_VERSION
from index.embed import Embedder
from index.errors import BuildError, FingerprintError
from index.home import Home
from index.manifest import MANIFEST, UNKNOWN_DTYPE, MadeWith

_log = logging.getLogger(__name__)


def require_same_weights(made: MadeWith, embedder: Embedder) -> None:
    """Raises FingerprintError if `made` tells of other weights than `embedder`'s: their vectors do not compare."""
    theirs, ours = made.recipe, embedder.recipe
    if theirs.weights_sha256 != ours.weights_sha256:
        raise FingerprintError(
            f"The index was made with the embedding model {theirs.model!r} ({theirs.weights_sha256[:12]}), and the "
            f"setting names {ours.model!r} ({ours.weights_sha256[:12]}).",
            f"Set embedding_model to {theirs.model!r} again, or embed everything anew: "
            "`dateline index build PATH… --reembed`.",
        )


def warn_of_another_dtype(made: MadeWith, embedder: Embedder, what: str) -> None:
    """Log it where `what` is embedded in another dtype than the index, as far as that is known."""
    if made.dtype not in (embedder.dtype, UNKNOWN_DTYPE):
        _log.warning(
            "The index was embedded in %s, and %s are embedded in %s; the scores move by thousandths.",
            made.dtype,
            what,
            embedder.dtype,
        )


def for_next_build(made: MadeWith | None, embedder: Embedder, *, reembed: bool) -> MadeWith:
    """What the build after one that was made with `made` is made with.

    As that one, so that nothing is embedded twice; with `reembed` as is set now. Raises FingerprintError without it
    where the model, the splitter or the cleaner is another: an update of one article would mix two kinds, or embed
    everything anew unasked.
    """
    ours = MadeWith(embedder.recipe, embedder.dtype, CLEANER_VERSION, embedder.revision)
    if made is None:
        return ours
    # Renamed weights are the same model, and an earlier Dateline's recipe tells no dtype.
    recipe = replace(ours.recipe, model=made.recipe.model, dtype=made.recipe.dtype)
    if reembed:
        return replace(ours, recipe=made.recipe) if (recipe, ours.dtype) == (made.recipe, made.dtype) else ours
    require_same_weights(made, embedder)
    theirs = {"splitter": made.recipe.splitter, "chunk_tokens": made.recipe.chunk_tokens, "cleaner": made.cleaner}
    set_now = {"splitter": recipe.splitter, "chunk_tokens": recipe.chunk_tokens, "cleaner": ours.cleaner}
    differing = [name for name in theirs if theirs[name] != set_now[name]]
    if differing or recipe != made.recipe:
        said = ", ".join(f"{name.replace('_', ' ')} {theirs[name]}, now {set_now[name]}" for name in differing)
        raise FingerprintError(
            f"The index was made by another version of Dateline, which read or split articles otherwise ({said}).",
            "Use that version, or read and embed everything anew: `dateline index build PATH… --reembed`.",
        )
    warn_of_another_dtype(made, embedder, "new articles")
    return made


def made_with(home: Home, catalogue: Catalogue) -> MadeWith | None:
    """What the build was made with that CURRENT names, or else the newest on record; None where there never was one.

    The build need not be there, nor be sound: its recipe stands in the catalogue.
    """
    names = list(reversed(catalogue.build_names()))
    try:
        current = home.current()
    except BuildError:
        current = None
    for name in sorted(names, key=lambda one: one != current):
        recipe = catalogue.build_recipe(name)
        dtype, cleaner = _told_by_manifest(home, name)
        return MadeWith(recipe, recipe.dtype or dtype, cleaner)
    return None


def _told_by_manifest(home: Home, name: str) -> tuple[str, int]:
    """The dtype and the cleaner that a build's manifest tells, also where the build is damaged."""
    try:
        fields = json.loads((home.build(name) / MANIFEST).read_text(encoding="utf-8"))
        return str(fields["dtype"]), int(fields["cleaner"])
    except (OSError, ValueError, KeyError, TypeError):
        return UNKNOWN_DTYPE, CLEANER_VERSION
