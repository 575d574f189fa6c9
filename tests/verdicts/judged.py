"""The judge over the second set: ``python -m tests.verdicts.judged`` prints how it fares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.verdicts import second
from vgsim.diagnosis import judge

AGREE = {"healthy": ("healthy", "converged")}
"""Verdicts that say the same as a label: a sound network that has learned is sound."""
BINS = (0.0, 0.7, 0.85, 0.95, 1.0)
"""Edges of sureness."""


def is_right(label: str, outcome: str) -> bool:
    """Whether a verdict says what was done to the network."""
    return outcome in AGREE.get(label, (label,))


def judged(cases: Iterable[second.Case]) -> list[tuple[second.Case, str, float]]:
    """Every case with its verdict and how sure it is."""
    found = []
    for case in cases:
        verdict = judge(second.at_the_judged_moment(case))
        found.append((case, verdict.outcome, verdict.confidence))
    return found


def reliability(found: list[tuple[second.Case, str, float]]) -> list[tuple[float, int, int]]:
    """(upper edge, verdicts, right ones) by sureness."""
    counts: Counter[float] = Counter()
    right: Counter[float] = Counter()
    for case, outcome, sure in found:
        edge = next(edge for edge in BINS[1:] if sure <= edge)
        counts[edge] += 1
        right[edge] += is_right(case.cause.label, outcome)
    return [(edge, counts[edge], right[edge]) for edge in BINS[1:]]


if __name__ == "__main__":
    results = judged(second.cases())
    agreeing = [case for case, outcome, _ in results if is_right(case.cause.label, outcome)]
    print(f"{len(agreeing)} of {len(results)} right")
    for upper, count, correct in reliability(results):
        print(f"sure up to {upper}: {correct} of {count}")
    for one, outcome, sure in results:
        if not is_right(one.cause.label, outcome):
            print(one.name, outcome, f"{sure:.2f}")
