"""The products of timesteps: what passes W_h, and what passes it by."""

from __future__ import annotations

import numpy as np

from vgsim.measure.measures import rms
from vgsim.measure.probes import tex
from vgsim.measure.probes.hop_layers import MEAN, affine, constant, simple
from vgsim.measure.probes.product import NOTHING, Chain, Floats, Pick
from vgsim.measure.readings import Hop, Term
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array
from vgsim.nn.cells.base import Cell
from vgsim.nn.cells.gru import GRU
from vgsim.nn.cells.lstm import LSTM
from vgsim.nn.unrolled import Unrolled

CUT = "Truncation cuts the gradient between this timestep and the next."
Gates = tuple[tuple[str, Floats], ...]


def gates(cell: Cell, t: int, pick: Pick) -> Gates:
    """The gates of timestep ``t`` (from 0) by name; a simple cell has none."""
    if len(cell.gates) == 1:
        return ()
    inner = cell.inner(t)
    return tuple((name, pick.one(inner[name])) for name in cell.gates)


def backward(network: Unrolled, stage: int, pick: Pick) -> Hop:
    """The hop to timestep ``stage`` (from 1) from the next, or from the readout."""
    name = tex.gradient(tex.at("h", stage))
    left = pick.vector(name, network.views[stage - 1].dh, signal=True)
    note = MEAN if pick.sample is None else ""
    if stage == network.steps:
        terms = (_readout(network, stage, pick, "weights"),)
        return Hop(stage, pick.sample, left, terms, NOTHING, note=note)
    losses = (_readout(network, stage, pick, "loss"),) if network.every else ()
    cell, above = network.top, stage  # ``stage`` from 0 is the timestep above
    shown = gates(cell, above, pick)
    if network.cuts_below(above):
        carry = (0.0, 0.0) if len(cell.gates) > 1 else (float("nan"), float("nan"))
        return Hop(stage, pick.sample, left, losses, NOTHING, carry=carry, gates=shown, note=CUT)
    state = _state(cell, above, pick) if isinstance(cell, LSTM) else None
    return Hop(
        stage,
        pick.sample,
        left,
        (*_terms(cell, above, pick), *losses),
        NOTHING,
        carry=carry_factors(cell, above, pick),
        gates=shown,
        note=note,
        state=state,
    )


def _readout(network: Unrolled, stage: int, pick: Pick, name: str) -> Term:
    """What the readout hands to timestep ``stage``, whose own loss it is where each has one."""
    number, batch, dz = network.steps + 1, network.batch, network.readout.arrays.dz
    if network.every:
        dz = dz[(stage - 1) * batch : stage * batch]
    below = tex.gradient(tex.at("h", number))
    below = f"{below}^{{({stage})}}" if network.every else below
    weights = network.readout.edge_weights()
    chain = Chain(pick, below, dz)
    return chain.matrix(tex.transposed(tex.at("W", number)), weights, "weights").term(name)


def _terms(cell: Cell, t: int, pick: Pick) -> tuple[Term, ...]:
    """∂J/∂h of the timestep before ``t`` (from 0), as far as ``t`` hands it back."""
    state = _by_weights(cell, t, pick)
    if isinstance(cell, GRU):
        chain = _start(cell, t, pick)
        carried = chain.diagonal(tex.diagonal(tex.at("z", t + 1)), cell.u[t], "skip")
        return carried.term("carry"), state
    return (state,)


def _start(cell: Cell, t: int, pick: Pick) -> Chain:
    return Chain(pick, tex.gradient(tex.at("h", t + 1)), cell.dh[t])


def _by_weights(cell: Cell, t: int, pick: Pick) -> Term:
    """The way through W_h."""
    if len(cell.gates) == 1:
        chain = _start(cell, t, pick)
        activation = cell.plan.activation
        if not ACTIVATIONS[activation].linear:
            inside = tex.slope(activation, tex.at("z", t + 1))
            chain.diagonal(tex.diagonal(inside), cell.slope[t], "activation")
    else:
        chain = Chain(pick, tex.gradient(f"z_{{{t + 1}}}^{{{','.join(cell.gates)}}}"), cell.dz_h[t])
    return chain.matrix(tex.transposed("W_{h}"), cell.own["W_h"], "weights").term("state")


