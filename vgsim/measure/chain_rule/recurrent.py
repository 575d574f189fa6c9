"""The products of timesteps: what passes W_h, and what passes it by."""

from __future__ import annotations

from functools import partial

from vgsim.measure.chain_rule import symbols as tex
from vgsim.measure.chain_rule.layers import MEAN, affine, constant, simple
from vgsim.measure.chain_rule.product import NOTHING, Chain, Floats, Pick
from vgsim.measure.chain_rule.result import Hop, Term
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array
from vgsim.nn.cells.base import Cell, HiddenWay, Share
from vgsim.nn.cells.sides import GateSide
from vgsim.nn.norms import rms
from vgsim.nn.unrolled import Unrolled

NOT_BEGUN = "This sequence has not begun at this timestep: it is padding, and no gradient passes."
NOT_BEGUN_AMONG = "Sequences that have not begun are among them."
CUT = "Truncation cuts the gradient between this timestep and the next."
Gates = tuple[tuple[str, Floats], ...]


def gates(cell: Cell, t: int, pick: Pick) -> Gates:
    """The gates of timestep ``t`` (from 0) by name; a simple cell has none."""
    if not cell.several_gates():
        return ()
    inner = cell.inner(t)
    return tuple((name, pick.one(inner[name])) for name in cell.gates)


def backward(network: Unrolled, stage: int, pick: Pick) -> Hop:
    """The hop to timestep ``stage`` (from 1) from the next, or from the readout."""
    name = tex.gradient(tex.at("h", stage))
    left = pick.vector(name, network.views[stage - 1].dh, signal=True)
    note = _note(network, stage, pick)
    if stage == network.steps:
        terms = (_readout(network, stage, pick, "weights"),)
        return Hop(stage, pick.sample, left, terms, NOTHING, note=note)
    losses = (_readout(network, stage, pick, "loss"),) if network.every else ()
    cell, above = network.top, stage  # ``stage`` from 0 is the timestep above
    shown = gates(cell, above, pick)
    if network.cuts_below(above):
        carry = (0.0, 0.0) if cell.kept() else (float("nan"), float("nan"))
        return Hop(stage, pick.sample, left, losses, NOTHING, carry=carry, gates=shown, note=CUT)
    kept = cell.kept()
    state = _kept(cell, kept, above, pick).term("state") if kept and not cell.carries() else None
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
        memory=kept.of if kept else "",
    )


def _note(network: Unrolled, stage: int, pick: Pick) -> str:
    """Whose product it is, where that is not plain; padding has no product of its own."""
    there = network.there(stage - 1)
    if pick.sample is None:
        return MEAN if there is None else f"{MEAN} {NOT_BEGUN_AMONG}"
    if there is not None and not there[pick.sample]:
        return NOT_BEGUN
    return ""


def _readout(network: Unrolled, stage: int, pick: Pick, name: str) -> Term:
    """What the readout hands to timestep ``stage``, whose own loss it is where each has one."""
    number = network.steps + 1
    batch = network.batch
    arrays = network.readout.arrays
    own = slice((stage - 1) * batch, stage * batch) if network.every else slice(None)
    below = tex.gradient(tex.at("h", number))
    below = f"{below}^{{({stage})}}" if network.every else below
    weights = network.readout.edge_weights()
    chain = Chain(pick, below, arrays.dh[own])
    activation = network.readout.plan.activation
    if not ACTIVATIONS[activation].linear:
        inside = tex.derivative(activation, tex.at("z", number))
        chain.diagonal(tex.diagonal(inside), arrays.derivative[own], "activation")
    return chain.matrix(tex.transposed(tex.at("W", number)), weights, "weights").term(name)


def _terms(cell: Cell, t: int, pick: Pick) -> tuple[Term, ...]:
    """∂J/∂h of the timestep before ``t`` (from 0), as far as ``t`` hands it back."""
    if cell.ways_back:
        by_weights = tuple(_one_way(cell, way, t, pick) for way in cell.ways_back)
    else:
        by_weights = (_by_weights(cell, t, pick),)
    kept = cell.kept()
    if kept and cell.carries():
        return _kept(cell, kept, t, pick).term("carry"), *by_weights
    return by_weights


