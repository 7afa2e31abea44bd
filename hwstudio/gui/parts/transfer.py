"""Files in and out of what is the user's own; the dialogs are made when they are needed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.fact import Fact
from hwstudio.core.model.part import PartKind
from hwstudio.gui.kit.task import Task

if TYPE_CHECKING:
    from hwstudio.core.catalog.intake.preview import Options, Preview
    from hwstudio.gui.parts.intake_dialog import IntakeDialog
    from hwstudio.gui.parts.own_part_dialog import OwnPartDialog

READABLE = "Tables (*.csv *.xlsx *.tsv *.txt)"
WRITABLE = "Workbook (*.xlsx)"


class Transfer(QObject):
    """Import with a preview, undo, export, and parts typed in."""

    changed = Signal()
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, catalog: Catalog, overlay: Overlay) -> None:
        super().__init__(window)
        self._window, self._catalog, self._overlay = window, catalog, overlay
        self._reading = Task(self)
        self._reading.done.connect(self._on_read)
        self._reading.failed.connect(self._on_unreadable)
        self._file = Path()
        self.dialog: IntakeDialog | None = None
        self.form: OwnPartDialog | None = None
        self._kind = PartKind.GPU

    # --- in ------------------------------------------------------------------------------------

    @Slot()
    def take_in(self) -> None:
        """Ask for a file, then show what it would change."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Import prices or parts", "", READABLE)
        if name:
            self.show_file(Path(name))

    def show_file(self, file: Path) -> None:
        """Show what a file would change; nothing is written before the user says so."""
        from hwstudio.gui.parts.intake_dialog import IntakeDialog

        self._file = file
        self.dialog = IntakeDialog(file, self._window)
        self.dialog.asked.connect(self._on_asked)
        self.dialog.accepted.connect(self._on_accepted)
        self._on_asked(self.dialog.options())
        self.dialog.open()

    @Slot(object)
    def _on_asked(self, options: Options) -> None:
        self._reading.start(partial(self._preview, self._file, options))

    def _preview(self, file: Path, options: Options) -> Preview:
        from hwstudio.core.catalog.intake import intake
        from hwstudio.core.catalog.overlay.known import Known

        return intake.preview(file, Known.of(self._catalog, self._overlay), self._overlay, options)

    @Slot(object)
    def _on_read(self, found: Preview) -> None:
        if self.dialog is not None:
            self.dialog.show_preview(found)

    @Slot(str)
    def _on_unreadable(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.show_trouble(sentence)

    @Slot()
    def _on_accepted(self) -> None:
        found = self.dialog.found if self.dialog is not None else None
        if found is None:
            return
        from hwstudio.core.catalog.intake import intake

        try:
            intake.apply(found, self._overlay)
        except HwstudioError as error:
            self.failed.emit(error.sentence)
            return
        self.said.emit(f"Took in {len(found.accepted):,} from {found.file.name}.")
        self.changed.emit()

    @Slot()
    def take_back(self) -> None:
        """Undo the newest import; what was changed again since stays and is said."""
        from hwstudio.core.catalog.intake.intake import IMPORT

        imports = [one for one in self._overlay.batches() if one.title.startswith(IMPORT)]
        if not imports:
            self.said.emit("There is no import to undo.")
            return
        try:
            undone = self._overlay.undo(imports[0].id)
        except HwstudioError as error:
            self.failed.emit(error.sentence)
            return
        kept = f" {len(undone.kept)} changed again since were left alone." if undone.kept else ""
        self.said.emit(f"Undone: {imports[0].title}, {undone.undone:,} changes.{kept}")
        self.changed.emit()

    # --- out -----------------------------------------------------------------------------------

    @Slot()
    def hand_out(self) -> None:
        """Ask where to, then write everything that is the user's to a workbook."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Export what is mine", "my-parts.xlsx", WRITABLE
        )
        if name:
            self.write(Path(name if name.lower().endswith(".xlsx") else f"{name}.xlsx"))

    def write(self, file: Path) -> None:
        """Write everything that is the user's to a workbook."""
        from hwstudio.core.catalog.intake.outgo import export
        from hwstudio.core.catalog.overlay.known import Known

        try:
            counts = export(self._overlay, Known.of(self._catalog, self._overlay), file)
        except HwstudioError as error:
            self.failed.emit(error.sentence)
            return
        words = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.said.emit(f"Wrote {file.name}: {words}.")

    # --- a part typed in -------------------------------------------------------------------------

    def add_part(self, kind: str, facts: tuple[Fact, ...] = ()) -> None:
        """Open the form for a part of a kind, filled in like the part whose facts are given."""
        from hwstudio.gui.parts.own_part_dialog import OwnPartDialog

        known = {one.value for one in PartKind}
        self._kind = PartKind(kind) if kind in known else PartKind.GPU_CARD
        like = _typed(self._kind, facts) if kind in known else {}
        models = sorted((gpu.name, gpu.id) for gpu in self._catalog.gpus())
        gpus = [(gpu_id, name) for name, gpu_id in models]
        self.form = OwnPartDialog(self._kind, like, gpus, self._window)
        self.form.offered.connect(self._on_offered)
        self.form.open()

    @Slot(object)
    def _on_offered(self, cells: dict[str, str]) -> None:
        from hwstudio.core.catalog.intake.parts import described
        from hwstudio.core.catalog.overlay.known import Known

        form = self.form
        if form is None:
            return
        try:
            known = Known.of(self._catalog, self._overlay)
            part = described(self._kind, list(cells.items()), form.source.text(), known)
            self._overlay.save_own_part(part)
        except HwstudioError as error:
            form.show_trouble(error.sentence)
            return
        form.accept()
        self.said.emit(f"{part.name} is kept among your own parts.")
        self.changed.emit()


def _typed(kind: PartKind, facts: tuple[Fact, ...]) -> dict[str, str]:
    """Return facts as a person would type them, by the text's column names."""
    from hwstudio.core.catalog.overlay.own_part import part_tables

    values = {fact.name: fact.value for fact in facts}
    typed: dict[str, str] = {}
    for column in part_tables()[kind].columns:
        value = values.get(column.to)
        if value is None or column.mark is not None:
            continue
        if isinstance(value, (int, float)) and column.factor != 1.0:
            value = value / column.factor
        typed[column.name] = f"{value:g}" if isinstance(value, float) else str(value)
    return typed
