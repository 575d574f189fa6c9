"""Plain sentences with figures for each outcome; they also say what is not the cause."""

from __future__ import annotations

import math
from collections.abc import Callable

from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.rules import DEAD
from vgsim.diagnosis.wording import (
    activation,
    count,
    decades,
    ends,
    hops,
    journey,
    number,
    percent,
    share,
    symbol,
)
from vgsim.measure.theory import activation_bound

Sentences = tuple[str, ...]


def sentences(outcome: str, findings: Findings) -> Sentences:
    """What there is to say of ``outcome``."""
    return SENTENCES[outcome](findings)


def _healthy(f: Findings) -> Sentences:
    said = [_fine(f)]
    if f.cell and f.memory != "h" and f.way.hops:
        said.append(f"The {f.cell.keeper}s are open by {number(f.keep)} on average.")
    if not math.isnan(f.ratio) and f.trial.losses:
        said.append(f"Updates are up to {number(f.ratio)} of the weights, and {_loss_trend(f)}.")
    return tuple(said)


def _fine(f: Findings) -> str:
    """That the gradient is not what is wrong."""
    if not f.way.hops:
        return "The gradient is fine: there is no hop between hidden stages on which it could fade."
    return f"The gradient is fine: {journey(f)}"


def _loss_trend(f: Findings) -> str:
    """What the loss does in the updates ahead."""
    first, last = f.trial.first, f.trial.last
    if last < first < f.loss:
        first = f.loss  # it fell in the first updates already: tell the loss that one sees
    ahead = count(len(f.trial.losses), "update")
    if last < 0.95 * first:
        return f"the loss falls from {number(first)} to {number(last)} in {ahead}"
    if last > 1.05 * first:
        return f"the loss rises from {number(first)} to {number(last)} in {ahead}"
    return f"the loss stays near {number(last)} for {ahead}"


def _capped(f: Findings) -> Sentences:
    taken, name = -f.way.part("activation"), activation(f)
    return (
        journey(f),
        f"{name}'s derivative is at most {number(f.bound)} and {number(f.slope)} on average; it "
        f"accounts for {taken:.1f} of them, while {share(f, 'weights')}.",
        *_bound(f),
    )


def _bound(f: Findings) -> Sentences:
    """What no weights of size 1 could avoid."""
    if f.bound >= 1 or not f.way.hops:
        return ()
    best = activation_bound(f.bound, len(f.way.hops))
    return (
        f"Even at its steepest it would leave {number(best)} after {hops(f)}: the units are not "
        "saturated, there are too many of them in a row.",
    )


def _saturated(f: Findings) -> Sentences:
    return (
        journey(f),
        f"{activation(f)}'s derivative could be {number(f.bound)} but is {number(f.slope)} on "
        f"average, as {percent(f.saturation)} of the units sit where it is flat: "
        f"{share(f, 'activation')}, {share(f, 'weights')}.",
        _why_flat(f),
    )


def _why_flat(f: Findings) -> str:
    init = f.spec.init
    if init.bias == "constant" and abs(init.bias_value) >= 2 and f.step == 0:
        return f"The biases of {number(init.bias_value)} push them there, not the depth."
    return f"The first pre-activations have an RMS of {number(f.z1)}; near 1 they would be steep."


def _weights_small(f: Findings) -> Sentences:
    said = [journey(f), _split(f)]
    if f.activation == "relu":
        said.append("ReLU cuts half of every signal, for which the weights have to make up.")
    elif f.slope > 0.5 * f.bound:
        said.append(
            f"The activation is not to blame: its derivative is {number(f.slope)} on average."
        )
    return tuple(said)


def _mixed(f: Findings) -> Sentences:
    said = ", ".join(share(f, name) for name, value in f.way.parts.items() if value)
    said = said[0].upper() + said[1:] + "." if said else ""
    started = f.lost_at_first
    trained = (
        f"In the first update only {decades(started)} were lost: training has brought it about."
        if f.step and 0 < started < f.lost / 2
        else ""
    )
    return tuple(filter(None, (journey(f), said, trained)))


def _split(f: Findings) -> str:
    """What weights and activation did."""
    said = f"{share(f, 'weights')} and {share(f, 'activation')}."
    return said[0].upper() + said[1:]


