"""A streamed reply: sentences as they become whole, with the keys they cite, whatever the model makes of markers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.generative.reply import Claim, Reply


def taken(reply: str, size: int = 1, *, cut: bool = False) -> list[Claim]:
    parser = Reply()
    claims = [claim for at in range(0, len(reply), size) for claim in parser.take(reply[at : at + size])]
    return [*claims, *parser.rest(cut=cut)]


@pytest.mark.parametrize(
    ("reply", "claims"),
    [
        ("It opened on Monday [1].", [("It opened on Monday.", (1,))]),
        ("It opened on Monday. [1]", [("It opened on Monday.", (1,))]),
        ("It opened on Monday.[1] It cost a lot [2].", [("It opened on Monday.", (1,)), ("It cost a lot.", (2,))]),
        ("It opened [1, 2] on Monday.", [("It opened on Monday.", (1, 2))]),
        ("It opened on Monday [1][3].", [("It opened on Monday.", (1, 3))]),
        ("It opened on Monday [[1]].", [("It opened on Monday.", (1,))]),
        ("It opened on Monday【1】.", [("It opened on Monday.", (1,))]),
        ("It opened on Monday【2†source】.", [("It opened on Monday.", (2,))]),
        ("It opened on Monday [1-3].", [("It opened on Monday.", (1, 2, 3))]),
        ("It opened on Monday [99].", [("It opened on Monday.", (99,))]),
        ("It opened on Monday [[1], [2]].", [("It opened on Monday.", (1, 2))]),
        ("It opened on Monday `[1]`.", [("It opened on Monday.", (1,))]),
        ("It opened on Monday [source 1].", [("It opened on Monday.", (1,))]),
        ("It opened on Monday [Sentence 2].", [("It opened on Monday.", (2,))]),
        ("It opened on Monday [1 & 2].", [("It opened on Monday.", (1, 2))]),
        ("It opened on Monday [1/2].", [("It opened on Monday.", (1, 2))]),
        ("It opened on Monday [#1].", [("It opened on Monday.", (1,))]),
        ("It opened on Monday [99999].", [("It opened on Monday.", (99999,))]),
        ("It opened on Monday [a].", [("It opened on Monday.", ())]),
        ("It opened on Monday [see a].", [("It opened on Monday.", ())]),
        ("It opened on Monday [-1].", [("It opened on Monday.", (1,))]),
        ("It opened on Monday¹.", [("It opened on Monday.", (1,))]),
        ("It covers 5 km² of land².", [("It covers 5 km² of land.", (2,))]),
        ("It opened on Monday [1 [2]].", [("It opened on Monday.", (1, 2))]),
        ("It opened on Monday [1 [2].", [("It opened on Monday.", (1, 2))]),
        ("It opened on Monday (see [1]).", [("It opened on Monday.", (1,))]),
        ("It opened on Monday ([1]).", [("It opened on Monday.", (1,))]),
        ("It opened on Monday [1](http://evil.example/a.b?c=1).", [("It opened on Monday.", (1,))]),
        ("<think>It may be so. Or it may not [2].</think>It opened on Monday [1].", [("It opened on Monday.", (1,))]),
        ("<think>It may be so. Or it may not be so at all", []),
        ("[1] It opened on Monday.", [("It opened on Monday.", (1,))]),
        ("1. It opened here [1].\n2. It cost a lot [2].", [("It opened here.", (1,)), ("It cost a lot.", (2,))]),
        ("```text\nIt opened on Monday [1].\n```", [("It opened on Monday.", (1,))]),
        ("Answer: **It opened on Monday** [1].", [("It opened on Monday.", (1,))]),
        ("(14 June 2024) It opened on Monday [1].", [("It opened on Monday.", (1,))]),
        ("Mr. Roe of the U.S. spoke [1]. So be it [2].", [("Mr. Roe of the U.S. spoke.", (1,)), ("So be it.", (2,))]),
        ("", []),
        ("[1]", []),
        ("...", []),
    ],
)  # fmt: skip
def test_markers_of_any_kind_are_taken_out_and_kept(reply: str, claims: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(claim.text, claim.keys) for claim in taken(reply)] == claims


def test_a_sentence_is_held_back_until_the_next_begins_and_no_marker_is_shown_in_part() -> None:
    reply = Reply()
    assert reply.take("It opened on Monday. ") == []
    assert reply.take("[") == []
    assert reply.take("1") == []
    assert reply.take("] ") == []
    assert reply.take("It cost a lot ") == [Claim("It opened on Monday.", (1,))]
    assert reply.rest(cut=True) == []


def test_what_breaks_off_is_no_sentence() -> None:
    assert taken("It opened on Monday [1]. It cost for", cut=True) == [Claim("It opened on Monday.", (1,))]
    assert taken("It opened on Monday [1]. It cost little. [", cut=True)[-1] == Claim("It cost little.", ())


@pytest.mark.parametrize("end", ["He met Mr.", "The cost was 3.", "He spoke in the U.S.", "It opened on 4 Dec."])
def test_what_breaks_off_behind_a_stop_that_ends_no_sentence_is_none(end: str) -> None:
    assert taken(f"It opened on Monday [1]. {end}", cut=True) == [Claim("It opened on Monday.", (1,))]
    assert taken(f"It opened on Monday [1]. {end}")[-1].text.endswith(end.split()[-1])


def test_only_the_refusal_itself_is_one() -> None:
    assert [claim.is_refusal for claim in taken("NOT STATED")] == [True]
    assert [claim.is_refusal for claim in taken("“Not stated.” [1]")] == [True]
    assert [claim.is_refusal for claim in taken("The price is not stated in the report [1].")] == [False]


@given(st.text(alphabet="ab. [],1【】“”\n!", max_size=80), st.integers(1, 9))
def test_how_a_reply_is_cut_into_pieces_makes_no_difference_to_what_it_says(reply: str, size: int) -> None:
    def letters(claims: list[Claim]) -> str:
        return "".join(sign for claim in claims for sign in claim.text if sign in "ab")

    pieces = taken(reply, size)
    assert letters(pieces) == letters(taken(reply, len(reply) + 1))
    assert not any(re.search(r"[\[【]\d+[\]】]", claim.text) for claim in pieces)
