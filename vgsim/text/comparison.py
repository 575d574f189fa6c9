"""Two experiments side by side: only what differs, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vgsim.core.fields import FieldInfo, Value
from vgsim.measure.frame import Frame
from vgsim.nn.spec import Spec, fields
from vgsim.text.specs import lowered, value_words

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
    """What ``b`` has that ``a`` has not: "ReLU, He normal", "learning rate 0.01".

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
        return f"{lowered(info.label)} {lowered(label)}" if info.path in NAMED else label
    return f"{lowered(info.label)} {value_words(info, value)}"
