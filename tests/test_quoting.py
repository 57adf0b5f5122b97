"""A sentence taken out of its article: quoted whole where it is direct speech, and told of whom or what it speaks."""

from __future__ import annotations

import datetime

import pytest

from assistant.candidates import Place, candidates
from assistant.check import is_exact
from assistant.question import analyse
from assistant.quoting.corrections import overriding
from assistant.quoting.figures import figures
from assistant.quoting.referents import named, names_nothing, points_back
from assistant.quoting.statement import Cited, Statement, complete
from assistant.speaker import speaker_of
from index.embed import Embedder
from index.instructions import reporting_spans
from index.records import Article, Passage

TITLE = "Crack found in the Ley dam above Lindhafen"
LONG = "We have heard all of it before and we will hear it again, " * 6


def article(text: str, title: str = TITLE, source: str | None = None) -> Article:
    return Article(id="ley", text=text, title=title, published=datetime.date(2024, 3, 4), source=source)


def quoted(text: str, part: str, title: str = TITLE) -> Statement:
    """The sentence of an article that holds `part`, as it is quoted; every quote is checked against the article."""
    one = article(text, title=title)
    sentences = reporting_spans(text)
    at = next(i for i, (start, end) in enumerate(sentences) if part in text[start:end])
    place = Place(Passage(one, 0, len(text), 1.0), "text", sentences[at], speaker_of(text, sentences, at))
    statement = complete(place)
    assert all(is_exact(citation, one) for citation in statement.sentence.citations)
    return statement


def shown(statement: Statement) -> str:
    return "".join(words for _, words in statement.sentence.pieces)


# Direct speech

MIXED = 'Ada North said no.\n"The wall is safe. It will stay so, and nobody need pack a bag,” the Ley Mayor stated.'


@pytest.mark.parametrize("part", ["The wall is safe.", "nobody need pack"])
def test_a_short_quotation_over_several_sentences_is_quoted_whole(part: str) -> None:
    whole = '"The wall is safe. It will stay so, and nobody need pack a bag,” the Ley Mayor stated.'
    assert shown(quoted(MIXED, part)) == f"Ada North: {whole}"


@pytest.mark.parametrize(
    ("part", "expected"),
    [("The wall is safe", "The wall is safe."), ("nobody need", "In the end nobody need pack a bag")],
)
def test_of_a_long_one_the_sentence_is_quoted_without_a_lone_mark_and_with_its_speaker(
    part: str, expected: str
) -> None:
    text = f'It rained. "The wall is safe. {LONG}. In the end nobody need pack a bag,” Ada North stated on Monday.'
    assert shown(quoted(text, part)) == f"Ada North: {expected}"


def test_of_a_quotation_over_two_paragraphs_the_first_is_said_by_whom_the_second_names() -> None:
    text = "“I take no pleasure in it.\n“It is what it is, my friends,” said Omar Sandell."
    assert shown(quoted(text, "pleasure")) == "Omar Sandell: “I take no pleasure in it."


def test_a_stray_mark_makes_no_direct_speech_of_what_follows() -> None:
    text = 'The sign said "closed for the season. The ferry runs until June.\nNobody minded.'
    assert shown(quoted(text, "ferry")) == "The ferry runs until June."


# What "It" is


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        (
            "The council closed the road to the dam on Monday. The move angered shopkeepers.",
            "angered",
            "(The council closed the road to the dam on Monday.) The move angered shopkeepers.",
        ),
        (
            "The mayor opened the new bridge. It cost 41 million crowns.",
            "cost",
            "(The mayor opened the new bridge.) It cost 41 million crowns.",
        ),
        ("It rained. She left. It was loud.\nIts cause is not known.", "cause", f"({TITLE}) Its cause is not known."),
        (
            "Ada North left the council. Her departure follows a letter in which Jan Roe warned of the crack.",
            "departure",
            "(Ada North left the council.) Her departure follows a letter in which Jan Roe warned of the crack.",
        ),
        ("The crew left early. The crack is four metres long.", "crack is", "The crack is four metres long."),
        ("It is not clear whether the wall will hold.", "clear", "It is not clear whether the wall will hold."),
        ("The crew left. The decision to leave was theirs.", "theirs", "The decision to leave was theirs."),
        ("The crew left. “It was cold up there,” Ada North said.", "cold", "“It was cold up there,” Ada North said."),
    ],
)
def test_a_sentence_that_opens_with_it_or_the_move_is_told_with_what_that_is(
    text: str, part: str, expected: str
) -> None:
    assert shown(quoted(text, part)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The town subsequently doubled its own share.",
        "The Greens say that figure is closer to 40.",
        "Two other towns have much bigger shares.",
        "The city explained in a release that the works go on.",
        "Nights like that are rare.",
        "Now, only 44% approve.",
        "Eight in 10 shopkeepers say the same.",
        "A judge struck down the mayor's veto at the time.",
    ],
)
def test_words_within_a_sentence_that_point_back_are_told_too(sentence: str) -> None:
    before = "Ley pays 50 crowns a head for the wall."
    assert shown(quoted(f"{before} {sentence}", sentence)) == f"({before}) {sentence}"


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("The turnout was about 71%, some 25% higher than last year.", True),
        ("Spectators lined the harbour wall; I saw “them”.", True),
        ("Holt says she will not row again.", False),
        ("The turnout in Ley was about 71%.", False),
        ("Turnout was 71%, the club said on Monday.", True),
        ("The turnout in Łódź was about 71%.", False),
    ],
)
def test_a_sentence_may_name_nobody_and_nothing(sentence: str, is_one: bool) -> None:
    assert names_nothing(sentence, f"Few spectators came, and the turnout fell. {sentence}") is is_one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Volta sold 34 boats.\nRheia (RHA) sold seven. {}", "(Volta sold 34 boats.\nRheia (RHA) sold seven.) {}"),
        ("Boats are dear. Volta and Rheia sell most. {}", "(Volta and Rheia sell most.) {}"),
        ("Few boats came. Boats are dear. Rheia (RHA) sold seven. {}", f"({TITLE}) {{}}"),
    ],
)
@pytest.mark.parametrize("sentence", ["The two companies sued the harbour.", "Both sued the harbour."])
def test_of_two_that_have_no_names_in_a_sentence_as_much_before_is_told_as_names_two(
    sentence: str, text: str, expected: str
) -> None:
    assert shown(quoted(text.format(sentence), "harbour")) == expected.format(sentence)


