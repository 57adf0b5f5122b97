"""Articles on their way from files into the index: how many, how far, and the report at the end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from assistant.cli.terminal import error_console, printable, say_failures, shortened

if TYPE_CHECKING:
    from index.read import ReadArticle, Unread
    from index.update import Progress, UpdateReport

_LONGEST_LIST = 200
"""Characters of a list of ids in a report."""

_MOST_PROCESSES = 8

ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write what became of the articles as JSON, too.")
]
ColumnsOption = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="FIELD=NAME", help="Which column of a table holds a field: text=Body."),
]
ProcessesOption = Annotated[
    int | None,
    typer.Option("--processes", metavar="N", min=1, max=64, help="How many files to read at once.  [default: CPUs]"),
]


class Source(Protocol):
    """What articles are read from: files (`index.read.Reading`) or the web (`index.read.web.WebReading`)."""

    @property
    def skipped(self) -> Sequence[Path]: ...

    @property
    def bytes_read(self) -> int: ...

    def bytes_total(self) -> int: ...

    def __iter__(self) -> Iterator[ReadArticle | Unread]: ...

    def close(self) -> None: ...


class Sources:
    """Several sources as one, in their order: one update, one report."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    @property
    def skipped(self) -> Sequence[Path]:
        return [path for source in self._sources for path in source.skipped]

    @property
    def bytes_read(self) -> int:
        return sum(source.bytes_read for source in self._sources)

    def bytes_total(self) -> int:
        return sum(source.bytes_total() for source in self._sources)

    def __iter__(self) -> Iterator[ReadArticle | Unread]:
        for source in self._sources:
            yield from source

    def close(self) -> None:
        for source in self._sources:
            source.close()


class Intake:
    """What is read, handed on article by article and counted. `show` gets the total too, as far as it can be told."""

    def __init__(self, reading: Source) -> None:
        self._reading = reading
        self._bytes = reading.bytes_total() if error_console().is_terminal else 0
        self.articles = 0
        self._ahead: list[ReadArticle | Unread] = []
        self._rest = self._read()

    def __iter__(self) -> Iterator[ReadArticle | Unread]:
        from index.read import with_languages

        while self._ahead:
            yield from with_languages([self._ahead.pop(0)])
        yield from with_languages(self._rest)

    def all_of_few(self, most: int) -> list[ReadArticle | Unread] | None:
        """All that is read, if it is at most so many, as it was read: their languages may not be told yet. None if
        there is more. What was read ahead is not lost."""
        self._ahead += islice(self._rest, most + 1 - len(self._ahead))
        return list(self._ahead) if len(self._ahead) <= most else None

    def _read(self) -> Iterator[ReadArticle | Unread]:
        from index.read import ReadArticle

        for found in self._reading:
            if isinstance(found, ReadArticle):
                self.articles += 1
            yield found

    @property
    def skipped(self) -> int:
        return len(self._reading.skipped)

    def shown(self, show: Progress) -> Progress:
        """`show`, told how many articles there will be, from the share of the bytes that were read."""

        def show_total(stage: str, done: int, total: int | None) -> None:
            share = self._reading.bytes_read / self._bytes if self._bytes else 0.0
            if stage == "reading" and total is None and 0 < share <= 1:
                total = max(done, round(done / share))
            show(stage, done, total)

        return show_total


def columns_from(given: list[str] | None) -> Mapping[str, str]:
    """The columns named by "--column text=Body"; anything else is wrong usage."""
    from index.read.csv_file import NAMES

    found = {}
    for one in given or ():
        field, mark, name = one.partition("=")
        if not mark or field not in NAMES or not name.strip():
            raise typer.BadParameter(f"--column {one!r}: write FIELD=NAME, the field one of {', '.join(NAMES)}.")
        found[field] = name.strip()
    return found


def processes_from(given: int | None) -> int:
    """How many processes read: as given, else one for each CPU, few enough to leave memory to the rest."""
    return given or min(os.cpu_count() or 1, _MOST_PROCESSES)


def warnings_of(languages: Mapping[str, int], model: str) -> list[str]:
    """What an editor should know although nothing failed, of articles in these languages."""
    from index.language import knows_english_alone

    foreign = {code: count for code, count in languages.items() if code not in ("en", "unknown")}
    if not foreign or not knows_english_alone(model):
        return []
    listed = ", ".join(f"{code} {count:,}" for code, count in sorted(foreign.items(), key=lambda one: -one[1]))
    return [
        f"{sum(foreign.values()):,} articles are not in English ({shortened(listed, 100)}), and the embedding "
        f"model {model!r} knows English alone: they are found by their words and names, hardly by meaning. A "
        "multilingual model can be set as embedding_model; `dateline index build … --reembed` moves over to it."
    ]


def report_rows(report: UpdateReport, skipped: int | None = None) -> list[tuple[str, str, str]]:
    """What became of the articles, a row for each thing that can become of one; without `skipped`, none were read."""
    kept = f"the last good copies of what could not be read: {_listed(report.kept)}" if report.kept else ""
    copies = "of those added or updated, copies of another article" if report.reprints else ""
    passed = "files that stand beside articles, as READMEs do" if skipped else ""
    return [
        ("added", f"{len(report.added):,}", ""),
        ("updated", f"{len(report.updated):,}", _listed(report.updated)),
        ("unchanged", f"{report.unchanged:,}", ""),
        *([] if skipped is None else [("reprints", f"{report.reprints:,}", copies)]),
        ("removed", f"{len(report.removed):,}", _listed(report.removed)),
        ("kept", f"{len(report.kept):,}", kept),
        *([] if skipped is None else [("skipped", f"{skipped:,}", passed)]),
        ("failed", f"{len(report.failures):,}", ""),
        ("embedded", f"{report.embedded:,}", "chunks"),
        ("seconds", f"{report.seconds:.1f}", ""),
    ]


def report_json(report: UpdateReport, intake: Intake, warnings: list[str]) -> dict[str, Any]:
    """The same for scripts, with the ids."""
    return {
        "added": list(report.added),
        "updated": list(report.updated),
        "unchanged": report.unchanged,
        "reprints": report.reprints,
        "removed": list(report.removed),
        "kept": list(report.kept),
        "skipped": intake.skipped,
        "failed": [asdict(failure) for failure in report.failures],
        "languages": dict(report.languages),
        "warnings": warnings,
        "embedded_chunks": report.embedded,
        "seconds": round(report.seconds, 3),
        "build": report.serving.name if report.serving else None,
        "articles": report.serving.articles if report.serving else 0,
    }


def write_report(path: Path, row: Mapping[str, Any]) -> None:
    """Write a report as one JSON object. Raises DatelineError if it cannot be written."""
    from assistant.cli.json_lines import require_writable

    require_writable(path)
    path.write_text(json.dumps(row, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", errors="backslashreplace")


def say_unread(report: UpdateReport) -> None:
    """What could not be read and what to do about it, on standard error."""
    say_failures(report.failures)


def _listed(ids: tuple[str, ...]) -> str:
    return shortened(printable(", ".join(ids)), _LONGEST_LIST)
