"""An assistant that answers as it is told, two articles for it to cite, and a file of questions to ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from assistant.evaluate import Evaluation, evaluate
from assistant.questions_file import load_questions
from assistant.records import Answer, Citation, Question, Reason, Sentence, Support
from index.errors import UnknownArticleError
from index.records import Article, Passage

ROE = Article(id="roe", text="Jane Roe spoke in Brussels. She said no.", title="Roe says no")
DOE = Article(id="doe", text="John Doe was in Paris.", title="Doe")


def cited(article: Article, quote: str, marker: int = 1) -> Citation:
    start = article.text.index(quote)
    return Citation(marker, article.id, "text", start, start + len(quote), quote, article.sha256)


def said(quote: str, article: Article = ROE, context: str | None = None, found: tuple[Article, ...] = (ROE,)) -> Answer:
    """An answer of one sentence that cites itself."""
    return Answer(
        question=Question("?"),
        sentences=(Sentence(quote, (cited(article, quote),), Support.SUPPORTED, context),),
        passages=tuple(Passage(one, 0, 10, 1 / rank) for rank, one in enumerate(found, start=1)),
        answerer="scripted",
        timings_ms={"retrieve": 2.0, "answer": 1.0},
    )


def declined(found: tuple[Article, ...] = ()) -> Answer:
    passages = tuple(Passage(one, 0, 10, 1.0) for one in found)
    return Answer(Question("?"), (), passages, "none", {"retrieve": 2.0}, reason=Reason.NO_EVIDENCE, words="Not said.")


class ScriptedAssistant:
    """Answers each question as told; an exception is raised."""

    def __init__(self, script: Mapping[str, Answer | Exception], articles: tuple[Article, ...] = (ROE, DOE)) -> None:
        self._script = script
        self._articles = {article.id: article for article in articles}

    def ask(self, question: Question) -> Answer:
        answer = self._script[question.text]
        if isinstance(answer, Exception):
            raise answer
        return replace(answer, question=question)

    def article(self, article_id: str) -> Article:
        try:
            return self._articles[article_id]
        except KeyError:
            raise UnknownArticleError(f"No article has the id {article_id!r}.", "") from None


FILE = """\
questions:
  - id: where
    question: "Where did Roe speak?"
    kind: place
    answers: ["Brussels"]
    must_state: ["Roe"]
    articles: [roe]
  - id: who
    question: "Who was in Paris?"
    kind: person
    answers: ["John Doe"]
    articles: [doe]
  - id: moon
    question: "Who was on the moon?"
    kind: unanswerable
    looks_answerable: false
"""


def run(tmp_path: Path, script: Mapping[str, Answer | Exception], content: str = FILE) -> Evaluation:
    path = tmp_path / "questions.yaml"
    path.write_text(content, encoding="utf-8")
    return evaluate(ScriptedAssistant(script), load_questions(path))


RIGHT: dict[str, Answer | Exception] = {
    "Where did Roe speak?": said("Jane Roe spoke in Brussels."),
    "Who was in Paris?": said("John Doe was in Paris.", DOE, found=(ROE, DOE)),
    "Who was on the moon?": declined(found=(ROE,)),
}
