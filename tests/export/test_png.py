"""PNG: size on paper, transparency, the provenance, and other programs."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from tests.helpers.provenance import picture, provenance
from vgsim.export.formats.png import save_png
from vgsim.export.reading import read_provenance


def test_the_provenance_comes_back(tmp_path):
    save_png(picture(), tmp_path / "x.png", provenance())
    assert read_provenance(tmp_path / "x.png") == provenance()


def test_another_program_reads_text_size_and_pixels(tmp_path):
    save_png(picture(at=7), tmp_path / "x.png", provenance(), dpi=192)
    with Image.open(tmp_path / "x.png") as image:
        assert image.text["vgsim"] == provenance().dumps()
        assert image.info["dpi"] == pytest.approx((192, 192), abs=0.1)
        assert image.size == (40, 24) and image.convert("RGB").getpixel((8, 12)) == (42, 92, 219)


def test_qt_reads_text_and_pixels(tmp_path):
    save_png(picture(), tmp_path / "x.png", provenance())
    image = QImage(str(tmp_path / "x.png"))
    assert image.text("vgsim") == provenance().dumps() and image == picture()


def test_transparency_stays(tmp_path):
    save_png(picture(see_through=True), tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as image:
        assert image.getpixel((39, 0))[3] == 0 and image.getpixel((3, 3)) == (255, 255, 255, 255)


def test_a_dpi_leaves_the_image_it_was_given(tmp_path):
    image = picture()
    before = image.dotsPerMeterX()
    save_png(image, tmp_path / "x.png", dpi=300)
    assert image.dotsPerMeterX() == before


def test_text_that_another_program_wrote_again_is_found(tmp_path):
    from PIL.PngImagePlugin import PngInfo

    for number, compressed in enumerate((False, True)):
        for kind in ("add_text", "add_itxt"):
            info = PngInfo()
            getattr(info, kind)("vgsim", provenance().dumps(), zip=compressed)
            path = tmp_path / f"{kind}{number}.png"
            Image.new("RGB", (4, 4)).save(path, pnginfo=info)
            assert read_provenance(path) == provenance()
