"""What mean field says of experiments before they are run, of thousands of them at once."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vgsim.core.errors import SpecError
from vgsim.measure.forecast import COPIED
from vgsim.measure.theory import (
    FieldStage,
    copied_forecast,
    field_stage,
    grouped,
    moment_table,
)
from vgsim.nn.activations import ACTIVATIONS, Activation
from vgsim.nn.architectures import KINDS
from vgsim.nn.arrays import quiet
from vgsim.nn.cells import Cell
from vgsim.nn.initializers import BIASES, INITIALIZERS, settled
from vgsim.nn.layers import LAYERS, StagePlan
from vgsim.nn.layers.parts import NORMS
from vgsim.nn.rows import pieces
from vgsim.nn.spec import DataSpec, InitSpec, Spec
from vgsim.nn.split import Split, split_of

Floats = NDArray[np.float64]


SEQUENCES = 16
"""About how many sequences are gone through, each by itself."""


class Silence(StrEnum):
    """Why theory says nothing."""

    RECURRENT = "recurrent"
    """Stages are timesteps, and not those of a single cell without gates, heard at the end."""
    PARTS = "parts"
    """There are norms, skip paths, dropout or other parts in a layer."""
    BIASES = "biases"
    """The mean of the biases is not 0, so that they are no random field."""
    FITTED = "fitted"
    """The weights are scaled on the first batch."""
    NO_HOPS = "no hops"
    """There is no hidden stage."""
    REFUSED = "refused"
    """There is no such experiment."""
    TRAINING = "training"
    """A field of the training is varied, and theory speaks of the start."""


@dataclass(frozen=True, slots=True, eq=False)
class WideNetwork:
    """Wide stages at their start: the hidden ones from the first up, and the output.

    Of layers ``squares`` (groups,) are the mean squares of the inputs, of samples of about one
    size. Stages of a recurrent network are its timesteps, all alike: nothing is below the first
    one, and ``driven`` (timesteps, sequences) is the variance that x brings to each. Mean field
    takes them as if each had its own weights (Chen, Pennington and Schoenholz 2018); at width 256
    that is off by 0.2 decades in 100 timesteps for tanh, by up to 2 for ReLU.
    """

    hidden: tuple[FieldStage, ...]
    output: FieldStage
    squares: Floats
    driven: Floats | None = None

    @property
    def endless(self) -> FieldStage | None:
        """The stage of which there could be any number; None where they are not all alike."""
        if len(self.hidden) < 2:
            return None
        stage = self.hidden[1]
        if stage.below != stage.here or any(other != stage for other in self.hidden[2:]):
            return None
        if self.driven is not None:
            return replace(stage, noise=stage.noise + float(self.driven.mean()))
        return stage

    def added(self, depth: int) -> Floats:
        """(groups,) the variance of z of a stage (from 0) that is not from the stage below."""
        noise = np.full(self.squares.shape, self.hidden[depth].noise)
        if self.driven is not None:
            noise += self.driven[depth]
        return noise


@dataclass(frozen=True, slots=True, eq=False)
class CopiedNetwork:
    """Dense stages whose weights are the identity, and some samples (samples, features)."""

    plans: tuple[StagePlan, ...]
    init: InitSpec
    x: Floats

    def decades(self) -> Floats:
        """(hidden,) as :func:`decades_by_depth` has them."""
        found = np.zeros(len(self.plans) - 1)
        for depth in range(2, len(self.plans)):
            plans = [*self.plans[:depth], self.plans[-1]]
            factors = copied_forecast(plans, self.init, self.x)[:-1]
            with quiet():
                found[depth - 1] = np.log10(factors).sum()
        return found


class FieldReader:
    """What theory has to know of one experiment after the other; data are read once."""

    def __init__(self) -> None:
        self._inputs: dict[tuple[DataSpec, int], tuple[Split, Floats]] = {}

    def read(self, spec: Spec) -> WideNetwork | CopiedNetwork | Silence:
        """The network at its start, or why theory says nothing of it."""
        kind = KINDS[spec.network.kind]
        try:
            split, squares = self._data(spec)
            steps = kind.steps(split.dataset)
            # theory ends at the last hidden stage: how many outputs there are changes nothing
            plans = kind.plan(spec, split.x_train.shape[1] // steps, 1)
        except SpecError:
            return Silence.REFUSED
        if kind.cell is not None:
            return _timesteps(spec, kind.cell, plans, split, steps)
        biases = BIASES[spec.init.bias]
        weights = INITIALIZERS[spec.init.weights]
        if not all(LAYERS[plan.layer].plain for plan in plans):
            return Silence.PARTS
        if weights.fitted:
            return Silence.FITTED
        if len(plans) < 2:
            return Silence.NO_HOPS
        if weights.copies and not any(biases.variance(spec.init, plan.inputs) for plan in plans):
            every = max(1, len(split.x_train) // COPIED)
            return CopiedNetwork(tuple(plans), spec.init, np.asarray(split.x_train[::every]))
        if weights.copies or biases.mean(spec.init):
            return Silence.BIASES
        stages = [field_stage(plan, spec.init) for plan in plans]
        return WideNetwork(tuple(stages[:-1]), stages[-1], squares)

    def _data(self, spec: Spec) -> tuple[Split, Floats]:
        """The data of an experiment, and the mean squares of its inputs in groups."""
        key = spec.data, spec.training.seed
        if key not in self._inputs:
            split = split_of(spec)
            parts = [np.square(piece).mean(axis=1) for piece in pieces(split.x_train)]
            self._inputs[key] = split, grouped(np.concatenate(parts))
        return self._inputs[key]


Known = WideNetwork | CopiedNetwork
"""A network that theory says something of."""


def _timesteps(
    spec: Spec, cell: type[Cell], plans: Sequence[StagePlan], split: Split, steps: int
) -> WideNetwork | Silence:
    """The timesteps of a single cell whose h is f(z), heard at the last one alone."""
    plan = plans[0]
    init = settled(spec.init, plan.activation)
    biases = BIASES[init.bias]
    drawn = INITIALIZERS[init.weights], INITIALIZERS[init.recurrent]
    simple = not cell.equations and len(plans) == 2 and NORMS[plan.norm].absent
    heard = spec.training.loss_at == "last" and not spec.training.truncate
    if not simple or plan.dropout or not heard or split.padding is not None:
        return Silence.RECURRENT
    if any(each.fitted or each.copies or each.of_cell is not None for each in drawn):
        return Silence.FITTED
    if biases.mean(init) or biases.of_cell is not None:
        return Silence.BIASES
    units = plan.outputs
    noise = biases.variance(init, plan.inputs)
    stage = FieldStage(
        ACTIVATIONS[plan.activation], units, units, drawn[1].size((units, units), init) ** 2, noise
    )
    x = np.asarray(split.x_train[:: max(1, len(split.x_train) // SEQUENCES)])
    squares = np.square(x.reshape(len(x), steps, plan.inputs)).sum(axis=2).T
    driven = drawn[0].size((plan.inputs, units), init) ** 2 * squares
    output = field_stage(plans[-1], spec.init)
    return WideNetwork((stage,) * steps, output, np.zeros(len(x)), driven)


def ln_slopes(networks: Sequence[Known]) -> Floats:
    """(networks,) ln χ₁ where endless stages settle; nan where they are not all alike."""
    found = np.full(len(networks), math.nan)
    alike: defaultdict[Activation, list[tuple[int, FieldStage]]] = defaultdict(list)
    for at, network in enumerate(networks):
        if isinstance(network, WideNetwork) and network.endless is not None:
            alike[network.endless.activation].append((at, network.endless))
    for activation, members in alike.items():
        table = moment_table(activation)
        weights = np.array([stage.below * stage.variance for _, stage in members])
        noises = np.array([stage.noise for _, stage in members])
        q = table.fixed_points(weights, noises)
        found[[at for at, _ in members]] = table.ln_chi(weights, q)
    return found


def decades_by_depth(networks: Sequence[Known]) -> list[Floats]:
    """For each network, (hidden,) decades from the last hidden stage down to the first one.

    That is log₁₀ of RMS ∂J/∂h₁ : RMS ∂J/∂h_k, at index k − 1 for a network that ends with its
    k th hidden stage. It is what :func:`vgsim.measure.theory.dense_forecast` says of each: the
    gradients of all samples are taken to be alike at the output, and fade or grow apart below it.
    """
    found = {}
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for at, network in enumerate(networks):
        if isinstance(network, CopiedNetwork):
            found[at] = network.decades()
        else:
            alike[len(network.squares)].append(at)
    for members in alike.values():
        wide = [network for at in members if isinstance(network := networks[at], WideNetwork)]
        found |= zip(members, _layer_by_layer(wide), strict=True)
    return [found[at] for at in range(len(networks))]


def _layer_by_layer(networks: Sequence[WideNetwork]) -> list[Floats]:
    """All networks, of as many groups each, up through one stage after the other."""
    found = [np.full(len(network.hidden), np.nan) for network in networks]
    squares = np.stack([network.squares for network in networks])
    passed = np.zeros_like(squares)  # ln of what the mean square was multiplied by, by group
    living = list(range(len(networks)))
    for depth in range(max(len(network.hidden) for network in networks)):
        living = [at for at in living if len(networks[at].hidden) > depth]
        added = np.stack([networks[at].added(depth) for at in living])
        stages = [networks[at].hidden[depth] for at in living]
        square, slope = _through(stages, squares[living], added)
        squares[living] = square
        if depth:
            passed[living] += slope
        outputs = [networks[at].output for at in living]
        noises = np.array([[stage.noise] for stage in outputs])
        shares = _through(outputs, square, noises)[1]
        for at, value in zip(living, _decades(passed[living], shares), strict=True):
            found[at][depth] = value
    return found


def _through(stages: Sequence[FieldStage], squares: Floats, added: Floats) -> tuple[Floats, Floats]:
    """Mean squares of h above a stage of each network, and ln of what it does to a gradient's."""
    variance, below, here = np.array(
        [(stage.variance, stage.below, stage.here) for stage in stages]
    ).T[:, :, None]
    with quiet():
        q = below * variance * squares + added
        slope = np.log(here * variance)
    alike: defaultdict[Activation, list[int]] = defaultdict(list)
    for at, stage in enumerate(stages):
        alike[stage.activation].append(at)
    above = np.empty_like(q)
    derivative = np.empty_like(q)
    for activation, rows in alike.items():
        table = moment_table(activation)
        above[rows] = table.square(q[rows])
        derivative[rows] = table.derivative(q[rows])
    with quiet():
        return above, slope + np.log(derivative)


def _decades(passed: Floats, shares: Floats) -> Floats:
    """(networks,) decades, of groups that count as much as the output hands to each."""
    sums = []
    for each in (passed + shares, shares):
        largest = np.maximum(each.max(axis=1), -1e300)
        with quiet():
            sums.append(largest + np.log(np.exp(each - largest[:, None]).sum(axis=1)))
    with quiet():  # of nothing, where the weights are 0, there is no share
        decades: Floats = (sums[0] - sums[1]) / 2 / np.log(10)
    return decades
