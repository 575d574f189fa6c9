"""The chain rule of the current hop in words, typeset as rich text, with its numbers."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from itertools import pairwise

from vgsim.core.numbers import about, exact, factor, magnitude, percent, plain, short
from vgsim.measure.frame import Frame
from vgsim.nn.architectures import KINDS
from vgsim.nn.losses import LOSSES
from vgsim.nn.moments import Phase
from vgsim.nn.optimizers import GRADIENT, OPTIMIZERS, SHRUNK
from vgsim.nn.schedules import SCHEDULES
from vgsim.nn.spec import Spec
from vgsim.text.formulas import (
    MORE,
    G,
    backward,
    dotted,
    forward,
    gated,
    gradient,
    kept_back,
    symbol,
    variable,
)
from vgsim.text.latex import rich_symbol
from vgsim.text.moments import cell_of
from vgsim.text.stages import loss_words, own_name, place_name
from vgsim.text.table import handed_on

PARTS = {
    "activation": "derivative",
    "weights": "weights",
    "normalization": "norm",
    "dropout": "dropout",
    "multiplier": "κ",
    "skip": "skip",
    "loss": "loss",
    "truncation": "truncation",
}
"""What the parts of the gain budget are called in the line, in the engine's words."""
_WEIGHT = re.compile(r"(?<![a-z])w(?![a-z])")
"""The letter w of a formula in LaTeX, not that of a command."""
ANY_UPDATE = r"w \leftarrow w + \Delta w"
"""The rule of an optimizer of which no more is known than what it changed."""
IN_LINE = 2
"""Factors that stand with the numbers; more go to the wider line below."""


@dataclass(frozen=True, slots=True)
class ChainRule:
    """Rich text of one moment: what happens, its numbers, and what it adds up to."""

    title: str
    formula: str
    numbers: str
    note: str
    hint: str = ""
    """Keys to press, in place of the numbers."""


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


def _is_chain(frame: Frame) -> bool:
    return frame.spec is not None and KINDS[frame.spec.network.kind].fixed


def _start(frame: Frame) -> ChainRule:
    hint = "press → to step, Space to play the pass, T to train"
    count = frame.stages
    if frame.subject.recurrent:
        size = f"{count - 1} timesteps and a readout"
    else:
        size = f"{count} stages"
    return ChainRule("Next", f"forward: {forward(frame, 1)}", "", size, hint)


def _forward(frame: Frame) -> ChainRule:
    k = frame.moment.stage
    size = magnitude(float(frame.h_rms[k - 1]))
    numbers = f"RMS {variable('h', k)} = {size}"
    note = dotted(_named(frame, k), _events(frame))
    return ChainRule("Forward", forward(frame, k), numbers, note)


def _named(frame: Frame, k: int) -> str:
    """Which stage a subscript means, where stages have names: "h₃: layers.0.mlp.0 (Linear)"."""
    name = own_name(k, frame.subject)
    return f"{variable('h', k)}: {html.escape(name)}" if name else ""


def _loss(frame: Frame) -> ChainRule:
    if frame.spec is not None:
        training = frame.spec.training
        formula = rich_symbol(LOSSES[training.loss].written(training))
    else:
        formula = html.escape(loss_words(frame.subject))
    if math.isnan(frame.accuracy):
        note = ""
    else:
        note = f"{percent(frame.accuracy)} of the batch right"
    return ChainRule("Loss", formula, f"<i>J</i> = <b>{plain(frame.loss)}</b>", note)


