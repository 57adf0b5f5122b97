"""The language-model answerer: what the articles carry is shown, cited; what not is left out, and that is said."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chat_models import ScriptedModel, provider
from contract_rules import require_contract

from assistant.assistant import Assistant
from assistant.check import is_exact
from assistant.contract import answer_json
from assistant.errors import ChatModelError
from assistant.generative.context import PROMPT_TOKENS, plain
from assistant.records import Answer, Question, Support
from assistant.settings import Settings
from index.embed import Embedder
from index.read import ReadArticle
from index.records import Article

BRIDGE = Article(
    id="bridge",
    title="Lindhafen opens its new bridge",
    text="The mayor of Lindhafen, Ada North, opened the new bridge on Monday. It cost 41 million crowns.\n\n"
    "“Nobody will miss the ferry,” North said. Lorries may not use the bridge before June. Governor Piet Hamm said "
    "that the bridge was not worth its price.",
)
ASKED = Question("What did the new bridge in Lindhafen cost?")
COST = "The new bridge in Lindhafen cost 41 million crowns"

Ask = Callable[..., tuple[Answer, list[Answer], ScriptedModel]]


@pytest.fixture(scope="module")
def home(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    Assistant(Settings(home=folder), embedder).build([ReadArticle(BRIDGE, "memory")])
    return folder


@pytest.fixture
def ask(embedder: Embedder, home: Path) -> Ask:
    """Ask with a model that replies as given: the answer, all its stages, and the model."""

    def asked(
        *reply: str | Exception, question: Question = ASKED, ended: str | None = "stop", **settings: Any
    ) -> tuple[Answer, list[Answer], ScriptedModel]:
        model = ScriptedModel(*reply, ended=ended)
        assistant = Assistant(Settings(home=home, **settings), embedder, open_model=lambda: model)
        stages = list(assistant.stream(question))
        for answer in stages:
            for sentence in answer.sentences:
                assert all(is_exact(citation, BRIDGE) for citation in sentence.citations)
                assert not re.search(r"[\[【]", sentence.text), sentence.text
            require_contract(answer_json(answer))
        return stages[-1], stages, model

    return asked


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def key_of(model: ScriptedModel, words: str) -> int:
    """The key that the prompt gave the sentence with `words`."""
    (line,) = (line for line in model.asked[0][1].splitlines() if words in line)
    return int(line[1 : line.index("]")])


def test_a_sentence_that_its_words_carry_is_shown_with_them(ask: Ask) -> None:
    answer, _, model = ask("It cost 41 million crowns [1].")
    assert answer.answerer == "scripted:model"
    assert answer.sentences[0].support is Support.SUPPORTED
    assert "It cost 41 million crowns." in quotes(answer)
    assert answer.notes == ()
    assert answer.usage is not None
    assert answer.usage.completion_tokens == model.given


def test_a_wrong_or_made_up_key_is_replaced_by_the_words_that_carry_the_sentence(ask: Ask) -> None:
    for key in (1, 2, 3, 4, 5, 77):
        answer, _, _ = ask(f"Lorries may not use the bridge before June [{key}].")
        assert quotes(answer) == ["Lorries may not use the bridge before June."]


@pytest.mark.parametrize(
    "claim",
    [
        "It cost 47 million crowns [1].",
        "It cost 41 million euros [1].",
        "The mayor, Eve South, opened the new bridge on Monday [1].",
        "Ada North opened the new bridge on Friday [1].",
        "Ada North said that the bridge was not worth its price [1].",
        "“Nobody will miss the ferry,” Piet Hamm said [1].",
        "The mayor of Lindhafen, Ada North, cost 41 million crowns [1, 2].",
        "The capital of Australia is Canberra [1].",
        "Die Brücke kostete viel Geld [1].",
    ],
)
def test_what_the_articles_do_not_say_so_is_left_out_and_that_is_said(ask: Ask, claim: str) -> None:
    answer, _, _ = ask(f"It cost 41 million crowns [1]. {claim}")
    assert [sentence.text for sentence in answer.sentences] == ["It cost 41 million crowns."]
    assert answer.notes == ("Left out 1 sentence of the language model that the articles do not carry as they stand.",)


@pytest.mark.parametrize(
    ("claim", "own"),
    [
        ("41 million crowns [1].", "It cost 41 million crowns."),
        ("Ada North [1].", "The mayor of Lindhafen, Ada North, opened the new bridge on Monday."),
        ("Lorries may use the bridge before June [1].", "Lorries may not use the bridge before June."),
        ("“Nobody will miss the old ferry,” North said [1].", "“Nobody will miss the ferry,” North said."),
    ],
)
def test_of_what_the_articles_do_not_carry_their_own_sentence_is_given_where_it_was_drawn_from_one(
    ask: Ask, claim: str, own: str
) -> None:
    answer, _, _ = ask(claim)
    assert answer.answerer == "scripted:model"
    shown = [sentence.text for sentence in answer.sentences]
    # Beside it the sentence that answers best.
    assert shown == list(dict.fromkeys([own, "It cost 41 million crowns."]))
    notes = ["For 1 sentence of the language model that the articles did not carry, the sentence of theirs"]
    notes += ["Added 1 sentence of the articles"] if len(shown) > 1 else []
    assert [note[: len(start)] for note, start in zip(answer.notes, notes, strict=True)] == notes


def test_a_sentence_that_was_shown_is_not_given_again_for_a_bare_word_of_it(ask: Ask) -> None:
    answer, _, _ = ask("It cost 41 million crowns [1]. 41 million crowns [1].")
    assert [sentence.text for sentence in answer.sentences] == ["It cost 41 million crowns."]


def test_a_part_of_the_question_that_the_model_passes_over_is_answered_all_the_same(
    embedder: Embedder, home: Path
) -> None:
    model = ScriptedModel("The mayor of Lindhafen, Ada North, opened the new bridge on Monday [1].")
    assistant = Assistant(Settings(home=home), embedder, open_model=lambda: model)
    answer = assistant.ask(Question("Who opened the new bridge in Lindhafen, and what did the new bridge cost?"))
    assert answer.answerer == "scripted:model"
    assert [sentence.text for sentence in answer.sentences] == [
        "The mayor of Lindhafen, Ada North, opened the new bridge on Monday.",
        "It cost 41 million crowns.",
    ]


def test_of_a_part_that_the_articles_do_not_answer_nothing_is_added(embedder: Embedder, home: Path) -> None:
    assistant = Assistant(Settings(home=home), embedder, open_model=lambda: ScriptedModel("41 million crowns [1]."))
    answer = assistant.ask(
        Question("Who won the chess final in Osterby, and what did the new bridge in Lindhafen cost?")
    )
    assert any("do not answer this part" in note for note in answer.notes), answer
    assert [sentence.text for sentence in answer.sentences] == ["It cost 41 million crowns."]


def test_a_number_in_a_currency_must_stand_in_what_a_claim_is_drawn_from(ask: Ask) -> None:
    answer, _, _ = ask("The bridge of Lindhafen cost $99 million crowns to build in all [1].")
    assert answer.answerer == "extractive"


def test_it_is_shown_marked_as_unsupported_where_the_setting_says_so(ask: Ask) -> None:
    answer, _, _ = ask("It cost 41 million crowns [1]. Lorries may use the bridge before June [1].", unsupported="mark")
    assert [sentence.support for sentence in answer.sentences] == [Support.SUPPORTED, Support.UNSUPPORTED]


def test_direct_speech_that_is_verbatim_with_its_speaker_passes(ask: Ask) -> None:
    answer, _, _ = ask("“Nobody will miss the ferry,” North said [2].")
    assert quotes(answer) == ["“Nobody will miss the ferry,” North said."]


def test_every_stage_of_a_growing_answer_is_checked_and_the_last_is_whole(ask: Ask) -> None:
    answer, stages, _ = ask("It cost 41 million crowns [1]. Lorries may not use the bridge before June [2].")
    assert [len(one.sentences) for one in stages] == sorted(len(one.sentences) for one in stages)
    assert stages[0].is_awaited
    assert not any(one.is_awaited for one in stages[1:])
    assert len(stages[1].sentences) == 1
    assert all(one.sentences == answer.sentences[: len(one.sentences)] for one in stages)


def test_an_answer_says_as_of_when_it_holds_where_every_article_cited_is_dated(ask: Ask) -> None:
    answer, _, _ = ask("It cost 41 million crowns [1].")
    assert answer_json(answer)["as_of"] is None
    (passage,) = answer.passages
    dated = replace(passage, article=replace(passage.article, published=datetime.datetime(2025, 3, 4, 23, 30)))
    assert answer_json(replace(answer, passages=(dated,)))["as_of"] == "2025-03-04"


def test_no_number_in_brackets_of_a_headline_reads_as_a_marker(embedder: Embedder, tmp_path: Path) -> None:
    titled = replace(BRIDGE, title="Bridge [5] approved")
    assistant = Assistant(Settings(home=tmp_path), embedder)
    assistant.build([ReadArticle(titled, "memory")])
    answer = assistant.ask(Question("Who is the president of France?"))
    assert answer.abstained
    require_contract(answer_json(answer))
    assert "Bridge (5) approved" in answer.text


def test_without_evidence_no_model_is_asked(ask: Ask) -> None:
    answer, _, model = ask("Paris [1].", question=Question("Who is the president of France?"))
    assert answer.abstained
    assert model.asked == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (("",), "wrote nothing."),
        (("   \n",), "wrote nothing."),
        (("[1][2]",), "wrote nothing."),
        (("NOT STATED",), "found no answer"),
        (("The moon is made of green cheese [1].",), "do not carry"),
        ((ChatModelError("The model is down.", "Start it."),), "could not be used. The model is down. Start it."),
        (("It co", ChatModelError("It broke off.", "Ask again.")), "could not be used. It broke off."),
        (("ＡＢＣ " * 25_000,), "language model"),
    ],
    ids=["empty", "blank", "markers", "refusal", "nonsense", "down", "cut", "100,000 tokens"],
)
def test_a_model_that_gives_nothing_of_use_leaves_the_extractive_answer_and_that_is_said(
    ask: Ask, reply: tuple[str | Exception, ...], said: str
) -> None:
    answer, _, _ = ask(*reply)
    assert answer.answerer == "extractive"
    assert "41 million crowns" in answer.text
    assert said in answer.notes[0]
    assert answer.notes[0].endswith("These are the articles' own sentences instead.")
    assert answer_json(answer)["notes"] == list(answer.notes)


def test_what_was_checked_before_a_stream_broke_off_stays_and_that_is_said(ask: Ask) -> None:
    answer, _, _ = ask("It cost 41 million crowns [1]. Lorries may not", ChatModelError("It broke off.", "Ask again."))
    assert [sentence.text for sentence in answer.sentences] == ["It cost 41 million crowns."]
    assert "ended early" in answer.notes[0]


def test_a_reply_without_end_is_read_no_further_than_its_tokens(ask: Ask) -> None:
    _, _, model = ask("It cost a lot of money to the moon. " * 100_000, chat_tokens=32)
    assert model.given < 200


def test_a_slow_model_is_not_awaited_for_ever(embedder: Embedder, home: Path) -> None:
    now = iter(range(0, 100_000, 10))
    assistant = Assistant(
        Settings(home=home, chat_timeout=5), embedder, open_model=lambda: ScriptedModel("word " * 1000)
    )
    assert assistant._writer is not None
    assistant._writer._clock = lambda: float(next(now))
    answer = assistant.ask(ASKED)
    assert answer.answerer == "extractive"
    assert "did not end its reply within 5 seconds" in answer.notes[0]


def test_the_prompt_is_short_and_hides_nothing(ask: Ask) -> None:
    _, _, model = ask("It cost 41 million crowns [1].")
    system, user = model.asked[0]
    assert len(f"{system} {user}".split()) * 1.3 < PROMPT_TOKENS
    assert plain("a\u200bb\u202e [7] <b>\n【1】") == "ab (7) (b) (1)"


def test_who_he_is_is_told_by_the_cited_words_and_not_by_the_sentence_before(ask: Ask) -> None:
    answer, _, _ = ask(
        "Ada North opened the new bridge on Monday [1]. He said that the bridge was not worth its price [2]."
    )
    assert [sentence.context for sentence in answer.sentences] == [None, "Governor Piet Hamm"]
    answer, _, _ = ask("Piet Hamm: He said that the bridge was not worth its price [2].")
    assert answer.sentences[0].shown.startswith("(Governor Piet Hamm) He said")


def test_the_cost_is_told_where_prices_are_set(ask: Ask) -> None:
    answer, _, _ = ask("It cost 41 million crowns [1].", chat_price_in=1.0, chat_price_out=2.0)
    usage = answer.usage
    assert usage is not None
    assert usage.cost == pytest.approx(((usage.prompt_tokens or 0) + 2 * (usage.completion_tokens or 0)) / 1e6)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "does not accept the key"),
        (429, "no more questions for now"),
        (500, "has failed (500)"),
        (404, "no model"),
    ],
)
def test_a_provider_that_fails_leaves_the_extractive_answer(
    embedder: Embedder, home: Path, status: int, said: str
) -> None:
    with provider(status) as url:
        settings = Settings(home=home, chat_model="openai:some-model", chat_url=url, chat_key="k")  # type: ignore[arg-type]
        answer = Assistant(settings, embedder).ask(ASKED)
    assert answer.answerer == "extractive"
    assert said in answer.notes[0]


def test_a_provider_that_answers_is_streamed_and_its_tokens_counted(embedder: Embedder, home: Path) -> None:
    with provider(200, "It cost 41 million ", "crowns [", "1].") as url:
        settings = Settings(home=home, chat_model="openai:some-model", chat_url=url, chat_key="k")  # type: ignore[arg-type]
        answer = Assistant(settings, embedder).ask(ASKED)
    assert (answer.answerer, answer.sentences[0].text) == ("openai:some-model", "It cost 41 million crowns.")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (90, 9)


@pytest.mark.parametrize("how", ["cut", "unfinished"])
def test_a_stream_that_breaks_off_is_noticed(embedder: Embedder, home: Path, how: str) -> None:
    with provider(200, "It cost 41 million crowns [1]. ", "Lorries may", finish=False, cut=how == "cut") as url:
        settings = Settings(home=home, chat_model="openai:some-model", chat_url=url, chat_key="k")  # type: ignore[arg-type]
        answer = Assistant(settings, embedder).ask(ASKED)
    assert [sentence.text for sentence in answer.sentences] == ["It cost 41 million crowns."]
    assert "ended early" in answer.notes[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpt", "'gpt' names no chat model"),
        ("nobody:model", "'nobody:model' cannot be used"),
        ("local:nothing", "There is no local model 'nothing'"),
        ("local", "Run `dateline models pull qwen2.5-coder-1.5b-instruct`"),
        ("openai:some-model", "does not accept the key, or there is none"),
    ],
)
def test_a_model_that_cannot_be_had_is_named_with_what_to_do(
    embedder: Embedder, home: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    answer = Assistant(Settings(home=home, chat_model=name), embedder).ask(ASKED)
    assert answer.answerer == "extractive"
    assert said in answer.notes[0]
