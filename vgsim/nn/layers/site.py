"""A stage before it is built: what it is planned to be, and the buffers it is to work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vgsim.nn.arrays import Array

if TYPE_CHECKING:
    from vgsim.nn.spec import NetworkSpec

Shapes = dict[str, tuple[int, ...]]
Cut = tuple[str, Array]
"""(part of the gain budget that led here, ∂J by the array at this point of a stage)."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage before it is built: its layer kind, units below and here, and what it is made of.

    ``source`` is how many stages below the skip path begins, 0 for none; ``skip`` and ``norm``
    are names in SKIPS and NORMS. ``variational`` dropout is the same at all timesteps of a cell;
    ``two_biases`` gives it one for x and one for h. ``output`` is the name in OUTPUTS of a part
    that the stage ends with; "" for none. ``start_scale`` is a factor on the initial weights.
    ``multiplier`` puts a trained factor on what the path goes around. ``projected`` is how many
    units there are where the path begins, if a trained matrix leads from there to the sum.
    ``norm_state`` has the normalization of a cell also on its state, on the way to h.
    """

    layer: str
    inputs: int
    outputs: int
    activation: str
    norm: str = "none"
    norm_first: bool = True
    skip: str = "none"
    source: int = 0
    scale: float = 1.0
    dropout: float = 0.0
    variational: bool = False
    two_biases: bool = False
    output: str = ""
    start_scale: float = 1.0
    multiplier: bool = False
    projected: int = 0
    norm_state: bool = False


@dataclass(frozen=True, slots=True)
class StageArrays:
    """Buffers of one stage, each (batch, outputs); ``x`` and ``dx`` are (batch, inputs).

    ``x`` is h of the stage below, ``dx`` its ∂J/∂h (absent for the first stage).
    """

    x: Array
    dx: Array | None
    z: Array
    h: Array
    derivative: Array
    dh: Array
    dz: Array


@dataclass(frozen=True, slots=True)
class Site:
    """Where a stage is built: its buffers, and views of the network's flat vectors.

    ``running`` are numbers that training keeps without a gradient. ``source`` is the stage where
    a skip path begins. Outside ``training`` running statistics are read and nothing is dropped.
    """

    arrays: StageArrays
    parameters: Mapping[str, Array]
    gradients: Mapping[str, Array]
    network: NetworkSpec
    running: Mapping[str, Array] = field(default_factory=dict)
    source: StageArrays | None = None
    training: bool = True
