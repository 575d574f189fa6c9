"""Which figure of a map a picture shows, and which map of a stack. No Qt."""

from __future__ import annotations

from vgsim.core.errors import refuse
from vgsim.core.fields import Value
from vgsim.export.picture import LAYER, PictureRequest
from vgsim.sweep.axes import Axis, values_text
from vgsim.sweep.figures import SHOWN, first_shown
from vgsim.sweep.plan import Index, SweepPlan
from vgsim.text.maps import axis_value

IN_PLANE = 2
"""Axes of one map: across and up. Those after them make a stack."""


def figures_of(plan: SweepPlan) -> tuple[str, ...]:
    """The figures that a map has, by name."""
    return tuple(entry.name for entry in SHOWN if not entry.value.needs(plan))


def figure_of(plan: SweepPlan, picture: PictureRequest) -> str:
    """The figure to be shown; SpecError when the map has none of that name."""
    name = picture.show or first_shown(plan)
    if name in figures_of(plan):
        return name
    allowed = "one of " + ", ".join(figures_of(plan))
    if name in SHOWN:
        allowed += f"; for this one the map needs {SHOWN[name].needs(plan)}"
    raise refuse("show", name, allowed)


def layer_of(plan: SweepPlan, picture: PictureRequest) -> Index:
    """Where the map lies in its stack: a place for each axis after the first two.

    SpecError when ``picture`` names another axis, or a value that the axis has not.
    """
    stack = plan.axes[IN_PLANE:]
    at = dict.fromkeys((axis.path for axis in stack), 0)
    for text in picture.layer:
        path, _, word = (part.strip() for part in text.partition("="))
        if path not in at:
            raise refuse("layer", text, _layers_allowed(stack))
        axis = next(axis for axis in stack if axis.path == path)
        at[path] = _place(axis, text, word)
    return tuple(at.values())


def _layers_allowed(stack: tuple[Axis, ...]) -> str:
    if not stack:
        return "nothing with this map, which has no further axis"
    return f"{LAYER.partition(',')[0]}, one of {', '.join(axis.path for axis in stack)}"


def _place(axis: Axis, text: str, word: str) -> int:
    """Where the value that ``word`` says is on the axis."""
    for place, value in enumerate(axis.values):
        if word in (values_text([value]), axis_value(axis, value)) or _same(word, value):
            return place
    raise refuse("layer", text, f"one of {values_text(axis.values)}")


def _same(word: str, value: Value) -> bool:
    """Whether a number is meant, however it is written."""
    if isinstance(value, str | bool):
        return False
    try:
        return float(word) == value
    except ValueError:
        return False


def layer_words(plan: SweepPlan, layer: Index) -> str:
    """Which map of the stack it is: "Norm: batch · Skip: none"; empty of a map that is alone."""
    told = []
    for axis, at in zip(plan.axes[IN_PLANE:], layer, strict=True):
        told.append(f"{axis.field.label}: {axis_value(axis, axis.values[at])}")
    return " · ".join(told)


def layers_entered(plan: SweepPlan, layer: Index) -> tuple[str, ...]:
    """``layer`` as a request says it."""
    axes = plan.axes[IN_PLANE:]
    return tuple(
        f"{axis.path}={values_text([axis.values[at]])}"
        for axis, at in zip(axes, layer, strict=True)
    )
