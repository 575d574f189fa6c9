"""The table of outcomes: what each is, when it holds, by which threshold, and who says so.

The first rule that holds is the verdict, so the order matters. It goes from what makes every
other figure meaningless to what is only a detail:

1. data of a wrong scale, no error at the output, and a loss that is low already: whatever the
   gradient then does, that is the reason;
2. units that are alike or dead, and gradients too small for the number type: they make gradients
   exactly 0, which would look like any kind of vanishing;
3. growth and loss over the hops, each with its causes from the particular to the general;
4. shattering, learning rates and truncation: what can be wrong with a gradient of a sound size;
5. healthy, which is what is left.

A test returns its margin in doublings: log2 of how many times the figure is beyond its threshold,
so 0 is just there, 1 is twice as far, below 0 (or nan) does not hold. ``needs`` must all hold.
``signs`` are what one expects to see besides; they only change the confidence (:func:`confidence`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.verdict import Tone

Test = Callable[[Findings], float]

DECADES = 2.0
"""Decades over all hidden hops from which a gradient vanishes or explodes: a hundredth, a
hundredfold. Ours: sound networks of every kind in the labelled set stay within 1.4, and at a
hundredth the first stage learns a hundred times slower than the last (Glorot and Bengio 2010)."""
SATURATED_SLOPE = 0.2
"""Mean |f′| over its bound up to which a squashing activation counts as saturated rather than
capped. Ours: a standard normal z leaves σ′ at 0.83, tanh′ at 0.61 of the bound."""
DEAD = 0.9
"""Share of a stage's ReLUs shut for the whole batch. Lu et al. (2019) call a network dead when a
layer is; ours leaves room for the few that still flicker. Sound ReLU stages reach 0.5."""
ALIKE = 0.5
"""Share of hidden stages whose units are all the same unit. Ours: one is enough to waste its
units, half of them cannot be chance."""
LOST_ZEROS = 0.5
"""Share of exact zeros in ∂J/∂h₁ from which an underflow is what matters. Ours."""
LARGE_INPUT, SMALL_INPUT = 20.0, 0.02
"""RMS of the input that is no longer near 1 (LeCun et al. 1998, "Efficient BackProp", 4.3). Raw
8-bit-like pixels (0 to 16, RMS 8) still train; tens of units do not. Ours."""
LEARNED = 0.05
"""Loss over the best constant guess from which little is left to learn. Ours."""
TINY_UPDATE = 1e-4
"""Largest update:data ratio of any stage that is too small: a tenth of the 1e-3 that is healthy
(Karpathy, "Neural Networks: Zero to Hero", 2022)."""
RUNAWAY = 5.0
"""Times the starting (or chance) loss that a diverging loss passes. Ours: a sound run in the
labelled set overshoots by 2.3 times at most."""
RECOVERED = 0.9
"""A loss that ends below this share of where it began, or of chance, has recovered. Ours."""
SHATTERED = 0.06
"""Agreement of the samples kept over the hops: 1 in rotations, 2⁻ᴸ in batch normalized ReLU
layers without skips (Balduzzi et al. 2017). Ours: twice the noise of the estimate on 32 samples."""
LEARNS = 0.8
"""Share of the loss left by the trial below which a network learns from noise all the same, as
tanh layers of variance 1 do. Ours."""
DEEP = 10
"""Hidden hops from which shattering is looked for. Ours: with fewer it does no harm."""

GIVEN = 0.1
"""Share of the lost decades that weights may give back and still be called too small. Ours: He's
weights on ReLU, which make up for what it cuts, give back more."""

SQUASHING = ("sigmoid", "tanh", "softsign", "hard_tanh")
"""Activations with two flat ends; only they saturate. What the others cut, weights make up for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One outcome. ``shows`` names the evidence (:mod:`vgsim.diagnosis.figures`).

    ``title`` may have the name of the number type in it as "{precision}".
    """

    outcome: str
    title: str
    needs: tuple[Test, ...]
    shows: tuple[str, ...]
    tone: Tone = Tone.WARNING
    signs: tuple[Test, ...] = ()


def confidence(rule: Rule, findings: Findings) -> float:
    """How sure ``rule`` is: 0.5 at its thresholds, more with distance and with agreeing signs.

    The doubt is ½ · 2^−m with the smallest margin m of the needs; every sign that is there halves
    it, every one that is missing makes it half as large again. At most 0.99.
    """
    margin = min((test(findings) for test in rule.needs), default=math.inf)
    doubt = 0.5 * 2.0 ** -min(margin, 60.0)
    for sign in rule.signs:
        found = sign(findings)
        if not math.isnan(found):
            doubt *= 0.5 if found >= 0 else 1.5
    return float(min(max(1.0 - doubt, 0.1), 0.99))


def holds(rule: Rule, findings: Findings) -> bool:
    """Whether every need of ``rule`` is met."""
    return all(test(findings) >= 0 for test in rule.needs)


def first_rule(findings: Findings) -> Rule:
    """The rule that says what is the matter."""
    return next((rule for rule in RULES if holds(rule, findings)), RULES[-1])


def over(value: float, threshold: float) -> float:
    """Margin of a figure that should be above ``threshold``; what is not above 0 is far below."""
    if not value > 0 or math.isnan(threshold):
        return -math.inf
    if math.isinf(value) or threshold <= 0:
        return math.inf
    return math.log2(value) - math.log2(threshold)


def under(value: float, threshold: float) -> float:
    """Margin of a figure that should be below ``threshold``; what is not above 0 is far below."""
    if math.isnan(value):
        return -math.inf
    return -over(value, threshold) if value > 0 else math.inf


def true(condition: bool) -> float:
    """A plain yes or no."""
    return math.inf if condition else -math.inf


def _vanishes(f: Findings) -> float:
    return over(f.lost, DECADES)


def _explodes(f: Findings) -> float:
    return true(f.broken) if f.broken else over(-f.lost, DECADES)


def _between(f: Findings) -> float:
    """Neither of the two, for the healthy: nearly 2 decades are nearly a threshold."""
    return under(abs(f.lost), DECADES) if math.isfinite(f.lost) else -math.inf


def _wrong_scale(f: Findings) -> float:
    return max(over(f.x, LARGE_INPUT), under(f.x, SMALL_INPUT) if f.x > 0 else -math.inf)


def _silent(f: Findings) -> float:
    return true(f.error == 0 and not f.broken)


def _learned(f: Findings) -> float:
    return under(f.left, LEARNED) if f.chance > 0 else -math.inf


def _stays_low(f: Findings) -> float:
    return under(f.trial.peak, f.chance)


def _units_alike(f: Findings) -> float:
    return over(f.alike, ALIKE)


def _units_dead(f: Findings) -> float:
    """A stage is shut, or between them the stages shut every sample out."""
    if f.activation != "relu":
        return -math.inf
    return math.inf if f.shut_out else over(f.deadness, DEAD)


def _too_small_to_hold(f: Findings) -> float:
    return over(f.zeros, LOST_ZEROS) if f.underflow else -math.inf


def _nothing_arrives(f: Findings) -> float:
    return true(f.arrives == 0)


def _chain(f: Findings) -> float:
    return true(f.chain)


def _factor_under_one(f: Findings) -> float:
    return under(abs(f.spec.network.factor), 1.0)


def _factor_over_one(f: Findings) -> float:
    return over(abs(f.spec.network.factor), 1.0)


def _in_time(f: Findings) -> float:
    return true(f.recurrent)


def _by_gates(f: Findings) -> float:
    return true(f.gated)


def _batch_norm_alone(f: Findings) -> float:
    network = f.spec.network
    return true(not f.recurrent and network.norm == "batch" and network.skip == "none")


def _sums_grow(f: Findings) -> float:
    """What the sums add is at least half of the growth; where all overflowed, nothing holds it."""
    network = f.spec.network
    if f.recurrent or network.skip in ("none", "highway"):
        return -math.inf
    if f.broken:
        return true(network.norm == "none")
    return over(f.way.part("skip"), -f.lost / 2) if f.lost < 0 else -math.inf


def _activation_takes_most(f: Findings) -> float:
    """Only squashing activations are to blame; the others' weights should make up for them."""
    if f.activation not in SQUASHING or f.gated:
        return -math.inf
    taken, weights = -f.way.part("activation"), -f.way.part("weights")
    return over(taken, weights) if weights > 0 else over(taken, f.lost / 2)


