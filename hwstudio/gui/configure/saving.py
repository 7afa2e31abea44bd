"""Save and Save as, with the one question that a replaced file is worth."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from hwstudio.core.project.file import SUFFIX
from hwstudio.gui.configure.viewmodel import ConfigureViewModel

FILTER = f"hwstudio project (*{SUFFIX})"
_LONGEST_NAME = 60
_CHANGED = (
    "{} was changed outside this window, or holds another project. Saving replaces what stands "
    "there now.\n\nTo keep both, do not save here and use Save as."
)
_EXISTS = "{} exists already. Saving replaces it."


def folder_of(model: ConfigureViewModel) -> str:
    """Return where dialogs about this project begin."""
    file = model.state.file
    return str(file.parent if file is not None else Path.home())


def suggested(model: ConfigureViewModel, ending: str) -> str:
    """Return the path a dialog suggests: the project's name, as far as a file may be called so."""
    clean = re.sub(r'[<>:"/\\|?*]+', "-", model.state.project.name).strip(" .-")
    return str(Path(folder_of(model)) / f"{clean[:_LONGEST_NAME].strip() or 'project'}{ending}")


def save(model: ConfigureViewModel, parent: QWidget) -> bool:
    """Save to the project's file, or ask for one; a file that was changed outside is asked for."""
    file = model.state.file
    if file is None:
        return save_as(model, parent)
    if not model.is_changed_outside(file):
        return model.save_file(file)
    if not may_replace(parent, _CHANGED.format(file.name)):
        return False
    return model.save_file(file, replaces=True)


def save_as(model: ConfigureViewModel, parent: QWidget) -> bool:
    """Ask for a file and save there. The dialog itself asks before it returns a file there is."""
    start = suggested(model, SUFFIX)
    name, _ = QFileDialog.getSaveFileName(parent, "Save the project", start, FILTER)
    if not name:
        return False
    path = with_ending(name, (SUFFIX,))
    # The dialog looked for the name as it was typed, not for the one with the ending.
    is_new_name = str(path) != name
    if is_new_name and path.exists() and not may_replace(parent, _EXISTS.format(path.name)):
        return False
    return model.save_file(path, replaces=True)


def with_ending(name: str, endings: tuple[str, ...]) -> Path:
    """Return the path with the first ending, unless it has one of them."""
    return Path(name if name.lower().endswith(endings) else f"{name}{endings[0]}")


def may_replace(parent: QWidget, words: str) -> bool:
    """Ask whether a file may be replaced; closing the question means no."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Save the project", words, parent=parent)
    replace = box.addButton("Replace it", QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton("Do not save", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    agreed = box.clickedButton() is replace
    box.deleteLater()
    return agreed
