"""Composed stage: weights, normalization, activation, dropout and a skip path, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vgsim.nn.arrays import Array, Floats, Generator, Place, Samples
from vgsim.nn.layers.base import LAYERS, Bent, Layer, Three
from vgsim.nn.layers.dense import Dense
from vgsim.nn.layers.parts import NORMS, OUTPUTS, SKIPS, Part
from vgsim.nn.layers.parts.base import Ends
from vgsim.nn.layers.parts.plain import Activate, Affine, Dropout, activate
from vgsim.nn.layers.parts.skips import Copy, Multiplier, Skip, SkipPlace
from vgsim.nn.layers.site import Cut, Shapes, Site, StageArrays, StagePlan

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec


def order(plan: StagePlan) -> list[type[Part]]:
    """The parts of a stage, from its input up.

    As a rule weights, activation, then what a skip path brings; its ``place`` may be another.
    """
    if NORMS[plan.norm].absent:
        norm: list[type[Part]] = []
    else:
        norm = [NORMS[plan.norm]]
    if plan.source:
        path: list[type[Part]] = [SKIPS[plan.skip]]
        if plan.multiplier:
            path = [Multiplier, *path]
    else:
        path = []
    drop: list[type[Part]] = [Dropout] if plan.dropout else []
    act: list[type[Part]] = [activate(plan)]
    end: list[type[Part]] = []
    if plan.output and (part := OUTPUTS[plan.output].part):
        end = [part]
    first, last = (norm, []) if plan.norm_first else ([], norm)
    place = SKIPS[plan.skip].place
    if place is SkipPlace.AFTER_WEIGHTS:
        return [*first, *act, *last, *drop, Affine, *(path or [Copy]), *end]
    if place is SkipPlace.BEFORE_ACTIVATION:
        return [Affine, *first, *path, *act, *last, *drop, *end]
    return [Affine, *first, *act, *last, *drop, *path, *end]


def _widths(plan: StagePlan) -> list[tuple[type[Part], int, int]]:
    """Each part with the units below and above it."""
    units, found = plan.inputs, []
    for part in order(plan):
        above = plan.outputs if part is Affine else units
        found.append((part, units, above))
        units = above
    return found


@LAYERS.register(
    "block", "weights, normalization, activation, dropout, skip path", label="Composed stage"
)
class Block(Layer):
    """A list of parts, with ∂J kept at every cut between them.

    W (inputs, outputs), b (outputs,); with a normalization gamma and beta (units,), with PReLU
    a (1,), with a highway gate W_T (outputs, outputs) and b_T (outputs,), with a multiplier kappa
    (1,), with a projection W_P (units where the path begins, outputs).
    """

    buffers = 16

    def __init__(self, plan: StagePlan, site: Site) -> None:
        super().__init__(plan, site)
        self.parts: list[Part] = _assemble(plan, site)
        self.affine = next(part for part in self.parts if isinstance(part, Affine))
        self.act = next(part for part in self.parts if isinstance(part, Activate))
        self.path = next((part for part in self.parts if isinstance(part, Skip)), None)
        self.drop = next((part for part in self.parts if isinstance(part, Dropout)), None)
        self.ending = [part for part in self.parts if part.running_shapes(plan.outputs)]

    @staticmethod
    def shapes(plan: StagePlan) -> Shapes:
        """W and b, then those of the other parts."""
        shapes = Affine.shapes(plan, plan.inputs, plan.outputs)
        for part, inputs, outputs in _widths(plan):
            shapes |= part.shapes(plan, inputs, outputs)
        return shapes

    @staticmethod
    def running_shapes(plan: StagePlan) -> Shapes:
        """Running statistics of a normalization."""
        shapes: Shapes = {}
        for part, inputs, _ in _widths(plan):
            shapes |= part.running_shapes(inputs)
        return shapes

    @staticmethod
    def start(plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """W and b as for a dense stage, then those of the other parts."""
        values = Dense.start(plan, rng, init)
        for part, inputs, outputs in _widths(plan):
            if part is not Affine:
                values |= part.start(plan, rng, init, part.shapes(plan, inputs, outputs))
        return values

    def restart(self, network: NetworkSpec) -> None:
        """Running statistics, and where gates begin."""
        for part in self.parts:
            part.restart(network)

    def restart_each(self, networks: Sequence[NetworkSpec]) -> None:
        """The same of stacked members."""
        for part in self.parts:
            part.restart_each(networks)

    def vary(self, networks: Sequence[NetworkSpec]) -> None:
        """What each member's parts have for themselves."""
        for part in self.parts:
            part.vary(networks)

    @property
    def random(self) -> bool:
        """Whether units are dropped."""
        return self.drop is not None

    def begin(self, rng: Generator, place: Place) -> None:
        """Draw the mask of the coming pass."""
        if self.drop is not None:
            self.drop.begin(rng, place)

    def forward(self) -> None:
        """Every part in turn."""
        for part in self.parts:
            part.forward()

    def derivatives(self) -> None:
        """f′ at the activation's own input."""
        self.act.derivatives()

    def backward(self) -> None:
        """∂J at every cut but the input."""
        for part in self.parts[:0:-1]:
            assert part.dx is not None  # only the first part may lack one
            part.backward(part.dx)

    def hand_back(self) -> None:
        """∂J/∂x by the main path; what a skip path adds comes by :meth:`give`."""
        assert self.arrays.dx is not None  # never asked of the first stage
        self.parts[0].backward(self.arrays.dx)

    def give(self) -> None:
        """Add the skip path's share to ∂J/∂h where it begins."""
        if self.path is not None:
            self.path.give()

    def finish(self) -> None:
        """Running statistics."""
        for part in self.ending:
            part.finish()

    def parameter_gradients(self) -> None:
        """The gradients of every part."""
        for part in self.parts:
            part.parameter_gradients()

    def edge_weights(self) -> Array:
        """W."""
        return self.parameters["W"]

    def cuts(self) -> Sequence[Cut]:
        """∂J below every part but the first, from h down."""
        return [(part.role, part.dx) for part in self.parts[:0:-1] if part.dx is not None]

    def way(self) -> Array:
        """What the first part hands back, computed anew."""
        out = np.empty_like(self.arrays.x)
        self.parts[0].backward(out)
        return out

    def derivative(self) -> list[Three]:
        """At the activation's own input; nothing when the pass keeps no ∂J there."""
        act = self.act
        if act.dx is None:
            return []
        return [(act.dy, act.derivative, act.dx)]

    def return_way(self) -> list[Three]:
        """At the weights; pre-activation stages have them before the other parts."""
        dx = self.affine.dx
        if dx is None:
            return []
        back = self.way() if self.affine is self.parts[0] else dx
        return [(self.affine.dy, self.edge_weights(), back)]

    @property
    def last_role(self) -> str:
        """The share of the gain budget that the hop's last part has."""
        return self.parts[0].role

    def inner(self) -> dict[str, Array]:
        """The cuts: z and whatever else the parts are called, forward and backward."""
        found: dict[str, Array] = {}
        for part in self.parts[:-1]:
            found |= {part.name: part.y, f"d{part.name}": part.dy}
        for part in reversed(self.parts):
            found |= part.inner()
        return found

    def bent(self) -> Bent:
        """The activation, wherever in the stage it is."""
        at = self.parts.index(self.act)
        names = self.cut_names()
        return Bent(names[at], names[at + 1], self.act.x, self.act.y, self.act.derivative)

    def weights_input(self) -> tuple[str, Array]:
        """Of a stage that begins with its activation, what comes out of that."""
        at = self.parts.index(self.affine)
        return self.cut_names()[at] if at else "", self.affine.x

    def words(self) -> Mapping[str, str]:
        """Those of the parts."""
        found: dict[str, str] = {}
        for part in self.parts:
            found |= part.words
        return found

    def pull(self, samples: Samples, gradient: Floats) -> dict[int, Floats]:
        """Through part after part, and along the skip path."""
        found: dict[int, Floats] = {}
        for part in reversed(self.parts):
            if self.path is not None and part is self.path:
                found[self.plan.source] = self.path.pull_aside(samples, gradient)
            gradient = part.pull(samples, gradient)
        found[1] = gradient + found.get(1, 0.0)
        return found


def _assemble(plan: StagePlan, site: Site) -> list[Part]:
    """The parts over their buffers; z and h are the network's own."""
    arrays = site.arrays
    wanted = _widths(plan)
    if not site.training:
        wanted = [item for item in wanted if item[0] is not Dropout]
    parts: list[Part] = []
    below, dbelow = arrays.x, arrays.dx
    for at, (kind, _, units) in enumerate(wanted):
        above, dabove = _cut(arrays, kind, units, at + 1 == len(wanted))
        parts.append(kind(plan, site, Ends(below, above, dbelow, dabove)))
        below, dbelow = above, dabove
    return parts


def _cut(arrays: StageArrays, kind: type[Part], units: int, last: bool) -> tuple[Array, Array]:
    """Buffers for a part's output and ∂J by it."""
    if last:
        return arrays.h, arrays.dh
    if kind is Affine:
        return arrays.z, arrays.dz
    shape = (*arrays.x.shape[:-1], units)
    return np.zeros_like(arrays.h, shape=shape), np.zeros_like(arrays.dh, shape=shape)
