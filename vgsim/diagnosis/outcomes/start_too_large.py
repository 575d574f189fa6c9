"""A start that is sure and wrong: the first updates only take that back."""

from __future__ import annotations

from collections.abc import Iterator

from vgsim.core.numbers import about, percent
from vgsim.diagnosis import evidence
from vgsim.diagnosis.criteria import criterion, output_squashes, over, starts_too_large, true
from vgsim.diagnosis.findings import Findings
from vgsim.diagnosis.outcome import OUTCOMES, Candidate, Outcome, Precedence
from vgsim.diagnosis.remedies import matching, unit_variance
from vgsim.nn.initializers import BIASES
from vgsim.nn.layers.parts import OUTPUTS

UNLEARNED = 0.01
"""Loss over guessing above which the start still matters. Ours."""


@criterion()
def _of_weights(f: Findings) -> float:
    """Not where training has run away since."""
    return true(not f.diverged)


@criterion(evidence.loss)
def _not_learned(f: Findings) -> float:
    return over(f.left, UNLEARNED)


def _sentences(f: Findings) -> tuple[str, ...]:
    times = about(f.start / f.chance)
    said = [
        f"The first loss was {about(f.start)}, {times} times the {about(f.chance)} that guessing "
        "costs: the outputs start large, so the network is sure of what it does not know.",
        "The first updates only make the outputs smaller again; smaller weights, of the last "
        "stage above all, begin at what guessing costs.",
    ]
    if output_squashes(f):
        end = OUTPUTS.entry(f.spec.network.output).label
        said.append(f"There {end} is flat: it takes the error away in the gradient's first hop.")
    offset = BIASES[f.spec.init.bias].mean(f.spec.init)
    if abs(offset) > 1:
        said.append(f"Biases of {about(offset)} are part of it.")
    if f.knows("derivative") and f.saturated and f.derivative < 0.5 * f.bound:
        said.append(
            f"{percent(f.saturation)} of the units are saturated: the mean derivative is "
            f"{about(f.derivative)} of at most {about(f.bound)}."
        )
    return tuple(said)


def _remedies(f: Findings) -> Iterator[Candidate]:
    yield matching(f)
    yield unit_variance()


OUTCOMES.add(
    "start_too_large",
    Outcome(
        title="The start is too large: sure and wrong",
        order=Precedence.SOUND + 35,  # the rate cannot be judged while the loss is of the start
        needs=(
            starts_too_large,
            _of_weights,
            _not_learned,
        ),
        signs=(),
        also=(
            evidence.saturation,
            evidence.gradient,
        ),
        sentences=_sentences,
        tells=("bound", "derivative", "init.bias", "init.bias_value", "saturated"),
        too_large=("init.std", "init.range", "init.gain"),
        remedies=_remedies,
    ),
    "a first loss far above guessing",
)
