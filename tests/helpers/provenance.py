"""Provenance and small pictures to export."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QColor, QImage, QPainter

from tests.helpers.specs import small
from vgsim.export.provenance.record import Provenance
from vgsim.export.shots import Shot


def provenance(**changes: object) -> Provenance:
    """One whose spec is named in several scripts, with what XML, JSON and TOML escape."""
    name = "Затухание 勾配 «∂J/∂h» & <b> \"'\\ ]]> 🙂"
    settings = (("theme", "dark"), ("größe", "1920×1080"))
    spec = small(name=name, **changes)
    return Provenance(spec, 120, "backward:3", "slide", settings)


def picture(width: int = 40, height: int = 24, at: int = 0, see_through: bool = False) -> QImage:
    """Colored blocks, one of which stands ``at`` pixels from the left."""
    kind = QImage.Format.Format_ARGB32_Premultiplied if see_through else QImage.Format.Format_RGB32
    image = QImage(width, height, kind)
    image.fill(QColor(0, 0, 0, 0) if see_through else QColor("#fcfcfb"))
    painter = QPainter(image)
    painter.fillRect(2, 2, 6, 6, QColor("#ffffff"))
    painter.fillRect(at % width, 10, 5, 9, QColor("#2a5cdb"))
    painter.end()
    return image


def shots(count: int = 5, seconds: float = 0.1, **how: object) -> Iterator[Shot]:
    """A block on its way to the right."""
    for number in range(count):
        yield Shot(picture(at=3 * number, **how), seconds)  # type: ignore[arg-type]