@pytest.mark.parametrize(
    ("part", "count"),
    [
        ("The Bank of England raised rates.", 1),
        ("Jan Roe met Roe.", 1),
        ("In Berlin, Volta sold boats.", 1),
        ("Volta and Rheia sold boats.", 2),
        ("Boats of Volta were sold.", 1),
    ],
)
def test_how_many_bear_names(part: str, count: int) -> None:
    assert named(part, f"{part} They sold boats.") == count


def test_two_that_a_sentence_names_need_no_other_to_name_them() -> None:
    sentence = "Both sides, Volta and Rheia, agreed."
    assert shown(quoted(f"Rates rose in Ley. {sentence}", "agreed")) == sentence
    assert shown(quoted("Rates rose in Ley. The two-day fair ended.", "fair")) == "The two-day fair ended."


def test_what_is_added_is_told_with_what_it_is_added_to() -> None:
    text = "Ada North said that the gates of the dam must be closed. Additionally, no boat may pass."
    before = "(Ada North said that the gates of the dam must be closed.) "
    assert shown(quoted(text, "boat")) == f"{before}Additionally, no boat may pass."


def test_of_whom_a_sentence_tells_stands_in_brackets_and_who_speaks_before_a_colon() -> None:
    text = "Ada North said the dam was safe.\n\nShe would have been a sailor. “I love boats,” she said."
    assert shown(quoted(text, "sailor")) == "(Ada North) She would have been a sailor."
    assert shown(quoted(text, "boats")) == "Ada North: “I love boats,” she said."


@pytest.mark.parametrize(
    "sentence",
    [
        "The law firm Baker McKenzie said no.",
        "The city council of Ley voted for the wall.",
        "The company behind the ferry is bankrupt.",
        "The man accused of killing Jan Roe was freed.",
        "The two men who fled were caught.",
        "Sen. Bernie Sanders (I-Vt.) voted on Monday.",
        "The phase I trial ended.",
        "Our World in Data put the figure at 40.",
        "“The flood was much bigger,” Jan Roe said.",
        "Roe was arrested on Friday and subsequently charged with murder.",
        "Ley has 40 schools, and that number is growing.",
        "Rents are a symptom of a much larger problem.",
        "At the same time the river rose.",
        "Roe was in Ley at the time of the fire.",
        "Roe and Holt do the same work.",
        "Since then-mayor Roe left, the wall has grown.",
        "The mayor, who was 34 at the time, resigned.",
        "Volta closed its yard, and Rheia did the same.",
        "Now, Volta plans to close its yard in Ley.",
    ],
)
def test_what_a_sentence_tells_of_itself_points_nowhere_back(sentence: str) -> None:
    assert not points_back(sentence)


def test_who_is_asked_is_told_by_the_question_before_or_by_the_headline() -> None:
    text = "Why did you build the dam? I wanted a lake. We had none. Ley I, the first dam, broke."
    assert shown(quoted(text, "lake")) == "(Why did you build the dam?) I wanted a lake."
    assert shown(quoted(text, "none")) == f"({TITLE}) We had none."
    assert shown(quoted(text, "first")) == "Ley I, the first dam, broke."


def test_of_a_caption_the_sentence_with_the_name_is_told_whole() -> None:
    text = "The jubilee.\n\nAda North poses for her portrait in 2018. She holds a boat. She said it was heavy."
    assert shown(quoted(text, "holds")) == "(Ada North poses for her portrait in 2018.) She holds a boat."
    assert shown(quoted(text, "heavy")) == "(Ada North) She said it was heavy."