def _flat(f: Findings) -> float:
    return under(f.slope, SATURATED_SLOPE * f.bound)


def _not_flat(f: Findings) -> float:
    return over(f.slope, SATURATED_SLOPE * f.bound)


def _layers_or_low_cap(f: Findings) -> float:
    """In a loop a derivative of up to 1 is no cap: W_h could make up for it, as γ = 1 says."""
    return true(not f.recurrent or f.bound < 1)


def _radius_under_one(f: Findings) -> float:
    return under(f.radius * f.slope, 1.0)


def _radius_over_one(f: Findings) -> float:
    return over(f.radius, 1.0)


def _weights_take(f: Findings) -> float:
    return over(-f.way.part("weights"), f.lost / 2) if f.lost > 0 else -math.inf


def _weights_do_not_give(f: Findings) -> float:
    """Weights that amplify cannot be too small, whatever else takes the gradient away."""
    if math.isinf(f.lost):
        return true(f.way.part("weights") <= 0)
    return under(f.way.part("weights"), GIVEN * f.lost) if f.lost > 0 else -math.inf


def _weights_give(f: Findings) -> float:
    return over(f.way.part("weights"), -f.lost / 2) if f.lost < 0 else -math.inf


def _no_agreement(f: Findings) -> float:
    return math.nan if math.isnan(f.agreement) else under(f.agreement, SHATTERED)


