"""A file of questions to evaluate with, in YAML. Knows what such a file may hold, nothing of how answers are judged.

questions:
  - id: s01                        # once in the file
    question: "Where was it?"
    kind: fact                     # any word; results are shown by kind. `unanswerable`: an abstention is right
    answers: ["Brussels"]          # a right answer holds any of these
    must_state: ["press"]          # and all of these
    articles: [nato-ukraine]       # ids of the articles that answer, any of them
    quotes: ["… in Brussels …"]    # for people: the words that support it
    looks_answerable: true         # only where unanswerable: whether its topic is in the articles
    as_of: 2024-06-14              # and since, until, source, history: as in a batch of questions
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from assistant.contract import question_from
from assistant.errors import QuestionError, QuestionFileError
from assistant.records import Question

UNANSWERABLE = "unanswerable"
"""The kind of a question that only an abstention answers right."""

_NEEDED = ("id", "question", "kind")
_LISTS = ("answers", "must_state", "articles", "quotes")
_LIMITS = ("as_of", "since", "until", "source", "history")
_KEYS = (*_NEEDED, *_LISTS, "looks_answerable", *_LIMITS)


@dataclass(frozen=True)
class JudgedQuestion:
    """A question together with what makes an answer to it right."""

    id: str
    question: Question
    kind: str
    answers: tuple[str, ...] = ()
    must_state: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    looks_answerable: bool = False

    @property
    def answerable(self) -> bool:
        return self.kind != UNANSWERABLE


@dataclass(frozen=True)
class QuestionsFile:
    """The questions of one file, in its order, and the SHA-256 of its bytes."""

    path: Path
    sha256: str
    questions: tuple[JudgedQuestion, ...]


def load_questions(path: Path) -> QuestionsFile:
    """Raises QuestionFileError, with the line and the question's id, if the file cannot be used as it stands."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise QuestionFileError(
            f"The question file {path} cannot be read: {error.strerror}.", "Check its name."
        ) from error
    rows, lines = _parsed(path, raw)
    questions: dict[str, JudgedQuestion] = {}
    first_lines: dict[str, int] = {}
    for row, line in zip(rows, lines, strict=True):
        entry = _Entry(path, line, row)
        question = entry.judged()
        if question.id in questions:
            entry.refuse(f"the id is taken by the question on line {first_lines[question.id]}")
        questions[question.id], first_lines[question.id] = question, line
    return QuestionsFile(path, hashlib.sha256(raw).hexdigest(), tuple(questions.values()))


def _parsed(path: Path, raw: bytes) -> tuple[list[Any], list[int]]:
    """The entries under `questions`, and the line that each begins on."""
    layout = "Write it as a list under `questions:`; each entry needs id, question and kind."
    try:
        loader = yaml.SafeLoader(raw)
        root = loader.get_single_node()
        repeated = next(_repeated_keys(root), None) if root else None
        content = loader.construct_document(root) if root else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise QuestionFileError(f"{path}{where}: not YAML: {why}.", "Correct it there.") from error
    if repeated:
        key, line = repeated
        raise QuestionFileError(f"{path}, line {line}: the key {key!r} comes twice.", "Keep one of the two.")
    listed = content.get("questions") if isinstance(content, dict) else None
    if (
        not isinstance(root, yaml.MappingNode)
        or not isinstance(content, dict)
        or not isinstance(listed, list)
        or not listed
    ):
        raise QuestionFileError(f"{path} holds no list of questions.", layout)
    if unknown := [key for key in content if key != "questions"]:
        raise QuestionFileError(f"{path}: there is no key {unknown[0]!r} beside 'questions'.", layout)
    entries: Any = next(value for key, value in root.value if key.value == "questions")
    return listed, [node.start_mark.line + 1 for node in entries.value]


def _repeated_keys(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """(key, line) of each key that a mapping has twice: YAML's loader would keep the last and say nothing."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key.value, key.start_mark.line + 1
                seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _repeated_keys(one)


@dataclass(frozen=True)
class _Entry:
    """One entry of the list, and where it stands."""

    path: Path
    line: int
    row: Any

    def refuse(self, why: str, remedy: str = "Correct it there.") -> NoReturn:
        id = self.row.get("id") if isinstance(self.row, dict) else None
        name = f", question {id!r}" if id is not None else ""
        raise QuestionFileError(f"{self.path}, line {self.line}{name}: {why}.", remedy)

    def judged(self) -> JudgedQuestion:
        if not isinstance(self.row, dict):
            self.refuse("an entry is not a mapping of keys to values")
        for key in self.row:
            if key not in _KEYS:
                near = difflib.get_close_matches(str(key), _KEYS, n=1)
                self.refuse(f"there is no key {key!r}", f"Did you mean {near[0]!r}?" if near else _ALL_KEYS)
        for key in _NEEDED:
            if self.row.get(key) is None:
                self.refuse(f"the key {key!r} is missing")
            if not isinstance(self.row[key], str) or not self.row[key].strip():
                self.refuse(f"{key} cannot be {self.row[key]!r}", "Give a string; put quotes around a number.")
        lists = {key: self._strings(key) for key in _LISTS}
        question = JudgedQuestion(
            id=self.row["id"],
            question=self._question(),
            kind=self.row["kind"],
            answers=lists["answers"],
            must_state=lists["must_state"],
            articles=lists["articles"],
            looks_answerable=self._looks_answerable(),
        )
        if question.answerable and not (question.answers or question.must_state):
            self.refuse("nothing says what a right answer is", "Give answers or must_state, or the kind unanswerable.")
        if question.answerable and not question.articles:
            self.refuse("the key 'articles' is missing or empty", "Name the articles that answer it.")
        if not question.answerable and any(lists.values()):
            given = next(key for key in _LISTS if lists[key])
            self.refuse(f"an unanswerable question cannot have {given}", "Take it out, or give it another kind.")
        return question

    def _strings(self, key: str) -> tuple[str, ...]:
        values = self.row.get(key) or []
        if not isinstance(values, list):
            self.refuse(f"{key} is no list", f"Write it as {key}: [“…”, “…”].")
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self.refuse(f"{key} holds {value!r}, which is no string", "Put quotes around it.")
        return tuple(values)

    def _looks_answerable(self) -> bool:
        value = self.row.get("looks_answerable", False)
        if not isinstance(value, bool):
            self.refuse(f"looks_answerable cannot be {value!r}", "Write true or false.")
        if value and self.row["kind"] != UNANSWERABLE:
            self.refuse("looks_answerable is for unanswerable questions", "Take it out.")
        return value

    def _question(self) -> Question:
        # YAML makes dates of what looks like dates; the contract has them as strings.
        row = {
            key: value.isoformat() if isinstance(value, datetime.date) else value
            for key, value in self.row.items()
            if key == "question" or key in _LIMITS
        }
        try:
            return question_from(row)
        except QuestionError as error:
            self.refuse(error.problem.rstrip("."), error.remedy)


_ALL_KEYS = f"The keys are {', '.join(_KEYS)}."
