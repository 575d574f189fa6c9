"""Losses J: the mean over the batch, and ∂J/∂h of the last stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vgsim.core.errors import refuse
from vgsim.core.registry import Registry
from vgsim.nn.arrays import Array, by_sample, flat_rows, inner_product, row_peaks
from vgsim.nn.datasets import Dataset

if TYPE_CHECKING:
    from vgsim.nn.spec import TrainingSpec


Named = tuple[str, Array]
"""An array (rows, outputs) and its name in LaTeX."""


class Loss:
    """One loss for outputs and targets of shape (batch, outputs), both floating point.

    Of stacked members both are (members, batch, outputs). What a loss computes is written for both:
    J is one number, or (members,).

    ``formula`` is J in LaTeX. ``classes`` says that the targets stand for classes: a loss
    that takes numbers, too, cannot tell. ``judges`` says that J tells how well the outputs fit; a
    loss that only hands the last stage a gradient one sets does not. ``needs_classes`` says that
    it takes no numbers as targets.
    """

    formula: ClassVar[str]
    judges: ClassVar[bool] = True
    needs_classes: ClassVar[bool] = False
    root_is_error: ClassVar[bool] = False
    """Whether √J is how far outputs are off, in the units of the targets."""
    fits_targets: ClassVar[bool] = False
    """Whether outputs are brought near the targets themselves."""
    factor: ClassVar[int] = 1
    """What :meth:`predicted` minus targets is multiplied by to be ∂J/∂h, before it is averaged."""
    over_outputs: ClassVar[bool] = True
    """Whether J is a mean over the outputs of a sample, too."""

    def __init__(
        self,
        targets: Array,
        training: TrainingSpec,
        classes: bool = False,
        members: Sequence[TrainingSpec] = (),
    ) -> None:
        """``members`` are the rules of each stacked member where ``targets`` are stacked."""
        self.targets = targets
        self.classes = classes
        self.scratch = np.empty(targets.shape, targets.dtype)
        self.start = training.start
        self.delta = training.delta
        self.batch, self.outputs = targets.shape[-2:]
        self.dot = inner_product(targets)
        self.flat_targets = flat_rows(targets)
        self.flat_scratch = flat_rows(self.scratch)

    @staticmethod
    def encode(dataset: Dataset, y: Array, precision: str = "float64") -> Array:
        """Targets (samples, outputs) for the labels ``y`` of ``dataset``."""
        raise NotImplementedError

    @classmethod
    def written(cls, training: TrainingSpec) -> str:
        """J in LaTeX with what the settings make of it."""
        return cls.formula

    def value(self, h: Array) -> float:
        """J for the outputs ``h`` against ``self.targets``, of one network alone."""
        return float(self.values(h))

    def values(self, h: Array) -> Array:
        """J for the outputs ``h`` against ``self.targets``: () alone, (members,) stacked."""
        raise NotImplementedError

    def gradient(self, h: Array, out: Array) -> None:
        """∂J/∂h of the outputs last given to :meth:`values`."""
        raise NotImplementedError

    def predicted(self, h: Array) -> Named | None:
        """What ∂J/∂h compares with the targets; None where it is no such difference."""
        return None

    def products(self, h: Array) -> list[tuple[Named, Named]]:
        """Rows and columns whose products add up to the loss of a sample, where it is a sum."""
        return []

    def off_by(self, h: Array) -> Array:
        """(outputs,) RMS of outputs less targets; empty where that is no error."""
        if self.classes or not self.fits_targets:
            return np.empty(0)
        difference = np.asarray(h, np.float64) - np.asarray(self.targets, np.float64)
        found: Array = np.sqrt(np.mean(np.square(difference), axis=0))
        return found

    def accuracy(self, h: Array) -> float:
        """Fraction of the batch whose class is right; nan without classes or on overflow."""
        return float(self.accuracies(h))

    def accuracies(self, h: Array) -> Array:
        """That of each stacked member, (members,); () of one network alone."""
        return np.full(h.shape[:-2], np.nan)

    @staticmethod
    def chance(targets: Array, training: TrainingSpec | None = None) -> float:
        """J of the best constant guess; nan where that says nothing.

        Only a loss with a setting of its own reads ``training``, and gives nan without it.
        """
        return float("nan")


LOSSES: Registry[type[Loss]] = Registry("loss")


def _one_hot(dataset: Dataset, y: Array, precision: str) -> Array:
    targets = np.zeros((len(y), len(dataset.classes)), precision)
    targets[np.arange(len(y)), y] = 1
    return targets


def _share_right(h: Array, targets: Array) -> Array:
    """How often the largest output is the class of the one-hot targets; nan on overflow."""
    return _share(h.argmax(axis=-1) == targets.argmax(axis=-1), h)


def _share(right: Array, h: Array) -> Array:
    """Of what is ``right`` (…, batch); nan where an output is no number, and none the largest."""
    share: Array = np.mean(right, axis=-1)
    finite = np.isfinite(h)
    if finite.all():
        return share
    return np.where(flat_rows(finite).all(axis=-1), share, np.nan)


BALANCED = "balanced"
"""Class weights that make up for unequal shares of the training part."""


def with_balance(training: TrainingSpec, targets: Array) -> TrainingSpec:
    """``training`` with balanced class weights as numbers: n / (k n_c), k classes, of n rows n_c.

    King and Zeng (2001), and scikit-learn's ``class_weight="balanced"``. ``targets`` (n, k) are the
    one-hot rows of the training part. SpecError where a class has none.
    """
    if training.class_weights.strip() != BALANCED:
        return training
    counts = targets.sum(axis=0, dtype=np.float64)
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        allowed = f"numbers where the training part has no sample of a class (class {empty[0]})"
        raise refuse("training.class_weights", training.class_weights, allowed)
    weights = len(targets) / (len(counts) * counts)
    return replace(training, class_weights=",".join(f"{float(weight)!r}" for weight in weights))


def class_weights(training: TrainingSpec, classes: int) -> Array | None:
    """(classes,) weights of the classes; None where all count alike. SpecError for bad ones."""
    text = training.class_weights
    if not text.strip():
        return None
    try:
        found = np.array([float(part) for part in text.split(",")])
    except ValueError:
        found = np.zeros(0)
    if len(found) != classes or not ((found > 0) & np.isfinite(found)).all():
        allowed = f"{classes} numbers above 0 separated by commas, one a class, or {BALANCED}"
        raise refuse("training.class_weights", text, allowed)
    return found


@LOSSES.register(
    "cross_entropy",
    "softmax cross-entropy: −log of the right class",
    label="Cross-entropy",
    uses=("training.label_smoothing", "training.class_weights"),
    pytorch="nn.CrossEntropyLoss({smoothing})",
)
class CrossEntropy(Loss):
    """J = mean over the batch of −log softmax(h)[class].

    With label smoothing ε and weights w of the classes J = −Σ t · log softmax(h) / Σ w[class] with
    t = w ⊙ ((1 − ε) one-hot + ε / classes), as PyTorch's CrossEntropyLoss has it.
    """

    formula = r"J = -\mathrm{mean}\ \mathrm{log}\ \mathrm{softmax}(h)_{\mathrm{class}}"
    over_outputs = False
    needs_classes = True

    def __init__(
        self,
        targets: Array,
        training: TrainingSpec,
        classes: bool = False,
        members: Sequence[TrainingSpec] = (),
    ) -> None:
        super().__init__(targets, training, classes, members)
        self.smoothing = training.label_smoothing
        self.weights = class_weights(training, self.outputs)
        if self.weights is not None and members:
            own = [class_weights(rules, self.outputs) for rules in members]
            self.weights = np.stack([weights for weights in own if weights is not None])
        self.soft = bool(self.smoothing) or self.weights is not None

    @staticmethod
    def encode(dataset: Dataset, y: Array, precision: str = "float64") -> Array:
        """One-hot classes."""
        return _one_hot(dataset, y, precision)

    @classmethod
    def written(cls, training: TrainingSpec) -> str:
        """With t where targets are softened or classes weighed."""
        if training.class_weights.strip():
            return r"J = -\sum t\cdot \mathrm{log}\ \mathrm{softmax}(h)\ /\ \sum w_{\mathrm{class}}"
        if training.label_smoothing:
            return r"J = -\mathrm{mean}\ t\cdot \mathrm{log}\ \mathrm{softmax}(h)"
        return cls.formula

    def values(self, h: Array) -> Array:
        """J by log-sum-exp; keeps the softmax for :meth:`gradient`."""
        if self.soft:
            return self._soft_values(h)
        p = self.scratch
        np.subtract(h, row_peaks(h), out=p)
        right = self.dot(self.flat_scratch, self.flat_targets)
        np.exp(p, out=p)
        total = p.sum(axis=-1, keepdims=True)
        p /= total
        value: Array = (np.log(total)[..., 0].sum(axis=-1) - right) / self.batch
        return value

    def _soft_values(self, h: Array) -> Array:
        p = self.scratch
        t, total = _softened(self.targets, self.smoothing, self.weights)
        np.subtract(h, row_peaks(h), out=p)
        right = self.dot(self.flat_scratch, flat_rows(t))
        np.exp(p, out=p)
        sums = p.sum(axis=-1, keepdims=True)
        p /= sums
        logs = (np.log(sums) * t.sum(axis=-1, keepdims=True))[..., 0].sum(axis=-1)
        value: Array = (logs - right) / total.astype(t.dtype)
        return value

    def gradient(self, h: Array, out: Array) -> None:
        """(softmax(h) − one-hot) / batch; softened (softmax(h) Σ t − t) / Σ w[class]."""
        if self.soft:
            t, total = _softened(self.targets, self.smoothing, self.weights)
            np.multiply(self.scratch, t.sum(axis=-1, keepdims=True), out=out)
            np.subtract(out, t, out=out)
            np.multiply(out, (1.0 / total).astype(t.dtype)[..., None, None], out=out)
            return
        np.subtract(self.scratch, self.targets, out=out)
        np.multiply(out, 1.0 / self.batch, out=out)

    def predicted(self, h: Array) -> Named | None:
        """The softmax; None where targets are not those that were given."""
        return None if self.soft else ("p", self.scratch)

    def products(self, h: Array) -> list[tuple[Named, Named]]:
        """−y · log p; none where targets are not those that were given."""
        if self.soft:
            return []
        beyond = h - h.max(axis=1, keepdims=True)
        log_p = beyond - np.log(np.exp(beyond).sum(axis=1, keepdims=True))
        return [((r"-y^{\top}", -self.targets), (r"\log p", log_p))]

    def accuracies(self, h: Array) -> Array:
        """How often the largest output is the right class."""
        return _share_right(h, self.targets)

    @staticmethod
    def chance(targets: Array, training: TrainingSpec | None = None) -> float:
        """Entropy of always giving each class its share; ln of their number for equal shares."""
        if training is None:
            t, total = _softened(targets, 0.0, None)
        else:
            weights = class_weights(training, targets.shape[1])
            t, total = _softened(targets, training.label_smoothing, weights)
        shares = t.sum(axis=0, dtype=np.float64) / float(total)
        shares = shares[shares > 0]
        return float(-(shares * np.log(shares / shares.sum())).sum())


def _softened(targets: Array, smoothing: float, weights: Array | None) -> tuple[Array, Array]:
    """(t, Σ w[class]) of one-hot ``targets`` (…, rows, classes); their number without w.

    ``weights`` are (…, classes) and the sums (…,), in float64.
    """
    t = targets
    if smoothing:
        t = targets * (1 - smoothing) + smoothing / targets.shape[-1]
    if weights is None:
        return t, np.full(targets.shape[:-2], float(targets.shape[-2]))
    each = weights.astype(targets.dtype)
    total = (targets @ each[..., None])[..., 0].sum(axis=-1)
    return t * by_sample(each), np.asarray(total, np.float64)


@LOSSES.register(
    "binary_cross_entropy",
    "sigmoid cross-entropy, each output a yes or no",
    label="Sigmoid cross-entropy",
    pytorch="nn.BCEWithLogitsLoss()",
)
class BinaryCrossEntropy(Loss):
    """J = mean over batch and outputs of log(1 + eʰ) − t h, with logits h."""

    formula = r"J = \mathrm{mean}\ [\ \mathrm{log}(1\ +\ \mathrm{e}^{h})\ -\ t\ h\ ]"
    needs_classes = True

    @staticmethod
    def encode(dataset: Dataset, y: Array, precision: str = "float64") -> Array:
        """One output for two classes, else one output a class."""
        one_hot = _one_hot(dataset, y, precision)
        if len(dataset.classes) == 2:
            return one_hot[:, 1:]
        return one_hot

    def values(self, h: Array) -> Array:
        """J, in a form that overflows for no finite logit.

        max(h, 0) − t h is exactly 0 where a sure h is right, so what is left keeps its digits.
        """
        rest = self.scratch
        np.negative(np.abs(h, out=rest), out=rest)
        np.log1p(np.exp(rest, out=rest), out=rest)
        rest += np.maximum(h, 0) - self.targets * h
        value: Array = self.flat_scratch.sum(axis=-1) / (self.batch * self.outputs)
        return value

    def gradient(self, h: Array, out: Array) -> None:
        """(σ(h) − t) / (batch · outputs)."""
        np.negative(h, out=out)
        np.exp(out, out=out)
        np.add(out, 1, out=out)
        np.reciprocal(out, out=out)
        np.subtract(out, self.targets, out=out)
        np.multiply(out, 1.0 / (self.batch * self.outputs), out=out)

    def predicted(self, h: Array) -> Named:
        """σ(h)."""
        return "p", np.reciprocal(1 + np.exp(-h))

    def products(self, h: Array) -> list[tuple[Named, Named]]:
        """−y · log p − (1 − y) · log(1 − p), over the outputs."""
        y = self.targets
        each = 1.0 / h.shape[1]
        return [
            ((r"-\frac{1}{n}y^{\top}", -each * y), (r"\log p", -np.logaddexp(0, -h))),
            (
                (r"-\frac{1}{n}(1 - y)^{\top}", -each * (1 - y)),
                (r"\log(1 - p)", -np.logaddexp(0, h)),
            ),
        ]

    def accuracies(self, h: Array) -> Array:
        """How often the sign (two classes) or the largest output is right."""
        if self.outputs == 1:
            return _share(((h > 0) == (self.targets > 0.5))[..., 0], h)
        return _share_right(h, self.targets)

    @staticmethod
    def chance(targets: Array, training: TrainingSpec | None = None) -> float:
        """Entropy of always giving each output its mean."""
        p = targets.mean(axis=0, dtype=np.float64)
        p = p[(p > 0) & (p < 1)]
        return float(-(p * np.log(p) + (1 - p) * np.log1p(-p)).sum() / targets.shape[1])


@LOSSES.register(
    "mse",
    "mean squared error",
    label="Mean squared error",
    pytorch="nn.MSELoss()",
)
class MeanSquaredError(Loss):
    """J = mean over batch and outputs of (h − t)²."""

    formula = r"J = \mathrm{mean}\ (h\ -\ t)^{2}"
    factor = 2
    root_is_error = True
    fits_targets = True

    @staticmethod
    def encode(dataset: Dataset, y: Array, precision: str = "float64") -> Array:
        """The numbers themselves; one-hot for classes."""
        if dataset.classes:
            return _one_hot(dataset, y, precision)
        return y.astype(precision)

    def values(self, h: Array) -> Array:
        """J; keeps h − t for :meth:`gradient`."""
        np.subtract(h, self.targets, out=self.scratch)
        squares = self.dot(self.flat_scratch, self.flat_scratch)
        value: Array = squares / (self.batch * self.outputs)
        return value

    def gradient(self, h: Array, out: Array) -> None:
        """2 (h − t) / (batch · outputs)."""
        np.multiply(self.scratch, 2.0 / (self.batch * self.outputs), out=out)

    def predicted(self, h: Array) -> Named | None:
        """h itself."""
        return "h", h

    def products(self, h: Array) -> list[tuple[Named, Named]]:
        """(h − y) · (h − y), over the outputs."""
        off = h - self.targets
        return [((r"\frac{1}{n}(h - y)^{\top}", 1.0 / h.shape[1] * off), (r"(h - y)", off))]

    def accuracies(self, h: Array) -> Array:
        """How often the largest output is the right class, where there are any."""
        if self.outputs == 1 or not self.classes:
            return super().accuracies(h)
        return _share_right(h, self.targets)

    @staticmethod
    def chance(targets: Array, training: TrainingSpec | None = None) -> float:
        """Mean squared distance from the mean."""
        return float(targets.var(axis=0, dtype=np.float64).mean())


@LOSSES.register(
    "huber",
    "squared error near, absolute error beyond δ (Huber 1964)",
    label="Huber",
    uses=("training.delta",),
    pytorch="nn.HuberLoss(delta={delta})",
)
class Huber(MeanSquaredError):
    """J = mean of ½ r² where |r| ≤ δ, else δ (|r| − ½ δ), with r = h − t; PyTorch's HuberLoss."""

    root_is_error = False
    formula = (
        r"J = \mathrm{mean}\ \{\ ½r^{2}\ \mathrm{if}\ |r|\ \le\ \delta,"
        r"\mathrm{else}\ \delta|r|\ -\ ½\delta^{2}\ \}, r = h\ -\ t"
    )

    def values(self, h: Array) -> Array:
        """J; keeps r cut off at ±δ for :meth:`gradient`."""
        residual = h - self.targets
        np.clip(residual, -self.delta, self.delta, out=self.scratch)
        # with c = r cut off, both cases are c (r − ½ c)
        cut = self.flat_scratch
        total = self.dot(cut, flat_rows(residual)) - 0.5 * self.dot(cut, cut)
        value: Array = total / (self.batch * self.outputs)
        return value

    def gradient(self, h: Array, out: Array) -> None:
        """r cut off at ±δ, over batch · outputs."""
        np.multiply(self.scratch, 1.0 / (self.batch * self.outputs), out=out)

    def predicted(self, h: Array) -> None:
        """Not a difference where it is cut off."""

    def products(self, h: Array) -> list[tuple[Named, Named]]:
        """By two cases, which is not a product."""
        return []

    @staticmethod
    def chance(targets: Array, training: TrainingSpec | None = None) -> float:
        """J at the constant where the cut-off residuals of each output cancel."""
        if training is None:
            return float("nan")
        residual = targets - _huber_center(targets.astype(np.float64), training.delta)
        cut = np.clip(residual, -training.delta, training.delta)
        return float(np.mean(cut * (residual - 0.5 * cut)))


