"""The products of layers: weights, activations, and whatever a composed stage has besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from vgsim.core.numbers import short
from vgsim.measure.chain_rule import symbols as tex
from vgsim.measure.chain_rule.product import NOTHING, Chain, Floats, Pick
from vgsim.measure.chain_rule.result import Hop, Term
from vgsim.nn.arrays import Array
from vgsim.nn.layered import Layered
from vgsim.nn.layers import Layer
from vgsim.nn.layers.parts.skips import Skip

MIXES = "Mixes the samples: no matrix for one."
MEAN = "Mean over the batch; a product that differs by sample is averaged as a whole."


class _Part:
    """Multiplies a chain with the factors that a part of a stage tells of."""

    def __init__(self, chain: Chain, layer: Layer, at: int, stage: int, pick: Pick) -> None:
        self.stage = stage
        self.x = _cut(layer, at, stage)
        self.y = _cut(layer, at + 1, stage)
        self.source = tex.at("h", stage - layer.plan.source)
        self._chain, self._pick = chain, pick
        self._part = layer.parts[at]
        self._layer = layer
        self._lowest = at == 0

    def diagonal(self, name: str, values: Array) -> None:
        """Entry by entry."""
        self._chain.diagonal(tex.diagonal(name), values, self._part.role)

    def derivative(self, activation: str, values: Array) -> None:
        """Entry by entry, by f′ of the part's input."""
        self.diagonal(tex.derivative(activation, self.x), values)

    def matrix(self, name: str, values: Array) -> None:
        """By a transposed matrix."""
        self._chain.matrix(tex.transposed(name), values, self._part.role)

    def scaled(self, name: str, by: float, note: str) -> None:
        """By one number."""
        self._chain.scaled(name, by, self._part.role, note)

    def jacobian(self, of_row: Callable[[int], Floats] | None) -> None:
        """By the transposed Jacobian that ``of_row`` makes; None where the part mixes samples."""
        part = self._part
        name = tex.jacobian(self.y, self.x)
        out = self._layer.way() if self._lowest else part.dx  # there others add to ∂J/∂x
        assert out is not None  # a stage above another one has a ∂J/∂x
        if of_row is None:
            self._chain.operator(name, out, part.role, MIXES)
            return
        make = partial(of_row, self._pick.row(part.x))
        self._chain.own_matrix(name, make, out, part.role)


def backward(network: Layered, stage: int, pick: Pick) -> Hop:
    """The hop from the stage above, and from wherever a skip path ends that begins here."""
    name = tex.gradient(tex.at("h", stage))
    left = pick.vector(name, network.views[stage - 1].dh, signal=True)
    terms = [_top(network.stages[stage], stage + 1, pick)]
    gates: tuple[tuple[str, Floats], ...] = ()
    for at, giver in network.givers(stage - 1):
        assert giver.path is not None  # a giver is a layer with a path
        terms += _given(giver, giver.path, at + 1, pick)
        gates = _gates(giver.path, pick) or gates
    note = MEAN if pick.sample is None else ""
    return Hop(stage, pick.sample, left, tuple(terms), NOTHING, gates=gates, note=note)


def _gates(path: Skip, pick: Pick) -> tuple[tuple[str, Floats], ...]:
    """The gates of a skip path, by name."""
    return tuple((name, pick.one(values)) for name, values in path.inner().items())


def _top(layer: Layer, stage: int, pick: Pick) -> Term:
    """All the way through ``layer``, which is stage ``stage``."""
    chain = _start(layer, stage, pick)
    if layer.parts:
        return _through(chain, layer, stage, pick, 0).term("weights")
    return _dense(chain, layer, stage).term("weights")


def _start(layer: Layer, stage: int, pick: Pick) -> Chain:
    return Chain(pick, tex.gradient(tex.at("h", stage)), layer.arrays.dh)


def weights_name(layer: Layer, stage: int) -> str:
    """The weights as a matrix that acts on a column of h."""
    return layer.factor or tex.at("W", stage)


def _dense(chain: Chain, layer: Layer, stage: int) -> Chain:
    if not layer.activation.linear:
        inside = tex.derivative(layer.plan.activation, tex.at("z", stage))
        chain.diagonal(tex.diagonal(inside), layer.arrays.derivative, "activation")
    # it acts on a gradient
    name = layer.factor or tex.transposed(weights_name(layer, stage))
    return chain.matrix(name, layer.edge_weights(), "weights")


def _through(chain: Chain, layer: Layer, stage: int, pick: Pick, first: int) -> Chain:
    """Down through the parts of ``layer`` to the one at ``first``."""
    for at in reversed(range(first, len(layer.parts))):
        layer.parts[at].tell(_Part(chain, layer, at, stage, pick))
    return chain


