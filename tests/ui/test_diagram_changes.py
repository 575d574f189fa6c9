"""What is painted anew of a diagram is all that another moment changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QRegion

from vgsim.measure.snapshot import frame_of
from vgsim.nn.experiment import Experiment
from vgsim.nn.presets import load_preset
from vgsim.text.moments import shown_inputs
from vgsim.text.scale import Scale
from vgsim.ui.diagram.model.changes import changed_span
from vgsim.ui.diagram.model.geometry import lay_out
from vgsim.ui.diagram.model.picture import picture
from vgsim.ui.diagram.view import DiagramView

CASES = {
    "layers": ("sigmoid-stack", {}),
    "deep": ("relu-he", {"network.depth": 30, "network.width": 5}),
    "timesteps": ("rnn-digits", {}),
    "chain": ("worked-example", {}),
    "exploding": ("exploding", {}),
}


@pytest.fixture
def view(styled, qtbot, theme):
    made = DiagramView(theme, Scale())
    made.resize(900, 420)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


@pytest.mark.parametrize("case", CASES)
def test_a_moment_paints_all_that_it_changes(view, case):
    """Through a pass, its update and into the next: as if every moment were painted whole."""
    name, changes = CASES[case]
    experiment = Experiment(load_preset(name).replace(changes))
    view.set_frame(frame_of(experiment))
    image = shot(view)
    for _ in range(len(experiment.timeline) + 5):
        experiment.advance()
        image = painted_over(view, image, frame_of(experiment))
        assert image == shot(view), experiment.moment


def shot(view) -> QImage:
    """The whole diagram, painted anew."""
    return view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def painted_over(view, image: QImage, frame) -> QImage:
    """``image`` with what is painted anew for ``frame``."""
    before, geometry = view._state.picture, view._state.geometry
    view.set_frame(frame)
    span = changed_span(geometry, before, view._state.picture)
    if span is not None:
        rect = QRect(int(span[0]), 0, int(span[1] + 1) - int(span[0]), view.viewport().height())
        rect &= view.viewport().rect()
        view.viewport().render(image, rect.topLeft(), QRegion(rect))
    return image


def test_the_same_picture_changes_nothing():
    experiment = Experiment(load_preset("sigmoid-stack"))
    experiment.run(1)
    frame = frame_of(experiment)
    geometry = lay_out(900, 420, shown_inputs(frame), frame.widths)
    assert changed_span(geometry, *(picture(frame, Scale()) for _ in range(2))) is None


def test_a_hop_leaves_most_of_the_diagram_alone(view):
    experiment = Experiment(load_preset("relu-he").replace({"network.depth": 12}))
    experiment.seek(0, 18)
    view.set_frame(frame_of(experiment))
    before, geometry = view._state.picture, view._state.geometry
    experiment.advance()
    left, right = changed_span(geometry, before, picture(frame_of(experiment), Scale()))
    assert right - left < geometry.width / 3
