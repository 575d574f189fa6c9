"""Opens a window, brings it into a state and closes it, several times: STATE TIMES FOLDER.

Ends with a traceback of every thread if a window does not go within PATIENCE seconds.
"""

from __future__ import annotations

import faulthandler
import gc
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from vgsim.ui.app import application
from vgsim.ui.window.dialogs import show_failure

PATIENCE = 90.0
STATE, TIMES, FOLDER = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
STILL = 'view = "diagram"\nsize = "3840x2160"\n'
ANIMATION = 'format = "gif"\npass = true\nview = "diagram"\nsize = "640x360"\n'


class Closed(application.Application):
    """Closes itself some time after it has been brought into the state; ``turn`` varies when."""

    turn = 0

    def start(self) -> None:
        super().start()
        self.session.changed.connect(self._begin)

    def _begin(self) -> None:
        if self.session.frame is not None:
            self.session.changed.disconnect(self._begin)
            QTimer.singleShot(0, self._enter)

    def _enter(self) -> None:
        {
            "at rest": self._nothing,
            "playing": self.session.toggle_play,
            "training": self.session.toggle_train,
            "judging": self.session.step,
            "still": self._write_still,
            "animation": self._write_animation,
            "dialog": self.pictures.export,
            "comparison": self.comparing.keep,
            "presentation": self.presenting.begin,
            "message": self._show_message,
        }[STATE]()
        QTimer.singleShot(37 * self.turn % 450, self.window.close)

    def _nothing(self) -> None:
        pass

    def _write_still(self) -> None:
        self._write(STILL)
        assert self.pictures._saving is not None

    def _write_animation(self) -> None:
        self._write(ANIMATION)
        assert self.animations.job is not None

    def _write(self, entries: str) -> None:
        self._settings.set_text("export/last", entries)
        self._settings.set_text("export/folder", str(FOLDER))
        self.pictures.export_again()

    def _show_message(self) -> None:
        show_failure(self.window, "It broke.", "Traceback")


application.Application = Closed
for turn in range(TIMES):
    Closed.turn = turn
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    code = application.open_window(None)
    faulthandler.cancel_dump_traceback_later()
    if code != 0:
        raise SystemExit(code)
    gc.collect()  # a window is a cycle, and nothing collects between two of them
