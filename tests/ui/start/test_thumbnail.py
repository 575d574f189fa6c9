"""What a thumbnail paints: the shades of the heat map, and one scale for every curve."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from vgsim.text.scale import OVERFLOW, ZERO
from vgsim.ui.start.model.sketch import COLUMNS, Sketch
from vgsim.ui.start.thumbnail import HEAT, NODES, paint_curve, paint_network

WIDE, HIGH = 120, 90
BACK = QColor("#00ff00")


def painted(paint, sizes, theme) -> QImage:
    """A picture of a sketch with these gradients, on green."""
    image = QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    image.fill(BACK)
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, WIDE, HIGH), Sketch(np.array(sizes, dtype=float)), theme)
    painter.end()
    return image


def shade(theme, index: int) -> str:
    return QColor(*map(int, theme.heat[index])).name()


@pytest.mark.parametrize(("size", "index"), [
    (0.0, ZERO), (np.inf, OVERFLOW), (1e-3, HEAT.index(np.array([1e-3]))[0]),
])  # fmt: skip
def test_a_column_has_the_shade_of_its_gradient(styled, theme, size, index):
    image = painted(paint_network, [size, 1.0], theme)
    centers = [round(5 + at * (HIGH - 10) / (NODES - 1)) for at in range(NODES)]
    assert {image.pixelColor(5, y).name() for y in centers} == {shade(theme, index)}


@pytest.mark.parametrize(("stages", "columns"), [(2, 2), (7, 7), (101, COLUMNS)])
def test_there_are_at_most_seven_columns(styled, theme, stages, columns):
    image = painted(paint_network, [1.0] * stages, theme)
    row = [image.pixelColor(x, 5).name() == shade(theme, HEAT.index(np.array([1.0]))[0])
           for x in range(WIDE)]  # fmt: skip
    starts = sum(now and not before for before, now in zip([False, *row], row, strict=False))
    assert starts == columns


def marks_at(image: QImage, theme, size: float) -> list[int]:
    """Rows in which a mark of that gradient is painted."""
    wanted = shade(theme, HEAT.index(np.array([size]))[0])
    return [y for y in range(HIGH) for x in range(WIDE) if image.pixelColor(x, y).name() == wanted]


def test_equal_gradients_stand_at_one_height_in_every_card(styled, theme):
    alone = painted(paint_curve, [1e-3, 1e-3], theme)
    beside = painted(paint_curve, [1e4, 1e-10, 1e-3], theme)
    assert np.mean(marks_at(alone, theme, 1e-3)) == pytest.approx(
        np.mean(marks_at(beside, theme, 1e-3)), abs=1
    )


def test_a_curve_of_one_stage_and_of_zeros_can_be_painted(styled, theme):
    for sizes in ([1.0], [0.0, 0.0], [np.inf]):
        image = painted(paint_curve, sizes, theme)
        assert any(image.pixelColor(x, y) != BACK for x in range(WIDE) for y in range(HIGH))
