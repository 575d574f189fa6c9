"""What is known of one output of one call in a recorded step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from vgsim.record.pytorch.groups import ValueGroup
    from vgsim.record.pytorch.slopes import Slope


@dataclass(eq=False, slots=True)
class WatchedModule:
    """A module whose calls are recorded; ``channels_second`` as pictures have them."""

    name: str
    module: nn.Module
    kind: str
    channels_second: bool
    recurrent: bool
    slope: Slope | None


@dataclass(eq=False, slots=True)
class Tap:
    """One tensor that a call has put out, and where its figures are.

    ``label`` tells several tensors of one output apart. ``norm`` and ``gradient_norm`` are
    the exact norms of a tensor that is kept as a sample only. ``order`` is when its gradient came;
    None before it has. ``accumulates`` tells the gradient of a backward call
    from that of ``autograd.grad``. ``upstream`` keeps the whole gradient, while it is needed.
    """

    owner: WatchedModule
    label: str
    shape: tuple[int, ...]
    dtype: str
    numel: int
    wants_gradient: bool
    group: ValueGroup | None = None
    axis: int = -1
    row: int = 0
    sample: int = 0
    basis: Tensor | None = None
    norm: Tensor | float | None = None
    gradient_norm: Tensor | float | None = None
    order: int | None = None
    accumulates: bool = False
    unclear: bool = False
    keep: bool = False
    upstream: Tensor | None = None
    key: str = ""


@dataclass(eq=False, slots=True)
class ForwardPass:
    """One forward pass through the model: its taps in the order of execution."""

    number: int
    taps: list[Tap] = field(default_factory=list)
    waiting: list[Tap] = field(default_factory=list)
    """Of a checkpointed block the calls whose tensors are made again in the backward pass."""

    @property
    def reached(self) -> bool:
        """Whether any gradient has come."""
        return any(tap.order is not None for tap in self.taps)
