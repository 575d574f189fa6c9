"""The measured facts behind a verdict, each with the instrument that shows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.verdict import Evidence
from vgsim.diagnosis.wording import count, ends, hops, number, percent, product, share


def evidence(names: Iterable[str], findings: Findings) -> tuple[Evidence, ...]:
    """The facts of these names, without those that there are no figures for."""
    return tuple(fact for name in names for fact in FIGURES[name](findings))


def _gradient(f: Findings) -> Iterator[Evidence]:
    if f.broken:
        yield Evidence("∂J/∂h is inf or nan", "heatmap")
    elif f.way.hops and f.lost != math.inf:
        begin, end = ends(f)
        yield Evidence(
            f"RMS ∂J/∂{end} is ×{product(-f.lost)} of RMS ∂J/∂{begin}: "
            f"×{number(f.way.mean_hop)} a hop over {hops(f)}", "gradient",
        )  # fmt: skip
    else:
        yield Evidence(f"RMS ∂J/∂h₁ = {number(f.arrives)}", "gradient")


def _budget(f: Findings) -> Iterator[Evidence]:
    parts = [name for name, value in f.way.parts.items() if abs(value) >= 0.05]
    if parts:
        yield Evidence("; ".join(share(f, name) for name in parts), "budget")


def _saturation(f: Findings) -> Iterator[Evidence]:
    if f.saturated:
        yield Evidence(
            f"{percent(f.saturation)} of the units let next to nothing through; the mean "
            f"derivative is {number(f.slope)}, at most {number(f.bound)}", "saturation",
        )  # fmt: skip


def _dead(f: Findings) -> Iterator[Evidence]:
    if f.dead:
        shut = sum(share_of == 1 for share_of in f.dead)
        yield Evidence(
            f"{shut} of {len(f.dead)} hidden stages are shut entirely, the worst by "
            f"{percent(f.deadness)}", "saturation",
        )  # fmt: skip


def _alike(f: Findings) -> Iterator[Evidence]:
    part = "every hidden stage" if f.alike == 1 else f"{percent(f.alike)} of the hidden stages"
    yield Evidence(f"in {part} all units are alike", "activations")


def _updates(f: Findings) -> Iterator[Evidence]:
    if not math.isnan(f.ratio):
        yield Evidence(
            f"update:data ratio at most {number(f.ratio)}; the rule of thumb is 0.001", "updates"
        )


def _loss(f: Findings) -> Iterator[Evidence]:
    chance = f" (guessing: {number(f.chance)})" if f.chance > 0 else ""
    text = f"J = {number(f.loss)}{chance}"
    if f.trial.losses and f.spec.training.loss != "linear":
        ahead = count(len(f.trial.losses) + (not f.trial.finite), "update")
        end = number(f.trial.last) if f.trial.finite else "overflow"
        text += f"; {ahead} later {end}, at worst {number(max(f.loss, f.trial.peak))}"
    yield Evidence(text, "loss")


def _radius(f: Findings) -> Iterator[Evidence]:
    if not math.isnan(f.radius):
        yield Evidence(
            f"Wₕ has spectral radius {number(f.radius)} and largest singular value "
            f"{number(f.singular)}; times the mean derivative {number(f.slope)} that is "
            f"{number(f.radius * f.slope)} and {number(f.singular * f.slope)}", "singular",
        )  # fmt: skip


def _gates(f: Findings) -> Iterator[Evidence]:
    if not math.isnan(f.keep):
        yield Evidence(f"the gate that keeps the state is open by {number(f.keep)}", "gradient")


def _agreement(f: Findings) -> Iterator[Evidence]:
    if not math.isnan(f.agreement):
        part = number(f.agreement) if f.agreement > 0 else "nothing"
        yield Evidence(f"{part} of the samples' agreement arrives at {ends(f)[1]}", "coherence")


def _zeros(f: Findings) -> Iterator[Evidence]:
    yield Evidence(f"{percent(f.zeros)} of ∂J/∂h₁ is exactly 0 by underflow", "gradients")


def _scale(f: Findings) -> Iterator[Evidence]:
    yield Evidence(
        f"RMS of the input {number(f.x)}, of z₁ {number(f.z1)}; features differ by "
        f"×{number(f.spread)}", "activations",
    )  # fmt: skip


FIGURES: dict[str, Callable[[Findings], Iterator[Evidence]]] = {
    "gradient": _gradient,
    "budget": _budget,
    "saturation": _saturation,
    "dead": _dead,
    "alike": _alike,
    "updates": _updates,
    "loss": _loss,
    "radius": _radius,
    "gates": _gates,
    "agreement": _agreement,
    "zeros": _zeros,
    "scale": _scale,
}
"""Name of a kind of evidence -> the facts of that kind."""
