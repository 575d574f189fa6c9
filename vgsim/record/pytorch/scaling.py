"""What a GradScaler has multiplied a loss by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class ScaleWatch:
    """Notes the factor of every loss that any GradScaler scales, while it is ``started``.

    The scaler has no hook, so its method ``scale`` is wrapped for the time of a recording.
    """

    def __init__(self) -> None:
        self.factor: Tensor | None = None
        self._own: Callable[..., Any] | None = None
        self._wrapped: Callable[..., Any] | None = None

    def start(self) -> None:
        """Begin to look."""
        own = torch.amp.GradScaler.scale
        watch = self

        def scale(scaler: Any, outputs: Any) -> Any:
            result = own(scaler, outputs)
            factor = getattr(scaler, "_scale", None)
            if isinstance(factor, Tensor) and scaler.is_enabled():
                watch.factor = factor.detach().clone()
            return result

        self._own = own
        self._wrapped = scale
        torch.amp.GradScaler.scale = scale

    def stop(self) -> None:
        """Put the scaler's own method back, unless somebody has replaced it in between."""
        if torch.amp.GradScaler.scale is self._wrapped:
            torch.amp.GradScaler.scale = self._own