def _backward(frame: Frame) -> ChainRule:
    k = frame.moment.stage
    here = magnitude(float(frame.dh_rms[k - 1]))
    formula = backward(frame)
    if k == frame.stages:
        note = dotted(_named(frame, k), _events(frame))
        return ChainRule("This hop", formula, f"RMS = {here}", note)
    above = magnitude(handed_on(frame, k))
    if frame.spec is not None and _is_chain(frame):
        numbers = f"{short(frame.spec.network.factor)} × {above} = <b>{here}</b>"
        note = dotted(exactly(float(frame.dh_rms[k - 1])), so_far(frame, k), _events(frame))
        return ChainRule("This hop", formula, numbers, note)
    factors = hop_factors(frame, k)
    parts = [f"{name} {plain(value, 2) if value else 0}" for name, value in factors]
    split = " × ".join(parts)
    few = 0 < len(parts) <= IN_LINE
    known = [float(frame.dh_rms[k - 1]), handed_on(frame, k), *(value for _, value in factors)]
    if any(map(math.isnan, known)):
        numbers = f"RMS = {here}"  # of nothing, or a stage on the way has none: no factor
    else:
        numbers = f"{above} × {split if few else _hop(frame, k)} = <b>{here}</b>"
    if f"{G}<" in formula:
        called = f"{G} = ∂<i>J</i>/∂<i>h</i>"
    else:
        called = ""
    called = dotted(called, f"{MORE}: in the chain rule" if MORE in formula else "")
    rest = (_named(frame, k), _state(frame, k), so_far(frame, k), _events(frame))
    note = dotted(called, "" if few else split, *rest)
    return ChainRule("This hop", formula, numbers, note)


def _hop(frame: Frame, k: int) -> str:
    return plain(_ratio(float(frame.dh_rms[k - 1]), handed_on(frame, k)), 2)


def hop_factors(frame: Frame, k: int) -> list[tuple[str, float]]:
    """What each part of stage k + 1 multiplied the gradient by on its way to stage k.

    Their product is the factor of the hop. Parts that come twice are one, at their last place.
    What an identity or a skip path leaves exactly as it was is left out.
    """
    cuts = frame.cuts[k] if len(frame.cuts) > k else ()
    found: dict[str, float] = {}
    for (_, before), (part, after) in pairwise(cuts):
        found[part] = found.pop(part, 1.0) * _ratio(after, before)
    bent = gated(frame, k + 1) or bool(symbol(frame, k + 1))
    return [
        (_part_name(frame, part), value)
        for part, value in found.items()
        if not (value == 1 and (part in ("skip", "loss") or (part == "activation" and not bent)))
    ]


def _part_name(frame: Frame, part: str) -> str:
    """The name of a part; gated cells have gates for a derivative, and keep some of h."""
    cell = cell_of(frame.spec)
    if cell and cell.several_gates() and part == "activation":
        return "gates"
    if cell and part == "skip":
        return "kept"
    return PARTS[part]


def _ratio(over: float, under: float) -> float:
    """nan where there is none."""
    if not math.isfinite(over) or not math.isfinite(under) or under == 0:
        return math.nan
    return over / under


def _state(frame: Frame, k: int) -> str:
    """The other way back through a cell with a state, which hands on its own gradient."""
    cell = cell_of(frame.spec)
    kept = cell.kept() if cell else None
    if kept is None or kept.of == "h" or k + 1 >= frame.stages:
        return ""
    return f"state: {gradient(kept.of, k)} gets {kept_back(kept, k + 1)}"


def so_far(frame: Frame, k: int) -> str:
    """The running product of the factors from the last stage to stage ``k``."""
    first = float(frame.dh_rms[-1])
    here = float(frame.dh_rms[k - 1])
    if not math.isfinite(first) or not math.isfinite(here) or first == 0:
        return ""
    if frame.subject.named:
        last = html.escape(place_name(frame.stages, frame.stages, frame.subject))
    else:
        last = variable("h", frame.stages)
    whole = f"so far {factor(here / first)} since {last}"
    return whole if _is_chain(frame) else f"batch RMS: {whole}"


def rate(frame: Frame) -> float:
    """η of the update that ``frame`` shows, as the schedule has it."""
    if frame.spec is None:
        return frame.subject.learning_rate
    training = frame.spec.training
    return SCHEDULES[training.schedule](max(frame.step - 1, 0), training)


