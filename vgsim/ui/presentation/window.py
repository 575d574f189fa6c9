"""The window of presentation mode: one picture on the whole screen, driven by a clicker."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from vgsim.measure.frame import Frame
from vgsim.text.scale import Scale
from vgsim.ui.commands import COMMANDS
from vgsim.ui.pacing import FULL, Due
from vgsim.ui.presentation.hall import HallView
from vgsim.ui.presentation.overlay import Blank, Overlay
from vgsim.ui.style.theme import Theme

WIDTH, HEIGHT = 1000, 560
"""The least size, in its own pixels, for which the picture is laid out; the screen enlarges it."""
SIZES = (0.7, 0.8, 0.9, 1.0, 1.15, 1.3)
"""How much larger than that everything can be made, in steps."""
STILL_MS = 2000
"""Without a movement for this long the mouse's cursor goes."""
HINT = "PgDn PgUp step · Space play · T train · ↑ ↓ panel · + − size · B blank · Esc end"

_KEY = Qt.Key
_COMMANDS = {key: command.name for command in COMMANDS for key in command.hall_keys}
"""Keys that do what a command of the window does; a clicker sends the page keys."""
_END = (_KEY.Key_Escape, _KEY.Key_F11)
_BLANK = (_KEY.Key_B, _KEY.Key_Period)
_PANELS = {_KEY.Key_Down: 1, _KEY.Key_Up: -1}
_SIZES = {_KEY.Key_Plus: 1, _KEY.Key_Equal: 1, _KEY.Key_Minus: -1}
_POINT = _KEY.Key_Control
"""While it is held the pointer stays."""


class PresentingWindow(QWidget):
    """Shows frames large; asks for commands by their name, and tells when it was closed.

    Everything is laid out for a small canvas and enlarged as a whole, so that type, gaps and lines
    keep their proportions. ``panels`` are what may stand beside the diagram, the first at first.
    """

    asked = Signal(str)
    """Name of a command of the window."""
    panel_changed = Signal(str)
    ended = Signal()

    def __init__(
        self, theme: Theme, scale: Scale, panels: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("vgsim presentation")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.panels = tuple(panels)
        self._size = SIZES.index(1.0)
        self.hall = HallView(theme, scale, self.panels[0])
        self._scene = QGraphicsScene(self)
        self._scene.addWidget(self.hall)
        self.view = _view(self._scene, self)
        self.view.viewport().installEventFilter(self)
        self.overlay, self.blank = Overlay(theme, self), Blank(self)
        self._still = QTimer(self, singleShot=True, interval=STILL_MS)
        self._still.timeout.connect(self._rest)
        self._held = False
        self.resize(1280, 720)

    def begin(self) -> None:
        """Fill the screen, where there is one to fill, and tell the keys for a while."""
        self.showFullScreen()
        self.activateWindow()
        self.setFocus()
        self.overlay.say(HINT)
        self._still.start()

    def end(self) -> None:
        """Close; ``ended`` follows."""
        self.close()

    @property
    def wants(self) -> frozenset[type]:
        """Measurements that are drawn."""
        return self.hall.wants

    def set_frame(self, frame: Frame, due: Due = FULL) -> None:
        """Show one moment, as much of it as is due."""
        self.hall.set_frame(frame, due)

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colors."""
        self.hall.set_theme(theme)
        self.overlay.set_theme(theme)

    def tell(self, words: str) -> None:
        """Show a message for a while."""
        self.overlay.say(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything fills the window."""
        for part in (self.view, self.overlay, self.blank):
            part.setGeometry(self.rect())
        self._fit()

    def _fit(self) -> None:
        """Lay the picture out for the canvas that, enlarged, fills the window."""
        factor = min(self.width() / WIDTH, self.height() / HEIGHT) * SIZES[self._size]
        width = self.width() / factor
        height = self.height() / factor
        least = self.hall.minimumSizeHint()
        factor *= min(1.0, width / least.width(), height / least.height())
        self.hall.set_pen_scale(factor * self.devicePixelRatioF())
        self.hall.resize(round(self.width() / factor), round(self.height() / factor))
        self._scene.setSceneRect(QRectF(self.hall.rect()))
        self.view.resetTransform()
        # each way by itself: what rounding left would show as a line at the edge
        across = self.width() / self.hall.width()
        down = self.height() / self.hall.height()
        self.view.scale(across, down)

    def event(self, event: QEvent) -> bool:
        """Keep every key: none is to reach the shortcuts of the window below."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A clicker's keys, and those of the window that a lecture needs."""
        key = Qt.Key(event.key())
        command = _COMMANDS.get(QKeySequence(key).toString())
        if self.blank.isVisible():
            if not event.isAutoRepeat():
                self.blank.hide()
        elif key in _END:
            self.end()
        elif key in _BLANK and not event.isAutoRepeat():
            self.blank.show()
        elif command is not None:
            self.asked.emit(command)
        elif key in _PANELS:
            self._turn_panels(_PANELS[key])
        elif key in _SIZES:
            self._size = min(max(self._size + _SIZES[key], 0), len(SIZES) - 1)
            self._fit()
        elif key == _POINT:
            self._hold(True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let the pointer go."""
        if event.key() == _POINT and not event.isAutoRepeat():
            self._hold(False)

    def _turn_panels(self, by: int) -> None:
        at = (self.panels.index(self.hall.panel_name) + by) % len(self.panels)
        self.hall.set_panel(self.panels[at])
        self._fit()
        self.panel_changed.emit(self.panels[at])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse over every widget; no event is kept from them."""
        if isinstance(event, QMouseEvent):
            self.overlay.point_at(event.position())
            if event.type() is QEvent.Type.MouseMove:
                self.view.viewport().unsetCursor()
            self._hold(event.buttons() != Qt.MouseButton.NoButton)
        return False

    def _hold(self, held: bool) -> None:
        """The pointer stays while a button or key is held, and for a while longer."""
        if held and self.overlay.pointer is None:
            self.overlay.point_at(self.mapFromGlobal(self.cursor().pos()).toPointF())
        self._held = held
        self._still.start()

    @Slot()
    def _rest(self) -> None:
        """The mouse rests: hide it, and the pointer unless it is held."""
        self.view.viewport().setCursor(Qt.CursorShape.BlankCursor)
        if not self._held:
            self.overlay.point_at(None)

    def closeEvent(self, event: QCloseEvent) -> None:
        """However it is closed, tell."""
        self._still.stop()
        self.overlay.stop()
        self.hall.hide()  # while its parts still answer
        super().closeEvent(event)
        self.ended.emit()


def _view(scene: QGraphicsScene, parent: QWidget) -> QGraphicsView:
    """A view of ``scene`` that takes the mouse but no key, and shows no frame."""
    view = QGraphicsView(scene, parent)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    view.viewport().setMouseTracking(True)
    return view
