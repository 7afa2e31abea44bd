"""The Learn tab: layout and wiring."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QUrl, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.guide.link import BENCH, CODE, FOLDERS, PAGE, PLACE, Link, link_of
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.project.learn.own import Own
from hwstudio.core.project.learn.shelf import own_of, shelf
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.learn.opening import TAB
from hwstudio.gui.learn.reader import Reader
from hwstudio.gui.learn.viewmodel import LearnViewModel
from hwstudio.gui.shell.context import Context

LIST_PX = 304
NOT_LOOKED = "Pages, and code that runs as it stands."
LOOKED = "With the numbers of this computer, and code that runs as it stands."
NOTHING_FOUND = "No page holds these words."
_PLACES = {  # -> their tab
    "ways": "workload",
    "savings": "workload",
    "machine": "machine",
    "chooser": "configure",
    "offers": "cloud",
}
_HEADINGS = {PAGE: "Pages", CODE: "Code to copy"}
_KEY = Qt.ItemDataRole.UserRole
_PYTHON_FILES = "Python files (*.py)"


class LearnView(Screen):
    """Pages beside the user's own numbers, and code to copy."""

    def __init__(self, context: Context) -> None:
        super().__init__("Learn", NOT_LOOKED, has_controls=False)
        self._context = context
        self._machine = context.shared.machine
        with suppress(HwstudioError):  # opened in this thread; without it pages say "not measured"
            _ = context.studio.history
        self.model = LearnViewModel(shelf(), self._look, self)
        self._text = ""
        self._shown: tuple[str, str] | None = None
        self._build()
        self._connect()
        self._fill_list()
        self._on_changed()

    def _look(self) -> Own:
        """Return this computer's numbers (a job for the pool); it is looked at only once."""
        studio = self._context.studio
        if self._machine is None:
            self._machine = self._context.shared.machine or detect_machine(studio.catalog.match_gpu)
        return own_of(studio, self._machine)

    def _build(self) -> None:
        self.save = QPushButton("Save…")
        self.head.addWidget(self.save)
        self.set_primary("Copy code")
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._list_side())
        card = Card()
        self.reader = Reader()
        card.body.addWidget(self.reader, 1)
        row.addWidget(card, 1)
        self.answer.addLayout(row, 1)

    def _list_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(LIST_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find in the pages")
        self.filter.setAccessibleName("Find in the pages")
        self.filter.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Pages and code")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.filter)
        column.addWidget(self.list, 1)
        return side

    def _connect(self) -> None:
        self.model.changed.connect(self._on_changed)
        self.filter.textChanged.connect(self._on_searched)
        self.list.currentItemChanged.connect(self._on_chosen)
        self.reader.anchorClicked.connect(self._on_link)
        self.primary.clicked.connect(self._on_primary)
        self.save.clicked.connect(self._on_save)
        self._context.theme.changed.connect(self._on_theme_changed)
        self._context.shared.place_wanted.connect(self._on_place_wanted)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.look()  # something may have been measured meanwhile

    # --- what is shown -----------------------------------------------------------------------

    def _fill_list(self) -> None:
        state = self.model.state
        with QSignalBlocker(self.list):
            self.list.clear()
            last = ""
            for kind, page in self.model.found():
                if kind != last:
                    self._add_heading(_HEADINGS[kind])
                    last = kind
                item = QListWidgetItem(page.title)
                item.setData(_KEY, (kind, page.id))
                item.setToolTip(page.title)
                self.list.addItem(item)
                if (kind, page.id) == (state.kind, state.name):
                    self.list.setCurrentItem(item)
            if not last:
                self._add_heading(NOTHING_FOUND)

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    @Slot()
    def _on_changed(self) -> None:
        state = self.model.state
        text, now = self.model.markdown(), (state.kind, state.name)
        if text != self._text:
            self.reader.show_markdown(text, is_new=now != self._shown)
            self._text = text
        if now != self._shown:
            self._shown = now
            self._mark(now)
        self.purpose.setText(NOT_LOOKED if state.own is None else LOOKED)
        is_code = state.kind == CODE
        self.save.setVisible(is_code)
        self.primary.setText("Copy code" if is_code else "Create project folders…")
        self.primary.setVisible(is_code or self.model.offers_folders)
        if state.error:
            self.notice.say("error", state.error)
        elif state.said:
            self.notice.say("ok", state.said)
        else:
            self.notice.clear()

    def _mark(self, key: tuple[str, str]) -> None:
        """Let the list stand on what is shown, whoever chose it."""
        for number in range(self.list.count()):
            item = self.list.item(number)
            if item.data(_KEY) == key and item is not self.list.currentItem():
                with QSignalBlocker(self.list):
                    self.list.setCurrentItem(item)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.reader.show_markdown(self._text, is_new=False)

    # --- what is asked for -------------------------------------------------------------------

    @Slot(str)
    def _on_searched(self, text: str) -> None:
        self.model.search(text)
        self._fill_list()

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_chosen(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        key = None if item is None else item.data(_KEY)
        if key:
            self.model.show(*key)

    @Slot(str, str)
    def _on_place_wanted(self, tab: str, place: str) -> None:
        if tab == TAB:
            kind, _, name = place.partition("/")
            self.filter.clear()
            self.model.show(kind, name)

    @Slot(QUrl)
    def _on_link(self, url: QUrl) -> None:
        link = link_of(url.toString())
        if link is not None:
            self.follow(link)

    def follow(self, link: Link) -> None:
        """Go where a link leads."""
        if link.kind in (PAGE, CODE):
            self._on_place_wanted(TAB, f"{link.kind}/{link.name}")
        elif link.kind == BENCH:
            self._go("bench", link.name)
        elif link.kind == PLACE and link.name == FOLDERS:
            self._ask_for_folder()
        else:
            self._go(_PLACES[link.name], link.name)

    def _go(self, tab: str, place: str) -> None:
        self._context.open_tab(tab)
        self._context.shared.place_wanted.emit(tab, place)

    @Slot()
    def _on_primary(self) -> None:
        code = self.model.code
        if code is None:
            self._ask_for_folder()
            return
        QGuiApplication.clipboard().setText(code.to_copy)
        self._context.status(f"Copied: {code.file_name}")

    @Slot()
    def _on_save(self) -> None:
        code = self.model.code
        if code is None:
            return
        start = str(Path.home() / code.file_name)
        name, _ = QFileDialog.getSaveFileName(self, "Save the code", start, _PYTHON_FILES)
        if name:
            self.model.save_code(Path(name))

    def _ask_for_folder(self) -> None:
        title = "Where the folders are created"
        name = QFileDialog.getExistingDirectory(self, title, str(Path.home()))
        if name:
            self.model.create_folders(Path(name))