def _learns_slowly(f: Findings) -> float:
    return over(f.trial.last, LEARNS * f.trial.first)


def _deep(f: Findings) -> float:
    return -math.inf if f.recurrent or f.chain else over(len(f.way.hops), DEEP)


def _runs_away(f: Findings) -> float:
    """The loss ahead, or that of the history, leaves where it began and does not come back."""
    if f.diverged:
        return math.inf
    reference = _reference(f)
    recovered = f.trial.finite and f.trial.last < RECOVERED * min(reference)
    return -math.inf if recovered else over(f.trial.peak, RUNAWAY * max(reference))


def _reference(f: Findings) -> tuple[float, ...]:
    """Losses to compare with; a set gradient has no loss that means anything."""
    if f.spec.training.loss == "linear":
        return (math.nan,)
    return (f.loss, f.chance) if f.chance > 0 else (f.loss,)


def _large_updates(f: Findings) -> float:
    return over(f.ratio, 0.1)


def _hardly_moves(f: Findings) -> float:
    """Not while the rate still warms up: it is meant to be small then."""
    training = f.spec.training
    warms_up = "warmup" in training.schedule and f.step < training.warmup
    return -math.inf if warms_up else under(f.ratio, TINY_UPDATE)


def _loss_stays(f: Findings) -> float:
    return under(abs(f.trial.first - f.trial.last), 0.1 * f.trial.first)


def _loss_falls(f: Findings) -> float:
    return over(f.trial.first, f.trial.last)


def _loss_at_chance(f: Findings) -> float:
    return over(f.left, 0.9)


def _moves_well(f: Findings) -> float:
    return over(f.ratio, TINY_UPDATE)


def _is_cut(f: Findings) -> float:
    return true(f.way.cut > 0)


def went_astray(f: Findings) -> bool:
    """Whether training broke what is seen now, so that only its start can tell why."""
    if f.step == 0:
        return False
    worst = RUNAWAY * max(f.start, f.chance if f.chance > 0 else f.start)
    lost = f.loss > RECOVERED * f.start and f.peak > worst and f.spec.training.loss != "linear"
    return f.broken or lost


