"""The gallery: every shipped experiment as a card with what its gradient does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from vgsim.nn.presets import PresetCard, load_preset
from vgsim.nn.spec import Spec
from vgsim.ui.start.chips import Chips
from vgsim.ui.start.model.facts import spoken
from vgsim.ui.start.model.filters import FILTERS, HELPS, SAID, WARNS, found, ordered
from vgsim.ui.start.search import SearchEntry
from vgsim.ui.start.sketcher import Sketcher
from vgsim.ui.start.thumbnail import paint_curve, paint_network
from vgsim.ui.style.application import ui_font
from vgsim.ui.style.theme import Theme
from vgsim.ui.widgets.card import Card
from vgsim.ui.widgets.text import tool_tip

GAP = 14
LEAST_WIDTH = 250
"""Of a card; as many stand beside each other as have it."""
_PICTURE_HEIGHT = 108
_PAD = 9
_RADIUS = 10.0
WORDS_AT = _PAD + 4
"""Pixels between the edge of a card and its words."""
CARD_FONTS = (13, 600), (12, 400), (11, 500)
"""Size and weight of title, expectation and tag."""

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class CardModel(QAbstractListModel):
    """The cards that the filter and the search let through."""

    def __init__(self, cards: Sequence[PresetCard]) -> None:
        super().__init__()
        self._cards = list(cards)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many there are."""
        if parent.isValid():
            return 0
        return len(self._cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title, what a screen reader says, the tool tip; the card itself is user data."""
        if not index.isValid():
            return None
        card = self._cards[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return card.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(card)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(card.title, card.description)
        if role == Qt.ItemDataRole.UserRole:
            return card
        return None

    def show_cards(self, cards: Sequence[PresetCard]) -> None:
        """Other ones."""
        self.beginResetModel()
        self._cards = list(cards)
        self.endResetModel()

    def row_of(self, name: str) -> int:
        """Where the card of that preset is; −1 when it is not shown."""
        for row, card in enumerate(self._cards):
            if card.name == name:
                return row
        return -1

    def row_of_spec(self, spec: Spec) -> int:
        """Where the card of that experiment is; −1 when it is not shown."""
        for row, card in enumerate(self._cards):
            if load_preset(card.name) == spec:
                return row
        return -1


class CardDelegate(QStyledItemDelegate):
    """Paints one card. Pictures are painted once for a size and a theme."""

    def __init__(self, sketcher: Sketcher, theme: Theme) -> None:
        super().__init__()
        self._sketcher = sketcher
        self._theme = theme
        self._pictures: dict[tuple[str, str, int, float], QPixmap] = {}
        self.size = QSize(LEAST_WIDTH + GAP, card_height() + GAP)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._pictures.clear()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Frame, picture, title with tag, and the line of what to expect."""
        card: PresetCard = index.data(Qt.ItemDataRole.UserRole)
        theme = self._theme
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        room = QRect(option.rect).adjusted(0, 0, -GAP, -GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.setPen(QPen(QColor(theme.accent), 2.0))
        else:
            painter.setPen(QPen(QColor(theme.muted if hovered else theme.border), 1.0))
        painter.setBrush(QColor(theme.surface))
        painter.drawRoundedRect(QRectF(room).adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        picture = QRect(room.left() + _PAD, room.top() + _PAD, room.width() - 2 * _PAD,
                        _PICTURE_HEIGHT)  # fmt: skip
        self._paint_picture(painter, picture, card)
        self._paint_words(painter, room, picture.bottom() + 8, card)
        painter.restore()

    def _paint_picture(self, painter: QPainter, room: QRect, card: PresetCard) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRoundedRect(room, 7, 7)
        spec = load_preset(card.name)
        sketch = self._sketcher.sketch(spec)
        if sketch is None:
            self._sketcher.hurry(spec)  # it comes as soon as its thread has made it
            return
        ratio = painter.device().devicePixelRatioF()
        key = (card.name, self._theme.name, room.width(), ratio)
        if key not in self._pictures:
            made = QPixmap(round(room.width() * ratio), round(room.height() * ratio))
            made.setDevicePixelRatio(ratio)
            made.fill(QColor(self._theme.raised))
            inner = QPainter(made)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            split = room.width() * 0.46
            network = QRectF(14, 16, split - 26, room.height() - 32)
            curve = QRectF(split, 8, room.width() - split - 10, room.height() - 16)
            paint_network(inner, network, sketch, self._theme)
            paint_curve(inner, curve, sketch, self._theme)
            inner.end()
            self._pictures[key] = made
        painter.drawPixmap(room.topLeft(), self._pictures[key])

    def _paint_words(self, painter: QPainter, room: QRect, top: int, card: PresetCard) -> None:
        theme = self._theme
        left = room.left() + WORDS_AT
        right = room.right() + 1 - WORDS_AT
        title, line, small = (ui_font(*font, tabular=False) for font in CARD_FONTS)
        high = QFontMetrics(title).height()
        said = SAID.get(card.tags[0], "")
        tag_width = QFontMetrics(small).horizontalAdvance(said)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(small)
        painter.setPen(QColor(tag_color(theme, card.tags[0])))
        painter.drawText(QRect(right - tag_width, top, tag_width + 2, high), middle, said)
        painter.setFont(title)
        painter.setPen(QColor(theme.text))
        _paint_elided(painter, QRect(left, top, right - tag_width - 8 - left, high), card.title)
        painter.setFont(line)
        painter.setPen(QColor(theme.muted))
        below = QRect(left, top + high + 3, right - left, QFontMetrics(line).height())
        _paint_elided(painter, below, card.expect)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The card and the gap to its neighbors."""
        return self.size  # that of the grid: Qt would put a smaller card into the middle of it


def tag_color(theme: Theme, tag: str) -> str:
    """The color that a tag is written in."""
    if tag in WARNS:
        return theme.warning
    if tag in HELPS:
        return theme.accent
    return theme.muted


def card_height() -> int:
    """A picture and two lines, whatever the size of letters."""
    lines = sum(QFontMetrics(ui_font(*font)).height() for font in CARD_FONTS[:2])
    return _PAD + _PICTURE_HEIGHT + 8 + lines + 3 + _PAD + 3


def _paint_elided(painter: QPainter, room: QRect, text: str) -> None:
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class GalleryGrid(QListView):
    """Cards in rows. Arrows move, Enter opens, / goes to the search."""

    opened = Signal(str)
    """The name of the preset."""
    highlighted = Signal(str)
    """Another preset is chosen; empty for none."""
    search_asked = Signal()

    def __init__(self, cards: Sequence[PresetCard], sketcher: Sketcher, theme: Theme) -> None:
        super().__init__()
        self.cards = CardModel(cards)
        self._painter = CardDelegate(sketcher, theme)
        self.setModel(self.cards)
        self.setItemDelegate(self._painter)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setProperty("cards", True)
        self.setAccessibleName("Experiments")
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentChanged.connect(self._highlight)

    @property
    def name(self) -> str:
        """The preset that is chosen; empty for none."""
        card: PresetCard | None = self.currentIndex().data(Qt.ItemDataRole.UserRole)
        return "" if card is None else card.name

    def choose(self, name: str) -> None:
        """Choose the card of that preset, or the first if it is not shown."""
        row = max(self.cards.row_of(name), 0)
        if row < self.cards.rowCount():
            self.setCurrentIndex(self.cards.index(row))

    def show_cards(self, cards: Sequence[PresetCard]) -> None:
        """Show these; the chosen one stays chosen if it is among them."""
        name = self.name
        self.cards.show_cards(cards)
        self.choose(name)
        if not cards:
            self.highlighted.emit("")

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._painter.set_theme(theme)
        self.viewport().update()

    @Slot(object)
    def show_drawn(self, spec: Spec) -> None:
        """Paint the card whose picture is there now."""
        row = self.cards.row_of_spec(spec)
        if row >= 0:
            self.update(self.cards.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and / are signals; the rest moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif event.text() == "/":
            self.search_asked.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as have room, each as wide as there is room."""
        width = self.viewport().width() - 1
        columns = max(1, width // (LEAST_WIDTH + GAP))
        size = QSize(width // columns, card_height() + GAP)
        self._painter.size = size
        self.setGridSize(size)
        super().resizeEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(index.data(Qt.ItemDataRole.UserRole).name)

    @Slot(QModelIndex, QModelIndex)
    def _highlight(self, now: QModelIndex, before: QModelIndex) -> None:
        card: PresetCard | None = now.data(Qt.ItemDataRole.UserRole)
        if card is not None:
            self.highlighted.emit(card.name)


class GalleryPanel(Card):
    """Search, filters and the cards that they let through."""

    def __init__(self, cards: Sequence[PresetCard], sketcher: Sketcher, theme: Theme) -> None:
        super().__init__("Play", f"{len(cards)} networks")
        self._cards = ordered(cards)
        self.grid = GalleryGrid(self._cards, sketcher, theme)
        self.search = SearchEntry("Search experiments")
        self.chips = Chips([(which.label, len(found(cards, which, ""))) for which in FILTERS])
        self._none = QLabel("No experiment has these words.")
        self._none.setProperty("role", "muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.hide()
        self.add_header_widget(self.search)
        self.body.addWidget(self.chips)
        self.body.addWidget(self._none, 1)
        self.body.addWidget(self.grid, 1)
        outer = self.layout()
        if outer is not None:
            outer.setContentsMargins(15, 9, 15 - GAP // 2, 4)
        self.search.changed.connect(self._refresh)
        self.search.left.connect(self.grid.setFocus)
        self.search.taken.connect(partial(self.grid.setFocus, Qt.FocusReason.OtherFocusReason))
        self.chips.chosen.connect(self._refresh)
        self.grid.search_asked.connect(self.search.focus)
        sketcher.drawn.connect(self.grid.show_drawn)

    @property
    def names(self) -> list[str]:
        """The presets that are shown."""
        return [card.name for card in self._shown()]

    def _shown(self) -> list[PresetCard]:
        return found(self._cards, FILTERS[self.chips.choice], self.search.text())

    @Slot()
    def _refresh(self) -> None:
        shown = self._shown()
        self.grid.show_cards(shown)
        self.grid.setVisible(bool(shown))
        self._none.setVisible(not shown)
