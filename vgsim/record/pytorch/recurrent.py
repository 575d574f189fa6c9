"""Recurrent layers by timestep."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from vgsim.record.pytorch.taps import Tap, WatchedModule


class RecurrentCall:
    """One call of a recurrent layer."""

    def __init__(
        self,
        owner: WatchedModule,
        inputs: tuple[Any, ...],
        keywords: dict[str, Any],
        taps: list[Tap],
        outputs: list[tuple[Any, Tensor]],
        generator: Tensor | None,
    ):
        self.owner = owner
        self.taps = taps
        self.sentences: list[str] = []
        self.tables: dict[str, NDArray[np.float64]] = {}

    def before_backward(self) -> None:
        pass

    def after_backward(self, last: bool) -> None:
        pass
