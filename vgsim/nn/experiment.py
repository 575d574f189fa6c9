"""An experiment: a generator of moments that step, run, thread, CLI and tests all drive."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from weakref import proxy

import numpy as np

from vgsim.nn.anomalies import Anomaly, first_overflow, overflowed_update, too_small
from vgsim.nn.architectures import build
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.checkpoints import Checkpoint, Checkpoints, plan
from vgsim.nn.clipping import CLIPPINGS, NOT_CLIPPED
from vgsim.nn.held_out import HeldOut
from vgsim.nn.history import History
from vgsim.nn.initializers import INITIALIZERS
from vgsim.nn.layers import StagePlan
from vgsim.nn.losses import LOSSES, Loss
from vgsim.nn.memory import Size, require_memory, within_memory
from vgsim.nn.moments import Moment, Phase, moments_of_pass
from vgsim.nn.network import Network
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.padded import loss_over
from vgsim.nn.precision import RoundedLoss
from vgsim.nn.preparation import Preparation, by_step
from vgsim.nn.rows import LARGE
from vgsim.nn.scaling import MixedPrecision
from vgsim.nn.spec import Spec
from vgsim.nn.split import Split
from vgsim.nn.streams import Batches
from vgsim.nn.telemetry import Telemetry


class Experiment:
    """One run of one spec. ``step`` counts the updates done; ``moment`` is the last that happened.

    ``network.flat.change`` is always that of update ``step``, 0 before the first.

    Building one raises SpecError when the data cannot be read or do not fit the spec.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        with within_memory(spec):
            self._build()
            self.reset()

    def _build(self) -> None:
        """Data, network and everything about it; nothing large before its size is known."""
        spec = self.spec
        made = Preparation(spec)
        self.data = made.data
        self.steps = made.steps
        self._every = made.every
        plans = made.plans(spec)
        held = made.held(plans)
        self.batches = Batches(spec.training.seed, len(self.data.x_train), spec.training.batch)
        rows = self.batches.batch + min(held.stop, len(self.data.x_held))
        require_memory(spec, plans, _size(self.data, rows, self.steps, made.example.size))
        self._train = made.training_part()
        self._held = made.held_part(held)
        self._padding = made.padding
        padded = self._padding is not None
        self.network = build(spec, plans, self.batches.batch, self.steps, padded=padded)
        training, real = made.rules(self._train)
        self.rules = training
        self._picked = np.zeros_like(self._train.t[: self.batches.batch])
        self.loss = self._loss(made.loss, by_step(self._picked).copy(), self.network)
        self.chance = made.loss.chance(real, training)
        self._judge = self._make_judge(plans) if len(self._held.x) else None
        self._judged_at = -1
        flat = self.network.flat
        rounding = flat.numbers.backward
        self.mixed = MixedPrecision(self.network, training, rounding) if rounding else None
        decayed = None if training.decay_biases else flat.matrices()
        self.optimizer = OPTIMIZERS[training.optimizer](training, self._trained, decayed)
        self.telemetry = Telemetry(self.network)
        self.timeline = moments_of_pass(len(self.network.views))

    def _loss(self, loss: type[Loss], targets: Array, network: Network) -> Loss:
        """The loss of ``network``, over what is no padding where each timestep has one."""
        training = self.rules
        classes = bool(self.data.dataset.classes)
        return loss_over(network, loss, targets, training, classes)

    @property
    def _trained(self) -> Array:
        """The parameters, or the master weights that they are rounded from."""
        if self.mixed is None:
            return self.network.flat.values
        return self.mixed.weights

    @property
    def stages(self) -> int:
        """N, the number of stages."""
        return len(self.network.views)

    def reset(self) -> None:
        """Back to the same initial parameters, before the first step."""
        self.network.initialize(self.spec)
        self.step = self._latest = 0
        if INITIALIZERS[self.spec.init.weights].fitted:
            self._begin()
            self.network.rescale(self.network.flat.places)
        if self.mixed is not None:
            self.mixed.reset()
        self.network.flat.change[:] = 0
        self.optimizer.state[:] = 0
        self.value = float("nan")
        self.clipped = NOT_CLIPPED
        self.rewind()
        self.history = History(self.stages)
        self.anomalies: tuple[Anomaly, ...] = ()
        size = 2 * self.network.flat.values.nbytes + self.optimizer.state.nbytes
        self.checkpoints = Checkpoints(plan(size))
        self.checkpoint()
        self.evaluate()

    def moments(self) -> Iterator[Moment]:
        """Go on from the current moment, one at a time, indefinitely. Never raises or warns."""
        while True:
            yield self.advance()

    def advance(self) -> Moment:
        """Take one moment."""
        with quiet():
            return next(self._source)

    def run(self, steps: int, after: Callable[[], bool | None] | None = None) -> None:
        """Take ``steps`` whole updates; ``after`` is called after each, and True ends it."""
        source = self._source
        with quiet():
            while steps > 0:
                if next(source).phase is Phase.UPDATE:
                    steps -= 1
                    if after is not None and after():
                        return

    def _moments(self) -> Iterator[Moment]:
        network = self.network
        timeline = self.timeline
        count = self.stages
        at_loss = timeline[count + 1]
        at_update = timeline[-1]
        forwards = list(zip(network.forwards(), timeline[1 : count + 1], strict=True))
        calls = self._backwards()
        backwards = list(zip(calls, timeline[count + 2 : -1], strict=True))
        while True:
            self._begin()
            for forward, moment in forwards:
                forward()
                self.moment = moment
                yield moment
            self.value = self.loss.value(network.output)
            network.derivatives()
            self.moment = at_loss
            yield at_loss
            for backward, moment in backwards:
                backward()
                self.moment = moment
                yield moment
            self._update()
            self.moment = at_update
            yield at_update

    def _backwards(self) -> list[Callable[[], None]]:
        """The network's, from the last stage down; in low precision with what each loses."""
        if self.mixed is None:
            return self.network.backwards(self.loss)
        calls = self.network.backwards(RoundedLoss(self.loss))
        stages = range(self.stages, 0, -1)
        return [self.mixed.counted(call, at) for call, at in zip(calls, stages, strict=True)]

    def _begin(self) -> None:
        """Fill the input and target buffers with this step's batch."""
        chosen = self.batches.indices(self.step)
        self.network.begin(self.step)
        self._train.x.take(chosen, axis=0, out=self.network.x, mode="clip")
        if self._padding is not None:
            self.network.pad(self._padding[0][chosen])
        if self._every:
            self._train.t.take(chosen, axis=0, out=self._picked, mode="clip")
            np.copyto(
                self.loss.targets.reshape(self._every, len(chosen), -1),
                self._picked.transpose(1, 0, 2),
            )
        else:
            self._train.t.take(chosen, axis=0, out=self.loss.targets, mode="clip")
        if self.mixed is not None:
            self.network.x[...] = self.network.x

    def _update(self) -> None:
        """Parameter gradients, telemetry, the optimizer, history: all that ends a step."""
        network = self.network
        flat = self.network.flat
        mixed = self.mixed
        if mixed is None:
            network.parameter_gradients()
        else:
            mixed.counted(network.parameter_gradients, 0)()
        self.telemetry.measure()
        self._note_anomalies()
        training = self.spec.training
        gradients = flat.gradients if mixed is None else mixed.gradients
        self.clipped = CLIPPINGS[training.clip](gradients, training.clip_at)
        if mixed is None:
            self.optimizer.update(flat.values, gradients, flat.change, self.step)
        else:
            mixed.update(self.optimizer, self.step)
        network.finish()
        self.step += 1
        self._note_overflowed_update()
        if self.history.due(self.step):
            accuracy = self.accuracy()
            self.history.record(self.step, self.value, accuracy, self.telemetry.dh_rms)
        else:
            self.history.skip(self.step, self.value)
        if self.checkpoints.due(self.step):
            self.checkpoint()
        if self._judge is not None and self._judge.due(self.step):
            self.evaluate()

    def accuracy(self) -> float:
        """Fraction of the current batch that is classified right; nan without classes."""
        return self.loss.accuracy(self.network.output)

    def _note_anomalies(self) -> None:
        """The first overflow, denormal and underflow, each once."""
        fine = math.isfinite(self.value)
        if self.mixed is not None:
            self._note_lost(self.mixed)
        awaited = self.mixed is not None and self.mixed.adapts  # its overflows only skip an update
        if (self.telemetry.regular or awaited) and fine:
            return
        known = {found.kind for found in self.anomalies}
        norms = self.telemetry.dh_norm
        gradients = self.telemetry.parameter_norms
        if "overflow" not in known and not (
            fine and np.isfinite(norms).all() and np.isfinite(gradients).all()
        ):
            self.anomalies += (first_overflow(self.network, norms, gradients, self.step + 1),)
        if not known >= {"denormal", "underflow"}:
            self.anomalies += tuple(too_small(self.network, norms, self.step + 1, known))

    def _note_lost(self, mixed: MixedPrecision) -> None:
        """Where the rounding first made a gradient 0, once."""
        stage = mixed.first_lost()
        if stage and not any(found.kind == "underflow" for found in self.anomalies):
            self.anomalies += (Anomaly("underflow", stage, self.step + 1),)

    def _note_overflowed_update(self) -> None:
        """Parameters that overflowed in the update, if nothing did before."""
        if not any(found.kind == "overflow" for found in self.anomalies):
            found = overflowed_update(self.network, self.step)
            self.anomalies += (found,) if found else ()

    def off_by(self) -> tuple[Array, Array]:
        """RMS errors (outputs,) in the data's own units: of the batch, and of held-out samples.

        The first is of the present pass, the second of the last judgement. Each is empty where
        there is no such figure: before the loss, and where no numbers are predicted.
        """
        training = held = np.empty(0)
        if self.moment.position > self.stages:
            training = self.loss.off_by(self.network.output)
        view = self.history.view(self.step)
        if self._judge is None or not len(view.held_steps):
            pass
        elif self._judged_at == view.held_steps[-1]:
            held = self._judge.off_by()
        elif LOSSES[self.spec.training.loss].root_is_error and self.data.y_train.shape[-1] == 1:
            held = np.sqrt(view.held_loss[-1:]) if not self.data.dataset.classes else held
        if self.data.y_scale is not None:
            training, held = (part * self.data.y_scale[: len(part)] for part in (training, held))
        return training, held

    def evaluate(self) -> None:
        """Loss and accuracy on the held-out samples, into the history."""
        if self._judge is not None and not self.history.judged(self.step):
            with quiet():
                loss, accuracy = self._judge()
                self.history.record_held_out(self.step, float(loss), float(accuracy))
            self._judged_at = self.step

    def checkpoint(self) -> None:
        """Keep the state before the next step, to come back to."""
        self.checkpoints.keep(self.state())

    def state(self) -> Checkpoint:
        """All that the coming steps depend on (copies)."""
        return Checkpoint(
            self.step,
            np.array(self._trained),
            np.array(self.optimizer.state),
            self.anomalies,
            self.network.flat.running.copy(),
            np.array(self.network.flat.change),
            self.mixed.state if self.mixed else (1.0, 0),
        )

    def seek(self, step: int, position: int, stop: Callable[[], bool] | None = None) -> Moment:
        """Go to the moment at ``position`` of the pass that follows update ``step``.

        ``position`` 0 is before the pass, ``2 N + 2`` its update. The state is the one that
        running to there gives, bit for bit. ``stop`` is asked after every step of the way and may
        end it there with True. Updates are taken from here on, or from a kept state if that is
        nearer; the pass itself always anew, from the parameters as they are now. ValueError when
        no such moment is known.
        """
        if not 0 <= position < len(self.timeline):
            raise ValueError(f"position {position} is not in 0 to {len(self.timeline) - 1}")
        self._latest = max(self._latest, self.step)
        if step != self.step:
            kept = self.checkpoints.before(step)
            if not kept.step <= self.step < step:
                self.restore(kept)
            self.run(step - self.step, stop)
            if self.step != step:
                return self.moment
        self.rewind()
        for _ in range(position):
            self.advance()
        return self.moment

    def reach(self) -> tuple[int, int]:
        """(first, last) step: ``last`` is the latest that was ever run to since the start.

        From ``first`` to the present every step can be gone to at once; others take a run from a
        kept state, further away the longer ago they were.
        """
        return self.checkpoints.first, max(self._latest, self.step)

    def rewind(self) -> None:
        """Stand before the pass that follows update ``self.step``."""
        self.moment = self.timeline[0]
        # by a proxy, for a generator that held its experiment would keep its arrays alive in a
        # cycle until garbage is collected
        self._source = Experiment._moments(proxy(self))

    def restore(self, kept: Checkpoint) -> None:
        """Stand before the pass that follows ``kept``, a state of an experiment of the same spec.

        The history that came after it is forgotten, the one before stays as it is.
        """
        if self.mixed is None:
            self.network.flat.values[:] = kept.values
        else:
            self.mixed.restore(kept.scaling, kept.values)
        self.optimizer.state[:] = kept.state
        self.network.flat.running[:] = kept.running
        self.network.flat.change[:] = kept.change
        self.step = kept.step
        self.anomalies = kept.anomalies
        self.rewind()

    def _make_judge(self, plans: Sequence[StagePlan]) -> HeldOut:
        held, spec = self._held, self.spec
        network = build(
            spec,
            plans,
            len(held.x),
            self.steps,
            self.network.flat,
            training=False,
            padded=self._padding is not None,
        )
        if self._padding is not None:
            network.pad(self._padding[1][: len(held.x)])
        targets = by_step(held.t).copy()
        loss = self._loss(LOSSES[spec.training.loss], targets, network)
        return HeldOut(network, loss, held.x[:], self.batches.batch)


def copy_of(experiment: Experiment) -> Experiment:
    """Another experiment of the same spec, before the pass of the present moment.

    At an update that is the pass which led to it. Its history is the same; what is done to it the
    other one does not notice.
    """
    made = Experiment(experiment.spec)
    made.history.adopt(experiment.history.view(experiment.step))
    if experiment.moment.phase is not Phase.UPDATE:
        made.restore(experiment.state())
        return made
    step = experiment.step - 1
    made.restore(experiment.checkpoints.before(step))
    made.run(step - made.step)
    return made


def _size(data: Split, rows: int, steps: int, outputs: int) -> Size:
    """What an experiment with ``rows`` samples in its buffers holds; ``outputs`` are a sample's."""
    dataset = data.dataset
    samples = len(data.dataset.x)
    numbers = (samples + 3 * rows) * outputs + rows * dataset.x.shape[1]
    if dataset.x.size < LARGE:
        return Size(
            rows, steps, numbers + dataset.x.size, 2 * (dataset.x.nbytes + dataset.y.nbytes)
        )
    return Size(rows, steps, numbers, dataset.x.nbytes + 2 * dataset.y.nbytes)
