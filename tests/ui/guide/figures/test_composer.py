"""Three sentences and a slide: what is written is kept, and what the dialog is asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.helpers.dialogs import heard
from tests.helpers.frames import make_frame
from vgsim.export.entries import read
from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.ui.guide.model.takeaway import Takeaway, dumps, facts, loads

FULL = Takeaway("Why", ("It fades.", "×0.2 a hop.", "ReLU helps, and dies."), "loss")


def frame_at(position):
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.seek(0, position)
    return frame_of(experiment)


def test_what_is_kept_comes_back():
    assert loads(dumps(FULL)) == FULL


@pytest.mark.parametrize("text", ["", "{", "[]", "[1, 2, 3, 4, 5]", '{"a": 1}'])
def test_what_is_damaged_is_an_empty_one(text):
    assert loads(text) == Takeaway()


def test_the_entries_are_those_of_a_slide_that_can_be_exported():
    picture = read(FULL.entries).picture
    assert (picture.title, picture.sentences, picture.plots) == ("Why", FULL.sentences, ("loss",))


def test_sentences_that_are_empty_are_not_on_the_slide():
    assert Takeaway("", ("A.", " ", "C.")).entries["sentences"] == ["A.", "C."]


def test_facts_are_of_the_present_moment():
    said = dict(facts(frame_at(15)))
    assert "1 part in 2,815" in said and "2.4" in said and "3.4" in said
    assert not any("signal" in what for what in dict(facts(frame_at(3))).values())
    assert facts(None) == ()


def test_what_is_typed_is_noted(figure, qtbot):
    view = figure("composer", make_frame(6))
    told = heard(view.noted)
    view.sentences[1].setFocus()
    qtbot.keyClicks(view.sentences[1], "Each hop takes a part.")
    qtbot.keyClick(view.sentences[1], Qt.Key.Key_Return)
    assert loads(told[-1]).sentences == ("", "Each hop takes a part.", "")
    assert view.count.text() == "1 of 3 sentences written"


def test_what_was_noted_is_shown(figure):
    view = figure("composer")
    view.set_note(dumps(FULL))
    assert view.title.text() == "Why" and view.sentences[2].toPlainText() == FULL.sentences[2]
    assert view.plot.name() == "loss"


def test_a_number_goes_where_the_cursor_was(figure, qtbot):
    view = figure("composer", frame_at(15))
    entry = view.sentences[1]
    entry.setFocus()
    qtbot.waitUntil(entry.hasFocus)
    qtbot.keyClicks(entry, "It is ")
    view.numbers.setFocus()
    view.numbers.chosen.emit("1 part in 2,815")
    assert entry.toPlainText().endswith("It is 1 part in 2,815")


def test_export_asks_for_the_slide(figure, qtbot):
    view = figure("composer")
    view.set_note(dumps(FULL))
    with qtbot.waitSignal(view.export_asked) as told:
        qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert told.args == [dict(FULL.entries)]


def test_without_a_sentence_there_is_nothing_to_export(figure):
    assert not figure("composer").button.isEnabled()


def test_an_entry_grows_with_its_text_and_no_further(figure):
    entry = figure("composer").sentences[0]
    entry.resize(200, 50)
    low = entry.sizeHint().height()
    entry.setPlainText("word " * 20)
    high = entry.sizeHint().height()
    entry.setPlainText("word " * 200)
    assert low < high == entry.sizeHint().height()
