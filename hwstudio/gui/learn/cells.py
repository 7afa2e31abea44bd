"""Cells of tables that carry more than words: bars, and words with a tip."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)

from hwstudio.core.guide.cell import TIP, Bar
from hwstudio.gui.kit.theme_access import tokens

WIDTH_PX, HEIGHT_PX = 220, 14
_BAR_PX, _ROUND_PX, _LEAST_PX = 10.0, 3.0, 2.0
_OWN, _OTHER = 0, 6  # of the series' colours: the first is this machine


def bar_image(bar: Bar, ratio: float) -> QImage:
    """Paint a bar; ``ratio`` is how many dots of the screen a pixel has."""
    image = QImage(
        round(WIDTH_PX * ratio), round(HEIGHT_PX * ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    colours = tokens()
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.series[_OWN if bar.is_own else _OTHER]))
    top = (HEIGHT_PX - _BAR_PX) / 2
    wide = max(_LEAST_PX, bar.value * WIDTH_PX)
    painter.drawRoundedRect(QRectF(0, top, wide, _BAR_PX), _ROUND_PX, _ROUND_PX)
    if bar.high > bar.low:
        painter.setBrush(QColor(colours.text))
        left, right = bar.low * WIDTH_PX, bar.high * WIDTH_PX
        painter.drawRect(QRectF(left, HEIGHT_PX / 2 - 1, max(_LEAST_PX, right - left), 2))
    painter.end()
    return image


def dress_tips(block: QTextBlock) -> None:
    """Words with a tip look like words, with a dotted line; the tip stays and can be tabbed to."""
    look = QTextCharFormat()
    look.setForeground(QColor(tokens().text))
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
    look.setUnderlineColor(QColor(tokens().muted))
    found: list[tuple[int, int]] = []
    walk = block.begin()
    while not walk.atEnd():
        part = walk.fragment()
        if part.charFormat().anchorHref() == TIP:
            found.append((part.position(), part.position() + part.length()))
        walk += 1
    cursor = QTextCursor(block)
    for begin, end in found:
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(look)
