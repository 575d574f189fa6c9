"""Forward and backward formulas of one stage, typeset as rich text, from what it is made of."""

from __future__ import annotations

import re
from functools import lru_cache

from vgsim.measure.frame import Frame
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import Cell, Equation, Share
from vgsim.nn.layers.parts import NORMS, SKIPS
from vgsim.nn.layers.parts.skips import Gate, Place
from vgsim.nn.layers.site import StagePlan
from vgsim.nn.spec import Spec
from vgsim.text.moments import cell_of, is_recurrent

LONGEST = 44
"""Characters that have room in the line of the smallest window."""
G = "<i>g</i>"
"""∂J/∂h in a formula that would be longer."""
_DH = "∂<i>J</i>/∂<i>h</i>"
_SLOPE = re.compile(r"\w+′<sub>\d+</sub>")
_GATE = re.compile(r"(<i>[tm]</i>)<sub>\d+</sub>")
_TAGS = re.compile(r"<[^>]*>")
_T = "<sup>⊤</sup>"


def variable(name: str, index: int | str | None = None) -> str:
    """A variable with its stage as a subscript."""
    return f"<i>{name}</i>" + ("" if index is None else f"<sub>{index}</sub>")


def gradient(name: str, stage: int) -> str:
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
    plans = _plans(frame.spec, frame.input_width, frame.widths[-1])
    if stage == frame.stages:
        return plans[-1]
    return plans[-2] if is_recurrent(frame.spec) else plans[min(stage, len(plans)) - 1]


def gated(frame: Frame, stage: int) -> bool:
    """Whether a stage is a timestep of a cell with gates."""
    cell = cell_of(frame.spec)
    return cell is not None and cell.several_gates() and stage < frame.stages


def symbol(frame: Frame, stage: int) -> str:
    """Symbol of f in a stage; empty where h = z."""
    return ACTIVATIONS[plan_of(frame, stage).activation].symbol


def forward(frame: Frame, k: int) -> str:
    """h of a stage from what is below it."""
    if KINDS[frame.spec.network.kind].fixed:
        return f"{variable('h', k)} = <i>c</i> {_h(k - 1)} + {variable('b', k)}"
    if is_recurrent(frame.spec):
        return _readout(frame) if k == frame.stages else _timestep(frame, k)
    return f"{variable('h', k)} = {_layer(plan_of(frame, k), k)}"


def _h(stage: int) -> str:
    return variable("h", stage) if stage else "<i>x</i>"


def _layer(plan: StagePlan, k: int) -> str:
    """The parts in the order in which the stage has them."""
    weights, bias = f"{variable('W', k)} ", f" + {variable('b', k)}"
    skip = f"{_scale(plan)}{_h(k - plan.source)}" if plan.source else ""
    path = SKIPS[plan.skip]
    if path.place is Place.AFTER_WEIGHTS:
        inner = _masked(plan, k, _bent(plan, _h(k - 1)))
        return f"{weights}{inner}{bias}" + (f" + {skip}" if skip else "")
    inner = f"{weights}{_h(k - 1)}{bias}"
    if path.place is Place.BEFORE_ACTIVATION:
        return _masked(plan, k, _bent(plan, inner, skip))
    bent = _masked(plan, k, _bent(plan, inner))
    if skip and path.main_gate:
        return f"{_times(path.main_gate, k)}{bent} + {_times(path.skip_gate, k)}{skip}"
    return f"{skip} + {bent}" if skip else bent


def _scale(plan: StagePlan) -> str:
    """α where it is not 1."""
    return "" if plan.scale == 1 or SKIPS[plan.skip].skip_gate else "α "


def _times(gate: Gate | None, k: int) -> str:
    """t ⊙, or (1 − t) ⊙."""
    if gate is None:
        return ""
    t = variable(gate.symbol, k)
    return f"(1 − {t}) ⊙ " if gate.complement else f"{t} ⊙ "


def _masked(plan: StagePlan, k: int, inner: str) -> str:
    """The dropout mask in front."""
    return f"{variable('m', k)} ⊙ {inner}" if plan.dropout else inner


def _bent(plan: StagePlan, inner: str, added: str = "") -> str:
    """f and the normalization around ``inner``; ``added`` joins just before f."""
    norm, f = NORMS[plan.norm].symbol, ACTIVATIONS[plan.activation].symbol
    first = norm if plan.norm_first else ""
    inner = f"{first}({inner})" if first else inner
    inner = f"{inner} + {added}" if added else inner
    inner = f"{f}({inner})" if f else inner
    return f"{norm}({inner})" if norm and not first else inner