def _cut(layer: Layer, at: int, stage: int) -> str:
    """Name of the ``at``-th cut of a stage in LaTeX."""
    if at == 0:
        if stage > 1:
            return tex.at("h", stage - 1)
        return "x"
    return tex.at(layer.cut_names()[at], stage)


def _given(giver: Layer, path: Skip, stage: int, pick: Pick) -> list[Term]:
    """What the skip path that ends in ``giver``, stage ``stage``, hands to where it begins."""
    at, terms = giver.parts.index(path), []
    for name, tell in path.ways().items():
        chain = _through(_start(giver, stage, pick), giver, stage, pick, at + 1)
        tell(_Part(chain, giver, at, stage, pick))
        terms.append(chain.term(name))
    return terms


def forward(network: Layered, stage: int, pick: Pick) -> Hop:
    """h of one stage, or as far towards it as a sum and one function lead."""
    layer = network.stages[stage - 1]
    if layer.parts:
        return _forward_parts(layer, stage, pick)
    arrays = layer.arrays
    terms = _affine(layer, arrays.x, tex.at("h", stage - 1) if stage > 1 else "x", stage, pick)
    return simple(pick, stage, terms, (("z", arrays.z), ("h", arrays.h)), layer.plan.activation)


def simple(
    pick: Pick,
    stage: int,
    terms: list[Term],
    cuts: tuple[tuple[str, Array], tuple[str, Array]],
    activation: str,
) -> Hop:
    """f(sum of the terms); the sum alone where the mean over the batch is asked for.

    ``cuts`` are the sum and f of it, by name.
    """
    f = tex.function(activation)
    averaged = bool(f) and pick.sample is None
    name, values = cuts[0] if averaged else cuts[1]
    if averaged:
        note = "Mean over the batch before f, which every sample passes alone."
    else:
        note = ""
    left = pick.vector(tex.at(name, stage), values)
    return Hop(stage, pick.sample, left, tuple(terms), NOTHING, "" if averaged else f, note=note)


def _affine(layer: Layer, x: Array, name: str, stage: int, pick: Pick) -> list[Term]:
    """Weights times ``x``, which is called ``name``, and the bias."""
    weights = weights_name(layer, stage)
    return affine(pick, (weights, layer.edge_weights()), (name, x), layer.parameters["b"], stage)


def affine(
    pick: Pick, weights: tuple[str, Array], x: tuple[str, Array], bias: Array, stage: int
) -> list[Term]:
    """Two terms, weights and bias; ``weights`` (inputs, outputs) and ``x`` with their names."""
    chain = Chain(pick, *x, signal=False).matrix(weights[0], weights[1].T, "weights")
    return [chain.term("weights"), constant(tex.at("b", stage), bias, "bias")]


def constant(name: str, values: Array, term: str) -> Term:
    """A vector that is the same for every sample, by itself."""
    return Chain(Pick(0, 1), name, values[None], signal=False).term(term)


def _forward_parts(layer: Layer, stage: int, pick: Pick) -> Hop:
    """From the weights on, as far as there are only sums and one function."""
    parts = layer.parts
    names = layer.cut_names()
    name, x = layer.weights_input()
    at = names.index(name) if name else 0
    terms = _affine(layer, x, _cut(layer, at, stage), stage, pick)
    summed = at + 1
    if summed < len(parts) and parts[summed].adds:
        if layer.path is not None and parts[summed] is layer.path:
            terms.append(_added(layer.path, stage, pick, layer.plan.source))
        summed += 1
    activated = summed < len(parts) and names[summed] == layer.bent().below
    last = summed + activated
    cuts = ((names[summed], parts[summed - 1].y), (names[last], parts[last - 1].y))
    found = simple(pick, stage, terms, cuts, layer.plan.activation if activated else "identity")
    if found.function or not activated or layer.activation.linear:
        reached = last
    else:
        reached = summed
    gates = [(names[cut], pick.one(parts[cut - 1].y)) for cut in range(reached + 1, len(names))]
    if layer.path is not None:
        gates += _gates(layer.path, pick)
    return replace(found, gates=tuple(gates))


def _added(path: Skip, stage: int, pick: Pick, source: int) -> Term:
    """h of the stage that is ``source`` stages below."""
    below = tex.at("h", stage - source)
    chain = Chain(pick, below, path.source.h, signal=False)
    if path.projection is not None:
        chain.matrix(f"W_{{P,{stage}}}", path.projection.T, "skip")
    return chain.scaled(tex.ALPHA, path.scale, "skip", f"α = {short(path.scale)}").term("skip")
