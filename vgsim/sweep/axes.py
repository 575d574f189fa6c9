"""What an experiment is varied along: a field of the spec and the values that it takes.

An axis is written as on the command line, ``network.depth=2:64:12:log`` (low, high, how many,
spaced by equal factors) or ``network.activation=sigmoid,tanh,relu`` (its values). So it stands in
the file of a map, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vgsim.core.errors import Problem, SpecError, refuse
from vgsim.core.fields import FieldInfo, Value
from vgsim.nn.spec import field_at

MOST_VALUES = 100_000
"""Values along one axis."""
DIGITS = 12
"""Figures of a value between the ends of a range: 0.6, never 0.6000000000000001."""
MOST_ROUNDED = 200
"""Whole numbers for which it is tried out which range they were rounded from."""
LOG = ":log"
RANGE = "LOW:HIGH:COUNT[:log]"
EXAMPLE = "network.depth=2:64:12:log"


@dataclass(frozen=True, slots=True)
class Axis:
    """The ``values`` of the field at ``path``, in the order in which they are drawn.

    Numbers rise; names and yes or no stand as they were given. ``log`` says that numbers are
    spaced by equal factors, and are drawn so. SpecError when there is no such field, or the values
    are none of it.
    """

    path: str
    values: tuple[Value, ...]
    log: bool = False

    def __post_init__(self) -> None:
        info = field_at(self.path, values_text(self.values))
        _check_field(info, values_text(self.values))
        values = [info.check(_plain(value)) for value in self.values]
        if not 1 <= len(values) <= MOST_VALUES:
            raise refuse(self.path, f"{len(values):,} values", f"1 to {MOST_VALUES:,} values")
        if len(set(values)) < len(values):
            raise refuse(self.path, values_text(values), "values that are all different")
        if is_number(info):
            values.sort()
        if self.log:
            _check_log(info, values[0])
        object.__setattr__(self, "values", tuple(values))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def field(self) -> FieldInfo:
        """The field."""
        return field_at(self.path)

    @property
    def of_choices(self) -> bool:
        """Whether its values are names, or yes and no, between which there is nothing."""
        return not is_number(self.field)

    @classmethod
    def between(cls, path: str, low: Value, high: Value, count: int, log: bool = False) -> Axis:
        """``count`` values from ``low`` to ``high``; fewer where whole numbers fall together."""
        info = field_at(path, f"{low}:{high}:{count}")
        _check_field(info, f"{low}:{high}:{count}")
        if not is_number(info):
            raise refuse(path, f"{low}:{high}:{count}", _names_allowed(info))
        first = _number(info, low)
        last = _number(info, high)
        if log:
            _check_log(info, min(first, last))
        if not first < last:
            raise refuse(path, f"{low}:{high}", "a range from a lower to a higher number")
        if not 2 <= count <= MOST_VALUES:
            raise refuse(path, f"{count:,} values", f"2 to {MOST_VALUES:,} values in a range")
        return cls(path, _spaced(info, first, last, count, log), log)


def is_number(info: FieldInfo) -> bool:
    """Whether there is something between two values of the field."""
    return info.kind in (int, float)


def can_vary(info: FieldInfo) -> bool:
    """Whether a map can have the field as an axis: a number, a choice, or yes or no."""
    return bool(info.section) and not info.headless and (info.kind is not str or bool(info.choices))


def _check_field(info: FieldInfo, value: str) -> None:
    """SpecError for text of any kind, and for what a map says of all its cells at once."""
    if info.headless:
        raise refuse(info.path, value, "another field: all cells are trained for --steps updates")
    if not can_vary(info):
        raise refuse(info.path, value, "another field: a number, a choice, or true and false")


def _check_log(info: FieldInfo, least: Value) -> None:
    """SpecError unless all values have a logarithm."""
    if not is_number(info):
        raise refuse(info.path, LOG, "names with commas, which have no logarithm")
    if not isinstance(least, int | float) or least <= 0:
        raise refuse(info.path, f"{least:g}{LOG}", "numbers above 0, as they have a logarithm")


def _plain(value: object) -> object:
    """A number of NumPy as one of Python's."""
    item = getattr(value, "item", None)
    return item() if item is not None else value


def _number(info: FieldInfo, value: object) -> float:
    found = info.check(_plain(value))
    assert isinstance(found, int | float)
    return found


