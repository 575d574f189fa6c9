"""Exports of the window: keys, dialog, preview, files, errors, animations handed on."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage

from tests.helpers.patience import PATIENCE_S
from vgsim.export.compose import compose, wants
from vgsim.export.entries import read
from vgsim.export.formats import png
from vgsim.export.picture import PictureRequest
from vgsim.export.reading import read_provenance
from vgsim.export.shots import Training
from vgsim.ui.app.export_dialog import reduced
from vgsim.ui.export_dialog import ExportDialog, ProgressDialog

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
SMALL = {"view": "diagram", "size": "480x270", "theme": "dark"}


@pytest.fixture
def asked(monkeypatch):
    """Answers of the file dialog, and where it began."""
    answers, begun = [], []

    def answer(_, start, kind):
        begun.append((start, kind))
        return str(answers.pop(0)) if answers else ""

    monkeypatch.setattr("vgsim.ui.app.pictures.ask_save", answer)
    return answers, begun


def press(vgsim, qtbot, key, held=CTRL):
    vgsim.window.windowHandle().requestActivate()  # as a screen does when a dialog closes
    qtbot.waitUntil(vgsim.window.isActiveWindow)
    qtbot.keyClick(vgsim.window, key, held)


def opened(vgsim, qtbot, entries=None):
    press(vgsim, qtbot, Qt.Key.Key_E, CTRL_SHIFT)
    dialog = vgsim.window.findChild(ExportDialog)
    if entries:
        change(dialog, entries)
    return dialog


def change(dialog, entries):
    dialog.form.set_entries(entries)
    dialog.form.changed.emit()


def saved(vgsim, qtbot, asked, target, entries=SMALL):
    """Export once by the dialog; returns when the file is whole."""
    asked[0].append(target)
    dialog = opened(vgsim, qtbot, entries)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.pictures._saving is None and target.exists())


def hint(vgsim):
    return vgsim.window._hints.text()


def test_the_export_button_opens_the_dialog(vgsim, qtbot):
    qtbot.mouseClick(vgsim.window.transport.export_button, Qt.MouseButton.LeftButton)
    dialog = vgsim.window.findChild(ExportDialog)
    assert dialog.isVisible()
    dialog.reject()


def test_the_first_ctrl_e_opens_the_dialog(vgsim, qtbot):
    press(vgsim, qtbot, Qt.Key.Key_E)
    assert vgsim.window.findChild(ExportDialog).isVisible()
    vgsim.window.findChild(ExportDialog).reject()


def test_it_begins_with_a_slide_in_the_theme_one_sees(vgsim, qtbot):
    vgsim.use_theme("dark")
    entries = opened(vgsim, qtbot).entries()
    assert (entries["view"], entries["theme"], entries["format"]) == ("slide", "dark", "png")
    vgsim.window.findChild(ExportDialog).reject()


def test_the_dialog_saves_what_was_chosen(vgsim, qtbot, asked, tmp_path):
    saved(vgsim, qtbot, asked, tmp_path / "mine.png")
    assert QImage(str(tmp_path / "mine.png")).size().toTuple() == (480, 270)
    provenance = read_provenance(tmp_path / "mine.png")
    assert provenance.view == "diagram" and provenance.spec == vgsim.session.spec
    assert asked[1] == [("sigmoid-stack_start_diagram.png", "PNG (*.png)")]
    assert "Saved" in hint(vgsim) and "mine.png" in hint(vgsim)
    assert vgsim.window.findChild(ProgressDialog) is None or not vgsim.pictures._progress


def test_ctrl_e_exports_again_under_a_name_that_is_free(vgsim, qtbot, asked, tmp_path):
    saved(vgsim, qtbot, asked, tmp_path / "sigmoid-stack_start_diagram.png")
    before = (tmp_path / "sigmoid-stack_start_diagram.png").read_bytes()
    again = tmp_path / "sigmoid-stack_start_diagram (2).png"
    press(vgsim, qtbot, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: vgsim.pictures._saving is None and again.exists())
    assert (tmp_path / "sigmoid-stack_start_diagram.png").read_bytes() == before
    press(vgsim, qtbot, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: str(vgsim.session.frame.moment) == "forward:1")
    press(vgsim, qtbot, Qt.Key.Key_E)
    third = tmp_path / "sigmoid-stack_forward-h1_diagram.png"
    qtbot.waitUntil(lambda: vgsim.pictures._saving is None and third.exists())
    assert len(asked[1]) == 1, "nobody was asked again"


def test_ctrl_e_asks_when_the_folder_is_gone(vgsim, qtbot, asked, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    saved(vgsim, qtbot, asked, folder / "x.png")
    (folder / "x.png").unlink()
    folder.rmdir()
    press(vgsim, qtbot, Qt.Key.Key_E)
    dialog = vgsim.window.findChild(ExportDialog)
    assert dialog.entries()["view"] == "diagram"
    dialog.reject()


def test_a_suffix_that_was_left_out_is_added_and_overwrites_nothing(vgsim, qtbot, asked, tmp_path):
    (tmp_path / "fig.v2.png").write_text("old")
    asked[0].append(tmp_path / "fig.v2")
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: (tmp_path / "fig.v2 (2).png").exists())
    qtbot.waitUntil(lambda: vgsim.pictures._saving is None)
    assert (tmp_path / "fig.v2.png").read_text() == "old"


def test_whoever_changes_their_mind_is_back_in_the_dialog(vgsim, qtbot, asked):
    dialog = opened(vgsim, qtbot)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible() and len(asked[1]) == 1
    dialog.reject()


def test_the_preview_is_the_composition_at_its_aspect(vgsim, qtbot):
    dialog = opened(vgsim, qtbot, {"size": "1000x1000", "view": "diagram"})
    qtbot.waitUntil(lambda: dialog.preview.image().width() == dialog.preview.image().height() > 0)
    assert dialog.preview.image().size() == dialog.preview.room()
    dialog.reject()


def test_a_plot_that_is_not_in_sight_is_measured_first(vgsim, qtbot, monkeypatch):
    frames = []
    monkeypatch.setattr(
        "vgsim.export.drawn_moment.compose",
        lambda frame, picture, *rest: (
            frames.append((frame, picture.view)) or compose(frame, picture, *rest)
        ),
    )
    dialog = opened(vgsim, qtbot, {"view": "activations"})
    qtbot.waitUntil(lambda: any(view == "activations" for _, view in frames))
    frame = next(frame for frame, view in frames if view == "activations")
    assert wants(PictureRequest(view="activations")) <= frame.request.kinds
    dialog.reject()
    qtbot.waitUntil(lambda: vgsim.session.state.request.kinds == vgsim.window.workspace.wants())


def test_typing_draws_once(vgsim, qtbot, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "vgsim.export.drawn_moment.compose",
        lambda frame, picture, *rest: drawn.append(picture) or compose(frame, picture, *rest),
    )
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.waitUntil(lambda: len(drawn) > 0)
    for scale in (1.1, 1.2, 1.3):
        change(dialog, {"font_scale": scale})
    qtbot.waitUntil(lambda: drawn[-1].font_scale == 1.3)
    qtbot.wait(300)
    assert [picture.font_scale for picture in drawn if picture.font_scale > 1] == [1.3]
    dialog.reject()


def test_what_is_wrong_is_said_below_its_field(vgsim, qtbot):
    dialog = opened(vgsim, qtbot, {"dpi": "many"})
    text = dialog.form.fields["dpi"].problem.text().replace("\u200b", "")
    assert text == "Allowed: a whole number from 36 to 1200"
    assert not dialog.save_button.isEnabled()
    change(dialog, {"dpi": 150})
    assert dialog.save_button.isEnabled() and dialog.paper.text().startswith("12.8 × 7.2 in")
    dialog.reject()


def test_a_comparison_is_refused_while_there_is_none(vgsim, qtbot):
    dialog = opened(vgsim, qtbot, {"view": "comparison"})
    assert "nothing is compared" in dialog.form.fields["view"].problem.text()
    dialog.reject()


def test_a_comparison_is_drawn(vgsim, qtbot, asked, tmp_path):
    vgsim.session.compare(vgsim.session.spec.replace({"network.activation": "relu"}))
    qtbot.waitUntil(lambda: vgsim.session.frame.other is not None)
    saved(vgsim, qtbot, asked, tmp_path / "x.png", {"view": "comparison", "size": "960x540"})
    assert not QImage(str(tmp_path / "x.png")).isNull()


@pytest.mark.parametrize(
    ("entries", "pixels", "name"),
    [
        ({"scale": 2}, "3840 × 2160 pixels", "sigmoid-stack_start.png"),
        ({"format": "pdf"}, "Sharp at any size", "sigmoid-stack_start.pdf"),
        ({"format": "gif"}, "1920 × 1080 pixels", "sigmoid-stack_pass.gif"),
        ({"format": "deck", "kind": "training"}, "1920 × 1080 pixels",
         "sigmoid-stack_training-200.pptx"),
    ],
)  # fmt: skip
def test_size_and_name_are_said_before(vgsim, qtbot, entries, pixels, name):
    dialog = opened(vgsim, qtbot, entries)
    assert (dialog.measures.text(), dialog.file.text()) == (pixels, name)
    assert dialog.paper.text() == "13.33 × 7.5 in (33.9 × 19.1 cm)"
    dialog.reject()


def test_an_animation_is_handed_on(vgsim, qtbot, asked, tmp_path):
    asked[0].append(tmp_path / "x")
    dialog = opened(vgsim, qtbot, {"format": "mp4", "kind": "training", "steps": 40, "every": 8})
    with qtbot.waitSignal(vgsim.pictures.animation_requested) as told:
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    request, path = told.args
    assert request.sequence == Training(40, 8) and path == tmp_path / "x.mp4"
    with qtbot.waitSignal(vgsim.pictures.animation_requested) as again:
        press(vgsim, qtbot, Qt.Key.Key_E)
    assert again.args == [request, tmp_path / "sigmoid-stack_training-40.mp4"]


def test_a_preset_is_kept_found_again_and_deleted(vgsim, qtbot):
    dialog = opened(vgsim, qtbot, {"scale": 3, "theme": "print"})
    dialog.presets.kept.emit("Handout")
    assert dialog.presets.box.name() == "Handout"
    dialog.reject()
    qtbot.waitUntil(lambda: vgsim.window.findChild(ExportDialog) is None)
    dialog = opened(vgsim, qtbot)
    assert dialog.presets.box.name() != "Handout"
    dialog.presets.chosen.emit("Handout")
    assert (dialog.entries()["scale"], dialog.entries()["theme"]) == (3, "print")
    qtbot.mouseClick(dialog.presets.drop_button, Qt.MouseButton.LeftButton)
    assert dialog.presets.box.findData("Handout") < 0
    dialog.reject()


def test_a_preset_needs_a_name(vgsim, qtbot):
    dialog = opened(vgsim, qtbot)
    qtbot.mouseClick(dialog.presets.keep_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog.presets.entry, Qt.Key.Key_Return)
    assert dialog.presets.problem.isVisible() and "letters" in dialog.presets.problem.text()
    dialog.reject()


def held_back(monkeypatch):
    """Have the writing wait until it is told to go on."""
    gate = threading.Event()

    def waiting(*arguments, **how):
        gate.wait(PATIENCE_S)
        return original(*arguments, **how)

    original = png.encoded
    monkeypatch.setattr(png, "encoded", waiting)
    return gate


def test_a_long_one_can_be_canceled_and_leaves_nothing(vgsim, qtbot, asked, monkeypatch, tmp_path):
    gate = held_back(monkeypatch)
    asked[0].append(tmp_path / "x.png")
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.pictures._progress is not None)
    progress = vgsim.pictures._progress
    qtbot.waitUntil(progress.isVisible)
    vgsim.window.tell("")
    qtbot.keyClick(progress, Qt.Key.Key_Escape)
    gate.set()
    qtbot.waitUntil(lambda: vgsim.pictures._saving is None)
    assert list(tmp_path.glob("*.png")) == [] and "x.png was not written" in dialog.failure.text()
    dialog.reject()


def test_closing_the_window_ends_the_writing(vgsim, qtbot, asked, monkeypatch, tmp_path):
    gate = held_back(monkeypatch)
    asked[0].append(tmp_path / "x.png")
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.pictures._saving is not None)
    threading.Timer(0.1, gate.set).start()
    vgsim.window.close()
    assert list(tmp_path.glob("*.png")) == []


def test_a_panel_is_exported_with_the_rest_as_last_time(vgsim, qtbot, asked, tmp_path):
    saved(vgsim, qtbot, asked, tmp_path / "x.png")
    vgsim.pictures.export_view("loss")
    dialog = vgsim.window.findChildren(ExportDialog)[-1]
    assert (dialog.entries()["view"], dialog.entries()["size"]) == ("loss", "480x270")
    dialog.reject()
    assert vgsim.pictures.last_picture() == PictureRequest(**SMALL)


def test_copy_from_the_dialog(vgsim, qtbot):
    QGuiApplication.clipboard().clear()
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().size().toTuple() == (480, 270)
    QGuiApplication.clipboard().clear()


def test_the_window_keeps_its_theme_behind_the_dialog(vgsim, qtbot):
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.waitUntil(lambda: not dialog.preview.image().isNull())
    assert dialog.preview.image().pixelColor(2, 2).lightness() < 80
    assert dialog.grab().toImage().pixelColor(QPoint(3, 3)).lightness() > 200
    dialog.reject()


@pytest.mark.parametrize(
    ("size", "room", "pixels"),
    [
        ("16:9", (480, 400), (480, 270)),
        ("1000x1000", (480, 400), (400, 400)),
        ("200x200", (900, 900), (200, 200)),
        ("1600x200", (400, 400), (1280, 160)),
    ],
)
def test_a_preview_has_no_more_pixels_than_are_seen(size, room, pixels):
    from PySide6.QtCore import QSize

    assert reduced(PictureRequest(size=size, scale=4), QSize(*room)).pixels == pixels


def test_what_waited_for_its_frame_does_not_overtake_a_writing(vgsim, qtbot, monkeypatch, tmp_path):
    gate = held_back(monkeypatch)
    request, frame = read({"view": "diagram", "size": "320x180"}), vgsim.session.frame
    vgsim.pictures._begin(request, tmp_path / "first.png", frame)
    vgsim.pictures._begin(request, tmp_path / "second.png", frame)
    assert "first.png is still being written" in hint(vgsim)
    gate.set()
    qtbot.waitUntil(lambda: vgsim.pictures._saving is None)
    assert [path.name for path in tmp_path.glob("*.png")] == ["first.png"]


def test_a_comparison_that_ended_meanwhile_is_told(vgsim, qtbot, tmp_path):
    frame = vgsim.session.frame
    vgsim.pictures._begin(read({"view": "comparison"}), tmp_path / "x.png", frame)
    assert "x.png was not written" in hint(vgsim) and not list(tmp_path.glob("*.png"))


def test_a_comparison_that_has_ended_cannot_be_copied(vgsim, qtbot, monkeypatch):
    monkeypatch.setattr(vgsim.pictures, "last_entries", lambda: {"view": "comparison"})
    vgsim.clipboard.copy_picture()
    assert "Nothing was copied" in hint(vgsim)


def test_a_known_suffix_chooses_its_format(vgsim, qtbot, asked, tmp_path):
    asked[0].append(tmp_path / "chain.svg")
    dialog = opened(vgsim, qtbot, SMALL)
    with qtbot.waitSignal(dialog.finished):
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert [path.name for path in tmp_path.glob("*.*g")] == ["chain.svg"]
    assert "<svg" in (tmp_path / "chain.svg").read_text("utf-8")[:500]
    assert vgsim.pictures.last_entries()["format"] == "svg"


def test_a_failed_save_keeps_the_dialog_with_the_reason(vgsim, qtbot, asked, tmp_path):
    asked[0].append(tmp_path / "none" / "x.png")
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "was not written" in dialog.failure.text())
    assert dialog.isVisible() and dialog.failure.isVisible()
    assert dialog.entries()["size"] == "480x270" and "none" in dialog.failure.text()
    change(dialog, {"theme": "light"})
    assert not dialog.failure.isVisible()
    dialog.reject()


def test_a_disk_that_fills_keeps_the_dialog(vgsim, qtbot, asked, monkeypatch, tmp_path):
    def full(*arguments, **how):
        raise OSError(28, "No space left on device", "x.png")

    monkeypatch.setattr(png, "encoded", full)
    asked[0].append(tmp_path / "x.png")
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "No space left" in dialog.failure.text())
    assert dialog.isVisible() and list(tmp_path.glob("*.png")) == []
    dialog.reject()


def test_closing_the_dialog_ends_its_writing(vgsim, qtbot, asked, monkeypatch, tmp_path):
    gate = held_back(monkeypatch)
    asked[0].append(tmp_path / "x.png")
    dialog = opened(vgsim, qtbot, SMALL)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: vgsim.pictures._saving is not None)
    dialog.reject()
    gate.set()
    qtbot.waitUntil(lambda: vgsim.pictures._saving is None)
    assert list(tmp_path.glob("*.png")) == []


def test_the_dialog_says_what_has_no_room(vgsim, qtbot):
    dialog = opened(vgsim, qtbot, {"font_scale": 3.0})
    qtbot.waitUntil(lambda: dialog.note.text().startswith("No room for gradient by stage"))
    assert dialog.note.isVisible()
    dialog.reject()
