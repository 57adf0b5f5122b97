"""What cleaning takes out of a pasted news page, and what it leaves alone."""

from __future__ import annotations

import datetime
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.clean import canonical, clean
from index.dates import parse_published, read_stamp

SEEDS = Path(__file__).parent.parent / "seeds"

PROSE = "The mayor of Lindhafen resigned on Friday after the council published its audit."
MORE = "She told reporters that the harbour contracts had been awarded in good faith."
LEAD = "The opposition is calling for an early vote after three contracts were questioned."
TITLE = "Mayor of Lindhafen resigns over harbour contracts"


def seed(name: str) -> str:
    return (SEEDS / name).read_text(encoding="utf-8")


def page(*lines: str) -> str:
    return "\n".join(lines)


class TestTheSeedWithACaptionAndADateLine:
    cleaned = clean(seed("peace-plan-rejected.txt"))

    def test_its_title_has_no_section_name_and_plain_blanks(self) -> None:
        assert self.cleaned.title == (
            'Putin\'s "peace" plan was rejected by Ukraine and NATO. '
            '"This is a proposal of more aggression, more occupation"'
        )

    def test_its_author_and_time_are_those_of_its_byline_and_date_line(self) -> None:
        assert self.cleaned.authors == ("Tomasz Waleński",)
        assert self.cleaned.published == datetime.datetime(2024, 6, 14, 18, 7)

    def test_an_image_credit_is_not_its_outlet(self) -> None:
        assert self.cleaned.source is None

    def test_what_was_removed_is_listed_in_order(self) -> None:
        assert self.cleaned.removed == (
            "News" + self.cleaned.title,
            "Władimir Putin, Jens Stoltenberg",
            "Władimir Putin, Jens Stoltenberg",
            "Images source: © PAP",
            "Tomasz Waleński",
            "14 June 2024 18:07",
        )

    def test_its_text_is_the_eight_paragraphs_of_the_article_word_for_word(self) -> None:
        raw = seed("peace-plan-rejected.txt").split("\n")
        first = next(n for n, line in enumerate(raw) if line.startswith("Vladimir Putin proposed"))
        assert self.cleaned.text.split("\n\n") == [line for line in raw[first:] if line]
        assert len(self.cleaned.text.split("\n\n")) == 8

    def test_its_section_heading_stays(self) -> None:
        heading = "NATO to play a bigger role in coordinating military aid for Ukraine"
        assert heading in self.cleaned.text.split("\n\n")


class TestTheSeedWithoutADateLine:
    cleaned = clean(seed("nato-ukraine-respond.txt"))

    def test_its_fields_are_the_title_and_nothing_else(self) -> None:
        assert self.cleaned.title == 'NATO, Ukraine respond to Putin\'s claim of offering "peaceful resolution"'
        assert (self.cleaned.published, self.cleaned.authors, self.cleaned.source) == (None, (), None)

    def test_the_link_to_a_section_at_its_end_is_all_that_goes(self) -> None:
        assert self.cleaned.removed == ("- News",)
        assert self.cleaned.text.split("\n\n") == seed("nato-ukraine-respond.txt").split("\n")[1:-1]

    def test_its_lead_stays_though_it_ends_without_a_period(self) -> None:
        lead = self.cleaned.text.split("\n\n")[0]
        assert lead.startswith("Russian leader Vladimir Putin said")
        assert lead.endswith("Foreign Ministry commented")

    @pytest.mark.parametrize(
        "heading",
        ["Reaction of the Ministry of Foreign Affairs of Ukraine", "Reaction of the NATO Secretary General"],
    )
    def test_its_section_headings_are_paragraphs(self, heading: str) -> None:
        assert heading in self.cleaned.text.split("\n\n")


@pytest.mark.parametrize("name", ["peace-plan-rejected.txt", "nato-ukraine-respond.txt"])
def test_cleaning_the_text_of_a_seed_again_changes_nothing(name: str) -> None:
    text = clean(seed(name)).text
    assert clean(text).text == text


