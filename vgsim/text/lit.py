"""What a symbol that is pointed at is at this moment: its place, and its number. No Qt."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from vgsim.core.numbers import factor, magnitude, percent, plain, short
from vgsim.measure.frame import Frame
from vgsim.nn.moments import Phase
from vgsim.text.chain_rule import hop_factors, rate
from vgsim.text.formulas import gradient, variable
from vgsim.text.moments import moment_title
from vgsim.text.pointed import Pointed
from vgsim.text.stages import stage_name
from vgsim.text.table import hop_factor


class LitRow(NamedTuple):
    """A line of what is known now: what it is, as rich text, and its number."""

    words: str
    number: str
    muted: bool = False


def settled(pointed: Pointed, frame: Frame | None) -> Pointed:
    """``pointed`` with the stage or hop that it means in this moment, where it leaves that open.

    ∂J/∂h_l of no particular l is that of the present stage, one hop's factor that of this hop, and
    N the last stage. A place of a stage that a hop leads to is that stage.
    """
    if pointed.stage:
        return replace(pointed, hop=0)
    if frame is None or pointed.hop:
        return pointed
    moment = frame.moment
    if pointed.symbol in _LAST:
        return replace(pointed, stage=frame.stages)
    if pointed.symbol in _OF_HOP and moment.phase is Phase.BACKWARD:
        if moment.stage < frame.stages:
            return replace(pointed, hop=moment.stage + 1)
    elif pointed.symbol in _OF_STAGE and moment.stage:
        return replace(pointed, stage=moment.stage)
    return pointed


_LAST = {"last-gradient", "last-activation", "stages"}
_OF_HOP = {"factor", "hop"}
_OF_STAGE = {"gradient", "activation"}


def lit_now(pointed: Pointed, frame: Frame | None) -> list[LitRow]:
    """The place and the numbers of what is pointed at; nothing where it has none now."""
    if frame is None:
        return []
    if pointed.hop and pointed.symbol not in _STAGED:
        return _hop(pointed.hop, frame)
    make = _STAGED.get(pointed.symbol)
    if pointed.stage and make is not None:
        if 1 <= pointed.stage <= frame.stages:
            return make(pointed.stage, frame)
        return []
    number = _NUMBERS.get(pointed.symbol)
    if number is None:
        return []
    text = number(frame)
    return [LitRow("Now", text)] if text else []


def _hop(hop: int, frame: Frame) -> list[LitRow]:
    """From which stage to which, by how much, and what that is made of."""
    if not 2 <= hop <= frame.stages:
        return []
    if frame.subject.named:
        way = f"{_h(hop, frame)} → {_h(hop - 1, frame)}"
    else:
        way = f"{_h(hop, frame)} → {_h(hop - 1, frame)}, <i>k</i> = {hop}"
    whole = hop_factor(frame, hop - 1)
    if math.isnan(whole):
        return [LitRow(way, "not reached yet")]
    rows = [LitRow(f"Lit now: {way}", factor(whole))]
    parts = hop_factors(frame, hop - 1)
    if len(parts) > 1:
        names = " × ".join(name for name, _ in parts)
        rows.append(LitRow(names, " × ".join(plain(value, 2) for _, value in parts), muted=True))
    return rows


def _h(stage: int, frame: Frame) -> str:
    """The output of a stage as rich text: h with its number, or the name of the stage."""
    if frame.subject.named:
        return html.escape(stage_name(stage, frame.subject))
    return variable("h", stage)


def _norm(write: Callable[[str, int | None], str], stage: int, frame: Frame) -> str:
    """The norm of W, or of what ``write`` makes of it, of a stage by its number or its name."""
    if frame.subject.named:
        return f"‖{write('W', None)}‖ of {_h(stage, frame)}"
    return f"‖{write('W', stage)}‖"


def _gradient(stage: int, frame: Frame) -> list[LitRow]:
    value = float(frame.dh_rms[stage - 1])
    name = gradient("h", stage)
    if frame.subject.named:
        name = f"{gradient('h', None)} of {_h(stage, frame)}"
    if math.isnan(value):
        return [LitRow(f"Now: {name}", "not reached yet")]
    rows = [LitRow(f"Now: RMS of {name}", magnitude(value))]
    last = float(frame.dh_rms[-1])
    if stage < frame.stages and last > 0:
        of_last = f"of what left {_h(frame.stages, frame)}"
        rows.append(LitRow(of_last, factor(value / last), muted=True))
    return rows


def _activation(stage: int, frame: Frame) -> list[LitRow]:
    value = float(frame.h_rms[stage - 1])
    if math.isnan(value):
        return [LitRow(f"Now: {_h(stage, frame)}", "not reached yet")]
    return [LitRow(f"Now: RMS of {_h(stage, frame)}", plain(value, 2))]


def _weights(stage: int, frame: Frame) -> list[LitRow]:
    value = float(frame.weight_norm[stage - 1])
    if math.isnan(value):
        return []
    return [LitRow(f"Now: {_norm(variable, stage, frame)}", magnitude(value))]


def _weight_gradient(stage: int, frame: Frame) -> list[LitRow]:
    value = float(frame.dW_norm[stage - 1])
    if math.isnan(value):
        return []
    return [LitRow(f"Now: {_norm(gradient, stage, frame)}", magnitude(value))]


_STAGED: Mapping[str, Callable[[int, Frame], list[LitRow]]] = {
    "gradient": _gradient,
    "last-gradient": _gradient,
    "activation": _activation,
    "last-activation": _activation,
    "weights": _weights,
    "weight-gradient": _weight_gradient,
}
"""What is known of a symbol of one stage."""


def _loss(frame: Frame) -> str:
    return "" if math.isnan(frame.loss) else plain(frame.loss)


def _accuracy(frame: Frame) -> str:
    return "" if math.isnan(frame.accuracy) else percent(frame.accuracy)


def _product(frame: Frame) -> str:
    """The gradient that has come furthest over that of the last stage."""
    last = float(frame.dh_rms[-1])
    reached = [float(value) for value in frame.dh_rms if not math.isnan(value)]
    if not reached or not last > 0 or not math.isfinite(last):
        return ""
    return factor(reached[0] / last)


def _learning_rate(frame: Frame) -> str:
    eta = rate(frame)
    return "" if math.isnan(eta) else short(eta, 4)


def _moment(frame: Frame) -> str:
    return moment_title(frame.moment, frame.stages, frame.subject)


_NUMBERS: Mapping[str, Callable[[Frame], str]] = {
    "loss": _loss,
    "accuracy": _accuracy,
    "product": _product,
    "stages": lambda frame: str(frame.stages),
    "learning-rate": _learning_rate,
    "update": lambda frame: f"{frame.step:,} made",
    "seed": lambda frame: "" if frame.subject.seed is None else str(frame.subject.seed),
    "moment": _moment,
}
"""What is known of a symbol that belongs to no stage."""
