"""Opens the earlier versions of the project and takes the chosen one back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.project.jobs import find_job
from hwstudio.core.project.versions import VersionStore
from hwstudio.core.studio import Studio
from hwstudio.gui.configure.viewmodel import ConfigureViewModel


def show_versions(studio: Studio, model: ConfigureViewModel, parent: QWidget) -> None:
    """Show them until the dialog is closed; what is open is kept as a version first."""
    from hwstudio.gui.configure.versions_dialog import VersionsDialog

    model.save_now()
    present = model.session
    kept = VersionStore(studio.home.versions_dir).projects()

    def title(job: str) -> str:
        try:
            return find_job(studio.catalog, job).title
        except HwstudioError:
            return job

    dialog = VersionsDialog(kept, present, title, parent)
    dialog.exec()
    if dialog.chosen is not None:
        model.take_version(dialog.chosen)
    dialog.deleteLater()
