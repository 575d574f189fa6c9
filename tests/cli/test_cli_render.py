"""``vgsim render``: every format, animations, tables, batches, and one line for bad use."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.specs import small
from vgsim.cli.main import main
from vgsim.export.reading import read_provenance
from vgsim.export.sources import find
from vgsim.nn.pairs import SavedPair, dumps_pair
from vgsim.ui.style.theme import load_theme

QUICK = ["sigmoid-stack", "--set", "network.depth=2", "--set", "network.width=4"]
SMALL = ["--view", "gradient", "--size", "320x200"]


def _render(*words: str) -> None:
    assert main(["render", *words]) == 0


def _refused(capsys, *words: str) -> str:
    """The one line of a command that must be refused."""
    assert main(["render", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("vgsim: ") and err.count("\n") == 1
    return err


def _pixels(path: Path) -> tuple[int, int]:
    return struct.unpack(">II", path.read_bytes()[16:24])


def _animation(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize(
    ("words", "size"),
    [
        (["--size", "640x400"], (640, 400)),
        (["--size", "4:3", "--view", "loss", "--steps", "3"], (1440, 1080)),
        (["--size", "10x5cm", "--dpi", "254", "--view", "gradient"], (1000, 500)),
        (["--size", "320x200", "--scale", "2", "--view", "gradient"], (640, 400)),
        (["--size", "640x400", "--plots", "gradient,heatmap", "--steps", "3"], (640, 400)),
    ],
)
def test_a_picture_has_the_size_that_was_asked_for(styled, tmp_path, words, size):
    out = tmp_path / "x.png"
    _render(*QUICK, *words, "--out", str(out))
    assert _pixels(out) == size


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "pptx"])
def test_a_picture_in_every_format_knows_where_it_comes_from(styled, tmp_path, suffix):
    out = tmp_path / f"x.{suffix}"
    _render(*QUICK, *SMALL, "--steps", "3", "--moment", "backward:2", "--out", str(out))
    provenance = read_provenance(out)
    assert (provenance.step, provenance.moment, provenance.view) == (3, "backward:2", "gradient")
    assert provenance.spec.network.depth == 2


def test_transparent_and_title_and_font_size(styled, tmp_path):
    out = tmp_path / "x.png"
    extras = ["--transparent", "--title", "A title", "--font-scale", "1.2", "--no-caption"]
    _render(*QUICK, *SMALL, *extras, "--out", str(out))
    assert _animation(out).convert("RGBA").getpixel((1, 1))[3] == 0
    assert dict(read_provenance(out).picture)["title"] == '"A title"'


def test_sentences_of_ones_own(styled, tmp_path):
    out = tmp_path / "x.png"
    said = ["--sentence", "It fades.", "--sentence", "Each hop takes a part."]
    _render(*QUICK, *SMALL, "--view", "slide", *said, "--out", str(out))
    assert (
        dict(read_provenance(out).picture)["sentences"] == '["It fades.", "Each hop takes a part."]'
    )


@pytest.mark.parametrize(("suffix", "kind"), [("gif", "GIF"), ("webp", "WEBP"), ("apng", "PNG")])
def test_an_animation_of_training(styled, tmp_path, suffix, kind):
    out = tmp_path / f"x.{suffix}"
    extras = ["--steps", "6", "--every", "2", "--seconds", "0.2"]
    _render(*QUICK, *SMALL, *extras, "--out", str(out))
    animation = _animation(out)
    assert (animation.format, animation.n_frames, animation.size) == (kind, 4, (320, 200))


def test_an_animation_of_a_pass_from_a_moment_to_another(styled, tmp_path):
    out = tmp_path / "x.gif"
    _render(*QUICK, *SMALL, "--from", "loss", "--to", "backward:1", "--out", str(out))
    assert _animation(out).n_frames == 4


def test_an_mp4_plays(styled, tmp_path):
    av = pytest.importorskip("av")
    out = tmp_path / "x.mp4"
    _render(*QUICK, *SMALL, "--steps", "4", "--every", "1", "--out", str(out))
    with av.open(str(out)) as animation:
        assert animation.streams.video[0].width == 320


@pytest.mark.parametrize(
    ("words", "count"), [(["--pass"], 9), (["--steps", "5", "--every", "5"], 2), ([], 1)]
)
def test_a_deck_has_a_slide_for_every_moment(styled, tmp_path, words, count):
    from pptx import Presentation

    out = tmp_path / "x.pptx"
    _render(*QUICK, *SMALL, *words, "--out", str(out))
    assert len(Presentation(str(out)).slides) == count


def test_the_numbers_of_a_plot(styled, tmp_path):
    csv, npz, lines = (tmp_path / f"x.{suffix}" for suffix in ("csv", "npz", "jsonl"))
    for out in (csv, npz, lines):
        _render(*QUICK, *SMALL, "--steps", "2", "--moment", "backward:1", "--out", str(out))
    assert csv.read_text("utf-8").startswith("# ")
    with np.load(npz) as arrays:
        assert len(arrays.files) > 1
    assert json.loads(lines.read_text("utf-8").splitlines()[1])


def test_compare_shows_another_experiment_beside_it(styled, tmp_path):
    alone, both = tmp_path / "a.png", tmp_path / "b.png"
    _render(*QUICK, *SMALL, "--moment", "update", "--out", str(alone))
    _render(*QUICK, *SMALL, "--moment", "update", "--compare", "relu-he", "--out", str(both))
    assert _animation(alone).tobytes() != _animation(both).tobytes()


def test_a_pair_is_drawn_where_it_stands_and_its_picture_leads_back(styled, tmp_path):
    file, out = tmp_path / "two.toml", tmp_path / "two.png"
    pair = SavedPair(small(), small(network__activation="relu"), 3, "backward:2")
    file.write_text(dumps_pair(pair))
    _render(str(file), "--view", "comparison", "--out", str(out))
    for source in (find(str(file)), find(str(out))):
        assert (source.spec, source.other_run) == (pair.a, pair.b)
        assert (source.step, source.moment) == (3, "backward:2")


def test_a_broken_pair_is_refused_in_a_line(capsys, tmp_path):
    file = tmp_path / "two.toml"
    file.write_text("[pair]\nstep = -3\n[a]\n[b]\n")
    err = _refused(capsys, str(file), "--out", str(tmp_path / "x.png"))
    assert "pair.step = -3: allowed is a whole number" in err


def test_an_old_file_is_replaced_and_one_that_fails_stays(styled, capsys, tmp_path):
    out = tmp_path / "x.png"
    out.write_bytes(b"old")
    _refused(capsys, *QUICK, *SMALL, "--moment", "backward:99", "--out", str(out))
    assert out.read_bytes() == b"old"
    _render(*QUICK, *SMALL, "--out", str(out))
    assert _pixels(out) == (320, 200)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["relu-he"], "--out is missing: it takes a file name that ends in"),
        (["relu-he", "--out", ""], "--out = ''"),
        (["--out", "x.png"], "PRESET|FILE is missing: it takes a preset's name or a file"),
        (["relu-he", "--out", "x.bmp"], "ends in .png"),
        (["relu-he", "--out", "x.gif"], 'allowed is with an animation "every" N steps'),
        (["relu-he", "--every", "2", "--out", "x.gif"], "steps = 0"),
        (
            ["relu-he", "--every", "2", "--steps", "4", "--out", "x.png"],
            "for several pictures a file name",
        ),
        (["relu-he", "--every", "9", "--steps", "4", "--out", "x.gif"], "every = 9"),
        (["relu-he", "--every", "2", "--pass", "--out", "x.gif"], "either every or pass"),
        (["relu-he", "--every", "2", "--steps", "4", "--seconds", "0", "--out", "x.gif"], "0.02"),
        (["relu-he", "--from", "update", "--to", "loss", "--out", "x.gif"], "order of the pass"),
        (["relu-he", "--view", "moon", "--out", "x.png"], "view = moon: allowed is one of slide"),
        (["relu-he", "--plots", "moon", "--out", "x.png"], "plots = "),
        (["relu-he", "--size", "big", "--out", "x.png"], "16:9, 4:3"),
        (["relu-he", "--scale", "9", "--out", "x.png"], "a whole number from 1 to 4"),
        (["relu-he", "--dpi", "many", "--out", "x.png"], "dpi = many"),
        (["relu-he", "--theme", "blue", "--out", "x.png"], "light, dark, print"),
        (["relu-he", "--steps", "-3", "--out", "x.png"], "steps = -3"),
        (["relu-he", "--seed", "x", "--out", "x.png"], "--seed = x"),
        (["relu-he", "--compare", "no-such", "--out", "x.png"], "allowed is one of"),
        (["relu-he", "--out", "no-folder/x.png"], "the folder no-folder does not exist"),
        (["relu-he", "--view", "slide", "--out", "x.csv"], "with data one of"),
        (["--batch", "none.toml"], "No such file"),
        (["--batch", ""], "--batch = ''"),
        (["relu-he", "--pass", "--from", "zz", "--out", "x.gif"], "--from = zz"),
        (["relu-he", "--pass", "--to", "zz", "--out", "x.gif"], "--to = zz"),
        (["relu-he", "--moment", "zz", "--out", "x.png"], "--moment = zz"),
        (["relu-he", "--moment", "", "--out", "x.png"], "--moment = ''"),
        (["relu-he", "--compare", "", "--out", "x.png"], "--compare = ''"),
        (
            ["relu-he", "--every", "2", "--steps", "4", "--from", "loss", "--out", "x.gif"],
            "--from = loss: allowed is nothing but with the moments of a pass",
        ),
        (
            ["relu-he", "--every", "1", "--steps", "100000", "--out", "x.gif"],
            "--every = 1: allowed is at least 11 with 100,000 steps",
        ),
        (["relu-he", "--plots", "gradient,b", "--out", "x.png"], "--plots = b: allowed is one of"),
        (["relu-he", "--plots", "loss,loss", "--out", "x.png"], "every plot once"),
        (["relu-he", "--font-scale", "9", "--out", "x.png"], "--font-scale = 9"),
        (
            ["relu-he", "--view", "gradient", "--out", "x.csv"],
            "--moment = start: allowed is one at which gradient has numbers, for example",
        ),
        (["relu-he", "--pass", "--moment", "loss", "--out", "x.gif"], "--moment = loss"),
        (["relu-he", "--seconds", "1", "--out", "x.png"], "--seconds = 1: allowed is only with"),
        (["relu-he", "--pass", "--transparent", "--out", "x.mp4"], "nothing with .mp4"),
        (["relu-he", "--batch", "none.toml"], "no other argument"),
    ],
)
def test_bad_use_is_one_clear_line(styled, capsys, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    assert said in _refused(capsys, *words)
    assert list(tmp_path.iterdir()) == []


def test_every_problem_is_told_at_once(styled, capsys):
    line = _refused(capsys, "no-such", "--scale", "9", "--out", "x.bmp")
    assert all(word in line for word in ("no-such", "scale", "x.bmp"))


@pytest.mark.parametrize("words", [["--out", "{}.png"], ["--pass", "--out", "{}.gif"]])
def test_what_cannot_be_written_is_noticed_before_the_work(
    styled, capsys, tmp_path, monkeypatch, words
):
    monkeypatch.setattr("vgsim.cli.render.make", lambda *_: 1 / 0)
    for suffix in (".png", ".gif"):
        (tmp_path / f"folder{suffix}").mkdir()
    line = _refused(capsys, "relu-he", *(word.format(tmp_path / "folder") for word in words))
    assert "allowed is a file, and this is a folder" in line


def test_remedies_are_measured_where_they_are_shown(styled, tmp_path, monkeypatch):
    asked = []
    measured = "vgsim.export.still.measured"
    monkeypatch.setattr(measured, lambda verdict, *_, **__: asked.append(1) or verdict)
    for view, times in (("why", 1), ("slide", 0)):
        asked.clear()
        size = ["--size", "640x400", "--view", view]
        _render("sigmoid-stack", *size, "--moment", "update", "--out", str(tmp_path / "x.png"))
        assert len(asked) == times


BATCH = """
[[picture]]
source = "sigmoid-stack"
set = {network.depth = 2, "network.width" = 4}
view = "gradient"
size = "320x200"
out = "a.png"

