"""The products of layers: weights, activations, and whatever a composed stage has besides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vgsim.measure.chain_rule import symbols as tex
from vgsim.measure.chain_rule.product import NOTHING, Chain, Floats, Pick
from vgsim.measure.chain_rule.result import Hop, Term
from vgsim.nn.activations import ACTIVATIONS
from vgsim.nn.arrays import Array
from vgsim.nn.layered import Layered
from vgsim.nn.layers import Layer
from vgsim.nn.layers.block import Block
from vgsim.nn.layers.fixed import Fixed
from vgsim.nn.layers.parts.activate import Activate
from vgsim.nn.layers.parts.affine import Affine
from vgsim.nn.layers.parts.drop import Dropout
from vgsim.nn.layers.parts.norms import BatchNorm, Norm
from vgsim.nn.layers.parts.skips import Copy, Highway, Skip

MIXES = "Mixes the samples: no matrix for one."
MEAN = "Mean over the batch; a product that differs by sample is averaged as a whole."


def cut_names(block: Block) -> list[str]:
    """What a trace calls the arrays between the parts, from the input ("x") up to "h"."""
    return ["x", *(part.name for part in block.parts[:-1]), "h"]


def backward(network: Layered, stage: int, pick: Pick) -> Hop:
    """The hop from the stage above, and from wherever a skip path ends that begins here."""
    name = tex.gradient(tex.at("h", stage))
    left = pick.vector(name, network.views[stage - 1].dh, signal=True)
    above = network.stages[stage]
    terms = [_top(above, stage + 1, pick)]
    gates: tuple[tuple[str, Floats], ...] = ()
    for at, giver in network.givers(stage - 1):
        assert isinstance(giver, Block)  # only composed stages have skip paths
        terms += _given(giver, at + 1, pick)
        if isinstance(giver.path, Highway):
            gates = (("t", pick.one(giver.path.gate)),)
    note = MEAN if pick.sample is None else ""
    return Hop(stage, pick.sample, left, tuple(terms), NOTHING, gates=gates, note=note)


def _top(layer: Layer, stage: int, pick: Pick) -> Term:
    """All the way through ``layer``, which is stage ``stage``."""
    chain = _start(layer, stage, pick)
    if isinstance(layer, Block):
        return _through(chain, layer, stage, pick, 0).term("weights")
    return _dense(chain, layer, stage).term("weights")


def _start(layer: Layer, stage: int, pick: Pick) -> Chain:
    return Chain(pick, tex.gradient(tex.at("h", stage)), layer.arrays.dh)


def weights_name(layer: Layer, stage: int) -> str:
    """The weights as a matrix that acts on a column of h."""
    return "c" if isinstance(layer, Fixed) else tex.at("W", stage)


def _dense(chain: Chain, layer: Layer, stage: int) -> Chain:
    activation = layer.plan.activation
    if not ACTIVATIONS[activation].linear:
        inside = tex.slope(activation, tex.at("z", stage))
        chain.diagonal(tex.diagonal(inside), layer.arrays.slope, "activation")
    name = weights_name(layer, stage)
    name = name if isinstance(layer, Fixed) else tex.transposed(name)  # it acts on a gradient
    return chain.matrix(name, layer.edge_weights(), "weights")


def _through(chain: Chain, block: Block, stage: int, pick: Pick, first: int) -> Chain:
    """Down through the parts of ``block`` to the one at ``first``."""
    for at in reversed(range(first, len(block.parts))):
        _pass(chain, block, at, stage, pick)
    return chain


def _cut(block: Block, at: int, stage: int) -> str:
    """Name of the ``at``-th cut of a stage in LaTeX."""
    if at == 0:
        return tex.at("h", stage - 1) if stage > 1 else "x"
    return tex.at(cut_names(block)[at], stage)


def _pass(chain: Chain, block: Block, at: int, stage: int, pick: Pick) -> None:
    """Through one part; what hands on a gradient as it is, is no factor."""
    part = block.parts[at]
    if isinstance(part, Affine):
        chain.matrix(tex.transposed(weights_name(block, stage)), part.own["W"], part.role)
    elif isinstance(part, Activate) and not part.activation.linear:
        inside = tex.slope(block.plan.activation, _cut(block, at, stage))
        chain.diagonal(tex.diagonal(inside), part.slope, part.role)
    elif isinstance(part, Dropout):
        inside = rf"\mathrm{{mask}}_{{{stage}}}"
        chain.diagonal(tex.diagonal(inside), part.mask, part.role)
    elif isinstance(part, Highway):
        chain.diagonal(tex.diagonal(tex.at("t", stage)), part.gate, part.role)
    elif isinstance(part, Norm):
        name = tex.jacobian(_cut(block, at + 1, stage), _cut(block, at, stage))
        _normalize(chain, block, at, name, pick)


def _normalize(chain: Chain, block: Block, at: int, name: str, pick: Pick) -> None:
    part = block.parts[at]
    assert isinstance(part, Norm)
    out = part.dx if at > 0 else block.way()  # below the first part others add to it
    assert out is not None  # a stage above another one has a ∂J/∂x
    if isinstance(part, BatchNorm):
        chain.operator(name, out, part.role, MIXES)
    else:
        chain.own_matrix(name, lambda: norm_matrix(part, pick.row(part.x)), out, part.role)


def norm_matrix(part: Norm, row: int) -> Floats:
    """(n, n) transposed Jacobian of layer or RMS norm for one sample.

    rate · (1 − 1 1ᵀ / n − x̂ x̂ᵀ / n) diag(γ), without the second for RMS norm.
    """
    unit = part.unit[row].astype(np.float64)
    matrix: Floats = np.eye(len(unit)) - np.outer(unit, unit) / len(unit)
    if part.centered:
        matrix -= 1 / len(unit)
    matrix *= float(part.rate[row, 0])
    return matrix * part.own["gamma"].astype(np.float64)


def _given(giver: Block, stage: int, pick: Pick) -> list[Term]:
    """What the skip path that ends in ``giver``, stage ``stage``, hands to where it begins."""
    path = giver.path
    assert path is not None  # it gives something
    if isinstance(path, Highway):
        return _highway(giver, path, stage, pick)
    first = giver.parts.index(path) + 1
    chain = _through(_start(giver, stage, pick), giver, stage, pick, first)
    return [chain.scaled(r"\alpha I", path.scale, "skip", f"α = {path.scale:g}").term("skip")]


def _highway(giver: Block, path: Highway, stage: int, pick: Pick) -> list[Term]:
    """Past the stage by 1 − t, and through the gate itself."""
    gate, source = tex.at("t", stage), tex.at("h", stage - 1)
    inner = tex.at(cut_names(giver)[-2], stage)
    carried = _start(giver, stage, pick)
    carried.diagonal(tex.diagonal(f"1 - {gate}"), 1 - path.gate, "skip")
    bend = path.gate * (1 - path.gate) * (path.x - path.source.h)
    inside = rf"{gate} \odot (1 - {gate}) \odot ({inner} - {source})"
    through = _start(giver, stage, pick).diagonal(tex.diagonal(inside), bend, "skip")
    through.matrix(tex.transposed(tex.at("W", f"T,{stage}")), path.own["W_T"], "skip")
    return [carried.term("carry"), through.term("gate")]


def forward(network: Layered, stage: int, pick: Pick) -> Hop:
    """h of one stage, or as far towards it as a sum and one function lead."""
    layer = network.stages[stage - 1]
    if isinstance(layer, Block):
        return _forward_block(layer, stage, pick)
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
    note = "Mean over the batch before f, which every sample passes alone." if averaged else ""
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


def _forward_block(block: Block, stage: int, pick: Pick) -> Hop:
    """From the weights on, as far as there are but sums and one function."""
    parts, at = block.parts, block.parts.index(block.affine)
    terms = _affine(block, block.affine.x, _cut(block, at, stage), stage, pick)
    if any(type(part) is Skip for part in parts[at + 1 : at + 2]):
        terms.append(_added(block, stage, pick))
    summed = at + 1 + sum(type(part) in (Skip, Copy) for part in parts[at + 1 : at + 2])
    bent = summed + any(isinstance(part, Activate) for part in parts[summed : summed + 1])
    names = cut_names(block)
    cuts = ((names[summed], parts[summed - 1].y), (names[bent], parts[bent - 1].y))
    activation = block.plan.activation if bent > summed else "identity"
    found = simple(pick, stage, terms, cuts, activation)
    reached = bent if found.function or ACTIVATIONS[activation].linear else summed
    gates = [(names[cut], pick.one(parts[cut - 1].y)) for cut in range(reached + 1, len(names))]
    if isinstance(block.path, Highway):
        gates.append(("t", pick.one(block.path.gate)))
    return replace(found, gates=tuple(gates))


def _added(block: Block, stage: int, pick: Pick) -> Term:
    """The skipped signal of an earlier stage."""
    path = block.path
    assert path is not None  # asked for only where one arrives
    source = tex.at("h", stage - block.plan.source)
    chain = Chain(pick, source, path.source.h, signal=False)
    return chain.scaled(r"\alpha I", path.scale, "skip", f"α = {path.scale:g}").term("skip")