def test_a_question_of_an_article_is_no_answer(embedder: Embedder) -> None:
    text = (
        "Who will win the Ley regatta: Mira Holt or Jan Roe? “Will Holt win the regatta?” asked Ada North. Holt won it."
    )
    passage = Passage(article(text, title="Who will win the regatta in Ley?"), 0, len(text), 1.0)
    found = [one.place.text for one in candidates(analyse("Who won the Ley regatta?"), [passage], embedder)]
    assert found == ["“Will Holt win the regatta?” asked Ada North."]


def test_what_asks_its_reader_to_sign_up_is_no_answer(embedder: Embedder) -> None:
    text = (
        "Get the Ley Courier's daily newsletter in your inbox. Holt won the regatta. Email addresses on Facebook "
        "were leaked. Follow her on Twitter @miraholt."
    )
    passage = Passage(article(text), 0, len(text), 1.0)
    found = [one.place.text for one in candidates(analyse("Who won the regatta?"), [passage], embedder)]
    assert "Holt won the regatta." in found
    assert "Email addresses on Facebook were leaked." in found
    assert not any("newsletter" in one or "Twitter" in one for one in found)


def test_an_event_that_the_headline_names_is_told_by_the_headline() -> None:
    statement = quoted("Seven people were treated. The fire was put out.", "put out", title="Fire at the Ley dam ends")
    assert shown(statement) == "(Fire at the Ley dam ends) The fire was put out."
    assert [one.field for one in statement.sentence.citations] == ["text", "title"]


@pytest.mark.parametrize(
    "sentence", ["That said, nobody left.", "Those who left came back.", "The plan of 2019 failed."]
)
def test_words_that_are_explained_behind_point_nowhere_back(sentence: str) -> None:
    assert not points_back(sentence)


# Figures


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Twelve people were killed.", [(12, "dead")]),
        ("The death toll of the fire rose to 15.", [(15, "dead")]),
        ("It cost $41.2m, or 3.5% more.", [(41_200_000, "dollar"), (3.5, "percent")]),
        ("Four people fell ill, 12 were arrested.", [(4, "peopl"), (12, "arrested")]),
        ("On June 14, 2024 at 9:30 p.m. it ended, the first of its kind since 2019.", []),
        ("Under the 12th Amendment a category 4 hurricane is nothing.", []),
    ],
)
def test_a_figure_is_a_number_and_what_it_counts(sentence: str, expected: list[tuple[float, str]]) -> None:
    assert [(figure.value, figure.unit) for figure in figures(sentence)] == expected


# Corrections

WRONG = "The fire at the mill injured 12 workers, police said."


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        (WRONG, "Correction: An earlier version of this article said that the fire injured 12 workers; it injured 15."),
        (WRONG, "Clarification: The fire injured 15 workers, not 12, police say."),
        ("Piet Hamm paid for the mill.", "Correction: The owner who paid for the mill is Jan Roe, not Piet Hamm."),
    ],
)
def test_a_note_takes_back_what_it_calls_wrong(statement: str, note: str) -> None:
    one = article(f"{statement}\nIt was put out by nine.\n{note}")
    found = overriding(Cited(one, "text", 0, len(statement)), [one])
    assert found
    assert found.text == note


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version of this article said the mill is in Ley; it is in Lindhafen.",
        "Correction: An earlier version of this article said 15 workers were injured; it was 12 workers.",
        "An earlier version of the plan had 15 workers, not 12, at the mill when the fire injured them.",
        "The mayor said a correction of course was needed, not 12 excuses from 15 workers.",
    ],
)
def test_a_note_on_something_else_takes_nothing_back(note: str) -> None:
    one = article(f"{WRONG}\n{note}")
    assert overriding(Cited(one, "text", 0, len(WRONG)), [one]) is None


def test_a_note_of_another_outlet_takes_nothing_back() -> None:
    ours, text = article(WRONG, source="The Ley Courier"), "Correction: The fire injured 15 workers, not 12."
    theirs = Article(id="other", text=text, source="The Examiner")
    cited = Cited(ours, "text", 0, len(WRONG))
    assert overriding(cited, [ours, theirs]) is None
    assert overriding(cited, [ours, Article(id="other", text=text, source="The Ley Courier")]) is not None


def test_a_figure_in_a_line_of_its_own_is_told_with_what_it_counts() -> None:
    text = "The fair closed.\n\nTODAY'S NUMBER\n\n$19.99\n\nThat’s the monthly fee that the ferry may ask for."
    assert shown(quoted(text, "monthly fee")) == "($19.99) That’s the monthly fee that the ferry may ask for."


def test_the_credit_of_a_picture_is_no_part_of_a_sentence(embedder: Embedder) -> None:
    text = "Mia Sand/AFP/Getty Images The mayor of Ley opened the new bridge on Monday. It cost 41 million crowns."
    passage = Passage(article(text), 0, len(text), 1.0)
    found = [one.place.text for one in candidates(analyse("Who opened the bridge?"), [passage], embedder)]
    assert "The mayor of Ley opened the new bridge on Monday." in found
    assert not any("Getty" in one for one in found)
