"""What cleaning makes of the two seeds, to the letter."""

from __future__ import annotations

import datetime

import pytest
from lindhafen import SEEDS

from index.clean import clean


def seed(name: str) -> str:
    return (SEEDS / name).read_text(encoding="utf-8")


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
