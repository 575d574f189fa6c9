"""The preview of an export: the very composition, at as many pixels as are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from vgsim.export.compose import no_room, noting_left_out, wants
from vgsim.export.picture import SMALLEST, PictureRequest
from vgsim.measure.frame import Frame
from vgsim.ui.app.supply import Supply

PAUSE_MS = 150
"""A preview is drawn when nothing has changed for so long."""
RENEW_MS = 500
"""While other moments come in, the preview is drawn no more often than this."""
Draw = Callable[[Frame, PictureRequest], QImage]


class Previewer(QObject):
    """Draws what was asked for last, when one has stopped changing it."""

    started = Signal()
    drawn = Signal(object, object, str)
    """The image, the frame it shows, and a sentence on what has no room in it, if anything."""

    def __init__(self, supply: Supply, draw: Draw, parent: QObject) -> None:
        super().__init__(parent)
        self._supply, self._draw = supply, draw
        self._picture: PictureRequest | None = None
        self._room = QSize()
        self._done: tuple[Frame, PictureRequest] | None = None
        self._image, self._lack = QImage(), ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._begin)
        self._renewal = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._renewal.timeout.connect(self._begin)

    def ask(self, picture: PictureRequest | None, room: QSize) -> None:
        """Draw ``picture`` for so many pixels of room, soon; None for nothing."""
        self._picture, self._room = picture, room
        if picture is None:
            self.stop()
            return
        self._supply.hold(wants(picture))
        self._pause.start()
        self.started.emit()

    @Slot()
    def renew(self) -> None:
        """Another moment is there."""
        if self._picture is not None and not self._renewal.isActive():
            self._renewal.start()

    def stop(self) -> None:
        """Draw nothing any more."""
        self._picture = self._done = None
        self._pause.stop()
        self._renewal.stop()
        self._supply.forget("preview")
        self._supply.hold(frozenset())

    @Slot()
    def _begin(self) -> None:
        if self._picture is not None:
            self._supply.get("preview", wants(self._picture), self._make)

    def _make(self, frame: Frame) -> None:
        if self._picture is None:
            return
        wanted = reduced(self._picture, self._room)
        done = self._done is not None and self._done[0] is frame and self._done[1] == wanted
        if not done:  # a line that was left as it was asks again
            self._done = frame, wanted
            with noting_left_out() as lost:
                self._image = self._draw(frame, wanted)
            self._lack = no_room(lost)
        self.drawn.emit(self._image, frame, self._lack)


def reduced(picture: PictureRequest, room: QSize) -> PictureRequest:
    """``picture`` with the same layout in no more pixels than there is ``room`` for."""
    width, height = picture.layout
    share = min(room.width() / width, room.height() / height, 1.0)
    share = max(share, SMALLEST / min(width, height))
    return replace(picture, size=f"{round(width * share)}x{round(height * share)}", scale=1)
