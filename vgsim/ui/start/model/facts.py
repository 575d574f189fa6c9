"""What the panel of the chosen experiment says beside its description."""

from __future__ import annotations

from vgsim.core.numbers import factor
from vgsim.nn.plain import plain_of
from vgsim.nn.presets import PresetCard
from vgsim.nn.spec import Spec
from vgsim.text.specs import difference, layers_words, lowered
from vgsim.ui.start.model.sketch import Sketch


def size_words(spec: Spec, sketch: Sketch | None) -> tuple[str, str]:
    """(what is counted, the numbers): "Depth × width", "100 × 16"; timesteps of a sequence."""
    if spec.applies("network.widths"):
        name = "Widths" if spec.network.widths else "Depth × width"
        return name, layers_words(spec)
    if not spec.applies("network.width"):
        return "Stages", f"{spec.network.depth:,}"
    if sketch is None:
        return "Timesteps × width", f"… × {spec.network.width:,}"
    return "Timesteps × width", f"{sketch.stages - 1:,} × {spec.network.width:,}"


def special_words(spec: Spec) -> tuple[str, str]:
    """What it has and its plain network has not: "layer norm, pre-activation"; a chain's factor."""
    if spec.applies("network.factor"):
        return "Factor of a hop", factor(spec.network.factor)
    plain = plain_of(spec)
    if plain == spec:
        return "Differs from plain", "not at all"
    parts = difference(plain, spec).split(", ")
    return "Differs from plain", ", ".join(lowered(part) for part in parts)


def spoken(card: PresetCard) -> str:
    """A card as a screen reader says it."""
    return f"{card.title}, {card.tags[0]}: {card.expect}"
