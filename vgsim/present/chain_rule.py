"""The chain rule of the current hop in words, typeset as rich text, with its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vgsim.engine.activations import ACTIVATIONS
from vgsim.engine.frame import Frame, Phase
from vgsim.engine.losses import LOSSES
from vgsim.engine.optimizers import OPTIMIZERS
from vgsim.present.picture import size_text
from vgsim.present.words import factor, magnitude, plain

_ODOT = "⊙"


@dataclass(frozen=True, slots=True)
class ChainRule:
    """Rich text of one moment: what happens, its numbers, and what it adds up to."""

    title: str
    formula: str
    numbers: str
    note: str


def chain_rule(frame: Frame) -> ChainRule:
    """The line below the diagram for ``frame``."""
    make = {
        Phase.START: _start,
        Phase.FORWARD: _forward,
        Phase.LOSS: _loss,
        Phase.BACKWARD: _backward,
        Phase.UPDATE: _update,
    }[frame.moment.phase]
    return make(frame)


def _v(name: str, stage: int | None = None) -> str:
    """A variable with its stage as a subscript."""
    return f"<i>{name}</i>" + (f"<sub>{stage}</sub>" if stage is not None else "")


def _d(name: str, stage: int) -> str:
    """The partial derivative of J by a variable."""
    return f"∂<i>J</i>/∂{_v(name, stage)}"


def _h(stage: int) -> str:
    return _v("h", stage) if stage else "<i>x</i>"


def _f(frame: Frame, stage: int) -> str:
    """Symbol of f in a stage; empty where h = z."""
    if _is_chain(frame) or stage == frame.stages:
        return ""
    return ACTIVATIONS[frame.spec.network.activation].symbol


def _is_chain(frame: Frame) -> bool:
    return frame.spec.network.kind == "chain"


def _start(frame: Frame) -> ChainRule:
    return ChainRule(
        "Next",
        f"forward: {_v('z', 1)} = {_v('W', 1)} <i>x</i> + {_v('b', 1)}"
        if not _is_chain(frame)
        else f"forward: {_v('h', 1)} = <i>c</i> <i>x</i> + {_v('b', 1)}",
        "press → to step, Space to play the pass, T to train",
        f"{frame.stages} stages",
    )


def _forward(frame: Frame) -> ChainRule:
    k = frame.moment.stage
    if _is_chain(frame):
        formula = f"{_v('h', k)} = <i>c</i> {_h(k - 1)} + {_v('b', k)}"
    else:
        inner = f"{_v('W', k)} {_h(k - 1)} + {_v('b', k)}"
        symbol = _f(frame, k)
        formula = f"{_v('h', k)} = " + (f"{symbol}({inner})" if symbol else inner)
    size = plain(float(frame.h_rms[k - 1]), 3)
    return ChainRule("Forward", formula, f"RMS {_v('h', k)} = {size}", _events(frame))


def _loss(frame: Frame) -> ChainRule:
    formula = LOSSES[frame.spec.training.loss].formula
    note = "" if math.isnan(frame.accuracy) else f"{100 * frame.accuracy:.0f} % of the batch right"
    return ChainRule("Loss", formula, f"<i>J</i> = <b>{plain(frame.loss)}</b>", note)


def _backward(frame: Frame) -> ChainRule:
    k, last = frame.moment.stage, frame.stages
    here = size_text(frame, float(frame.dh_rms[k - 1]))
    if k == last:
        return ChainRule("This hop", f"{_d('h', k)} from the loss", f"RMS = {here}", _events(frame))
    above = size_text(frame, float(frame.dh_rms[k]))
    if _is_chain(frame):
        c = plain(frame.spec.network.factor)
        formula = f"{_d('h', k)} = <i>c</i> · {_d('h', k + 1)}"
        numbers = f"{c} × {above} = <b>{here}</b>"
    else:
        symbol = _f(frame, k + 1)
        inner = f"{symbol}′({_v('z', k + 1)}) {_ODOT} {_d('h', k + 1)}"
        product = f"( {inner} )" if symbol else f" {_d('h', k + 1)}"
        formula = f"{_d('h', k)} = {_v('W', k + 1)}<sup>⊤</sup>{product}"
        numbers = f"{above} × {_split(frame, k)} = <b>{here}</b>"
    return ChainRule("This hop", formula, numbers, so_far(frame, k) + _events(frame, " · "))


def _split(frame: Frame, k: int) -> str:
    """What the slope and the weights of stage k + 1 multiply the gradient by, exactly."""
    dz, dh, here = frame.dz_rms[k], frame.dh_rms[k], frame.dh_rms[k - 1]
    slope, weights = _ratio(dz, dh), _ratio(here, dz)
    parts = [] if not _f(frame, k + 1) else [f"derivative {slope}"]
    return " × ".join([*parts, f"weights {weights}"])


def _ratio(over: float, under: float) -> str:
    if not math.isfinite(over) or not math.isfinite(under) or under == 0:
        return "·"
    return plain(float(over) / float(under), 2)


def so_far(frame: Frame, k: int) -> str:
    """The running product of the factors from the last stage to stage ``k``."""
    first, here = float(frame.dh_rms[-1]), float(frame.dh_rms[k - 1])
    if not math.isfinite(first) or not math.isfinite(here) or first == 0:
        return ""
    return f"so far {factor(here / first)} since {_v('h', frame.stages)}"


def _update(frame: Frame) -> ChainRule:
    training = frame.spec.training
    formula = OPTIMIZERS[training.optimizer].formula
    if _is_chain(frame):
        formula = formula.replace("<i>w</i>", "<i>b</i>")
        change = float(frame.update_norm[0])
        numbers = (
            f"stage 1: {training.learning_rate:g} × {size_text(frame, float(frame.db_norm[0]))}"
            f" = <b>{change:.5f}</b>"
        )
        return ChainRule("Update", formula, numbers, f"exactly {change:.12g}".replace("-", "−"))
    numbers = f"stage 1: {_change(frame, 0)}"
    note = f"stage {frame.stages}: {_change(frame, -1)} · η = {training.learning_rate:g}"
    return ChainRule("Update", formula, numbers, note + _events(frame, " · "))


def _change(frame: Frame, at: int) -> str:
    """Size of the last change of a stage, and its share of the parameters that it changed."""
    size, change = float(frame.weight_norm[at]), float(frame.update_norm[at])
    text = f"|Δ<i>w</i>| = <b>{magnitude(change)}</b>"
    if math.isfinite(change) and math.isfinite(size) and size > 0:
        text += f", |Δ<i>w</i>| / |<i>w</i>| = {magnitude(change / size)}"
    return text


def _events(frame: Frame, before: str = "") -> str:
    """Where the numbers gave out, if they did."""
    if not frame.trouble:
        return ""
    found = frame.trouble[0]
    return f"{before}{found.kind} began at stage {found.stage}, step {found.step}"
