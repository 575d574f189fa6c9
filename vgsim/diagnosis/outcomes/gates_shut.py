"""Gates that biases hold shut: nothing comes in, nothing goes out, whatever the weights are."""

from __future__ import annotations

import math
from collections.abc import Iterator

from vgsim.core.numbers import about
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, over, true, under
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import NO_BIAS
from vgsim.diagnosis.wording import already_broken
from vgsim.nn.initializers import BIASES

SHUT = 0.02
"""Mean of a gate that lets next to nothing through: σ(−4) = 0.018. Ours."""
FAR = 3.0
"""Size of a bias that alone shuts a gate, or holds it open: σ(−3) = 0.05. Ours."""


@criterion()
def _has_gates(f: Findings) -> float:
    return true(f.gated)


@criterion(evidence.gates, figures=("gates",))
def _shut(f: Findings) -> float:
    means = [sum(gate) / len(gate) for gate in f.gates.values() if gate]
    if not means:
        return -math.inf
    return under(min(means), SHUT)


@criterion(figures=("init.bias", "init.bias_value"))
def _by_bias(f: Findings) -> float:
    return over(abs(BIASES[f.spec.init.bias].mean(f.spec.init)), FAR)


def _sentences(f: Findings) -> tuple[str, ...]:
    offset = BIASES[f.spec.init.bias].mean(f.spec.init)
    least = min(sum(gate) / len(gate) for gate in f.gates.values() if gate)
    return (
        f"The biases of {about(offset)} hold a gate shut: it is open by {about(least)} on average, "
        "whatever comes in.",
        "Neither the length of the sequence nor the weights are the cause.",
        *already_broken(f),
    )


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield Candidate(
        "Biases of 0",
        NO_BIAS,
        "Gates start half open: a state is halved at every timestep until they have learned.",
    )


OUTCOMES.add(
    "gates_shut",
    Outcome(
        title="Biases hold the gates shut",
        order=Precedence.BLOCKED + 9,  # before forgetting, which follows from it
        needs=(_has_gates, _shut, _by_bias),
        also=(evidence.gradient, evidence.loss),
        sentences=_sentences,
        remedies=_remedies,
    ),
    "gates that biases hold shut",
)
