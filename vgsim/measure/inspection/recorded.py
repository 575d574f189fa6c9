"""What a recording has to show of a stage or a unit that the user looks into."""

from __future__ import annotations

import numpy as np

from vgsim.core.numbers import nth
from vgsim.measure.collectors import recorded_collector
from vgsim.measure.inspection.look import NAN, Figure, Inspection, partial, ratio
from vgsim.measure.recording.layout import is_bias
from vgsim.measure.recording.passed import RecordedMoment, told
from vgsim.measure.request import Focus, Request
from vgsim.nn.moments import Phase


@recorded_collector(Inspection)
def recorded_inspection(here: RecordedMoment, request: Request) -> Inspection | None:
    """All about a stage or a unit; None where there is no such place, and for edges."""
    focus = request.focus
    if focus is None or focus.source is not None or not 1 <= focus.stage <= here.layout.count:
        return None
    if focus.unit is not None and not 0 <= focus.unit < here.layout.widths[focus.stage - 1]:
        return None
    stage = here.layout.subject.named[focus.stage - 1]
    name = f"{stage.name} ({stage.kind})" if stage.kind else stage.name
    history = here.history
    return Inspection(
        focus=focus,
        title=name if focus.unit is None else f"Unit {nth(focus.unit)} of {name}",
        sample=None,
        figures=tuple(_stage(here, focus.stage) if focus.unit is None else _unit(here, focus)),
        history_of="RMS ∂J/∂h by update",
        steps=history.steps,
        values=np.asarray(history.dh_rms[:, focus.stage - 1], np.float64),
    )


def _unit(here: RecordedMoment, focus: Focus) -> list[Figure]:
    """Sizes over the batch."""
    at, unit = focus.stage - 1, focus.unit or 0
    forward = focus.stage <= here.forward_to
    backward = focus.stage >= here.backward_from
    h = float(here.passed.node_h[at][unit]) if forward else NAN
    dh = float(here.passed.node_dh[at][unit]) if backward else NAN
    return [
        Figure(r"\mathrm{RMS}\,h", h, "Over the batch"),
        Figure(rf"\mathrm{{RMS}}\,{partial('h')}", dh, "Over the batch"),
    ]


def _stage(here: RecordedMoment, stage: int) -> list[Figure]:
    """Signals, the hop below, what numbers could not hold, parameters and their update."""
    return [*_signals(here, stage), *_shares(here, stage), *_parameters(here, stage)]


def _signals(here: RecordedMoment, stage: int) -> list[Figure]:
    passed, at = here.passed, stage - 1
    forward = stage <= here.forward_to
    backward = stage >= here.backward_from
    handed = stage > here.backward_from
    h, dh = passed.h_rms[at], passed.dh_rms[at]
    found = [
        Figure(r"\mathrm{RMS}\,h", float(h) if forward else NAN, "Output"),
        Figure(
            rf"\mathrm{{RMS}}\,{partial('h')}",
            float(dh) if backward else NAN,
            "Gradient reaching it",
        ),
    ]
    largest = {"h": (forward, "Largest output"), "dh": (backward, "Largest gradient value")}
    for name, (known, about) in largest.items():
        value = passed.by_stage(f"{name}_max")[at]
        if not np.isnan(value):
            of = "h" if name == "h" else partial("h")
            symbol = rf"\max \left| {of} \right|"
            found.append(Figure(symbol, float(value) if known else NAN, about))
    if here.layout.rows[at] >= 0:
        cell = passed.by_stage("", "dc_t")[at]
        if not np.isnan(cell):
            symbol = rf"\mathrm{{RMS}}\,{partial('c')}"
            value = float(cell) if backward else NAN
            found.append(Figure(symbol, value, "Gradient reaching the cell state"))
    if stage > 1 and stage - 1 not in here.layout.subject.heard:
        factor = ratio(float(passed.dh_rms[at - 1]), float(dh)) if handed else NAN
        about = "Hop to the stage below: ratio of RMS ∂J/∂h"
        found.append(Figure(r"\times_{\mathrm{hop}}", factor, about))
    return found


SHARES = (
    ("zero", "exactly 0", True),
    ("subnormal", "so small that digits are lost", False),
    ("inf", "inf", False),
    ("nan", "nan", False),
)
"""What is counted of the values of ∂J/∂h, and whether that is said where there are none."""


def _shares(here: RecordedMoment, stage: int) -> list[Figure]:
    """Saturated and dead shares of an activation; of the gradient what numbers cannot hold."""
    passed, at = here.passed, stage - 1
    forward = stage <= here.forward_to
    backward = stage >= here.backward_from
    found = []
    for name, about in (("saturated", "Share of values"), ("dead", "Share of units")):
        value = passed.by_stage(name)[at]
        if not np.isnan(value):
            found.append(Figure(rf"\mathrm{{{name}}}", float(value) if forward else NAN, about))
    size = passed.by_stage("dh_size")[at]
    for name, words, always in SHARES:
        count = passed.by_stage(f"dh_{name}")[at]
        if size > 0 and (count > 0 or (always and not np.isnan(count))):
            share = float(count / size) if backward else NAN
            about = f"Share of gradient values that are {words}"
            found.append(Figure(rf"\mathrm{{{name}}}", share, about))
    return found


def _parameters(here: RecordedMoment, stage: int) -> list[Figure]:
    """Of each parameter its norm before the update, those of its gradient and of its change."""
    at = stage - 1
    backward = stage >= here.backward_from
    updated = here.moment.phase is Phase.UPDATE
    numbers, stages = here.layout.all_parameters
    found = []
    for number in numbers[stages == at].tolist():
        parameter = here.run.parameter_list[number]
        name = "b" if is_bias(parameter) else "W"
        change = rf"\Delta {name}"
        whose = parameter.name.removeprefix(here.run.stages[here.layout.stages[at]] + ".")
        size = _of(here, "W_norm", number)
        moved = _of(here, "update_norm", number) if updated else NAN
        found += [
            Figure(_norm(name), size, f"{whose}, before the update"),
            Figure(
                _norm(partial(name)),
                _of(here, "dW_norm", number) if backward else NAN,
                f"Gradient of {whose}",
            ),
            Figure(_norm(change), moved, f"Change of {whose}"),
        ]
        if name == "W":
            symbol = f"{_norm(change)} / {_norm(name)}"
            found.append(Figure(symbol, ratio(moved, size), "Guide: 1e−3"))
    return found


def _of(here: RecordedMoment, name: str, number: int) -> float:
    """A figure of one parameter."""
    if name not in here.passed.step:
        return NAN
    values = here.passed.step[name][number : number + 1]
    return float(told(np.asarray(values, np.float64))[0])


def _norm(of: str) -> str:
    return rf"\left\| {of} \right\|"
