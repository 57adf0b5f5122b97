"""Who speaks, and who "he" is."""

from __future__ import annotations

import pytest

from assistant.speaker import needs_speaker, speaker
from index.sentences import sentence_spans


def who(text: str, sentence: int) -> str | None:
    spans = sentence_spans(text)
    found = speaker(text, spans, sentence)
    return text[found[0] : found[1]] if found else None


@pytest.mark.parametrize(
    "sentence",
    [
        "“We will open it,” he added.",
        "He later denied it.",
        "“We will open it.”",
        "“It is so,” the ministry stated on Monday.",
    ],
)
def test_a_sentence_that_does_not_tell_who_speaks_needs_a_speaker(sentence: str) -> None:
    assert needs_speaker(sentence)


@pytest.mark.parametrize(
    "sentence", ["“We will open it,” Ada North said.", "The bridge opened.", "Mr Roe said he would go."]
)
def test_a_sentence_that_names_its_speaker_or_has_none_needs_no_other(sentence: str) -> None:
    assert not needs_speaker(sentence)


@pytest.mark.parametrize(
    "before",
    [
        "Ada North said the bridge was safe.",
        "“The bridge is safe,” said Ada North.",
        "“The bridge is safe,” stated council chief Ada North.",
        "Ada North, the mayor of Ley, responded to critics of John Roe.",
    ],
)
def test_he_is_whoever_spoke_or_acted_before(before: str) -> None:
    assert who(f"{before} “It is,” she added.", 1) == "Ada North"


@pytest.mark.parametrize(
    "before",
    [
        "Ada North arrived with John Roe.",
        "Several roads were flooded.",
        "Lindhafen was flooded.",
        "The Ley flooded Lindhafen.",
        "Ada North said the bridge was safe.\n\nOne of the drivers let her name be known.",
        "Ada North said the bridge was safe.\n\nA young woman waited there.",
    ],
)
def test_where_the_text_leaves_it_open_nobody_is_named(before: str) -> None:
    last = len(sentence_spans(before))
    assert who(f"{before} “It was bad,” she said.", last) is None


@pytest.mark.parametrize(
    "text",
    [
        "The suspect, John Roe, was arrested. “I had a knife,” he said.",
        "John Roe said the dam was safe. It's a child's right to be safe, he said.",
        "John Roe said the dam was safe. The student union agreed. He said no.",
    ],
)
def test_who_is_named_is_not_lost_by_people_without_a_name(text: str) -> None:
    assert who(text, len(sentence_spans(text)) - 1) == "John Roe"


def test_he_is_somebody_named_in_the_sentence_itself_by_who_is_theirs() -> None:
    before = "John Roe said the dam was safe."
    assert who(f"{before} Hamm's sister begged him to leave, but he said no.", 1) is None
    assert who(f"{before} He said that Hamm's sister had left.", 1) == "John Roe"


def test_the_one_person_of_the_sentence_before_is_taken() -> None:
    assert who("The mayor of Lindhafen, Ada North, came. “It is bad,” she said.", 1) == "Ada North"
    assert who("Roe’s plan was dismissed by Ada North. “It is bad,” she said.", 1) == "Ada North"


def test_a_single_name_is_taken_where_the_article_has_it_speak() -> None:
    text = "Ada North said so. It rained in Ley. North arrived late. “It is bad,” she said."
    assert who(text, 3) == "North"


def test_he_is_no_body_or_country_whose_name_is_part_of_a_speaker_s_title() -> None:
    said = "Ada North stated that the ferry must stop. Ruritania should also leave the Pact. She later added more."
    others = "The Ministry of Works of Ruritania believes so. Pact Secretary General Jan Roe addressed the press."
    assert who(f"{said} {others}", 2) == "Ada North"


def test_an_office_is_told_with_its_holder_where_one_is_named_before() -> None:
    before = "Ruritania's Foreign Minister Ada North came to Ley. “It is bad,” the Foreign Minister stated."
    assert who(f"{before} She also wants more.", 2) == "Foreign Minister Ada North"
    assert who(f"Foreign Minister Jan Roe left. {before} She also wants more.", 3) == "Foreign Minister"
    assert who("Ada North came to Ley. “It is bad,” the Foreign Minister stated. She left.", 2) == "Foreign Minister"


def test_names_inside_direct_speech_are_not_the_speaker() -> None:
    assert who("Ada North said so. “John Roe said no,” she added.", 1) == "Ada North"


def test_a_speaker_is_not_looked_for_without_end() -> None:
    assert who("Ada North said so. " + "It rained. " * 20 + "“Yes,” she added.", 21) is None
