"""Where the moments of a pass and the steps of a training lie on the timeline, and their words.

Pixels along one axis; no Qt. A deep network has more moments than pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vgsim.core.numbers import magnitude
from vgsim.measure.frame import Frame, RecordedSteps
from vgsim.measure.subject import Subject
from vgsim.nn.moments import Moment, Phase
from vgsim.text.moments import moment_title
from vgsim.text.stages import NUMBERED, quantity

START = 9.0
BOX = 22.0
GAP = 4.0
"""Widths of the start, of the loss and of the update, and what lies between two sections."""
LEAST_CELL = 5.0
"""Narrower moments are painted pixel by pixel."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Section:
    """Moments of one kind next to each other: positions ``first`` to ``last``, in pixels."""

    phase: Phase
    first: int
    last: int
    left: float
    right: float

    @property
    def cell(self) -> float:
        """Width of one moment."""
        return (self.right - self.left) / (self.last - self.first + 1)

    def span(self, position: int) -> tuple[float, float]:
        """(left, right) of a moment."""
        left = self.left + (position - self.first) * self.cell
        return left, left + self.cell


@dataclass(frozen=True, slots=True)
class PassTrack:
    """The moments of one pass from ``left`` to ``right``, in the order in which they happen."""

    stages: int
    sections: tuple[Section, ...]

    @property
    def last(self) -> int:
        """Position of the update."""
        return 2 * self.stages + 2

    def section(self, position: int) -> Section:
        """The section of a moment."""
        return next(part for part in self.sections if position <= part.last)

    def span(self, position: int) -> tuple[float, float]:
        """(left, right) of a moment."""
        return self.section(position).span(position)

    def position(self, x: float) -> int:
        """The moment at ``x``, or the nearest one."""
        part = min(self.sections, key=lambda part: max(part.left - x, x - part.right))
        at = part.first + int((x - part.left) // part.cell)
        return min(max(at, part.first), part.last)


def lay_out_pass(stages: int, left: float, right: float) -> PassTrack:
    """The track of a pass through ``stages``; forward and backward share the room evenly."""
    half = max((right - left - START - 2 * BOX - 4 * GAP) / 2, 1.0)
    sections: list[Section] = []
    first, x = 0, left
    for phase, count, width in (
        (Phase.START, 1, START),
        (Phase.FORWARD, stages, half),
        (Phase.LOSS, 1, BOX),
        (Phase.BACKWARD, stages, half),
        (Phase.UPDATE, 1, BOX),
    ):
        sections.append(Section(phase, first, first + count - 1, x, x + width))
        first = first + count
        x = x + width + GAP
    return PassTrack(stages, tuple(sections))


def pixel_moments(part: Section) -> NDArray[np.intp]:
    """(pixels,) the position at the middle of each whole pixel of a section."""
    middles = np.arange(max(round(part.right - part.left), 1)) + 0.5
    count = part.last - part.first + 1
    at: NDArray[np.intp] = np.minimum(middles / part.cell, count - 1).astype(np.intp)
    return at + part.first


@dataclass(frozen=True, slots=True)
class StepTrack:
    """Steps 0 to ``latest`` from ``left`` to ``right``."""

    latest: int
    left: float
    right: float

    def x(self, step: int) -> float:
        """Where a step is."""
        return self.left + (self.right - self.left) * step / max(self.latest, 1)

    def step(self, x: float) -> int:
        """The step nearest to ``x``."""
        share = (x - self.left) / max(self.right - self.left, 1.0)
        return min(max(round(share * self.latest), 0), self.latest)


def moment_at(position: int, stages: int) -> Moment:
    """The moment at a position of a pass."""
    if position in (0, stages + 1, 2 * stages + 2):
        phase = {0: Phase.START, stages + 1: Phase.LOSS}.get(position, Phase.UPDATE)
        return Moment(phase, 0, position)
    if position <= stages:
        return Moment(Phase.FORWARD, position, position)
    return Moment(Phase.BACKWARD, 2 * stages + 2 - position, position)


def gradient_at(frame: Frame) -> Floats:
    """(2 N + 3,) RMS of ∂J/∂h by position; nan where a moment has none, or is not reached."""
    found = np.full(2 * frame.stages + 3, np.nan)
    found[frame.stages + 2 : -1] = frame.dh_rms[::-1]
    return found


def moment_name(moment: Moment, subject: Subject = NUMBERED) -> str:
    """What a moment makes, in a few letters: "h₃", "∂J/∂h₃", "J", or "h of layers.3"."""
    made = {Phase.FORWARD: "h", Phase.BACKWARD: "∂J/∂h"}.get(moment.phase)
    if made:
        return quantity(made, moment.stage, subject)
    if moment.phase is Phase.LOSS:
        return "J"
    return str(moment.phase)


def moment_tip(position: int, frame: Frame) -> tuple[str, str, str]:
    """A moment's title, its number, and the gradient that it has reached, if any."""
    moment = moment_at(position, frame.stages)
    title = moment_title(moment, frame.stages, frame.subject)
    number = f"Moment {position:,} of {2 * frame.stages + 2:,}"
    size = float(gradient_at(frame)[position])
    if np.isnan(size):
        reached = ""
    else:
        reached = f"RMS {moment_name(moment, frame.subject)} = {magnitude(size)}"
    return title, number, reached


def section_labels(phase: Phase, stages: int, recurrent: bool = False) -> tuple[str, ...]:
    """Names of a section, the longest first."""
    if phase is Phase.START:
        return ("",)
    if phase in (Phase.LOSS, Phase.UPDATE):
        if phase is Phase.LOSS:
            return ("J",)
        return ("update",)
    first = 1
    last = stages - 1 if recurrent else stages
    if phase is Phase.BACKWARD:
        first, last = last, first
    if first != last:
        numbers = f"{first:,}…{last:,}"
    else:
        numbers = f"{first}"
    if not recurrent:
        kind = "stages" if stages > 1 else "stage"
        return f"{phase}, {kind} {numbers}", f"{phase} {numbers}", str(phase)
    forward = phase is Phase.FORWARD
    if forward:
        places = f"timesteps {numbers}, readout"
    else:
        places = f"readout, timesteps {numbers}"
    return f"{phase}, {places}", f"{phase} {numbers}", str(phase)


def step_tip(step: int, first_kept: int, latest: int) -> tuple[str, str]:
    """A step's name and how one gets there."""
    if step >= first_kept:
        return f"Step {step:,} of {latest:,}", "Kept: one can go there at once"
    return f"Step {step:,} of {latest:,}", "Run again from an earlier kept state"


@dataclass(frozen=True, slots=True)
class CellTrack:
    """A cell for each of ``rows`` recorded steps, or for several neighbors where room is short."""

    rows: int
    left: float
    right: float

    @property
    def per_cell(self) -> int:
        """Steps of one cell."""
        most = max(int((self.right - self.left) / LEAST_CELL), 1)
        return max(-(-self.rows // most), 1)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return -(-self.rows // self.per_cell)

    def span(self, cell: int) -> tuple[float, float]:
        """(left, right) of a cell."""
        width = (self.right - self.left) / max(self.cells, 1)
        return self.left + cell * width, self.left + (cell + 1) * width

    def cell(self, row: int) -> int:
        """The cell of a step."""
        return row // self.per_cell

    def row(self, x: float) -> int:
        """The step at ``x``, or the nearest one."""
        share = (x - self.left) / max(self.right - self.left, 1.0)
        return min(max(int(share * self.cells * self.per_cell), 0), self.rows - 1)

    def values(self, gradient: NDArray[np.floating]) -> Floats:
        """(cells,) the largest gradient of each cell's steps; nan where none was recorded."""
        padded = np.full(self.cells * self.per_cell, np.nan)
        padded[: self.rows] = gradient
        table = padded.reshape(self.cells, self.per_cell)
        largest: Floats = np.fmax.reduce(table, axis=1)
        return largest


def labeled_rows(steps: NDArray[np.int64], every: int, room: int) -> tuple[int, ...]:
    """Which of the recorded steps to name: the first, the last, and those nearest to round numbers.

    ``every`` is how far recorded steps are apart, ``room`` how many names there is room for.
    """
    first, last = int(steps[0]), int(steps[-1])
    if room < 2 or first == last:
        return (0,)
    unit = max(every, 1)
    least = max((last - first) / (room - 1) / unit, 1)
    power = 10 ** int(np.log10(least))
    apart = unit * next(by * power for by in (1, 2, 5, 10) if by * power >= least)
    wanted = [first, *range((first // apart + 1) * apart, last, apart), last]
    return tuple(dict.fromkeys(int(np.abs(steps - number).argmin()) for number in wanted))


def cell_tip(track: CellTrack, row: int, steps: RecordedSteps) -> tuple[str, str]:
    """The recorded steps of the cell with ``row``, and how much gradient came to a stage."""
    first = track.cell(row) * track.per_cell
    last = min(first + track.per_cell, track.rows) - 1
    size = float(np.fmax.reduce(steps.gradient[first : last + 1]))
    reached = "gradient not recorded" if np.isnan(size) else f"RMS ∂J/∂h {magnitude(size)}"
    if first == last:
        return f"Recorded step {int(steps.steps[row]):,}, {row + 1:,} of {track.rows:,}", reached
    numbers = f"{int(steps.steps[first]):,} to {int(steps.steps[last]):,}"
    return f"Recorded steps {numbers}", f"largest {reached}" if size == size else reached
