"""Code in the Why panel: shown with its marks, copied without them; and *Model it…* below."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextFormat
from PySide6.QtWidgets import QApplication

from vgsim.diagnosis.nearest import NearestSpec
from vgsim.diagnosis.verdict import Remedy, Tone, Verdict
from vgsim.nn.spec import Spec
from vgsim.ui.why.code import CodeBlock
from vgsim.ui.why.panel import WhyPanel
from vgsim.ui.window.model_dialog import ModelDialog

DIFF = """\
  # a sketch of Block
  def forward(self, x):
      # layers.0 to layers.5
-     x = self.mlp(self.norm2(x))
+     x = x + self.mlp(self.norm2(x))"""
PLAIN = "for group in optimizer.param_groups:\n    group['lr'] = 0.01"
AROUND = Remedy("A skip path around every stage", (("network.skip", "preactivation"),), "", DIFF)
RATE = Remedy("A learning rate of 0.01", (("training.learning_rate", 0.01),), "", PLAIN)
MEASURED = Remedy("ReLU", (("network.activation", "relu"),))
VERDICT = Verdict(
    "missing_skip", "Vanishing: no way around mlp", ("It fades.",), (), 0.96, Tone.WARNING,
    (AROUND, RATE),
)  # fmt: skip
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(styled, qtbot):
    made = WhyPanel()
    made.resize(320, 760)
    made.show()
    made.set_verdict(VERDICT)
    made.set_recorded(True)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def block(styled, qtbot):
    made = CodeBlock()
    qtbot.addWidget(made)
    made.resize(260, 100)
    made.show()
    return made


def tinted(block: CodeBlock) -> list[int]:
    """Numbers of the lines that have a background of their own."""
    full = QTextFormat.Property.FullWidthSelection
    marks = [mark for mark in block.extraSelections() if mark.format.hasProperty(full)]
    return [mark.cursor.blockNumber() for mark in marks]


def test_lines_that_go_and_come_are_marked(block):
    block.show_code(DIFF)
    lines = block.toPlainText().splitlines()
    assert lines[3:] == [
        "−     x = self.mlp(self.norm2(x))",
        "+     x = x + self.mlp(self.norm2(x))",
    ]
    assert tinted(block) == [3, 4]
    assert block.isReadOnly()


def test_plain_code_stands_as_it_is(block):
    block.show_code(PLAIN)
    assert block.toPlainText() == PLAIN
    assert tinted(block) == []


@pytest.mark.parametrize("width", [160, 500])
def test_all_lines_of_short_code_are_seen_at_once(block, width):
    block.resize(width, 100)
    block.show_code(DIFF)
    QApplication.processEvents()
    assert block.verticalScrollBar().maximum() == 0
    assert bool(block.horizontalScrollBar().maximum()) is (width < 200)


def test_a_remedy_with_code_shows_it_in_place_of_an_effect(panel):
    row, other = panel.remedies[:2]
    assert row.code.isVisible() and row.copy_button.isVisible()
    assert not any(part.isVisible() for part in (row.effect, row.try_button, row.apply_button))
    assert other.code.code == PLAIN


def test_a_press_asks_for_the_code_to_be_copied(panel, qtbot):
    with qtbot.waitSignal(panel.copy_requested) as asked:
        qtbot.mouseClick(panel.remedies[0].copy_button, LEFT)
    assert asked.args == [AROUND]


def test_modeling_is_offered_for_a_recording_alone(panel, qtbot):
    row = panel.remedies[0]
    assert row.model_button.isVisible() and "none was measured" in panel.model_note.text()
    assert not panel.model_button.isVisible()
    with qtbot.waitSignal(panel.model_requested):
        qtbot.mouseClick(row.model_button, LEFT)
    panel.set_recorded(False)
    assert not panel.model_note.isVisible()


def test_modeling_is_offered_where_nothing_is_wrong(panel, qtbot):
    panel.set_verdict(replace(VERDICT, remedies=()))
    assert panel.model_button.isVisible() and not panel.model_note.isVisible()
    with qtbot.waitSignal(panel.model_requested):
        qtbot.mouseClick(panel.model_button, LEFT)


def test_without_code_nothing_is_offered_that_a_recording_cannot_do(panel):
    panel.set_verdict(replace(VERDICT, remedies=(MEASURED,)))
    row = panel.remedies[0]
    assert row.title.isVisible()
    assert not any(it.isVisible() for it in (row.code, row.effect, row.try_button, row.copy_button))


def test_a_remedy_that_is_measured_comes_back_without_code(panel):
    panel.set_recorded(False)
    panel.set_verdict(replace(VERDICT, remedies=(MEASURED,)))
    row = panel.remedies[0]
    assert not row.code.isVisible() and not row.copy_button.isVisible()
    assert row.effect.isVisible() and row.try_button.isVisible()


NEAREST = NearestSpec(Spec().replace({"name": "Model of run"}), ("One.", "Two stands for it."))


@pytest.mark.parametrize(("button", "signal"), [("open_button", "wanted"),
                                                ("beside_button", "wanted_beside")])  # fmt: skip
def test_the_dialog_says_what_was_taken_over_and_where_the_model_goes(
    styled, qtbot, panel, button, signal
):
    dialog = ModelDialog(NEAREST, panel)
    dialog.open()
    assert [label.text() for label in dialog.sentences] == list(NEAREST.sentences)
    with qtbot.waitSignal(getattr(dialog, signal)) as asked:
        qtbot.mouseClick(getattr(dialog, button), LEFT)
    assert asked.args == [NEAREST.spec]
