"""PPTX: what python-pptx finds again, sizes of letters and pictures, LibreOffice where it is."""

from __future__ import annotations

import shutil
import subprocess
import zipfile

import pytest
from pptx import Presentation
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Inches

from tests.helpers.patience import PATIENCE_S
from tests.helpers.provenance import picture, provenance
from vgsim.export.formats.png import encoded
from vgsim.export.formats.pptx import MOST_LINES, SIZES, Slide, save_pptx
from vgsim.export.reading import read_provenance


def slide(width: int = 160, height: int = 90, **changes: str) -> Slide:
    """A slide with all that one can have."""
    texts = {
        "title": "Why δ₁ fades", "alt_text": "Six stages & a «plot»",
        "notes": "Say this.\nThen that.",
        "caption": "The gradient vanished: ×0.02 a stage.\nσ, Xavier, seed 7",
    }  # fmt: skip
    return Slide(picture=encoded(picture(width, height)), **{**texts, **changes})


def reopened(path):
    """The slides of a deck, as python-pptx reads them."""
    return list(Presentation(str(path)).slides)


def test_the_provenance_comes_back(tmp_path):
    save_pptx([slide()], tmp_path / "deck.pptx", provenance())
    assert read_provenance(tmp_path / "deck.pptx") == provenance()


def test_the_provenance_outlives_a_save_by_another_program(tmp_path):
    save_pptx([slide()], tmp_path / "deck.pptx", provenance())
    deck = Presentation(str(tmp_path / "deck.pptx"))
    deck.slides[0].shapes.title.text = "edited"
    deck.save(str(tmp_path / "edited.pptx"))
    assert read_provenance(tmp_path / "edited.pptx") == provenance()


def test_everything_is_found_again(tmp_path):
    save_pptx([slide(), slide(title="Second", notes="", caption="")], tmp_path / "deck.pptx")
    first, second = reopened(tmp_path / "deck.pptx")
    shown = {shape.name: shape for shape in first.shapes}
    assert first.shapes.title.text == "Why δ₁ fades" and second.shapes.title.text == "Second"
    assert first.shapes.title.is_placeholder
    assert shown["Caption"].text_frame.text == slide().caption
    assert shown["Picture"]._element.nvPicPr.cNvPr.get("descr") == "Six stages & a «plot»"
    assert first.notes_slide.notes_text_frame.text == "Say this.\nThen that."
    assert not second.has_notes_slide and len(second.shapes) == 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("aspect", [(160, 90), (400, 30), (30, 400)])
def test_the_picture_keeps_its_aspect_between_title_and_caption(size, aspect, tmp_path):
    save_pptx([slide(*aspect)], tmp_path / "deck.pptx", size=size)
    (made,) = reopened(tmp_path / "deck.pptx")
    shown = {shape.name: shape for shape in made.shapes}
    image, title, caption = shown["Picture"], made.shapes.title, shown["Caption"]
    assert image.width / image.height == pytest.approx(aspect[0] / aspect[1], rel=1e-3)
    assert image.top >= title.top + title.height and image.top + image.height <= caption.top
    assert image.left >= 0 and image.left + image.width <= SIZES[size][0]
    assert caption.top + caption.height <= SIZES[size][1] - Inches(0.2)


@pytest.mark.parametrize("size", SIZES)
def test_no_letter_is_under_14_points_however_long_the_texts(size, tmp_path):
    long = slide(title="A title of many words " * 40, caption="A caption of many words. " * 90)
    save_pptx([long], tmp_path / "deck.pptx", size=size)
    (made,) = reopened(tmp_path / "deck.pptx")
    frames = [shape.text_frame for shape in made.shapes if shape.has_text_frame]
    runs = [run for frame in frames for p in frame.paragraphs for run in p.runs]
    assert len(runs) == 2 and min(run.font.size.pt for run in runs) >= 14
    assert all(frame.auto_size is MSO_AUTO_SIZE.NONE for frame in frames)
    image = next(shape for shape in made.shapes if shape.name == "Picture")
    assert image.height > Inches(2)
    assert all(frame.text.endswith("…") for frame in frames)
    assert len(frames[1].text) < MOST_LINES * 140
    assert made.notes_slide.notes_text_frame.text.startswith(long.caption)


def test_the_master_is_made_for_the_size(tmp_path):
    save_pptx([slide()], tmp_path / "deck.pptx", size="16:9")
    deck = Presentation(str(tmp_path / "deck.pptx"))
    assert (deck.slide_width, deck.slide_height) == (Inches(40 / 3), Inches(7.5))
    title = deck.slide_master.placeholders[0]
    assert title.left + title.width + title.left == pytest.approx(deck.slide_width, abs=10)


def test_the_colors_are_those_of_the_theme(tmp_path):
    save_pptx([slide()], tmp_path / "deck.pptx", colors=("#101418", "#eceef2"))
    (made,) = reopened(tmp_path / "deck.pptx")
    assert str(made.background.fill.fore_color.rgb) == "101418"
    assert str(made.shapes.title.text_frame.paragraphs[0].runs[0].font.color.rgb) == "ECEEF2"


def test_what_xml_cannot_hold_is_left_out(tmp_path):
    save_pptx([slide(title="a\0b\x1b\ud800c\uffff", alt_text="x\x08y")], tmp_path / "deck.pptx")
    (made,) = reopened(tmp_path / "deck.pptx")
    assert made.shapes.title.text == "abc"


def test_one_picture_on_many_slides_is_stored_once(tmp_path):
    save_pptx([slide(title=str(number)) for number in range(5)], tmp_path / "deck.pptx")
    with zipfile.ZipFile(tmp_path / "deck.pptx") as package:
        assert sum(name.startswith("ppt/media/") for name in package.namelist()) == 1


def test_what_is_no_deck_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one slide"):
        save_pptx([], tmp_path / "deck.pptx")
    with pytest.raises(ValueError, match="16:9, 4:3"):
        save_pptx([slide()], tmp_path / "deck.pptx", size="3:2")
    with pytest.raises(ValueError, match="PNG"):
        Slide("title", b"\xff\xd8 a JPEG", "alt")
    with pytest.raises(ValueError, match="PNG"):
        Slide("title", encoded(picture())[:12], "alt")


def test_a_failure_leaves_the_old_deck(tmp_path, monkeypatch):
    path = tmp_path / "deck.pptx"
    path.write_text("old")

    def fails(self, file):
        with open(file, "w") as out:
            out.write("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pptx.presentation.Presentation.save", fails)
    with pytest.raises(OSError, match="No space left") as caught:
        save_pptx([slide()], path)
    assert caught.value.filename == str(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_converts_it(tmp_path):
    save_pptx([slide(), slide()], tmp_path / "deck.pptx", provenance())
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    subprocess.run(
        [*command, home, str(tmp_path / "deck.pptx")], check=True, timeout=4 * PATIENCE_S
    )
    data = (tmp_path / "deck.pdf").read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type/Page/") + data.count(b"/Type/Page\n") > 1
