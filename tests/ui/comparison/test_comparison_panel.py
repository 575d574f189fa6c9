"""The panel of a comparison and the dialog "Change one thing", as they are used."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.helpers.specs import small
from vgsim.measure.run_so_far import pinned
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.ui.comparison.change import ChangeDialog
from vgsim.ui.comparison.panel import ComparisonPanel


@pytest.fixture
def frame():
    """A network with tanh beside the same with ReLU after three updates."""
    frames = []
    for spec in (small(), small(network__activation="relu")):
        experiment = Experiment(spec)
        experiment.run(3)
        frames.append(frame_of(experiment))
    return replace(frames[0], other=frames[1])


@pytest.fixture
def panel(qtbot, styled):
    """The panel as narrow as it gets: in a dock, which asks nobody how wide it has to be."""
    dock = QWidget()
    qtbot.addWidget(dock)
    made = ComparisonPanel()
    made.setParent(dock)
    made.setGeometry(0, 0, 238, 500)
    dock.resize(238, 500)
    dock.show()
    yield made
    dock.close()


def test_it_says_how_to_begin_while_nothing_is_compared(panel, frame):
    panel.set_frame(replace(frame, other=None))
    assert "side by side" in panel.preface.text()
    assert panel.buttons["change_one"].isVisible() and panel.buttons["compare"].isVisible()
    assert not panel.results.isVisible() and not panel.buttons["swap"].isVisible()


def test_it_shows_what_differs_and_what_came_of_it(panel, frame):
    panel.set_frame(frame)
    assert panel.settings.texts() == [("Tanh", "ReLU")]
    assert panel.results.isVisible() and len(panel.results.texts()) >= 3
    assert len(panel.reached.texts()) == 2
    assert panel.sentence.text()


@pytest.mark.parametrize("compared", [True, False])
def test_nothing_reaches_out_of_a_narrow_panel(panel, frame, compared):
    panel.set_frame(frame if compared else replace(frame, other=None))
    panel.grab()
    for part in (panel.settings, panel.results, panel.reached, *panel.buttons.values()):
        if part.isVisible():
            assert part.mapTo(panel, part.rect().topRight()).x() <= panel.width()
            assert part.width() >= part.minimumSizeHint().width()


@pytest.mark.parametrize("name", ["change_one", "swap", "promote", "compare_end", "pin_b"])
def test_a_button_asks_for_its_command(panel, frame, qtbot, name):
    panel.set_frame(frame)
    with qtbot.waitSignal(panel.asked) as asked:
        panel.buttons[name].click()
    assert asked.args == [name]


def test_another_loss_to_be_reached_can_be_typed(panel, frame, qtbot):
    panel.set_frame(frame)
    entry = panel.levels[0].entry
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, "100")
    qtbot.keyClick(entry, Qt.Key.Key_Return)
    assert panel.reached.texts()[0] == ("1", "1")
    panel.set_frame(frame)
    assert panel.levels[0].level == 100.0


def test_a_loss_that_is_no_number_is_refused_in_words(panel, frame, qtbot):
    panel.set_frame(frame)
    before = panel.reached.texts()
    entry = panel.levels[0].entry
    entry.selectAll()
    qtbot.keyClicks(entry, "much")
    qtbot.keyClick(entry, Qt.Key.Key_Return)
    assert "number" in entry.toolTip() and panel.reached.texts() == before


def test_a_pinned_run_is_listed_and_can_be_let_go(panel, frame, qtbot):
    pin = pinned(frame.other, "ReLU")
    panel.set_frame(replace(frame, pins=(pin,)))
    (row,) = panel.pins.rows
    assert row.name.text() == "ReLU"
    with qtbot.waitSignal(panel.unpinned) as unpinned:
        row.close_button.click()
    assert unpinned.args == [pin]
    panel.set_frame(frame)
    assert not row.isVisible()


@pytest.fixture
def dialog(qtbot, styled):
    """The dialog about the small network."""
    made = ChangeDialog(small())
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_activation_is_offered_first_as_a_has_it(dialog):
    assert dialog.editor.info.path == "network.activation"
    assert dialog.editor.reading() == "tanh"
    assert not dialog.button.isEnabled()


def test_a_field_is_found_by_typing(dialog, qtbot):
    qtbot.keyClicks(dialog.search, "momentum")
    assert dialog.paths() == []
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "depth")
    assert dialog.paths() == ["network.depth"]
    assert dialog.editor.info.path == "network.depth"


def test_b_is_a_with_one_other_field(dialog, qtbot):
    dialog.choose("network.depth")
    dialog.editor.edited.emit(9)
    assert "depth 9" in dialog.button.toolTip()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.button.click()
    assert chosen.args == [small(network__depth=9)]
    assert not dialog.isVisible()


def test_what_may_not_be_is_said_in_the_words_of_the_form(dialog):
    dialog.choose("network.depth")
    dialog.editor.edited.emit(-3)
    assert "network.depth" in dialog.problem.text()
    assert not dialog.button.isEnabled()
    dialog.editor.edited.emit(4)
    assert not dialog.problem.isVisible() and dialog.button.isEnabled()


def test_what_a_has_already_is_nothing_to_compare(dialog):
    dialog.choose("network.depth")
    dialog.editor.edited.emit(9)
    dialog.editor.edited.emit(3)
    assert not dialog.button.isEnabled()
