"""How cleaning finds the headline and the byline of a pasted page."""

from __future__ import annotations

import pytest
from lindhafen import LEAD, MORE, PROSE, TITLE, page

from index.clean import clean


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ([f"News{TITLE}", TITLE], None),
        ([f"World news{TITLE}", TITLE], None),
        ([f"News: {TITLE}", TITLE], None),
        ([TITLE, TITLE], None),
        ([TITLE, f"{TITLE}!"], None),
        ([TITLE.replace(" ", "\u00a0"), TITLE], None),
        ([f"{TITLE} | World | The Lindhafen Post", TITLE], "The Lindhafen Post"),
        ([f"{TITLE} - News", TITLE], None),
        (["Home > World > Europe", TITLE], None),
        (["World", TITLE], None),
        ([f"Title: {TITLE}"], None),
        ([f"# {TITLE}"], None),
        ([f"# {TITLE} #", TITLE], None),
    ],
)
def test_the_headline_is_found_and_its_repetitions_go(header: list[str], source: str | None) -> None:
    cleaned = clean(page(*header, PROSE, MORE))
    assert (cleaned.title, cleaned.text, cleaned.source) == (TITLE, f"{PROSE}\n\n{MORE}", source)


def test_a_headline_that_asks_is_found_with_its_repetitions_too() -> None:
    headline = "Will the mayor of Lindhafen resign over harbour contracts?"
    cleaned = clean(page(f"News{headline}", headline, headline, PROSE, "Will she go now, or next week?", MORE))
    assert (cleaned.title, cleaned.text) == (headline, f"{PROSE}\n\nWill she go now, or next week?\n\n{MORE}")


def test_a_headline_that_ends_a_quotation_is_one_where_a_date_stands_below() -> None:
    headline = 'Mayor: "I will go."'
    assert clean(page(headline, "14 June 2024", PROSE)).title == headline
    assert clean(page(headline, PROSE)).title == ""


@pytest.mark.parametrize("text", [PROSE, page(PROSE, MORE), page(PROSE, "", MORE), f"{PROSE} {MORE}"])
def test_prose_without_a_headline_has_no_title_and_stays_whole(text: str) -> None:
    cleaned = clean(text)
    assert (cleaned.title, cleaned.removed) == ("", ())
    assert cleaned.text.split() == text.split()


def test_a_line_alone_is_text_and_not_a_title() -> None:
    assert (clean(TITLE).title, clean(TITLE).text) == ("", TITLE)


@pytest.mark.parametrize(
    ("lines", "authors", "source"),
    [
        (["By Jane Roe", "14 June 2024"], ("Jane Roe",), None),
        (["By Jane Roe"], ("Jane Roe",), None),
        (["By Jane Roe and Anna Berg in Lindhafen", "14 June 2024"], ("Jane Roe", "Anna Berg"), None),
        (["Author: Jane Roe"], ("Jane Roe",), None),
        (["Written by Jane Roe"], ("Jane Roe",), None),
        (["Jane Roe", "14 June 2024"], ("Jane Roe",), None),
        (["14 June 2024", "Jane Roe"], ("Jane Roe",), None),
        (["Jane Roe", "Political correspondent", "14 June 2024"], ("Jane Roe",), None),
        (["Jane Roe, 14 June 2024"], ("Jane Roe",), None),
        (["By Jane Roe | 14 June 2024 | 5 min read"], ("Jane Roe",), None),
        (["By Jane Roe, The Lindhafen Post", "14 June 2024"], ("Jane Roe",), "The Lindhafen Post"),
        (["By JANE ROE", "14 June 2024"], ("JANE ROE",), None),
        (["María José O'Neill-Łoś", "14 June 2024"], ("María José O'Neill-Łoś",), None),
        (["Jan van der Berg", "14 June 2024"], ("Jan van der Berg",), None),
        (["Reuters", "14 June 2024"], (), "Reuters"),
        (["Source: The Lindhafen Post", "14 June 2024"], (), "The Lindhafen Post"),
    ],
)
def test_bylines_above_the_article_name_its_authors_and_outlet(
    lines: list[str], authors: tuple[str, ...], source: str | None
) -> None:
    cleaned = clean(page(TITLE, *lines, PROSE, MORE))
    assert (cleaned.title, cleaned.text) == (TITLE, f"{PROSE}\n\n{MORE}")
    assert (cleaned.authors, cleaned.source, cleaned.removed) == (authors, source, tuple(lines))


def test_a_byline_may_stand_below_the_lead() -> None:
    cleaned = clean(page(TITLE, LEAD, "Jane Roe", "14 June 2024 18:07", PROSE))
    assert (cleaned.authors, cleaned.text) == (("Jane Roe",), f"{LEAD}\n\n{PROSE}")


def test_a_name_without_a_date_beside_it_is_no_byline() -> None:
    cleaned = clean(page(TITLE, PROSE, "Anna Berg", MORE))
    assert (cleaned.authors, "Anna Berg" in cleaned.text) == ((), True)


def test_names_above_an_image_credit_are_a_caption_and_no_authors() -> None:
    cleaned = clean(page(TITLE, "Anna Berg", "Photo: Piet Janssen", "Jane Roe", "14 June 2024", PROSE))
    assert (cleaned.authors, cleaned.text) == (("Jane Roe",), PROSE)
