"""Many experiments as one: the same computation with one more axis in every buffer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.architectures import build
from vgsim.nn.arrays import Array, quiet
from vgsim.nn.checkpoints import Checkpoint
from vgsim.nn.clipping import CLIPPINGS
from vgsim.nn.ensemble.feed import Feed
from vgsim.nn.ensemble.judging import judging
from vgsim.nn.ensemble.keys import data_key, plans_key, stackable, stacking_key
from vgsim.nn.ensemble.rolling import telemetry_of
from vgsim.nn.held_out import HeldOut
from vgsim.nn.history import History, HistoryView
from vgsim.nn.initializers import INITIALIZERS
from vgsim.nn.layers import StagePlan
from vgsim.nn.optimizers import OPTIMIZERS
from vgsim.nn.padded import loss_over
from vgsim.nn.precision import RoundedLoss
from vgsim.nn.scaling import MixedPrecision
from vgsim.nn.spec import Spec

Floats = NDArray[np.float64]
OfOutputs = Callable[[Array], Array | float]
"""(outputs) -> one number, or one a member."""


class Ensemble:
    """Experiments of one shape, its members, that train together, each as if it were alone.

    ``step`` counts the updates done. Figures are those of the last pass, (members,) each. A
    ``history`` is kept where one is asked for, with evaluations on held-out samples.

    ValueError where ``specs`` may not be stacked, SpecError where one of them is bad.
    """

    def __init__(self, specs: Sequence[Spec], history: bool = False) -> None:
        self.specs = tuple(specs)
        if len({stacking_key(spec) for spec in self.specs}) != 1:
            raise ValueError("these experiments are of different shapes and cannot be one stack")
        first = self.specs[0]
        self.members = len(self.specs)
        if self.members > 1 and not stackable(first):
            raise ValueError("one of their parts is written for a network alone")
        self._keeps_history = history
        feed = Feed(self.specs)
        made = feed.sources[0].made
        stacked = self.members if self.members > 1 else None
        self.network = build(
            first, made.plans(first), feed.batches.batch, made.steps, members=stacked,
            shared=feed.shared and self.members > 1, padded=made.padding is not None,
        )  # fmt: skip
        self._in_time: tuple[Array, Array] | None = None
        self._targets, self._seen = self._target_buffers(feed)
        rounding = self.network.flat.numbers.backward
        self.mixed = MixedPrecision(self.network, first.training, rounding) if rounding else None
        self.telemetry = telemetry_of(self.network)
        self._forwards = self.network.forwards()
        self._held_out: HeldOut | None = None
        self._start(feed)

    def restart(self, specs: Sequence[Spec]) -> None:
        """Begin anew with as many other members of the same shape, in the same buffers.

        ValueError where they do not fit.
        """
        if not self.fits(specs):
            raise ValueError("these experiments are not as many, or of another shape")
        self.specs = tuple(specs)
        if self.step:
            self.network.flat.change[...] = 0
        self._start(Feed(specs))

    def fits(self, specs: Sequence[Spec]) -> bool:
        """Whether others can take the place of the members."""
        keys = {stacking_key(spec) for spec in (self.specs[0], *specs)}
        if len(specs) != self.members or len(keys) > 1:
            return False
        alike = len({data_key(spec) for spec in specs}) == 1
        return alike == self._feed.shared

    @property
    def stages(self) -> int:
        """N, the number of stages of each member."""
        return len(self.network.views)

    @property
    def values(self) -> Floats:
        """(members,) J of the last pass; nan before the first."""
        return self._values

    @property
    def dh_rms(self) -> Floats:
        """(members, stages) RMS of ∂J/∂h of the last pass; inf where it overflowed."""
        found: Floats = self.telemetry.dh_rms.reshape(self.stages, self.members).T
        return found

    def accuracy(self) -> Floats:
        """(members,) share of the last pass's batch that was right; nan without classes."""
        with quiet():
            return self._by_member(self._accuracy(self.network.output))

    def run(self, steps: int, after: Callable[[], object] | None = None) -> None:
        """Take ``steps`` whole updates; ``after`` is called after each, and True ends it."""
        with quiet():
            for _ in range(steps):
                self._pass(self._backwards)
                self._update()
                if after is not None and after():
                    return

    def forward_backward(self) -> None:
        """The pass after ``step`` updates, up to before its parameter gradients."""
        with quiet():
            self._pass(self._signals)
            self.telemetry.measure_signal()

    def held_out(self) -> tuple[Floats, Floats]:
        """(members,) loss and accuracy of the present parameters on held-out samples.

        nan where no samples are held out. It takes memory for those of all members at once.
        """
        if self._held_out is None:
            self._held_out = judging(self._feed, self.network, self.specs)
        if self._held_out is None:
            none = np.full(self.members, np.nan)
            return none, none
        with quiet():
            loss, accuracy = self._held_out()
        return self._by_member(loss), self._by_member(accuracy)

    def state(self, member: int) -> Checkpoint:
        """All that the coming steps of a member depend on (copies), as its experiment has it."""
        flat, place = self.network.flat, self.network.flat.places[member]
        return Checkpoint(
            self.step,
            np.array(self._trained[place]),
            np.array(self.optimizer.state[:, place]),
            (),
            flat.running[place].copy(),
            np.array(flat.change[place]),
            self.mixed.state if self.mixed else (1.0, 0),
        )

    def history(self, member: int) -> HistoryView:
        """The recorded steps of a member; ValueError where none were kept."""
        if self._history is None:
            raise ValueError("this ensemble keeps no history")
        return self._history.view(self.step, self.network.flat.places[member])

    @property
    def _trained(self) -> Array:
        """The parameters, or the master weights that they are rounded from."""
        if self.mixed is None:
            return self.network.flat.values
        return self.mixed.weights

    def _start(self, feed: Feed) -> None:
        """Everything as before the first update."""
        self._feed = feed
        self._values = np.full(self.members, np.nan)
        self._history = (
            History(self.stages, self.network.flat.lead) if self._keeps_history else None
        )
        self.step = 0
        self._held_out = None
        self._set_rules()
        self._set_parameters()
        if self._history is not None:
            self._look(self._history)

    def _set_rules(self) -> None:
        """What the members learn by."""
        made, rules, flat = self._feed.sources[0].made, self._feed.rules, self.network.flat
        by_member = rules if flat.lead else []
        classes = bool(made.data.dataset.classes)
        self.loss = loss_over(self.network, made.loss, self._seen, rules[0], classes, by_member)
        self._value: OfOutputs = self.loss.values if flat.lead else self.loss.value
        self._accuracy: OfOutputs = self.loss.accuracies if flat.lead else self.loss.accuracy
        asked = RoundedLoss(self.loss) if self.mixed else self.loss
        signals = self.network.signals(asked)
        self.telemetry.ways = signals
        self._backwards = self.telemetry.along(self.network.backwards(asked))
        self._signals = self.telemetry.along(signals)
        training = self.specs[0].training
        decayed = None if training.decay_biases else flat.matrices()
        own = [spec.training for spec in self.specs] if flat.lead else []
        self.optimizer = OPTIMIZERS[training.optimizer](training, self._trained, decayed, own)
        self._clip = CLIPPINGS[training.clip]
        limits = [spec.training.clip_at for spec in self.specs]
        self._clip_at = np.array(limits)[:, None] if flat.lead else limits[0]

    def _set_parameters(self) -> None:
        """Initial parameters; those that are fitted to a batch, to the first one."""
        self.network.initialize(*self.specs, plans=self._planned())
        places = self.network.flat.places
        fitted = [
            place
            for place, spec in zip(places, self.specs, strict=True)
            if INITIALIZERS[spec.init.weights].fitted
        ]
        if fitted:
            self._begin()
            self.network.rescale(fitted)
        if self.mixed is not None:
            self.mixed.reset()

    def _planned(self) -> list[Sequence[StagePlan]]:
        """The plans of each member, which differ in where their stages start, if at all."""
        known: dict[Spec, Sequence[StagePlan]] = {}
        made = self._feed.sources[0].made
        for spec in self.specs:
            key = plans_key(spec)
            if key not in known:
                known[key] = made.plans(spec)
        return [known[plans_key(spec)] for spec in self.specs]

    def _target_buffers(self, feed: Feed) -> tuple[Array, Array]:
        """What batches are written into, and (…, batch, outputs) as the loss reads it."""
        like = feed.sources[0].train.t
        lead = self.network.flat.lead
        own = () if feed.shared else lead
        buffer = np.zeros((*own, feed.batches.batch, *like.shape[1:]), like.dtype)
        read = buffer
        if like.ndim == 3:  # a target for each timestep, which the loss reads timestep by timestep
            in_time = np.zeros_like(buffer.swapaxes(-3, -2), order="C")
            self._in_time = (in_time, buffer.swapaxes(-3, -2))
            read = in_time.reshape(*own, -1, like.shape[-1])
        return buffer, np.broadcast_to(read, (*lead, *read.shape[-2:]))

    def _begin(self) -> None:
        """Fill the input and target buffers with this step's batch."""
        network = self.network
        self._feed.fill(self.step, network.entry, self._targets)
        network.begin(self.step)
        if self._in_time is not None:
            np.copyto(*self._in_time)
        padding = self._feed.padding()
        if padding is not None:
            network.pad(padding)
        if self.mixed is not None:
            network.entry[...] = network.entry

    def _pass(self, backwards: Sequence[Callable[[], None]]) -> None:
        network = self.network
        self._begin()
        for forward in self._forwards:
            forward()
        self._values = self._by_member(self._value(network.output))
        network.derivatives()
        for backward in backwards:
            backward()

    def _update(self) -> None:
        network, mixed = self.network, self.mixed
        flat = network.flat
        network.parameter_gradients()
        self.telemetry.measure()
        gradients = flat.gradients if mixed is None else mixed.gradients
        self._clip(gradients, self._clip_at)
        if mixed is None:
            self.optimizer.update(flat.values, gradients, flat.change, self.step)
        else:
            mixed.update(self.optimizer, self.step)
        network.finish()
        self.step += 1
        if self._history is not None:
            self._record(self._history)

    def _record(self, history: History) -> None:
        lead = self.network.flat.lead
        values = self._values.reshape(lead)
        if history.due(self.step):
            accuracy = self.accuracy().reshape(lead)
            history.record(self.step, values, accuracy, self.telemetry.dh_rms)
        else:
            history.skip(self.step, values)
        if self._held_out is not None and self._held_out.due(self.step):
            self._look(history)

    def _look(self, history: History) -> None:
        """Take down how the members do on held-out samples, if there are any."""
        found = [figures.reshape(self.network.flat.lead) for figures in self.held_out()]
        if self._held_out is not None:
            history.record_held_out(self.step, found[0], found[1])

    def _by_member(self, figures: Array | float) -> Floats:
        return np.array(figures, np.float64).reshape(self.members)
