"""When a page says it was published: what its date lines give, and what is no date."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lindhafen import LEAD, MORE, PROSE, TITLE, page

from index.clean import clean
from index.dates import parse_published, read_stamp

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


def test_a_dateline_with_a_year_is_a_date_and_names_its_agency() -> None:
    first = f"LINDHAFEN, June 14, 2024 (AFP) - {PROSE}"
    cleaned = clean(page(TITLE, first, MORE))
    assert (cleaned.published, cleaned.source, cleaned.text) == (DATE, "AFP", f"{PROSE}\n\n{MORE}")
    assert cleaned.dateline == "LINDHAFEN, June 14, 2024 (AFP)"


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


@pytest.mark.parametrize(
    ("dateline", "source"),
    [
        ("LINDHAFEN, June 14 (Reuters) -", "Reuters"),
        ("LINDHAFEN (AFP) –", "AFP"),
        ("LINDHAFEN, Norway (AP) —", "AP"),
        ("Lindhafen, 14 June (Reuters) -", "Reuters"),
        ("LINDHAFEN —", None),
        ("NEW LINDHAFEN, June 14 –", None),
    ],
)
def test_a_dateline_is_taken_out_of_the_first_paragraph_and_kept_beside_it(dateline: str, source: str | None) -> None:
    cleaned = clean(page(TITLE, f"{dateline} {PROSE}", MORE))
    assert cleaned.text == f"{PROSE}\n\n{MORE}"
    assert (cleaned.removed, cleaned.source) == ((dateline,), source)
    assert cleaned.dateline == dateline.rstrip(" -–—")
    assert cleaned.published is None, "June 14 is no date without its year"


@pytest.mark.parametrize(
    "opening",
    [
        "The mayor (Reuters photo) -",
        "Lindhafen -",
        "MAYOR BERG:",
        "Anna Berg (Greens) -",
        "Since May –",
        "In LINDHAFEN —",
        "EU —",
    ],
)
def test_what_only_looks_like_a_dateline_stays(opening: str) -> None:
    first = f"{opening} {PROSE}"
    assert clean(page(TITLE, first, MORE)).text == f"{first}\n\n{MORE}"


def test_a_dateline_in_a_later_paragraph_stays() -> None:
    second = f"LINDHAFEN, June 14 (Reuters) - {MORE}"
    assert clean(page(TITLE, PROSE, second)).text == f"{PROSE}\n\n{second}"
