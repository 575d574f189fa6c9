"""Three sentences and one slide: what a learner takes away, and facts of their network for it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from vgsim.core.numbers import about, factor, magnitude, part, percent, subscript
from vgsim.measure.frame import Frame

PARTS = ("What happens", "Why", "What helps, and what it costs")
"""What the three sentences are about."""
LONGEST_TITLE = 120
PLOT = "gradient"


@dataclass(frozen=True, slots=True)
class Takeaway:
    """What was written: a title, a sentence for each of the parts, and the plot beside them."""

    title: str = ""
    sentences: tuple[str, ...] = ("", "", "")
    plot: str = PLOT

    @property
    def written(self) -> int:
        """How many sentences there are."""
        return sum(bool(sentence.strip()) for sentence in self.sentences)

    @property
    def entries(self) -> Mapping[str, object]:
        """What the Export dialog is to open with."""
        return {
            "view": "slide",
            "title": self.title.strip(),
            "sentences": [sentence for sentence in self.sentences if sentence.strip()],
            "plots": [self.plot] if self.plot else [],
            "caption": True,
        }

    def with_sentence(self, at: int, text: str) -> Takeaway:
        """The same with another sentence."""
        changed = tuple(text if at == k else old for k, old in enumerate(self.sentences))
        return replace(self, sentences=changed)


def dumps(takeaway: Takeaway) -> str:
    """Text to keep it by."""
    return json.dumps([takeaway.title, *takeaway.sentences, takeaway.plot], ensure_ascii=False)


def loads(text: str) -> Takeaway:
    """What :func:`dumps` wrote; an empty one where ``text`` is damaged."""
    try:
        kept = json.loads(text)
    except ValueError:
        return Takeaway()
    if not isinstance(kept, list) or len(kept) != len(PARTS) + 2:
        return Takeaway()
    if not all(isinstance(each, str) for each in kept):
        return Takeaway()
    title, *sentences, plot = kept
    return Takeaway(title, tuple(sentences), plot)


def facts(frame: Frame | None) -> tuple[tuple[str, str], ...]:
    """Figures of this network as (text to be put into a sentence, what it is)."""
    if frame is None:
        return ()
    found = [*_gradient_facts(frame), *_loss_facts(frame)]
    moved = float(frame.update_norm[0] / frame.weight_norm[0]) if frame.weight_norm[0] else math.nan
    if math.isfinite(moved):
        found.append((magnitude(moved), "share of itself by which layer 1 moves in an update"))
    return tuple(found)


def _gradient_facts(frame: Frame) -> list[tuple[str, str]]:
    dh = frame.dh_rms
    first = min(frame.backward_from, frame.stages)
    last = frame.stages
    found: list[tuple[str, str]] = []
    if first < last and dh[-1] > 0:
        left = float(dh[first - 1] / dh[-1])
        way = f"{_h(last)} to {_h(first)}"
        found.append((part(left), f"what is left of the signal from {_h(last)} at {_h(first)}"))
        found.append((factor(left ** (1 / (last - first))), f"what a hop keeps, from {way}"))
        if left > 0:
            found.append((about(-math.log10(left)), f"decades lost from {way}"))
    return found


def _loss_facts(frame: Frame) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    history = frame.history
    if math.isfinite(frame.loss):
        found.append((about(frame.loss), "loss J of this batch"))
    if math.isfinite(frame.chance_loss):
        found.append((about(frame.chance_loss), "loss of blind guessing"))
    held = history.held_steps.searchsorted(frame.step, side="right")
    if held and math.isfinite(history.held_accuracy[held - 1]):
        accuracy = float(history.held_accuracy[held - 1])
        found.append((percent(accuracy), "accuracy on held-out samples"))
    found.append((f"{frame.step:,}", "updates made"))
    return found


def _h(stage: int) -> str:
    return "h" + subscript(stage)
