"""The Export dialog: what is pressed and typed is told, what is wrong is said below its field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialogButtonBox

from tests.helpers.dialogs import heard, opened
from vgsim.export.formats import FORMATS
from vgsim.ui.export_dialog import ExportChoices, ExportDialog, ProgressDialog
from vgsim.ui.export_dialog.fields import number
from vgsim.ui.export_dialog.preview import Preview

CHOICES = ExportChoices(
    views=[("slide", "Slide", ""), ("diagram", "Network diagram", ""), ("loss", "Loss", "")],
    plots=[("gradient", "Gradient", ""), ("loss", "Loss", ""), ("hop", "Chain rule", "")],
    formats=[FORMATS[name] for name in ("png", "pdf", "mp4", "deck")],
    themes=[("light", "Light", ""), ("dark", "Dark", ""), ("print", "Print", "")],
)
ENTRIES = {
    "view": "slide", "plots": ["gradient"], "title": "", "caption": True, "format": "png",
    "kind": "pass", "steps": 200, "every": 10, "seconds": 0.5, "size": "16:9", "scale": 1,
    "dpi": 144, "theme": "light", "transparent": False, "font_scale": 1.0, "sentences": [],
}  # fmt: skip


@pytest.fixture
def dialog(styled, qtbot):
    box = ExportDialog(CHOICES)
    box.set_entries(ENTRIES)
    box.resize(980, 640)
    with opened(box, qtbot):
        yield box


def enter(qtbot, entry, text):
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, text)
    qtbot.keyClick(entry, Qt.Key.Key_Tab)


def pick(qtbot, box, name):
    """Choose by keyboard: from the first row down."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(name)):
        qtbot.keyClick(box, Qt.Key.Key_Down)


def shown(dialog):
    return {name for name, field in dialog.form.fields.items() if not field.isHidden()}


def test_it_shows_entries_without_telling(dialog):
    told = heard(dialog.changed)
    entries = {**ENTRIES, "view": "loss", "size": "25.4x14.3cm", "scale": 3, "font_scale": 1.5}
    dialog.set_entries(entries)
    assert dialog.entries() == entries and told == []


@pytest.mark.parametrize("size", ["16:9", "4:3", "1280x720", "16x9.5cm"])
def test_every_size_comes_back_as_it_was(dialog, size):
    dialog.set_entries({"size": size})
    assert dialog.entries()["size"] == size


@pytest.mark.parametrize(
    ("field", "value"), [("view", "diagram"), ("format", "pdf"), ("view", "loss")]
)
def test_a_choice_by_keyboard_is_told(dialog, qtbot, field, value):
    told = heard(dialog.changed)
    pick(qtbot, dialog.form.fields[field].box, value)
    assert told[-1] == {**ENTRIES, field: value}


@pytest.mark.parametrize(("field", "text", "value"), [
    ("dpi", "300", 300), ("dpi", "many", "many"), ("font_scale", "1,25", 1.25),
    ("title", "Vanishing", "Vanishing"),
])  # fmt: skip
def test_what_is_typed_is_told(dialog, qtbot, field, text, value):
    told = heard(dialog.changed)
    enter(qtbot, dialog.form.fields[field].entry, text)
    assert told == [{**ENTRIES, field: value}]


def test_up_and_down_change_a_number(dialog, qtbot):
    told = heard(dialog.changed)
    entry = dialog.form.fields["font_scale"].entry
    qtbot.keyClick(entry, Qt.Key.Key_Up)
    assert told[-1]["font_scale"] == 1.1
    qtbot.keyClick(entry, Qt.Key.Key_Down)
    assert told[-1]["font_scale"] == 1


def test_a_segment_is_clicked(dialog, qtbot):
    told = heard(dialog.changed)
    segment = dialog.form.fields["scale"].segments._group.button(2)
    qtbot.mouseClick(segment, Qt.MouseButton.LeftButton)
    assert told == [{**ENTRIES, "scale": 3}]


def test_a_check_is_toggled_by_space(dialog, qtbot):
    told = heard(dialog.changed)
    qtbot.keyClick(dialog.form.fields["transparent"].check, Qt.Key.Key_Space)
    assert told == [{**ENTRIES, "transparent": True}]