def _huber_center(targets: Array, delta: float) -> Array:
    """(outputs,) constants that minimize the Huber loss, by bisection of its derivative."""
    low = targets.min(axis=0)
    high = targets.max(axis=0)
    for _ in range(60):
        middle = (low + high) / 2
        rising = np.clip(targets - middle, -delta, delta).sum(axis=0) > 0
        low = np.where(rising, middle, low)
        high = np.where(rising, high, middle)
    center: Array = (low + high) / 2
    return center


@LOSSES.register(
    "hinge",
    "the right class should lead every other by 1 (Crammer and Singer 2001)",
    label="Multi-class hinge",
    pytorch="nn.MultiMarginLoss()",
)
class Hinge(Loss):
    """J = mean over the batch of Σ over wrong classes of max(0, 1 + h − h[class]) / classes.

    PyTorch's MultiMarginLoss with p = 1 and margin 1.
    """

    formula = (
        r"J = \mathrm{mean}\ \sum_{i≠\mathrm{class}}\ \mathrm{max}(0, 1\ +\ h_{i}\ -\ "
        r"h_{\mathrm{class}})\ /\ \mathrm{classes}"
    )
    needs_classes = True

    @staticmethod
    def encode(dataset: Dataset, y: Array, precision: str = "float64") -> Array:
        """One-hot classes."""
        return _one_hot(dataset, y, precision)

    def values(self, h: Array) -> Array:
        """J; keeps the margins that are violated for :meth:`gradient`."""
        right = np.einsum("...n,...n->...", h, self.targets)
        margin = self.scratch
        np.subtract(h, right[..., None] - 1, out=margin)
        margin *= self.targets == 0
        np.maximum(margin, 0, out=margin)
        value: Array = self.flat_scratch.sum(axis=-1) / (self.batch * self.outputs)
        return value

    def gradient(self, h: Array, out: Array) -> None:
        """1 at each violated margin, minus their count at the right class, over batch · classes."""
        np.greater(self.scratch, 0, out=out)
        count = out.sum(axis=-1, keepdims=True)
        np.subtract(out, count, out=out, where=self.targets > 0)
        np.multiply(out, 1.0 / (self.batch * self.outputs), out=out)

    def accuracies(self, h: Array) -> Array:
        """How often the largest output is the right class."""
        return _share_right(h, self.targets)

    @staticmethod
    def chance(targets: Array, training: TrainingSpec | None = None) -> float:
        """(classes − 1) / classes, where all outputs are alike."""
        return 1.0 - 1.0 / int(targets.shape[1])


@LOSSES.register(
    "linear",
    "J = start · h: hands the last stage a gradient one sets",
    label="Linear (set gradient)",
    uses=("training.start",),
)
class Linear(Loss):
    """J = start · mean over the batch of the summed outputs, for worked examples."""

    formula = r"J = \mathrm{start}\cdot \mathrm{mean}\ h"
    judges = False

    @staticmethod
    def encode(dataset: Dataset, y: Array, precision: str = "float64") -> Array:
        """The numbers, or one-hot classes; only their shape matters."""
        return MeanSquaredError.encode(dataset, y, precision)

    def values(self, h: Array) -> Array:
        """start · Σ h / batch."""
        value: Array = self.start * flat_rows(h).sum(axis=-1) / self.batch
        return value

    def gradient(self, h: Array, out: Array) -> None:
        """start / batch everywhere."""
        out.fill(self.start / self.batch)
