"""What the network learns from: batches, scale of the data, seed, loss."""

from __future__ import annotations

from vgsim.diagnosis.pytorch.writing import CODE, CodeWriter, Lines, Wanted
from vgsim.nn.losses import LOSSES


def _batch(wanted: Wanted) -> Lines:
    size = int(float(wanted["training.batch"]))
    return [
        f"loader = torch.utils.data.DataLoader(loader.dataset, batch_size={size}, shuffle=True)"
    ]


def _standardized(wanted: Wanted) -> Lines:
    """Once before training, with the numbers of the training part."""
    names = []
    if "data.standardize" in wanted.changes:
        names.append("x")
    judges_numbers = not LOSSES[wanted.spec.training.loss].needs_classes
    if judges_numbers and wanted["data.standardize_targets"] != "no":
        names.append("y")
    lines = ["# once, over all training samples; later data with the same mean and std"]
    for name in names:
        lines += [f"mean, std = {name}.mean(0), {name}.std(0).clamp(min=1e-8)"]
        lines += [f"{name} = ({name} - mean) / std"]
    return lines if names else []


def _seed(wanted: Wanted) -> Lines:
    return [f"torch.manual_seed({int(float(wanted['training.seed']))})  # before the model is made"]


def _loss(wanted: Wanted) -> Lines:
    smoothing = float(wanted["training.label_smoothing"])
    text = LOSSES.entry(str(wanted["training.loss"])).pytorch
    if not text:
        return []
    made = text.format(
        smoothing=f"label_smoothing={wanted.number('training.label_smoothing')}" * bool(smoothing),
        delta=wanted.number("training.delta"),
    )
    return [f"criterion = {made}"]


def _whole_way(wanted: Wanted) -> Lines:
    """The state handed on with its graph."""
    if wanted["training.truncate"]:
        return []
    return ["- state = state.detach()  # between the parts of a sequence"]


CODE.add("batch", CodeWriter(("training.batch",), _batch), "samples in one step")
CODE.add(
    "standardized data",
    CodeWriter(("data.standardize", "data.standardize_targets"), _standardized),
    "data of mean 0 and variance 1",
)
CODE.add("seed", CodeWriter(("training.seed",), _seed), "another start of all random numbers")
CODE.add(
    "loss",
    CodeWriter(("training.loss", "training.delta", "training.label_smoothing"), _loss),
    "another loss, or another setting of it",
)
CODE.add(
    "truncation", CodeWriter(("training.truncate",), _whole_way), "how far back a gradient goes"
)
