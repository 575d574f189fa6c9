"""Formulas of a moment: written once, in LaTeX, and as the rich text that a label shows.

Forward a stage is written from what it is made of. Backward it is the very product that the chain
rule multiplies (:class:`~vgsim.measure.chain_rule.result.Formula`), a diagonal matrix as ⊙.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vgsim.measure.chain_rule import symbols as tex
from vgsim.measure.chain_rule.result import FactorKind
from vgsim.measure.frame import Frame
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import Cell, Equation, Share
from vgsim.nn.layers.parts import NORMS, OUTPUTS, SKIPS
from vgsim.nn.layers.parts.skips import Gate, SkipPlace
from vgsim.nn.layers.site import StagePlan
from vgsim.nn.spec import Spec
from vgsim.text.latex import rich_symbol
from vgsim.text.moments import cell_of
from vgsim.text.stages import what_it_does

LONGEST = 44
"""Characters that have room in the line of the smallest window."""
MORE = "…"
"""Stands for terms that the line has no room for."""
G = "<i>g</i>"
"""∂J/∂h in a formula that would be longer."""
_DH = "∂<i>J</i>/∂<i>h</i>"
_DERIVATIVE = re.compile(r"\w+′\((?:[^()]|\([^()]*\))*\)")
_GATE = re.compile(r"(<i>t</i>|mask)<sub>\d+</sub>")
_TAGS = re.compile(r"<[^>]*>")
_TIMES = r" \odot "
_PLUS = r"\ +\ "
_GAP = r"\ "
_SUM_OF_WAYS = r"\sum_{j}(\partial h_{j}/\partial h_{K})^{\top}\ \partial J/\partial h_{j}"
"""The chain rule of stage K where all that is known is that some stages j take its output."""


def variable(name: str, index: int | str | None = None) -> str:
    """A variable with its stage as a subscript."""
    return f"<i>{name}</i>" + ("" if index is None else f"<sub>{index}</sub>")


def gradient(name: str, stage: int | None) -> str:
    """The partial derivative of J by a variable."""
    return f"∂<i>J</i>/∂{variable(name, stage)}"


def dotted(*parts: str) -> str:
    """The parts that say something, with dots between them."""
    return " · ".join(filter(None, parts))


@lru_cache(maxsize=8)
def _plans(spec: Spec, features: int, outputs: int) -> tuple[StagePlan, ...]:
    return tuple(KINDS[spec.network.kind].plan(spec, features, outputs))


def plan_of(frame: Frame, stage: int) -> StagePlan:
    """What a stage is made of: the output's or readout's own, the top cell's for a timestep."""
    assert frame.spec is not None  # a stage of a recording has no plan
    plans = _plans(frame.spec, frame.input_width, frame.widths[-1])
    if stage == frame.stages:
        return plans[-1]
    if frame.subject.recurrent:
        return plans[-2]
    return plans[min(stage, len(plans)) - 1]


def gated(frame: Frame, stage: int) -> bool:
    """Whether a stage is a timestep of a cell with gates."""
    cell = cell_of(frame.spec)
    return cell is not None and cell.several_gates() and stage < frame.stages


def symbol(frame: Frame, stage: int) -> str:
    """Symbol of f in a stage; empty where h = z, and where no experiment tells."""
    if frame.spec is None:
        return ""
    return ACTIVATIONS[plan_of(frame, stage).activation].symbol


def forward(frame: Frame, k: int) -> str:
    """h of a stage from what is below it, as rich text."""
    return rich_symbol(forward_tex(frame, k))


def forward_tex(frame: Frame, k: int) -> str:
    """The same in LaTeX."""
    if frame.spec is None:
        return rf"{tex.at('h', k)} = \mathrm{{{what_it_does(k, frame.subject)}}}(\dots)"
    if KINDS[frame.spec.network.kind].fixed:
        return f"{tex.at('h', k)} = c{_GAP}{_h(k - 1)}{_PLUS}{tex.at('b', k)}"
    if frame.subject.recurrent:
        if k == frame.stages:
            return _readout(frame)
        return _timestep(frame, k)
    plan = plan_of(frame, k)
    inner = _layer(plan, k)
    if plan.output:
        inner = rf"\mathrm{{{OUTPUTS[plan.output].symbol}}}({inner})"
    return f"{tex.at('h', k)} = {inner}"


def _h(stage: int) -> str:
    if stage:
        return tex.at("h", stage)
    return "x"


