"""The form: built from the spec, tells what is entered, keeps what is typed."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollArea

from tests.helpers.form import enter, type_over
from tests.helpers.patience import end, hold
from vgsim.core.numbers import typed
from vgsim.nn.spec import Spec, field_at, fields
from vgsim.ui.form.field_editors import (
    FileEditor,
    FlagEditor,
    NameEditor,
    NumberEditor,
    SeedEditor,
    SliderEditor,
    TextEditor,
    make_editor,
    value_text,
)
from vgsim.ui.form.form import ExperimentForm
from vgsim.ui.widgets.slider import POSITIONS, track_for

BASE = Spec()
NO_KEYS = Qt.KeyboardModifier.NoModifier
RANGED = [info for info in fields() if info.kind in (int, float) and info.name != "seed"]


@pytest.fixture
def form(styled, qtbot):
    made = ExperimentForm()
    made.set_spec(BASE, BASE)
    made.resize(272, 1000)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


@pytest.fixture
def told(form):
    """What the form tells, in order."""
    heard: list[tuple[str, object]] = []
    form.edited.connect(lambda path, value: heard.append((path, value)))
    return heard


def entry(form, path):
    return form.rows[path].editor._entry


def slider(form, path):
    return form.rows[path].editor._slider


def accept(form, **changes):
    spec = BASE.replace({path.replace("__", "."): value for path, value in changes.items()})
    form.set_spec(spec, BASE)
    return spec


def test_every_field_with_a_section_has_a_row(form):
    assert set(form.rows) == {info.path for info in fields() if info.section and not info.headless}


@pytest.mark.parametrize("kind", ["layers", "chain"])
@pytest.mark.parametrize("dataset", ["digits", "csv", "idx", "xor"])
def test_exactly_the_fields_that_apply_are_shown(form, kind, dataset):
    spec = accept(form, network__kind=kind, data__dataset=dataset)
    shown = {path for path, row in form.rows.items() if row.isVisible()}
    assert shown == {path for path in form.rows if spec.applies(path)}


@pytest.mark.parametrize(
    ("path", "editor"),
    [
        ("network.activation", NameEditor),
        ("training.precision", NameEditor),
        ("data.standardize", FlagEditor),
        ("data.path", FileEditor),
        ("data.label", TextEditor),
        ("network.depth", SliderEditor),
        ("training.learning_rate", SliderEditor),
        ("training.seed", SeedEditor),
    ],
)
def test_a_field_gets_the_editor_of_its_type(form, path, editor):
    assert type(form.rows[path].editor) is editor


def test_a_number_without_a_range_is_typed(styled, qtbot):
    made = make_editor(dataclasses.replace(field_at("network.depth"), low=None, high=None))
    qtbot.addWidget(made)
    assert type(made) is NumberEditor


@pytest.mark.parametrize(
    "info",
    [info for info in fields() if info.section and not info.headless],
    ids=lambda info: info.path,
)
def test_labels_explain_and_lead_to_their_editor(form, info):
    row = form.rows[info.path]
    assert row.label.buddy() is row.editor.target()
    assert "Allowed" in row.label.toolTip()
    assert row.editor.target().accessibleName() == info.label


def test_names_have_labels_and_summaries(form):
    box = form.rows["network.activation"].editor.target()
    row = box.findData("relu")
    assert box.itemText(row) == "ReLU"
    assert "Nair" in box.itemData(row, Qt.ItemDataRole.ToolTipRole)


def test_choosing_a_name_tells(form, told, qtbot):
    box = form.rows["network.activation"].editor.target()
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert told == [("network.activation", "tanh")]


def test_checking_tells(form, told, qtbot):
    box = form.rows["data.standardize"].editor.target()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert told == [("data.standardize", False)]


def test_return_tells_a_number(form, told, qtbot):
    enter(qtbot, form, "network.depth", "12")
    assert told == [("network.depth", 12)]


def test_leaving_tells(form, told, qtbot):
    type_over(qtbot, form, "network.depth", "12").clearFocus()
    assert told == [("network.depth", 12)]


def test_a_pause_tells_once(form, told, qtbot):
    pause = entry(form, "network.depth")._pause
    hold(pause)
    type_over(qtbot, form, "network.depth", "12")
    assert told == []
    end(pause)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [("network.depth", 12)]


@pytest.mark.parametrize("text", ["abc", "", "1.5", "nan", "9" * 5000])
def test_junk_is_told_as_text(form, told, qtbot, text):
    line = entry(form, "network.depth")
    line.setFocus()
    line.selectAll()
    line.insert(text)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told == [("network.depth", text)]


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_what_is_no_finite_number_is_text(form, told, qtbot, text):
    enter(qtbot, form, "training.learning_rate", text)
    assert told == [("training.learning_rate", text)]


def test_a_typographic_minus_is_a_minus(form, told, qtbot):
    accept(form, network__kind="chain", data__dataset="one", training__loss="mse")
    line = entry(form, "network.factor")
    line.selectAll()
    line.insert("−0.5")  # QTest types Latin letters only
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told == [("network.factor", -0.5)]


def test_a_key_without_a_name_is_typing(form):
    line = entry(form, "network.depth")
    line.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, 0x2212, NO_KEYS, "−"))
    assert "−" in line.text()


def test_escape_takes_typing_back(form, told, qtbot):
    line = type_over(qtbot, form, "network.depth", "12")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "6"
    assert not line.pending() and told == []


def test_up_takes_the_next_number(form, told, qtbot):
    qtbot.keyClick(entry(form, "network.depth"), Qt.Key.Key_Up)
    assert told == [("network.depth", 7)]


def test_setting_a_spec_tells_nothing(form, told, qtbot):
    accept(form, network__depth=40, network__activation="relu", data__standardize=False)
    assert entry(form, "network.depth").text() == "40"
    qtbot.wait(100)
    assert told == []


def test_typing_survives_the_same_value(form, qtbot):
    line = type_over(qtbot, form, "training.learning_rate", "0.10")
    form.set_spec(BASE, BASE)
    assert line.text() == "0.10"


def test_typing_survives_its_own_acceptance(form, qtbot):
    line = type_over(qtbot, form, "training.learning_rate", "5e-1")
    line.settle()
    accept(form, training__learning_rate=0.5)
    assert line.text() == "5e-1"


def test_another_value_replaces_what_stands_there(form):
    accept(form, training__learning_rate=0.25)
    assert entry(form, "training.learning_rate").text() == "0.25"


def test_an_accepted_number_is_tidied_on_leaving(form, qtbot):
    line = type_over(qtbot, form, "network.depth", "012")
    line.settle()
    accept(form, network__depth=12)
    qtbot.keyClicks(line, " ")
    line.clearFocus()
    assert line.text() == "12"


def test_sliding_tells_the_last_number_only(form, told, qtbot):
    for position in (400, 500, 600):
        slider(form, "network.depth").setValue(position)
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert entry(form, "network.depth").text() == str(told[0][1])


def test_dragging_tells_before_the_release(form, told, qtbot):
    line = slider(form, "network.depth")
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() // 2, 10))
    qtbot.waitUntil(lambda: bool(told))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() // 2, 10))
    assert [path for path, _ in told] == ["network.depth"]


def test_a_drag_is_not_pulled_back(form, qtbot):
    line = slider(form, "network.depth")
    line.setSliderDown(True)
    line.setSliderPosition(700)
    accept(form, network__depth=9)
    assert line.value() == 700
    line.setSliderDown(False)


def test_arrow_keys_step_whole_numbers(form, told, qtbot):
    qtbot.keyClick(slider(form, "network.depth"), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [("network.depth", 7)]


def test_the_wheel_scrolls_instead_of_changing(form, told, qtbot):
    for target in (slider(form, "network.depth"), form.rows["network.kind"].editor.target()):
        here = QPointF(5, 5)
        turn = QWheelEvent(
            here, target.mapToGlobal(here), QPoint(), QPoint(0, -120),
            Qt.MouseButton.NoButton, NO_KEYS,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(target, turn)
    qtbot.wait(80)
    assert told == []


def test_the_die_rolls_a_seed(form, told, qtbot):
    qtbot.mouseClick(form.rows["training.seed"].editor._button, Qt.MouseButton.LeftButton)
    path, seed = told[0]
    assert path == "training.seed" and BASE.replace({path: seed})["training.seed"] == seed


def test_a_picked_file_is_told(form, told, qtbot, monkeypatch):
    accept(form, data__dataset="csv")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("some.csv", ""))
    qtbot.mouseClick(form.rows["data.path"].editor._button, Qt.MouseButton.LeftButton)
    assert told == [("data.path", "some.csv")]


def test_a_closed_file_dialog_tells_nothing(form, told, qtbot, monkeypatch):
    accept(form, data__dataset="csv")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    qtbot.mouseClick(form.rows["data.path"].editor._button, Qt.MouseButton.LeftButton)
    assert told == []


def test_a_dot_marks_what_differs(form):
    accept(form, network__depth=20)
    assert [path for path, row in form.rows.items() if row.dot.isVisible()] == ["network.depth"]


def test_without_a_baseline_there_are_no_dots(form):
    form.set_spec(BASE.replace({"network.depth": 20}), None)
    assert not form.rows["network.depth"].dot.isVisible()


def test_a_dot_gives_the_preset_value_back(form, told, qtbot):
    accept(form, network__depth=20)
    qtbot.mouseClick(form.rows["network.depth"].dot, Qt.MouseButton.LeftButton)
    assert told == [("network.depth", 6)]


def test_a_menu_gives_the_preset_value_back(form, told):
    accept(form, network__activation="relu")
    (action,) = form.rows["network.activation"].actions()
    action.trigger()
    assert told == [("network.activation", "sigmoid")]


def test_a_problem_calls_a_field_as_the_form_does(form):
    form.set_problems({"network.depth": "network.depth = 0: allowed is a whole number"})
    said = form.rows["network.depth"].problem.text().replace("\u200b", "")
    assert said == "Depth = 0: allowed is a whole number"


def test_a_problem_stands_under_its_field(form):
    form.set_problems({"network.depth": "Too deep."})
    row = form.rows["network.depth"]
    assert row.problem.isVisible() and row.problem.y() >= row.editor.geometry().bottom()
    assert row.editor.target().property("invalid") is True


def test_rejected_text_stays_until_corrected(form, qtbot):
    enter(qtbot, form, "network.depth", "5000")
    form.set_problems({"network.depth": "Too deep."})
    form.set_spec(BASE, BASE)
    assert entry(form, "network.depth").text() == "5000"


def test_rejected_text_goes_with_its_problem(form, qtbot):
    enter(qtbot, form, "network.depth", "5000")
    form.set_problems({"network.depth": "Too deep."})
    form.set_problems({})
    assert entry(form, "network.depth").text() == "6"
    assert not form.rows["network.depth"].problem.isVisible()


def test_corrected_text_stays_when_the_problem_goes(form, qtbot):
    enter(qtbot, form, "network.depth", "5000")
    form.set_problems({"network.depth": "Too deep."})
    enter(qtbot, form, "network.depth", "50")
    form.set_problems({})
    assert entry(form, "network.depth").text() == "50"


def test_the_old_value_corrects_a_problem_too(form, told, qtbot):
    enter(qtbot, form, "network.depth", "5000")
    form.set_problems({"network.depth": "Too deep."})
    enter(qtbot, form, "network.depth", "6")
    assert told == [("network.depth", 5000), ("network.depth", 6)]


def test_escape_corrects_a_problem(form, told, qtbot):
    enter(qtbot, form, "network.depth", "5000")
    form.set_problems({"network.depth": "Too deep."})
    qtbot.keyClick(entry(form, "network.depth"), Qt.Key.Key_Escape)
    assert told[-1] == ("network.depth", 6)


def test_a_rejected_name_goes_back_with_its_problem(form, qtbot):
    box = form.rows["network.kind"].editor.target()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    form.set_problems({"network.kind": "Not with these data."})
    assert box.name() == "chain"
    form.set_problems({})
    assert box.name() == "layers"


def test_a_hidden_field_shows_up_with_its_problem(form):
    form.set_problems({"data.path": "No such file."})
    assert form.rows["data.path"].isVisible()
    form.set_problems({})
    assert not form.rows["data.path"].isVisible()


def test_a_problem_of_no_field_is_shown(form):
    form.set_problems({"the spec": "It is no TOML."})
    assert form._general.isVisible()


def test_choosing_a_preset_tells(form, qtbot):
    form.set_presets([("a", "First", "one"), ("b", "Second", "two")])
    form.set_current_preset("a")
    with qtbot.waitSignal(form.preset_chosen) as caught:
        qtbot.keyClick(form._preset, Qt.Key.Key_Down)
    assert caught.args == ["b"]


def test_setting_a_preset_tells_nothing(form, qtbot):
    form.set_presets([("a", "First", "one"), ("b", "Second", "two")])
    with qtbot.assertNotEmitted(form.preset_chosen):
        form.set_current_preset("b")
        form.set_current_preset("of my own")
    assert form._preset.currentIndex() == -1


def test_the_description_of_the_preset_stands_under_it(form):
    form.set_presets([("a", "First", "one"), ("b", "Second", "two " * 200)])
    form.set_current_preset("a")
    assert form._about.shown() == ["one"] and form._about.toolTip() == ""
    form.set_current_preset("b")
    assert form._about.isVisible() and form._about.text() == "two " * 200
    form.set_current_preset("of my own")
    assert form._about.isHidden()


def test_a_long_description_ends_in_dots_and_is_whole_in_its_tip(form, qtbot):
    form.set_presets([("b", "Second", "many words of a description " * 20)])
    form.set_current_preset("b")
    room = 3 * form._about.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: len(form._about.shown()) == 3 and form._about.height() == room)
    assert form._about.shown()[-1].endswith("…") and "many words" in form._about.toolTip()


def test_the_gallery_is_asked_for(form, qtbot):
    with qtbot.waitSignal(form.gallery_asked):
        qtbot.mouseClick(form._gallery, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("width", [250, 272, 400])
def test_no_row_is_wider_than_the_form(form, width):
    form.set_problems({"network.depth": "x" * 300, "data.path": "no such file " * 20})
    form.resize(width, 900)
    form.grab()
    area = form.findChild(QScrollArea)
    assert area.widget().width() <= area.viewport().width()
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()
    assert not area.horizontalScrollBar().isVisible()


def test_tab_goes_down_the_form(form, qtbot):
    targets = [row.editor.target() for row in form.rows.values() if row.isVisible()]
    form._preset.setFocus()
    met = []
    for _ in range(40):
        qtbot.keyClick(form.focusWidget(), Qt.Key.Key_Tab)
        met.append(form.focusWidget())
    assert [widget for widget in met if widget in targets][: len(targets)] == targets


@pytest.mark.parametrize("info", RANGED, ids=lambda info: info.path)
def test_a_track_reaches_from_end_to_end(info):
    track = track_for(info.low, info.high, whole=info.kind is int, log=info.log)
    assert (track.value(0), track.value(POSITIONS)) == (info.low, info.high)


@pytest.mark.parametrize("info", RANGED, ids=lambda info: info.path)
def test_every_number_on_a_track_is_allowed_and_in_order(info):
    track = track_for(info.low, info.high, whole=info.kind is int, log=info.log)
    numbers = [info.check(track.value(position)) for position in range(POSITIONS + 1)]
    assert numbers == sorted(numbers)


def test_small_whole_numbers_are_all_on_the_track():
    track = track_for(1, 1000, whole=True, log=True)
    assert {track.value(position) for position in range(POSITIONS + 1)} >= set(range(1, 100))


def test_the_middle_of_a_wide_track_is_no_large_number():
    assert track_for(1, 1000, whole=True, log=True).value(POSITIONS // 2) < 50


def test_zero_is_in_the_middle_of_a_track_of_both_signs():
    assert track_for(-1e6, 1e6).position(0.0) == POSITIONS // 2


@pytest.mark.parametrize("value", [0, 7, 0.1, 1e-5, 1.0, 1 / 3, -2.5, 1e6, 0.9999])
def test_a_number_reads_back(value):
    assert float(typed(value)) == value


def test_values_in_words():
    assert value_text(field_at("network.activation"), "relu") == "ReLU"
    assert value_text(field_at("data.standardize"), True) == "on"
    assert value_text(field_at("data.path"), "") == "empty"
