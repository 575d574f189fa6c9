"""Number types: float64 and float32 as they are, float16 and bfloat16 emulated in float32.

An emulated number lies in a float32 that is rounded after every operation. A product of matrices is
summed in float32 and rounded once, as a GPU with float32 accumulation does it; an activation and a
loss are one operation each. Everything else that is written with several NumPy calls (gates of a
cell, a normalization, an optimizer) is rounded after each of them.

∂J are kept as if they were not scaled: with a loss scale s, a power of two, each is rounded to the
multiples that s · ∂J has, and overflows where s · ∂J does. That is exact, and nothing that reads a
gradient has to know the scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vgsim.core.registry import Registry
from vgsim.nn.activations.base import Activation
from vgsim.nn.arrays import Array

if TYPE_CHECKING:
    from vgsim.nn.losses import Loss

Shape = tuple[int, ...]


def to_float16(values: Array) -> None:
    """Round float32 ``values`` to the nearest float16, ties to even, in place.

    As in IEEE 754: multiples of 2⁻²⁴ below 2⁻¹⁴, inf from 65,520 on; nan stays nan. NumPy's own
    conversion does the same, several times slower.
    """
    size = np.abs(values)
    small = size < 2.0**-14
    beyond = size >= 65520.0
    nan = np.isnan(size)
    # next to 3/4 neighboring float32 are 2⁻²⁴ apart, as small float16 are
    low = np.copysign(values[small] + np.float32(0.75) - np.float32(0.75), values[small])
    bits = values.view(np.uint32)
    bits += ((bits >> 13) & 1) + np.uint32(0xFFF)
    bits &= np.uint32(0xFFFFE000)
    values[small] = low
    if beyond.any():
        values[beyond] = np.copysign(np.float32(np.inf), values[beyond])
    if nan.any():
        values[nan] = np.nan


def to_bfloat16(values: Array) -> None:
    """Round float32 ``values`` to the nearest bfloat16, ties to even, in place; nan stays nan.

    A bfloat16 is the upper half of a float32, so adding just under half a unit to the bits and
    cutting them off rounds; what lies past the largest one becomes inf by itself.
    """
    nan = np.isnan(values)
    bits = values.view(np.uint32)
    bits += ((bits >> 16) & 1) + np.uint32(0x7FFF)
    bits &= np.uint32(0xFFFF0000)
    if nan.any():
        values[nan] = np.nan


@dataclass(frozen=True, slots=True)
class Precision:
    """A number type: the ``dtype`` that holds it, and how a float32 is rounded to it, if at all.

    ``smallest`` is the smallest number above 0, ``largest`` the largest finite one.
    """

    dtype: str
    smallest: float
    largest: float
    to_nearest: Callable[[Array], None] | None = None


PRECISIONS: Registry[Precision] = Registry("precision")

_SCALED = ("training.loss_scaling", "training.master_weights")

PRECISIONS.add(
    "float64", Precision("float64", 2.0**-1074, float(np.finfo(np.float64).max)),
    "53 bits, 11 of them for the exponent", label="float64",
    pytorch="torch.float64",
)  # fmt: skip
PRECISIONS.add(
    "float32", Precision("float32", 2.0**-149, float(np.finfo(np.float32).max)),
    "24 digits, down to 1e-45", label="float32",
    pytorch="torch.float32",
)  # fmt: skip
PRECISIONS.add(
    "float16", Precision("float32", 2.0**-24, 65504.0, to_float16),
    "11 digits, down to 6e-8 and up to 65,504, summed in float32", label="float16",
    uses=_SCALED,
    pytorch="torch.float16",
)  # fmt: skip
PRECISIONS.add(
    "bfloat16", Precision("float32", 2.0**-133, 2.0**128 - 2.0**120, to_bfloat16),
    "8 digits, the range of float32, summed in float32", label="bfloat16",
    uses=_SCALED,
    pytorch="torch.bfloat16",
)  # fmt: skip


class Rounding:
    """How the arrays that share it are rounded, with the ``scale`` that they stand for.

    ``counts`` (2,), while it is there, takes in how many values were not 0 before they were
    rounded, and how many of them became 0.
    """

    def __init__(self, to_nearest: Callable[[Array], None], of_gradients: bool) -> None:
        self.to_nearest = to_nearest
        self.of_gradients = of_gradients
        self.scale = 1.0
        self.counts: Array | None = None

    def __call__(self, values: Array) -> None:
        """Round float32 ``values`` in place."""
        if self.counts is not None:
            there = np.count_nonzero(values)
        if self.scale == 1:
            self.to_nearest(values)
        else:
            values *= np.float32(self.scale)
            self.to_nearest(values)
            values *= np.float32(1 / self.scale)
        if self.counts is not None:
            self.counts += there, there - np.count_nonzero(values)


class Rounded(np.ndarray[Any, np.dtype[np.float32]]):
    """A float32 array whose numbers are rounded whenever NumPy computes or sets them.

    ``out`` decides how a result is rounded; without one a gradient among the operands does.
    Results of another type (bool, float64) are not rounded.
    """

    rounding: Rounding | None = None

    def __array_finalize__(self, like: object) -> None:
        """Views and copies are rounded as that which they come from."""
        self.rounding = getattr(like, "rounding", None)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set and round."""
        plain = np.asarray(self)
        if self.rounding is None or self.dtype != np.float32:
            plain[key] = value
            return
        wanted = np.array(value, np.float32)
        self.rounding(wanted)
        plain[key] = wanted

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute in float32, then round."""
        out = options.get("out")
        rounding = _rounding_of(out or ()) or _rounding_of(inputs)
        if out:
            options["out"] = tuple(_plain(one) for one in out)
        result = getattr(ufunc, method)(*(_plain(one) for one in inputs), **options)
        if out:
            for one in options["out"]:
                _round(one, rounding)
            return out[0] if len(out) == 1 else out
        return _rounded(result, rounding)

    def __array_function__(self, func: Any, types: Iterable[type], args: Any, kwargs: Any) -> Any:
        """``dot`` and ``copyto``, no ufuncs; others are made of ufuncs or compute nothing."""
        if func is np.copyto:
            func(*(_plain(one) for one in args), **kwargs)
            _round(_plain(args[0]), _rounding_of(args[:1]))
            return None
        if func is not np.dot:
            return super().__array_function__(func, types, args, kwargs)
        out = kwargs.get("out", args[2] if len(args) > 2 else None)
        rounding = _rounding_of((out,)) or _rounding_of(args)
        result = func(*(_plain(one) for one in args), **{k: _plain(v) for k, v in kwargs.items()})
        if out is None:
            return _rounded(result, rounding)
        _round(result, rounding)
        return out


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Rounded) else value


def _rounding_of(values: Iterable[Any]) -> Rounding | None:
    """That of the first gradient among the ``values``, else of the first that is rounded."""
    found = None
    for value in values:
        own = value.rounding if isinstance(value, Rounded) else None
        if own is not None and own.of_gradients:
            return own
        found = found or own
    return found


def _round(values: Any, rounding: Rounding | None) -> None:
    if rounding is not None and values is not None and values.dtype == np.float32:
        rounding(values)


def _rounded(result: Any, rounding: Rounding | None) -> Any:
    """A fresh result, rounded, that goes on being rounded."""
    if rounding is None or getattr(result, "dtype", None) != np.float32:
        return result
    values = np.asarray(result).view(Rounded)
    values.rounding = rounding
    rounding(values.view(np.ndarray))
    return values if values.ndim else np.float32(values.item())


class Numbers:
    """Makes the arrays of one network. ``forward`` and ``backward`` are None for plain types."""

    def __init__(self, precision: str) -> None:
        found = PRECISIONS[precision]
        self.dtype = found.dtype
        self.forward = self.backward = None
        if found.to_nearest is not None:
            self.forward = Rounding(found.to_nearest, of_gradients=False)
            self.backward = Rounding(found.to_nearest, of_gradients=True)

    def zeros(self, *shape: int) -> Array:
        """For parameters and what the forward pass computes."""
        return _made(shape, self.dtype, self.forward)

    def gradients(self, *shape: int) -> Array:
        """For ∂J."""
        return _made(shape, self.dtype, self.backward)


def _made(shape: Shape, dtype: str, rounding: Rounding | None) -> Array:
    values = np.zeros(shape, dtype)
    if rounding is None:
        return values
    made = values.view(Rounded)
    made.rounding = rounding
    return made


def as_one_operation(function: Callable[..., object]) -> Callable[..., None]:
    """A function that writes into its last argument, rounded at its end and not within."""

    def call(*arrays: Array) -> None:
        function(*(_plain(one) for one in arrays))
        _round(_plain(arrays[-1]), _rounding_of(arrays[-1:]))

    return call


def fitting(activation: Activation, like: Array) -> Activation:
    """The activation for arrays such as ``like``: one operation where those are rounded."""
    if not isinstance(like, Rounded):
        return activation
    return replace(
        activation,
        forward=as_one_operation(activation.forward),
        derivative=as_one_operation(activation.derivative),
    )


class RoundedLoss:
    """What a network asks of a loss, as one operation."""

    def __init__(self, loss: Loss) -> None:
        self._gradient = as_one_operation(loss.gradient)

    def gradient(self, h: Array, out: Array) -> None:
        """∂J/∂h, rounded at its end."""
        self._gradient(h, out)