def _recurrent_fades(f: Findings) -> Sentences:
    return (
        journey(f),
        f"Every timestep multiplies by the same Wₕ, whose spectral radius is {number(f.radius)}, "
        f"and by derivatives of {number(f.slope)} on average: what happened long ago cannot be "
        "learned.",
        _split(f),
    )


def _forgets(f: Findings) -> Sentences:
    gate = f.cell.keeper if f.cell else ""
    return (
        journey(f),
        f"The {gate} keeps {number(f.keep)} of the state at every timestep, on average: alone it "
        f"would leave {number(f.keep ** len(f.way.hops))} after {hops(f)}, the rest came back "
        "through the weights.",
        "Gates are learned: as long as the loss falls, they may open by themselves.",
    )


def _factor(f: Findings) -> Sentences:
    factor = f.spec.network.factor
    return (
        f"{number(factor)} to the power of {len(f.way.hops)} is "
        f"{number(abs(factor) ** len(f.way.hops))}: that is what {ends(f)[1]} receives of the "
        f"gradient at {ends(f)[0]}.",
        "Nothing else acts on it: a chain has no activation and no weights.",
    )


def _explodes_by_weights(f: Findings) -> Sentences:
    return (
        _journey_or_overflow(f),
        f"Of the growth, {share(f, 'weights')}, while {share(f, 'activation')}; an update of that "
        "size throws the weights away.",
        *_already_broken(f),
    )


def _explodes_by_batch_norm(f: Findings) -> Sentences:
    return (
        _journey_or_overflow(f),
        "Batch norm keeps every signal at one size going forward, but going back each layer "
        f"multiplies the gradient by {number(f.way.mean_hop, 3)} (theory for ReLU: 1.21), and "
        "there is no path around it.",
        "The scale of the weights is not the cause: batch norm divides it out.",
    )


def _explodes_by_sums(f: Findings) -> Sentences:
    return (
        _journey_or_overflow(f),
        f"Every sum adds the stage's own gradient to the one that passes by: {share(f, 'skip')}, "
        "and no normalization takes that back.",
        *_already_broken(f),
    )


def _explodes_in_time(f: Findings) -> Sentences:
    clip = f.spec.training.clip
    radius = "" if math.isnan(f.radius) else f", whose spectral radius is {number(f.radius)}"
    tame = (
        f"Clipping by {clip} at {number(f.spec.training.clip_at)} keeps the updates small "
        "nevertheless."
    )
    return (
        _journey_or_overflow(f),
        f"Every timestep multiplies by the same Wₕ{radius}.",
        *((tame,) if clip != "none" else ()),
        *_already_broken(f),
    )


def _journey_or_overflow(f: Findings) -> str:
    return "The numbers overflow within one pass." if f.broken else journey(f)


def _already_broken(f: Findings) -> Sentences:
    return ("So it was at the start; training has run away since.",) if f.diverged else ()


def _dead(f: Findings) -> Sentences:
    if f.deadness < DEAD:
        return (
            "For no sample of the batch is there a way of open ReLUs through all stages: where "
            "every one of a stage is shut the derivative is 0, so no gradient passes.",
            _why_dead(f),
        )
    return (
        f"In one stage {percent(f.deadness)} of the ReLUs are shut for every sample of the batch: "
        "their derivative is 0, so no gradient passes them and none changes them.",
        _why_dead(f),
    )


def _why_dead(f: Findings) -> str:
    init = f.spec.init
    if init.bias == "constant" and init.bias_value < 0 and f.step == 0:
        return f"The biases of {number(init.bias_value)} hold them shut; depth is not the cause."
    return "A step that was too large, or biases far below 0, can shut a ReLU for good."


def _of_layers(part: float) -> str:
    return "every hidden layer" if part == 1 else f"{percent(part)} of the hidden layers"


def _symmetric(f: Findings) -> Sentences:
    through = (
        "no gradient passes the layers at all"
        if f.arrives == 0
        else "all of them get the same gradient and stay alike"
    )
    return (
        f"In {_of_layers(f.alike)} all units have the same weights, so {through}.",
        "Neither depth nor activation is the cause: different initial weights are missing.",
    )


def _underflow(f: Findings) -> Sentences:
    kind = f.spec.training.precision
    smallest = "1.4e−45" if kind == "float32" else "4.9e−324"
    parts = {
        name: value for name, value in f.way.parts.items() if name in ("activation", "weights")
    }
    worst = min(parts, key=lambda name: parts[name], default="weights")
    named = "the activation's derivative" if worst == "activation" else "the weights"
    return (
        f"The gradient shrinks by {named} until {kind}, whose smallest number is {smallest}, has "
        f"only 0 left: {percent(f.zeros)} of ∂J/∂{ends(f)[1]} is exactly 0.",
        "A wider number type would only show how small it is: the cause has to go, too.",
    )


