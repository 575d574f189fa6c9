"""Layers of a simulated network like the recorded ones: how many, how wide, of what kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from vgsim.core.registry import Entry
from vgsim.diagnosis.nearest.modeling import Modeling
from vgsim.diagnosis.nearest.slopes import activation_by_slopes
from vgsim.diagnosis.nearest.starting import take_weights
from vgsim.diagnosis.pytorch.sketches import LISTS
from vgsim.diagnosis.recorded_form import (
    WeightedModule,
    called,
    found_in,
)
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.layers.parts import NORMS, OUTPUTS, SKIPS
from vgsim.nn.layers.parts.skips import SkipPlace
from vgsim.nn.roles import Role

MOSTLY = 0.6
"""Share of the hidden stages that have something for the model to have it in all. Ours."""


DENSE = {"linear", "dense", "lazylinear"}
"""What libraries call a dense layer, which is what a stage of a simulated network is."""


def take_layers(m: Modeling) -> None:
    form = m.form
    hidden = form.hidden
    widths = Counter(it.units for it in hidden)
    width = widths.most_common(1)[0][0] if widths else form.weights[-1].inputs
    m.take({"network.kind": "layers", "network.depth": len(hidden), "network.width": width})
    _say_of_layers(m, hidden, width, len(widths))
    _take_activation(m, hidden)
    _take_norm(m, hidden)
    _take_skip(m, hidden)
    if hidden:
        take_weights(m, hidden)
    else:
        take_weights(m, form.weights)
    _take_output(m)


def _say_of_layers(m: Modeling, hidden: Sequence[WeightedModule], width: int, unlike: int) -> None:
    count = len(hidden)
    layers = f"{count} hidden layers" if count != 1 else "1 hidden layer"
    told = f"{layers} of {m.spec.network.width} units"
    if unlike > 1:
        told += ", the most common width"
    if m.spec.network.width != width:
        told += f" ({width} are recorded, more than a simulated layer has)"
    if m.spec.network.depth != count:
        told = f"{m.spec.network.depth} of {told}"
    m.say(f"Taken over: {told}.")
    for kind in dict.fromkeys(it.kind for it in hidden):
        if called(kind) in DENSE or found_in(ACTIVATIONS, kind) is not None:
            continue
        what = "attention" if "attention" in kind.lower() else kind
        m.say(f"{what} has no counterpart: a dense layer stands for it.")
    held = [
        kind for name, kind in m.run.modules.items()
        if kind not in LISTS and "att" in f"{name} {kind}".lower()
    ]  # fmt: skip
    if held:
        m.say("Attention has no counterpart: a dense layer stands for each of its projections.")
    tables = {stage.kind for stage in m.run.stage_list if "Embedding" in stage.kind}
    if tables:
        m.say("The embedding is left out: inputs come as numbers.")


def _take_activation(m: Modeling, hidden: Sequence[WeightedModule]) -> None:
    common = m.form.common_activation()
    if common is not None:
        m.take({"network.activation": common.name})
        m.say(f"Activation: {common.label}, as most of its modules are.")
        return
    entry = activation_by_slopes(m.form, m.row)
    if entry is None:
        m.take({"network.activation": OUTPUTS.entry("identity").name})
        m.say("No activation was recorded: the model has none.")
        return
    m.take({"network.activation": entry.name})
    m.say(f"Activation: no module is one; by what it does to signal and gradient {entry.label}.")


def _take_norm(m: Modeling, hidden: Sequence[WeightedModule]) -> None:
    stages = m.run.stage_list
    found = [entry for stage in stages if (entry := m.form.norm(stage)) is not None]
    if not found or not hidden:
        return
    near = [it for it in hidden if _norm_beside(m, it)]
    if len(near) < MOSTLY * len(hidden):
        m.say(
            f"{len(found)} normalizations are left out: they are beside {len(near)} of "
            f"{len(hidden)} hidden layers."
        )
        return
    name = Counter(entry.name for entry in found).most_common(1)[0][0]
    after = sum(1 for it in hidden if _norm_beside(m, it) == "after")
    position = "after" if after > len(near) / 2 else "before"
    m.take({"network.norm": name, "network.norm_position": position})
    told = NORMS.entry(name).label.lower()
    if len(found) < MOSTLY * len(hidden):
        told += f", in every layer; {len(found)} are recorded for {len(hidden)}"
    m.say(f"Normalization: {told}.")


def _norm_beside(m: Modeling, module: WeightedModule) -> str:
    """ "before" when a normalization follows the matrix at once, or comes before it; "after"
    when it follows the activation; "" when there is none."""
    stages = m.run.stage_list
    for target in m.form.after(module.place):
        if m.form.norm(stages[target]) is not None:
            return "before"
        bends = m.form.activation(stages[target]) is not None
        if bends and any(m.form.norm(stages[it]) is not None for it in m.form.after(target)):
            return "after"
    if any(m.form.norm(stages[source]) is not None for source in m.form.before(module.place)):
        return "before"
    return ""


def _take_skip(m: Modeling, hidden: Sequence[WeightedModule]) -> None:
    form = m.form
    covered = [it for it in hidden if form.crossed(it.place, it.place)]
    if not covered:
        return
    if len(covered) < MOSTLY * len(hidden) or _is_bare(hidden, covered):
        m.say(
            f"Skip paths are left out: they lead around {len(covered)} of {len(hidden)} hidden "
            "layers only."
        )
        return
    spans = Counter(
        count
        for source, target in form.edges
        if (count := sum(1 for it in hidden if source < it.place < target)) > 0
        and form.crossed(source + 1, target - 1)
    )
    every = spans.most_common(1)[0][0] if spans else 1
    entry = _skip_entry(m, hidden)
    m.take({"network.skip": entry.name, "network.skip_every": every})
    stages = "every stage" if every == 1 else f"every {every} stages"
    m.say(f"Skip paths around {stages}: {entry.label.lower()}.")


def _is_bare(hidden: Sequence[WeightedModule], covered: Sequence[WeightedModule]) -> bool:
    """Whether a part that repeats has no way around it in most of the blocks: all goes through."""
    ways = {it.name for it in covered}
    parts: dict[str, list[bool]] = {}
    for it in hidden:
        parts.setdefault(re.sub(r"\d+", "*", it.name), []).append(it.name in ways)
    return any(len(found) > 1 and sum(found) < len(found) / 2 for found in parts.values())


def _skip_entry(m: Modeling, hidden: Sequence[WeightedModule]) -> Entry[type]:
    """By where the sums go: into an activation, a normalization, or the next matrix."""
    stages = m.run.stage_list
    places: Counter[SkipPlace] = Counter()
    for source, target in m.form.edges:
        if not any(source < it.place < target for it in hidden):
            continue
        if m.form.activation(stages[target]) is not None:
            places[SkipPlace.BEFORE_ACTIVATION] += 1
        elif m.form.norm(stages[target]) is not None:
            places[SkipPlace.AFTER_WEIGHTS] += 1
        else:
            places[SkipPlace.LAST] += 1
    wanted = places.most_common(1)[0][0]
    for entry in SKIPS:
        if not entry.value.absent and entry.value.place is wanted:
            return entry
    return SKIPS.entry(SKIPS.cast(Role.WAY_AROUND))


def _take_output(m: Modeling) -> None:
    """What the output ends in, where that is a module of its own."""
    last = m.run.stage_list[-1]
    entry = found_in(OUTPUTS, last.kind)
    weights = m.form.weights
    if entry is not None and weights and m.form.first[last.module] > weights[-1].place:
        m.take({"network.output": entry.name})
