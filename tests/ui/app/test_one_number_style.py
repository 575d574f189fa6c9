"""Every figure in the window is written in one way: two digits, below 0.01 with an exponent."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from vgsim.text.moments import Jump, JumpKind, place_of
from vgsim.ui.plots.layer import Text

LOST_AMONG_ZEROS = re.compile(r"(?<![\d.,])[−-]?0\.00\d*[1-9]\d*")
"""0.0016, which is 1.6e−3."""
HYPHEN_FOR_MINUS = re.compile(r"(?<![\w-])-\d|\de-\d")
PADDED_EXPONENT = re.compile(r"\de[−-]?0\d")
TAKEN_PLAINLY = re.compile(r"(?<![\d.])\d\.\d+e[012]\b")
"""2.5e0, which is 2.5."""
EXACT = re.compile(r"exactly [−\d.]+")
"""The one place for all the digits of a number."""
RULES = LOST_AMONG_ZEROS, HYPHEN_FOR_MINUS, PADDED_EXPONENT, TAKEN_PLAINLY


def texts(window):
    """All that is written in the window: labels, buttons, tips, diagram and plots."""
    found = []
    for label in window.findChildren(QLabel):
        found += [label.text(), label.accessibleName()]
    for button in window.findChildren(QAbstractButton):
        found += [button.text(), button.accessibleDescription()]
    found += [entry.toolTip() for entry in window.findChildren(QLineEdit)]
    found += window.workspace.hop.canvas.words()
    found.append(window.workspace.hop.canvas.accessibleDescription())
    for plot in window.workspace.plots.values():
        for layer in (plot.ground, plot.under, plot.over, plot.around):
            found += [mark.text for mark in layer.marks if isinstance(mark, Text)]
        found += [text.text for text in plot.axis_texts()]
    return [EXACT.sub("", text) for text in found if text]


@pytest.mark.parametrize("preset", ["sigmoid-stack", "worked-example", "exploding"])
@pytest.mark.parametrize("position", [3, 8, 11, "update"])
def test_no_figure_is_written_in_another_way(vgsim, qtbot, preset, position):
    session = vgsim.session
    vgsim.choose_preset(preset)
    qtbot.waitUntil(lambda: session.frame.spec.name == session.state.wanted.name)
    if position == "update":
        session.jump(Jump(JumpKind.END))
        qtbot.waitUntil(lambda: str(session.frame.moment) == "update")
    else:
        session.seek(0, position)
        qtbot.waitUntil(lambda: place_of(session.frame) == (0, position))
    qtbot.waitUntil(lambda: session.state.verdict is not None)
    written = texts(vgsim.window)
    assert len(written) > 30
    wrong = [text for text in written for rule in RULES if rule.search(text)]
    assert not wrong
