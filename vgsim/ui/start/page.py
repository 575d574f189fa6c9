"""The start page: what one can do, before or beside the window's own work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from vgsim.lessons import shelf
from vgsim.lessons.progress import LessonProgress
from vgsim.nn.presets import FIRST, load_preset, preset_cards
from vgsim.ui.start.chosen import ChosenPanel
from vgsim.ui.start.files import FilesPanel
from vgsim.ui.start.gallery import GalleryPanel
from vgsim.ui.start.learn import LearnPanel
from vgsim.ui.start.model.learn import rows_of
from vgsim.ui.start.model.recent import RecentItem
from vgsim.ui.start.recent import RecentPanel
from vgsim.ui.start.sketcher import Sketcher
from vgsim.ui.style.application import GUTTER, ui_font
from vgsim.ui.style.icons import app_icon
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.buttons import IconButton, TextButton
from vgsim.ui.widgets.card import VerticalScroll
from vgsim.ui.widgets.text import ElidedLabel

NARROW = 1300
"""Below this width the chosen experiment stands under the gallery, and what was opened lately at
the left."""
ROOMY = 1440
"""From this width on the left column is as wide as it likes."""
_LEFT, _LEFT_NARROW, _RIGHT = 348, 290, 336
_LOGO = 28


class StartHeader(QWidget):
    """What vgsim is, in two lines, and the way to the window."""

    left = Signal()
    theme_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._logo = QLabel()
        self._logo.setFixedSize(_LOGO, _LOGO)
        title = ElidedLabel(
            "See the learning signal fade, and bring it back", ui_font(18, 600, tabular=False)
        )
        about = ElidedLabel(
            "Watch backpropagation one hop at a time, in real networks.", ui_font(12, tabular=False)
        )
        about.setProperty("role", "muted")
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(title)
        lines.addWidget(about)
        self.theme_button = IconButton("theme", "Light or dark")
        self.leave_button = TextButton("Go to the window   Esc", "Go to the window (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(GUTTER + 12, 7, GUTTER, 8)
        row.setSpacing(12)
        row.addWidget(self._logo)
        row.addLayout(lines, 1)
        row.addWidget(self.theme_button)
        row.addWidget(self.leave_button)
        self.leave_button.clicked.connect(self.left)
        self.theme_button.clicked.connect(self.theme_asked)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """The sign in the colors of another theme."""
        picture: QPixmap = app_icon(theme).pixmap(QSize(_LOGO, _LOGO))
        self._logo.setPixmap(picture)


class StartPage(QWidget):
    """Gallery, lessons, files and what was opened lately. It says what was chosen, and does
    nothing itself."""

    lesson_chosen = Signal(str)
    preset_chosen = Signal(str)
    compare_chosen = Signal(str)
    """The name of a preset that is to be compared with its plain network."""
    file_chosen = Signal(str)
    data_chosen = Signal(str)
    """The path of a file that is to become the data."""
    data_asked = Signal()
    open_asked = Signal()
    recent_cleared = Signal()
    theme_asked = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Start")
        self._sketcher = sketcher = Sketcher(self)
        self._below: bool | None = None
        self.header = StartHeader(theme)
        self.gallery = GalleryPanel(preset_cards(), sketcher, theme)
        self.chosen = ChosenPanel(sketcher, theme)
        self.learn = LearnPanel()
        self.files = FilesPanel()
        self.recent = RecentPanel()
        self._lay_out()
        self._connect()
        self.gallery.grid.choose(FIRST)
        self._arrange(below=False)

    def _lay_out(self) -> None:
        self._left = QVBoxLayout()
        self._middle = QVBoxLayout()
        self._right = QVBoxLayout()
        for column in (self._left, self._middle, self._right):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GUTTER)
        self._left.addWidget(self.learn)
        self._left.addWidget(self.files)
        self._left.addStretch(1)
        side = QWidget()
        side.setLayout(self._left)
        self._side = VerticalScroll(side)
        self._middle.addWidget(self.gallery, 1)
        self._right_side = QWidget()
        self._right_side.setLayout(self._right)
        self._right_side.setFixedWidth(_RIGHT)
        columns = QHBoxLayout()
        columns.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        columns.setSpacing(GUTTER)
        columns.addWidget(self._side)
        columns.addLayout(self._middle, 1)
        columns.addWidget(self._right_side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # it is rearranged instead
        column.addWidget(self.header)
        column.addLayout(columns, 1)

    def _connect(self) -> None:
        grid = self.gallery.grid
        grid.highlighted.connect(self.chosen.show_preset)
        grid.opened.connect(self.preset_chosen)
        self.chosen.open_asked.connect(self.preset_chosen)
        self.chosen.compare_asked.connect(self.compare_chosen)
        self.learn.lesson_asked.connect(self.lesson_chosen)
        self.files.data_asked.connect(self.data_asked)
        self.files.data_dropped.connect(self.data_chosen)
        self.files.open_asked.connect(self.open_asked)
        self.recent.preset_asked.connect(self.preset_chosen)
        self.recent.file_asked.connect(self.file_chosen)
        self.recent.data_asked.connect(self.data_chosen)
        self.recent.cleared.connect(self.recent_cleared)
        self.header.left.connect(self.left)
        self.header.theme_asked.connect(self.theme_asked)

    def take_focus(self) -> None:
        """Be ready for keys."""
        self.gallery.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def begin(self) -> None:
        """Begin to draw what is seen first."""
        self._sketcher.ask_for(load_preset(name) for name in self.gallery.names)

    def close_sketches(self) -> None:
        """Draw no more."""
        self._sketcher.close()

    def show_lessons(self, progress: Mapping[str, LessonProgress]) -> None:
        """The shipped lessons, and how far one has come in each, by its name."""
        self.learn.show_rows(rows_of(shelf.titles(), progress))

    def show_recent(self, items: Sequence[RecentItem], now: datetime) -> None:
        """What was opened lately."""
        self.recent.show_items(items, now)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.header.set_theme(theme)
        self.gallery.grid.set_theme(theme)
        self.chosen.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no part of the page has a use for: Esc goes to the window, / to the search."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text() == "/":
            self.gallery.search.focus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange for the width that there is."""
        super().resizeEvent(event)
        self._side.setFixedWidth(_LEFT if self.width() >= ROOMY else _LEFT_NARROW)
        self._arrange(self.width() < NARROW)

    def _arrange(self, below: bool) -> None:
        if below == self._below:
            return
        self._below = below
        self._right_side.setVisible(not below)
        if below:
            self._middle.addWidget(self.chosen)
            self._left.insertWidget(self._left.count() - 1, self.recent)
        else:
            self._right.addWidget(self.chosen, 5)
            self._right.addWidget(self.recent, 4)
        self.chosen.set_below(below)

    def minimumSizeHint(self) -> QSize:
        """The least at which all of it can be used."""
        return QSize(900, 480)
