"""What stands beside the matrices of a hop, in words and numbers."""

from __future__ import annotations

import math

import numpy as np

from vgsim.core.numbers import about, factor, magnitude, nth, plain, short
from vgsim.measure.chain_rule.result import Factor, FactorKind, Hop, Term, WeightStep
from vgsim.measure.frame import Frame
from vgsim.measure.request import Focus
from vgsim.nn.moments import Phase
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.text.empty import EmptyState
from vgsim.text.lacking import lacking
from vgsim.text.stages import above_name, stage_name
from vgsim.text.table import handed_on
from vgsim.ui.chain_rule.model.pieces import Piece, is_gated

NO_HOP = EmptyState(
    "Nothing is multiplied yet", "Step (→): what is multiplied appears here, with its numbers"
)
AHEAD = "Each hop back multiplies by one more matrix"
HOP_RULE = (
    r"\frac{\partial J}{\partial h_{k}} = "
    r"\left(\frac{\partial h_{k+1}}{\partial h_{k}}\right)^{\top}"
    r"\frac{\partial J}{\partial h_{k+1}}"
)
"""The chain rule of one hop, whatever the stages are."""
SUM_RULE = (
    r"\frac{\partial J}{\partial h_{k}} = \sum_{j}"
    r"\left(\frac{\partial h_{j}}{\partial h_{k}}\right)^{\top}"
    r"\frac{\partial J}{\partial h_{j}}"
)
"""The same where all that is known is that some stages j take the output of stage k."""
BARS = "RMS ∂J/∂h, last stage = 1"
NO_BARS = "The product of gradients begins at the loss. Its way back is drawn here."
LOSS_BARS = "Here the way back begins: the next step gives ∂J/∂h of the last stage."
NO_WEIGHT = "Click a weight: its update stands here"
RULE = r"w \leftarrow w - \eta\,\partial J/\partial w"
OTHER_RULE = r"w \leftarrow w + \Delta w"
"""Rules of plain descent, and of every other optimizer."""


def so_far(hop: Hop) -> float:
    """RMS ∂J/∂h here over that of the last stage; nan in a forward moment."""
    if 1 <= hop.stage <= len(hop.so_far):
        return float(hop.so_far[hop.stage - 1])
    return math.nan


def this_hop(hop: Hop) -> float:
    """The factor of this hop alone; nan at the last stage, which is where the product begins."""
    if not 1 <= hop.stage < len(hop.so_far) or not hop.so_far[hop.stage] > 0:
        return math.nan
    return float(hop.so_far[hop.stage - 1] / hop.so_far[hop.stage])


def product_tex(hop: Hop) -> str:
    """The running product as a ratio: the gradient here over that of the last stage."""
    here, last = (rf"\partial J/\partial h_{{{stage}}}" for stage in (hop.stage, len(hop.so_far)))
    return rf"\frac{{{here}}}{{{last}}}"


def times(value: float) -> str:
    """A factor in words: "×0.22", "·" where there is none yet."""
    if math.isnan(value):
        return "·"
    return factor(value)


def whose_text(hop: Hop) -> str:
    """Whose numbers the hop has, which are not those of the line below the diagram."""
    if hop.sample is None:
        return "batch RMS"
    return f"sample {nth(hop.sample)}, RMS"


def carry_text(hop: Hop) -> str:
    """How much of the gradient each way through a gated cell hands on; empty elsewhere.

    Empty, too, where the lines of the product say so.
    """
    state, hidden = hop.carry
    if is_gated(hop) or (math.isnan(state) and math.isnan(hidden)):
        return ""
    return f"state {times(state)} · hidden {times(hidden)}"


def path_labels(hop: Hop) -> tuple[str, ...]:
    """What is said above the lines of a hop that comes by two paths; nothing of any other."""
    if not is_gated(hop):
        return ()
    state, hidden = (times(value) for value in hop.carry)
    return f"State path {state}", f"Hidden path {hidden}"


def known_of_hop(frame: Frame) -> tuple[str, ...]:
    """What is known of a hop whose matrices never will be: both ends, sizes, and what is lacking.

    Nothing where the source of the frame has matrices.
    """
    missing = lacking(frame, (Hop.__name__,))
    if not missing:
        return ()
    k = frame.moment.stage
    if frame.moment.phase is not Phase.BACKWARD or k >= frame.stages:
        return (missing.what,)
    above = handed_on(frame, k)
    here = float(frame.dh_rms[k - 1])
    last = float(frame.dh_rms[-1])
    above_it = above_name(k, frame.stages, frame.subject)
    way = f"{above_it} → {stage_name(k, frame.subject)}"
    sizes = f"RMS ∂J/∂h = {magnitude(here)}"
    if above > 0 and math.isfinite(above + here):
        sizes = f"RMS ∂J/∂h: {magnitude(above)} × {plain(here / above, 2)} = {magnitude(here)}"
    if last > 0 and math.isfinite(last + here):
        sizes += f", so far {factor(here / last)} since {stage_name(frame.stages, frame.subject)}"
    return way, sizes, missing.what


