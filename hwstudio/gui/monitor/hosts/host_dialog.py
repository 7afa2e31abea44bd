"""Add or change a computer: its addresses, what stands there, its secret; with a test."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.network import Network
from hwstudio.core.monitor.hosts.entry import HostEntry, Source, checked
from hwstudio.gui.kit.card import Notice
from hwstudio.gui.kit.fields import ChoiceField, labelled
from hwstudio.gui.kit.task import Task
from hwstudio.gui.kit.text import label
from hwstudio.gui.monitor.hosts.secret_field import SecretField
from hwstudio.gui.monitor.hosts.trial import Computer, Finding, guess, match_of, try_out

_KINDS = (
    (Source.PAGE.value, "Its own page: hwstudio, node_exporter, DCGM exporter"),
    (Source.SERVER.value, "A Prometheus or VictoriaMetrics server"),
)
_PORTS = (
    "hwstudio 9877 · node_exporter 9100 · DCGM exporter 9400 · Prometheus 9090\n"
    "Several pages of one computer: a space between."
)
_PACES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0)
_INSTANCE = Qt.ItemDataRole.UserRole
_WIDE, _LIST_HIGH = 520, 96


class HostDialog(QDialog):
    """Accepting needs an entry that can be used; ``entry`` returns it."""

    def __init__(
        self,
        network: Network,
        names: Iterable[str],
        entry: HostEntry | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._network, self._entry = network, entry
        self._names = frozenset(names) - {entry.name if entry else ""}
        self._is_kind_chosen = self._is_tried = entry is not None
        self.setWindowTitle(f"Change {entry.name}" if entry else "Add a computer")
        self._make()
        self._lay_out(_buttons(self, "Save" if entry else "Add"))
        self._task = Task(self)
        self._connect()
        if entry is not None:
            self._show_entry(entry)
        self._show_kind()

    # --- layout ------------------------------------------------------------------------------

    def _make(self) -> None:
        self.addresses = QLineEdit()
        self.addresses.setAccessibleName("Addresses")
        self.addresses.setPlaceholderText("gpu1:9100 gpu1:9400")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.setPlaceholderText("as in the address")
        self.kind = ChoiceField("What stands there", _KINDS, Source.PAGE.value)
        self.test = QPushButton("Test")
        self.test.setToolTip("Look once and say what is found")
        self.found = Notice()
        self.computers = QListWidget()
        self.computers.setAccessibleName("Computers the server reads")
        self.computers.setFixedHeight(_LIST_HIGH)
        self.match = QLineEdit()
        self.match.setAccessibleName("Series of the computer")
        self.match.setPlaceholderText('instance="gpu1:9100"')
        self.secret = SecretField()
        self.pace = ChoiceField("Read every", [(f"{s:g}", _pace_words(s)) for s in _PACES], "0")
        self._problem = label("", "error", wrap=True)
        self._problem.hide()

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        self._server = QWidget()
        server = QVBoxLayout(self._server)
        server.setContentsMargins(0, 0, 0, 0)
        server.setSpacing(8)
        self._list_box = labelled(
            "Which of the addresses it reads are this computer", self.computers
        )
        policy = self._list_box.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Maximum)
        self._list_box.setSizePolicy(policy)
        server.addWidget(self._list_box)
        server.addWidget(labelled("Its series (filled in by the list)", self.match))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(labelled("What stands there", self.kind), 1)
        row.addWidget(self.test, 0, Qt.AlignmentFlag.AlignBottom)
        names = QHBoxLayout()
        names.setSpacing(8)
        names.addWidget(labelled("Name", self.name), 1)
        names.addWidget(labelled("Read every", self.pace), 1)
        box = QVBoxLayout(self)
        box.setSizeConstraint(QLayout.SizeConstraint.SetMinAndMaxSize)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(labelled("Addresses", self.addresses))
        box.addWidget(label(_PORTS, "small"))
        box.addLayout(row)
        box.addWidget(self.found)
        box.addWidget(self._server)
        box.addLayout(names)
        box.addWidget(labelled("Secret", self.secret))
        box.addWidget(self._problem)
        box.addWidget(buttons)
        self.addresses.setMinimumWidth(_WIDE - 48)

    def _connect(self) -> None:
        self.addresses.textEdited.connect(self._on_addresses)
        self.name.textEdited.connect(self._on_edited)
        self.match.textEdited.connect(self._on_edited)
        self.kind.chosen.connect(self._on_kind)
        self.pace.chosen.connect(self._on_edited)
        self.secret.edited.connect(self._on_edited)
        self.test.clicked.connect(self._on_test)
        self.computers.itemChanged.connect(self._on_ticked)
        self._task.done.connect(self._on_found)
        self._task.failed.connect(self._on_failed)

    def _show_entry(self, entry: HostEntry) -> None:
        self.addresses.setText(" ".join(entry.urls))
        self.name.setText(entry.name)
        self.kind.set_value(entry.source.value)
        self.match.setText(entry.match)
        self.secret.show_entry(entry)
        pace = f"{entry.interval_s:g}"
        if self.pace.findData(pace) < 0:
            self.pace.addItem(_pace_words(entry.interval_s), pace)
        self.pace.set_value(pace)

    # --- what was entered --------------------------------------------------------------------

    def _texts(self) -> tuple[str, ...]:
        return tuple(self.addresses.text().replace(",", " ").split())

    def _raw(self) -> HostEntry:
        texts = self._texts()
        user, password_file = self.secret.login
        is_server = self.kind.value == Source.SERVER.value
        return HostEntry(
            name=self.name.text().strip() or self._usual_name(),
            urls=texts,
            source=Source(self.kind.value),
            match=self.match.text().strip() if is_server else "",
            interval_s=float(self.pace.value),
            token_file=self.secret.token_file,
            user=user,
            password_file=password_file,
        )

    def _usual_name(self) -> str:
        """Return the name for who enters none: the first host's."""
        if self.kind.value == Source.SERVER.value:
            ticked = self._ticked()
            return ticked[0].rpartition(":")[0] or ticked[0] if ticked else ""
        for text in self._texts()[:1]:
            try:
                return urlsplit(text if "://" in text else f"http://{text}").hostname or ""
            except ValueError:
                return ""
        return ""

    def entry(self) -> HostEntry:
        """Return the computer.

        Raises:
            UserError: it cannot be used.
        """
        return checked(self._raw())

    def _why_not(self) -> str:
        if not self._texts():
            return "Enter an address, like gpu1:9100."
        if self.secret.why_bad:
            return self.secret.why_bad
        raw = self._raw()
        if self.kind.value == Source.SERVER.value and not raw.match:
            return "Press Test and tick the computer, or enter its series."
        if not raw.name:
            return "Give the computer a name."
        if raw.name in self._names:
            return f'There is a computer "{raw.name}" already. Give it another name.'
        try:
            checked(raw)
        except HwstudioError as error:
            return error.sentence
        return ""

    def _check(self) -> bool:
        why = self._why_not() if self._is_tried else ""
        self._problem.setText(why)
        self._problem.setVisible(bool(why))
        self.name.setPlaceholderText(self._usual_name() or "as in the address")
        return not why

    def accept(self) -> None:
        self._is_tried = True
        if self._check():
            super().accept()

    # --- wishes ------------------------------------------------------------------------------

    @Slot()
    def _on_edited(self) -> None:
        self._check()

    @Slot(str)
    def _on_addresses(self, _text: str) -> None:
        if not self._is_kind_chosen:
            self.kind.set_value(guess(self._texts()).value)
            self._show_kind()
        self.found.clear()
        self._check()

    @Slot(str)
    def _on_kind(self, _kind: str) -> None:
        self._is_kind_chosen = True
        self._show_kind()
        self._check()

    def _show_kind(self) -> None:
        is_server = self.kind.value == Source.SERVER.value
        self._server.setVisible(is_server)
        self._list_box.setVisible(is_server and self.computers.count() > 0)
        self._check()

    @Slot()
    def _on_test(self) -> None:
        if not self._texts() or self.secret.why_bad:
            self._is_tried = True
            self._check()
            return
        self.test.setEnabled(False)
        self.found.say("info", "Looking …")
        self._task.start(partial(try_out, self._raw(), self._network))

    @Slot(object)
    def _on_found(self, finding: object) -> None:
        self.test.setEnabled(True)
        if not isinstance(finding, Finding):
            return
        self.found.say(finding.kind, finding.text)
        if finding.source.value != self.kind.value:
            self.kind.set_value(finding.source.value)
        self._list(finding.computers)
        self._show_kind()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.test.setEnabled(True)
        self.found.say("error", sentence)

    # --- the computers of a server -----------------------------------------------------------

    def _list(self, computers: tuple[Computer, ...]) -> None:
        ticked = set(self._ticked())
        match = self.match.text()
        self.computers.blockSignals(True)
        self.computers.clear()
        for job, instance, is_read in computers:
            words = f"{instance}  ({job})" if job else instance
            item = QListWidgetItem(words if is_read else f"{words}: does not answer the server")
            item.setData(_INSTANCE, instance)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_on = instance in ticked or match == match_of([instance])
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
            self.computers.addItem(item)
        self.computers.blockSignals(False)

    def _ticked(self) -> list[str]:
        items = (self.computers.item(number) for number in range(self.computers.count()))
        checked_state = Qt.CheckState.Checked
        return [str(i.data(_INSTANCE)) for i in items if i.checkState() == checked_state]

    @Slot(QListWidgetItem)
    def _on_ticked(self, _item: QListWidgetItem) -> None:
        self.match.setText(match_of(self._ticked()))
        self._check()


def _buttons(dialog: QDialog, done: str) -> QDialogButtonBox:
    buttons = QDialogButtonBox(
        QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
    )
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    ok.setText(done)
    ok.setProperty("primary", True)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons


def _pace_words(seconds: float) -> str:
    if not seconds:
        return "As usual: 1 s, a server 15 s"
    return f"{seconds:g} s"