def _start(cell: Cell, t: int, pick: Pick) -> Chain:
    return Chain(pick, tex.gradient(tex.at("h", t + 1)), cell.dh[t])


def _by_weights(cell: Cell, t: int, pick: Pick) -> Term:
    """The way through W_h."""
    if not cell.equations:
        chain = _start(cell, t, pick)
        activation = cell.plan.activation
        if not ACTIVATIONS[activation].linear:
            inside = tex.derivative(activation, tex.at("z", t + 1))
            chain.diagonal(tex.diagonal(inside), cell.derivative[t], "activation")
    else:
        chain = Chain(pick, tex.gradient(f"z_{{{t + 1}}}^{{{','.join(cell.gates)}}}"), cell.dz_h[t])
    side = cell.from_h
    _normed(chain, cell, side, t, pick)
    chain.matrix(tex.transposed("W_{h}"), cell.own["W_h"], "weights")
    return _masked(chain, side).term("state")


def _normed(chain: Chain, cell: Cell, side: GateSide | None, t: int, pick: Pick) -> None:
    """Through the normalization of what h brings, where it has one of its own."""
    if side is not None and side.norm is not None:
        norm = side.at_step[t]
        name = tex.transposed(rf"\left({tex.norm(cell.plan.norm)}'\right)")
        make = partial(norm.matrix, pick.row(norm.x))
        chain.own_matrix(name, make, side.handed[t], "normalization")


def _masked(chain: Chain, side: GateSide | None) -> Chain:
    """By the mask that is the same at all timesteps, where there is one."""
    if side is not None and side.mask is not None:
        chain.diagonal(tex.diagonal(r"\mathrm{mask}_{h}"), side.mask, "dropout")
    return chain


def _one_way(cell: Cell, way: HiddenWay, t: int, pick: Pick) -> Term:
    """From some of the gates by their part of W_h, and by a gate where one comes before it."""
    units = cell.plan.outputs
    first = cell.gates.index(way.gates[0]) * units
    own = slice(first, first + len(way.gates) * units)
    names = ",".join(way.gates)
    name = tex.gradient(f"z_{{{t + 1}}}^{{{names}}}")
    chain = Chain(pick, name, cell.dz_h[t][:, own])
    side = cell.side_of(way)
    _normed(chain, cell, side, t, pick)
    weights = cell.own["W_h"][:, own]
    written = ",".join(f"h{gate}" for gate in way.gates)
    chain.matrix(tex.transposed(f"W_{{{written}}}"), weights, "weights")
    _masked(chain, side)
    if not way.by:
        return chain.term("state")
    gate = tex.diagonal(tex.at(way.by, t + 1))
    return chain.diagonal(gate, cell.arrays()[way.by][t], "weights").term(f"by {way.by}")


def _kept(cell: Cell, kept: Share, t: int, pick: Pick) -> Chain:
    """What the memory at the timestep before ``t`` (from 0) gets past the weights: f ⊙ ∂J/∂c."""
    chain = Chain(pick, tex.gradient(tex.at(kept.of, t + 1)), cell.gradient(kept.of)[t])
    return _times(chain, cell, kept, t, "skip")


def _times(chain: Chain, cell: Cell, share: Share, t: int, part: str) -> Chain:
    """``chain`` times the gate of ``share`` at timestep ``t`` (from 0)."""
    if not share.by:
        return chain
    gate = tex.at(share.by, t + 1)
    name = f"1 - {gate}" if share.complement else gate
    return chain.diagonal(tex.diagonal(name), cell.factor(share, t), part)


