"""Words and numbers of what is looked into: titles, tool tips of the diagram, figures."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable

import numpy as np

from vgsim.core.numbers import decade, factor, fixed, magnitude, nth, percent, plain
from vgsim.measure.frame import Frame
from vgsim.measure.inspection.look import Figure, Inspection
from vgsim.measure.request import Focus
from vgsim.measure.subject import Subject
from vgsim.text.formulas import gated
from vgsim.text.latex import plain_symbol
from vgsim.text.moments import shown_inputs
from vgsim.text.scale import BELOW, OVERFLOW, UNREACHED, ZERO, Scale
from vgsim.text.stages import NUMBERED, READOUT, above_name, place_name
from vgsim.text.table import hop_factor

EMPTY = "Click a stage, a node or an edge (or press I)"
NOT_REACHED = "not reached yet"
HINT = ("inspect: arrows move", "Enter deeper · Esc back")
TAB_HINT = ("press I or Enter", "to inspect with keys")
UNREACHED_NOTE = f"· {NOT_REACHED}"
NO_NUMBER_NOTE = "· no number: 0/0, inf, NaN or padding"
"""What a figure without a value is once the whole pass is done."""
WAYS = (
    {"up": "", "previous": "Previous stage", "next": "Next stage", "down": "Its units"},
    {"up": "Up to the stage", "previous": "Previous unit", "next": "Next unit",
     "down": "Its edges"},
    {"up": "Up to the unit", "previous": "Edge from the unit above",
     "next": "Edge from the unit below", "down": ""},
)  # fmt: skip
"""What each way leads to from a stage, a unit, an edge."""
DIGITS = 4
"""Significant digits of a figure."""


def focus_title(focus: Focus, stages: int, subject: Subject = NUMBERED) -> str:
    """What is looked into: "Stage 3", "Unit 5 of stage 3", "Edge 2 → 5 below stage 3".

    Units and inputs count from 1, as stages do.
    """
    place = place_name(focus.stage, stages, subject)
    if focus.unit is None:
        return place if subject.named else place.capitalize()
    place = "the readout" if place == READOUT and subject.recurrent else place
    if focus.source is None:
        return f"Unit {nth(focus.unit)} of {place}"
    return f"Edge {nth(focus.source)} → {nth(focus.unit)} below {place}"


def sample_text(sample: int | None) -> str:
    """Whose figures they are."""
    if sample is None:
        return "mean over the batch"
    return f"sample {nth(sample)} of the batch"


def way_words(focus: Focus, way: str) -> str:
    """Where a way leads: "Next unit"; empty where there is none."""
    return WAYS[(focus.unit is not None) + (focus.source is not None)][way]


def value_text(value: float) -> str:
    """Four significant digits: "−0.3121", "3.621e−5"; "0" where exactly, "·" where it is nan."""
    if value:
        return plain(value, DIGITS)
    return "0"


def exact_text(value: float) -> str:
    """A figure with every digit that it has, as other programs read it; nan is a sentence."""
    if math.isnan(value):
        return NOT_REACHED
    return repr(float(value))


def figures_tsv(inspection: Inspection) -> str:
    """All figures for a spreadsheet: a line each of symbol, value, where traced, and words."""
    lines = [
        f"{inspection.title}\t{sample_text(inspection.sample)}",
        *map(figure_tsv, inspection.figures),
    ]
    return "\n".join(lines)


def figure_tsv(figure: Figure) -> str:
    """One line: symbol, value with every digit (nan stays nan), where it is traced, words."""
    return "\t".join(
        (plain_symbol(figure.symbol), repr(float(figure.value)), figure.trace, figure.about)
    )


def figure_tip(figure: Figure) -> tuple[str, ...]:
    """Words, every digit, and where ``vgsim trace`` has the same number."""
    if figure.trace:
        traced = f"{figure.trace} in vgsim trace, whose arrays count from 0"
    else:
        traced = ""
    return figure.about, exact_text(figure.value), traced


def any_unreached(figures: Iterable[Figure]) -> bool:
    """Whether some figure is not there yet."""
    return any(math.isnan(figure.value) for figure in figures)


def tip(frame: Frame, focus: Focus, scale: Scale) -> tuple[str, ...]:
    """The tooltip of a stage, node or edge: the title, then a line for each number."""
    title = focus_title(focus, frame.stages, frame.subject)
    if focus.unit is None:
        return title, *_stage_lines(frame, focus.stage)
    if focus.source is None:
        return title, *_unit_lines(frame, focus.stage, focus.unit, scale)
    return title, *_edge_lines(frame, focus.stage, focus.unit, focus.source, scale)


def as_html(title: str, *lines: str) -> str:
    """A tool tip: the title, then a line each; empty ones are left out."""
    rows = [f"<b>{html.escape(title)}</b>", *(html.escape(line) for line in lines if line)]
    return "".join(f"<p style='margin:2px 0; white-space:nowrap'>{row}</p>" for row in rows)


def _lost(frame: Frame, stage: int) -> str:
    """What the rounding of a narrow number type took there; empty where nothing is lost."""
    if not frame.lost or not frame.lost[stage] > 0:
        return ""
    kind = frame.subject.precision
    return f"{percent(frame.lost[stage], decimals=1)} of its gradient values rounded to 0 in {kind}"


def _stage_lines(frame: Frame, stage: int) -> tuple[str, ...]:
    if frame.widths[stage - 1] > 1:
        units = f"{frame.widths[stage - 1]} units"
    else:
        units = "1 unit"
    hop = factor(hop_factor(frame, stage))
    above = above_name(stage, frame.stages, frame.subject)
    return (
        _number("RMS ∂J/∂h", float(frame.dh_rms[stage - 1])),
        _number("RMS h", float(frame.h_rms[stage - 1])),
        f"{hop} of what reaches {above}" if hop else "",
        _lost(frame, stage),
        f"{units}, RMS over batch and units",
    )


def _unit_lines(frame: Frame, stage: int, unit: int, scale: Scale) -> tuple[str, ...]:
    gradient = float(frame.node_dh[stage - 1][unit])
    active = float(frame.node_h[stage - 1][unit])
    reached = not math.isnan(gradient)
    gray = "Gray: the larger RMS h, the darker; ∂J/∂h not reached yet"
    empty = "Dashed and empty: not reached yet"
    if reached:
        look = shade_words(gradient, scale)
    elif math.isnan(active):
        look = empty
    else:
        look = gray
    return _number("RMS ∂J/∂h", gradient), _number("RMS h", active), look


def _edge_lines(frame: Frame, stage: int, unit: int, source: int, scale: Scale) -> tuple[str, ...]:
    if not len(frame.edges[stage - 1] if frame.edges else ()):
        return ("too many edges to carry their numbers: click for them",)
    weight = float(frame.weights[stage - 1][source, unit])
    signal = float(frame.edges[stage - 1][source, unit])
    return (
        f"{_weight_name(frame, stage)} = {plain(weight, 4)}",
        _number("hands back |w| · RMS ∂J/∂z", signal),
        *_line_words(frame, stage, unit, source, signal, scale),
    )


def _weight_name(frame: Frame, stage: int) -> str:
    if gated(frame, stage):
        return "‖w‖ over the gates"
    return "w"


def _line_words(
    frame: Frame, stage: int, unit: int, source: int, signal: float, scale: Scale
) -> tuple[str, ...]:
    """What the color of the line says, which may stand for a row of a picture."""
    if math.isnan(signal):
        return ("Gray: the larger |w|, the darker; the gradient has not come so far",)
    each = frame.input_width // shown_inputs(frame)
    if stage > 1 or each == 1:
        return (shade_words(signal, scale),)
    row = source // each
    together = np.hypot.reduce(
        frame.edges[0][row * each : (row + 1) * each, unit].astype(np.float64)
    )
    return (
        f"the strongest of the {each} pixels of row {nth(row)}, which share this line",
        f"together {magnitude(float(together))}. {shade_words(float(together), scale)}",
    )


def shade_words(value: float, scale: Scale) -> str:
    """What the shade of a gradient says, exactly."""
    kind = int(scale.index(np.array([value]))[0])
    span = f"{decade(scale.low)} to {decade(scale.high)}"
    special = {
        ZERO: "Marked 0: exactly zero",
        BELOW: f"Palest shade: under {decade(scale.low)}, where the scale begins",
        OVERFLOW: "Marked ∞: too large for a number (inf or nan)",
        UNREACHED: "Not reached yet",
    }
    if kind in special:
        return special[kind]
    if abs(value) > 10.0**scale.high:
        return f"Strongest shade: over {decade(scale.high)}, where the scale ends"
    place = fixed(math.log10(abs(value)), 2)
    return f"Shade: log₁₀ = {place}, on the scale of {span}"


def _number(name: str, value: float) -> str:
    """A name and its value."""
    if math.isnan(value):
        return f"{name} {NOT_REACHED}"
    return f"{name} = {magnitude(value)}"
