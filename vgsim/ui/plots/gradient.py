"""Gradient by stage: RMS of ∂J/∂h now, on fixed decades, beside theory and another experiment."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QFocusEvent, QKeyEvent

from vgsim.core.numbers import magnitude
from vgsim.measure.forecast import Forecasted, Theory
from vgsim.measure.frame import Frame, PinnedRun
from vgsim.nn.moments import Phase
from vgsim.text.empty import NO_GRADIENT, NOT_EMPTY, EmptyState
from vgsim.text.pointed import Pointed
from vgsim.text.specs import Names, compared_names, fitting
from vgsim.text.stages import short_name, stage_name
from vgsim.ui.plots.base import PLOTS, Place
from vgsim.ui.plots.decades import Array, DecadePlot, Points, label_along
from vgsim.ui.plots.ghosts import Ghost, GhostLayer
from vgsim.ui.plots.guess import GuessLayer
from vgsim.ui.plots.layer import (
    Fill,
    Mark,
    Ring,
    Sentence,
    Text,
    line_height,
    text_width,
)
from vgsim.ui.plots.model.geometry import Box, around, place, trace
from vgsim.ui.plots.model.series import Reach, reach
from vgsim.ui.plots.model.table import NO_DATA, Columns, compared, stages_of
from vgsim.ui.plots.model.words import theory_name
from vgsim.ui.style.theme import rgb
from vgsim.ui.widgets.spots import SymbolSpot

NOWHERE = np.empty(0)
_NEAR = 9.0
"""Pixels around a point in which it is pointed at."""


@PLOTS.register("gradient", "RMS of ∂J/∂h of every stage, now", label="Gradient by stage")
class GradientPlot(DecadePlot):
    """One point for every stage that backpropagation has reached; what it has not stays empty.

    Theory is dashed. The experiment that this one is compared with (B) has squares; the stages of
    both are counted from the last one.
    """

    title = "Gradient by stage"
    question = "How much gradient reaches every stage now?"
    place = Place.LEFT
    narrow_place = Place.LEFT
    subtitle = "now, log scale"
    quantity = "RMS of ∂J/∂h"
    by_column = True
    wants = (Forecasted,)
    needs = ("dh_rms",)

    def symbol_spots(self) -> list[SymbolSpot]:
        """Besides the words, the point of every stage; it is where the hop above has led."""
        spots = super().symbol_spots()
        frame = self.frame
        if frame is None or self.missing(frame):
            return spots
        reached = np.flatnonzero(~np.isnan(frame.dh_rms))
        levels = self.levels(frame.dh_rms, reach(frame.dh_rms, self.scale))
        across, down = self.pixels(np.asarray(reached + 1.0, np.float64), levels[reached])
        for stage, x, y in zip((reached + 1).tolist(), across.tolist(), down.tolist(), strict=True):
            hop = stage + 1 if stage < frame.stages else 0
            if math.isfinite(y):
                box = QRectF(x - _NEAR, y - _NEAR, 2 * _NEAR, 2 * _NEAR)
                if self.numbers:
                    stage, hop = self.numbers[stage - 1], 0
                spots.append(SymbolSpot(Pointed("gradient", stage=stage, hop=hop), box, True))
        return spots

    def set_up(self) -> None:
        """Lines; the points are marks."""
        self.theory = self.add_curve()
        self.other_curve = self.add_curve()
        self.curve = self.add_curve()
        self.guess = GuessLayer(self)
        self.ghosts = GhostLayer(self)

    def use_theme(self) -> None:
        """The line is as strong as text."""
        self.curve.set_ink(self.theme.text, 1.6 * self.pen_scale)
        self.other_curve.set_ink(self.theme.second, 1.6 * self.pen_scale)
        self.theory.set_ink(self.theme.muted, 1.3 * self.pen_scale, (4, 3))
        self.ghosts.use_theme()

    def missing(self, frame: Frame | None) -> EmptyState:
        """Only a frame: the decades are worth showing before there are points."""
        if frame is not None:
            return NOT_EMPTY
        return NO_GRADIENT

    def draw(self, frame: Frame) -> None:
        """Decades, lines, points, and the number at the newest point."""
        self._lay_out_axes(frame)
        self.ground.set_marks(self._grounds())
        forecast = self._forecast(frame)
        self.set_subtitle(self._words(frame, forecast))
        mine = self._own(frame)
        theirs = self._others(frame)
        self.ghosts.draw([self._ghost(pin, frame.stages) for pin in frame.pins])
        self.under.set_marks(self.guess.marks(_newest_of(mine)))
        gradients = [one.dh_rms for one in (frame, frame.other) if one is not None]
        if all(np.isnan(values).all() for values in gradients):
            self.over.set_marks(self._before_the_pass())
            self.theory.set_points(NOWHERE, NOWHERE)
        else:
            self.over.set_marks(self._in_layers(frame, mine, theirs, forecast))

    def _grounds(self) -> list[Mark]:
        """A quiet ground behind the stages of every open group."""
        box = self.area.box
        marks: list[Mark] = []
        for first, last in self.bands:
            left, right = self.area.across([first - 0.42, last + 0.42]).tolist()
            left, right = max(left, box.left), min(right, box.right)
            if left < right:
                across = np.array([left, right, right, left])
                down = np.array([box.top, box.top, box.bottom, box.bottom])
                marks.append(Fill(across, down, self.theme.raised))
        return marks

    def _picked(self, frame: Frame, points: Points) -> list[Mark]:
        """A ring around the stage that is looked into."""
        focus = frame.request.focus
        if focus is None or not 1 <= focus.stage <= len(points.x):
            return []
        x, y = float(points.x[focus.stage - 1]), float(points.y[focus.stage - 1])
        if not math.isfinite(y):
            return []
        return [Ring(x, y, max(points.radius, 3.5) + 3.5, self.theme.accent)]

    def _before_the_pass(self) -> list[Mark]:
        """The name of the guess, or what there is to do or to wait for."""
        if np.isfinite(self.guess.values).any():
            return [*self.guess.texts(self.guess.ink(), [])]
        said = self.guess.invitation() or NO_GRADIENT.said(self.still)
        return [Sentence(said, self.area.box, self.theme.muted, self.theme.halo)]

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys from stepping while a guess is drawn with them."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and self.guess.takes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Draw by keyboard."""
        if not self.guess.press_key(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the stage that the keys move."""
        super().focusInEvent(event)
        self.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take that mark away."""
        super().focusOutEvent(event)
        self.refresh()

    @classmethod
    def data(cls, frame: Frame) -> Columns:
        """RMS of ∂J/∂h by stage, and what theory says of it."""
        if not np.isnan(frame.dh_rms).all():
            return compared(frame, _gradients)
        return NO_DATA

    def readout(self, x: float, y: float) -> str:
        """The nearest stage and its number, also of B and of theory."""
        assert self.frame is not None
        frame = self.frame
        other = self.frame.other
        stage = int(np.clip(round(x), 1, frame.stages))
        prefix = "" if other is None else "A "
        size = magnitude(float(frame.dh_rms[stage - 1]))
        words = [f"{prefix}{stage_name(stage, frame.subject)}: {size}"]
        forecast = self._forecast(frame)
        if forecast is not None and np.isfinite(forecast.dh_rms[stage - 1]):
            value = magnitude(float(forecast.dh_rms[stage - 1]))
            words.append(f"{theory_name(forecast.theory, frame.step)}: {value}")
        if other is not None:
            theirs = int(np.clip(round(x) + other.stages - frame.stages, 1, other.stages))
            value = magnitude(float(other.dh_rms[theirs - 1]))
            words.append(f"B {stage_name(theirs, other.subject)}: {value}")
        return "\n".join(words)

    def _forecast(self, frame: Frame) -> Forecasted | None:
        """What theory says of this frame's stages, if it says anything that the scale can show.

        Nothing while a question is open: it would tell the answer.
        """
        found = frame.measurement(Forecasted)
        if self.guess.withheld or found is None or len(found.dh_rms) != frame.stages:
            return None
        shown = reach(found.dh_rms, self.scale) == Reach.INSIDE
        if np.count_nonzero(shown) > 1:
            return found
        return None

    @classmethod
    def _words(cls, frame: Frame, forecast: Forecasted | None) -> str:
        parts = []
        if frame.other is not None and frame.other.stages != frame.stages:
            parts.append("by hops to the last stage")
        parts.append(cls.subtitle)
        if forecast is not None:
            parts.append(f"dashed: {theory_name(forecast.theory)}")
        return " · ".join(parts)

    def _lay_out_axes(self, frame: Frame) -> None:
        """Decades, and stages; hops to the last stage where B has more or fewer of them."""
        stages = frame.stages
        depths = [len(pin.gradient) for pin in frame.pins]
        if frame.other is not None:
            depths.append(frame.other.stages)
        first = 1 + stages - max([stages, *depths])
        alike = all(depth == stages for depth in depths)
        self.bottom.name_stages(stages, frame.subject)
        self.bottom.hops_from = None if alike else first
        self.lay_out_decades(first, stages)

    def _own(self, frame: Frame) -> Points:
        """The stages of this experiment, each in its shade."""
        kinds = reach(frame.dh_rms, self.scale)
        levels = self.levels(frame.dh_rms, kinds)
        x = np.arange(1.0, frame.stages + 1)
        self.draw_line(self.curve, x, levels, kinds)
        fills = self.theme.heat[self.scale.index(frame.dh_rms)]
        return self.points(x, levels, kinds, fills)

    def _others(self, frame: Frame) -> Points:
        """Those of B, all in the second color, counted from the last stage; none without B."""
        other = frame.other
        if other is None:
            values: NDArray[np.floating] = NOWHERE
        else:
            values = other.dh_rms
        kinds = reach(values, self.scale)
        levels = self.levels(values, kinds)
        x = np.arange(1.0, len(values) + 1)
        x += frame.stages - len(values)
        self.draw_line(self.other_curve, x, levels, kinds)
        fills = np.tile(np.array(rgb(self.theme.second), dtype=np.uint8), (len(values), 1))
        points = self.points(x, levels, kinds, fills)
        return replace(points, radius=min(points.radius, 4.0))

    def _ghost(self, pin: PinnedRun, stages: int) -> Ghost:
        """A pinned run, counted from the last stage as B is."""
        kinds = reach(pin.gradient, self.scale)
        inside = np.where(kinds == Reach.INSIDE, self.levels(pin.gradient, kinds), np.nan)
        x = np.arange(1.0, len(inside) + 1) + stages - len(inside)
        return Ghost(pin.name, x, inside)

    def _in_layers(
        self, frame: Frame, mine: Points, theirs: Points, forecast: Forecasted | None
    ) -> list[Mark]:
        """Theory, B, A, and the texts, which keep clear of all of them and of each other."""
        dashes = self._dashes(forecast)
        marks: list[Mark] = []
        marks += [*self.symbols(theirs, self.theme.surface, "square")] if len(theirs.x) else []
        marks += self.symbols(mine, self.theme.text)
        marks += self._picked(frame, mine)
        parts = [mine.inked(), theirs.inked(), trace(*dashes), self.guess.ink()]
        ink = (np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))
        texts: list[Text] = self.edge_texts(mine)
        if len(mine.reached()):
            newest, text = self._newest(frame, mine, ink, texts)
            marks += newest
            texts.append(text)
        if frame.other is not None:
            texts += self._names(compared_names(frame), mine, theirs, ink, texts)
        texts += self.guess.texts(ink, [_apart(text.box) for text in texts])
        texts += self._theory(forecast, dashes, frame.step, ink, texts)
        texts += self.ghosts.texts(ink, [_apart(text.box) for text in texts])
        return [*marks, *texts]

    def _dashes(self, forecast: Forecasted | None) -> tuple[Array, Array]:
        """Draw the forecast as far as the scale goes; its pixels (x, y), nan out of sight."""
        if forecast is None:
            values: Array = NOWHERE
        else:
            values = forecast.dh_rms
        x = np.arange(1.0, len(values) + 1)
        kinds = reach(values, self.scale)
        levels = np.where(kinds == Reach.INSIDE, self.levels(values, kinds), np.nan)
        self.theory.set_points(x, levels)
        return self.pixels(x, levels)

    def _theory(
        self,
        forecast: Forecasted | None,
        dashes: tuple[Array, Array],
        step: int,
        ink: tuple[Array, Array],
        taken: list[Text],
    ) -> list[Text]:
        """The name of the dashed line, where there is room for it."""
        if forecast is None or not np.isfinite(dashes[1]).any():
            return []
        words = theory_name(forecast.theory, step), theory_name(forecast.theory).split(" (")[0]
        boxes = [_apart(text.box) for text in taken]
        muted = self.theme.muted
        return label_along(words, dashes, ink, self.area.box, boxes, self.theme, muted)

    def _names(
        self,
        names: Names,
        mine: Points,
        theirs: Points,
        ink: tuple[Array, Array],
        taken: list[Text],
    ) -> list[Text]:
        """What A and B are, each beside its own line."""
        texts: list[Text] = []
        for name, points, color in (
            (names.a, mine, self.theme.text),
            (names.b, theirs, self.theme.second),
        ):
            x = np.where(points.kinds == Reach.UNREACHED, np.nan, points.x)
            words = fitting(name, 0.5 * self.area.box.width, lambda t: text_width(t, 11, 600))
            choices = words, name[0]
            boxes = [_apart(text.box) for text in [*taken, *texts]]
            line, bounds = (x, points.y), self.area.box
            texts += label_along(choices, line, ink, bounds, boxes, self.theme, color, 600)
        return texts

    def _newest(
        self, frame: Frame, points: Points, ink: tuple[Array, Array], taken: list[Text]
    ) -> tuple[list[Mark], Text]:
        """The stage reached last: a ring while it is the current one, and its number."""
        at = int(points.reached()[0])
        x = float(points.x[at])
        y = float(points.y[at])
        label = f"{short_name(at + 1, frame.subject)}  {magnitude(float(frame.dh_rms[at]))}"
        size = text_width(label, 12, 600), line_height(12, 600)
        near = around(x, y, *size, max(points.radius, 4) + 5)
        boxes = [text.box for text in taken]
        box, _ = place(near, self.area.box, *ink, boxes, margin=points.radius)
        text = Text(label, box.left, box.top, self.theme.text, 12, 600, anchor=(0, 0))
        if frame.moment.phase is not Phase.BACKWARD or frame.moment.stage != at + 1:
            return [], text
        radius = max(points.radius, 3.5)
        marks: list[Mark] = [Ring(x, y, radius + 3.5, self.theme.accent)]
        if points.kinds[at] == Reach.INSIDE:
            marks.insert(0, points.symbols(np.array([at]), radius, self.theme.text, "dot"))
        return marks, text


def _newest_of(points: Points) -> tuple[float, float] | None:
    """Where the point that was reached last stands, in pixels."""
    reached = points.reached()
    if len(reached):
        return float(points.x[reached[0]]), float(points.y[reached[0]])
    return None


def _apart(box: Box) -> Box:
    """A label's box with room around it: nearer, two labels read as one line."""
    return Box(box.left - 12, box.top - 3, box.width + 24, box.height + 6)


def _gradients(frame: Frame) -> Columns:
    """Those of one experiment; in hops to the last stage two of them can be compared."""
    stages = stages_of(frame.stages)
    columns = {
        "stage": stages,
        "hops to the last stage": frame.stages - stages,
        "gradient RMS": np.asarray(frame.dh_rms, dtype=np.float64),
    }
    forecast = frame.measurement(Forecasted)
    if forecast is None or len(forecast.dh_rms) != frame.stages:
        return columns
    if forecast.theory is Theory.BOUND:
        name = "upper bound"
    else:
        name = str(forecast.theory)
    return {**columns, f"gradient RMS in theory ({name})": forecast.dh_rms}
