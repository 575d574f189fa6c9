"""Which cards a gallery shows: by a filter and by what is searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vgsim.nn.presets import FIRST, PresetCard

SAID = {
    "vanishes": "vanishes", "explodes": "explodes", "cure": "cure", "time": "time",
    "worked": "by hand", "good": "good", "bad": "bad",
}  # fmt: skip
"""How a tag is written on a card; the others are not."""
WARNS = frozenset({"vanishes", "explodes", "bad"})
"""Tags in the color of a warning."""
HELPS = frozenset({"cure", "good"})
"""Tags in the accent color."""


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """A group of cards: those with one of ``tags``, or all of them."""

    label: str
    tags: frozenset[str] = frozenset()

    def takes(self, card: PresetCard) -> bool:
        """Whether the card belongs to the group."""
        return not self.tags or not self.tags.isdisjoint(card.tags)


FILTERS = (
    GalleryFilter("All"),
    GalleryFilter("Fades or explodes", frozenset({"vanishes", "explodes"})),
    GalleryFilter("Cures", frozenset({"cure"})),
    GalleryFilter("Through time", frozenset({"time"})),
    GalleryFilter("Not vanishing at all", frozenset({"elsewhere"})),
)
_ORDER = ("vanishes", "explodes", "worked", "cure", "time")


def groups(cards: Sequence[PresetCard]) -> list[tuple[str, list[PresetCard]]]:
    """Every card once, under the filter of its first tag that has one."""
    found: list[tuple[str, list[PresetCard]]] = [(which.label, []) for which in FILTERS]
    for card in cards:
        places = [at for tag in card.tags for at, it in enumerate(FILTERS) if tag in it.tags]
        found[places[0] if places else 0][1].append(card)
    return [(label, taken) for label, taken in found if taken]


def ordered(cards: Sequence[PresetCard]) -> tuple[PresetCard, ...]:
    """What the window opens with first, then by the first tag; within one as they are."""

    def place(card: PresetCard) -> tuple[bool, int]:
        first = card.tags[0]
        return card.name != FIRST, _ORDER.index(first) if first in _ORDER else len(_ORDER)

    return tuple(sorted(cards, key=place))


def found(cards: Sequence[PresetCard], which: GalleryFilter, words: str) -> list[PresetCard]:
    """The cards of a group in which every one of ``words`` stands: title, texts or tags."""
    wanted = words.lower().split()
    kept = []
    for card in cards:
        text = " ".join((card.name, card.title, card.expect, card.description, *card.tags)).lower()
        if which.takes(card) and all(word in text for word in wanted):
            kept.append(card)
    return kept