RULES: tuple[Rule, ...] = (
    Rule("data_scale", "The data have the wrong scale", (_wrong_scale,),
         ("scale", "saturation", "loss")),
    Rule("converged", "Small because it has learned", (_learned, _stays_low),
         ("loss", "gradient", "updates"), Tone.GOOD),
    Rule("no_error", "There is no error to send back", (_silent,), ("loss", "gradient"),
         Tone.NEUTRAL),
    Rule("symmetric", "Every unit of a layer is the same unit", (_units_alike,),
         ("alike", "gradient", "loss"), signs=(_loss_at_chance,)),
    Rule("dead_relus", "Dead ReLUs", (_units_dead,), ("dead", "gradient", "loss"),
         signs=(_loss_at_chance,)),
    Rule("underflow", "Lost in {precision}", (_too_small_to_hold,),
         ("zeros", "budget", "gradient"), signs=(_nothing_arrives,)),
    Rule("exploding_factor", "Exploding: every hop multiplies by more than 1", (_chain, _explodes),
         ("gradient",), signs=(_factor_over_one,)),
    Rule("exploding_batch_norm", "Exploding: batch norm without skip paths",
         (_explodes, _batch_norm_alone), ("gradient", "budget", "agreement"),
         signs=(_no_agreement,)),
    Rule("exploding_skips", "Exploding: sums that nothing normalizes", (_explodes, _sums_grow),
         ("gradient", "budget", "loss")),
    Rule("exploding_recurrent", "Exploding over the timesteps", (_explodes, _in_time),
         ("gradient", "radius", "budget"), signs=(_radius_over_one, _weights_give)),
    Rule("exploding_weights", "Exploding: the weights are too large", (_explodes,),
         ("gradient", "budget", "loss"), signs=(_weights_give,)),
    Rule("vanishing_factor", "Vanishing: every hop multiplies by less than 1", (_chain, _vanishes),
         ("gradient",), signs=(_factor_under_one,)),
    Rule("forgetting", "Vanishing: the gates forget", (_vanishes, _by_gates),
         ("gradient", "gates", "loss")),
    Rule("vanishing_saturated", "Vanishing: the units are saturated",
         (_vanishes, _activation_takes_most, _flat), ("gradient", "saturation", "budget"),
         signs=(_loss_at_chance,)),
    Rule("vanishing_capped", "Vanishing: the activation's derivative is capped",
         (_vanishes, _activation_takes_most, _not_flat, _layers_or_low_cap),
         ("gradient", "budget", "saturation"),
         signs=(_loss_at_chance,)),
    Rule("vanishing_recurrent", "Vanishing over the timesteps", (_vanishes, _in_time),
         ("gradient", "radius", "budget"), signs=(_radius_under_one,)),
    Rule("vanishing_weights", "Vanishing: the weights are too small",
         (_vanishes, _weights_do_not_give),
         ("gradient", "budget", "saturation"), signs=(_weights_take, _loss_at_chance)),
    Rule("vanishing_mixed", "Vanishing: no part alone is to blame", (_vanishes,),
         ("gradient", "budget", "loss"), signs=(_loss_at_chance,)),
    Rule("shattered", "Shattered: the samples no longer agree",
         (_deep, _learns_slowly, _no_agreement),
         ("agreement", "loss", "gradient")),
    Rule("rate_too_large", "The gradient is fine: the learning rate is too large", (_runs_away,),
         ("loss", "updates", "gradient"), signs=(_large_updates,)),
    Rule("rate_too_small", "The gradient is fine: the learning rate is too small",
         (_hardly_moves,), ("updates", "loss", "gradient"), signs=(_loss_stays,)),
    Rule("truncated", "Cut off on purpose", (_is_cut,), ("gradient", "budget"), Tone.NEUTRAL),
    Rule("healthy", "Healthy", (_between,), ("gradient", "updates", "loss"), Tone.GOOD,
         signs=(_loss_falls, _moves_well)),
)  # fmt: skip
"""Every outcome, in the order in which they are asked for; the last is what is left."""
