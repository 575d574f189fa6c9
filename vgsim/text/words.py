"""Numbers and moments as words."""

from __future__ import annotations

import math

from vgsim.nn.architectures import KINDS
from vgsim.nn.cells import Cell
from vgsim.nn.moments import Moment, Phase
from vgsim.nn.spec import Spec

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")


def superscript(number: int) -> str:
    """A whole number in superscript digits."""
    return str(number).translate(_SUPERSCRIPT)


def subscript(number: int) -> str:
    """A whole number in subscript digits."""
    return str(number).translate(_SUBSCRIPT)


def magnitude(value: float, digits: int = 1) -> str:
    """A size that spans decades: "3.6e−3", "0", "∞", or "·" where there is none yet (nan)."""
    if math.isnan(value):
        return "·"
    if math.isinf(value):
        return "∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa.replace('-', '−')}e{str(int(exponent)).replace('-', '−')}"


def plain(value: float, digits: int = 4) -> str:
    """An ordinary quantity with ``digits`` significant figures; "·", "∞" as in magnitude."""
    if not math.isfinite(value) or (value and not 1e-3 <= abs(value) < 1e6):
        return magnitude(value, digits - 1)
    decimals = digits - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return f"{value:.{max(decimals, 0)}f}".replace("-", "−")


def factor(value: float) -> str:
    """A ratio of two norms: "×0.22", "×57.7", "×3.1e−5"."""
    if math.isnan(value) or value == 0:
        return "" if value else "×0"
    return "×" + plain(value, 2 if abs(value) < 10 else 3)


def percent(share: float) -> str:
    """A share in whole percent; what is not quite none or all says so; "·" where there is none."""
    value = 100 * share
    if math.isnan(value):
        return "·"
    if 0 < value < 1:
        return "< 1 %"
    return "> 99 %" if 99 < value < 100 else f"{value:.0f} %"


def decade(exponent: int) -> str:
    """A power of ten: "10⁻³"."""
    return "10" + superscript(exponent)


def cell_of(spec: Spec) -> type[Cell] | None:
    """The cell whose timesteps the stages are; None where they are layers."""
    return KINDS[spec.network.kind].cell


def is_recurrent(spec: Spec) -> bool:
    """Whether the stages are timesteps and a readout."""
    return KINDS[spec.network.kind].recurrent


def place_name(stage: int, stages: int, recurrent: bool = False) -> str:
    """What a stage is called: "stage 3", "timestep 3", "readout"."""
    if not recurrent:
        return f"stage {stage}"
    return "readout" if stage == stages else f"timestep {stage}"


def moment_title(moment: Moment, stages: int, recurrent: bool = False) -> str:
    """What has just happened and what comes next, for the banner."""
    stage, last = moment.stage, stages
    first = f"forward through {place_name(1, last, recurrent)} next"
    if moment.phase is Phase.START:
        return f"Ready · {first}"
    if moment.phase is Phase.LOSS:
        return f"Loss J · ∂J/∂h{subscript(last)} next"
    if moment.phase is Phase.UPDATE:
        return f"Update · {first}"
    following = {
        Phase.FORWARD: f"h{subscript(stage + 1)} next" if stage < last else "loss next",
        Phase.BACKWARD: f"∂J/∂h{subscript(stage - 1)} next" if stage > 1 else "update next",
    }[moment.phase]
    return f"{moment.phase.capitalize()} · {_place_among(stage, last, recurrent)} · {following}"


def _place_among(stage: int, stages: int, recurrent: bool) -> str:
    """A stage among the others: "stage 3 of 7", "timestep 3 of 8", "readout"."""
    name = place_name(stage, stages, recurrent)
    if recurrent:
        return name if stage == stages else f"{name} of {stages - 1}"
    return f"{name} of {stages}"
