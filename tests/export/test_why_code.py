"""What would help a recorded training stands on the sheet as code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from vgsim.diagnosis import judge
from vgsim.diagnosis.verdict import Remedy
from vgsim.export.slide.why_sheet import MOST_LINES, CodeWords, WhySheet
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset

DIFF = "  x = self.norm(x)\n- x = self.mlp(x)\n+ x = x + self.mlp(x)"


@pytest.fixture(scope="module")
def verdict():
    return judge(Experiment(load_preset("sigmoid-stack")))


def sheet_of(qtbot, verdict, code):
    """The sheet with a remedy that is this code."""
    remedy = Remedy("A skip path", (("network.skip", "residual"),), code=code)
    sheet = WhySheet(replace(verdict, remedies=(remedy,)))
    qtbot.addWidget(sheet)
    sheet.resize(1000, 700)
    sheet.show()
    return sheet


def test_code_takes_the_place_of_fields(styled, qtbot, verdict):
    sheet = sheet_of(qtbot, verdict, DIFF)
    lines = [words.text() for words in sheet.findChildren(CodeWords)]
    assert lines == ["  x = self.norm(x)", "- x = self.mlp(x)", "+ x = x + self.mlp(x)"]
    assert not any("residual" in label.text() for label in sheet.findChildren(QLabel))
    assert sheet.grab().toImage().width() == 1000


def test_without_code_fields_are_named(styled, qtbot, verdict):
    sheet = sheet_of(qtbot, verdict, "")
    assert sheet.findChildren(CodeWords) == []
    assert any("residual" in label.text() for label in sheet.findChildren(QLabel))


def test_of_long_code_the_beginning_is_shown(styled, qtbot, verdict):
    code = "\n".join(f"line_{at} = {at}" for at in range(40))
    sheet = sheet_of(qtbot, verdict, code)
    shown = [words.text() for words in sheet.findChildren(CodeWords)]
    assert len(shown) == MOST_LINES
    assert (shown[0], shown[-1]) == ("line_0 = 0", "…")
