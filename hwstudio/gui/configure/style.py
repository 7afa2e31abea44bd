"""The kinds of button and field only this tab has, in the theme's colours."""

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
QPushButton[step="true"] {{ background: {surface}; border: 1px solid {line}; padding: 0px;
  min-height: 26px; text-align: left; }}
QPushButton[step="true"]:hover {{ background: {raised}; }}
QPushButton[step="true"][current="true"] {{ background: {raised};
  border-left: 4px solid {accent}; }}
QPushButton[step="true"]:focus {{ border: 2px solid {accent}; }}
QPushButton[link="true"] {{ background: transparent; border: 1px solid transparent;
  color: {accent}; padding: 0px; text-align: left; min-height: 16px; font-size: 12px; }}
QPushButton[link="true"][beside="true"] {{ min-height: 13px; max-height: 13px; }}
QPushButton[link="true"]:hover {{ text-decoration: underline; }}
QPushButton[link="true"]:focus {{ border: 1px solid {accent}; }}
QPushButton[small="true"] {{ background: transparent; border: 1px solid transparent;
  color: {muted}; padding: 0px 5px; min-height: 16px; font-size: 12px; }}
QPushButton[small="true"]:hover {{ background: {raised}; }}
QPushButton[small="true"]:checked {{ background: {raised}; color: {text};
  border: 1px solid {line}; }}
QPushButton[small="true"]:focus {{ border: 1px solid {accent}; }}
QComboBox:editable {{ padding-left: 6px; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus {{ border: none; padding: 0px; min-height: 0px;
  background: transparent; }}
QComboBox[bad="true"] {{ border: 2px solid {error}; padding: 3px 7px; }}
"""


def sheet(tokens: Tokens) -> str:
    """Return the style sheet of one scheme."""
    return _SHEET.format(
        muted=tokens.muted,
        raised=tokens.raised,
        text=tokens.text,
        accent=tokens.accent,
        surface=tokens.surface,
        error=tokens.error,
        line=tokens.line,
    )
