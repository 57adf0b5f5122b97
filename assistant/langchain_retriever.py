"""Dateline's retrieval for other people's LangChain chains."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from assistant.records import Question
from assistant.retrieve import Retrieved
from index.records import Passage

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    from assistant.assistant import Assistant


def langchain_retriever(
    assistant: Assistant,
    *,
    as_of: datetime.date | None = None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    source: str | None = None,
    author: str | None = None,
    language: str | None = None,
    articles: tuple[str, ...] = (),
    cluster: tuple[str, ...] = (),
    understand: bool = True,
) -> BaseRetriever:
    """A `BaseRetriever` that searches as the assistant does, within these limits.

    `understand`: whether the query's own words may limit the search too, and be corrected. Each document is the best
    passage of an article; its metadata has the keys `article_id`, `start`, `end` (code points of the article's text),
    `sha256`, `title`, `source`, `published`, `url`, `score` and `signals`. Invoking it raises QuestionError, BuildError
    or FingerprintError.
    """
    # Their base is a pydantic class, which takes a second to import.
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.retrievers import BaseRetriever

    class Retriever(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
            asked = Question(
                query,
                as_of,
                since,
                until,
                source,
                author=author,
                language=language,
                articles=articles,
                cluster=cluster,
                understand=understand,
            )
            found = assistant.retrieve(asked)
            return [] if found is None else _documents(found)

    return Retriever()


def _documents(found: Retrieved) -> list[Document]:
    from langchain_core.documents import Document

    return [Document(page_content=one.text, metadata=_metadata(one)) for one in found.passages]


def _metadata(passage: Passage) -> dict[str, Any]:
    article = passage.article
    return {
        "article_id": article.id,
        "start": passage.start,
        "end": passage.end,
        "sha256": article.sha256,
        "title": article.title,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
        "score": passage.score,
        "signals": dict(passage.signals),
    }
