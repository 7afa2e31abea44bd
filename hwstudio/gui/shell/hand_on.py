"""Gives a text to the user: on the clipboard, or as a file where the user says."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def save_text(parent: QWidget, title: str, name: str, text: str) -> Path | None:
    """Ask where, and write; None when the user thought better, or after a failure was told."""
    return save_bytes(parent, title, name, text.encode())


def save_bytes(parent: QWidget, title: str, name: str, content: bytes) -> Path | None:
    """Ask where, and write; None when the user thought better, or after a failure was told."""
    kind = f"*{Path(name).suffix}"
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path.home() / name), kind)
    if not chosen:
        return None
    try:
        Path(chosen).write_bytes(content)
    except OSError as error:
        words = f"{chosen} could not be written: {error.strerror or error}. Choose another folder."
        QMessageBox.warning(parent, title, words)
        return None
    return Path(chosen)