def _state(cell: LSTM, t: int, pick: Pick) -> Term:
    """What ∂J/∂c of the timestep before ``t`` (from 0) gets: f ⊙ ∂J/∂c."""
    chain = Chain(pick, tex.gradient(tex.at("c", t + 1)), cell.dc[t])
    return chain.diagonal(tex.diagonal(tex.at("f", t + 1)), cell.f[t], "skip").term("state")


def carry_factors(cell: Cell, t: int, pick: Pick) -> tuple[float, float]:
    """Factors of the hop below timestep ``t`` (from 0): past the weights, and through them."""
    if isinstance(cell, LSTM):
        gate, passing = cell.f[t], cell.dc[t]
    elif isinstance(cell, GRU):
        gate, passing = cell.u[t], cell.dh[t]
    else:
        return float("nan"), float("nan")
    inner, outer = pick.rows(passing), pick.rows(cell.dh[t])
    back = pick.rows(cell.dz_h[t]) @ cell.own["W_h"].T
    return _ratio(pick.rows(gate) * inner, inner), _ratio(back, outer)


def _ratio(after: Array, before: Array) -> float:
    size = rms(before)
    return rms(after) / size if size else float("nan")


def forward(network: Unrolled, stage: int, pick: Pick) -> Hop:
    """h of one timestep of the top cell, or of the readout."""
    if stage > network.steps:
        return _forward_readout(network, stage, pick)
    cell, t = network.top, stage - 1
    if isinstance(cell, LSTM):
        return _gated(cell, stage, pick, (_bent_state(cell, t, pick),))
    if isinstance(cell, GRU):
        return _gated(cell, stage, pick, _mixed(cell, t, pick))
    return _simple(network, stage, pick)


def _forward_readout(network: Unrolled, stage: int, pick: Pick) -> Hop:
    arrays, layer = network.readout.arrays, network.readout
    weights = tex.at("W", stage), layer.edge_weights()
    below = tex.at("h", stage - 1), arrays.x
    terms = affine(pick, weights, below, layer.parameters["b"], stage)
    cuts = (("z", arrays.z), ("h", arrays.h))
    return simple(pick, stage, terms, cuts, layer.plan.activation)


def _simple(network: Unrolled, stage: int, pick: Pick) -> Hop:
    """f(W_x x + W_h h + b)."""
    cell, t = network.top, stage - 1
    below = tex.at("x", stage)
    if len(network.cells) > 1:
        below = f"{tex.at('h', stage)}^{{({len(network.cells) - 1})}}"
    ways = (
        ("input", below, cell.x[t], "W_x", "W_{x}"),
        ("state", tex.at("h", t), cell.before[t], "W_h", "W_{h}"),
    )
    terms = [
        Chain(pick, name, values, signal=False)
        .matrix(weights, cell.own[own].T, "weights")
        .term(way)
        for way, name, values, own, weights in ways
    ]
    terms.append(constant("b", cell.own["b"], "bias"))
    cuts = (("z", cell.z[t]), ("h", cell.h[t]))
    return simple(pick, stage, terms, cuts, cell.plan.activation)


def _gated(cell: Cell, stage: int, pick: Pick, terms: tuple[Term, ...]) -> Hop:
    """h of a cell with gates."""
    left = pick.vector(tex.at("h", stage), cell.h[stage - 1])
    shown = gates(cell, stage - 1, pick)
    note = MEAN if pick.sample is None else ""
    return Hop(stage, pick.sample, left, terms, NOTHING, gates=shown, note=note)


def _bent_state(cell: LSTM, t: int, pick: Pick) -> Term:
    """o ⊙ tanh(c)."""
    name = rf"\tanh({tex.at('c', t + 1)})"
    chain = Chain(pick, name, np.tanh(cell.c[t]), signal=False)
    return chain.diagonal(tex.diagonal(tex.at("o", t + 1)), cell.o[t], "").term("state")


def _mixed(cell: GRU, t: int, pick: Pick) -> tuple[Term, ...]:
    """(1 − z) ⊙ n + z ⊙ h of the timestep before."""
    gate = tex.at("z", t + 1)
    new = Chain(pick, tex.at("n", t + 1), cell.n[t], signal=False)
    old = Chain(pick, tex.at("h", t), cell.before[t], signal=False)
    return (
        new.diagonal(tex.diagonal(f"1 - {gate}"), 1 - cell.u[t], "").term("candidate"),
        old.diagonal(tex.diagonal(gate), cell.u[t], "").term("carry"),
    )
