"""Rounding half up, where exact numbers leave."""

from fractions import Fraction


def _scaled(number: Fraction, scale: int) -> int:
    """`number` · `scale`, rounded half up to a whole."""
    return (2 * number.numerator * scale + number.denominator) // (2 * number.denominator)


def half_up(number: Fraction, decimals: int) -> Fraction:
    """The nearest number with so many decimals; a half goes up."""
    scale: int = 10**decimals
    return Fraction(_scaled(number, scale), scale)


def printed_score(score: Fraction) -> Fraction:
    """A score as printed: one decimal."""
    return half_up(score, 1)


def as_number(number: Fraction | None, decimals: int) -> float | None:
    """A number of JSON, rounded half up; None stays None."""
    if number is None:
        return None
    scale: int = 10**decimals
    return _scaled(number, scale) / scale