def _layer(plan: StagePlan, k: int) -> str:
    """The parts in the order in which the stage has them."""
    weights = tex.at("W", k)
    bias = tex.at("b", k)
    kappa = tex.at(r"\kappa", k)
    skip = ""
    if plan.source:
        matrix = f"W_{{P,{k}}}{_GAP}" if plan.projected else ""
        skip = f"{_scale(plan)}{matrix}{_h(k - plan.source)}"
    path = SKIPS[plan.skip]
    if path.place is SkipPlace.AFTER_WEIGHTS:
        inner = f"{weights}{_GAP}{_masked(plan, k, _bent(plan, _h(k - 1)))}{_PLUS}{bias}"
        if plan.multiplier:
            inner = f"{kappa}({inner})"
        if skip:
            return f"{inner}{_PLUS}{skip}"
        return inner
    inner = f"{weights}{_GAP}{_h(k - 1)}{_PLUS}{bias}"
    if path.place is SkipPlace.BEFORE_ACTIVATION:
        return _masked(plan, k, _bent(plan, inner, skip, kappa if plan.multiplier else ""))
    bent = _masked(plan, k, _bent(plan, inner))
    if plan.multiplier:
        bent = f"{kappa}{_GAP}{bent}"
    if skip and path.main_gate:
        return f"{_times(path.main_gate, k)}{bent}{_PLUS}{_times(path.skip_gate, k)}{skip}"
    if skip:
        return f"{skip}{_PLUS}{bent}"
    return bent


def _scale(plan: StagePlan) -> str:
    """α where it is not 1."""
    if plan.scale == 1 or SKIPS[plan.skip].skip_gate:
        return ""
    return r"\alpha\ "


def _times(gate: Gate | None, k: int) -> str:
    """t ⊙, or (1 − t) ⊙."""
    if gate is None:
        return ""
    t = tex.at(gate.symbol, k)
    return (f"({_one_minus(t)})" if gate.complement else t) + _TIMES


def _masked(plan: StagePlan, k: int, inner: str) -> str:
    """The dropout mask in front."""
    if not plan.dropout:
        return inner
    return tex.at(r"\mathrm{mask}", k) + _TIMES + inner


def _bent(plan: StagePlan, inner: str, added: str = "", kappa: str = "") -> str:
    """f and the normalization around ``inner``; ``added`` joins just before f, after κ."""
    norm = NORMS[plan.norm].symbol
    f = tex.function(plan.activation)
    if norm and plan.norm_first:
        inner = rf"\mathrm{{{norm}}}({inner})"
    if kappa and norm and plan.norm_first:
        inner = f"{kappa}{_GAP}{inner}"
    elif kappa:
        inner = f"{kappa}({inner})"
    if added:
        inner = f"{inner}{_PLUS}{added}"
    if f:
        inner = f"{f}({inner})"
    if norm and not plan.norm_first:
        inner = rf"\mathrm{{{norm}}}({inner})"
    return inner


def _timestep(frame: Frame, t: int) -> str:
    """h of the top cell; h before the first timestep is 0."""
    cell = cell_of(frame.spec)
    if cell and cell.equations:
        plan = plan_of(frame, t)
        norm = tex.norm(plan.norm) if plan.norm_state else ""
        return ", ".join(_equation(cell, equation, t, norm) for equation in cell.equations)
    below = tex.at("x", t)
    assert frame.spec is not None  # forward_tex has looked
    if frame.spec.network.cells > 1:
        below = f"{tex.at(_handed_up(frame.spec, frame), t)}^{{({frame.spec.network.cells - 1})}}"
    inner = _side(frame, t, "x", below)
    if t > 1:
        inner = f"{inner}{_PLUS}{_side(frame, t, 'h', tex.at('h', t - 1))}"
    inner = f"{inner}{_PLUS}b"
    if plan_of(frame, t).two_biases:
        inner = f"{inner}{_PLUS}b_{{h}}"
    f = tex.function(plan_of(frame, t).activation)
    return f"{tex.at('h', t)} = " + (f"{f}({inner})" if f else inner)


def _side(frame: Frame, t: int, which: str, values: str) -> str:
    """W_x x or W_h h of a timestep, with its mask and its normalization."""
    plan = plan_of(frame, t)
    if plan.dropout and plan.variational:
        values = rf"(\mathrm{{mask}}_{{{which}}}{_TIMES}{values})"
    product = f"W_{{{which}}}{_GAP}{values}"
    if NORMS[plan.norm].absent:
        return product
    return f"{tex.norm(plan.norm)}({product})"


def _handed_up(spec: Spec, frame: Frame) -> str:
    """u where something is dropped between cells or goes around them, else h."""
    network = spec.network
    plans = _plans(spec, frame.input_width, frame.widths[-1])[:-1]
    dropped = network.dropout and not plans[-1].variational
    return "u" if dropped or any(plan.source for plan in plans) else "h"


