"""The modules of a network as a tree, and what is said of one of them. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import about, factor, magnitude, percent, plain, significant, typed
from vgsim.measure.frame import Frame
from vgsim.measure.module_figures import ModuleFigures, ParameterFigure
from vgsim.measure.subject import Subject
from vgsim.text.table import hop_factor

NOT_RECORDED = "not recorded"
NOT_REACHED = "not reached yet"
NONE = "none"
PARAMETERS_MOST = 8
"""Parameters that are listed of one module; more are counted."""


@dataclass(slots=True)
class ModuleNode:
    """A module: ``name`` is the whole one, ``label`` that within ``parent``.

    ``stages`` are those of all that it holds, in order; ``children`` and ``parent`` are places in
    the list of all modules, −1 for none.
    """

    name: str
    label: str
    kind: str
    parent: int
    stages: list[int]
    children: list[int]

    @property
    def stage(self) -> int:
        """The stage whose output is that of the module."""
        return self.stages[-1]


class ModuleTree:
    """All modules that hold a stage, those at the top in :attr:`top`; in the order of execution."""

    def __init__(self, subject: Subject) -> None:
        self.nodes: list[ModuleNode] = []
        self.top: list[int] = []
        self._places: dict[str, int] = {}
        self._leaves: list[int] = []
        for stage, named in enumerate(subject.named, start=1):
            held = self._holder(named.parent, subject) if named.parent else -1
            leaf = self._places.get(named.name, -1)
            if leaf < 0:
                leaf = self._add(named.name, named.kind, held)
            self._leaves.append(leaf)
            while leaf >= 0:
                self.nodes[leaf].stages.append(stage)
                leaf = self.nodes[leaf].parent

    def _holder(self, name: str, subject: Subject) -> int:
        """The place of a module that holds others, made with all around it when it is new."""
        if name in self._places:
            return self._places[name]
        around = name.rpartition(".")[0]
        parent = self._holder(around, subject) if around else -1
        return self._add(name, subject.holders.get(name, ""), parent)

    def _add(self, name: str, kind: str, parent: int) -> int:
        place = len(self.nodes)
        label = name
        if parent >= 0:
            label = name.removeprefix(self.nodes[parent].name + ".")
        self.nodes.append(ModuleNode(name, label, kind, parent, [], []))
        self._places[name] = place
        (self.nodes[parent].children if parent >= 0 else self.top).append(place)
        return place

    def place(self, name: str) -> int:
        """The place of a module by its whole name; −1 where there is none."""
        return self._places.get(name, -1)

    def leaf(self, stage: int) -> int:
        """The place of the module that is ``stage`` itself; −1 where there is no such stage."""
        if 1 <= stage <= len(self._leaves):
            return self._leaves[stage - 1]
        return -1

    def ancestors(self, place: int) -> list[int]:
        """What holds a module, innermost first."""
        found = []
        place = self.nodes[place].parent
        while place >= 0:
            found.append(place)
            place = self.nodes[place].parent
        return found

    def kind_of(self, place: int) -> str:
        """The kind of a module, "6 × Block" where it numbers so many of one kind alone."""
        node = self.nodes[place]
        children = [self.nodes[child] for child in node.children]
        kinds = {child.kind for child in children}
        numbered = all(child.label.isdigit() for child in children)
        if len(children) > 1 and numbered and len(kinds) == 1 and "" not in kinds:
            return f"{len(children)} × {kinds.pop()}"
        return node.kind

    def matching(self, text: str) -> frozenset[int]:
        """Modules whose name or kind has ``text`` in it, with all that holds them."""
        wanted = text.strip().casefold()
        found = set()
        for place, node in enumerate(self.nodes):
            if wanted in node.name.casefold() or wanted in node.kind.casefold():
                found.add(place)
                found.update(self.ancestors(place))
        return frozenset(found)

    def first_match(self, text: str) -> int:
        """The first module that ``text`` finds by itself; −1 for none."""
        wanted = text.strip().casefold()
        for place, node in enumerate(self.nodes):
            if wanted and (wanted in node.name.casefold() or wanted in node.kind.casefold()):
                return place
        return -1

    def sibling(self, place: int) -> tuple[int, str]:
        """The module that is the same in another numbered block, and the name of that block.

        The first such block, of the first one itself the last; (−1, "") where there is none.
        """
        parts = self.nodes[place].name.split(".")
        for at, part in enumerate(parts):
            if not part.isdigit():
                continue
            others = []
            for node in self._beside(".".join(parts[:at])):
                own = node.name.split(".")
                twin = self.place(".".join([*own[: at + 1], *parts[at + 1 :]]))
                if len(own) == at + 1 and own[at].isdigit() and own[at] != part and twin >= 0:
                    others.append((int(own[at]), twin, node.name))
            if others:
                below = [other for other in others if other[0] < int(part)]
                _, twin, block = min(below) if below else max(others)
                return twin, block
        return -1, ""

    def _beside(self, holder: str) -> list[ModuleNode]:
        children = self.nodes[self.place(holder)].children if holder else self.top
        return [self.nodes[child] for child in children]


class Line(NamedTuple):
    """A line of the card below the tree: ``faint`` where there is no number."""

    words: str
    value: str
    faint: bool = False


def value_words(value: float, reached: bool) -> str:
    """The number at a module: nothing before the pass has come to it."""
    if math.isnan(value):
        return NOT_RECORDED if reached else ""
    return magnitude(value)


def values_of(tree: ModuleTree, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """RMS of ∂J/∂output of every module, and whether the pass has come to it."""
    at = np.array([node.stage - 1 for node in tree.nodes], np.intp)
    return np.asarray(frame.dh_rms, np.float64)[at], at + 1 >= frame.backward_from


def head_words(frame: Frame) -> str:
    """How many parameters, which optimizer, how large a batch, as far as it is known."""
    subject = frame.subject
    parts = []
    figures = frame.measurement(ModuleFigures)
    if figures is not None and figures.parameters:
        parts.append(f"{_count(sum(it.values for it in figures.parameters))} parameters")
    rate = "" if math.isnan(subject.learning_rate) else typed(subject.learning_rate)
    if subject.optimizer:
        parts.append(f"{subject.optimizer} {rate}".strip())
    elif rate:
        parts.append(f"rate {rate}")
    if subject.batch:
        parts.append(f"batch {subject.batch:,}")
    return " · ".join(parts)


def _count(values: int) -> str:
    """ "812", "27 k", "1.21 M"."""
    for size, letter in ((10**9, " G"), (10**6, " M"), (10**3, " k")):
        if values >= size:
            return significant(values / size, 3) + letter
    return str(values)


def module_lines(tree: ModuleTree, place: int, frame: Frame) -> list[Line]:
    """What is known of a module: its factor, its output, what is not finite, what is saturated."""
    node = tree.nodes[place]
    stage = node.stage
    reached = stage >= frame.backward_from
    lines = []
    first = node.stages[0]
    if first > 1 and stage - first + 1 == len(node.stages):
        hop = factor(hop_factor(frame, first - 1, stage))
        words = hop or (NOT_REACHED if first - 1 < frame.backward_from else NOT_RECORDED)
        lines.append(Line("Hands on", words, not hop))
    lines.append(_output(frame, stage))
    figures = frame.measurement(ModuleFigures)
    if figures is not None:
        lines.append(_not_finite(figures, stage, reached))
        share = float(figures.saturated[stage - 1])
        known = not math.isnan(share)
        lines.append(Line("Saturated", percent(share) if known else NOT_RECORDED, not known))
    return lines


def _output(frame: Frame, stage: int) -> Line:
    shape = " × ".join(map(str, frame.subject.named[stage - 1].shape))
    rms = float(frame.h_rms[stage - 1])
    if math.isnan(rms):
        size = f"RMS {NOT_RECORDED}" if stage <= frame.forward_to else ""
    else:
        size = f"RMS {plain(rms, 2)}"
    words = ", ".join(filter(None, (shape, size)))
    return Line("Output", words or NOT_REACHED, not words)


def _not_finite(figures: ModuleFigures, stage: int, reached: bool) -> Line:
    """Of ∂J/∂output: the share that is exactly 0, and how many values are inf and nan."""
    at = stage - 1
    counts = [float(of[at]) for of in (figures.zero, figures.inf, figures.nan)]
    words = "Exactly 0 · inf · nan"
    if any(map(math.isnan, counts)):
        return Line(words, NOT_RECORDED if reached else NOT_REACHED, True)
    if not any(counts):
        return Line(words, NONE)
    whole = float(figures.values[at])
    share = percent(counts[0] / whole) if whole > 0 else about(counts[0])
    if not counts[0]:
        share = "0"
    return Line(words, " · ".join([share, *(f"{count:,.0f}" for count in counts[1:])]))


def parameter_lines(tree: ModuleTree, place: int, frame: Frame) -> list[Line]:
    """‖∂J/∂W‖ of the parameters of a module, and of the same one in another block."""
    figures = frame.measurement(ModuleFigures)
    if figures is None:
        return []
    own = parameters_of(tree, place, figures.parameters)
    name = tree.nodes[place].name + "."
    lines = [_norm(it.name.removeprefix(name), it.gradient, frame) for it in own]
    if len(lines) > PARAMETERS_MOST:
        rest = len(lines) - PARAMETERS_MOST + 1
        lines = [*lines[: PARAMETERS_MOST - 1], Line(f"and {rest} more", "", True)]
    if len(own) > 1:
        lines.append(_norm("all together", _together(own), frame))
    twin, block = tree.sibling(place)
    if own and twin >= 0:
        others = parameters_of(tree, twin, figures.parameters)
        if others:
            lines.append(_norm(f"the same in {block}", _together(others), frame))
    return lines


def parameters_of(
    tree: ModuleTree, place: int, parameters: Sequence[ParameterFigure]
) -> list[ParameterFigure]:
    """Those of a module and of all that it holds."""
    name = tree.nodes[place].name
    return [it for it in parameters if it.module == name or it.module.startswith(name + ".")]


def _together(parameters: Sequence[ParameterFigure]) -> float:
    """L2 norm of all of them, of those that are known; nan where none is."""
    known = [it.gradient for it in parameters if not math.isnan(it.gradient)]
    return math.hypot(*known) if known else math.nan


def _norm(words: str, value: float, frame: Frame) -> Line:
    if math.isnan(value):
        return Line(words, NOT_RECORDED if frame.backward_from == 1 else NOT_REACHED, True)
    return Line(words, magnitude(value))
