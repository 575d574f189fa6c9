"""SVG and PDF: programs that are not ours draw them as the PNG, and they hold what they should."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QRadialGradient,
)
from PySide6.QtWidgets import QLabel, QWidget

from tests.helpers.exports import save_pdf, save_svg
from tests.helpers.pixels import unlike
from tests.helpers.provenance import provenance
from tests.helpers.views import moment_for, view_of
from vgsim.export.drawing.raster import rendered
from vgsim.export.drawing.svg_engine import SvgDevice
from vgsim.export.drawing.vector import Page, svg_text
from vgsim.export.reading import read_provenance
from vgsim.ui.plots.kinds import PLOTS
from vgsim.ui.style.application import apply_theme, ui_font
from vgsim.ui.style.theme import load_theme

librsvg = pytest.mark.skipif(not shutil.which("rsvg-convert"), reason="librsvg is not installed")
poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not installed")

SVG = "{http://www.w3.org/2000/svg}"
MOST_UNLIKE = 0.01
"""Share of an SVG's pixels that may be another color, by YIQ distance 0.1, than all within a pixel.

What differs is single pixels of letters, which Qt fits to the pixels and the others do not.
"""
MOST_UNLIKE_PDF = 0.02
"""Also half a pixel of hairlines that Qt does not smooth on the screen."""
FINER = 2
"""Times finer a PDF is rasterized, then averaged: poppler moves thin lines to whole pixels."""
LARGEST = 2_000_000
"""Bytes of a whole window."""

SIZES = {"window": (1400, 860), "diagram": (900, 480), "hop": (960, 300), "why": (360, 400)}
CASES = [
    ("diagram", "sigmoid-stack", "light", 3, 0),
    ("diagram", "sigmoid-stack", "dark", 0, 10),
    ("diagram", "rnn-digits", "light", 1, 0),
    ("hop", "sigmoid-stack", "dark", 0, 10),
    ("hop", "lstm-adding", "light", 2, 60),
    ("why", "sigmoid-stack", "light", 0, 0),
    *((name, "sigmoid-stack", "light", 12, 0) for name in PLOTS.names()),
    ("window", "sigmoid-stack", "light", 3, 0),
    ("window", "lstm-adding", "dark", 2, 60),
]


@pytest.fixture
def show(qapp):
    """Makes a view; the light theme is back afterwards, and the view gone."""
    made = []

    def make(view, preset="sigmoid-stack", theme="light", steps=0, position=0):
        wanted = load_theme(theme)
        if theme != "light" or qapp.property("styled") is not True:
            apply_theme(qapp, wanted)
            qapp.setProperty("styled", theme == "light")
        frame = moment_for(view, preset, steps=steps, position=position)
        made.append(view_of(view, frame, wanted))
        return made[-1], QSize(*SIZES.get(view, (700, 420)))

    yield make
    for widget in made:
        widget.close()
        widget.deleteLater()


def inches(size):
    """At 96 pixels an inch."""
    return size.width() / 96, size.height() / 96


def as_image(picture, path):
    """A QImage as Pillow reads it."""
    assert picture.save(str(path))
    return Image.open(path).convert("RGB")


def rasterized_svg(path):
    """What librsvg makes of it, at 96 pixels an inch."""
    target = path.with_suffix(".svg.png")
    subprocess.run(["rsvg-convert", str(path), "-o", str(target)], check=True)
    return Image.open(target)


def rasterized_pdf(path, size):
    """What poppler makes of it."""
    target, dpi = path.with_suffix(".pdf"), str(96 * FINER)
    command = ["pdftoppm", "-png", "-r", dpi, "-singlefile", str(path), str(target)]
    subprocess.run(command, check=True)
    return Image.open(f"{target}.png").convert("RGB").resize(size, Image.Resampling.BOX)


@librsvg
@poppler
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_other_programs_draw_what_the_png_shows(show, tmp_path, case):
    widget, size = show(*case)
    ground = load_theme(case[2]).background
    reference = as_image(rendered(widget, size, 1.0), tmp_path / "x.png")
    page = Page(size, inches(size), background=ground)
    save_svg(widget, page, tmp_path / "x.svg")
    save_pdf(widget, page, tmp_path / "x.pdf")
    drawn = rasterized_svg(tmp_path / "x.svg"), rasterized_pdf(tmp_path / "x.pdf", reference.size)
    told = [unlike(reference, image) for image in drawn]
    assert told[0] < MOST_UNLIKE and told[1] < MOST_UNLIKE_PDF, told
    assert all((tmp_path / name).stat().st_size < LARGEST for name in ("x.svg", "x.pdf"))


def test_what_is_missing_or_moved_is_seen():
    ground = Image.new("RGB", (100, 100), "white")
    marked = ground.copy()
    marked.paste("red", (20, 20, 50, 24))
    moved = ground.copy()
    moved.paste("red", (20, 23, 50, 27))
    assert unlike(marked, marked) == 0
    assert unlike(ground, marked) > MOST_UNLIKE and unlike(marked, ground) > MOST_UNLIKE
    assert unlike(moved, marked) > 0.005


# --- one kind of mark at a time ------------------------------------------------------------------


def pens(painter):
    for at, style in enumerate((Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)):
        pen = QPen(QColor("#2f62e0"), 1.5 + 2 * at, style)
        pen.setCapStyle((Qt.PenCapStyle.FlatCap, Qt.PenCapStyle.RoundCap)[at % 2])
        painter.setPen(pen)
        painter.drawLines([QLineF(10, 10 + 20 * at, 150, 20 + 20 * at), QLineF(20, 80, 90, 90)])


def cosmetic_pens(painter):
    pen = QPen(QColor("black"), 3)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.scale(15, 0.2)
    painter.drawPolyline([QPointF(1, 50), QPointF(5, 400), QPointF(9, 100)])


def uneven_pens(painter):
    painter.scale(4, 1)
    painter.setPen(QPen(QColor("black"), 4))
    painter.drawRect(QRectF(6, 10, 25, 60))


def shapes(painter):
    painter.setPen(QPen(QColor("black"), 2))
    painter.setBrush(QColor(230, 80, 30, 128))
    painter.drawEllipse(QRectF(10, 10, 60, 40))
    painter.drawRoundedRect(QRectF(80, 10, 60, 40), 8, 8)
    painter.drawPolygon(QPolygonF([QPointF(20, 90), QPointF(60, 55), QPointF(90, 95)]))
    painter.setOpacity(0.4)
    painter.translate(120, 75)
    painter.rotate(30)
    painter.drawRect(QRectF(-20, -10, 40, 20))


def holes(painter):
    path = QPainterPath()
    path.addRect(10, 10, 80, 80)
    path.addRect(30, 30, 40, 40)
    painter.fillPath(path, QColor("purple"))


def clips(painter):
    round_one = QPainterPath()
    round_one.addEllipse(QRectF(20, 10, 90, 80))
    painter.setClipRect(QRectF(30, 20, 100, 70))
    painter.save()
    painter.setClipPath(round_one, Qt.ClipOperation.IntersectClip)
    painter.fillRect(QRectF(0, 0, 160, 50), QColor("green"))
    painter.restore()
    painter.fillRect(QRectF(0, 60, 160, 50), QColor("orange"))
    painter.setClipping(False)
    painter.fillRect(QRectF(140, 5, 10, 90), QColor("navy"))


def gradients(painter):
    across = QLinearGradient(10, 0, 70, 0)
    across.setColorAt(0, QColor("white"))
    across.setColorAt(1, QColor("darkred"))
    painter.fillRect(QRectF(10, 10, 60, 80), across)
    out = QRadialGradient(115, 50, 40)
    out.setColorAt(0, QColor("gold"))
    out.setColorAt(1, QColor("blue"))
    painter.fillRect(QRectF(75, 10, 80, 80), out)


def hatches(painter):
    painter.fillRect(QRectF(16, 16, 64, 64), QBrush(QColor("black"), Qt.BrushStyle.BDiagPattern))
    painter.fillRect(QRectF(88, 16, 64, 64), QBrush(QColor("black"), Qt.BrushStyle.CrossPattern))


def heat_map(painter):
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    for at, name in enumerate(("black", "gold", "crimson", "white", "navy", "tomato")):
        image.setPixelColor(at % 3, at // 3, QColor(name))
    painter.drawImage(QRectF(10, 10, 90, 60), image)
    painter.drawImage(QRectF(110, 10, 40, 60), image, QRectF(1, 0, 1, 2))


def tiles(painter):
    tile = QPixmap(20, 20)
    tile.fill(QColor("teal"))
    painter.drawTiledPixmap(QRectF(10, 10, 50, 50), tile)
    painter.drawPixmap(80, 10, tile)


def words(painter):
    painter.setPen(QColor("#171b23"))
    painter.drawText(QPointF(10, 30), "∂J/∂h₁ = ×0.24")
    painter.rotate(20)
    painter.drawText(QPointF(40, 50), "turned 1e−6")


class Drawing(QWidget):
    """A widget that paints one of them."""

    def __init__(self, paint):
        super().__init__()
        self._paint = paint

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter)
        painter.end()


MARKS = [pens, cosmetic_pens, uneven_pens, shapes, holes, clips, gradients, heat_map,
         tiles, words]  # fmt: skip


@librsvg
@pytest.mark.parametrize("paint", MARKS, ids=lambda paint: paint.__name__)
def test_every_kind_of_mark_comes_through(styled, tmp_path, paint):
    drawing, size = Drawing(paint), QSize(160, 100)
    reference = as_image(rendered(drawing, size, 1.0), tmp_path / "x.png")
    ground = drawing.palette().window().color().name()
    save_svg(drawing, Page(size, inches(size), background=ground), tmp_path / "x.svg")
    assert unlike(reference, rasterized_svg(tmp_path / "x.svg")) < 0.005


def painted(paint, ratio=1.0):
    """The SVG of what a function paints."""
    device = SvgDevice(QSize(160, 100), ratio)
    painter = QPainter(device)
    paint(painter)
    painter.end()
    return device.text((2, 1.25), "", None)


def test_a_cosmetic_pen_has_the_width_of_the_device_it_was_made_for(qapp):
    assert 'stroke-width="3"' in painted(cosmetic_pens)
    assert 'stroke-width="2"' in painted(cosmetic_pens, 1.5)


def test_an_error_while_painting_is_told_and_ends_nothing(styled, monkeypatch):
    monkeypatch.setattr("vgsim.export.drawing.svg_page.outline", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        painted(shapes)


def test_a_hatch_becomes_a_pattern(qapp):
    root = ElementTree.fromstring(painted(hatches))
    assert len(list(root.iter(f"{SVG}pattern"))) == 2


def test_pixels_are_not_smoothed(qapp):
    assert painted(heat_map).count("image-rendering:pixelated") == 2


def test_what_cannot_be_seen_is_not_written(qapp):
    root = ElementTree.fromstring(painted(lambda painter: painter.drawLine(200, 5, 300, 9)))
    assert not list(root.iter(f"{SVG}path"))


def test_a_glyph_is_written_once(styled):
    root = ElementTree.fromstring(painted(lambda painter: painter.drawText(9, 50, "a aa")))
    assert len(list(root.iter(f"{SVG}path"))) == 1 and len(list(root.iter(f"{SVG}use"))) == 3


def test_a_child_stays_within_its_parent(styled, tmp_path):
    outer = QWidget()
    inner = QLabel("far too long for where it is", outer)
    inner.setGeometry(60, 10, 30, 20)
    assert "clip-path" in svg_text(outer, Page(QSize(100, 40), (1, 0.4)))


# --- documents -----------------------------------------------------------------------------------


def labelled():
    """A small widget with text."""
    return QLabel("∂J/∂h₁ fades & <b>")


def test_an_svg_has_title_size_words_and_provenance(styled, tmp_path):
    path, size = tmp_path / "x.svg", QSize(160, 90)
    page = Page(size, (13.333, 7.5), 'Why <"δ₁"> & \0')
    save_svg(labelled(), page, path, provenance())
    root = ElementTree.parse(path).getroot()
    assert root.get("width") == "13.333in" and root.get("height") == "7.5in"
    assert root.get("viewBox") == "0 0 159.996 90" and root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == 'Why <"δ₁"> & ' == root.get("aria-label")
    assert "∂J/∂h₁ fades &" in root.findtext(f"{SVG}desc")
    assert not list(root.iter(f"{SVG}text")) and read_provenance(path) == provenance()


def test_names_in_an_svg_are_there(styled):
    text = svg_text(labelled(), Page(QSize(160, 90), (2, 1), background="#fff"))
    assert set(re.findall(r'href="#(\w+)"|url\(#(\w+)\)', text))
    named = {name for pair in re.findall(r'href="#(\w+)"|url\(#(\w+)\)', text) for name in pair}
    assert named - {""} <= set(re.findall(r' id="(\w+)"', text))


@librsvg
@pytest.mark.parametrize(("background", "alpha"), [(None, 0), ("#123456", 255)])
def test_a_background_is_there_or_not(styled, tmp_path, background, alpha):
    page = Page(QSize(96, 48), (1, 0.5), background=background)
    save_svg(labelled(), page, tmp_path / "x.svg")
    image = rasterized_svg(tmp_path / "x.svg").convert("RGBA")
    assert image.size == (96, 48) and image.getpixel((95, 47))[3] == alpha


@poppler
def test_a_pdf_has_its_exact_page_title_words_fonts_and_provenance(styled, tmp_path):
    path = tmp_path / "x.pdf"
    size = QSize(801, 451)
    save_pdf(labelled(), Page(size, inches(size), "δ₁"), path, provenance())
    told = {
        tool: subprocess.run([tool, str(path), *rest], check=True, capture_output=True, text=True)
        for tool, rest in (("pdfinfo", []), ("pdffonts", []), ("pdftotext", ["-"]))
    }
    assert "600.75 x 338.25 pts" in told["pdfinfo"].stdout and "δ₁" in told["pdfinfo"].stdout
    assert "Inter" in told["pdffonts"].stdout and "fades" in told["pdftotext"].stdout
    assert (
        not any(result.stderr for result in told.values()) and read_provenance(path) == provenance()
    )


@pytest.mark.parametrize(
    ("inches", "size"),
    [((40 / 3, 7.5), ("960pt", "540pt")), ((10, 7.5), ("10in", "7.5in")),
     ((16 / 2.54, 9 / 2.54), ("16cm", "9cm"))],
)  # fmt: skip
def test_an_svg_has_its_exact_shape(styled, inches, size):
    root = ElementTree.fromstring(svg_text(labelled(), Page(QSize(889, 500), inches)))
    assert (root.get("width"), root.get("height")) == size
    *_, wide, high = map(float, root.get("viewBox").split())
    assert wide / high == pytest.approx(inches[0] / inches[1], rel=1e-7)


NUMBERS = ("×0.22 (×3.1e−5) = −1.20", "[6 × 8] 10⁻⁷ + 9.8", "2,345:67")


@poppler
@pytest.mark.parametrize("weight", [400, 500, 600])
@pytest.mark.parametrize("tabular", [True, False])
def test_numbers_can_be_searched_in_a_pdf(styled, tmp_path, weight, tabular):
    widget = QLabel("\n".join(NUMBERS))
    widget.setFont(ui_font(13, weight, tabular=tabular))
    save_pdf(widget, Page(QSize(300, 120), (3, 1.2)), tmp_path / "x.pdf")
    command = ["pdftotext", "-raw", str(tmp_path / "x.pdf"), "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert all(line in told for line in NUMBERS)


@pytest.mark.parametrize("save", [save_svg, save_pdf])
def test_a_folder_that_is_not_there_is_told(styled, tmp_path, save):
    with pytest.raises(OSError, match="nowhere"):
        save(labelled(), Page(QSize(80, 40), (1, 0.5)), tmp_path / "nowhere" / "x")


@pytest.mark.parametrize("save", [save_svg, save_pdf])
def test_nothing_else_is_left_in_the_folder(styled, tmp_path, save):
    widget = labelled()
    save(widget, Page(QSize(80, 40), (1, 0.5)), tmp_path / "x")
    assert [found.name for found in tmp_path.iterdir()] == ["x"] and not widget.isVisible()