def _timestep(frame: Frame, t: int) -> str:
    """h of the top cell; h before the first timestep is 0."""
    cell = cell_of(frame.spec)
    if cell and cell.equations:
        return ", ".join(_equation(cell, equation, t) for equation in cell.equations)
    own = f" + {variable('W', 'h')} {variable('h', t - 1)}" if t > 1 else ""
    inner = f"{variable('W', 'x')} {_below(frame, t)}{own} + <i>b</i>"
    f = symbol(frame, t)
    return f"{variable('h', t)} = " + (f"{f}({inner})" if f else inner)


def _equation(cell: type[Cell], equation: Equation, t: int) -> str:
    """One state of a cell from its shares; none is there before the first timestep."""
    shares = [share for share in equation.shares if t > 1 or not share.before]
    right = " + ".join(_share(cell, share, t) for share in shares)
    return f"{variable(equation.of, t)} = {right}"


def _share(cell: type[Cell], share: Share, t: int) -> str:
    """The gate and what it is multiplied with; states have their timestep beside them."""
    state = share.of == "h" or share.of in cell.states()
    of = variable(share.of, (t - 1 if share.before else t) if state else None)
    of = f"{ACTIVATIONS[share.bent].symbol}({of})" if share.bent else of
    return f"{_gate(share)} ⊙ {of}" if share.by else of


def _gate(share: Share, index: int | None = None) -> str:
    """z, or 1 − z."""
    gate = variable(share.by, index)
    return f"(1 − {gate})" if share.complement else gate


def kept_back(kept: Share, n: int) -> str:
    """What the memory of the timestep before ``n`` gets past the weights."""
    handed = gradient(kept.of, n)
    return f"{_gate(kept, n)} ⊙ {handed}" if kept.by else handed


def _below(frame: Frame, t: int) -> str:
    """What the top cell sees: x, or h of the cell below."""
    cells = frame.spec.network.cells
    return variable("x", t) if cells == 1 else f"{variable('h', t)}<sup>({cells - 1})</sup>"


def _readout(frame: Frame) -> str:
    n = frame.stages
    below = variable("h", "<i>t</i>" if frame.spec.training.loss_at == "every" else n - 1)
    return f"{variable('h', n)} = {variable('W', n)} {below} + {variable('b', n)}"


def backward(frame: Frame, k: int) -> str:
    """∂J/∂h of a stage from that of the stage above it."""
    here = gradient("h", k)
    if k == frame.stages:
        return f"{here} from the loss"
    if KINDS[frame.spec.network.kind].fixed:
        return f"{here} = <i>c</i> · {gradient('h', k + 1)}"
    terms = _through_time(frame, k) if is_recurrent(frame.spec) else _through_layer(frame, k)
    return _fitted(f"{here} = ", " + ".join(terms))


def _fitted(left: str, right: str) -> str:
    """Both sides, shorter where the line has no room for them.

    First ∂J/∂h is called g, as the note then says; then any activation is f, and f′, t and m go
    without their stage, which is that of the g beside them.
    """
    if _length(left + right) > LONGEST:
        right = right.replace(_DH, G).replace(" ⊙ ", "⊙")
    if _length(left + right) > LONGEST:
        left = left.replace(_DH, G)
        right = _GATE.sub(r"\1", _SLOPE.sub("<i>f</i>′", right))
    return left + right


def _length(text: str) -> int:
    """Characters that are seen."""
    return len(_TAGS.sub("", text))


def _through_layer(frame: Frame, k: int) -> list[str]:
    """What the skip path that begins at ``k`` adds, then the way through the stage above."""
    n = k + 1
    plan = plan_of(frame, n)
    if SKIPS[plan.skip].place is Place.BEFORE_ACTIVATION and plan.source == 1:
        norm = f" {_norm_back(plan)}" if plan.norm_first and _normalizes(plan) else ""
        one = f"{_scale(plan)}<i>I</i>"
        return [f"({one} + {variable('W', n)}{_T}{norm})( {_at_sum(plan, n)} )"]
    return [*_skipped(frame, k), _main(plan, n)]


def _skipped(frame: Frame, k: int) -> list[str]:
    """What the skip path hands back to stage ``k``, if one begins there."""
    end = k + max(plan_of(frame, k + 1).source, _every(frame))
    if end >= frame.stages or end - plan_of(frame, end).source != k:
        return []
    plan = plan_of(frame, end)
    path = SKIPS[plan.skip]
    before = path.place is Place.BEFORE_ACTIVATION
    back = _at_sum(plan, end) if before else gradient("h", end)
    more = ["…"] if path.learned_gate else []  # what comes through the gate itself
    return [f"{_times(path.skip_gate, end)}{_scale(plan)}{back}", *more]


