"""Blocks of a lesson set as text for paper, with typeset formulas."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRectF, QSizeF
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPainter,
    QPalette,
    QPyTextObject,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextListFormat,
    QTextTableFormat,
)

from vgsim.lessons.lesson import (
    Block,
    Bullets,
    DisplayFormula,
    Inline,
    InlineFormula,
    Paragraph,
    Prose,
    SubHeading,
    TextTable,
)
from vgsim.ui.style.application import ui_font
from vgsim.ui.widgets.typeset import paint_formula, typeset

_FORMULA = QTextFormat.ObjectTypes.UserObject.value + 1
_TEX = QTextFormat.Property.UserProperty.value + 1
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
_OBJECT = "\ufffc"
"""What stands in a text for an object that is painted."""
_TALL = 0.35
"""Ems below the baseline from which on a formula is a fraction, to be centered on its line."""
_AXIS = 0.25
"""Ems from the baseline up to the middle of a fraction."""
_ASCENT = 0.92
"""Ems that the font of the text reaches above the baseline, by the size of its formulas."""
LINE_HEIGHT = 130
"""Percent of the font's own."""


class Flow:
    """One or several blocks set in ``ink`` at ``size`` pixels, to be painted at any width.

    In them is neither value nor figure any more.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        size: int,
        ink: str,
        weight: int = 400,
        line_height: int = LINE_HEIGHT,
    ) -> None:
        self._document = QTextDocument()
        self._document.setUseDesignMetrics(True)  # it is painted at other resolutions
        self._document.setDocumentMargin(0)
        self._document.setDefaultFont(_sized(ui_font(size, weight, tabular=False), size))
        self._document.setIndentWidth(1.4 * size)
        self._formulas = _Formulas(self._document, ink)
        self._document.documentLayout().registerHandler(_FORMULA, self._formulas)
        self._ink = ink
        self._size = size
        self._line_height = line_height
        self._cursor = QTextCursor(self._document)
        self._begun = False
        for block in blocks:
            self._add(block, 0)

    def height_at(self, width: float) -> float:
        """Pixels that it takes when it is so wide."""
        self._document.setTextWidth(width)
        return self._document.size().height()

    def paint(self, painter: QPainter, left: float, top: float, width: float) -> None:
        """Paint it, with its upper left corner there."""
        self._document.setTextWidth(width)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(self._ink))
        painter.save()
        painter.translate(left, top)
        self._document.documentLayout().draw(painter, context)
        painter.restore()

    def _add(self, block: Block, depth: int) -> None:
        if isinstance(block, Paragraph):
            self._paragraph(block.parts, depth)
        elif isinstance(block, SubHeading):
            self._paragraph(block.parts, depth, strong=True)
        elif isinstance(block, DisplayFormula):
            self._begin(depth, self._size)
            self._formula(block.tex, 1.15 * self._size)
        elif isinstance(block, Bullets):
            self._bullets(block, depth)
        elif isinstance(block, TextTable):
            self._table(block)

    def _begin(self, depth: int, left: float = 0.0) -> None:
        """A block of its own."""
        form = QTextBlockFormat()
        form.setIndent(depth)
        form.setLeftMargin(left)
        form.setBottomMargin(0.35 * self._size)
        form.setLineHeight(self._line_height, _PROPORTIONAL)
        if self._begun:
            self._cursor.insertBlock(form, QTextCharFormat())
        else:
            self._cursor.setBlockFormat(form)
        self._begun = True

    def _paragraph(self, parts: Sequence[Inline], depth: int, strong: bool = False) -> None:
        self._begin(depth)
        self._write(parts, strong)

    def _write(self, parts: Sequence[Inline], strong: bool = False) -> None:
        for part in parts:
            if isinstance(part, InlineFormula):
                self._formula(part.tex, 1.05 * self._size)
            elif isinstance(part, Prose):
                self._cursor.insertText(
                    part.text.replace("\n", "\u2028"), self._style(part, strong)
                )

    def _style(self, part: Prose, strong: bool) -> QTextCharFormat:
        style = QTextCharFormat()
        if strong or part.strong:
            style.setFontWeight(QFont.Weight.DemiBold)
        style.setFontItalic(part.emphasis)
        if part.code:
            style.setFontFamilies(["monospace"])
        return style

    def _formula(self, tex: str, size: float) -> None:
        style = QTextCharFormat()
        style.setObjectType(_FORMULA)
        style.setProperty(_TEX, f"{size} {tex}")
        if typeset(tex).descent > _TALL:
            style.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        self._cursor.insertText(_OBJECT, style)

    def _bullets(self, block: Bullets, depth: int) -> None:
        kind = QTextListFormat.Style
        form = QTextListFormat()
        form.setStyle(kind.ListDecimal if block.ordered else kind.ListDisc)
        form.setIndent(depth + 1)
        listed = None
        for item in block.items:
            for number, inner in enumerate(item):
                self._add(inner, depth + 1)
                if number or not isinstance(inner, Paragraph):
                    continue
                if listed is None:
                    listed = self._cursor.createList(form)
                else:
                    listed.add(self._cursor.block())
                within = self._cursor.blockFormat()
                within.setIndent(0)  # the list has its own
                self._cursor.setBlockFormat(within)

    def _table(self, block: TextTable) -> None:
        if not block.rows:
            return
        form = QTextTableFormat()
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderCollapse(True)
        form.setBorder(1)
        form.setCellPadding(0.35 * self._size)
        form.setCellSpacing(0)
        form.setHeaderRowCount(1)
        columns = max(len(row) for row in block.rows)
        form.setColumnWidthConstraints([QTextLength()] * columns)
        table = self._cursor.insertTable(len(block.rows), columns, form)
        for at, row in enumerate(block.rows):
            for across, cell in enumerate(row):
                self._cursor = table.cellAt(at, across).firstCursorPosition()
                self._write(cell, strong=at == 0)
        self._cursor = table.lastCursorPosition()
        self._cursor.movePosition(QTextCursor.MoveOperation.NextBlock)


def _sized(font: QFont, size: int) -> QFont:
    """``font`` at that size, whatever is the least of the present picture."""
    font.setPixelSize(size)
    return font


class _Formulas(QPyTextObject):
    """Paints the formulas of a document. Qt takes an object's height for what is above the line."""

    def __init__(self, parent: QObject, ink: str) -> None:
        super().__init__(parent)
        self._ink = ink

    def intrinsicSize(self, doc: QTextDocument, at: int, style: QTextFormat) -> QSizeF:
        """What a line has to leave free."""
        tex, size = _of(style)
        formula = typeset(tex)
        if formula.descent > _TALL:
            half = max(formula.ascent - _AXIS, formula.descent + _AXIS)
            return QSizeF(formula.width * size, 2 * half * size)
        # no less than letters, or what stands alone in its line would be higher than its neighbors
        return QSizeF(formula.width * size, max(formula.ascent, _ASCENT) * size)

    def drawObject(  # type: ignore[override]  # Qt only ever hands over a QRectF
        self, painter: QPainter, box: QRectF, doc: QTextDocument, at: int, style: QTextFormat
    ) -> None:
        """Paint it with its baseline on that of the text."""
        tex, size = _of(style)
        baseline = box.bottom()
        if typeset(tex).descent > _TALL:
            baseline = box.center().y() + _AXIS * size
        paint_formula(painter, tex, box.left(), baseline, size, self._ink)


def _of(style: QTextFormat) -> tuple[str, float]:
    """LaTeX and pixels an em of a formula."""
    size, _, tex = str(style.property(_TEX)).partition(" ")
    return tex, float(size)
