"""The diagram widget: one scene the size of the view, laid out anew when that changes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from vgsim.engine.frame import Frame
from vgsim.present.geometry import lay_out
from vgsim.present.picture import picture, shown_inputs
from vgsim.present.scale import Scale
from vgsim.present.theme import Theme
from vgsim.views.diagram.edges import EdgePart
from vgsim.views.diagram.items import (
    BarPart,
    FramePart,
    InputPart,
    LabelPart,
    NamePart,
    NodePart,
    Scene,
)
from vgsim.views.diagram.paint import Palette

STILL_MS = 160
"""After so long without a new frame the picture stands still and its edges are smoothed."""


class DiagramView(QGraphicsView):
    """The network of one frame, every node shaded by the RMS of its ∂J/∂h."""

    def __init__(self, theme: Theme, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Network diagram")
        self.setMinimumSize(420, 240)
        self._frame: Frame | None = None
        self._state = Scene(Palette(theme), scale, lay_out(600, 400, 1, [1]))
        self._edges = EdgePart(self._state)
        self._parts = (
            self._edges,
            InputPart(self._state),
            NodePart(self._state),
            NamePart(self._state),
            LabelPart(self._state),
            FramePart(self._state),
            BarPart(self._state),
        )
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        for part in self._parts:
            self._scene.addItem(part)
        self.setScene(self._scene)
        self._still = QTimer(self, singleShot=True, interval=STILL_MS)
        self._still.timeout.connect(self._stand_still)
        self.set_theme(theme)

    @property
    def draws_edges(self) -> bool:
        """Whether the network is small enough for its edges to be drawn."""
        return self._state.picture is not None and bool(self._state.picture.gaps)

    def sizeHint(self) -> QSize:
        """Room for six stages of eight units."""
        return QSize(900, 380)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._state.palette = Palette(theme)
        self.setBackgroundBrush(self._state.palette.color("surface"))
        for part in self._parts:
            part.resized()
        self.viewport().update()

    def set_frame(self, frame: Frame | None, live: bool = False) -> None:
        """Show ``frame``; ``live`` says that many more follow at once."""
        before, self._frame = self._frame, frame
        self._state.picture = picture(frame, self._state.scale) if frame else None
        if frame is not None and (before is None or _shape(before) != _shape(frame)):
            self._relayout()
        self._edges.live = live
        if live:
            self._still.start()
        self.viewport().update()

    @Slot()
    def _stand_still(self) -> None:
        self._edges.live = False
        self.viewport().update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: no need to smooth."""
        self._still.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the diagram out for the new size."""
        super().resizeEvent(event)
        self._relayout()

    def _relayout(self) -> None:
        if self._frame is None:
            return
        size = self.viewport().size()
        for part in self._parts:
            part.resized()
        self._state.geometry = lay_out(
            size.width(), size.height(), shown_inputs(self._frame), self._frame.widths
        )
        self._scene.setSceneRect(0, 0, size.width(), size.height())


def _shape(frame: Frame) -> tuple[object, ...]:
    """What the layout depends on."""
    return frame.widths, frame.input_width, frame.image_shape
