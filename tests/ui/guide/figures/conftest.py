"""A way to make a figure of a lesson that closes, and frames for it."""

from __future__ import annotations

import pytest

from vgsim.text.scale import Scale
from vgsim.ui.guide.figures.kinds import FIGURES
from vgsim.ui.style.theme import load_theme


@pytest.fixture
def figure(qtbot):
    """Make one by name: ``figure("ledger", frame, width=392, **settings)``."""
    made = []

    def build(name, frame=None, width=392, **settings):
        view = FIGURES[name](settings, load_theme("light"), Scale())
        view.set_frame(frame)
        if view.hasHeightForWidth():
            height = view.heightForWidth(width)
        else:
            height = view.sizeHint().height()
        view.resize(width, height)
        view.show()
        view.grab()
        made.append(view)
        return view

    yield build
    for view in made:
        view.close()
