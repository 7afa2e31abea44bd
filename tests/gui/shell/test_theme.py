"""Colours: readable on every surface, and switched while running."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFont, QPalette

from hwstudio.gui.shell.theme import font, style_sheet
from hwstudio.gui.shell.theme_tokens import DARK, LIGHT


def luminance(colour: str) -> float:
    def linear(channel):
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    parts = QColor(colour)
    return (
        0.2126 * linear(parts.redF())
        + 0.7152 * linear(parts.greenF())
        + 0.0722 * linear(parts.blueF())
    )


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["text", "muted", "ok", "warn", "error", "accent"])
@pytest.mark.parametrize("ground", ["bg", "surface"])
def test_text_is_readable_on_its_ground(scheme, name, ground):
    assert contrast(getattr(scheme, name), getattr(scheme, ground)) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_the_accent_are_readable(scheme):
    assert contrast(scheme.on_accent, scheme.accent) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_has_no_token_left_unfilled(scheme):
    assert "@" not in style_sheet(scheme)


def test_switching_the_scheme_recolours_the_application(theme, qapp):
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.bg
    theme.set_mode("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.bg
    assert theme.toggle() == "light"
    assert theme.tokens is LIGHT


def test_tables_and_menus_keep_our_font_where_the_system_has_its_own_for_them(theme, qapp):
    for kind in ("QAbstractItemView", "QMenu"):  # as Windows does at a change of scheme
        qapp.setFont(QFont("Tahoma", 8), kind)
    theme.set_mode("dark")
    assert qapp.font("QAbstractItemView").family() == font().family()
    assert qapp.font("QMenu").family() == font().family()
