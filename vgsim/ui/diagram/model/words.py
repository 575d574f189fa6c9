"""What a tool tip says of a folded group, and of the name of an open one. No Qt."""

from __future__ import annotations

from vgsim.core.numbers import factor, magnitude
from vgsim.measure.frame import Frame
from vgsim.text.table import hop_factor
from vgsim.ui.diagram.model.folding import Band, FoldColumn


def column_words(frame: Frame, column: FoldColumn) -> tuple[str, ...]:
    """Title and lines: first and last RMS of a folded group, and the product of its factors."""
    first, last = (magnitude(float(frame.dh_rms[at - 1])) for at in (column.first, column.last))
    together = column.last - column.first + 1 == column.stages
    if together and column.first > 1:
        hop = factor(hop_factor(frame, column.first - 1, column.last))
    else:
        hop = ""
    return (
        _title(frame, column.group),
        f"{column.stages} stages",
        f"RMS ∂J/∂output of the last: {last}",
        f"RMS ∂J/∂output of the first: {first}",
        f"hands on {hop} to what is before it" if hop else "",
        "Double click or + opens it",
    )


def band_words(frame: Frame, band: Band) -> tuple[str, ...]:
    """Title and lines for the name of an open group."""
    return _title(frame, band.group), "Click or − folds it"


def _title(frame: Frame, group: str) -> str:
    kind = frame.subject.holders.get(group, "")
    return f"{group} · {kind}" if kind else group