@pytest.mark.parametrize(
    "line",
    [
        "Share",
        "Share this article",
        "Advertisement",
        "Advertisement · Scroll to continue",
        "Read more",
        "Read also: Council publishes audit",
        "Sign up for our weekly newsletter.",
        "Subscribe to our newsletter",
        "We use cookies to improve your experience.",
        "Skip to content",
        "5 min read",
        "Updated 5 hours ago",
        "Images source: © PAP",
        "Photo: Piet Janssen",
        "(Photo by Piet Janssen/AFP via Getty Images)",
        "© Reuters",
        "Getty Images",
        "Image source, Getty Images",
        "Image caption, The mayor left by a side door",
        "© 2024 The Lindhafen Post. All rights reserved.",
        "***",
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_debris_is_taken_out_wherever_it_stands(line: str, place: int) -> None:
    lines = [TITLE, PROSE, MORE]
    lines.insert(place, line)
    cleaned = clean(page(*lines))
    assert (cleaned.title, cleaned.text) == (TITLE, f"{PROSE}\n\n{MORE}")
    assert cleaned.removed == (line,)
    assert cleaned.source is None


@pytest.mark.parametrize(
    "line",
    [
        "Reaction of the council",
        "Facebook",
        "14 June 2024",
        "By the time the audit was out, she had gone.",
        "Photo: a picture of the contract was shown to the court on Monday.",
        "We use cookies as bribes, the baker told the court.",
        "The image by the harbour has been there since 1950.",
        "Read more books, the minister told pupils.",
        "Subscribe to nothing, she said.",
        "- the contracts were awarded without a tender",
        '"Advertisement is not news," the editor said.',
    ],
)
def test_headings_and_prose_between_paragraphs_stay(line: str) -> None:
    assert clean(page(TITLE, PROSE, MORE, line, LEAD, PROSE)).text.split("\n\n") == [PROSE, MORE, line, LEAD, PROSE]


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


def test_a_line_that_stands_twice_above_an_image_credit_is_a_caption() -> None:
    caption = "Anna Berg leaves the town hall"
    assert clean(page(TITLE, PROSE, caption, caption, "Photo: Piet Janssen", MORE)).text == f"{PROSE}\n\n{MORE}"


def test_a_caption_that_is_a_sentence_stays_without_its_credit() -> None:
    caption = "Anna Berg leaves the town hall on Friday."
    cleaned = clean(page(TITLE, PROSE, f"{caption} (Photo by Piet Janssen/AFP)", MORE))
    assert cleaned.text.split("\n\n") == [PROSE, caption, MORE]
    assert cleaned.removed == ("(Photo by Piet Janssen/AFP)",)


def test_an_agencys_closing_lines_go_and_name_the_author_where_no_byline_does() -> None:
    cleaned = clean(page(TITLE, PROSE, MORE, "(Reporting by Jane Roe in Lindhafen; Editing by Anna Berg)"))
    assert (cleaned.text, cleaned.authors) == (f"{PROSE}\n\n{MORE}", ("Jane Roe",))


def test_links_to_other_articles_at_the_foot_go() -> None:
    cleaned = clean(
        page(TITLE, PROSE, MORE, "Related articles", "Council publishes audit", "What comes next?", "- News")
    )
    assert cleaned.text == f"{PROSE}\n\n{MORE}"


def test_a_list_at_the_end_of_an_article_stays() -> None:
    lines = ["The police named those who were hurt on Friday:", "- Anna Berg", "- Piet Janssen"]
    assert clean(page(TITLE, PROSE, *lines)).text.split("\n\n") == [PROSE, *lines]


HELSINKI = datetime.timezone(datetime.timedelta(hours=3))
DATE, TIME = datetime.date(2024, 6, 14), datetime.datetime(2024, 6, 14, 18, 7)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("14 June 2024 18:07", TIME),
        ("June 14, 2024", DATE),
        ("Jun. 14th, 2024", DATE),
        ("14.06.2024 18:07", TIME),
        ("14/06/2024", DATE),
        ("06/14/2024 6:07 PM", TIME),
        ("2024-06-14", DATE),
        ("2024-06-14T18:07:00", TIME),
        ("2024-06-14T18:07:00Z", TIME.replace(tzinfo=datetime.UTC)),
        ("2024-06-14 18:07 UTC", TIME.replace(tzinfo=datetime.UTC)),
        ("2024-06-14T18:07:00+03:00", TIME.replace(tzinfo=HELSINKI)),
        ("14 June 2024, 18:07 (UTC+3)", TIME.replace(tzinfo=HELSINKI)),
        ("Published: Friday, 14 June 2024, 6:07 PM BST", TIME),
        ("6:07 PM EDT, Fri June 14, 2024", TIME),
        ("Fri 14 Jun 2024 18.07 CEST", TIME),
        ("Posted on June 14, 2024 at 6:07 p.m. ET", TIME),
        ("14 June 2024 | 18:07", TIME),
        ("Published 14 June 2024 18:07 Updated 15 June 2024 10:00", TIME),
        ("Last updated 14 June 2024", DATE),
        ("Updated 5 hours ago", None),
        ("2h ago", None),
        ("June 14", None),
        ("Friday, 14 June, 18:07", None),
        ("06/07/2024", None),
    ],
)
def test_a_date_line_goes_and_says_when_as_far_as_it_does(line: str, published: datetime.date | None) -> None:
    cleaned = clean(page(TITLE, line, PROSE, MORE))
    assert cleaned.text == f"{PROSE}\n\n{MORE}"
    assert cleaned.published == published
    assert type(cleaned.published) is type(published)
    if isinstance(published, datetime.datetime) and isinstance(cleaned.published, datetime.datetime):
        assert cleaned.published.utcoffset() == published.utcoffset()


