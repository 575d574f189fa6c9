"""What a remedy does, measured: the experiment as it is and as it would be, side by side.

From a fresh start both begin with their own initial parameters, with the same seed, data and
batches; from here both go on from the present state, with the same batches to come. So what differs
between them is what the remedy changes. All courses are taken on together, in rounds, and what is
known after each is told: first figures come soon, however large a network is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError
from vgsim.diagnosis.criteria import RUNAWAY
from vgsim.diagnosis.hops import last_hidden
from vgsim.diagnosis.offering import clear, ruling, tail
from vgsim.diagnosis.outcome import OUTCOMES
from vgsim.diagnosis.remedies import gentler
from vgsim.diagnosis.stopping import Stop, Stopped, moments
from vgsim.diagnosis.verdict import Course, Effect, FromHere, Remedy, Ruling, Verdict
from vgsim.nn.arrays import quiet
from vgsim.nn.checkpoints import Checkpoint
from vgsim.nn.continuing import PresentState, acts_at_the_start, going_on
from vgsim.nn.experiment import Experiment
from vgsim.nn.moments import Phase
from vgsim.nn.spec import Spec

HORIZON = 300
"""Updates of every course: many start well and run away only later."""
FARTHEST = 1200
"""Updates after which a difference that is not clear yet is taken for none."""
FIRST, LEAST = 50, 5
"""Updates of the first round; the least of them, in a large network."""
ROUND_SECONDS = 3.0
"""About how long a course may take in the first round; each of the others makes twice as many."""
FAR_SECONDS = 2.0
"""About how long a course may take that goes beyond HORIZON for the difference to get clear."""
RATES = (0.1, 0.01)
"""What the learning rate is multiplied by where a remedy runs away at the present one."""
PARKED = 64 * 2**20
"""Bytes of data and parameters from which a course is put away between its rounds."""
NO_STATE = 2**62
"""Updates between kept states: none is kept."""
ROSE, OF_START = 1.4, 0.75
"""A loss spikes where it is this much above its lowest so far, and this much of the first. Ours."""
_FLOPS, _PER_STAGE = 2e10, 4e-5
"""What one core does in a second, and the seconds of a stage however small it is; roughly."""

Build = Callable[[], Experiment | None]


def effect(spec: Spec, remedy: Remedy, steps: int, stop: Stop) -> Effect:
    """What ``remedy`` does to the experiment of ``spec``; ``Stopped`` when ``stop`` says so.

    SpecError when ``spec`` itself cannot be; a remedy that makes it so is a refused effect.
    """
    *_, last = Bench(spec, steps).effects("", (remedy,), stop)
    return last


def measured(
    verdict: Verdict,
    spec: Spec,
    stop: Stop,
    updates: int = HORIZON,
    origin: PresentState | None = None,
) -> Verdict:
    """``verdict`` on the experiment of ``spec`` with the effect of every remedy.

    ``origin`` is the state that was judged, None for the start.
    """
    found: dict[Remedy, Effect] = {}
    for told in Bench(spec, updates).effects(verdict.outcome, verdict.remedies, stop, origin):
        found[told.remedy] = told
    return replace(verdict, effects=tuple(found.values()))


class Runner:
    """One course, which can be taken on as far as one wishes. ``built`` makes its experiment.

    SpecError when it cannot be built; ``possible`` is then, and where there is none, False.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._experiment: Experiment | None = None
        self._parked: Checkpoint | None = None
        self._first = 0
        self._losses: list[float] = []
        self._factors = (math.nan, math.nan)
        self._held: dict[int, float] = {}
        self._chance = math.nan
        self.updates_at_once = 0
        self.updates_far = 0
        self.possible = self._open()

    @property
    def broken(self) -> bool:
        """Whether the loss is no number any more, from which no training comes back."""
        return len(self._losses) > 1 and not math.isfinite(self._losses[-1])

    def to(self, updates: int, stop: Stop) -> Course:
        """The course over ``updates`` (at least 1); ``Stopped`` when ``stop``, asked at every
        moment, says so."""
        if len(self._losses) <= updates and not self.broken:
            self._open()
            assert self._experiment is not None  # nobody asks for a course that is not possible
            try:
                self._run(self._experiment, updates, stop)
                self._held[updates] = _held_out(self._experiment)
            except Stopped:
                self._experiment.rewind()  # a pass that was cut is made again
                raise
        return self._course(updates)

    def park(self) -> None:
        """Put a large experiment away, with what it takes to go on."""
        if self._experiment is not None and _bytes(self._experiment) > PARKED:
            self._parked = self._experiment.state()
            self._experiment = None

    def _open(self) -> bool:
        """Build the experiment if there is none, as it was put away."""
        if self._experiment is not None:
            return True
        self._experiment = self._build()
        if self._experiment is None:
            return False
        if self._parked is not None:
            self._experiment.restore(self._parked)
            return True
        self._experiment.checkpoints.every = NO_STATE  # nobody goes back in it
        self._first = self._experiment.step
        self._chance = self._experiment.chance
        self.updates_at_once, self.updates_far = affordable(self._experiment)
        return True

    def _run(self, experiment: Experiment, updates: int, stop: Stop) -> None:
        hidden = last_hidden(experiment.spec, experiment.stages)
        for moment in moments(experiment, stop):
            done = experiment.step - self._first
            if moment.phase is Phase.UPDATE and done == 1:
                self._factors = factors(experiment.telemetry.dh_rms[:hidden])
            if moment.phase is Phase.LOSS and done == len(self._losses):
                self._losses.append(float(experiment.value))
                if done >= updates or self.broken:
                    return

    def _course(self, updates: int) -> Course:
        losses = self._losses[: updates + 1]
        broken = not math.isfinite(losses[-1])
        late = losses[-max(len(losses) // 10, 1) :]
        highest, at = spike(losses)
        usual = max(losses[0], self._chance if self._chance > 0 else losses[0])
        return Course(
            *self._factors,
            math.inf if broken else float(np.median(late)),
            highest,
            at,
            highest > RUNAWAY * usual,
            self._held.get(updates, math.nan),
            self._chance,
            len(losses) - 1,
            tail(losses),
        )


@dataclass(slots=True)
class _Trying:
    """A remedy with its courses, and how often its rate was made smaller.

    ``whole`` says that from here all of it acts. ``reached`` are the updates from a fresh start,
    ``last`` is what was told last.
    """

    remedy: Remedy
    tried: Remedy
    smaller: int = 0
    fresh: Runner | None = None
    here: Runner | None = None
    from_here: FromHere = FromHere.SAME
    whole: bool = False
    refused: str = ""
    reached: int = 0
    last: Effect | None = None


class Bench:
    """Measures remedies for one spec; what was measured from a fresh start is kept.

    ``updates`` are those of every course.
    """

    def __init__(self, spec: Spec, updates: int = HORIZON) -> None:
        self.spec = spec
        self.updates = updates
        self._plain: Runner | None = None
        self._known: dict[Remedy, _Trying] = {}
        self._origin: PresentState | None = None
        self._plain_here: Runner | None = None
        self._horizon = updates
        self._held_out = False

    def effects(
        self,
        outcome: str,
        remedies: Sequence[Remedy],
        stop: Stop,
        origin: PresentState | None = None,
    ) -> Iterator[Effect]:
        """What each does after every round, one after the other, until all are done.

        ``outcome`` is what they should help against, empty for none; ``origin`` the state to go on
        from: without one, or before the first update, here is the start. What is known already
        comes at once.
        ``Stopped`` when ``stop``, asked all along, says so: what was measured so far is kept.
        """
        if self._plain is None:
            self._plain = Runner(lambda: Experiment(self.spec))
        self._go_on_from(origin)
        trying = [self._try(remedy) for remedy in remedies]
        yield from self.known(remedies)
        self._held_out = bool(outcome) and OUTCOMES[outcome].held_out
        self._horizon = self.updates
        if self._held_out and origin is not None:  # what it should cure came only so late
            far = min(origin.kept.step, self._plain.updates_far)
            self._horizon = max(self.updates, far)
        for updates in _rounds(self._plain.updates_at_once, self._horizon):
            for one in trying:
                known = one.last
                if known is None or not (known.refused or known.through >= updates):
                    yield self._measured(outcome, one, updates, stop)
        for one in trying:
            yield from self._until_clear(outcome, one, stop)

    def known(self, remedies: Sequence[Remedy]) -> Iterator[Effect]:
        """What was measured of them before, which from a fresh start holds whatever came since."""
        for remedy in remedies:
            one = self._known.get(remedy)
            if one is not None and one.last is not None:
                yield one.last

    def _go_on_from(self, origin: PresentState | None) -> None:
        """Forget what was measured from another state."""
        if origin is not None and origin.kept.step == 0:
            origin = None
        before = self._origin
        if origin is before:
            return
        if origin and before and origin.kept.step == before.kept.step:
            return
        self._origin = origin
        self._plain_here = None
        for one in self._known.values():
            one.here = None
            one.from_here = FromHere.SAME
            if one.last is not None:
                one.last = replace(
                    one.last, here=None, here_before=None, from_here=FromHere.NOT_YET
                )
        if origin is not None:
            self._plain_here = Runner(lambda: going_on(self.spec, origin))

    def _try(self, remedy: Remedy) -> _Trying:
        if remedy not in self._known:
            self._known[remedy] = _Trying(remedy, remedy)
        return self._known[remedy]

    def _measured(self, outcome: str, one: _Trying, updates: int, stop: Stop) -> Effect:
        """The effect after so many updates; where the remedy runs away, at a smaller rate."""
        told = self._effect(one, updates, stop)
        while _runs_away(told) and one.smaller < len(RATES):
            smaller = gentler(self.spec, one.remedy, outcome, RATES[one.smaller])
            one.smaller += 1
            if smaller is None:
                one.smaller = len(RATES)
                break
            one.tried = smaller
            one.fresh = one.here = None
            one.from_here = FromHere.SAME
            one.reached = 0
            told = self._effect(one, updates, stop)
        one.last = told
        return told

    def _effect(self, one: _Trying, updates: int, stop: Stop) -> Effect:
        self._prepare(one)
        tried = None if one.tried is one.remedy else one.tried
        if one.fresh is None:
            return Effect(one.remedy, refused=one.refused, ruling=Ruling.REFUSED, tried=tried)
        assert self._plain is not None  # made before anything is measured
        one.reached = max(updates, one.reached)
        before = _taken(self._plain, one.reached, stop)
        after = _taken(one.fresh, one.reached, stop)
        told = Effect(
            one.remedy, before, after, wanted=max(one.reached, self._horizon),
            ruling=ruling(self.spec, before, after, self._held_out),
            from_here=one.from_here, tried=tried,
            held_out=self._held_out,
        )  # fmt: skip
        if one.here is None or self._plain_here is None or told.ruling is Ruling.DIVERGES:
            return told
        here_before = _taken(self._plain_here, updates, stop)
        here = _taken(one.here, updates, stop)
        told = replace(told, here_before=here_before, here=here, here_steps=updates)
        found = ruling(self.spec, here_before, here, self._held_out)
        lost = found is Ruling.DIVERGES and math.isfinite(here_before.loss) and one.whole
        if lost or told.ruling is Ruling.CHANGES_NOTHING:
            return replace(told, ruling=found)  # what it cures may come only after the horizon
        return told

    def _prepare(self, one: _Trying) -> None:
        """Build what is missing of its courses."""
        spec = self.spec
        changes = dict(one.tried.changes)
        try:
            if one.fresh is None:
                changed = spec.replace(changes)
                one.fresh = Runner(lambda: Experiment(changed))
            if self._origin is not None and one.here is None and one.from_here is FromHere.SAME:
                origin = self._origin
                later = {
                    path: value for path, value in changes.items() if not acts_at_the_start(path)
                }
                one.whole = len(later) == len(changes)
                one.from_here = FromHere.START
                if later:
                    changed_here = spec.replace(later)
                    runner = Runner(lambda: going_on(changed_here, origin))
                    one.from_here = FromHere.MEASURED if one.whole else FromHere.PART
                    if not runner.possible:
                        one.from_here = FromHere.OTHER
                    one.here = runner if runner.possible else None
        except SpecError as error:
            one.refused = str(error)

    def _until_clear(self, outcome: str, one: _Trying, stop: Stop) -> Iterator[Effect]:
        """Go on where nothing is clear yet, as far as that does not take too long."""
        assert self._plain is not None  # made before anything is measured
        farthest = min(FARTHEST, self._plain.updates_far)
        updates = self.updates
        while self._horizon == HORIZON and not _is_clear(one.last) and 2 * updates <= farthest:
            updates *= 2
            if one.last is None or one.last.through < updates:
                yield self._measured(outcome, one, updates, stop)


def _taken(runner: Runner, updates: int, stop: Stop) -> Course:
    """The course so far on; a large one is put away then."""
    found = runner.to(updates, stop)
    runner.park()
    return found


def _is_clear(told: Effect | None) -> bool:
    """Whether it is beyond doubt what a remedy does, in one of the two ways at least."""
    if told is None or told.refused or clear(told.before, told.after):
        return True
    if told.before.tail == told.after.tail and told.here is None:
        return True  # bit for bit: nothing will ever come of it
    return (
        told.here is not None
        and told.here_before is not None
        and (clear(told.here_before, told.here))
    )


def _runs_away(told: Effect) -> bool:
    """Whether a smaller rate may help it: the loss is lost, or comes to nothing in the end."""
    if told.ruling is Ruling.DIVERGES:
        return True
    rose = not math.isnan(told.after.spike)
    if not told.done:
        return False
    return told.ruling is Ruling.LEARNS_NOTHING or (rose and told.ruling is Ruling.WORSE)


def _rounds(first: int, updates: int) -> Iterator[int]:
    """Updates after each round: ``first``, then twice as many again and again, to ``updates``."""
    done = min(first, updates)
    while done < updates:
        yield done
        done *= 2
    yield updates


def _held_out(experiment: Experiment) -> float:
    """J on the held-out samples now; nan without any."""
    experiment.evaluate()
    losses = experiment.history.view().held_loss
    return float(losses[-1]) if len(losses) else math.nan


def spike(losses: Sequence[float]) -> tuple[float, int]:
    """The largest loss that rose from a lower one before it, and its step; (nan, 0) for none."""
    worst, at = math.nan, 0
    lowest = math.inf
    for step, loss in enumerate(losses):
        rose = math.isfinite(loss) and loss > max(ROSE * lowest, OF_START * losses[0])
        if rose and not loss <= worst:  # also true while there is none yet
            worst, at = loss, step
        lowest = min(lowest, loss)
    return worst, at


def factors(dh_rms: NDArray[np.floating]) -> tuple[float, float]:
    """(factor a hop, whole factor) of RMS ∂J/∂h, (N,) by stage: first stage over last.

    The factor a hop is the geometric mean over the N − 1 hops. 0 where the gradient is exactly
    zero at the first stage, inf where it overflowed there; nan without a hop, or where the
    gradient is zero or inf at the last stage already.
    """
    if len(dh_rms) < 2:
        return math.nan, math.nan
    first = float(dh_rms[0])
    last = float(dh_rms[-1])
    hops = len(dh_rms) - 1
    if not 0 < last < math.inf or math.isnan(first):
        return math.nan, math.nan
    with quiet():
        decades = (np.log10(first) - np.log10(last)) / hops
        return float(10.0**decades), float(np.float64(first) / last)


def affordable(experiment: Experiment) -> tuple[int, int]:
    """Updates of a first round, and those that a course may have at the most.

    By size rather than by the clock, so that the same experiment gets the same number every time.
    """
    products = 6.0 * experiment.network.flat.size * experiment.batches.batch * experiment.steps
    seconds = products / _FLOPS + _PER_STAGE * experiment.stages
    first = max(LEAST, min(FIRST, int(ROUND_SECONDS / seconds)))
    return first, int(FAR_SECONDS / seconds)


def _bytes(experiment: Experiment) -> int:
    """Bytes of the largest parts of an experiment, roughly."""
    buffers = sum(stack.h.nbytes for stack in experiment.network.stacks)
    return experiment.data.x_train.nbytes + 10 * (experiment.network.flat.values.nbytes + buffers)
