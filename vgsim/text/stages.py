"""What stages are called: by number, by timestep, or by a name of their own.

Everything that shows frames asks here, with the :class:`Subject` of its frame.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from vgsim.core.numbers import subscript
from vgsim.measure.subject import NamedStage, Subject
from vgsim.nn.losses import LOSSES
from vgsim.text.specs import lowered

NUMBERED = Subject()
"""A network of layers that are counted."""
READOUT = "readout"
LONGEST = 18
"""Letters of a name where there is little room."""
LONGEST_NAME = 100
"""Letters of a name anywhere: those of real modules have fewer."""
_NUMBER = re.compile(r"(\w+=)?\d+")
"""The part of a name that numbers a block or a timestep: "3", "t=3"."""


def place_name(stage: int, stages: int, subject: Subject = NUMBERED) -> str:
    """What a stage is called: "stage 3", "timestep 3", "readout", "layers.3.mlp.0"."""
    if subject.named:
        if not 1 <= stage <= len(subject.named):
            return "the input"
        return shown_name(subject.named[stage - 1].name)
    if not subject.recurrent:
        return f"stage {stage}"
    if stage == stages:
        return READOUT
    return f"timestep {stage}"


@lru_cache(maxsize=4096)
def shown_name(name: str) -> str:
    """A name from outside as it may be shown: of a very long one the end, � for what is no letter.

    Marks that turn the direction of writing are none.
    """
    letters = "".join(letter if letter.isprintable() else "�" for letter in name)
    if len(letters) > LONGEST_NAME:
        return f"…{letters[1 - LONGEST_NAME :]}"
    return letters


def place_among(stage: int, stages: int, subject: Subject = NUMBERED) -> str:
    """A stage among the others: "stage 3 of 7", "timestep 3 of 8", "head, 45 of 45"."""
    name = place_name(stage, stages, subject)
    if subject.named:
        return f"{name}, {stage} of {stages}"
    if not subject.recurrent:
        return f"{name} of {stages}"
    if stage == stages:
        return name
    return f"{name} of {stages - 1}"


def above_name(stage: int, stages: int, subject: Subject = NUMBERED) -> str:
    """What hands its gradient to a stage: the next one, "lstm.layer 1.t=1 and 63 more"."""
    heard = subject.heard.get(stage, (stage + 1,))
    first = place_name(heard[0], stages, subject)
    if len(heard) == 1:
        return first
    return f"{first} and {len(heard) - 1:,} more"


def stage_name(stage: int, subject: Subject = NUMBERED) -> str:
    """A stage in a readout: its activation, "h₃", or its own name."""
    if subject.named:
        return place_name(stage, len(subject.named), subject)
    return "h" + subscript(stage)


def short_name(stage: int, subject: Subject = NUMBERED) -> str:
    """A stage where there is little room: "h₃", or as much of the end of its name as fits."""
    return clipped_name(stage_name(stage, subject))


def clipped_name(name: str) -> str:
    """As much of the end of a name as there is room for, from the beginning of a part on."""
    if len(name) <= LONGEST:
        return name
    parts = name.split(".")
    while len(parts) > 1 and len(".".join(parts)) >= LONGEST:
        parts.pop(0)
    return f"…{'.'.join(parts)[1 - LONGEST :]}"


def quantity(of: str, stage: int, subject: Subject = NUMBERED) -> str:
    """A quantity of a stage: "∂J/∂h₃", or "∂J/∂h of layers.3.mlp.0"."""
    if subject.named:
        return f"{of} of {stage_name(stage, subject)}"
    return of + subscript(stage)


def of_stages(stages: int, subject: Subject) -> str:
    """How many stages there are, behind the number of one: "of 6 (7: readout)"."""
    if not subject.recurrent and not subject.named:
        return f"of {stages:,}"
    most = stages - 1 if subject.recurrent else stages
    return f"of {most:,} ({stages:,}: {place_name(stages, stages, subject)})"


def own_name(stage: int, subject: Subject) -> str:
    """The name of a stage with what it is, "layers.3.mlp.0 (Linear)"; empty of a numbered one."""
    if not 1 <= stage <= len(subject.named):
        return ""
    name = place_name(stage, len(subject.named), subject)
    kind = shown_name(subject.named[stage - 1].kind)
    return f"{name} ({kind})" if kind else name


def loss_words(subject: Subject) -> str:
    """What J is: "J, softmax cross-entropy"; "J" where it is not known."""
    loss = subject.loss
    if loss in LOSSES:
        loss = lowered(LOSSES.entry(loss).label)
    return ", ".join(filter(None, ("J", loss)))


def what_it_does(stage: int, subject: Subject) -> str:
    """What a named stage does, as the letters of a function: "Linear"; f where it is not known."""
    kind = subject.named[stage - 1].kind
    return "".join(letter for letter in kind if letter.isalnum())[:LONGEST] or "f"


class StageGroup(NamedTuple):
    """Neighboring stages, from 1, that one label of an axis stands for.

    ``word`` is what blocks are numbered by, "layers" of "layers.3", empty of a stage by itself;
    ``series`` are blocks of one word beside each other.
    """

    first: int
    last: int
    word: str
    number: str
    series: int

    @property
    def label(self) -> str:
        """The whole name: "layers.3", "head"."""
        return f"{self.word}.{self.number}" if self.word else self.number

    @property
    def middle(self) -> float:
        """Where the label stands."""
        return (self.first + self.last) / 2


@lru_cache(maxsize=8)
def stage_groups(named: tuple[NamedStage, ...]) -> tuple[StageGroup, ...]:
    """Labels of an axis of named stages: "embed", "layers.0", "layers.1", "head".

    A label ends behind the first number of the name, as a block has one; what all names begin with
    is left out.
    """
    names = [shown_name(stage.name).split(".") for stage in named]
    common = _common(names)
    while common and any(_NUMBER.fullmatch(parts[common]) for parts in names):
        common -= 1  # numbers keep the word that they count
    groups: list[StageGroup] = []
    for stage, parts in enumerate(names, 1):
        word, number = _block(parts[common:])
        before = groups[-1] if groups else None
        if before is not None and (before.word, before.number) == (word, number):
            groups[-1] = before._replace(last=stage)
            continue
        goes_on = before is not None and word and before.word == word
        series = before.series if before is not None and goes_on else len(groups)
        groups.append(StageGroup(stage, stage, word, number, series))
    return tuple(_without_pieces(groups))


def _without_pieces(groups: list[StageGroup]) -> list[StageGroup]:
    """One group of each block: the longest where the order of the stages goes to and fro."""
    longest: dict[tuple[str, str], StageGroup] = {}
    for group in groups:
        key = group.word, group.number
        known = longest.get(key)
        if known is None or group.last - group.first > known.last - known.first:
            longest[key] = group
    return [group for group in groups if longest[group.word, group.number] is group]


def _common(names: Sequence[Sequence[str]]) -> int:
    """How many parts all names begin with; each keeps one part at least."""
    most = min((len(parts) for parts in names), default=1) - 1
    for at in range(most):
        if len({parts[at] for parts in names}) > 1:
            return at
    return most


def _block(parts: Sequence[str]) -> tuple[str, str]:
    """(words, number) up to the first number, ("layers", "3"); ("", name) where there is none."""
    for at, part in enumerate(parts):
        if at and _NUMBER.fullmatch(part):
            return ".".join(parts[:at]), part
    return "", ".".join(parts)