def test_the_date_of_publication_goes_before_that_of_an_update() -> None:
    cleaned = clean(page(TITLE, "Updated: 15 June 2024", "Published: 14 June 2024", PROSE))
    assert cleaned.published == DATE


def test_a_date_in_prose_is_not_when_it_was_published() -> None:
    assert clean(page(TITLE, PROSE, "The contracts were signed on 14 June 2024.")).published is None


def test_the_dates_of_a_chronicle_are_headings() -> None:
    lines = [LEAD, "14 June 2024", PROSE, "15 June 2024", MORE]
    cleaned = clean(page(TITLE, *lines))
    assert (cleaned.published, cleaned.text.split("\n\n")) == (None, lines)


def test_a_dateline_with_a_year_is_a_date_and_names_its_agency_and_stays() -> None:
    first = f"LINDHAFEN, June 14, 2024 (AFP) - {PROSE}"
    cleaned = clean(page(TITLE, first, MORE))
    assert (cleaned.published, cleaned.source, cleaned.text) == (DATE, "AFP", f"{first}\n\n{MORE}")


def test_a_dateline_without_a_year_is_no_date() -> None:
    cleaned = clean(page(TITLE, f"LINDHAFEN, June 14 (Reuters) - {PROSE}", MORE))
    assert (cleaned.published, cleaned.source) == (None, "Reuters")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "June 14",
        "2024",
        "June 2024",
        "06/07/2024",
        "2024-02-30",
        "2024-06-14T25:00",
        "0001-01-01",
        "5 hours ago",
    ],
)
def test_what_is_no_full_date_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_published(value)


@given(
    st.datetimes(min_value=datetime.datetime(1000, 1, 1), max_value=datetime.datetime(9998, 12, 31))
    | st.dates(min_value=datetime.date(1000, 1, 1), max_value=datetime.date(9998, 12, 31))
    | st.datetimes(
        min_value=datetime.datetime(1900, 1, 1),
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: datetime.timezone(datetime.timedelta(minutes=m))),
    ).filter(lambda when: when.year <= 9998)
)
def test_a_date_written_in_iso_form_is_read_back_as_it_was(when: datetime.date) -> None:
    found = parse_published(when.isoformat())
    assert found == when
    assert type(found) is type(when)


@given(st.text(max_size=60))
def test_no_text_upsets_the_reading_of_dates(text: str) -> None:
    read_stamp(text)


def test_lines_wrapped_at_a_column_become_one_paragraph() -> None:
    wrapped = page(
        TITLE,
        "",
        "The mayor of Lindhafen resigned on Friday after the council had",
        "published its audit of three harbour contracts, the first of which",
        "was signed in May.",
        "",
        "She told reporters that they were awarded in good faith, and that",
        "Anna Berg had signed.",
    )
    cleaned = clean(wrapped)
    assert cleaned.title == TITLE
    assert cleaned.text.count("\n\n") == 1
    assert cleaned.text.split() == wrapped.split()[len(TITLE.split()) :]


