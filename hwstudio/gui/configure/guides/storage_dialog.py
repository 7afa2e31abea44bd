"""Storage planner: what is stored, the drives for it, usual setups, and what a TB costs."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hwstudio.core.base.errors import UserError
from hwstudio.core.guide.storage_need import (
    ADVICE,
    StorageNeed,
    StorageQuestion,
    storage_need,
    tiering,
)
from hwstudio.core.guide.storage_plan import (
    NVME,
    StoragePlan,
    StorageWishes,
    kind_of,
    kinds_of_drive,
    plan_storage,
)
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.model.build import Build
from hwstudio.core.project.guides.taking import drive_words
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.parts import Segments, scrolled
from hwstudio.gui.configure.guides.storage_form import StorageForm
from hwstudio.gui.configure.guides.storage_tables import (
    ITEMS,
    KINDS,
    SETUPS,
    VOLUMES,
    plan_words,
    setup_rows,
    shown_items,
    unit_tb,
)
from hwstudio.gui.kit.card import Card, Notice, Sentence
from hwstudio.gui.kit.fold import Fold
from hwstudio.gui.kit.table import DataTable
from hwstudio.gui.kit.text import label

TITLE = "Storage planner"
WORDS = (
    "How much you store, and the cheapest drives of the catalogue that hold it. A fast NVMe drive "
    "for what is in use, larger ones for the archive."
)
PAGES = ("Drives to buy", "What is stored", "Usual setups", "What a TB costs")
ONE_DRIVE = "The planner buys one drive. Its least size is taken over; add further drives by hand."


class StorageDialog(GuideDialog):
    """``need`` and ``plan`` are what is shown."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, WORDS, context, parent)
        self.form = StorageForm()
        self.need: StorageNeed = storage_need(StorageQuestion())
        self.plan = StoragePlan(())
        self.sentence = Sentence()
        self.tiers = Notice()
        self.items = DataTable("What is stored", ITEMS)
        self.volumes = DataTable("Drives to buy", VOLUMES)
        self.pages = Segments(PAGES)
        self.stack = QStackedWidget()
        self._build()
        self.take = self.add_button("Use this drive size", primary=True)
        self.take.setToolTip(ONE_DRIVE)
        self.take.clicked.connect(self._on_take)
        self.form.changed.connect(self._show)
        self.form.rejected.connect(self._on_rejected)
        self.pages.chosen.connect(self.stack.setCurrentIndex)
        self.finish(self.form.data)
        self.resize(1200, 640)
        self._show()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        area = scrolled(self.form, "What is stored")
        area.setFixedWidth(308)
        row.addWidget(area)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.sentence)
        right.addWidget(self.pages)
        right.addWidget(self.stack, 1)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)
        self.stack.addWidget(self._plan_page())
        stored = Card()
        stored.body.addWidget(self.items)
        self.stack.addWidget(stored)
        self.stack.addWidget(self._setup_page())
        self.stack.addWidget(self._kinds_page())

    def _plan_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.tiers)
        card = Card()
        card.body.addWidget(self.volumes)
        box.addWidget(card, 1)
        less = Fold("Ways to need less room")
        less.body.addWidget(label(" ".join(ADVICE), wrap=True))
        box.addWidget(less)
        return page

    def _setup_page(self) -> QWidget:
        card = Card()
        table = DataTable("Usual setups", SETUPS)
        table.set_rows(setup_rows(self.context.shelf.storages()))
        card.body.addWidget(table)
        card.body.addWidget(
            label(
                "Raw is what the drives hold, usable what is left after RAID. RAID is no backup: "
                "a deleted file is gone from every drive at once.",
                "small",
                wrap=True,
            )
        )
        return card

    def _kinds_page(self) -> QWidget:
        card = Card()
        table = DataTable("Kinds of drive", KINDS)
        table.set_rows(kinds_of_drive(self.context.shelf.storages()))
        card.body.addWidget(table)
        card.body.addWidget(
            label(
                "The speed is the ceiling of the drive's link, not of the drive. Accesses per "
                "second stand on no row of the catalogue, so none are shown. Hard disks "
                "read 0.1 to 0.3 GB/s and take about 10 ms to find a file.",
                "small",
                wrap=True,
            )
        )
        return card

    @Slot()
    def _show(self) -> None:
        self.notice.clear()
        try:
            self.need = storage_need(self.form.question)
            wishes: StorageWishes = self.form.wishes
        except UserError as error:
            self.notice.say("error", error.sentence)
            return
        need = self.need
        drives = self.context.shelf.storages()
        self.plan = plan_storage(need.hot_bytes, need.cold_bytes, drives, wishes)
        self.items.set_rows(shown_items(need))
        self.volumes.set_rows(self.plan.volumes, "No drives of the catalogue hold that.")
        self.sentence.setText(plan_words(need, self.plan))
        self._show_tiers()
        self.take.setEnabled(self._one_drive() is not None)

    def refresh(self) -> None:
        """Hold what is in use against the plan's NVMe drive."""
        self._show_tiers()

    def _show_tiers(self) -> None:
        fast = nvme_bytes(self.context.build())
        found = tiering(self.need.hot_bytes, fast)
        if found is None:
            self.tiers.clear()
            return
        in_use, over = unit_tb(self.need.hot_bytes), unit_tb(found.over_bytes)
        head = f"What is in use, {in_use}, exceeds the plan's NVMe drive by {over}. "
        if not fast:
            head = f"The plan has no NVMe drive, and {in_use} are in use. "
        self.tiers.say("warn", head + " ".join(found.advice[:2]))

    def _one_drive(self) -> int | None:
        """Return the size of the primary drive when one drive holds what is in use."""
        volume = next((v for v in self.plan.volumes if v.purpose == "Primary"), None)
        return volume.drive.capacity_bytes if volume is not None else None

    @Slot(str)
    def _on_rejected(self, why: str) -> None:
        self.notice.say("error", why)

    @Slot()
    def _on_take(self) -> None:
        size = self._one_drive()
        if size is not None:
            self.use(GuideWishes(title=f"A drive of {drive_words(size)}", min_storage_bytes=size))
            if len(self.plan.volumes) > 1 or self.plan.volumes[0].array.drives > 1:
                self.notice.say("info", f"Drive: {drive_words(size)} or more. {ONE_DRIVE}")


def nvme_bytes(build: Build | None) -> int | None:
    """Return the NVMe room of a build; None without a build or a drive."""
    if build is None or not build.storage:
        return None
    return sum(drive.capacity_bytes for drive in build.storage if kind_of(drive) == NVME)
