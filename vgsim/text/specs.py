"""Settings of a spec as words: labels within a sentence, and values as they read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from vgsim.core.fields import FieldInfo, Value
from vgsim.core.numbers import short
from vgsim.measure.frame import Frame
from vgsim.nn.spec import Spec, fields
from vgsim.nn.widths import widths_of

_NAMES = ("Adam", "He", "Huber", "Nesterov", "Palmer", "Xavier")
"""Labels that are people's or an algorithm's names, and keep their capital."""


def lowered(label: str) -> str:
    """A label within a sentence, without its capital unless it is a name or an abbreviation."""
    first, space, rest = label.partition(" ")
    letters = first.rstrip(",").replace("-", "")
    ordinary = letters.isascii() and letters.isalpha() and letters[1:].islower()
    if first in _NAMES or not ordinary:
        return label
    return first.lower() + space + rest


def value_words(info: FieldInfo | None, value: Value) -> str:
    """A field's value: the label of what is registered, "on", "0.25", "empty"."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, str):
        return short(value)
    if info is not None and info.registered and value in info.names():
        return info.entry(value).label
    return value or "empty"


def layers_words(spec: Spec) -> str:
    """Depth and width of layers, "20 × 32", or their widths: "500 → 250 → 10".

    Of many stages equal neighbors are counted: "6 × 48 → 6 × 24".
    """
    network = spec.network
    if not network.widths:
        return f"{network.depth:,} × {network.width:,}"
    try:
        widths = [f"{units}" for units in widths_of(network.widths)]
    except ValueError:  # what is not valid yet is shown as it stands
        return network.widths
    if len(widths) > MOST_WIDTHS:
        runs = [(units, len(list(equal))) for units, equal in groupby(widths)]
        widths = [units if count == 1 else f"{count} × {units}" for units, count in runs]
    if len(widths) > MOST_WIDTHS:
        widths = [*widths[: MOST_WIDTHS - 2], "…", widths[-1]]
    return " → ".join(widths)


MOST_WIDTHS = 6
"""Of more stages the widths between the first and the last are left out."""

SAME = "same settings"

NAMED = (
    "init.recurrent", "init.gain_by", "init.bias", "training.clip", "training.schedule",
)  # fmt: skip
"""Choices whose labels say too little without the name of their field."""


@dataclass(frozen=True, slots=True)
class Names:
    """What two compared experiments are called: "A Sigmoid", "B ReLU, He normal"."""

    a: str
    b: str


def difference(a: Spec, b: Spec) -> str:
    """What ``b`` has and ``a`` does not have: "ReLU, He normal", "learning rate 0.01".

    What has a name comes before what has a number. Fields that nothing in ``b`` reads do not
    count, nor names and descriptions.
    """
    found = [
        info
        for info in fields()
        if info.section and not info.headless and a[info.path] != b[info.path]
        if b.applies(info.path)
    ]
    found.sort(key=lambda info: not info.registered)
    return ", ".join(_words(info, b[info.path]) for info in found) or SAME


def compared_names(frame: Frame) -> Names:
    """The names of ``frame``'s experiment and of the one that it is compared with."""
    if frame.other is None:
        return Names("A", "B")
    a, b = frame.spec, frame.other.spec
    if a is None or b is None:
        return Names(
            *(
                f"{run} {shown.subject.name}".rstrip()
                for run, shown in (("A", frame), ("B", frame.other))
            )
        )
    if difference(a, b) == difference(b, a) == SAME:
        return Names("A", f"B {SAME}")
    return Names(f"A {difference(b, a)}", f"B {difference(a, b)}")


def fitting(words: str, room: float, width: Callable[[str], float]) -> str:
    """As many of the parts between commas, from the first on, as ``width`` lets into ``room``.

    The letter of a compared experiment (before the first space) always stays.
    """
    parts = words.split(", ")
    for kept in range(len(parts), 0, -1):
        short = ", ".join(parts[:kept])
        if width(short) <= room:
            return short
    return words.partition(" ")[0]


def _words(info: FieldInfo, value: Value) -> str:
    """One setting: the name of a choice, or the name of a field and its number."""
    if info.registered:
        label = info.entry(str(value)).label.replace(",", "")
        if label == "None":
            return f"no {lowered(info.label)}"
        if info.path in NAMED:
            return f"{lowered(info.label)} {lowered(label)}"
        return label
    return f"{lowered(info.label)} {value_words(info, value)}"
