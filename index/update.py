"""What an editor does to the index: build, add, remove. Each makes a new build beside the old one, then lets it
serve."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from index import build
from index.catalogue import Catalogue, Head
from index.chroma_server import server_of
from index.embed import Embedder
from index.embed_new import embed_new
from index.errors import BuildError, UnknownArticleError
from index.fingerprint import for_next_build, made_with
from index.home import Home
from index.lock import writing
from index.manifest import MadeWith, Manifest
from index.probe import MISSED, PROBER, faults
from index.read import ReadArticle, Unread
from index.search import Index

_log = logging.getLogger(__name__)

_GROUP = 128
"""Articles that are stored together."""


class Progress(Protocol):
    """Told how far a stage is. `total` is None where it is not known."""

    def __call__(self, stage: str, done: int, total: int | None) -> None: ...


def no_progress(stage: str, done: int, total: int | None) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class UpdateReport:
    """What became of the articles. `kept`: held although they were not read this time, since their file failed.

    `languages`: how many of the articles read are in each, by ISO 639-1, "unknown" of those too short to tell.
    `reprints`: how many of those added or updated are copies of another article of the index.
    `serving` is the manifest of the build that serves now, None where there is none; `changed` whether it is a new one.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    failures: tuple[Unread, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
    embedded: int = 0
    reprints: int = 0
    serving: Manifest | None = None
    changed: bool = False
    seconds: float = 0.0


@dataclass
class _Taken:
    """What was read, while it is being read."""

    heads: dict[str, Head] = field(default_factory=dict)
    failures: list[Unread] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """The origins of which something could not be read."""

    languages: Counter[str] = field(default_factory=Counter)


def build_index(
    home: Home,
    embedder: Embedder,
    found: Iterable[ReadArticle | Unread],
    *,
    progress: Progress = no_progress,
    reembed: bool = False,
) -> UpdateReport:
    """Make the index hold the articles `found` and no others.

    An article whose file could not be read keeps its last good copy; if nothing at all could be read, nothing changes.
    `reembed` moves an index over to another embedding model. Raises BusyError, FingerprintError, CatalogueError,
    BuildError.
    """
    return _update(home, embedder, found, progress, only_these=True, reembed=reembed)


def add_articles(
    home: Home, embedder: Embedder, found: Iterable[ReadArticle | Unread], *, progress: Progress = no_progress
) -> UpdateReport:
    """Add the articles `found`, or update those of the same id, and keep the rest. Raises as `build_index`."""
    return _update(home, embedder, found, progress, only_these=False, reembed=False)


def remove_articles(home: Home, article_ids: Sequence[str], *, progress: Progress = no_progress) -> UpdateReport:
    """Remove articles: out of every answer at once and in every build, then out of the build that serves.

    Raises UnknownArticleError, before anything is removed, if the index lacks one of them. A removal stands also where
    no new build can be made after it.
    """
    began = time.perf_counter()
    article_ids = list(dict.fromkeys(article_ids))
    with writing(home):
        catalogue = Catalogue.open(home.catalogue)
        try:
            index = Index.open(home)
            index.close()
            heads = catalogue.heads()
            held = catalogue.member_ids(index.manifest.name)
            unknown = [one for one in article_ids if one not in heads and one not in held]
            if unknown:
                raise UnknownArticleError(
                    f"The index holds no article with the id {', '.join(map(repr, unknown))}; nothing was removed.",
                    "`dateline articles list` shows all ids.",
                )
            staying = {one: head for one, head in heads.items() if one not in set(article_ids)}
            with catalogue.transaction():  # at once, whatever becomes of the new build
                catalogue.remove(article_ids)
            catalogue.settle()
            made = index.manifest.made_with
            serving, changed = switch(home, catalogue, index.manifest, made, staying, progress)
        finally:
            catalogue.close()
    return UpdateReport(
        removed=tuple(article_ids), serving=serving, changed=changed, seconds=time.perf_counter() - began
    )


def _update(
    home: Home,
    embedder: Embedder,
    found: Iterable[ReadArticle | Unread],
    progress: Progress,
    *,
    only_these: bool,
    reembed: bool,
) -> UpdateReport:
    began = time.perf_counter()
    with writing(home):
        catalogue = Catalogue.open(home.catalogue)
        try:
            serving = _serving(home)
            made = for_next_build(
                serving.made_with if serving else made_with(home, catalogue), embedder, reembed=reembed
            )
            before = catalogue.heads()
            taken = _take(catalogue, found, progress)
            gone = [one for one in before if one not in taken.heads] if only_these else []
            kept = [one for one in gone if not taken.heads or _is_from(before[one].origin, taken.unread)]
            removed = [one for one in gone if one not in set(kept)]
            leaving = set(removed)
            heads = {one: head for one, head in before.items() if one not in leaving} | taken.heads
            versions = [head.version for head in heads.values()]
            embedded = embed_new(catalogue, embedder, made.recipe, versions, progress) if versions else 0
            given = [head.version for head in taken.heads.values()]
            serving, changed = switch(home, catalogue, serving, made, heads, progress, given)
        finally:
            catalogue.close()
    both = [one for one in taken.heads if one in before]
    updated = [one for one in both if taken.heads[one].version != before[one].version]
    fresh = [head.version for one, head in taken.heads.items() if one not in before or head != before[one]]
    return UpdateReport(
        added=tuple(one for one in taken.heads if one not in before),
        updated=tuple(updated),
        unchanged=len(both) - len(updated),
        removed=tuple(removed),
        kept=tuple(kept),
        failures=tuple(taken.failures),
        languages=dict(taken.languages.most_common()),
        embedded=embedded,
        reprints=build.reprints(home.build(serving.name), fresh) if serving and changed else 0,
        serving=serving,
        changed=changed,
        seconds=time.perf_counter() - began,
    )


def _serving(home: Home) -> Manifest | None:
    """The manifest of the build that serves; None where there is none, or a damaged one, which is then replaced."""
    try:
        index = Index.open(home)
    except BuildError:
        return None
    index.close()
    return index.manifest


def _take(catalogue: Catalogue, found: Iterable[ReadArticle | Unread], progress: Progress) -> _Taken:
    """Store every article as a version; nothing points at it yet."""
    taken = _Taken()
    group: list[ReadArticle] = []
    count = 0

    def store() -> None:
        with catalogue.transaction():
            for read in group:
                _put(catalogue, read, taken)
        group.clear()

    for read in found:
        if isinstance(read, Unread):
            taken.failures.append(read)
            taken.unread.append(read.origin)
            continue
        group.append(read)
        taken.languages[read.article.language or "unknown"] += 1
        progress("reading", count := count + 1, None)
        if len(group) == _GROUP:
            store()
    store()
    return taken


def _put(catalogue: Catalogue, read: ReadArticle, taken: _Taken) -> None:
    article = read.article
    first = taken.heads.get(article.id)
    if first is None:
        taken.heads[article.id] = Head(article.id, catalogue.put(article), read.origin)
    elif not catalogue.is_version(first.version, article):
        taken.failures.append(
            Unread(
                origin=read.origin,
                where=read.origin,
                problem=f"The id {article.id!r} comes twice with different text or fields; "
                f"the first, from {first.origin}, was taken.",
                remedy="Give each article an id of its own.",
            )
        )


def _is_from(origin: str, failed: Sequence[str]) -> bool:
    """Whether an article came from a file, or from inside a folder, that could not be read."""
    return any(origin == one or origin.startswith(f"{one.rstrip('/')}/") for one in failed)


def switch(
    home: Home,
    catalogue: Catalogue,
    serving: Manifest | None,
    made: MadeWith,
    heads: Mapping[str, Head],
    progress: Progress,
    given: Sequence[int] = (),
) -> tuple[Manifest | None, bool]:
    """Make a build of `heads` and let it serve, unless the one that serves holds just that; whether it is a new one.

    `serving` can be opened, and is grown from; where there is none to grow from, the newest sound build is kept for a
    rollback nonetheless. The versions `given` are shown again if they had been removed. The catalogue takes the heads
    when the build is whole, so that a failure changes nothing.
    """
    versions = [head.version for head in heads.values()]
    if (serving and _holds(home, serving, versions, made)) or (not versions and not catalogue.build_names()):
        with catalogue.transaction():
            put_heads(catalogue, heads)
            catalogue.show_again(given)
        return serving, False
    done = 0

    def advance(more: int, total: int) -> None:
        nonlocal done
        done += more
        progress("storing", done, total)

    PROBER.start()  # it loads its libraries meanwhile
    manifest = build.make(home, catalogue, made, versions, serving, advance)
    progress("probing", 0, manifest.chunks)
    wrong = PROBER.problems(home, manifest.name)
    if wrong and MISSED in wrong[0]:
        # No way through the graph leads to a chunk, as may happen where many are alike; another one is made by lot.
        _log.warning("The build %s: %s. It is made once more, from nothing.", manifest.name, wrong[0])
        build.discard(home, manifest.name)
        done = 0
        manifest = build.make(home, catalogue, made, versions, None, advance)
        wrong = PROBER.problems(home, manifest.name)
    progress("probing", manifest.chunks, manifest.chunks)
    if wrong:
        build.discard(home, manifest.name)
        raise BuildError(
            f"The new build {manifest.name} did not pass its trial and was thrown away: {wrong[0]}.",
            "The index stays as it was; see that the disk is sound and has room, then run the same command again.",
        )
    before = serving.name if serving else _newest_sound(home, catalogue)
    with catalogue.transaction():
        origins = {head.version: head.origin for head in heads.values()}
        catalogue.put_build(manifest.name, catalogue.recipe_number(made.recipe), versions, origins)
        put_heads(catalogue, heads)
        catalogue.show_again(given)
    catalogue.settle()
    home.set_current(manifest.name)
    build.prune(home, catalogue, before)
    return manifest, True


def _newest_sound(home: Home, catalogue: Catalogue) -> str | None:
    """The newest build on record whose every file is what was written and that passes a trial."""
    return next((name for name in reversed(catalogue.build_names()) if not faults(home, name)), None)


def _holds(home: Home, serving: Manifest, versions: Sequence[int], made: MadeWith) -> bool:
    """Whether the build `serving` holds just `versions`, made so, and its vectors where they are to be kept."""
    place = server_of(home.build(serving.name) / "chroma")
    is_as_made = (serving.dtype, serving.cleaner) == (made.dtype, made.cleaner)
    return is_as_made and serving.content == build.content_digest(versions, made.recipe) and place == home.chroma_url


def put_heads(catalogue: Catalogue, heads: Mapping[str, Head]) -> None:
    """Let the next build hold `heads` and no others."""
    before = catalogue.heads()
    catalogue.set_heads([head for one, head in heads.items() if before.get(one) != head])
    catalogue.drop_heads([one for one in before if one not in heads])
