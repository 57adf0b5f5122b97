"""Is the index what it should be? Compares the catalogue with itself and every build with the catalogue. Changes
nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from index.arrays import load_array
from index.catalogue import CHUNK, Catalogue
from index.errors import BuildError, CatalogueError, DatelineError
from index.home import Home
from index.manifest import REPAIR, Manifest
from index.probe import PROBER
from index.update import Progress, no_progress
from index.version_record import digest

_RESTORE = "Restore it from a backup, or move the data folder away and run `dateline index build PATH…`."
_ROLLBACK = "Only `dateline index rollback` would need it; the next build replaces it."


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, and what to do about it; each one sentence."""

    problem: str
    remedy: str


@dataclass(frozen=True)
class CheckReport:
    """What was looked at, and what is wrong. `notes` tell what is not wrong but worth knowing."""

    build: str | None = None
    articles: int = 0
    chunks: int = 0
    files: int = 0
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def check(home: Home, *, progress: Progress = no_progress) -> CheckReport:
    """Check the catalogue, and every chunk, vector, file and word of the builds. Raises nothing but on a mistake."""
    findings: list[Finding] = []
    notes: list[str] = []
    try:
        current = home.current()
    except BuildError as error:
        findings.append(Finding(error.problem, REPAIR))
        current = None
    if current is None and not home.catalogue.exists():
        return CheckReport(findings=tuple(findings), notes=("Nothing is indexed.",))
    try:
        catalogue = Catalogue.open(home.catalogue, read_only=True)
    except CatalogueError as error:
        return CheckReport(current, findings=(*findings, Finding(error.problem, error.remedy)))
    manifest = None
    try:
        findings += [Finding(problem, _RESTORE) for problem in _catalogue_faults(catalogue, progress)]
        names = catalogue.build_names()
        if current is not None and current not in names:
            findings.append(Finding(f"CURRENT names the build {current}, which is not on record.", REPAIR))
        for count, name in enumerate(names):
            progress("trying", count, len(names))
            serves = name == current
            for problem in _build_faults(home, catalogue, name):
                findings.append(Finding(f"The build {name}: {problem}.", REPAIR if serves else _ROLLBACK))
        progress("trying", len(names), len(names))
        if current is not None:
            manifest = _manifest(home, current)
            heads = {head.version for head in catalogue.heads().values()}
            if current in names and heads != set(catalogue.members(current)) - catalogue.removed():
                notes.append(
                    "A change was cut short before its build came to serve; the next build, add or repair takes it up."
                )
    except DatelineError as error:
        findings.append(Finding(error.problem, error.remedy))
    finally:
        catalogue.close()
    counts = (manifest.articles, manifest.chunks, len(manifest.files)) if manifest else (0, 0, 0)
    return CheckReport(current, *counts, tuple(findings), tuple(notes))


def _manifest(home: Home, name: str) -> Manifest | None:
    try:
        return Manifest.read(home.build(name))
    except BuildError:
        return None


def _catalogue_faults(catalogue: Catalogue, progress: Progress) -> Iterator[str]:
    """SQLite's own check, and each article against the digest that was taken when it was stored."""
    pages = [row[0] for row in catalogue.run("PRAGMA integrity_check(3)")]
    if pages != ["ok"]:
        yield f"The catalogue is damaged: {str(pages[0]).splitlines()[0]}."
        return
    if broken := catalogue.run("PRAGMA foreign_key_check"):
        yield f"The catalogue has {len(broken)} rows that point at nothing, the first in its table {broken[0][0]!r}."
    digests = dict(catalogue.run("SELECT version, digest FROM versions"))
    for count, (version, stored) in enumerate(digests.items(), start=1):
        progress("reading", count, len(digests))
        try:
            article = catalogue.article(version)
        except CatalogueError as error:
            yield error.problem
            continue
        if digest(article) != stored:
            yield f"The catalogue holds other words of the article {article.id!r} than were stored."
    without = "SELECT count(*) FROM chunks LEFT JOIN vectors ON key = vector_key WHERE key IS NULL"
    if missing := catalogue.run(without)[0][0]:
        yield f"The catalogue lacks the vectors of {missing} chunks."


def _build_faults(home: Home, catalogue: Catalogue, name: str) -> Iterator[str]:
    """What is wrong with a build, in clauses: its manifest and files, its chunks, then its vectors and words."""
    folder = home.build(name)
    try:
        manifest = Manifest.read(folder)
    except BuildError as error:
        yield error.problem.rstrip(".")
        return
    if not manifest.hashes:
        yield "its manifest is of an earlier Dateline and tells no hashes, so its files cannot be checked"
        return
    if damaged := manifest.damaged(folder, thorough=True):
        yield f"{', '.join(damaged)} {'is' if len(damaged) == 1 else 'are'} not what was written"
        return
    members = catalogue.members(name)
    wanted = catalogue.rows(catalogue.recipe_number(manifest.recipe), members)
    rows = load_array(folder / "rows.npy", mapped=True)
    if len(rows) != len(wanted) or any(not np.array_equal(rows[name], wanted[name]) for name in CHUNK.names or ()):
        yield f"its {len(rows)} chunks are not the {len(wanted)} that the catalogue has for its articles"
        return
    if len(members) != manifest.articles or len(rows) != manifest.chunks:
        yield f"its manifest tells of {manifest.articles} articles and {manifest.chunks} chunks, which is not so"
        return
    yield from PROBER.problems(home, name, thorough=True)
