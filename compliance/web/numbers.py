"""Whole numbers as forms and headers carry them."""

LONGEST = 9  # digits; more is no version of ours, and no number that every database holds


def whole_number(text: str) -> int | None:
    """The number, None where the text is none: "²" is a digit, too, and ten thousand of them."""
    found = text.isascii() and text.isdigit() and len(text) <= LONGEST
    return int(text) if found else None
