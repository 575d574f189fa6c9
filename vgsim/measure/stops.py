"""When to stop by itself: the rules that a person sets, and what it says when one was met.

How they are asked is in :mod:`vgsim.measure.watch`.
"""

from __future__ import annotations

from dataclasses import dataclass

from vgsim.core.fields import FieldInfo

RULES = {
    info.name: info
    for info in (
        FieldInfo(
            "stop", "stage", int, 1, "Stage", "Forward or backward through it, while playing.",
            low=1, high=100_000,
        ),
        FieldInfo(
            "stop", "floor", float, 1e-6, "RMS ∂J/∂h under", "When it falls under this anywhere.",
            low=1e-300, high=1e6, log=True,
        ),
        FieldInfo(
            "stop", "saturation", float, 50.0, "Saturated over",
            "Share of a stage's units whose f′ is next to nothing.", unit="%", low=0.0, high=100.0,
        ),
        FieldInfo(
            "stop", "loss", float, 0.1, "Loss J under", "When J of a batch is under this.",
            low=-1e12, high=1e12,
        ),
        FieldInfo("stop", "overflow", bool, True, "Overflow", "When a number becomes inf or NaN."),
    )
}  # fmt: skip
"""What each rule takes, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class StopRules:
    """Each rule with its limit, or None when it is off. SpecError when a limit is not allowed.

    ``stage``: at stage k, in either direction, while playing. ``floor``: when the RMS of ∂J/∂h
    falls under it at any stage. ``saturation``: when more percent of a stage's units are saturated.
    ``loss``: when J is under it. ``overflow``: when a number becomes inf or nan.
    """

    stage: int | None = None
    floor: float | None = None
    saturation: float | None = None
    loss: float | None = None
    overflow: bool = True

    def __post_init__(self) -> None:
        for name, info in RULES.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, info.check(value))


@dataclass(frozen=True, slots=True)
class Stop:
    """A rule that was met: ``value`` is what was measured, ``limit`` what the rule says.

    ``stage`` is where, 0 for nowhere in particular. ``what`` overflowed, or in which direction
    the stage was reached: "h", "∂J/∂h", "J", "weights", "forward", "backward", or empty.
    """

    rule: str
    limit: float
    value: float
    stage: int = 0
    what: str = ""