def test_plots_are_added_in_any_place(dialog, qtbot):
    told = heard(dialog.changed)
    pick(qtbot, dialog.form.fields["plots"].boxes[2], "hop")
    assert told[-1]["plots"] == ["gradient", "hop"]


def test_pixels_begin_with_what_the_size_is(dialog, qtbot):
    told = heard(dialog.changed)
    dialog.form.set_hints("", "1920 × 1080", "33.9 × 19.1")
    pick(qtbot, dialog.form.fields["size"].box, "px")
    assert told[-1]["size"] == "1920x1080"
    enter(qtbot, dialog.form.fields["size"].entry, "800 × 600 px")
    assert told[-1]["size"] == "800x600"


@pytest.mark.parametrize(
    ("entries", "there", "away"),
    [
        ({}, {"plots", "scale", "transparent"}, {"kind", "steps", "every", "seconds"}),
        ({"format": "pdf"}, set(), {"scale", "kind"}),
        ({"format": "mp4"}, {"kind", "seconds"}, {"steps", "every", "transparent"}),
        ({"format": "mp4", "kind": "training"}, {"steps", "every"}, set()),
        ({"format": "deck"}, {"kind"}, {"seconds"}),
        ({"view": "diagram"}, set(), {"plots"}),
    ],
)
def test_only_what_matters_is_offered(dialog, entries, there, away):
    dialog.set_entries(entries)
    assert there <= shown(dialog) and not away & shown(dialog)


def test_a_problem_is_said_below_its_field_and_nothing_can_be_saved(dialog):
    dialog.set_result("1 × 1 pixels", "1 × 1 in", "x.png", True)
    dialog.set_problems({"dpi": "Allowed: a whole number from 36 to 1200"})
    field = dialog.form.fields["dpi"]
    assert field.problem.isVisible() and "36 to 1200" in field.problem.text()
    assert field.entry.property("invalid") is True
    assert not dialog.save_button.isEnabled() and not dialog.copy_button.isEnabled()
    assert dialog.file.text() == ""
    dialog.set_problems({})
    assert not field.problem.isVisible() and dialog.save_button.isEnabled()


def test_a_problem_is_brought_into_sight(dialog, qtbot):
    dialog.resize(900, 460)
    field = dialog.form.fields["font_scale"]
    assert field.visibleRegion().isEmpty()
    dialog.set_problems({"font_scale": "Allowed: a number from 0.5 to 3"})
    qtbot.waitUntil(lambda: not field.problem.visibleRegion().isEmpty())


def test_return_saves(dialog, qtbot):
    with qtbot.waitSignal(dialog.save_requested):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_the_buttons_are_clicked(dialog, qtbot):
    with qtbot.waitSignal(dialog.save_requested):
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(dialog.copy_requested):
        qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    cancel = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel)
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


@pytest.mark.parametrize("where", ["title", "dpi"])
def test_escape_closes_it_from_anywhere(dialog, qtbot, where):
    qtbot.keyClick(dialog.form.fields[where].entry, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_tab_reaches_every_field_that_is_offered(dialog, qtbot):
    dialog.activateWindow()
    seen, wanted = set(), {dialog.form.fields[name] for name in shown(dialog)}
    for _ in range(60):
        qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        widget = dialog.focusWidget()
        seen |= {field for field in wanted if field.isAncestorOf(widget)}
    assert seen == wanted


def test_alt_letters_are_all_different(dialog):
    fields = dialog.form.fields.values()
    texts = [field.label.text() for field in fields]
    texts += [field.check.text() for field in fields if hasattr(field, "check")]
    texts += ["&Preset", dialog.save_button.text(), dialog.copy_button.text()]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) == len(set(letters)), letters


def test_sentences_are_told_one_a_line(dialog, qtbot):
    told = heard(dialog.changed)
    entry = dialog.form.fields["sentences"].entry
    entry.setFocus()
    qtbot.keyClicks(entry, "It fades.")
    qtbot.keyClick(entry, Qt.Key.Key_Return)
    qtbot.keyClicks(entry, "Why?")
    qtbot.keyClick(entry, Qt.Key.Key_Tab)
    assert told[-1]["sentences"] == ["It fades.", "Why?"] and not entry.hasFocus()