def _shattered(f: Findings) -> Sentences:
    begin, end = ends(f)
    return (
        f"The size of the gradient is not the trouble: {journey(f)}",
        f"But of the agreement between the samples at {begin} only {percent(max(f.agreement, 0))} "
        f"is left at {end}: there it is noise, each step undoes the others, and {_loss_trend(f)}.",
    )


def _rate_large(f: Findings) -> Sentences:
    peak = f.peak if f.diverged else f.trial.peak
    ahead = len(f.trial.losses) + (not f.trial.finite)
    where = "so far" if f.diverged else f"within {count(ahead, 'update')}"
    return (
        _fine(f),
        f"But the loss runs from {number(f.loss)} to "
        f"{'overflow' if math.isinf(peak) else number(peak)} {where}.",
        f"At a learning rate of {number(f.spec.training.learning_rate)} one update changes the "
        f"weights by up to {number(f.ratio)} of their size; the rule of thumb is 0.001.",
    )


def _rate_small(f: Findings) -> Sentences:
    return (
        _fine(f),
        f"But at a learning rate of {number(f.spec.training.learning_rate)} no update changes the "
        f"weights by more than {number(f.ratio)} of their size, where the rule of thumb is 0.001; "
        f"{_loss_trend(f)}.",
    )


def _converged(f: Findings) -> Sentences:
    right = "" if math.isnan(f.accuracy) else f", {percent(f.accuracy)} of the batch is right"
    return (
        f"The loss is {number(f.loss)}, {percent(f.left)} of what guessing costs{right}: little "
        "error is left to send back.",
        f"That is why ∂J/∂{symbol('h', 1)} is only {number(f.arrives)}: the error is small, not "
        "the part of it that arrives.",
    )


def _no_error(f: Findings) -> Sentences:
    why = (
        "the loss hands the last stage the gradient 0, as its start is set to that"
        if f.spec.training.loss == "linear"
        else "the loss has a slope of exactly 0 there"
    )
    return (f"∂J/∂h of the last stage is exactly 0: {why}.", "Nothing is lost on the way back.")


def _scale(f: Findings) -> Sentences:
    standardized = (
        "They are standardized, so a few outliers must be far off."
        if f.spec.data.standardize
        else f"They are not standardized; the largest feature is {number(f.spread)} times the "
        "smallest."
    )
    large = f.x > 1
    does = "drives the first stage far out" if large else "hardly moves the first stage"
    return (
        f"The inputs have an RMS of {number(f.x)} instead of about 1, which {does} "
        f"(RMS z₁ = {number(f.z1)}). {standardized}",
        "Whatever the gradient does on its way is not the first thing to mend.",
    )


def _truncated(f: Findings) -> Sentences:
    return (
        f"Backpropagation stops every {f.spec.training.truncate} timesteps "
        f"({count(f.way.cut, 'cut')}): no error is sent back across them, by choice.",
        f"Up to there the gradient is fine: ×{number(f.way.mean_hop)} a timestep over "
        f"{hops(f)}, {decades(f.lost)} in all.",
    )


SENTENCES: dict[str, Callable[[Findings], Sentences]] = {
    "healthy": _healthy,
    "vanishing_capped": _capped,
    "vanishing_saturated": _saturated,
    "vanishing_weights": _weights_small,
    "vanishing_mixed": _mixed,
    "vanishing_recurrent": _recurrent_fades,
    "vanishing_factor": _factor,
    "forgetting": _forgets,
    "exploding_weights": _explodes_by_weights,
    "exploding_batch_norm": _explodes_by_batch_norm,
    "exploding_skips": _explodes_by_sums,
    "exploding_recurrent": _explodes_in_time,
    "exploding_factor": _factor,
    "dead_relus": _dead,
    "symmetric": _symmetric,
    "underflow": _underflow,
    "shattered": _shattered,
    "rate_too_large": _rate_large,
    "rate_too_small": _rate_small,
    "converged": _converged,
    "no_error": _no_error,
    "data_scale": _scale,
    "truncated": _truncated,
}
"""Outcome -> its sentences."""
