"""An exported file opens as the moment it shows: in the window, and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMessageBox

from tests.helpers.specs import small
from vgsim.cli.main import main
from vgsim.core.errors import SpecError
from vgsim.export.formats.png import save_png
from vgsim.export.provenance.record import Provenance
from vgsim.export.sources import find, from_provenance, other_run_settings
from vgsim.nn.presets import load_preset

QUICK = ["sigmoid-stack", "--set", "network.depth=2", "--set", "network.width=4"]


def _exported(tmp_path: Path, name: str = "x.png", *words: str) -> str:
    out = str(tmp_path / name)
    extras = words or ("--view", "gradient", "--size", "320x200")
    base = ["--steps", "3", *([] if "--pass" in extras else ["--moment", "backward:2"])]
    assert main(["render", *QUICK, *base, *extras, "--out", out]) == 0
    return out


def _picture(path: Path, provenance: Provenance | None = None) -> str:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    save_png(image, path, provenance)
    return str(path)


def _size(path: Path) -> tuple[int, int]:
    image = QImage(str(path))
    return image.width(), image.height()


LOOKS = [
    ("--view", "slide", "--size", "640x400", "--plots", "gradient,loss", "--title", "Ä title"),
    ("--view", "gradient", "--size", "320x200", "--theme", "dark", "--font-scale", "1.25"),
    ("--view", "diagram", "--size", "16x9cm", "--dpi", "72", "--transparent", "--scale", "2"),
    ("--view", "loss", "--size", "320x200", "--no-caption"),
    ("--view", "window", "--size", "800x500"),
]


@pytest.mark.parametrize("words", LOOKS)
def test_a_picture_rendered_from_itself_is_the_same_bit_for_bit(styled, tmp_path, words):
    first = _exported(tmp_path, "x.png", *words)
    again = tmp_path / "again.png"
    assert main(["render", first, "--out", str(again)]) == 0
    assert again.read_bytes() == Path(first).read_bytes()


def test_a_comparison_rendered_from_itself_is_the_same(styled, tmp_path):
    words = ("--view", "gradient", "--size", "320x200", "--compare", "relu-he")
    first, again = _exported(tmp_path, "x.png", *words), tmp_path / "again.png"
    assert main(["render", first, "--out", str(again)]) == 0
    assert again.read_bytes() == Path(first).read_bytes()


def test_a_picture_after_an_update_has_the_same_held_out_points(styled, tmp_path):
    first, again = tmp_path / "x.png", tmp_path / "again.png"
    words = ["--steps", "5", "--view", "loss", "--size", "320x200", "--out", str(first)]
    assert main(["render", *QUICK, *words]) == 0
    assert main(["render", str(first), "--out", str(again)]) == 0
    assert again.read_bytes() == first.read_bytes()


def test_what_is_asked_for_comes_before_what_the_picture_says(styled, tmp_path):
    first, dark = _exported(tmp_path), tmp_path / "dark.png"
    assert main(["render", first, "--theme", "dark", "--steps", "5", "--out", str(dark)]) == 0
    source = find(str(dark))
    assert (source.updates, source.picture["theme"]) == (5, "dark")
    assert _size(dark) == (320, 200)


@pytest.mark.parametrize("suffix", ["svg", "pdf", "pptx", "gif", "webp", "apng"])
def test_every_format_is_a_source(styled, tmp_path, suffix):
    moving = suffix in ("gif", "webp", "apng")
    words = ["--view", "gradient", "--size", "320x200"]
    extras = ["--pass"] if moving else []
    first = _exported(tmp_path, f"x.{suffix}", *words, *extras)
    source = find(first)
    assert source.spec.network.depth == 2 and source.step == 3
    assert source.moment == ("start" if moving else "backward:2")


@pytest.mark.parametrize("command", ["run", "why"])
def test_commands_take_a_picture(styled, capsys, tmp_path, command):
    first = _exported(tmp_path)
    assert main([command, first]) == 0
    text = capsys.readouterr().out
    assert text and ("step 3 " in text or command == "run")


def test_trace_is_that_of_the_pass_in_the_picture(styled, tmp_path):
    first = _exported(tmp_path)
    mine, same = tmp_path / "a.npz", tmp_path / "b.npz"
    assert main(["trace", first, "--out", str(mine)]) == 0
    assert main(["trace", *QUICK, "--steps", "3", "--out", str(same)]) == 0
    assert mine.read_bytes() == same.read_bytes()


@pytest.mark.parametrize("command", ["run", "why", "render", "open"])
def test_a_picture_without_an_experiment_says_so_in_a_line(styled, capsys, tmp_path, command):
    path = _picture(tmp_path / "x.png")
    words = ["--out", str(tmp_path / "y.png")] if command == "render" else []
    assert main([command, path, *words]) == 2
    err = capsys.readouterr().err
    assert "x.png: holds no vgsim experiment" in err and err.count("\n") == 1


def test_a_moment_that_the_network_has_not_is_refused(styled, capsys, tmp_path):
    path = _picture(tmp_path / "x.png", Provenance(small(), 0, "backward:77", "gradient"))
    assert main(["render", path, "--out", str(tmp_path / "y.png")]) == 2
    assert "backward:77" in capsys.readouterr().err


def test_settings_that_only_another_vgsim_knows_do_no_harm(styled, tmp_path):
    settings = (("sparkle", "true"), ("size", '"320x200"'))
    provenance = Provenance(small(), 0, "start", "gradient", settings)
    path, out = _picture(tmp_path / "x.png", provenance), tmp_path / "y.png"
    assert main(["render", path, "--out", str(out)]) == 0
    assert _size(out) == (320, 200)


@pytest.mark.parametrize(
    "setting", [("size", '"9x9"'), ("scale", "99"), ("theme", "3"), ("plots", "[[[[")]
)
def test_settings_are_checked_like_any(styled, capsys, tmp_path, setting):
    provenance = Provenance(small(), 0, "start", "gradient", (setting,))
    path = _picture(tmp_path / "x.png", provenance)
    assert main(["render", path, "--out", str(tmp_path / "y.png")]) == 2
    assert setting[0] in capsys.readouterr().err


def test_what_it_is_compared_with_comes_back_too():
    other_run = load_preset("relu-he").replace({"description": ""})
    provenance = Provenance(small(), 2, "loss", "gradient", other_run_settings(small(), other_run))
    source = from_provenance(provenance)
    assert source.other_run == other_run and source.picture == {"view": "gradient"}


def test_run_b_is_checked_like_any_spec():
    provenance = Provenance(small(), 2, "loss", "", (("compare.network.depth", "-3"),))
    with pytest.raises(SpecError, match=r"network\.depth"):
        from_provenance(provenance)


def _at(vgsim, step: int, moment: str) -> bool:
    frame = vgsim.session.frame
    done = frame.step - (str(frame.moment) == "update")
    return (done, str(frame.moment)) == (step, moment)


@pytest.mark.parametrize("moment", ["start", "forward:2", "loss", "backward:3", "update"])
def test_a_dropped_picture_opens_at_its_step_and_moment(vgsim, qtbot, tmp_path, moment):
    path = _picture(tmp_path / "x.png", Provenance(small(), 7, moment, "gradient"))
    vgsim.window.file_dropped.emit(path)
    qtbot.waitUntil(lambda: vgsim.session.frame.spec == small() and _at(vgsim, 7, moment))


def test_the_window_opens_at_the_place_of_a_source(vgsim, qtbot):
    source = from_provenance(Provenance(vgsim.session.spec, 2, "backward:3"))
    vgsim.returning.expect(source)
    vgsim.session.reset()
    qtbot.waitUntil(lambda: _at(vgsim, 2, "backward:3"))


def test_what_was_compared_is_compared_again(vgsim, qtbot, tmp_path):
    other_run = small(network__activation="relu")
    settings = other_run_settings(small(), other_run)
    path = _picture(tmp_path / "x.png", Provenance(small(), 1, "loss", "gradient", settings))
    vgsim.open_path(path)
    qtbot.waitUntil(lambda: vgsim.session.frame.other is not None and _at(vgsim, 1, "loss"))
    assert vgsim.session.frame.other.spec == other_run


def test_a_long_way_is_shown_and_a_key_ends_it(vgsim, qtbot, tmp_path):
    path = _picture(tmp_path / "x.png", Provenance(small(), 5_000_000, "loss"))
    vgsim.open_path(path)
    qtbot.waitUntil(lambda: vgsim.session.state.way is not None)
    assert "5,000,000" in vgsim.window._hints.text()
    vgsim.session.step()
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "forward:1")


def test_a_picture_without_an_experiment_says_so_in_the_window(vgsim, qtbot, tmp_path):
    before = vgsim.session.state.wanted
    with qtbot.waitSignal(vgsim.opening.refused):
        vgsim.open_path(_picture(tmp_path / "holiday.png"))
    box = vgsim.window.findChild(QMessageBox)
    assert "holiday.png was not opened." in box.text() and "holds no vgsim experiment" in box.text()
    assert vgsim.session.state.wanted == before
    box.close()


def test_a_moment_that_is_not_there_is_told(vgsim, qtbot, tmp_path):
    path = _picture(tmp_path / "x.png", Provenance(small(), 0, "backward:77"))
    said: list[str] = []
    vgsim.returning._tell = said.append
    vgsim.open_path(path)
    qtbot.waitUntil(lambda: bool(said))
    assert "moment" in said[0]


def test_a_place_is_forgotten_with_its_experiment(vgsim, qtbot, tmp_path):
    vgsim.returning.open(from_provenance(Provenance(small(), 5, "loss")))
    vgsim.choose_preset("worked-example")
    vgsim.session.open(small())
    qtbot.waitUntil(lambda: vgsim.session.frame.spec == small())
    vgsim.session.step()
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "forward:1")
    assert vgsim.session.frame.step == 0
