"""What whatever frames come from never has, and why: in one sentence each. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

from vgsim.measure.frame import Frame
from vgsim.text.empty import NOT_EMPTY, EmptyState

SENTENCES = {
    "accuracy": "How often outputs are right is not recorded",
    "cuts": "What the parts of a hop do to the gradient is not recorded",
    "loss": "The loss is not recorded: give it to run.step(loss)",
    "h_rms": "The sizes of outputs h are not recorded",
    "dh_rms": "The sizes of gradients ∂J/∂h are not recorded",
    "dh_norm": "The sizes of gradients ∂J/∂h are not recorded",
    "node_h": "Single units are not recorded (units=0)",
    "node_dh": "Single units are not recorded (units=0)",
    "edges": "Single weights are not recorded",
    "weights": "Single weights are not recorded",
    "sample": "The inputs are not recorded",
    "dW_norm": "The gradients of parameters are not recorded",
    "db_norm": "The gradients of parameters are not recorded",
    "weight_norm": "The sizes of parameters are not recorded",
    "update_norm": "The changes of parameters are not recorded",
    "clipped": "The norm of the gradient after clipping is not recorded",
    "lost": "What rounding made 0 is not recorded apart from other zeros",
    "ActivationHistograms": "How the values of h are spread is not recorded",
    "GradientHistograms": "Histograms of ∂J/∂h are not recorded (histograms=False)",
    "Saturation": "No activation whose derivative follows from what it puts out is recorded",
    "OpenGates": "The gates of cells are not recorded",
    "Updates": "The changes of parameters are not recorded",
    "ParameterGradients": "The gradients of parameters are not recorded",
    "Underflow": "Zeros of ∂J/∂h are not recorded",
    "Coherence": "The gradients of single samples are not recorded",
    "Singular": "Singular values need the weights, which are not recorded",
    "Forecasted": "The theory needs the form of the network, which is not recorded",
    "Hop": "The product of a hop needs weights and z, which are not recorded",
    "WeightStep": "A single weight's step is not recorded",
    "Inspection": "Nothing of single stages is recorded",
}
"""By the names that :attr:`Frame.lacks` has."""


def lacking(frame: Frame | None, names: Iterable[str]) -> EmptyState:
    """Why there is nothing of ``names`` to show, and never will be; false where there may be."""
    if frame is not None:
        for name in names:
            if name in frame.lacks:
                return EmptyState(SENTENCES.get(name, f"{name} is not recorded"))
    return NOT_EMPTY
