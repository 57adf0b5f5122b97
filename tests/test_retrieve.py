"""Retrieval with a real index: limits by hand, what the question's words ask, exact words, reranking, explanations."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.langchain_retriever import langchain_retriever
from assistant.records import Question, Reach, Reason
from assistant.retrieval.account import account
from assistant.retrieval.rerank import CrossEncoderReranker, load_reranker
from assistant.retrieve import Retrieved, retrieve
from assistant.settings import Settings
from index.embed import Embedder
from index.errors import ModelError
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.search import Index
from index.update import build_index

TODAY = datetime.date(2024, 6, 20)


def story(name: str, day: str, source: str, text: str, **more: object) -> ReadArticle:
    published = datetime.date.fromisoformat(day)
    article = Article(id=name, title=text.split(".")[0], text=text, published=published, source=source, **more)  # type: ignore[arg-type]
    return ReadArticle(article, f"/news/{name}.txt")


STORIES = (
    story(
        "flood-may",
        "2024-05-14",
        "The Ley Courier",
        "In Osterby the Ley rose over its quay. Ninety houses stood in water after the river flooded the town.",
    ),
    story(
        "flood-june",
        "2024-06-12",
        "Reuters",
        "The river Ley flooded Osterby again. Forty houses stood in water, and the school was closed.",
    ),
    story("flood-now", "2024-06-19", "The Ley Courier", "The river Ley falls in Osterby. Twelve houses are still wet."),
    story(
        *("cheese", "2024-06-18", "Reuters", "A dairy in Osterby won the prize for its blue cheese. It is mild."),
        authors=("Ada Brandt",),
        language="en",
    ),
    story("kaese", "2024-06-17", "Der Bote", "Eine Molkerei in Osterby gewann den Preis.", language="de-AT"),
)


@pytest.fixture(scope="module")
def index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    home = Home(tmp_path_factory.mktemp("retrieve") / "home")
    build_index(home, embedder, STORIES)
    opened = Index.open(home)
    yield opened
    opened.close()


@pytest.fixture
def find(index: Index, embedder: Embedder):  # type: ignore[no-untyped-def]
    def found(text: str, **limits: object) -> Retrieved:
        return retrieve(index, embedder, Question(text, **limits), 10, TODAY)  # type: ignore[arg-type]

    return found


def ids(found: Retrieved) -> list[str]:
    return [passage.article.id for passage in found.passages]


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({"source": "reuters"}, {"flood-june", "cheese"}),
        ({"author": "brandt"}, {"cheese"}),
        ({"language": "de"}, {"kaese"}),
        ({"articles": ("flood-may", "cheese")}, {"flood-may", "cheese"}),
        ({"as_of": datetime.date(2024, 5, 20)}, {"flood-may"}),
        ({"source": "Reuters", "since": datetime.date(2024, 6, 13)}, {"cheese"}),
    ],
)
def test_what_the_reader_limits_by_hand_is_all_that_is_found(find, limits, left) -> None:  # type: ignore[no-untyped-def]
    assert set(ids(find("What happened in Osterby?", **limits))) == left


def test_the_newest_goes_first_among_what_is_alike_but_keeps_nothing_out(find) -> None:  # type: ignore[no-untyped-def]
    found = ids(find("How many houses stood in water after the river Ley flooded Osterby?"))
    assert found.index("flood-june") < found.index("flood-may")
    assert "flood-may" in found


def test_days_in_the_question_go_before_freshness(find) -> None:  # type: ignore[no-untyped-def]
    found = find("How many houses in Osterby stood in water in May?")
    assert ids(found)[0] == "flood-may"
    assert "Articles from 1 May 2024 to 31 May 2024 (“in May”) went first." in account(found.search, "How many …")
    literal = find("How many houses in Osterby stood in water in May?", understand=False)
    assert literal.search.window is None


def test_an_open_bound_leaves_out_what_is_outside_it(find) -> None:  # type: ignore[no-untyped-def]
    found = find("Which houses were wet in Osterby since 15 June?")
    assert found.search.window.reach is Reach.FILTER
    assert set(ids(found)) == {"flood-now", "cheese", "kaese"}


def test_days_without_any_article_widen_the_search_and_say_so(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What flooded Osterby in March 2019?")
    assert ids(found)
    assert not found.search.window_used
    assert any("so all days were searched" in sentence for sentence in account(found.search, "What flooded …"))


def test_an_outlet_whose_report_is_asked_for_limits_the_search_and_is_named(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What did Reuters report about Osterby?")
    assert set(ids(found)) == {"flood-june", "cheese"}
    assert "Searched only Reuters." in account(found.search, "What did Reuters report about Osterby?")


def test_what_two_outlets_report_is_found_for_each(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What did Reuters and the Ley Courier report about the flood?")
    assert [part.part.name for part in found.parts] == ["Reuters", "The Ley Courier"]
    assert {passage.article.source for passage in found.passages[:2]} == {"Reuters", "The Ley Courier"}
    assert all(part.chunks for part in found.parts)


def test_a_part_that_finds_nothing_is_named(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What did Reuters and Der Bote report about the flood?", since=datetime.date(2024, 6, 18))
    assert "Nothing was found for “Der Bote”." in account(found.search, "What did …")


def test_words_in_quotation_marks_must_stand_so(find) -> None:  # type: ignore[no-untyped-def]
    assert ids(find("Which report says “Forty houses stood” there?")) == ["flood-june"]
    nothing = find("Which report says “fifty castles stood” there?")
    assert nothing.empty_because is Reason.NO_SUCH_WORDS
    assert nothing.chunks == ()
    assert nothing.passages, "The nearest articles are listed where an answer is declined."


@pytest.mark.parametrize("question", ["the of and", "OSTERBY FLOOD", "flod osterbi", "¿?", "Käse 奶酪 сыр", "x" * 1900])
def test_odd_questions_find_something_or_nothing_but_never_fail(find, question: str) -> None:  # type: ignore[no-untyped-def]
    assert len(ids(find(question))) <= len(STORIES)


def test_every_passage_says_why_it_ranks(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What won the dairy in Osterby?")
    assert all(set(passage.signals) == {"dense", "keyword", "headline", "lead", "date"} for passage in found.passages)
    assert found.search.articles == len(STORIES)
    assert set(found.search.timings_ms) == {"understand", "embed", "limit", "search", "rank"}
    counts = found.search.counts
    assert counts["indexed"] == counts["passed"] == counts["kept_articles"] == counts["ranked"] == len(STORIES)
    assert counts["words"] <= counts["meaning"] <= counts["scored"] == found.search.chunks
    assert counts["kept_chunks"] == len(found.chunks)


def test_a_search_that_the_limits_leave_nothing_says_what_it_took_too(find) -> None:  # type: ignore[no-untyped-def]
    found = find("What won the dairy in Osterby?", until=datetime.date(2001, 1, 1))
    assert found.empty_because is Reason.OUTSIDE_TIME
    assert set(found.search.timings_ms) == {"understand", "embed", "limit"}
    assert found.search.counts == {"indexed": len(STORIES), "passed": 0}


def test_reprints_of_a_story_take_one_place_and_are_listed_beside_it(embedder: Embedder, tmp_path: Path) -> None:
    wire = " ".join(
        f"The harbour of Lindhafen closed on day {word} because of the ice, the harbour master told reporters."
        for word in "one two three four five six seven eight nine ten eleven twelve".split()
    )
    other = "The harbour of Lindhafen closed, and fishermen in Osterby want money for their lost weeks."
    names = ["Reuters", "Post", "Bote"]
    made = [story(f"wire-{name}", "2024-06-12", name, wire) for name in names]
    home = Home(tmp_path / "home")
    build_index(home, embedder, [*made, story("other", "2024-06-12", "Courier", other)])
    index = Index.open(home)
    found = retrieve(index, embedder, Question("Why did the harbour of Lindhafen close?"), 2, TODAY)
    story_alone = retrieve(index, embedder, Question("Why did it close?", cluster=("wire-Post",)), 9, TODAY)
    article_alone = retrieve(index, embedder, Question("Why did it close?", articles=("wire-Post",)), 9, TODAY)
    index.close()
    (told,) = story_alone.passages
    assert {told.article.id, *(copy.id for copy in told.copies)} == {f"wire-{name}" for name in names}
    assert (story_alone.searched, article_alone.searched) == (3, 1)
    assert [len(passage.copies) for passage in found.passages] in ([2, 0], [0, 2])
    assert {copy.source for passage in found.passages for copy in passage.copies} < set(names)


class Backwards:
    """Likes best what names the latest letter first."""

    def scores(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        return [float("cheese" in passage) for passage in passages]


def test_a_reranker_orders_what_was_found(index: Index, embedder: Embedder) -> None:
    question = Question("Which houses in Osterby stood in water?")
    plain = retrieve(index, embedder, question, 10, TODAY)
    assert plain.passages[0].article.id != "cheese"
    found = retrieve(index, embedder, question, 10, TODAY, Backwards())
    assert found.passages[0].article.id == "cheese"
    assert found.passages[0].signals["rerank"] == 1.0
    assert "rerank" in found.search.timings_ms
    assert "rerank" not in plain.search.timings_ms
    assert set(ids(found)) == set(ids(plain))


def test_a_real_cross_encoder_reranks(index: Index, embedder: Embedder, tmp_path: Path) -> None:
    loaded = load_reranker(str(save_tiny_cross_encoder(tmp_path / "cross")))
    assert isinstance(loaded, CrossEncoderReranker)
    found = retrieve(index, embedder, Question("Who won the prize?"), 10, TODAY, loaded)
    scores = [passage.signals["rerank"] for passage in found.passages]
    assert scores == sorted(scores, reverse=True)


def test_a_reranker_that_is_not_there_says_what_to_do() -> None:
    with pytest.raises(ModelError) as raised:
        load_reranker("no/such-model")
    assert "reranker" in raised.value.remedy


def test_other_people_s_chains_search_through_langchain(index: Index, embedder: Embedder) -> None:
    assistant = Assistant(Settings(home=index.home.root), embedder, lambda: TODAY)
    documents = langchain_retriever(assistant, source="Reuters").invoke("Who won a prize for cheese?")
    assert documents[0].metadata["article_id"] == "cheese"
    article = assistant.article("cheese")
    start, end = documents[0].metadata["start"], documents[0].metadata["end"]
    assert article.text[start:end] == documents[0].page_content


def test_other_people_s_chains_may_switch_off_what_a_query_s_words_narrow(index: Index, embedder: Embedder) -> None:
    assistant = Assistant(Settings(home=index.home.root), embedder, lambda: TODAY)
    query = "Which houses were wet in Osterby since 15 June?"
    found = [
        {one.metadata["article_id"] for one in langchain_retriever(assistant, understand=switched).invoke(query)}
        for switched in (True, False)
    ]
    assert found == [{"flood-now", "cheese", "kaese"}, {article.article.id for article in STORIES}]


def test_an_outlet_that_does_not_exist_is_answered_with_near_names(index: Index, embedder: Embedder) -> None:
    assistant = Assistant(Settings(home=index.home.root), embedder, lambda: TODAY)
    answer = assistant.ask(Question("What flooded?", source="Reutres"))
    assert answer.reason is Reason.FILTERED_OUT
    assert "Did you mean “Reuters”?" in answer.words


def test_a_follow_up_is_searched_for_in_its_own_words_and_says_so(index: Index, embedder: Embedder) -> None:
    from assistant.records import Turn

    assistant = Assistant(Settings(home=index.home.root), embedder, lambda: TODAY)
    history = (Turn("user", "Which dairy won the prize in Osterby?"), Turn("assistant", "A dairy in Osterby won. [1]"))
    answer = assistant.ask(Question("And why?", history=history))
    assert answer.search is not None
    assert "Osterby" in answer.search.text
    assert account(answer.search, "And why?")[0].startswith("Understood as: ")


def save_tiny_cross_encoder(folder: Path) -> Path:
    """A CrossEncoder of random weights with one label, from a real folder."""
    import string

    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder.mkdir()
    signs = string.ascii_lowercase + string.digits + string.punctuation
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *signs, *(f"##{sign}" for sign in signs)]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
    )
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder
