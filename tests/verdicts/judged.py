"""How often verdicts are right, against how sure they are.

``python -m tests.verdicts.judged`` judges the second set, prints how it fares and draws
``docs/reliability.svg`` anew: filled, the first look at the fourth set (``first_look.csv``), on
which sureness is calibrated, each case by a fit without it; hollow, the second set, which the rules
were mended on.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from tests.verdicts import fourth, second
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


Rows = list[tuple[float, int, int]]


def reliability(found: Iterable[tuple[float, bool]]) -> Rows:
    """(upper edge, verdicts, right ones) by sureness, of (sureness, right)."""
    counts: Counter[float] = Counter()
    right: Counter[float] = Counter()
    for sure, so in found:
        edge = next(edge for edge in BINS[1:] if sure <= edge)
        counts[edge] += 1
        right[edge] += so
    return [(edge, counts[edge], right[edge]) for edge in BINS[1:]]


FIRST_LOOK = Path(__file__).with_name("first_look.csv")
PRIOR = 1e-3
"""Ridge that keeps a fit finite where all are right."""

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def first_look() -> tuple[Floats, Floats]:
    """(cases,) log odds of the raw sureness, and whether the verdict was right: 1 or 0."""
    labels = {case.name: case.cause.label for case in fourth.every_case()}
    raw = []
    right = []
    with FIRST_LOOK.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            raw.append(float(row["raw"]))
            right.append(float(is_right(labels[row["case"]], row["verdict"])))
    sure = np.array(raw)
    return np.log(sure / (1 - sure)), np.array(right)


def fitted(odds: Floats, right: Floats) -> Floats:
    """(2,) offset and slope of the log odds to be right, by Newton's method (Platt 1999)."""
    design = np.stack([np.ones_like(odds), odds], axis=1)
    found = np.array([1.0, 0.5])
    for _ in range(30):
        share = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (right - share) - PRIOR * found
        curve = (design * (share * (1 - share))[:, None]).T @ design + PRIOR * np.eye(2)
        found = found + np.linalg.solve(curve, slope)
    return found


def left_out() -> list[tuple[float, bool]]:
    """(sureness, right) of every case of the first look, by a fit to all the others."""
    odds, right = first_look()
    found = []
    for at in range(len(odds)):
        offset, slope = fitted(np.delete(odds, at), np.delete(right, at))
        sure = 1 / (1 + np.exp(-(offset + slope * odds[at])))
        found.append((float(sure), bool(right[at])))
    return found


PICTURE = Path(__file__).parents[2] / "docs" / "reliability.svg"
SIDE, EDGE = 320, 40
"""Pixels of the square that is drawn in, and around it."""


def drawing(calibrated: Rows, mended: Rows) -> str:
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
        *_marks(calibrated, "#2f62e0", 22),
        *_marks(mended, "none", 6),
        f'<text x="{EDGE + 8}" y="{low - 44}">filled: 125 before any was mended for</text>',
        f'<text x="{EDGE + 8}" y="{low - 26}">hollow: the second set, mended for</text>',
    ]
    for share in (0.5, 0.75, 1.0):
        at = SIDE * (2 * share - 1)
        parts.append(f'<text x="{EDGE + at - 10:.1f}" y="{low + 18}">{share:.0%}</text>')
        parts.append(f'<text x="4" y="{low - at + 4:.1f}">{share:.0%}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _marks(rows: Rows, fill: str, below: int) -> Iterator[str]:
    """A circle in the middle of each range of sureness, and its counts so far below it."""
    lower = 0.5
    for upper, count, right in rows:
        if count:
            x = EDGE + SIDE * (lower + upper - 1)
            y = EDGE + SIDE * (2 - 2 * right / count)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="#2f62e0"/>'
            yield f'<text x="{x - 74:.1f}" y="{y + below:.1f}">{right} of {count}</text>'
        lower = upper


if __name__ == "__main__":
    results = judged(second.cases())
    agreeing = [(sure, is_right(case.cause.label, outcome)) for case, outcome, sure in results]
    print(f"{sum(right for _, right in agreeing)} of {len(agreeing)} right")
    print("offset and slope of the first look:", fitted(*first_look()))
    for title, rows in (
        ("first look", reliability(left_out())),
        ("second set", reliability(agreeing)),
    ):
        for upper, count, correct in rows:
            print(f"{title}, sure up to {upper}: {correct} of {count}")
    for (one, outcome, sure), (_, right) in zip(results, agreeing, strict=True):
        if not right:
            print(one.name, outcome, f"{sure:.2f}")
    PICTURE.write_text(drawing(reliability(left_out()), reliability(agreeing)), "utf-8")
