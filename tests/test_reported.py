"""A sentence that goes on with a report: whose it is stands before it."""

from __future__ import annotations

import pytest
from test_quoting import quoted, shown

_NORTH = 'The Ley Council met on Monday. "The wall will hold for years," Ada North stated. '
_REPORT = "According to the report, the gates are older than the wall. "


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        (_NORTH + _REPORT, "older", f"(Ada North) {_REPORT.strip()}"),
        (
            _NORTH + _REPORT + "The main aim is to save money.",
            "aim",
            f"({_REPORT.strip()}) The main aim is to save money.",
        ),
        (
            _NORTH + _REPORT + 'Their age suggests that "nobody looked at them for years."',
            "nobody looked",
            '(Ada North) Their age suggests that "nobody looked at them for years."',
        ),
        (
            _NORTH + 'According to Omar Sandell, the gates leak. The timing of it shows "a habit of waste," too.',
            "habit",
            '(According to Omar Sandell) The timing of it shows "a habit of waste," too.',
        ),
        # One that tells whose report it is, or of nobody's, needs no other.
        (_NORTH + "According to Omar Sandell, the gates leak.", "leak", "According to Omar Sandell, the gates leak."),
        (_NORTH + _REPORT + "Boats went round for weeks.", "Boats", "Boats went round for weeks."),
        (
            _NORTH + _REPORT + "\nThe reason for the delay is known.",
            "reason",
            "The reason for the delay is known.",
        ),
    ],
)
def test_whose_report_a_sentence_goes_on_with_is_told(text: str, part: str, expected: str) -> None:
    assert shown(quoted(text, part)) == expected