def _equation(cell: type[Cell], equation: Equation, t: int, norm: str) -> str:
    """One state of a cell from its shares; none is there before the first timestep.

    ``norm`` stands before a state that goes through an activation.
    """
    shares = [share for share in equation.shares if t > 1 or not share.before]
    right = _PLUS.join(_share(cell, share, t, norm) for share in shares)
    return f"{tex.at(equation.of, t)} = {right}"


def _share(cell: type[Cell], share: Share, t: int, norm: str) -> str:
    """The gate and what it is multiplied with; states have their timestep beside them."""
    of = share.of
    if of == "h" or of in cell.states():
        of = tex.at(of, t - 1 if share.before else t)
    if share.bent and norm:
        of = f"{norm}({of})"
    if share.bent:
        of = f"{tex.function(share.bent)}({of})"
    if share.by:
        return f"{_gate(share, share.by)}{_TIMES}{of}"
    return of


def _gate(share: Share, written: str) -> str:
    """z, or 1 − z."""
    if share.complement:
        return f"({_one_minus(written)})"
    return written


def _one_minus(written: str) -> str:
    return rf"1\ -\ {written}"


def kept_back(kept: Share, n: int) -> str:
    """What the memory of the timestep before ``n`` gets past the weights, as rich text."""
    handed = tex.gradient(tex.at(kept.of, n))
    if kept.by:
        handed = f"{_gate(kept, tex.at(kept.by, n))}{_TIMES}{handed}"
    return rich_symbol(handed)


def _readout(frame: Frame) -> str:
    n = frame.stages
    assert frame.spec is not None  # forward_tex has looked
    handed = _handed_up(frame.spec, frame)
    below = tex.at(handed, "t" if frame.spec.training.loss_at == "every" else n - 1)
    inner = f"{tex.at('W', n)}{_GAP}{below}{_PLUS}{tex.at('b', n)}"
    f = tex.function(plan_of(frame, n).activation)
    return f"{tex.at('h', n)} = " + (f"{f}({inner})" if f else inner)


def backward(frame: Frame) -> str:
    """∂J/∂h of the stage of this moment from that of the stage above it, as rich text."""
    stage = frame.moment.stage
    here = rich_symbol(tex.gradient(tex.at("h", stage)))
    if stage == frame.stages:
        return f"{here} from the loss"
    if frame.spec is None:
        return f"{here} = {rich_symbol(_SUM_OF_WAYS.replace('K', str(stage)))}"
    terms = [rich_symbol(term) for term in backward_tex(frame)]
    if not terms:
        return f"{here} = 0 (truncated)"
    return _fitted(here, terms)


def backward_tex(frame: Frame) -> list[str]:
    """The terms of the right side in LaTeX; none where nothing is handed back."""
    if frame.formula is None or frame.spec is None:
        return []
    alone = frame.spec.network.skip_scale == 1
    return [_product(term, alone) for term in frame.formula.terms]


def _product(factors: tuple[tuple[FactorKind, str], ...], alone: bool) -> str:
    """Factors from right to left; ``alone`` says that α is 1 and needs not be written."""
    *others, (_, text) = factors
    loose = False
    for kind, factor in reversed(others):
        if kind is not FactorKind.DIAGONAL:
            if loose:
                text = f"{factor}({text})"
            else:
                text = f"{factor}{_GAP}{text}"
            loose = False
        elif (inside := tex.entries(factor)) is not None:
            text = f"{inside}{_TIMES}{text}"
            loose = True
        elif not (alone and factor == tex.ALPHA):
            text = f"{factor.removesuffix(' I')}{_GAP}{text}"
    return text


def _fitted(left: str, terms: list[str]) -> str:
    """Both sides, shorter where the line has no room for them.

    First ∂J/∂h is called g, as the note then says; then any derivative is f′, and t and the mask
    go without their stage, which is that of the g beside them; at last only two terms are left.
    """
    text = f"{left} = {' + '.join(terms)}"
    if _length(text) <= LONGEST:
        return text
    terms = [term.replace(_DH, G) for term in terms]
    text = f"{left} = {' + '.join(terms)}"
    if _length(text) <= LONGEST:
        return text
    left = left.replace(_DH, G)
    terms = [_GATE.sub(r"\1", _DERIVATIVE.sub("<i>f</i>′", term)) for term in terms]
    text = f"{left} = {' + '.join(terms)}"
    if _length(text) <= LONGEST or len(terms) <= 2:
        return text
    return f"{left} = {' + '.join(terms[:2])} + {MORE}"


def _length(text: str) -> int:
    """Characters that are seen."""
    return len(_TAGS.sub("", text))