def _spaced(
    info: FieldInfo, low: float, high: float, count: int, log: bool
) -> tuple[int | float, ...]:
    """The values of a range, its ends exact; whole numbers rounded, each once."""
    values: list[int | float] = [low]
    for at in range(1, count - 1):
        share = at / (count - 1)
        if log:
            value = math.exp((1 - share) * math.log(low) + share * math.log(high))
        else:
            value = (1 - share) * low + share * high
        if info.kind is int:
            values.append(math.floor(value + 0.5))
        else:
            values.append(float(f"{value:.{DIGITS}g}"))
    return tuple(dict.fromkeys([*values, high]))


def parse_axis(text: str, name: str = "axis") -> Axis:
    """The axis that ``text`` says; SpecError, which calls it ``name`` where no field is meant."""
    path, equals, values = (part.strip() for part in text.partition("="))
    if not equals or not path or not values:
        raise refuse(name, text, f"FIELD={RANGE} or FIELD=A,B,…, for example {EXAMPLE}")
    info = field_at(path, values)
    _check_field(info, values)
    log = values.endswith(LOG)
    words = values.removesuffix(LOG)
    if ":" in words or (log and "," not in words):
        return _range(info, words, log)
    return _listed(info, words, log)


def _range(info: FieldInfo, words: str, log: bool) -> Axis:
    """LOW:HIGH:COUNT of a number field."""
    written = words + LOG * log
    if not is_number(info):
        raise refuse(info.path, written, _names_allowed(info))
    parts = words.split(":")
    if len(parts) != 3:
        raise refuse(info.path, written, f"{RANGE}, for example {EXAMPLE}")
    low, high, count = (part.strip() for part in parts)
    if not count.isascii() or not count.isdigit() or len(count) > 9:
        raise refuse(info.path, written, f"{RANGE} with a count of 2 to {MOST_VALUES:,}")
    first = info.check(info.from_text(low))
    last = info.check(info.from_text(high))
    return Axis.between(info.path, first, last, int(count), log)


def _listed(info: FieldInfo, words: str, log: bool) -> Axis:
    """Values with commas."""
    values: list[Value] = []
    for word in words.split(","):
        try:
            values.append(info.check(info.from_text(word.strip())))
        except SpecError:
            raise SpecError(_not_listed(info, words, word.strip())) from None
    return Axis(info.path, tuple(values), log)


def _not_listed(info: FieldInfo, words: str, word: str) -> Problem:
    """What is wrong with one of the values."""
    if is_number(info) and isinstance(info.from_text(word), str):
        allowed = f"{RANGE}, or numbers with commas, each {info.allowed()}"
        return Problem(info.path, words, allowed)
    if is_number(info):
        return Problem(info.path, word, info.allowed())
    return Problem(info.path, word, _names_allowed(info))


def _names_allowed(info: FieldInfo) -> str:
    if info.kind is bool:
        return "true,false, as it has no numbers to go through"
    return f"names with commas, some of {', '.join(info.names())}"


def values_text(values: Sequence[object]) -> str:
    """Values with commas, as one would type them."""
    return ",".join(_typed(value) for value in values)


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e6:
        return str(int(value))
    return str(value)


def axis_text(axis: Axis) -> str:
    """The one way in which an axis is written: as a range where that gives these very values."""
    count = _count(axis)
    if count:
        first, last = axis.values[0], axis.values[-1]
        return f"{axis.path}={_typed(first)}:{_typed(last)}:{count}{LOG * axis.log}"
    return f"{axis.path}={values_text(axis.values)}{LOG * axis.log}"


def _count(axis: Axis) -> int:
    """The least count of a range that gives these values; 0 where none does.

    Whole numbers that fall together make it more than there are values.
    """
    if axis.of_choices or len(axis) < 3:
        return 0
    low, high = axis.values[0], axis.values[-1]
    most = len(axis)
    if axis.field.kind is int and len(axis) <= MOST_ROUNDED:
        most *= 4
    for count in range(len(axis), most + 1):
        if Axis.between(axis.path, low, high, count, axis.log) == axis:
            return count
    return 0


def fewer_words(text: str, axis: Axis) -> str:
    """A sentence where a range of whole numbers has fewer values than ``text`` asks for."""
    count = text.removesuffix(LOG).rpartition(":")[2]
    if ":" not in text or not count.isdigit() or int(count) == len(axis):
        return ""
    return (
        f"{axis.path}: {int(count):,} values are asked for, which round to {len(axis):,} "
        "different whole numbers"
    )