def test_marks_of_markdown_are_taken_from_headings() -> None:
    cleaned = clean(page(f"# {TITLE}", "", "*By Jane Roe*", "", PROSE, "", "## What comes next", "", MORE))
    assert (cleaned.title, cleaned.authors) == (TITLE, ("Jane Roe",))
    assert cleaned.text.split("\n\n") == [PROSE, "What comes next", MORE]


def test_line_ends_and_unicode_are_brought_to_one_form_and_other_blanks_stay() -> None:
    raw = f"\ufeff{TITLE}\r\n\r\n  Cafe\u0301 Lindhafen closed on\u00a0Friday,  they said.  \r{PROSE}\n\n\n"
    assert clean(raw).text == f"Café Lindhafen closed on\u00a0Friday,  they said.\n\n{PROSE}"


def test_debris_alone_is_an_empty_text() -> None:
    assert clean("Share\nAdvertisement\n").text == ""
    assert clean("").text == ""


DEBRIS = st.sampled_from(
    "Share|Advertisement|Photo: Piet Janssen|© PAP|Jane Roe|By Jane Roe|14 June 2024|2024-06-14T18:07:00Z|- News|News"
    "|Updated 5 hours ago|Facebook|Related articles|Reuters|Anna Berg, Piet Janssen|Read more|* * *"
    f"|Source: The Lindhafen Post|{TITLE}|News{TITLE}|Title: {TITLE}|# {TITLE}".split("|")
)
WORDS = st.lists(
    st.text(st.characters(categories=["Ll"], max_codepoint=0x17F), min_size=2, max_size=9), min_size=6, max_size=20
)
SENTENCES = WORDS.map(lambda words: "Mayor " + " ".join(words) + ".")
LINES = st.lists(DEBRIS | SENTENCES | st.text(max_size=40) | st.just(""), max_size=14)


def is_in_order(words: Sequence[str], within: Sequence[str]) -> bool:
    rest = iter(within)
    return all(word in rest for word in words)


@given(LINES.map("\n".join) | st.text(), st.booleans())
def test_of_any_text_the_words_that_stay_are_its_own_in_their_order(raw: str, markdown: bool) -> None:
    cleaned = clean(raw, markdown=markdown)
    words = canonical(raw.removeprefix("\ufeff")).split()
    assert is_in_order(cleaned.text.split(), words)
    bare = [word.strip("*_") for word in words]
    assert is_in_order([word.strip("*_") for word in cleaned.title.split()], bare)
    assert unicodedata.is_normalized("NFC", cleaned.text)


@given(LINES.map("\n".join))
def test_every_word_is_in_the_title_the_text_or_the_list_of_what_was_removed(raw: str) -> None:
    assume("*" not in raw and "_" not in raw)
    cleaned = clean(raw)
    kept = Counter(" ".join((cleaned.title, cleaned.text, *cleaned.removed)).split())
    words = Counter(canonical(raw.removeprefix("\ufeff")).split())
    for counts in (kept, words):  # marks of Markdown headings are no words
        for mark in [word for word in counts if not word.strip("#")]:
            del counts[mark]
    assert kept == words


@given(st.lists(SENTENCES, min_size=1, max_size=8))
def test_a_text_without_debris_is_kept_whole(paragraphs: list[str]) -> None:
    cleaned = clean("\n\n".join(paragraphs))
    assert cleaned.text.split("\n\n") == [canonical(paragraph) for paragraph in paragraphs]
    assert (cleaned.title, cleaned.removed) == ("", ())


@given(st.lists(DEBRIS, max_size=6), st.lists(SENTENCES, min_size=1, max_size=5), st.lists(DEBRIS, max_size=4))
def test_a_text_once_cleaned_is_left_alone(above: list[str], paragraphs: list[str], below: list[str]) -> None:
    text = clean(page(TITLE, *above, *paragraphs, *below)).text
    assume(text.split("\n\n")[0] == canonical(paragraphs[0]))  # else its first line is a headline again
    assert clean(text).text == text


@given(st.lists(SENTENCES, min_size=1, max_size=5), st.lists(DEBRIS, max_size=6))
def test_no_debris_takes_prose_with_it(paragraphs: list[str], above: list[str]) -> None:
    kept = clean(page(TITLE, *above, *paragraphs)).text.split("\n\n")
    assert is_in_order([canonical(paragraph) for paragraph in paragraphs], kept)
