"""A report: which, on which paper, its pages to look at, and a file to keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.report.as_pdf import Paper, has_pdf
from hwstudio.core.report.blocks import Document
from hwstudio.core.report.write import write_document
from hwstudio.gui.kit.card import Notice
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label
from hwstudio.gui.report.preview import Preview, Rendered, page_words, rendered

FORMS = (
    (".pdf", "PDF"), (".html", "Web page"), (".docx", "Word document"), (".xlsx", "Excel tables"),
    (".csv", "CSV tables"), (".json", "JSON"), (".md", "Markdown"),
)  # fmt: skip
PAPERS = ((Paper.A4.value, "A4"), (Paper.LETTER.value, "US Letter"))
_SIZE = (900, 640)
_FORM_WORDS = {
    ".pdf": "To print or send. Reads well with a screen reader.",
    ".html": "One file for any browser, nothing to load.",
    ".docx": "To edit on. Charts are tables of their numbers there.",
    ".xlsx": "Every table on a sheet of its own; sums are formulas.",
    ".csv": "The tables alone, exact numbers.",
    ".json": "For programs: every figure, exact and as shown.",
    ".md": "Plain text with tables.",
}
_NO_PDF = "This copy cannot make PDF files: save a web page and print that."


@dataclass(frozen=True, slots=True)
class ReportChoice:
    """One report on offer; ``make`` is called in a background thread."""

    title: str
    make: Callable[[], Document]


class ReportDialog(QDialog):
    """Stays open after saving, so that another form can be saved too."""

    def __init__(self, choices: Sequence[ReportChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report")
        self._choices = tuple(choices)
        self._shown: Rendered | None = None
        self._saved: Path | None = None
        self._making, self._writing = Task(self), Task(self)
        self._make()
        self._lay_out()
        self._connect()
        self._on_form(self.form.value)
        self._render()

    # --- layout ----------------------------------------------------------------------------------

    def _make(self) -> None:
        listed = [(str(n), choice.title) for n, choice in enumerate(self._choices)]
        self.kind = ChoiceField("Report", listed, "0")
        self.paper = ChoiceField("Paper", PAPERS, PAPERS[0][0])
        forms = FORMS if has_pdf() else FORMS[1:]
        self.form = ChoiceField("Format", forms, forms[0][0])
        self.about = label("", "small", wrap=True)
        self.count = label("", "small", wrap=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Making the report")
        self.preview = Preview()
        self.notice = Notice()
        self.save = QPushButton("Save as …")
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        self.close_button = QPushButton("Close")

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(12)
        for words, field in (("Report", self.kind), ("Paper", self.paper), ("Format", self.form)):
            left.addWidget(labelled(words, field))
        left.addWidget(self.about)
        left.addWidget(self.count)
        if not has_pdf():
            left.addWidget(label(_NO_PDF, "small", wrap=True))
        left.addStretch(1)
        left.addWidget(self.progress)
        holder = QWidget()
        holder.setFixedWidth(220)
        left.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(left)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(holder)
        middle.addWidget(self.preview, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(middle, 1)
        box.addWidget(self.notice)
        box.addLayout(buttons)
        self.resize(*_SIZE)

    def _connect(self) -> None:
        self.kind.chosen.connect(self._render)
        self.paper.chosen.connect(self._render)
        self.form.chosen.connect(self._on_form)
        self.save.clicked.connect(self._on_save)
        self.close_button.clicked.connect(self.reject)
        self.notice.acted.connect(self._on_open)
        self._making.done.connect(self._on_rendered)
        self._making.failed.connect(self._on_failed)
        self._making.busy_changed.connect(self._on_busy)
        self._writing.done.connect(self._on_saved)
        self._writing.failed.connect(self._on_failed)
        self._writing.busy_changed.connect(self._on_busy)

    # --- what it shows ---------------------------------------------------------------------------

    @Slot()
    def _render(self) -> None:
        self.notice.clear()
        choice = self._choices[int(self.kind.value)]
        self._making.start(partial(_made, choice.make, Paper(self.paper.value)))

    @Slot(bool)
    def _on_busy(self, _is_busy: bool) -> None:
        is_busy = self._making.is_busy or self._writing.is_busy
        self.progress.setVisible(is_busy)
        self.save.setEnabled(not is_busy and self._shown is not None)

    @Slot(object)
    def _on_rendered(self, found: object) -> None:
        if isinstance(found, Rendered):
            self._shown = found
            self.preview.show_rendered(found)
            self.count.setText(page_words(found.pages) if found.pages else "")
            self._on_busy(False)

    @Slot(str)
    def _on_form(self, ending: str) -> None:
        self.about.setText(_FORM_WORDS[ending])

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._saved = None
        self.notice.say("error", sentence)

    # --- saving ----------------------------------------------------------------------------------

    @Slot()
    def _on_save(self) -> None:
        if self._shown is None:
            return
        ending = self.form.value
        start = _documents() / f"{file_stem(self._shown.document.title)}{ending}"
        form = f"{self.form.currentText()} (*{ending})"
        name, _ = QFileDialog.getSaveFileName(self, "Save the report", str(start), form)
        if name:
            out = Path(name)
            self.save_to(out if out.suffix.lower() == ending else Path(f"{name}{ending}"))

    def save_to(self, out: Path) -> None:
        """Write the report that is shown; the dialog says when it is done."""
        if self._shown is None:
            return
        self.notice.clear()
        document, paper = self._shown.document, Paper(self.paper.value)
        self._writing.start(partial(_written, out, document, paper))

    @Slot(object)
    def _on_saved(self, out: object) -> None:
        if isinstance(out, Path):
            self._saved = out
            self.notice.say("ok", f"Saved as {out.name}.", "Open")

    @Slot()
    def _on_open(self) -> None:
        if self._saved is None:
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved))):
            words = "Nothing here opens such a file; it lies at"
            self.notice.say("warn", f"{words} {self._saved}")


def show_report(choices: Sequence[ReportChoice], parent: QWidget) -> ReportDialog:
    """Open the dialog over a window without holding it up."""
    dialog = ReportDialog(choices, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def file_stem(title: str) -> str:
    """Return a title as the stem of a file's name every system takes."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", title).strip(" .")[:80] or "report"


def _made(make: Callable[[], Document], paper: Paper) -> Rendered:
    return rendered(make(), paper)


def _written(out: Path, document: Document, paper: Paper) -> Path:
    write_document(out, document, paper)
    return out


def _documents() -> Path:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(place) or Path.home())
