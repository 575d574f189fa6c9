"""The judge over the second set: ``python -m tests.verdicts.judged`` prints how it fares.

It also draws ``docs/reliability.svg`` anew: how many of what is called so sure are right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.verdicts import second
from vgsim.diagnosis import judge

AGREE = {"healthy": ("healthy", "converged", "plateau")}
"""Verdicts that say the same as a label: a sound network is so also when it has learned, and while
it has not yet."""
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


PICTURE = Path(__file__).parents[2] / "docs" / "reliability.svg"
SIDE, EDGE = 320, 40
"""Pixels of the square that is drawn in, and around it."""


def drawing(rows: list[tuple[float, int, int]]) -> str:
    """The share that is right against how sure the judge was, as SVG."""
    whole = SIDE + 2 * EDGE
    low = EDGE + SIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{whole}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{whole}" height="{whole}" fill="#ffffff"/>',
        f'<path d="M{EDGE} {EDGE}V{low}H{low}" fill="none" stroke="#5f6b7c"/>',
        f'<path d="M{EDGE} {low}L{low} {EDGE}" stroke="#5f6b7c" stroke-dasharray="4 4"/>',
        f'<text x="{EDGE}" y="24">Right, against how sure the verdict was</text>',
    ]
    lower = 0.5
    for upper, count, right in rows:
        if count:
            x = EDGE + SIDE * (lower + upper - 1)
            y = low - SIDE * (2 * right / count - 1)
            parts.append(
                f'<circle cx="{x:.1f}" cy="{max(EDGE, min(y, low)):.1f}" r="5" fill="#2f62e0"/>'
            )
            parts.append(f'<text x="{x - 60:.1f}" y="{y + 20:.1f}">{right} of {count}</text>')
        lower = upper
    for share in (0.5, 0.75, 1.0):
        at = SIDE * (2 * share - 1)
        parts.append(f'<text x="{EDGE + at - 10:.1f}" y="{low + 18}">{share:.0%}</text>')
        parts.append(f'<text x="4" y="{low - at + 4:.1f}">{share:.0%}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    results = judged(second.cases())
    agreeing = [case for case, outcome, _ in results if is_right(case.cause.label, outcome)]
    print(f"{len(agreeing)} of {len(results)} right")
    for upper, count, correct in reliability(results):
        print(f"sure up to {upper}: {correct} of {count}")
    for one, outcome, sure in results:
        if not is_right(one.cause.label, outcome):
            print(one.name, outcome, f"{sure:.2f}")
    PICTURE.write_text(drawing(reliability(results)), "utf-8")
