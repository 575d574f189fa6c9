"""Number types and loss scaling, as ``torch.amp`` has them."""

from __future__ import annotations

from vgsim.diagnosis.pytorch.optimizing import is_scaled
from vgsim.diagnosis.pytorch.writing import CODE, CodeWriter, Lines, Wanted
from vgsim.nn.precision import PRECISIONS
from vgsim.nn.scaling import LOSS_SCALINGS

_DEVICE = "next(model.parameters()).device.type"


def _precision(wanted: Wanted) -> Lines:
    """Another number type: full precision everywhere, or autocast to a shorter one."""
    entry = PRECISIONS.entry(str(wanted["training.precision"]))
    if not entry.pytorch:
        return []
    if entry.value.to_nearest is None:
        return [
            f"model = model.to({entry.pytorch})  # without autocast, and the inputs likewise",
        ]
    return [
        f"with torch.autocast({_DEVICE}, dtype={entry.pytorch}):",
        "    loss = criterion(model(x), y)  # the parameters stay in float32",
    ]


def _scaling(wanted: Wanted) -> Lines:
    """A GradScaler where there is none, or another start of the one that there is."""
    start = f"2.0**{int(float(wanted['training.loss_scale_log2']))}"
    scaling = LOSS_SCALINGS[str(wanted["training.loss_scaling"])]
    made = f"scaler = torch.amp.GradScaler({_DEVICE}, init_scale={start})"
    if not scaling.scaled:
        return []
    if is_scaled(wanted):
        return [made]
    return [
        f"+ {made}",
        "  ",
        "- loss.backward()",
        "- optimizer.step()",
        "+ scaler.scale(loss).backward()",
        "+ scaler.step(optimizer)",
        "+ scaler.update()",
    ]


def _master(wanted: Wanted) -> Lines:
    """Parameters in float32, which autocast rounds for each pass."""
    present = PRECISIONS.entry(wanted.spec.training.precision)
    if not wanted["training.master_weights"] or present.value.to_nearest is None:
        return []
    return [
        f"- model = model.to({present.pytorch})",
        "+ model = model.float()",
        f"+ with torch.autocast({_DEVICE}, dtype={present.pytorch}):",
        "+     loss = criterion(model(x), y)",
    ]


CODE.add(
    "precision", CodeWriter(("training.precision",), _precision), "the number type of every array"
)
CODE.add(
    "loss scale",
    CodeWriter(
        ("training.loss_scaling", "training.loss_scale_log2"), _scaling, ("training.growth_every",)
    ),
    "what the loss is multiplied by before its gradient is taken",
)
CODE.add(
    "master weights",
    CodeWriter(("training.master_weights",), _master),
    "parameters in float32 beside shorter numbers",
)