[[picture]]
source = "mine.toml"
view = "diagram"
size = "320x200"
steps = 2
moment = "loss"
out = "b.png"
"""


def _batch(tmp_path, text: str) -> str:
    (tmp_path / "mine.toml").write_text("[network]\ndepth = 3\nwidth = 4\n", "utf-8")
    path = tmp_path / "lecture.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_batch_makes_every_picture_beside_it_and_again(styled, tmp_path):
    path = _batch(tmp_path, BATCH)
    _render("--batch", path)
    first = [(tmp_path / name).read_bytes() for name in ("a.png", "b.png")]
    assert read_provenance(tmp_path / "b.png").spec.network.depth == 3
    _render("--batch", path)
    assert [(tmp_path / name).read_bytes() for name in ("a.png", "b.png")] == first


def test_a_batch_goes_on_after_a_problem_and_tells_all(styled, capsys, tmp_path):
    bad = BATCH.replace('"loss"', '"backward:9"') + '\n[[picture]]\nsorce = "x"\n'
    assert main(["render", "--batch", _batch(tmp_path, bad)]) == 2
    err = capsys.readouterr().err
    assert (tmp_path / "a.png").exists() and not (tmp_path / "b.png").exists()
    assert err.count("\n") == 2 and "picture 2 (b.png)" in err and "picture 3 (no file)" in err
    assert "sorce" in err


def test_pictures_of_a_batch_with_the_same_deck_are_its_slides(styled, tmp_path):
    from pptx import Presentation

    path = _batch(tmp_path, BATCH.replace("a.png", "deck.pptx").replace("b.png", "deck.pptx"))
    _render("--batch", path)
    assert len(Presentation(str(tmp_path / "deck.pptx")).slides) == 2


def test_every_slide_of_a_deck_has_the_ground_and_ink_of_its_own_theme(styled, tmp_path):
    from pptx import Presentation

    text = BATCH.replace("a.png", "deck.pptx").replace("b.png", "deck.pptx")
    _render("--batch", _batch(tmp_path, text + 'theme = "dark"\n'))
    slides = Presentation(str(tmp_path / "deck.pptx")).slides
    grounds = [str(slide.background.fill.fore_color.rgb) for slide in slides]
    inks = [str(_first_run(slide).font.color.rgb) for slide in slides]
    light, dark = load_theme("light"), load_theme("dark")
    assert [f"#{code.lower()}" for code in grounds] == [light.surface.lower(), dark.surface.lower()]
    assert [f"#{code.lower()}" for code in inks] == [light.text.lower(), dark.text.lower()]


def _first_run(slide):
    return slide.shapes.title.text_frame.paragraphs[0].runs[0]


def test_slides_of_one_deck_have_one_shape(styled, capsys, tmp_path):
    text = BATCH.replace("a.png", "deck.pptx").replace("b.png", "deck.pptx")
    line = _refused(capsys, "--batch", _batch(tmp_path, text.replace("320x200", "4:3", 1)))
    assert "picture 1, 2 (deck.pptx): size = 4:3 and 16:9: allowed is one shape" in line
    assert not (tmp_path / "deck.pptx").exists()


@pytest.mark.parametrize("other", ["a.png", "./a.png", "sub/../a.png"])
def test_two_pictures_of_a_batch_do_not_go_to_one_file(styled, capsys, tmp_path, other):
    (tmp_path / "sub").mkdir()
    assert main(["render", "--batch", _batch(tmp_path, BATCH.replace("b.png", other))]) == 2
    assert "allowed is a file of its own; picture 1 goes there" in capsys.readouterr().err
    assert read_provenance(tmp_path / "a.png").view == "gradient"


@pytest.mark.parametrize("text", ["", "picture = 3", "[[picture", "x = 1\n[[picture]]\n", "\0"])
def test_a_batch_that_is_none_is_refused(styled, capsys, tmp_path, text):
    assert "[[picture]]" in _refused(capsys, "--batch", _batch(tmp_path, text))


def test_progress_is_silent_where_nobody_watches(styled, capsys, tmp_path):
    _render(*QUICK, *SMALL, "--steps", "50", "--out", str(tmp_path / "x.png"))
    assert capsys.readouterr() == ("", "")


def test_help_is_complete(capsys):
    with pytest.raises(SystemExit):
        main(["render", "--help"])
    text = capsys.readouterr().out
    for word in ("--every", "--batch", "examples:", ".jsonl", "--no-caption", "[[picture]]"):
        assert word in text


def test_what_a_slide_has_no_room_for_is_said_in_one_line(tmp_path, capsys):
    _render(*QUICK, "--font-scale", "3", "--no-caption", "--out", str(tmp_path / "a.png"))
    sentence = "no room for gradient by stage; a larger size or fewer plots would show it"
    assert capsys.readouterr().err == f"a.png: {sentence}\n"


def test_a_powerpoint_slide_has_room_for_two_plots(tmp_path, capsys):
    _render(*QUICK, "--plots", "gradient,loss", "--out", str(tmp_path / "a.pptx"))
    assert capsys.readouterr().err == ""
