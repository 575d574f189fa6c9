"""The measured facts behind a verdict, each with the instrument that shows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vgsim.core.numbers import about, percent
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.verdict import Evidence
from vgsim.diagnosis.wording import count, ends, hops, listed, product, share, slopes, stage
from vgsim.nn.layers.parts import OUTPUTS
from vgsim.nn.losses import LOSSES


@dataclass(frozen=True, slots=True)
class MeasuredFacts:
    """What was measured of one thing; nothing where there are no figures for it.

    ``figures`` are those that it tells and that not every source has.
    """

    told: Callable[[Findings], Iterator[Evidence]]
    figures: tuple[str, ...] = ()

    def __call__(self, findings: Findings) -> Iterator[Evidence]:
        """The facts of these findings."""
        if findings.knows(*self.figures):
            yield from self.told(findings)


def facts(*figures: str) -> Callable[[Callable[[Findings], Iterator[Evidence]]], MeasuredFacts]:
    """Decorator that makes facts of a function."""
    return lambda told: MeasuredFacts(told, figures)


@facts()
def gradient(f: Findings) -> Iterator[Evidence]:
    """What the gradient loses or gains on its way."""
    if f.broken:
        yield Evidence("∂J/∂h is inf or nan", "heatmap")
    elif f.way.hops and f.lost != math.inf:
        begin, end = ends(f)
        yield Evidence(
            f"RMS ∂J/∂{end} is ×{product(-f.lost)} of RMS ∂J/∂{begin}: "
            f"×{about(f.way.mean_hop)} a {f.unit or 'hop'} over {hops(f)}", "gradient",
        )  # fmt: skip
    else:
        yield Evidence(f"RMS ∂J/∂{ends(f)[1]} = {about(f.arrives)}", "gradient")


@facts()
def budget(f: Findings) -> Iterator[Evidence]:
    """What each part of a stage did to it."""
    parts = [name for name, value in f.way.parts.items() if abs(value) >= 0.05]
    if parts:
        text = "; ".join(share(f, name) for name in parts)
        if f.broken:
            text = f"up to the overflow {text}"
        yield Evidence(text, "budget")


@facts("bound", "derivative", "saturated", "slopes")
def saturation(f: Findings) -> Iterator[Evidence]:
    """How far units are from where they are steep."""
    if f.saturated:
        yield Evidence(
            f"{percent(f.saturation)} of the units let next to nothing through; {slopes(f)}",
            "saturation",
        )


@facts("dead")
def dead(f: Findings) -> Iterator[Evidence]:
    """Units that let nothing through for any sample."""
    if f.dead:
        shut = sum(share_of == 1 for share_of in f.dead)
        yield Evidence(
            f"{shut} of {len(f.dead)} hidden stages are shut entirely, the worst by "
            f"{percent(f.deadness)}", "saturation",
        )  # fmt: skip


@facts("alike")
def alike(f: Findings) -> Iterator[Evidence]:
    """Stages all of whose units are the same unit."""
    if f.alike == 1:
        part = "every hidden stage"
    else:
        part = f"{percent(f.alike)} of the hidden stages"
    yield Evidence(f"in {part} all units are alike", "activations")


@facts()
def updates(f: Findings) -> Iterator[Evidence]:
    """How much an update changes."""
    if not math.isnan(f.ratio):
        yield Evidence(
            f"update:data ratio at most {about(f.ratio)}; the rule of thumb is 1e−3", "updates"
        )


@facts()
def loss(f: Findings) -> Iterator[Evidence]:
    """J now, by chance and ahead."""
    if f.chance > 0:
        chance = f" (guessing: {about(f.chance)})"
    else:
        chance = ""
    text = f"J = {about(f.loss)}{chance}"
    if f.trial.losses and f.trial.past:
        over = count(f.trial.updates, "update")
        text += f"; {about(f.trial.first)} to {about(f.trial.last)} over the last {over}"
    elif f.trial.losses and LOSSES[f.spec.training.loss].judges:
        ahead = count(f.trial.updates + f.trial.every * (not f.trial.finite), "update")
        end = about(f.trial.last) if f.trial.finite else "overflow"
        text += f"; {ahead} later {end}, at worst {about(max(f.loss, f.trial.peak))}"
    yield Evidence(text, "loss")


@facts("derivative", "radius", "singular")
def radius(f: Findings) -> Iterator[Evidence]:
    """The recurrent weights."""
    if not math.isnan(f.radius):
        yield Evidence(
            f"Wₕ has spectral radius {about(f.radius)} and largest singular value "
            f"{about(f.singular)}; times the mean derivative {about(f.derivative)} that is "
            f"{about(f.radius * f.derivative)} and {about(f.singular * f.derivative)}", "singular",
        )  # fmt: skip


@facts("keep")
def gates(f: Findings) -> Iterator[Evidence]:
    """The gate that keeps the state."""
    if not math.isnan(f.keep):
        yield Evidence(f"the gate that keeps the state is open by {about(f.keep)}", "gradient")


@facts("agreement")
def agreement(f: Findings) -> Iterator[Evidence]:
    """What is left of the agreement between the samples."""
    if not math.isnan(f.agreement):
        part = about(f.agreement) if f.agreement > 0 else "nothing"
        yield Evidence(f"{part} of the samples' agreement arrives at {ends(f)[1]}", "coherence")


@facts("decay", "shrunk")
def decay(f: Findings) -> Iterator[Evidence]:
    """What weight decay pulls, against the gradient."""
    if f.decay > 0:
        yield Evidence(
            f"weight decay pulls {about(f.decay)} times as much as the gradient; the parameters "
            f"have {percent(min(f.shrunk, 99.0))} of the norm they began with", "parameters",
        )  # fmt: skip


@facts("clipped")
def clipped(f: Findings) -> Iterator[Evidence]:
    """What clipping leaves of the gradient."""
    yield Evidence(f"clipping leaves {about(f.clipped)} of the gradient's norm", "updates")


@facts()
def rate(f: Findings) -> Iterator[Evidence]:
    """The learning rate of this update."""
    if not math.isnan(f.rate):
        set_to = about(f.spec.training.learning_rate)
        yield Evidence(f"learning rate now {about(f.rate)}, set to {set_to}", "updates")


@facts("network.dropout")
def dropout(f: Findings) -> Iterator[Evidence]:
    """What dropout takes."""
    if f.spec.applies("network.dropout"):
        yield Evidence(
            f"dropout sets {percent(f.spec.network.dropout)} of the units of a stage to 0",
            "activations",
        )


@facts("normalized")
def normalized(f: Findings) -> Iterator[Evidence]:
    """How many values a normalization is over."""
    if f.normalized:
        yield Evidence(f"each mean is over {count(f.normalized, 'value')}", "activations")


@facts("target")
def target(f: Findings) -> Iterator[Evidence]:
    """Size of the targets."""
    yield Evidence(f"RMS of the targets {about(f.target)}", "loss")


@facts()
def start(f: Findings) -> Iterator[Evidence]:
    """The first loss against guessing."""
    if f.chance > 0:
        yield Evidence(
            f"the first J was {about(f.start)}, {about(f.start / f.chance)} times what guessing "
            "costs", "loss",
        )  # fmt: skip


@facts("majority")
def majority(f: Findings) -> Iterator[Evidence]:
    """The commonest class."""
    if f.majority:
        yield Evidence(f"{percent(f.majority)} of the samples are of one class", "accuracy")


@facts("held_out")
def held_out(f: Findings) -> Iterator[Evidence]:
    """The loss on samples that are not trained on."""
    if not math.isnan(f.held_out[1]):
        yield Evidence(
            f"held-out J = {about(f.held_out[1])}, at its least {about(f.held_out[0])}; J of the "
            f"batch {about(f.loss)}", "loss",
        )  # fmt: skip


@facts()
def forward(f: Findings) -> Iterator[Evidence]:
    """Where the number type was too narrow on the way forward."""
    kind = f.spec.training.precision
    if f.burst:
        yield Evidence(
            f"h of {stage(f, f.burst)} is near or over the largest {kind}", "activations"
        )
    if f.faded:
        yield Evidence(f"h of {stage(f, f.faded)} is near or under the least {kind}", "activations")


@facts("cut_off")
def cut_off(f: Findings) -> Iterator[Evidence]:
    """Stages that no gradient comes to."""
    if f.cut_off:
        yield Evidence(f"no gradient came to {listed(f, f.cut_off)}", "gradient")


@facts("frozen", "unmoved", "held_share")
def held(f: Findings) -> Iterator[Evidence]:
    """Parameters that are not trained."""
    if f.held_share:
        yield Evidence(f"{percent(f.held_share)} of the parameters are not trained", "parameters")


@facts("bare")
def blocks(f: Findings) -> Iterator[Evidence]:
    """What the part of every block hands on that no path leads around."""
    around, bare, factor = f.bare
    if bare:
        yield Evidence(f"{bare} hands on ×{about(factor)} in every block, {around} ×1", "gradient")


@facts("rounded")
def rounded(f: Findings) -> Iterator[Evidence]:
    """What rounding takes of the gradient, at its worst."""
    name, share = max(f.rounded, key=lambda pair: pair[1], default=("", 0.0))
    if share:
        yield Evidence(f"{percent(share)} of ∂J/∂{name} is 0 or subnormal", "gradients")


@facts("logits")
def logits(f: Findings) -> Iterator[Evidence]:
    """What goes into the softmax of attention."""
    name, size = max(f.logits, key=lambda pair: pair[1], default=("", 0.0))
    if size >= 1:
        yield Evidence(
            f"queries times keys of {name} have an RMS of about {about(size)}", "saturation"
        )


@facts("peaked")
def peaked(f: Findings) -> Iterator[Evidence]:
    """Rows of a softmax that are one class."""
    for name, part in f.peaked[:2]:
        yield Evidence(f"{percent(part)} of the rows of {name} are one class", "saturation")


@facts("offset")
def offset(f: Findings) -> Iterator[Evidence]:
    """The biases against the rest of z."""
    yield Evidence(f"biases are {about(f.offset)} times the rest of z", "parameters")


@facts("zero_weights")
def zero_weights(f: Findings) -> Iterator[Evidence]:
    """Stages without any weight."""
    part = percent(f.zero_weights)
    yield Evidence(f"in {part} of the hidden stages every weight is 0", "parameters")


@facts("training.momentum")
def momentum(f: Findings) -> Iterator[Evidence]:
    """How many updates a momentum adds up."""
    if f.spec.applies("training.momentum"):
        beta = f.spec.training.momentum
        yield Evidence(f"a momentum of {about(beta, 3)} adds up {about(1 / (1 - beta))} updates",
                       "updates")  # fmt: skip


@facts("gain")
def gain(f: Findings) -> Iterator[Evidence]:
    """What steps could still gain."""
    if not math.isnan(f.gain):
        yield Evidence(
            f"a hundred plain steps at 0.1 could lower J by {percent(min(f.gain, 1.0))} at most",
            "loss",
        )


@facts("restart")
def restart(f: Findings) -> Iterator[Evidence]:
    """What other seeds reach."""
    if not math.isnan(f.restart):
        yield Evidence(f"with another seed J is {about(f.restart)} after as many updates", "loss")


@facts()
def zeros(f: Findings) -> Iterator[Evidence]:
    """Zeros that products made."""
    yield Evidence(f"{percent(f.zeros)} of ∂J/∂{ends(f)[1]} is exactly 0 by underflow", "gradients")
    lost = [at for at, part in enumerate(f.rounded_away, start=1) if part > 0]
    if lost:
        kind = f.spec.training.precision
        place = "timestep" if f.recurrent else "stage"
        first, last = (percent(f.rounded_away[at - 1], decimals=1) for at in (lost[-1], lost[0]))
        yield Evidence(
            f"rounding to {kind} makes gradient values 0 from {place} {lost[-1]} ({first}) down to "
            f"{place} {lost[0]} ({last})", "heatmap",
        )  # fmt: skip


@facts("undone")
def undone(f: Findings) -> Iterator[Evidence]:
    """Changes that rounding took back."""
    kind = f.spec.training.precision
    yield Evidence(f"rounding to {kind} takes {percent(f.undone)} of the changes back", "updates")


@facts()
def loss_scale(f: Findings) -> Iterator[Evidence]:
    """What the loss is multiplied by."""
    yield Evidence(f"the loss is multiplied by {about(f.scale)}", "gradients")


@facts("target", "training.delta")
def delta(f: Findings) -> Iterator[Evidence]:
    """The error beyond which a Huber loss is linear, against the targets."""
    if f.spec.applies("training.delta"):
        yield Evidence(
            f"Huber δ = {about(f.spec.training.delta)}, RMS of the targets {about(f.target)}",
            "loss",
        )


@facts("training.label_smoothing")
def smoothing(f: Findings) -> Iterator[Evidence]:
    """What is smoothed away of the labels."""
    if f.spec.applies("training.label_smoothing"):
        part = percent(f.spec.training.label_smoothing)
        yield Evidence(f"label smoothing takes {part} of every label", "loss")


@facts("gradient", "training.epsilon")
def epsilon(f: Findings) -> Iterator[Evidence]:
    """What an optimizer adds to the size by which it divides."""
    if f.spec.applies("training.epsilon"):
        yield Evidence(
            f"ε = {about(f.spec.training.epsilon)}, RMS of the gradient {about(f.gradient)}",
            "gradients",
        )


@facts()
def output(f: Findings) -> Iterator[Evidence]:
    """What the output goes through."""
    if f.spec.applies("network.output"):
        yield Evidence(f"output: {OUTPUTS.entry(f.spec.network.output).label}", "activations")


@facts("spread", "x", "z1")
def scale(f: Findings) -> Iterator[Evidence]:
    """Sizes of the input."""
    yield Evidence(
        f"RMS of the input {about(f.x)}, of z₁ {about(f.z1)}; features differ by "
        f"×{about(f.spread)}", "activations",
    )  # fmt: skip
