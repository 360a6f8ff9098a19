"""Text from people, before it stands on a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.reports.printable import LONGEST, MOST_LINES, one_line, printable
from compliance.reports.typefaces import BOX, covered


@pytest.mark.parametrize(
    ("pasted", "printed"),
    [
        ("plain", "plain"),
        ("a\x00b\x0bc\x1bd", "abcd"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("\U0001f600", BOX),
        ("\U0001f468\u200d\U0001f469", BOX * 2),
        ("\ue123", BOX),
        ("tab\there", "tab here"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("e\u0301", "é"),
        ("钐镱铒 臺灣 𠮷", f"钐镱铒 臺灣 {BOX}"),
        ("Ω Привет naïve", "Ω Привет naïve"),
    ],
)
def test_what_cannot_stand_on_a_page_is_dropped_or_boxed(pasted: str, printed: str) -> None:
    assert printable(pasted).text == printed


def test_boxes_are_counted() -> None:
    assert printable("a😀b😀").boxes == 2


def test_long_text_is_cut_and_the_cut_is_counted() -> None:
    words = printable("a " * LONGEST)

    assert len(words.text) <= LONGEST
    assert words.left_out == 2 * LONGEST - 1 - len(words.text)


def test_many_lines_are_cut() -> None:
    assert printable("line\n" * 500).text.count("\n") == MOST_LINES - 1


def test_a_megabyte_is_cut_quickly_and_counted() -> None:
    words = printable("x" * 1_000_000)

    assert words.left_out > 990_000


def test_long_words_get_places_to_break() -> None:
    assert "\u200b" in printable("a" * 200).text


def test_a_pile_of_marks_is_kept_low() -> None:
    assert len(printable("e" + "\u0301" * 30_000).text) < 10


def test_a_name_has_one_line() -> None:
    assert one_line("two\nlines\tand tabs").text == "two lines and tabs"


@given(st.text(max_size=300))
def test_every_printed_character_has_a_typeface(text: str) -> None:
    assert {ord(c) for c in printable(text).text} <= covered() | {0x0A, 0x200B}
