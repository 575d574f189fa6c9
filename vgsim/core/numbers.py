"""How numbers are written: the one place that turns a figure into text, wherever it is read.

Sizes and factors have two digits and, below 0.01, an exponent: "0.22", "3.8e−5", "×0.21". A loss
has four, for it changes little; what somebody set has as many as it needs. Where every digit
matters, the exact number stands in a tip. A minus is "−", an exponent "e−3", thousands are set
apart by commas. What is not finite has a sign of its own: "·" for a number that is not known yet
(nan), "∞" for an overflow.
"""

from __future__ import annotations

import math

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")
PLAIN_FROM, PLAIN_BELOW = 1e-2, 1e6
"""Sizes that are written without an exponent: below, two digits would be lost among zeros."""
PLAIN_EXPONENTS = range(-2, 3)
"""Powers of ten of sizes that may span decades and still need no exponent."""


def superscript(number: int) -> str:
    """A whole number in superscript digits."""
    return str(number).translate(_SUPERSCRIPT)


def subscript(number: int) -> str:
    """A whole number in subscript digits."""
    return str(number).translate(_SUBSCRIPT)


def magnitude(value: float, digits: int = 1) -> str:
    """A size that may span decades: "3.6e−3", "0.22", "41", "2.4e6"; ``digits`` after the first."""
    if not math.isfinite(value) or value == 0:
        return _scientific(value, digits)
    exponent = int(f"{value:.{digits}e}".split("e")[1])
    if exponent not in PLAIN_EXPONENTS:
        return _scientific(value, digits)
    return f"{value:.{max(digits - exponent, 0)}f}".replace("-", "−")


def _scientific(value: float, digits: int) -> str:
    """With its exponent, whatever its size: "3.6e−3", "2.2e−1"."""
    if math.isnan(value):
        return "·"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def plain(value: float, digits: int = 4) -> str:
    """An ordinary quantity with ``digits`` significant figures: "0.2200", "12,300", "3.1e−5"."""
    if not math.isfinite(value):
        return magnitude(value)
    if value and not PLAIN_FROM <= abs(value) < PLAIN_BELOW:
        return _scientific(value, digits - 1)
    decimals = digits - 1
    if value:
        decimals -= math.floor(math.log10(abs(value)))
    return f"{value:,.{max(decimals, 0)}f}".replace("-", "−")


def about(value: float, digits: int = 2) -> str:
    """A quantity in a sentence, rounded to ``digits`` figures: "0.22", "1,900", "3.1e−5"."""
    if not math.isfinite(value):
        return magnitude(value)
    if value == 0:
        return "0"
    return plain(float(f"{value:.{digits - 1}e}"), digits)


def short(value: float, digits: int = 6) -> str:
    """As few figures as needed, at most ``digits``, for what the user has set: "0.1", "2.5e−3"."""
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    text = plain(value, digits)
    mantissa, mark, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + exponent


def fixed(value: float, decimals: int) -> str:
    """With ``decimals`` decimals, for what never spans decades; "·" for nan."""
    if not math.isfinite(value):
        return magnitude(value)
    return f"{value:.{decimals}f}".replace("-", "−")


def signed(value: float, decimals: int = 2) -> str:
    """As :func:`fixed` with a plus or a minus; what rounds to 0 has no sign."""
    text = fixed(abs(value), decimals)
    if value == 0 or not text.strip("0."):
        return text
    return ("+" if value > 0 else "−") + text


def significant(value: float, digits: int) -> str:
    """At most ``digits`` figures, thousands not set apart: "0.333333", "12345", "1e−6"."""
    if not math.isfinite(value):
        return magnitude(value)
    mantissa, mark, exponent = f"{value:.{digits}g}".partition("e")
    if mark:
        exponent = str(int(exponent))
    return f"{mantissa}{mark}{exponent}".replace("-", "−")


def nth(index: int) -> int:
    """How a person counts what lies at ``index`` of an array: from 1, as stages are."""
    return index + 1


def power_of_ten(exponent: float, digits: int = 1) -> str:
    """10 to any power as :func:`magnitude`, also one that no float holds: "3.16e−401"."""
    if abs(exponent) < 300 or not math.isfinite(exponent):
        return magnitude(10.0**exponent, digits)
    whole = math.floor(exponent)
    mantissa, _, carried = _scientific(10.0 ** (exponent - whole), digits).partition("e")
    return f"{mantissa}e{whole + int(carried)}".replace("-", "−")


def factor(value: float) -> str:
    """A ratio of two norms: "×0.22", "×58", "×3.1e−5"; empty for nan."""
    if math.isnan(value):
        return ""
    if value == 0:
        return "×0"
    return "×" + about(value)


def part(share: float) -> str:
    """How little of a whole is left: "1 part in 125"; "×1.2" where it is no less."""
    if math.isnan(share):
        return "·"
    if share == 0:
        return "nothing"
    if share >= 1:
        return factor(share)
    if 1 / share < 1e6:
        return f"1 part in {plain(1 / share, 3)}"
    return f"1 part in {power_of_ten(-math.log10(share))}"


def exact(value: float) -> str:
    """Every digit with which a float is read back, without an exponent: "0.0009765625"."""
    from decimal import Decimal  # 4 ms, which most that starts does not need

    if not math.isfinite(value):
        return magnitude(value)
    digits = f"{Decimal(repr(float(value))):f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.replace("-", "−")


def percent(share: float, decimals: int = 0) -> str:
    """A share in percent, "< 1 %" or "> 99 %" rather than a rounded 0 or 100; "·" for nan."""
    value = 100 * share
    least = 10.0**-decimals
    if not math.isfinite(value):
        return magnitude(value)
    if 0 < value < least:
        return f"< {least:.{decimals}f} %"
    if 100 - least < value < 100:
        return f"> {100 - least:.{decimals}f} %"
    return f"{value:.{decimals}f} %"


def decade(exponent: int) -> str:
    """A power of ten: "10⁻³"."""
    return "10" + superscript(exponent)


def typed(value: float) -> str:
    """A number as one would type it; it reads back as the same number."""
    if isinstance(value, int):
        return str(value)
    short = f"{value:g}"
    if float(short) == value:
        return short
    return repr(value)
