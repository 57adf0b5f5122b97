"""What cleaning takes out of a pasted news page, and what looks like debris and stays."""

from __future__ import annotations

import pytest
from lindhafen import LEAD, MORE, PROSE, TITLE, page

from index.clean import clean


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
        "SEE MORE: Council publishes audit",
        "Mayor resigns after audit [VIDEO]",
        '[button link="https://lindhafen.example"] Send us your story[/button]',
        "Have a tip? Jane Roe may be reached at roe@lindhafen.example.",
        "Follow her on Twitter @roe.",
        "Email Jane Roe at roe@lindhafen.example",
        "By signing up, you agree to our terms and privacy policy.",
        "Enter your email address to get the daily briefing.",
        "We and our partners use cookies to personalise content.",
        "Read more about Lindhafen",
        "Image 1 of 5",
        "Comments (12)",
        "Report a typo",
        "Skip advertisement",
        "This material may not be published, broadcast, rewritten or redistributed.",
        "Click to share on Facebook (Opens in new window)",
        "#lindhafen #harbour",
        "Filed under: Harbour |",
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
        "Copyright law was passed in 2019 and has not changed.",
        "Posted in June, the video shows the harbour at night.",
        "By signing up 300 volunteers, the mayor kept her word.",
        "Heavy rain contributed to this year's flood.",
        "Comments by the mayor were heard in the hall.",
        "Contact with the ship was lost at 9 p.m.",
        "Read more, the mayor told pupils.",
        "#1",
    ],
)
def test_headings_and_prose_between_paragraphs_stay(line: str) -> None:
    assert clean(page(TITLE, PROSE, MORE, line, LEAD, PROSE)).text.split("\n\n") == [PROSE, MORE, line, LEAD, PROSE]


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


def test_debris_alone_is_an_empty_text() -> None:
    assert clean("Share\nAdvertisement\n").text == ""
    assert clean("").text == ""
