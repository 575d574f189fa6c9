"""A whole application in a window, with settings of its own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings

from vgsim.nn.presets import load_preset
from vgsim.ui.app.application import Application
from vgsim.ui.app.settings import Settings


@pytest.fixture
def vgsim(qtbot, tmp_path, styled):
    """The application with its first moment on the screen."""
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = Application(load_preset("sigmoid-stack"), Settings(store))
    made.use_theme("light")
    made.start()
    qtbot.waitUntil(lambda: made.session.frame is not None)
    yield made
    made.window.close()
    made.deleteLater()
    made.window.deleteLater()