def carry_factors(cell: Cell, t: int, pick: Pick) -> tuple[float, float]:
    """Factors of the hop below timestep ``t`` (from 0): past the weights, and through them."""
    kept = cell.kept()
    if kept is None or not pick.values:
        return float("nan"), float("nan")
    inner = pick.rows(cell.gradient(kept.of)[t])
    outer = pick.rows(cell.dh[t])
    back = pick.rows(cell.cuts(t)[-1][1])
    return _ratio(pick.rows(cell.factor(kept, t)) * inner, inner), _ratio(back, outer)


def _ratio(after: Array, before: Array) -> float:
    size = rms(before)
    return rms(after) / size if size else float("nan")


def forward(network: Unrolled, stage: int, pick: Pick) -> Hop:
    """h of one timestep of the top cell, or of the readout."""
    if stage > network.steps:
        return _forward_readout(network, stage, pick)
    cell = network.top
    for equation in cell.equations:
        if equation.of == "h":
            terms = tuple(_share(cell, share, stage - 1, pick) for share in equation.shares)
            return _gated(cell, stage, pick, terms)
    return _simple(network, stage, pick)


def _forward_readout(network: Unrolled, stage: int, pick: Pick) -> Hop:
    arrays = network.readout.arrays
    layer = network.readout
    weights = tex.at("W", stage), layer.edge_weights()
    below = tex.at("u" if network.lifts else "h", stage - 1), arrays.x
    terms = affine(pick, weights, below, layer.parameters["b"], stage)
    cuts = (("z", arrays.z), ("h", arrays.h))
    return simple(pick, stage, terms, cuts, layer.plan.activation)


def _simple(network: Unrolled, stage: int, pick: Pick) -> Hop:
    """f(W_x x + W_h h + b)."""
    cell, t = network.top, stage - 1
    below = tex.at("x", stage)
    if len(network.cells) > 1:
        handed = tex.at("u" if network.lifts else "h", stage)
        below = f"{handed}^{{({len(network.cells) - 1})}}"
    ways = (
        ("input", below, cell.x[t], "W_x", "W_{x}"),
        ("state", tex.at("h", t), cell.before[t], "W_h", "W_{h}"),
    )
    terms = []
    for side, (way, name, values, own, weights) in zip(cell.both_sides(), ways, strict=True):
        if side is not None and side.norm is not None:
            normed = rf"{tex.norm(cell.plan.norm)}({weights}\ {name})"
            terms.append(Chain(pick, normed, side.out[t], signal=False).term(way))
            continue
        chain = Chain(pick, name, values, signal=False)
        if side is not None and side.mask is not None:
            chain.diagonal(tex.diagonal(rf"\mathrm{{mask}}_{{{side.which}}}"), side.mask, "dropout")
        terms.append(chain.matrix(weights, cell.own[own].T, "weights").term(way))
    terms.append(constant("b", cell.own["b"], "bias"))
    if cell.plan.two_biases:
        terms.append(constant("b_{h}", cell.own["b_h"], "second bias"))
    cuts = (("z", cell.z[t]), ("h", cell.h[t]))
    return simple(pick, stage, terms, cuts, cell.plan.activation)


def _gated(cell: Cell, stage: int, pick: Pick, terms: tuple[Term, ...]) -> Hop:
    """h of a cell with gates."""
    left = pick.vector(tex.at("h", stage), cell.h[stage - 1])
    shown = gates(cell, stage - 1, pick)
    note = MEAN if pick.sample is None else ""
    return Hop(stage, pick.sample, left, terms, NOTHING, gates=shown, note=note)


def _share(cell: Cell, share: Share, t: int, pick: Pick) -> Term:
    """One summand of h at timestep ``t`` (from 0): o ⊙ tanh(c), (1 − z) ⊙ n."""
    name = tex.at(share.of, t if share.before else t + 1)
    if share.bent and cell.plan.norm_state:
        name = f"{tex.norm(cell.plan.norm)}({name})"
    name = f"{tex.function(share.bent)}({name})" if share.bent else name
    chain = Chain(pick, name, cell.factored(share, t), signal=False)
    return _times(chain, cell, share, t, "").term(share.name)
