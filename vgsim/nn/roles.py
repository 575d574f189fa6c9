"""The parts that choices can play in a remedy: it asks for a role, and never for a name."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What is wanted of an activation, an initializer, an optimizer, …; each may play one role."""

    RECTIFIES = "rectifies"
    """An activation with derivative 1 wherever it lets anything through."""
    NEVER_SHUT = "never shut"
    """An activation that rectifies, yet lets a little through everywhere."""
    ZERO_CENTERED = "zero-centered"
    """An activation of derivative 1 at 0 that is bounded on both sides."""

    KEEPS_VARIANCE = "keeps the variance"
    """An initializer that keeps signal and gradient alike where f has derivative 1."""
    MAKES_UP = "makes up for the activation"
    """An initializer that makes up for the half that a rectifier cuts."""
    NORMALIZES = "normalizes itself"
    """An initializer that keeps the variance of the forward signal."""
    ROTATES = "rotates"
    """An initializer all of whose singular values are the gain."""
    COPIES = "copies"
    """An initializer that hands on what it gets."""
    OF_A_SIZE = "of a size"
    """An initializer whose standard deviation one sets."""
    TO_UNIT_VARIANCE = "to unit variance"
    """An initializer that is fitted to the data."""
    AS_SET = "as set"
    """A gain that is the number one sets."""
    NO_OFFSET = "no offset"
    """Biases of 0."""

    SAME_SCALE = "same scale"
    """A normalization that works sample by sample."""
    WAY_AROUND = "way around"
    """A skip path on which nothing stands in the gradient's way."""
    REMEMBERS = "remembers"
    """A kind of network whose state is only added to."""

    ADAPTS = "adapts"
    """An optimizer that scales its steps by itself."""
    LIMITS_NORM = "limits the norm"
    """A clipping that keeps the direction of the gradient."""
