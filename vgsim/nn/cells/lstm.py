"""Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000).

i, f, o = σ(…), g = tanh(…), c_t = f ⊙ c_(t−1) + i ⊙ g, h_t = o ⊙ tanh(c_t), without peepholes.
With ``network.norm_state`` h_t = o ⊙ tanh(LN(c_t)).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vgsim.nn.arrays import Array, Floats, Generator, Samples, rows, transposed
from vgsim.nn.cells.base import CELLS, Equation, Gated, Passed, Share
from vgsim.nn.cells.state_norm import StateNorm, state_shapes, state_start
from vgsim.nn.cells.timesteps import joined
from vgsim.nn.initializers import BIASES
from vgsim.nn.layers.site import Shapes, StagePlan
from vgsim.nn.roles import Role

if TYPE_CHECKING:
    from vgsim.nn.spec import InitSpec


@CELLS.register(
    "lstm",
    "a state that is only added to, behind gates (Hochreiter and Schmidhuber 1997)",
    label="LSTM",
    uses=("init.forget_bias", "network.norm_state"),
    role=Role.REMEMBERS,
    pytorch="nn.LSTM",
)
class LSTM(Gated):
    """``c`` is the state (T, B, H), ``dc`` ∂J by it; ``derivative`` is tanh′(c).

    The planes of ``z`` are o, i, f, g and the state before: so (i, f) ⊙ (g, c_(t−1)) is one call.
    ``bends`` (T, 4, B, H) is what ∂J/∂h is multiplied with for o, and ∂J/∂c for i, f and g.
    """

    gates = ("i", "f", "g", "o")
    functions = MappingProxyType({"i": "sigmoid", "f": "sigmoid", "g": "tanh", "o": "sigmoid"})
    equations = (
        Equation("c", (Share("f", "c", "kept", before=True), Share("i", "g", "candidate"))),
        Equation("h", (Share("o", "c", "state", bent="tanh"),)),
    )
    words = MappingProxyType(
        {
            "i": "Input gate",
            "f": "Forget gate: what the state keeps",
            "g": "Candidate for the state",
            "o": "Output gate",
            "c": "State",
        }
    )
    derivative_at = "c"
    keeper = "forget gate"
    opened_by = "init.forget_bias"
    products = 4
    two_sided = True
    sigmoids = 3

    def allocate(self) -> None:
        """The buffers, and the views into them that each timestep works on."""
        super().allocate()
        self.rows = joined(self.state[:-1])
        shape = self.dh.shape[1:]
        planes = np.zeros_like(self.x, shape=(self.steps + 1, 5, *shape), order="C")
        self.z = planes[:-1]
        self.o, self.i, self.f, self.g, self.c_before = self.z.swapaxes(0, 1)
        self.c = planes[1:, 4]
        self.bent = np.zeros_like(self.x, shape=self.dh.shape, order="C")
        self.dc = np.zeros_like(self.dh)
        self.bends = self.planes_of_steps(self.x, 4)
        self.dc_above = np.zeros_like(self.dh, shape=shape)
        self.parts = np.zeros_like(self.dh, shape=(2, *shape))
        self.state_norm: StateNorm | None = None
        if self.plan.norm_state:
            place = (self.plan, self.network, self.own, self.gradients)
            self.state_norm = StateNorm(*place, self.c, self.dc)
        # made once: slicing anew at every timestep takes longer than some of the calls
        self._forward = [
            (row, z[:4], z[:3], z[3], z[1:3], z[3:], c, bent, z[0], h)
            for row, z, c, bent, h in zip(
                self.state[:-1], self.z, self.c, self.bent, self.h, strict=True
            )
        ]
        self._backward = [
            (dh, o, derivative, dc, bends[0], dz[3], bends[1:], dz[:3], f)
            for dh, o, derivative, dc, bends, dz, f in zip(
                self.dh,
                self.o,
                self.derivative,
                self.dc,
                self.bends,
                self.dz_planes,
                self.f,
                strict=True,
            )
        ]

    def planes(self) -> tuple[str, ...]:
        """The sigmoids first."""
        return ("o", "i", "f", "g")

    def copy_weights(self) -> None:
        """Those of the sigmoids negated: e^−z is what their formula begins with."""
        super().copy_weights()
        np.negative(self.stacked[:3], out=self.stacked[:3])

    @classmethod
    def shapes(cls, plan: StagePlan) -> Shapes:
        """Those of every cell, and γ and β of a normalized state."""
        return super().shapes(plan) | state_shapes(plan)

    @classmethod
    def start(cls, plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """Those of every cell, and γ and β of a normalized state."""
        return super().start(plan, rng, init) | state_start(plan, rng, init)

    @classmethod
    def start_biases(cls, plan: StagePlan, rng: Generator, init: InitSpec) -> dict[str, Array]:
        """The forget gate's b starts at ``init.forget_bias`` (Jozefowicz et al. 2015: 1)."""
        values = super().start_biases(plan, rng, init)
        if BIASES[init.bias].of_cell is None:
            values["b"][plan.outputs : 2 * plan.outputs] = init.forget_bias
        return values

    def forward(self, t: int) -> None:
        """Gates, state, h."""
        if t == 0:
            self.copy_weights()
        row, gates, sigmoids, g, i_f, g_c, c, bent, o, h = self._forward[t]
        if self.from_h is not None:
            self.gather(t, gates)
        else:
            np.matmul(row, self.stacked, out=gates)
        np.exp(sigmoids, out=sigmoids)
        np.add(sigmoids, 1, out=sigmoids)
        np.divide(1, sigmoids, out=sigmoids)
        np.tanh(g, out=g)
        np.multiply(i_f, g_c, out=self.parts)
        np.add(self.parts[0], self.parts[1], out=c)
        if self.state_norm is not None:
            c = self.state_norm.forward(t, c)
        np.tanh(c, out=bent)
        np.multiply(o, bent, out=h)

    def derivatives(self) -> None:
        """tanh′(c), and for each gate its own derivative times what the gate is multiplied with."""
        np.multiply(self.bent, self.bent, out=self.derivative)
        np.subtract(1, self.derivative, out=self.derivative)
        np.subtract(1, self.z[:, :3], out=self.bends[:, :3])
        np.multiply(self.bends[:, :3], self.z[:, :3], out=self.bends[:, :3])
        np.multiply(self.bends[:, 0], self.bent, out=self.bends[:, 0])
        np.multiply(self.bends[:, 1:3], self.z[:, 3:], out=self.bends[:, 1:3])
        g = self.bends[:, 3]
        np.multiply(self.g, self.g, out=g)
        np.subtract(1, g, out=g)
        np.multiply(g, self.i, out=g)

    def begin_back(self) -> None:
        """No timestep above has handed back a ∂J/∂c yet."""
        super().begin_back()
        self.dc_above.fill(0)

    def backward(self, t: int) -> None:
        """∂J/∂c from h and from the timestep above, then ∂J by what goes into each gate."""
        dh, o, derivative, dc, bend_o, dz_o, bends, dz, f = self._backward[t]
        np.multiply(dh, o, out=dc)
        np.multiply(dc, derivative, out=dc)
        if self.state_norm is not None:
            self.state_norm.backward(t, dc)
        np.add(dc, self.dc_above, out=dc)
        np.multiply(bend_o, dh, out=dz_o)
        np.multiply(bends, dc, out=dz)
        np.multiply(dc, f, out=self.dc_above)

    def cut(self) -> None:
        """The state's gradient is cut too."""
        self.dc_above.fill(0)

    def silence(self, t: int, padded: NDArray[np.bool_]) -> None:
        """Neither by h nor by the state."""
        super().silence(t, padded)
        np.copyto(self.dc_above, 0, where=padded)

    def parameter_gradients(self) -> None:
        """All in one product: rows of ``state`` are what is multiplied with W_x, b and W_h."""
        if self.from_h is not None:
            super().parameter_gradients()
            if self.state_norm is not None:
                self.state_norm.whole.parameter_gradients()
            return
        inputs = self.plan.inputs
        joint = transposed(self.rows) @ self.all_dz
        np.copyto(self.gradients["W_x"], joint[..., :inputs, :])
        np.copyto(self.gradients["b"], joint[..., inputs, :])
        np.copyto(self.gradients["W_h"], joint[..., inputs + 1 :, :])
        self.second_bias_gradient()

    def arrays(self) -> dict[str, Array]:
        """Gates, state and their gradients."""
        gates = {"i": self.i, "f": self.f, "g": self.g, "o": self.o}
        return gates | {"dz": self.dz, "c": self.c, "dc": self.dc}

    def passed(self) -> Sequence[Passed]:
        """The gates, and the state on its way to h."""
        state = self.c if self.state_norm is None else self.state_norm.out
        return [*super().passed(), Passed("c", "tanh", state, self.bent)]

    def factored(self, share: Share, t: int) -> Array:
        """tanh of the state as it is normalized, where it is."""
        if share.bent and self.state_norm is not None:
            bent: Array = self.bent[t]
            return bent
        return super().factored(share, t)

    def normalized(self, t: int) -> dict[str, Array]:
        """The state, too."""
        found = super().normalized(t)
        if self.state_norm is not None:
            found["nc"] = self.state_norm.out[t]
        return found

    def pull(self, t: int, samples: Samples, gradient: Floats) -> Floats:
        """(h, c) side by side: the state hands on its own f ⊙, all else goes by the weights."""
        by_h, by_c = np.split(gradient, 2, axis=-1)
        o, i, f, g = (rows(bend, samples) for bend in self.bends[t])
        through_h = by_h * rows(self.o[t] * self.derivative[t], samples)
        if self.state_norm is not None:
            through_h = self.state_norm.at_step[t].pull(samples, through_h)
        by_c = by_c + through_h
        into = np.concatenate((by_c * i, by_c * f, by_c * g, by_h * o), axis=-1)
        by_weights = self.pull_by_weights(t, samples, into)
        return np.concatenate((by_weights, by_c * rows(self.f[t], samples)), axis=-1)
