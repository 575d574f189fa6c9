"""Frames of a recording: what a training elsewhere told of itself, moment by moment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vgsim.core.container import BadContainer
from vgsim.measure.collectors import collect_recorded, not_recorded
from vgsim.measure.frame import Frame, Growth, RecordedSteps
from vgsim.measure.recording.anomalies import RecordedAnomalies
from vgsim.measure.recording.history import RecordedHistory
from vgsim.measure.recording.hops import parts_of_hops
from vgsim.measure.recording.layout import Indices, RecordedLayout, layout_of, opened_layers
from vgsim.measure.recording.passed import RecordedMoment, RecordedPass
from vgsim.measure.request import NOTHING, Request
from vgsim.measure.subject import Subject
from vgsim.nn.arrays import quiet
from vgsim.nn.moments import Moment, Phase, moments_of_pass
from vgsim.record.reader import RecordedRun

NAN = float("nan")
KEPT = 8
"""Recorded steps whose figures are kept, so that going to and fro reads none again."""
LOOKED_AT = 100
"""Recorded steps, the first ones, among which one with a gradient is looked for."""
NEVER = frozenset(
    {
        "sample", "edges", "weights", "accuracy", "chance_loss", "formula", "lost",
        "errors",
    }
)  # fmt: skip
"""What no recording has of a frame."""


class RecordingSource:
    """Frames of a recorded run, finished or growing; ``step`` is that of the recording.

    Stages are numbered 1 to N so that the gradient of the first recorded step went from N to 1; one
    that it never came to stands where it was executed, and has nan. The figures of a frame are of
    the nearest recorded step at or before the one that was asked for. BadContainer when nothing
    was recorded yet, or when the file cannot be read.
    """

    def __init__(self, run: RecordedRun) -> None:
        self.run = run
        self._check()
        self._passes: OrderedDict[int, RecordedPass] = OrderedDict()
        self._subject = Subject()
        self._settle()
        self._at = 0
        self.moment: Moment = self.timeline[0]

    def _check(self) -> None:
        """BadContainer when there is nothing to show."""
        if not len(self.run.steps) or not self.run.stage_list:
            raise BadContainer(
                self.run.path,
                "nothing of a pass is recorded yet: it can be shown once the first step is in it",
            )

    def _settle(self) -> None:
        """Find out which stages there are."""
        self.layout: RecordedLayout = layout_of(self.run, self.run.at_row(_first_whole(self.run)))
        self.timeline: Sequence[Moment] = moments_of_pass(self.layout.count)
        self._passes.clear()
        self._history = RecordedHistory(self.run, self.layout)
        self._anomalies = RecordedAnomalies(self.run, self.layout)
        self._declared = len(self.run.stage_list), len(self.run.parameter_list)
        self._opened = opened_layers(self.run)
        self._parts = parts_of_hops(self.run, self.layout)
        self.lacks = _lacks(self.run)
        if not any(self._parts):
            self.lacks |= {"cuts"}
        self._edition = self.run.edition
        self._number()

    def _number(self) -> None:
        """The rows of the recorded steps in their order; of a step that came twice the last."""
        numbers, last = np.unique(self.run.steps[::-1], return_index=True)
        self._steps = numbers
        self._rows: Indices = len(self.run.steps) - 1 - last
        self._history.extend(self._rows)
        subject = replace(self.layout.subject, decades=self._history.decades())
        if subject != self._subject:
            self._subject = subject
        self._mark()

    def _mark(self) -> None:
        """What the frames say of all recorded steps."""
        whole = self._history.view(int(self._steps[-1]) + 1)
        row = np.searchsorted(whole.steps, self._steps + 1, side="right") - 1
        stage = int(np.argmax(~np.isnan(whole.dh_rms).all(axis=0)))
        gradient = whole.dh_rms[row, stage]
        gradient.setflags(write=False)
        about = self.run.about
        every = about.get("every", "")
        self._track = RecordedSteps(
            self._steps,
            gradient,
            whole,
            stage + 1,
            framework=about.get("framework", ""),
            edition=self.run.edition,
            every=int(every) if every.isdecimal() and len(every) < 10 else 0,
            growth=self._growth(),
        )

    def _growth(self) -> Growth:
        if self.run.finished:
            return Growth.FINISHED
        return Growth.GROWING if self.run.growing else Growth.ENDED

    @property
    def stages(self) -> int:
        """Number N of stages."""
        return self.layout.count

    @property
    def trains(self) -> bool:
        """Never: what was not recorded cannot be had."""
        return False

    @property
    def subject(self) -> Subject:
        """What the recording tells of itself."""
        return self._subject

    def passes(self, steps: int, every: int) -> list[int]:
        """Recorded steps up to ``steps``, ``every`` so many apart at least, and the last of them.

        The first recorded one alone where all come later.
        """
        known: list[int] = self._steps.tolist()
        there = [step for step in known if step <= steps] or known[:1]
        found = there[:1]
        for step in there[1:]:
            if step >= found[-1] + every:
                found.append(step)
        if found[-1] != there[-1]:
            found.append(there[-1])
        return found

    @property
    def growing(self) -> bool:
        """Whether more steps may come, or the file may come back."""
        if self._edition != self.run.edition:
            return True
        return self._track.growth in (Growth.GROWING, Growth.GONE)

    @property
    def steps(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """(R,) The recorded steps, in their order."""
        return self._steps

    @property
    def step(self) -> int:
        """Updates made: those before the present pass, and at its update that one, too."""
        return int(self._steps[self._at]) + (self.moment.phase is Phase.UPDATE)

    def advance(self) -> Moment:
        """Go one moment on; beyond an update to the next recorded step, where there is one."""
        position = self.moment.position + 1
        if position < len(self.timeline):
            self.moment = self.timeline[position]
        elif self._at + 1 < len(self._steps):
            self._at += 1
            self.moment = self.timeline[1]
        return self.moment

    def seek(self, step: int, position: int, stop: Callable[[], bool] | None = None) -> Moment:
        """Go to a moment of the recorded pass after ``step`` updates, or of the nearest before.

        ValueError when a pass has no such moment.
        """
        if not 0 <= position < len(self.timeline):
            raise ValueError(f"position {position} is not in 0 to {len(self.timeline) - 1}")
        self._at = max(int(np.searchsorted(self._steps, step, side="right")) - 1, 0)
        self.moment = self.timeline[position]
        return self.moment

    def reach(self) -> tuple[int, int]:
        """The first and the last recorded step; at the update of the last one, that update."""
        return int(self._steps[0]), max(int(self._steps[-1]), self.step)

    def refresh(self) -> bool:
        """Read what a growing file has got; whether there is anything new to show.

        Where it stands stays. When stages have come that were not there, such as those of a part
        that is trained from now on, :attr:`stages` and :attr:`timeline` are others, and it stands
        at the same kind of moment. Of another recording that has taken the place of the file
        nothing is shown before its first step.
        """
        step = int(self._steps[self._at])
        seen = len(self.run.steps)
        try:
            news = self.run.refresh()
        except FileNotFoundError:
            gone = self._track.growth is not Growth.GONE
            self._track = replace(self._track, growth=Growth.GONE)
            return gone
        if not len(self.run.steps):
            return False
        if self._edition != self.run.edition or (news and self._has_other_stages(seen)):
            before = self.timeline
            self._settle()
            self.seek(step, _like(self.moment, before, self.timeline))
            news = True
        elif news:
            self._number()
        elif self._track.growth is not self._growth():
            self._mark()
            news = True
        return news

    def _has_other_stages(self, seen: int) -> bool:
        """Whether what was recorded after the first ``seen`` steps asks for other stages."""
        declared = len(self.run.stage_list), len(self.run.parameter_list)
        if declared != self._declared:
            return True
        for at, (rows, steps) in opened_layers(self.run, seen).items():
            known = self._opened.get(at, (0, 0))
            if rows > known[0] or steps > known[1]:
                return True
        return False

    def frame(self, generation: int = 0, rate: float = NAN, request: Request = NOTHING) -> Frame:
        """The picture of this moment, with the measurements that are requested."""
        self._check()
        with quiet():  # what was recorded may be inf, and 0
            return self._take(generation, rate, request)

    def _take(self, generation: int, rate: float, request: Request) -> Frame:
        passed = self.passed()
        updated = self.moment.phase is Phase.UPDATE
        history = self._history.view(self.step)
        here = RecordedMoment(
            passed=passed,
            moment=self.moment,
            step=int(self._steps[self._at]),
            updated=self._updated(passed, updated, request),
            history=history,
        )
        layout = self.layout
        return Frame(
            generation=generation,
            spec=None,
            subject=self._subject,
            moment=self.moment,
            stages=layout.count,
            step=self.step,
            steps_per_second=rate,
            widths=layout.widths,
            input_width=0,
            image_shape=None,
            forward_to=here.forward_to,
            backward_from=here.backward_from,
            sample=np.empty(0),
            node_h=_nodes(passed.node_h, slice(here.forward_to, None)),
            node_dh=_nodes(passed.node_dh, slice(0, here.backward_from - 1)),
            edges=(),
            weights=(),
            h_rms=here.until_forward(passed.h_rms),
            dh_rms=here.until_backward(passed.dh_rms),
            dh_norm=here.until_backward(passed.dh_norm),
            dW_norm=here.until_backward(passed.dW_norm),
            db_norm=here.until_backward(passed.db_norm),
            weight_norm=self._weight_norm(passed, updated),
            update_norm=passed.update_norm if updated else np.full(layout.count, NAN),
            loss=passed.number("loss") if self.moment.position > layout.count else NAN,
            accuracy=NAN,
            chance_loss=NAN,
            history=history,
            anomalies=self._anomalies.until(self._rows[: self._at + 1].tolist(), self.step),
            cuts=self._cuts(passed, here.backward_from),
            clipped=self._clipped(passed) if updated else (NAN, NAN),
            reach=self.reach(),
            request=request,
            measurements=collect_recorded(here, request),
            loss_scale=passed.loss_scale,
            lacks=self.lacks,
            track=self._track,
        )

    def passed(self) -> RecordedPass:
        """The figures of the present step."""
        return self._pass(int(self._rows[self._at]))

    def _pass(self, row: int) -> RecordedPass:
        found = self._passes.pop(row, None)
        if found is None:
            found = RecordedPass(self.run, self.layout, self.run.at_row(row))
        self._passes[row] = found
        while len(self._passes) > KEPT:
            self._passes.popitem(last=False)
        return found

    def _updated(
        self, passed: RecordedPass, updated: bool, request: Request
    ) -> RecordedPass | None:
        """The pass of the last recorded update, if anything is asked for that may need it."""
        if updated or not request.kinds:
            return passed if updated else None
        if self._at == 0:
            return None
        return self._pass(int(self._rows[self._at - 1]))

    def _weight_norm(self, passed: RecordedPass, updated: bool) -> np.ndarray[Any, Any]:
        """Of the weights as they are: after an update those that the next step began with."""
        if not updated:
            return passed.weight_norm
        following = self._at + 1
        if following < len(self._steps) and self._steps[following] == self.step:
            return self._pass(int(self._rows[following])).weight_norm
        return np.full(self.layout.count, NAN)

    def _cuts(
        self, passed: RecordedPass, backward_from: int
    ) -> tuple[tuple[tuple[str, float], ...], ...]:
        """By stage the RMS above and below the hops that are of one part alone."""
        sizes = passed.dh_rms
        found: list[tuple[tuple[str, float], ...]] = []
        for at, part in enumerate(self._parts):
            known = part and at + 1 > backward_from and not np.isnan(sizes[at - 1 : at + 1]).any()
            if known:
                found.append((("h", float(sizes[at])), (part, float(sizes[at - 1]))))
            else:
                found.append(())
        return tuple(found)

    def _clipped(self, passed: RecordedPass) -> tuple[float, float]:
        """Norms of the whole gradient before and after clipping; nan where nothing is clipped."""
        before = passed.number("gradient_norm")
        after = passed.number("clipped_norm")
        if abs(before - after) <= SAME * before:
            return NAN, NAN
        return before, after


SAME = 1e-6
"""How far two norms of one gradient may be apart that were summed up in another order."""


def _nodes(tables: Sequence[np.ndarray[Any, Any]], hidden: slice) -> tuple[Any, ...]:
    """The same, nan where the pass has not come."""
    found = list(tables)
    for at in range(*hidden.indices(len(found))):
        found[at] = np.full_like(found[at], NAN)
        found[at].setflags(write=False)
    return tuple(found)


def _first_whole(run: RecordedRun) -> int:
    """The first row in which a gradient came back to a stage; else the first."""
    if "backward_order" in run:
        first = range(min(len(run.steps), LOOKED_AT))
        for row, found in run.some_rows("backward_order", first).items():
            if np.isfinite(np.asarray(found, np.float64)).any():
                return row
    return 0


def _lacks(run: RecordedRun) -> frozenset[str]:
    """Names of what frames of this recording never have."""
    needs = {
        "node_h": "h_units", "node_dh": "dh_units", "h_rms": "h_rms", "dh_rms": "dh_rms",
        "dh_norm": "dh_norm", "dW_norm": "dW_norm", "db_norm": "dW_norm",
        "weight_norm": "W_norm", "update_norm": "update_norm", "loss": "loss",
        "clipped": "clipped_norm",
    }  # fmt: skip
    missing = {name for name, figure in needs.items() if figure not in run}
    return NEVER | missing | not_recorded(run)


def _like(moment: Moment, before: Sequence[Moment], now: Sequence[Moment]) -> int:
    """The position in another pass that is like ``moment`` in its own."""
    stages = (len(now) - 3) // 2
    if moment.phase in (Phase.START, Phase.FORWARD):
        return min(moment.position, stages)
    return max(len(now) - (len(before) - moment.position), stages + 1)
