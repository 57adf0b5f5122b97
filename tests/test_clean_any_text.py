"""What holds of every text that is cleaned: its words, their order, and its form."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from hypothesis import assume, given
from hypothesis import strategies as st
from lindhafen import MORE, PROSE, TITLE, page

from index.clean import canonical, clean


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
