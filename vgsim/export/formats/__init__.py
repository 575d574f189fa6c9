"""Kinds of files that can be exported, one module each. Importing this registers them all."""

from __future__ import annotations

from vgsim.core import plugins
from vgsim.core.registry import discover
from vgsim.export.format import FORMATS

__all__ = ["FORMATS"]

_IN_ORDER = (
    "png", "svg", "pdf", "pptx", "gif", "webp", "apng", "mp4", "csv", "npz", "jsonl",
)  # fmt: skip
"""As they are offered, those that serve most first; what comes from elsewhere follows."""
discover(__name__, first=_IN_ORDER)
plugins.load(plugins.KINDS)