def weight_rule(step: WeightStep | None, optimizer: str) -> str:
    """The rule of the update as LaTeX."""
    if optimizer not in OPTIMIZERS or not OPTIMIZERS[optimizer].along_gradient:
        return OTHER_RULE
    if step is not None and math.isfinite(step.change):
        wanted = -step.rate * step.used
        if math.isclose(step.change, wanted, rel_tol=1e-4):
            return RULE
        return OTHER_RULE
    return RULE


def weight_text(step: WeightStep, rule: str) -> str:
    """The same in numbers, as far as they are known: "0.30184 − 0.5 × 0.0012 → 0.30124"."""
    if not math.isfinite(step.before):
        return "no number any more: inf or NaN"
    digits = _telling_digits(step.before, step.after)
    before = plain(step.before, digits)
    after = plain(step.after, digits)
    if math.isfinite(step.used):
        derivative = step.used
    else:
        derivative = step.gradient
    if math.isinf(derivative):
        return f"{before} · its gradient is inf or NaN"
    if math.isnan(derivative):
        return f"{before} · its gradient is not reached yet"
    if rule == RULE:
        text = f"{before} − {short(step.rate, 4)} × {_bracketed(derivative)}"
    elif math.isfinite(step.change):
        text = f"{before} + {_bracketed(step.change)}"
    else:
        return f"{before} · its gradient is {about(derivative)}"
    if math.isnan(step.after):
        return f"{text} at the update"
    if derivative != step.gradient:
        cut = f" · clipped from {about(step.gradient)}"
    else:
        cut = ""
    return f"{text} → {after}{cut}"


def _telling_digits(before: float, after: float) -> int:
    """Significant digits in which the two differ: a small update must be seen to change it."""
    differ = (n for n in range(5, 16) if plain(before, n) != plain(after, n))
    if before != after and not math.isnan(after):
        return next(differ, 5)
    return 5


def _bracketed(value: float) -> str:
    text = about(value)
    if value < 0:
        return f"({text})"
    return text


def edge_at(hop: Hop, frame: Frame, piece: Piece, at: int) -> Focus | None:
    """The edge that one element of a product is the weight of; None where it is no such weight.

    W has the units in rows and their inputs in columns, its transpose the other way round. The
    gates of a cell stand beside each other.
    """
    factor = piece.factor
    if factor is None or factor.part != "weights" or factor.kind is not FactorKind.MATRIX:
        return None
    first, second = divmod(at, factor.values.shape[1])
    transposed = r"\top" in factor.tex
    unit, source = (second, first) if transposed else (first, second)
    stage = _stage_of(hop, frame, piece.key.split(" ")[0])
    if not 1 <= stage <= len(frame.widths):
        return None
    return Focus(stage, unit % frame.widths[stage - 1], source)


def _stage_of(hop: Hop, frame: Frame, term: str) -> int:
    """The stage whose weights a term has; 0 for those that are not edges below a stage.

    Below the first timestep the edges are those of W_x, below every other one those of W_h.
    """
    if frame.moment.phase is Phase.BACKWARD:
        if term == "loss":
            return frame.stages
        return hop.stage + 1
    recurrent = frame.subject.recurrent and hop.stage < frame.stages
    wrong = "state" if hop.stage == 1 else "input"
    if recurrent and term == wrong:
        return 0
    return hop.stage


def update_hop(step: WeightStep, frame: Frame) -> Hop:
    """The update of one weight as a sum of single numbers, to be shown as any other hop."""
    before = Term("weight", (_number("w", step.before),), np.array([step.before]))
    if weight_rule(step, frame.subject.optimizer) == RULE:
        gradient = _number(r"\frac{\partial J}{\partial w}", step.used, signal=True)
        factors: tuple[Factor, ...] = (_number(r"(-\eta)", -step.rate), gradient)
    else:
        factors = (_number(r"\Delta w", step.change),)
    change = Term("change", factors, np.array([step.change]))
    left = _number(r"w^{\,\mathrm{new}}", step.after)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.asarray(frame.dh_rms, np.float64) / float(frame.dh_rms[-1])
    return Hop(1, None, left, (before, change), whole)


def _number(tex: str, value: float, signal: bool = False) -> Factor:
    return Factor(tex, FactorKind.VECTOR, np.array([value]), signal=signal)


def spoken(hop: Hop, frame: Frame) -> str:
    """The hop in one sentence for those who hear it."""
    step = frame.measurement(WeightStep)
    if frame.moment.phase is Phase.UPDATE and step is not None:
        rule = weight_rule(step, frame.subject.optimizer)
        return f"Update of one weight: {weight_text(step, rule)}"
    count = sum(len(term.factors) for term in hop.terms)
    if len(hop.terms) < 2:
        ways = ""
    else:
        ways = f" in {len(hop.terms)} terms"
    if hop.sample is None:
        whose = "mean over the batch"
    else:
        whose = f"sample {nth(hop.sample)}"
    if hop.left.values.size:
        size = float(np.sqrt(np.mean(np.square(hop.left.values))))
    else:
        size = math.nan
    place = f"Stage {hop.stage}"
    if frame.subject.named:
        place = stage_name(hop.stage, frame.subject)
    text = f"{place}: {count} factors{ways}, {whose}, RMS of the result {magnitude(size)}"
    text = ", ".join((text, *path_labels(hop)))
    if math.isnan(so_far(hop)):
        return text
    return f"{text}, so far {times(so_far(hop))}"
