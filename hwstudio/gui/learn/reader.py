"""Shows Markdown in the app's type and colours, at a width that reads well."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QToolTip, QWidget

from hwstudio.core.guide.cell import BAR, TIP, bar_of
from hwstudio.gui.kit.theme_access import tokens
from hwstudio.gui.learn.cells import bar_image, dress_tips
from hwstudio.gui.shell.theme import BODY_PX, LEAD_PX, SMALL_PX, TITLE_PX

WIDTH_PX = 800  # room for a table of four columns and for code of 100 letters
_HEADING_PX = {1: TITLE_PX, 2: LEAD_PX}
_LINE_PERCENT = 130.0
_CELL_PX = 6.0
_AFTER_PX, _BEFORE_HEADING_PX = 8.0, 16.0
_TABLE_PERCENT = 98.0  # with its border, all of the width is too much and would scroll


class Reader(QTextBrowser):
    """``show_markdown``; links are told by ``anchorClicked`` and never opened by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Page")
        self.anchorClicked.connect(self._on_link)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines short on a wide screen; the scroll bar stays at the edge."""
        self.setViewportMargins(0, 0, max(0, self.width() - WIDTH_PX), 0)
        super().resizeEvent(event)

    def show_markdown(self, text: str, *, is_new: bool) -> None:
        """Show a text; a page that is only filled in stays where it was scrolled to."""
        place = 0 if is_new else self.verticalScrollBar().value()
        self.setMarkdown(text)
        self._dress()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(place)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Paint the bars of charts; nothing else is ever loaded."""
        url = QUrl(name).toString()
        bar = bar_of(url) if url.startswith(BAR) else None
        if bar is None or kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        return bar_image(bar, self.devicePixelRatioF())

    @Slot(QUrl)
    def _on_link(self, url: QUrl) -> None:
        """Show a tip that was reached by keyboard or clicked."""
        if url.toString() == TIP:
            cursor = self.textCursor()
            cursor.setPosition(cursor.selectionEnd())
            if not cursor.charFormat().toolTip():  # clicked before the first letter
                cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
            tip = cursor.charFormat().toolTip()
            place = self.viewport().mapToGlobal(self.cursorRect().bottomLeft())
            QToolTip.showText(place, tip, self)

    def _dress(self) -> None:
        """Qt reads Markdown in a look of its own; give every block ours."""
        document = self.document()
        block = document.begin()
        while block.isValid():
            cursor = QTextCursor(block)
            form = QTextBlockFormat(block.blockFormat())
            if form.hasProperty(QTextFormat.Property.BlockCodeFence):
                _as_code(cursor, form)
            elif cursor.currentTable() is None:
                _as_text(cursor, form)
            _lighten(block)
            dress_tips(block)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _dress_table(frame)


def _as_text(cursor: QTextCursor, form: QTextBlockFormat) -> None:
    form.setLineHeight(_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    level = form.headingLevel()
    if level:
        form.setTopMargin(0.0 if level == 1 else _BEFORE_HEADING_PX)
        form.setBottomMargin(_AFTER_PX)
        look = QTextCharFormat()  # a whole new one: Qt's own size of headings would win
        look.setProperty(QTextFormat.Property.FontPixelSize, _HEADING_PX.get(level, BODY_PX))
        look.setFontWeight(QFont.Weight.DemiBold)
        cursor.setBlockFormat(form)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(look)
        return
    form.setTopMargin(_AFTER_PX if _follows_a_block(cursor) else 0.0)
    form.setBottomMargin(_AFTER_PX if cursor.currentList() is None else _AFTER_PX / 2)
    cursor.setBlockFormat(form)


def _follows_a_block(cursor: QTextCursor) -> bool:
    """Say whether a paragraph comes after code, a list or a table, which have no margin below."""
    before = cursor.block().previous()
    if not before.isValid() or cursor.currentList() is not None:
        return False
    other = QTextCursor(before)
    is_code = before.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
    return is_code or other.currentList() is not None or other.currentTable() is not None


def _lighten(block: QTextBlock) -> None:
    """Strong words in the weight the bundled font has; a bolder one would be painted twice."""
    look = QTextCharFormat()
    look.setFontWeight(QFont.Weight.DemiBold)
    strong: list[tuple[int, int]] = []
    walk = block.begin()
    while not walk.atEnd():
        part = walk.fragment()
        if part.charFormat().fontWeight() > QFont.Weight.DemiBold.value:
            strong.append((part.position(), part.position() + part.length()))
        walk += 1
    cursor = QTextCursor(block)
    for begin, end in strong:
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(look)


def _as_code(cursor: QTextCursor, form: QTextBlockFormat) -> None:
    form.setBackground(QColor(tokens().raised))
    cursor.setBlockFormat(form)
    look = QTextCharFormat()
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    look.setFontFamilies([fixed.family()])
    look.setProperty(QTextFormat.Property.FontPixelSize, SMALL_PX)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(look)


def _dress_table(table: QTextTable) -> None:
    form = table.format()
    form.setBorder(1.0)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderCollapse(True)
    form.setBorderBrush(QColor(tokens().line))
    form.setCellPadding(_CELL_PX)
    form.setCellSpacing(0.0)
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, _TABLE_PERCENT))
    table.setFormat(form)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        look = cell.format()
        look.setBackground(QColor(tokens().raised))
        cell.setFormat(look)