def _every(frame: Frame) -> int:
    """Stages that one skip path goes around."""
    network = frame.spec.network
    return network.skip_every if SKIPS[network.skip].spans else 1


def _main(plan: StagePlan, n: int) -> str:
    """The way through the parts of stage ``n``, outermost the one that is nearest to its input."""
    weights = f"{variable('W', n)}{_T}"
    if SKIPS[plan.skip].place is Place.AFTER_WEIGHTS:
        mask = f"{variable('m', n)} ⊙ " if plan.dropout else ""
        return _unbent(plan, n, f"{mask}{weights} {gradient('h', n)}")
    norm = f" {_norm_back(plan)}" if plan.norm_first and _normalizes(plan) else ""
    inner = _at_sum(plan, n)
    bare = inner == gradient("h", n)
    return f"{weights}{norm} {inner}" if bare else f"{weights}{norm}( {inner} )"


def _unbent(plan: StagePlan, n: int, inner: str) -> str:
    """Back through f and the normalization of a pre-activation stage."""
    norm, slope = _norm_back(plan), _slope(plan, n)
    if plan.norm_first or not norm:
        inner = f"{slope}{inner}"
        return f"{norm}( {inner} )" if norm else inner
    return f"{slope}{norm}( {inner} )"


def _norm_back(plan: StagePlan) -> str:
    """The transposed Jacobian of the normalization."""
    return f"{NORMS[plan.norm].symbol}′{_T}" if _normalizes(plan) else ""


def _normalizes(plan: StagePlan) -> bool:
    """Whether there is a normalization."""
    return not NORMS[plan.norm].absent


def _slope(plan: StagePlan, n: int) -> str:
    """f′ ⊙, at z where that is what f sees; empty where h = z."""
    f = ACTIVATIONS[plan.activation].symbol
    if not f:
        return ""
    path = SKIPS[plan.skip]
    sees_z = path.place is Place.LAST and not path.main_gate
    sees_z = sees_z and not (_normalizes(plan) and plan.norm_first)
    return f"{f}′({variable('z', n)}) ⊙ " if sees_z else f"{f}′<sub>{n}</sub> ⊙ "


def _at_sum(plan: StagePlan, n: int) -> str:
    """∂J where f has its input: f′, the normalization after it, mask and gate of stage ``n``."""
    gate = _times(SKIPS[plan.skip].main_gate, n) if plan.source else ""
    mask = f"{variable('m', n)} ⊙ " if plan.dropout else ""
    inner = f"{mask}{gate}{gradient('h', n)}"
    if not plan.norm_first and _normalizes(plan):
        inner = f"{_norm_back(plan)}( {inner} )" if mask or gate else f"{_norm_back(plan)} {inner}"
    return f"{_slope(plan, n)}{inner}"


def _through_time(frame: Frame, k: int) -> list[str]:
    """One timestep back; the readout hands to the last timestep, or to each where J has all."""
    n, last = k + 1, frame.stages
    every = frame.spec.training.loss_at == "every"
    if n == last:
        above = f"∂<i>J</i><sub>{k}</sub>/∂{variable('h', last)}" if every else gradient("h", last)
        return [f"{variable('W', last)}{_T} {above}"]
    cut = any(part == "truncation" for part, _ in frame.cuts[k]) if frame.cuts else False
    ways = ["0 (truncated)"] if cut else _cell_back(frame, n)
    return [*ways, *([f"∂<i>J</i><sub>{k}</sub>/∂{variable('h', k)}"] if every else [])]


def _cell_back(frame: Frame, n: int) -> list[str]:
    """What timestep ``n`` hands to h of the one before."""
    weights = f"{variable('W', 'h')}{_T}"
    cell = cell_of(frame.spec)
    if cell and cell.equations:
        kept = cell.kept()
        past = [kept_back(kept, n)] if kept and cell.carries() else []
        gates = ", ".join(cell.gates)
        return [*past, f"{weights} ∂<i>J</i>/∂(<i>{gates}</i>)<sub>{n}</sub>"]
    f = symbol(frame, n)
    if not f:
        return [f"{weights} {gradient('h', n)}"]
    return [f"{weights}( {f}′({variable('z', n)}) ⊙ {gradient('h', n)} )"]
