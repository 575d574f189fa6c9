"""Where one stands in a plot over steps that shows more than what led there."""

from __future__ import annotations

from vgsim.measure.frame import Frame
from vgsim.text.moments import place_of
from vgsim.ui.plots.layer import Lines, Mark
from vgsim.ui.plots.model.geometry import Area
from vgsim.ui.style.theme import Theme


def here_line(frame: Frame, area: Area, theme: Theme) -> list[Mark]:
    """A line at the update that the pass of ``frame`` led to, unless it is the last one."""
    if frame.track is None or frame.ahead is not None:
        return []
    step = place_of(frame)[0]
    last = int(frame.track.steps[-1])
    if step >= last or not area.x[0] <= step + 1 <= area.x[1]:
        return []
    x = float(area.across(step + 1))
    return [Lines([(x, area.box.top, x, area.box.bottom)], theme.accent, 1.2)]
