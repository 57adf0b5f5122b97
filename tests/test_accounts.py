"""What several articles say of one thing: told once with all its citations, latest first, or each with its outlet."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest
from contract_rules import require_contract

from assistant.assistant import Assistant
from assistant.check import is_exact
from assistant.contract import answer_json
from assistant.records import Answer, Question, Reason
from assistant.settings import Settings
from index.embed import Embedder
from index.read import ReadArticle, read
from index.records import Article

NEWS = Path(__file__).parent / "data" / "news"


def story(name: str, day: int | None, source: str, title: str, *lines: str) -> ReadArticle:
    published = datetime.date(2024, 6, day) if day else None
    article = Article(id=name, title=title, text="\n".join(lines), published=published, source=source)
    return ReadArticle(article, f"memory/{name}")


STORIES = (
    # the same fact from three outlets
    story(
        "regatta-courier", 2, "The Ley Courier", "Holt wins the Lindhafen regatta",
        "Mira Holt of Ley won the Lindhafen regatta on Sunday, ahead of 30 other boats.",
        "The wind was weak until noon, and two crews gave up.",
    ),
    story(
        "regatta-examiner", 3, "The Examiner", "Regatta: victory for Ley",
        "Mira Holt of Ley won the Lindhafen regatta yesterday, ahead of 30 other boats.",
        "Spectators lined the harbour wall.",
    ),
    story(
        "regatta-wire", 3, "North Wire", "A prize for a Ley sailor",
        "Mira Holt, of Ley, won the Lindhafen regatta on Sunday ahead of 30 other boats, the club said.",
        "She is 24 and builds organs.",
    ),
    # a figure that changed
    story(
        "mill-first", 3, "The Ley Courier", "Fire at the Brandt mill in Osterby",
        "A fire at the Brandt mill in Osterby killed 12 people on Monday, the fire brigade said.",
        "The mill made paper.",
    ),
    story(
        "mill-second", 5, "The Ley Courier", "Brandt mill: two more deaths",
        "The fire at the Brandt mill in Osterby killed 14 people, the fire brigade said on Wednesday.",
        "Two workers died of their burns.",
    ),
    # sources that disagree
    story(
        "march-courier", 8, "The Ley Courier", "March for the Greta viaduct",
        "Some 5,000 people marched through Greta for the viaduct on Saturday, the organisers said.",
    ),
    story(
        "march-examiner", 8, "The Examiner", "Greta marches for its viaduct",
        "Some 1,800 people marched through Greta for the viaduct on Saturday, the police said.",
    ),
    # another figure, of what only the sentence before it tells
    story(
        "poll-first", 2, "The Ley Courier", "Poll on the dam",
        "Of the people of Lindhafen 60% disapprove of the Sarn dam, and 37% approve, a poll says.",
    ),
    story(
        "poll-second", 1, "The Examiner", "Poll on the council of Lindhafen and its dam",
        "In May the council of Lindhafen was trusted by 50%.", "Now, only 44% approve.",
    ),
    # a correction
    story(
        "ferry", 10, "The Ley Courier", "New ferry for Sandholm",
        "The new Sandholm ferry carries 340 cars and goes four times a day.",
        "It was built in Osterby.",
        "Correction: An earlier version of this article said that the new Sandholm ferry carries 340 cars; "
        "it carries 240 cars.",
    ),
    # a denial
    story(
        "denial", 11, "The Examiner", "Brask denies taking money",
        "The engineer Odo Brask denied on Tuesday that he took money from the Tolvan quarry company.",
        "“I never took a crown from them,” he said.",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def assistant(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    made = Assistant(Settings(home=tmp_path_factory.mktemp("home")), embedder)
    made.build([*STORIES, *read([NEWS])])
    return made


def ask(assistant: Assistant, text: str) -> Answer:
    """The answer, held to the contract, every citation of it exact."""
    answer = assistant.ask(Question(text, as_of=datetime.date(2024, 12, 31)))
    require_contract(answer_json(answer))
    assert all(is_exact(citation, answer.articles.get(citation.article_id)) for citation in answer.citations)
    return answer


def cited_by(answer: Answer, words: str) -> Sequence[str]:
    sentence = next(one for one in answer.sentences if words in one.text)
    return [citation.article_id for citation in sentence.citations]


def test_a_figure_of_what_only_the_sentence_before_tells_is_no_other_figure_of_the_same(assistant: Assistant) -> None:
    answer = ask(assistant, "How many approve of the Sarn dam?")
    assert "37% approve" in answer.text
    assert not any((one.label or "").startswith(("Earlier", "Latest")) for one in answer.sentences)


def test_the_same_fact_from_three_outlets_is_one_sentence_with_three_citations(assistant: Assistant) -> None:
    answer = ask(assistant, "Who won the Lindhafen regatta?")
    winners = [one for one in answer.sentences if "Holt" in one.text]
    assert len(winners) == 1
    assert sorted(cited_by(answer, "Holt")) == ["regatta-courier", "regatta-examiner", "regatta-wire"]
    assert "[1, 2, 3]" in answer.text
    assert "2 June 2024]" in answer.text


def test_a_figure_that_a_later_article_changed_is_told_latest_first_and_the_earlier_one_dated(
    assistant: Assistant,
) -> None:
    answer = ask(assistant, "How many people did the fire at the Brandt mill in Osterby kill?")
    latest, earlier = [one for one in answer.sentences if "killed" in one.text]
    assert ("14 people" in latest.text, latest.label) == (True, "Latest, on 5 June 2024")
    assert ("12 people" in earlier.text, earlier.label) == (True, "Earlier, on 3 June 2024")
    assert "12" not in (answer.short_answer or "")
    assert not answer.notes


def test_as_of_an_earlier_day_only_its_own_figure_is_told(assistant: Assistant) -> None:
    answer = assistant.ask(
        Question("How many people did the fire at the Brandt mill kill?", as_of=datetime.date(2024, 6, 4))
    )
    assert "12 people" in answer.text
    assert "14" not in answer.text
    assert all(one.label is None for one in answer.sentences)


def test_sources_that_disagree_are_told_each_with_its_outlet_and_that_is_said(assistant: Assistant) -> None:
    answer = ask(assistant, "How many people marched through Greta for the viaduct?")
    told = {one.label: one.text for one in answer.sentences if one.label}
    assert "5,000" in told["The Ley Courier, 8 June 2024"]
    assert "1,800" in told["The Examiner, 8 June 2024"]
    assert any("The sources disagree: " in note and "The Examiner" in note for note in answer.notes)
    assert answer.short_answer is None


def test_a_correction_overrides_what_it_corrects(assistant: Assistant) -> None:
    answer = ask(assistant, "How many cars does the new Sandholm ferry carry?")
    assert answer.sentences[0].label == "Correction"
    assert "it carries 240 cars" in answer.sentences[0].text
    assert not any(one.text.startswith("The new Sandholm ferry carries 340") for one in answer.sentences)
    assert "340 cars and goes four times" not in answer.text
    assert answer.short_answer is None


def test_a_newer_version_of_an_article_overrides_the_older_one(embedder: Embedder, tmp_path: Path) -> None:
    assistant = Assistant(Settings(home=tmp_path), embedder)
    for boats in ("30 other boats", "29 other boats"):
        text = f"Mira Holt of Ley won the Lindhafen regatta on Sunday, ahead of {boats}."
        assistant.add([story("regatta", 2, "The Ley Courier", "Holt wins", text)])
    answer = ask(assistant, "How many other boats were there at the Lindhafen regatta?")
    assert "29 other boats" in answer.text
    assert "30" not in answer.text


def test_a_denial_is_told_as_one_and_never_as_what_is_denied(assistant: Assistant) -> None:
    for question in ("Did Odo Brask take money from the Tolvan quarry?", "Who took money from the Tolvan quarry?"):
        answer = ask(assistant, question)
        if not answer.abstained:
            assert any("denied" in one.text or "never took" in one.text for one in answer.sentences)
            assert answer.short_answer is None


def test_a_question_for_yes_or_no_is_answered_with_the_evidence(assistant: Assistant) -> None:
    answer = ask(assistant, "Did Mira Holt win the Lindhafen regatta?")
    assert "Mira Holt" in answer.text
    assert answer.short_answer is None
    assert not {"yes", "no"} & {one.text.split()[0].strip(".,").lower() for one in answer.sentences}


def test_of_two_questions_the_one_without_an_answer_is_named(assistant: Assistant) -> None:
    answer = ask(assistant, "Who won the Lindhafen regatta, and how much did the winner's yacht cost in dollars?")
    assert "Mira Holt" in answer.text
    assert any("do not answer" in note and "how much did the winner's yacht cost" in note for note in answer.notes)


def test_two_questions_without_an_answer_are_declined(assistant: Assistant) -> None:
    assert ask(assistant, "Who is the president of France, and when was he born?").abstained


def test_an_abstention_says_what_the_articles_mention_and_what_they_do_not(assistant: Assistant) -> None:
    answer = ask(assistant, "How many spectators watched the Lindhafen regatta in 2019?")
    assert answer.reason is Reason.TOPIC_ONLY
    assert "they mention “spectators” and “the Lindhafen regatta”, not how many" in answer.text
    assert "have nothing on “watched” or “2019”" in answer.text


def test_figures_of_different_things_are_not_set_against_each_other(assistant: Assistant) -> None:
    for question in (
        "How many oat bars does Lumora recall?",
        "How many packets of porridge are affected?",
        "How many people work for Lumora Foods?",
    ):
        answer = ask(assistant, question)
        assert not answer.notes
        assert all(one.label is None or one.label.startswith("Reported on ") for one in answer.sentences), answer.text


def test_a_sentence_without_a_name_behind_another_articles_is_told_with_its_headline(
    embedder: Embedder, tmp_path: Path
) -> None:
    assistant = Assistant(Settings(home=tmp_path), embedder)
    assistant.add(
        [
            story("ley", 2, "The Ley Courier", "Few go to the polls in Ley", "The turnout in the Ley vote was 58%."),
            story(
                "osterby", 3, "The Examiner", "Osterby elects its council", "The turnout was 71% of all who may vote."
            ),
        ]
    )
    answer = assistant.ask(Question("What was the turnout in the vote?"))
    assert answer.sentences[0].context is None
    assert "(Osterby elects its council [reported 3 June 2024]) The turnout was 71%" in answer.text