def _update(frame: Frame) -> ChainRule:
    kept, formula = _rule(frame)
    if frame.spec is not None and _is_chain(frame):
        return _chain_update(frame, frame.spec, kept, formula)
    numbers = f"{_place(frame, 1)}: {_change(frame, 0)}"
    # an optimizer's own state and what was cut say more than the last stage, and fill the line
    if kept or clipped(frame):
        last = ""
    else:
        last = f"{_place(frame, frame.stages)}: {_change(frame, -1)}"
    eta = rate(frame)
    eta_words = "" if math.isnan(eta) else f"η = {short(eta, 4)}"
    note = dotted(kept, clipped(frame), last, eta_words, _events(frame))
    return ChainRule("Update", formula, numbers, note)


def _rule(frame: Frame) -> tuple[str, str]:
    """(what the optimizer keeps from step to step, how it then updates), as rich text."""
    if frame.spec is None:
        return "", rich_symbol(ANY_UPDATE)
    training = frame.spec.training
    optimizer = OPTIMIZERS[training.optimizer]
    formula = optimizer.formula
    if not training.weight_decay:
        formula = formula.replace(SHRUNK, "")
    elif not optimizer.decoupled:
        formula = _decayed(formula)
    if _is_chain(frame):
        formula = _WEIGHT.sub("b", formula)
    kept, _, update = formula.rpartition(", ")
    return rich_symbol(kept), rich_symbol(update)


def _decayed(formula: str) -> str:
    """The rule with λw beside the gradient, in the brackets that it needs and no others."""
    decayed = GRADIENT + r"\ +\ \lambda w"
    for before, after in (("(", ")"), (r"+\ ", ",")):
        formula = formula.replace(f"{before}{GRADIENT}{after}", f"{before}{decayed}{after}")
    whole = re.compile(re.escape(GRADIENT) + r"(?!\\ \+\\ \\lambda)")
    return whole.sub(lambda _: f"({decayed})", formula)


def _chain_update(frame: Frame, spec: Spec, kept: str, formula: str) -> ChainRule:
    """The worked example: one bias a stage, so that the update is a product one can check."""
    training = spec.training
    change = float(frame.update_norm[0])
    size = f"<b>{magnitude(change)}</b>"
    product = f"{short(rate(frame), 4)} × {magnitude(float(frame.db_norm[0]))} = {size}"
    plainly = OPTIMIZERS[training.optimizer].along_gradient
    simple = plainly and not training.weight_decay and not clipped(frame)
    if simple:
        numbers = f"stage 1: {product}"
    else:
        numbers = f"stage 1: |Δ<i>b</i>| = {size}"
    note = dotted(kept, clipped(frame), exactly(change), _events(frame))
    return ChainRule("Update", formula, numbers, note)


def exactly(value: float) -> str:
    """Twelve significant digits: "exactly 0.0009765625"; empty for inf, nan and what is far off."""
    if math.isfinite(value) and 1e-12 < abs(value) < 1e12:
        return f"exactly {exact(float(f'{value:.12g}'))}"
    return ""


def clipped(frame: Frame) -> str:
    """The norm of the whole gradient before and after it was cut; nothing when it was not."""
    before, after = frame.clipped  # nan where nothing was measured
    if not before > after:
        return ""
    return f"norm clipped {about(before)} → {short(after, 3)}"


def _place(frame: Frame, stage: int) -> str:
    """What a stage is called; the timesteps change their shared parameters together."""
    if frame.subject.recurrent:
        if stage == frame.stages:
            return "readout"
        return "shared"
    return html.escape(place_name(stage, frame.stages, frame.subject))


def _change(frame: Frame, at: int) -> str:
    """Size of the last change of a stage, and its share of the parameters that it changed."""
    size = float(frame.weight_norm[at])
    change = float(frame.update_norm[at])
    text = f"|Δ<i>w</i>| = <b>{magnitude(change)}</b>"
    if math.isfinite(change) and math.isfinite(size) and size > 0:
        text += f", |Δ<i>w</i>| / |<i>w</i>| = {magnitude(change / size)}"
    return text


def _events(frame: Frame) -> str:
    """Where the numbers gave out, if they did."""
    if not frame.anomalies:
        return ""
    found = frame.anomalies[0]
    place = html.escape(place_name(found.stage, frame.stages, frame.subject))
    return f"{found.kind} began at {place}, step {found.step}"
