"""One recurrent cell, unrolled: T timesteps that share their parameters.

In the parameters and in their gradients gates lie side by side along the last axis, in PyTorch's
order and with PyTorch's equations; W_x is (inputs, gates · units) and W_h (units, gates · units),
the transposes of PyTorch's. The two biases that PyTorch adds up are one vector b. Their gradients
are the same, but trained as two they move the sum twice as far: with ``network.two_biases`` there
is a b_h besides, added to what comes from h.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from vgsim.core.registry import Registry
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import (
    Array,
    Floats,
    Generator,
    Place,
    Samples,
    by_sample,
    product,
    transposed,
    turned,
)
from vgsim.nn.cells.sides import OF_H, OF_X, GateSide, SidePlace, apart, norm_shapes, norm_start
from vgsim.nn.cells.timesteps import by_step, joined
from vgsim.nn.initializers import BIASES, INITIALIZERS, GateBiases, settled
from vgsim.nn.layers.site import Cut, Shapes, StagePlan
from vgsim.nn.precision import fitting

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec, NetworkSpec


@dataclass(frozen=True, slots=True)
class Bottom:
    """What a cell whose x is known beforehand has: W_x and b as one matrix, so as one product.

    ``x`` (T · B, inputs + 1) ends in a column of ones; ``own`` and ``gradients`` are
    (inputs + 1, gates · units), the last row b. Of several members each has one more axis in front.
    """

    x: Array
    own: Array
    gradients: Array


@dataclass(frozen=True, slots=True)
class Share:
    """One summand of what a cell remembers, unit by unit: ``by`` ⊙ ``of``, arrays of a trace.

    ``complement`` makes it (1 − ``by``) ⊙ ``of``. ``before`` says that ``of`` is that of the
    timestep before; ``bent`` is the activation that it goes through, "" for none. ``name`` says
    in the chain rule which way it is: "state", "candidate", "carry".
    """

    by: str
    of: str
    name: str
    complement: bool = False
    before: bool = False
    bent: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """``of``, which is h or another state of the cell, is the sum of ``shares``."""

    of: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class HiddenWay:
    """A way back to h by W_h: from ``gates``, then, unit by unit, times the gate ``by``."""

    gates: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """z and h = f(z) of all timesteps, (T, B, H); z of a gate, which is not kept, is None."""

    name: str
    activation: str
    z: Array | None
    h: Array


class Cell:
    """Buffers and steps of one cell; T timesteps, B samples, H units, G gates.

    Of M experiments in one computation every array has a further axis M in front of B, and every
    parameter in front of its own; what is (T, B, H) below is (T, M, B, H) then.

    ``before`` and ``h`` are (T, B, H): h of the timestep before (zero for the first) and of this
    one; ``dh`` is ∂J/∂h. ``z`` are the gates, (T, B, H) for a single one, and ``dz``
    (T, B, G · H) is ∂J by what goes into them; ``dz_h`` is ∂J by the part that comes from h. ``x``
    is (T, B, inputs).

    What others say of a cell they read from its class: formulas are written, the chain rule is
    taken apart and forgetting is found from ``gates``, ``equations`` and the words beside them.
    """

    gates: ClassVar[tuple[str, ...]]
    """Names of what W_x, W_h and b lead to, in the order in which they lie side by side."""
    functions: ClassVar[Mapping[str, str]] = {}
    """The activation of every gate; empty where the spec chooses one for the only gate."""
    equations: ClassVar[tuple[Equation, ...]] = ()
    """h and every other state from gates and states. None: h = f(z), z being the only gate."""
    words: ClassVar[Mapping[str, str]] = {}
    """What the forward arrays of :meth:`arrays` are, in plain words."""
    derivative_at: ClassVar[str] = "z"
    """What ``derivative`` is the derivative at, in LaTeX."""
    keeper: ClassVar[str] = ""
    """What the gate that keeps the memory is called: "forget gate"."""
    opened_by: ClassVar[str] = ""
    """The spec field that sets the start of that gate's bias, if there is one."""

    two_sided: ClassVar[bool] = False
    """Whether it can take x W_x and h W_h apart (:attr:`from_x`), as a normalization needs them."""
    ways_back: ClassVar[tuple[HiddenWay, ...]] = ()
    """How ∂J/∂h comes back by W_h; empty where it is from all gates at once."""

    before: Array
    h: Array
    z: Array

    def __init__(
        self,
        plan: StagePlan,
        x: Array,
        own: Mapping[str, Array],
        gradients: Mapping[str, Array],
        network: NetworkSpec,
        bottom: Bottom | None = None,
        training: bool = True,
    ) -> None:
        steps, *lead, batch, _ = x.shape
        units = plan.outputs
        of_gradients = gradients["b"]
        self.lead = tuple(lead)
        self.steps = steps
        self.batch = batch
        self.product = product(own["W_x"])
        self.W_x_back, self.W_h_back = transposed(own["W_x"]), transposed(own["W_h"])
        self.plan = plan
        self.network = network
        self.x = x
        self.own = own
        self.gradients = gradients
        self.activation = fitting(ACTIVATIONS[plan.activation], x)
        self.dh = np.zeros_like(of_gradients, shape=(steps, *lead, batch, units))
        self.derivative = np.zeros_like(x, shape=self.dh.shape, order="C")
        self.dz = self.by_step(of_gradients, len(self.gates) * units)
        self.dz_h = self.dz
        self.bottom = bottom
        self.ones = np.ones_like(x, shape=steps * batch)
        self.down = np.zeros_like(of_gradients, shape=(*lead, batch, plan.inputs))
        self.allocate()
        # made once: of long sequences all timesteps go into one product
        self.all_x, self.all_before = joined(self.x), joined(self.before)
        self.all_dz, self.all_dz_h = joined(self.dz), joined(self.dz_h)
        self.from_x: GateSide | None = None
        self.from_h: GateSide | None = None
        if apart(plan):
            self.take_apart(SidePlace(plan, network, own, gradients, training))

    def by_step(self, like: Array, width: int) -> Array:
        """Zeros of all timesteps, of the kind of ``like``, that one product can take at once."""
        return by_step(like, self.steps, self.lead, self.batch, width)

    def take_apart(self, place: SidePlace) -> None:
        """Make what brings x and h to the gates, each by a product of its own."""
        self.from_x = GateSide(place, OF_X, self.x, self.dz)
        self.from_h = GateSide(place, OF_H, self.before, self.dz_h)

    def allocate(self) -> None:
        """The buffers of the forward pass: ``before``, ``h``, ``z`` and what else it needs."""
        raise NotImplementedError

    @classmethod
    def several_gates(cls) -> bool:
        """Whether a unit has more than one row of weights."""
        return len(cls.gates) > 1

    @classmethod
    def states(cls) -> tuple[str, ...]:
        """What is handed from timestep to timestep besides h."""
        return tuple(equation.of for equation in cls.equations if equation.of != "h")

    @classmethod
    def valves(cls) -> tuple[str, ...]:
        """The gates that are multiplied with something; a candidate is what gets multiplied."""
        if not cls.several_gates():
            return ()
        candidates = {share.of for equation in cls.equations for share in equation.shares}
        return tuple(gate for gate in cls.gates if gate not in candidates)

    @classmethod
    def kept(cls) -> Share | None:
        """The share of the memory that is kept past all weights: of a state, or else of h."""
        for equation in cls.equations:
            for share in equation.shares:
                if share.before and share.of == equation.of:
                    return share
        return None

    @classmethod
    def carries(cls) -> bool:
        """Whether h itself is handed on past the weights."""
        kept = cls.kept()
        return kept is not None and kept.of == "h"

    @classmethod
    def buffers(cls, plan: StagePlan) -> int:
        """About how many buffers (T, B, H) it has, with what measuring it takes."""
        lifted = 4 if plan.source or plan.dropout else 0
        return 10 + lifted + 8 * plan.norm_state + (16 if apart(plan) else 4) * len(cls.gates)

    @classmethod
    def shapes(cls, plan: StagePlan) -> Shapes:
        """W_x, b and W_h, then γ and β where the products are normalized."""
        width = len(cls.gates) * plan.outputs
        shapes: Shapes = {"W_x": (plan.inputs, width), "b": (width,), "W_h": (plan.outputs, width)}
        if plan.two_biases:
            shapes["b_h"] = (width,)
        return shapes | norm_shapes(plan, width)

    @classmethod
    def start(cls, plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """W_x and W_h, each by its own initializer, then the biases."""
        own = settled(init, plan.activation)

        def gates(name: str, rows: int, recurrent: bool) -> Array:
            initializer, shape = INITIALIZERS[name], (rows, plan.outputs)
            if initializer.of_cell is not None:
                return initializer.of_cell(rng, shape, len(cls.gates), recurrent)
            return np.concatenate([initializer(rng, shape, own) for _ in cls.gates], axis=1)

        return {
            "W_x": gates(init.weights, plan.inputs, False),
            "W_h": gates(init.recurrent, plan.outputs, True),
            **cls.start_biases(plan, rng, init),
            **norm_start(plan, rng, init, len(cls.gates) * plan.outputs),
        }

    @classmethod
    def start_biases(cls, plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """All biases by one rule for cells, or else b alike in all gates and the rest 0."""
        biases = BIASES[init.bias]
        if biases.of_cell is not None:
            return dict(biases.of_cell(rng, cls.gate_biases(plan), init))
        found: dict[str, Array] = {**cls.gate_biases(plan).zeros()}
        found["b"] = biases(rng, (plan.inputs, len(cls.gates) * plan.outputs), init)
        return found

    @classmethod
    def gate_biases(cls, plan: StagePlan) -> GateBiases:
        """What a start must know of them."""
        apart = tuple(gate for gate in cls.gates if f"b_h{gate}" in cls.shapes(plan))
        state = bool(cls.states())
        return GateBiases(cls.gates, plan.outputs, apart, plan.two_biases, cls.opens(), state)

    @classmethod
    def opens(cls) -> dict[str, int]:
        """1 for the gate that makes the memory last, -1 for one that lets something new into it."""
        kept = cls.kept()
        if kept is None:
            return {}
        shares = next(e.shares for e in cls.equations if kept in e.shares)
        found = {}
        for share in shares:
            if share.by and (share == kept or share.by != kept.by):
                found[share.by] = 1 if (share == kept) != share.complement else -1
        return found

    def project(self) -> None:
        """What x and b bring to the gates of all timesteps: the bottom cell knows its x at once."""
        raise NotImplementedError

    def project_step(self, t: int) -> None:
        """What x brings to timestep ``t`` alone: x of an upper cell is known step by step."""
        raise NotImplementedError

    def forward(self, t: int) -> None:
        """Gates and h of timestep ``t`` (from 0)."""
        raise NotImplementedError

    def derivatives(self) -> None:
        """Every derivative that depends on the forward pass alone, all timesteps at once."""
        raise NotImplementedError

    def begin(self, rng: Generator, place: Place) -> None:
        """Draw what is random in the coming pass of the member at ``place``."""
        for side in self.both_sides():
            if side is not None:
                side.begin(rng, place)

    def both_sides(self) -> tuple[GateSide | None, GateSide | None]:
        """What brings x and h to the gates; None each where one product brings both."""
        return (self.from_x, self.from_h)

    def begin_back(self) -> None:
        """Forget what the last backward pass carried."""

    def backward(self, t: int) -> None:
        """∂J/∂h -> ∂J/∂z of timestep ``t``."""
        raise NotImplementedError

    def backward_sides(self, t: int) -> None:
        """∂J by both products of timestep ``t``, from ∂J by what they bring to the gates.

        Below the bottom cell nothing waits for it, so that its x has them all at once at the end.
        """
        if self.from_x is None or self.from_h is None:
            return
        self.from_h.backward(t)
        if self.bottom is None:
            self.from_x.backward(t)
        elif t == 0:
            self.from_x.backward_all()

    @property
    def into_x(self) -> Array:
        """(T, B, G · H) ∂J/∂(x W_x)."""
        return self.dz if self.from_x is None else self.from_x.handed

    @property
    def into_h(self) -> Array:
        """(T, B, G · H) ∂J/∂(h W_h)."""
        return self.dz_h if self.from_h is None else self.from_h.handed

    def cuts(self, t: int) -> list[Cut]:
        """∂J at the cuts from the gates of timestep ``t`` to h of the one before, by W_h."""
        found: list[Cut] = []
        side = self.from_h
        if side is not None and side.norm is not None:
            found.append(("normalization", side.handed[t]))
        found.append(("weights", self.into_h[t] @ self.own["W_h"].T))
        if side is not None and side.mask is not None:
            found.append(("dropout", found[-1][1] * side.mask))
        return found

    def side_of(self, way: HiddenWay) -> GateSide | None:
        """What brings h to the gates of that way; None where one product brings all."""
        return self.from_h

    def masks(self) -> dict[str, Array]:
        """What silences units at all timesteps, (B, n) each, by its name in a trace."""
        sides = [side for side in self.both_sides() if side is not None]
        return {f"mask_{side.which}": side.mask for side in sides if side.mask is not None}

    def normalized(self, t: int) -> dict[str, Array]:
        """Both products of timestep ``t``, normalized, by their names in a trace."""
        sides = [side for side in self.both_sides() if side is not None]
        return {f"n{side.which}": side.out[t] for side in sides if side.norm is not None}

    def by_weights(self, t: int, out: Array) -> None:
        """∂J/∂h of timestep ``t`` - 1, as far as it comes through W_h."""
        if self.from_h is not None:
            self.from_h.hand_back(t, out)
        else:
            self.product(self.dz_h[t], self.W_h_back, out)

    def hand_back(self, t: int, out: Array) -> None:
        """∂J/∂h of timestep ``t`` - 1, as far as it comes from timestep ``t``."""
        self.by_weights(t, out)

    def cut(self) -> None:
        """Let nothing else cross the boundary to the timestep before (truncation)."""

    def silence(self, t: int, padded: NDArray[np.bool_]) -> None:
        """Let nothing come back to timestep ``t`` of the samples (B, 1) for which it is padding."""
        np.copyto(self.dh[t], 0, where=padded)

    def hand_down(self, t: int, out: Array) -> None:
        """Add ∂J/∂x of timestep ``t`` to ``out``."""
        if self.from_x is not None:
            self.from_x.hand_back(t, self.down)
        else:
            self.product(self.dz[t], self.W_x_back, self.down)
        np.add(out, self.down, out=out)

    def parameter_gradients(self) -> None:
        """Gradients summed over the timesteps, in one product each."""
        if self.from_x is not None and self.from_h is not None:
            self.from_x.parameter_gradients()
            self.from_h.parameter_gradients()
            self.product(self.ones, self.all_dz, self.gradients["b"])
            self.second_bias_gradient()
            return
        dz = self.all_dz
        self.product(turned(self.all_before), self.all_dz_h, self.gradients["W_h"])
        if self.bottom is not None:
            self.product(transposed(self.bottom.x), dz, self.bottom.gradients)
        else:
            self.product(turned(self.all_x), dz, self.gradients["W_x"])
            self.product(self.ones, dz, self.gradients["b"])
        self.second_bias_gradient()

    def second_bias_gradient(self) -> None:
        """∂J/∂b_h, where there is one."""
        if "b_h" in self.gradients:
            np.add.reduce(self.dz_h, axis=(0, -2), out=self.gradients["b_h"])

    def contribution(self, t: int) -> tuple[Array, Array]:
        """Timestep ``t``'s own ∂J/∂W, W_x over W_h, and ∂J/∂b."""
        if self.from_x is not None and self.from_h is not None:
            parts = (self.from_x.contribution(t), self.from_h.contribution(t))
        else:
            parts = (self.x[t].T @ self.dz[t], self.before[t].T @ self.dz_h[t])
        return np.concatenate(parts), self.dz[t].sum(axis=0)

    def arrays(self) -> dict[str, Array]:
        """Gates, states and ∂J by them as a trace calls them, (T, B, ...) each, without h."""
        raise NotImplementedError

    def inner(self, t: int) -> dict[str, Array]:
        """The same of timestep ``t``."""
        return {name: values[t] for name, values in self.arrays().items()}

    def factor(self, share: Share, t: int | slice) -> Array:
        """(B, H) what ``share`` multiplies with at timestep ``t``; (T, B, H) for a slice."""
        if not share.by:
            return np.ones_like(self.h[t])
        gate: Array = self.arrays()[share.by][t]
        if share.complement:
            return 1 - gate
        return gate

    def factored(self, share: Share, t: int) -> Array:
        """(B, H) what is multiplied with that."""
        if share.of == "h":
            values = self.h
        else:
            values = self.arrays()[share.of]
        if not share.before:
            found: Array = values[t]
        else:
            found = values[t - 1] if t else np.zeros_like(values[0])
        if share.bent:
            bent = np.empty_like(found)
            ACTIVATIONS[share.bent].forward(found, bent)
            return bent
        return found

    def gradient(self, of: str) -> Array:
        """(T, B, H) ∂J by h or another state."""
        if of == "h":
            return self.dh
        return self.arrays()[f"d{of}"]

    def passed(self) -> Sequence[Passed]:
        """Everything that goes through an activation, those through the same one together."""
        return [Passed("z", self.plan.activation, self.z, self.h)]

    def pull_by_weights(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """∂y/∂(what W_h brings to the gates of timestep ``t``) -> ∂y/∂h of the one before."""
        if self.from_h is not None:
            return self.from_h.pull(t, samples, gradient)
        return gradient @ self.own["W_h"].astype(np.float64).T

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """∂y/∂(state at timestep ``t``) -> ∂y/∂(state at the one before), x held fixed.

        (S, rows, n) for any y with ``rows`` entries and each of ``samples`` (S,); the state is h
        and :meth:`states`, side by side.
        """
        raise NotImplementedError


class Gated(Cell):
    """A cell of several gates, stored so that one gate of one timestep is one piece of memory.

    ``z`` is (T, planes, B, H): a plane for each gate in an order of the cell's own, the sigmoids
    next to each other so that one call does them all; ``dz`` is side by side nevertheless, since
    both products of the backward pass want it so. ``state`` (T + 1, B, inputs + 1 + H) has x, a 1
    and ``before`` in each row; times ``stacked`` (products, inputs + 1 + H, H), which is W_x, b
    and W_h plane by plane, that is what goes into the gates, without a sum to take afterwards.
    """

    back: Array
    biases: list[Array]
    products: ClassVar[int]
    """How many planes of ``z``, the first ones, are a product of a row of ``state``."""
    sigmoids: ClassVar[int] = 0
    """How many of those, the first ones, are made from e^−z, so that −z is what they hold."""
    sides: ClassVar[tuple[str, ...]] = ()
    """Which sides go into each of those planes: "xh", "x" or "h"; empty for both into all."""

    def allocate(self) -> None:
        """``state``, with the views into it, and room for the copies of the weights."""
        inputs, units = self.plan.inputs, self.plan.outputs
        self.arriving: list[list[tuple[Array | None, Array | None]]] = []
        width = inputs + 1 + units
        self.state = by_step(self.x, self.steps + 1, self.lead, self.batch, width)
        self.state[..., inputs] = 1
        hidden = self.state[..., inputs + 1 :]
        self.before = hidden[:-1]
        self.h = hidden[1:]
        shape = (self.products, *self.lead, width, units)
        self.stacked = np.zeros_like(self.x, shape=shape, order="C")
        self.dz_planes = self.as_planes(self.dz)

    def as_planes(self, values: Array) -> Array:
        """(T, G, B, H): where ``values``, like ``dz``, have the gates of a timestep as planes."""
        by_gate = values.reshape(*values.shape[:-1], -1, self.plan.outputs)
        return np.moveaxis(by_gate, -2, 1)

    def planes_of_steps(self, like: Array, planes: int) -> Array:
        """(T, planes, B, H) zeros of the kind of ``like``."""
        shape = (self.steps, planes, *self.lead, self.batch, self.plan.outputs)
        return np.zeros_like(like, shape=shape, order="C")

    def passed(self) -> Sequence[Passed]:
        """Every gate; of their inputs nothing is kept."""
        arrays = self.arrays()
        found = [Passed(name, self.functions[name], None, arrays[name]) for name in self.gates]
        order = list(dict.fromkeys(self.functions.values()))
        return sorted(found, key=lambda passed: order.index(passed.activation))

    def gate(self, name: str, values: Array) -> Array:
        """The columns of one gate in an array whose last axis is gates · units."""
        at = self.gates.index(name)
        units = self.plan.outputs
        return values[..., at * units : (at + 1) * units]

    def project(self) -> None:
        """Take x over; what it brings is part of the product in :meth:`forward`."""
        if self.from_x is not None:
            self.from_x.forward_all()
        np.copyto(self.state[:-1, ..., : self.plan.inputs], self.x)

    def project_step(self, t: int) -> None:
        """The same for timestep ``t`` alone."""
        if self.from_x is not None:
            self.from_x.forward(t)
        np.copyto(self.state[t, ..., : self.plan.inputs], self.x[t])

    def copy_weights(self) -> None:
        """Bring the parameters into the layout of this pass; they change only between passes."""
        inputs = self.plan.inputs
        for at, (name, sides) in enumerate(self.planes_and_sides()):
            plane = self.stacked[at]
            np.copyto(plane[..., :inputs, :], self.gate(name, self.own["W_x"]))
            np.copyto(plane[..., inputs, :], self.bias(name, sides))
            np.copyto(plane[..., inputs + 1 :, :], self.gate(name, self.own["W_h"]))

    def bias(self, name: str, sides: str) -> Array:
        """(H,) what is added to one gate from the ``sides`` "xh", "x" or "h"."""
        second = self.own.get(f"b_h{name}")
        if second is None and "b_h" in self.own:
            second = self.gate(name, self.own["b_h"])
        if "x" not in sides:
            assert second is not None  # a cell whose sides are apart has a bias for each
            return second
        first = self.gate(name, self.own["b"])
        if "h" in sides and second is not None:
            return first + second
        return first

    def gather(self, t: int, planes: Array) -> None:
        """What goes into the gates of timestep ``t``, from both sides apart, as planes of ``z``."""
        assert self.from_x is not None and self.from_h is not None  # else it is one product
        self.from_h.forward(t)
        if t == 0:
            self.biases = [self.bias(*product) for product in self.planes_and_sides()]
        if not self.arriving:
            self.arriving = [self._arriving(step) for step in range(len(self.dh))]
        for plane, bias, (x, h) in zip(planes, self.biases, self.arriving[t], strict=False):
            np.copyto(plane, by_sample(bias))
            for arriving in (x, h):
                if arriving is not None:
                    np.add(plane, arriving, out=plane)
        np.negative(planes[: self.sigmoids], out=planes[: self.sigmoids])

    def _arriving(self, t: int) -> list[tuple[Array | None, Array | None]]:
        """Views of what both sides bring to each of the planes at timestep ``t``, None if nothing.

        Made once: slicing anew at every timestep takes longer than adding.
        """
        assert self.from_x is not None and self.from_h is not None
        found: list[tuple[Array | None, Array | None]] = []
        for name, sides in self.planes_and_sides():
            x = self.gate(name, self.from_x.out[t]) if "x" in sides else None
            h = self.gate(name, self.from_h.out[t]) if "h" in sides else None
            found.append((x, h))
        return found

    def planes_and_sides(self) -> list[tuple[str, str]]:
        """The gate of each product, with the sides that go into it."""
        planes = self.planes()
        return list(zip(planes, self.sides or ("xh",) * len(planes), strict=True))

    def planes(self) -> tuple[str, ...]:
        """The gate of each product, in the order of ``stacked``."""
        raise NotImplementedError

    def begin_back(self) -> None:
        """Copy W_h; not earlier, as a network that only evaluates needs none."""
        self.back = np.ascontiguousarray(transposed(self.own["W_h"]))

    def by_weights(self, t: int, out: Array) -> None:
        """As every cell does, by weights that lie in the order in which the product reads them."""
        if self.from_h is not None:
            self.from_h.hand_back(t, out)
        else:
            self.product(self.dz_h[t], self.back, out)


CELLS: Registry[type[Cell]] = Registry("cell")
