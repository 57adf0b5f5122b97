"""The check: what is shown as supported was found in the article, letter for letter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.check import checked, is_exact, support
from assistant.check.tokens import may_count, tokens
from assistant.records import Citation, Sentence, Support
from index.records import Article

TEXT = "Mayor Ada North said the bridge would open on 3 May. It will not carry lorries."
ARTICLE = Article(id="bridge", title="Bridge to open", text=TEXT)


def cite(start: int, end: int, article: Article = ARTICLE, marker: int = 1) -> Citation:
    return Citation(marker, article.id, "text", start, end, article.text[start:end], article.sha256)


def one(text: str, *citations: Citation, context: str | None = None) -> Sentence:
    return Sentence(text, citations, Support.SUPPORTED, context)


@given(st.text(min_size=1), st.data())
def test_a_quote_is_exact_only_at_its_own_offsets(text: str, data: st.DataObject) -> None:
    article = Article(id="any", text=text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = cite(start, end, article)
    assert is_exact(citation, article)
    assert not is_exact(replace(citation, quote=citation.quote + "x"), article)
    assert not is_exact(replace(citation, end=end + 1), article)
    assert not is_exact(citation, replace(article, text=text + "!"))


def test_a_citation_of_an_article_that_was_not_found_is_not_exact() -> None:
    assert not is_exact(cite(0, 10), None)
    assert not is_exact(cite(0, 10), Article(id="other", text=TEXT))


def test_an_empty_quote_and_offsets_outside_the_text_are_not_exact() -> None:
    assert not is_exact(replace(cite(0, 5), start=5, end=5, quote=""), ARTICLE)
    assert not is_exact(replace(cite(0, 5), start=-5, end=len(TEXT), quote=TEXT[-5:]), ARTICLE)


def test_a_title_can_be_cited_by_its_own_offsets() -> None:
    citation = Citation(1, "bridge", "title", 0, 6, "Bridge", ARTICLE.sha256)
    assert is_exact(citation, ARTICLE)
    assert not is_exact(replace(citation, field="text"), ARTICLE)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Mayor Ada North said the bridge would open on 3 May.", Support.SUPPORTED),
        ("the bridge would open on 3 May", Support.PARTLY),
        ("The mayor, Ada North, said the bridge would open on 3 May.", Support.SUPPORTED),
        ("The bridge would open on 4 May.", Support.UNSUPPORTED),
        ("Mayor Eve South said the bridge would open on 3 May.", Support.UNSUPPORTED),
        ("Mayor Ada North said the bridge would not open on 3 May.", Support.UNSUPPORTED),
        ("The bridge would open and tolls fall for farmers on weekends.", Support.UNSUPPORTED),
    ],
)
def test_numbers_names_and_negations_must_be_in_the_quote(sentence: str, expected: Support) -> None:
    assert support(sentence, [TEXT[:52]]) is expected


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("Roe agreed to talks.", ["It is not true that Roe agreed to talks."]),
        ("North rejected the plan in Ley on Friday.", ["Roe rejected the plan in Ley on Friday."]),
    ],
)
def test_words_that_stand_there_in_another_sense_are_not_supported(sentence: str, quotes: list[str]) -> None:
    assert support(sentence, quotes) is not Support.SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The mayor closed the school.", "The mayor plans to close the school."),
        ("The mayor closed the school.", "The mayor promised to close the school."),
        ("Police arrested Smith.", "Police tried to arrest Smith."),
        ("The bridge was destroyed.", "Russia said that the bridge was destroyed."),
        ("The bridge was destroyed.", "The bridge was destroyed, Russia said on Monday."),
        ("The port will pay 5 million.", "According to the union, the port will pay 5 million."),
        ("The mayor took bribes.", "Prosecutors believe the mayor took bribes."),
        ("Ukraine should not join NATO.", "Putin demanded that Ukraine should not join NATO."),
        ("The bank closed.", "Rumours that the bank closed were false."),
        ("Prices fell.", "Roe, the mayor, said prices fell."),
        ("Prices fell.", "In April, Roe said prices fell."),
        ("Roe said that prices fell.", "Roe said that prices may fall."),
        ("The school will be closed.", "The school was closed."),
        ("The president died.", "The vice president died."),
        ("The president died.", "The president's wife died."),
        ("The mayor resigned.", "The former mayor resigned."),
        ("Jones was killed by Smith.", "Jones killed Smith."),
        ("The match was cancelled because of the rain.", "The match was cancelled despite the rain."),
        ("50 people died.", "Nearly 50 people died."),
        ("It costs €5.", "It costs $5."),
        ("It was -5 degrees.", "It was 5 degrees."),
        ("The school is closed.", "Is the school closed?"),
        ("No, the school is closed.", "The school is closed."),
    ],
)
def test_a_claim_becomes_no_fact_and_another_thing_is_not_the_same(sentence: str, quote: str) -> None:
    assert support(sentence, [quote]) is not Support.SUPPORTED
    assert support(quote, [quote]) is Support.SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("According to Russia, the bridge was destroyed.", "Russia said that the bridge was destroyed."),
        ("The mayor was sued by the union.", "The union sued the mayor."),
        ("A ticket costs 5 dollars.", "A ticket costs $5."),
        ("Over 2,000 runners started.", "More than 2,000 runners started."),
        ("The wife of the president died.", "The president's wife died."),
        ("The union sued the mayor.", "The union sued the mayor, who plans to resign."),
        ("Roe opened the bridge in May.", "Roe opened the bridge in May, but she said that tolls may rise."),
    ],
)
def test_the_same_in_other_words_stays_supported(sentence: str, quote: str) -> None:
    assert support(sentence, [quote]) is Support.SUPPORTED


@pytest.mark.parametrize("marks", ["“”", '""', "‘’", "''", "«»", "»«", "„“", "‹›", "「」"])
def test_words_in_marks_of_any_kind_must_stand_there_in_a_row(marks: str) -> None:
    opening, closing = marks[0], marks[1]
    quote = "Roe said they would leave tomorrow."
    assert support(f"Roe said {opening}we will leave tomorrow{closing}.", [quote]) is Support.UNSUPPORTED


def test_an_apostrophe_is_no_quotation_mark() -> None:
    quote = "The ministers' plan and Roe's bridge, built in the '90s, aren't the mayor's."
    assert support("The ministers' plan and Roe's bridge aren't the mayor's.", [quote]) is not Support.UNSUPPORTED


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Die Brücke wurde am Montag in Ley geöffnet.", "Die Brücke wurde am Montag in Ley nicht geöffnet."),
        ("Le pont a été ouvert lundi à Ley.", "Le pont n'a pas été ouvert lundi à Ley."),
        ("El puente fue abierto el lunes en Ley.", "El puente nunca fue abierto el lunes en Ley."),
        ("Мост открыли в понедельник в Киеве.", "Мост не открыли в понедельник в Киеве."),
    ],
)
def test_in_a_language_the_rules_do_not_read_only_the_very_words_are_supported(sentence: str, denied: str) -> None:
    assert support(sentence, [denied]) is not Support.SUPPORTED
    assert support(denied, [sentence]) is not Support.SUPPORTED
    assert support(denied, [denied]) is Support.SUPPORTED


def test_a_number_in_brackets_of_the_article_does_not_read_as_a_marker() -> None:
    article = Article(id="noted", text="The bridge[12] was opened [7] in May.")
    sentence = one(article.text, cite(0, len(article.text), article))
    (shown,) = checked([sentence], {"noted": article})
    assert shown.shown == "The bridge(12) was opened (7) in May. [1]"
    assert shown.citations[0].quote == article.text


def test_nor_does_one_in_its_context_or_label() -> None:
    article = Article(id="noted", text="Otto Kern approved the new bridge [2]. It will cost a lot.")
    cited = (cite(0, 38, article), cite(39, len(article.text), article))
    sentence = one("It will cost a lot.", *cited, context="Otto Kern approved the new bridge [2].")
    (shown,) = checked([replace(sentence, is_speaker=False, label="7")], {"noted": article})
    assert shown.shown == "[“7”] (Otto Kern approved the new bridge (2).) It will cost a lot. [1, 2]"
    (shown,) = checked([replace(sentence, is_speaker=False, label="The [7] Times")], {"noted": article})
    assert shown.shown.startswith("[The (7) Times] (Otto")


def test_the_worse_of_the_support_stored_and_found_is_shown() -> None:
    good = one(TEXT[:52], cite(0, 52))
    held = [replace(good, support=support) for support in Support]
    assert [s.support for s in checked(held, {"bridge": ARTICLE}, mark=True)] == list(Support)
    assert Support.UNSUPPORTED not in {s.support for s in checked(held, {"bridge": ARTICLE})}


def test_what_cannot_be_checked_is_not_shown() -> None:
    good = one(TEXT[:52], cite(0, 52))
    moved = one(TEXT[:52], replace(cite(0, 52), start=1, end=53))
    elsewhere = one("The council cut all fares in half.", cite(0, 52))
    uncited = one("The bridge would open on 3 May.")
    assert checked([moved, good, elsewhere, uncited], {"bridge": ARTICLE}) == (good,)


def test_markers_are_counted_anew_in_the_order_shown_and_one_span_has_one() -> None:
    first, second = one(TEXT[53:], cite(53, len(TEXT), marker=7)), one(TEXT[:52], cite(0, 52, marker=7))
    again = one(TEXT[:52], cite(0, 52, marker=9))
    assert [s.markers for s in checked([first, second, again], {"bridge": ARTICLE})] == [(1,), (2,), (2,)]


def test_a_context_must_stand_in_a_quote_too() -> None:
    named = one(TEXT[53:], cite(53, len(TEXT)), cite(6, 15, marker=2), context="Ada North")
    invented = one(TEXT[53:], cite(53, len(TEXT)), cite(6, 15, marker=2), context="Eve South")
    assert [s.context for s in checked([named, invented], {"bridge": ARTICLE})] == ["Ada North"]


@given(
    st.text()
    | st.lists(st.sampled_from("two Second twenty-one half dozens million 1,200 3rd ² ٣ − - $5m % the".split())).map(
        " ".join
    )
)
def test_whatever_has_a_value_may_count(text: str) -> None:
    if any(token.value is not None for token in tokens(text)):
        assert may_count(text)