def test_a_preset_is_chosen(dialog, qtbot):
    bar = dialog.presets
    bar.set_presets(["Shipped"], ["Mine"], "")
    with qtbot.waitSignal(bar.chosen) as told:
        pick(qtbot, bar.box, "Mine")
    assert told.args[0] in ("Mine", "Shipped") and bar.box.name() == "Mine"
    assert bar.drop_button.isEnabled()


def test_a_shipped_preset_cannot_be_deleted(dialog):
    dialog.presets.set_presets(["Shipped"], ["Mine"], "Shipped")
    assert not dialog.presets.drop_button.isEnabled()


def test_a_preset_is_named_and_kept_with_return(dialog, qtbot):
    saved = []
    dialog.save_requested.connect(lambda: saved.append(1))
    qtbot.mouseClick(dialog.presets.keep_button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(dialog.presets.entry, "Mine")
    with qtbot.waitSignal(dialog.presets.kept) as told:
        qtbot.keyClick(dialog.presets.entry, Qt.Key.Key_Return)
    assert told.args == ["Mine"] and saved == []


def test_escape_ends_the_naming_only(dialog, qtbot):
    qtbot.mouseClick(dialog.presets.keep_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog.presets.entry, Qt.Key.Key_Escape)
    assert not dialog.presets.naming() and dialog.isVisible()


def test_it_is_good_within_the_smallest_window(dialog, qtbot):
    dialog.resize(960, 600)
    dialog.set_result("1920 × 1080 pixels", "13.33 × 7.5 in", "name.png", True)
    assert dialog.minimumSizeHint().width() <= 1000 and dialog.minimumSizeHint().height() <= 660
    assert dialog.size() == QSize(960, 600)
    assert dialog.form.width() <= dialog.form.parentWidget().width()


@pytest.fixture
def preview(styled, qtbot):
    made = Preview()
    made.resize(400, 300)
    yield made
    made.close()


@pytest.mark.parametrize("sides", [(1920, 1080), (1000, 1000), (300, 1200)])
def test_the_preview_has_the_real_aspect(preview, sides):
    preview.set_aspect(*sides)
    room = preview.room()
    assert room.width() / room.height() == pytest.approx(sides[0] / sides[1], rel=0.02)
    assert room.width() <= 400 and room.height() <= 300


def test_squares_shine_through_what_is_transparent(preview):
    image = QImage(320, 180, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    preview.set_image(image)
    seen = preview.grab().toImage()
    middle = preview.rect().center()
    colors = {seen.pixelColor(middle + QPoint(8 * x, 0)).name() for x in range(4)}
    assert colors == {"#ffffff", "#e4e7ec"}


def test_what_is_painted_covers_the_squares(preview):
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(QColor("#204060"))
    preview.set_image(image)
    assert preview.grab().toImage().pixelColor(preview.rect().center()).name() == "#204060"


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), (" 1.5 ", 1.5), ("1,5", 1.5), ("", ""), ("x", "x"), ("1e1", 10.0)],
)
def test_a_number_is_read_as_people_write_it(text, value):
    assert number(text) == value and type(number(text)) is type(value)


def test_progress_opens_late_and_can_be_canceled(styled, qtbot):
    dialog = ProgressDialog("Writing x.png")
    assert not dialog.isVisible()
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.bar.maximum() == 0
    dialog.set_share(0.3)
    assert dialog.bar.value() / dialog.bar.maximum() == 0.3
    with qtbot.waitSignal(dialog.canceled):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_return_does_not_cancel_what_it_began(styled, qtbot):
    progress = ProgressDialog("Writing x.png")
    qtbot.addWidget(progress)
    ended = []
    progress.finished.connect(ended.append)
    qtbot.waitUntil(progress.isVisible)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        qtbot.keyClick(progress, key)
        qtbot.keyClick(progress.focusWidget() or progress, key)
    assert ended == [] and progress.isVisible()
    progress.reject()


def test_progress_that_ends_soon_never_opens(styled, qtbot):
    dialog = ProgressDialog("Writing x.png")
    canceled = []
    dialog.canceled.connect(lambda: canceled.append(1))
    dialog.end()
    assert not dialog._patience.isActive() and canceled == []
