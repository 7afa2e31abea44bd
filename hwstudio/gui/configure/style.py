"""The two kinds of button only this tab has, in the theme's colours."""

from __future__ import annotations

from hwstudio.gui.shell.theme_tokens import Tokens

_SHEET = """
QPushButton[segment="true"] {{ background: transparent; border: 1px solid transparent;
  color: {muted}; padding: 4px 10px; font-weight: 600; }}
QPushButton[segment="true"]:hover {{ background: {raised}; }}
QPushButton[segment="true"]:checked {{ background: {raised}; color: {text}; }}
QPushButton[segment="true"]:focus {{ border: 2px solid {accent}; padding: 3px 9px; }}
QPushButton[build="true"] {{ background: {surface}; border: 1px solid {line}; padding: 0px;
  min-height: 60px; }}
QPushButton[build="true"]:hover {{ background: {raised}; }}
QPushButton[build="true"]:checked {{ border: 2px solid {accent}; }}
QPushButton[build="true"]:focus {{ border: 2px solid {text}; }}
"""


def sheet(tokens: Tokens) -> str:
    """Return the style sheet of one scheme."""
    return _SHEET.format(
        muted=tokens.muted,
        raised=tokens.raised,
        text=tokens.text,
        accent=tokens.accent,
        surface=tokens.surface,
        line=tokens.line,
    )
