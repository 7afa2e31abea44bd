"""The right half of the memory calculator: the sum, the kit, the slots, the largest kit."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.guide.memory_need import (
    KitAnswer,
    MemoryRoom,
    largest_kit,
    room_of,
    smallest_kit,
)
from hwstudio.core.model.build import Build
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.words import gib_plain
from hwstudio.gui.kit.card import BigNumber, Card, Chip
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import price_tip

NO_BOARD = "No board is chosen, so slots and the largest kit are not known. One kit of any kind:"
NO_KIT = "No kit of the catalogue is that large and fits."


class MemoryAnswer(QWidget):
    """``wanted`` is the kit that holds the need; None = there is none."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.wanted: KitAnswer | None = None
        self.sum = BigNumber("Adds up to")
        self.kit = BigNumber("To buy", role="medium")
        self.board = label("", wrap=True)
        self.slots = label("", wrap=True)
        self.largest = label("", wrap=True)
        self.channels = label("", "small", wrap=True)
        self.verdict = Chip("info", "")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(12)
        need = Card()
        for widget in (self.sum, self.kit, self.verdict):
            need.body.addWidget(widget)
        room = Card("Room on the board")
        for line in (self.board, self.slots, self.largest, self.channels):
            room.body.addWidget(line)
        box.addWidget(need)
        box.addWidget(room)
        box.addStretch(1)

    def show_need(self, need_bytes: int) -> None:
        """Show the kit for a sum of bytes, with the plan's board where one is chosen."""
        build = self._context.build()
        board, cpu = (build.motherboard, build.cpu) if build is not None else (None, None)
        ram, kits = (build.ram, build.ram_kits) if build is not None else (None, 1)
        room = room_of(board, cpu, ram, kits)
        rams = self._context.shelf.rams()
        self.wanted = smallest_kit(need_bytes, rams, room)
        self.sum.show_value(gib_plain(need_bytes).removesuffix(" GiB"), "GiB")
        self._show_kit()
        self._show_room(build, room, largest_kit(rams, room))
        self._show_verdict(build, need_bytes)

    def _show_kit(self) -> None:
        found = self.wanted
        if found is None:
            self.kit.show_value("–", "", NO_KIT)
            return
        price = found.kit.price
        cost = "price not known"
        if price is not None:
            cost = f"{money(price.amount * found.kits, price.currency)}, {price.as_of}"
        note = f"{found.kit.name}{f', {found.kits} kits' if found.kits > 1 else ''}: {cost}"
        size = gib_plain(found.total_bytes).removesuffix(" GiB")
        self.kit.show_value(size, f"GiB ({_sticks(found)})", note, price_tip(price))

    def _show_room(self, build: Build | None, room: MemoryRoom, most: KitAnswer | None) -> None:
        board = build.motherboard if build is not None else None
        if board is None or room.slots is None:
            self.board.setText(NO_BOARD)
            self.slots.setText("")
        else:
            self.board.setText(f"{board.name}: {room.slots} slots, {room.mem_type}.")
            now = f"Now {room.used_modules} of {room.slots} slots are used, {room.free_slots} free."
            then = ""
            if self.wanted is not None and self.wanted.free_slots is not None:
                then = f" With the kit above {self.wanted.free_slots} stay free."
            self.slots.setText(now + then)
        self.largest.setText(
            f"The most one can buy for it: {gib_plain(most.total_bytes)} ({_sticks(most)})."
            if most is not None
            else "No kit of the catalogue fits."
        )
        cpu = build.cpu if build is not None else None
        self.channels.setText(
            f"The processor has {cpu.mem_channels} memory channels; more modules than that add "
            "room, not channels, and often run slower."
            if cpu is not None
            else ""
        )

    def _show_verdict(self, build: Build | None, need_bytes: int) -> None:
        has = build.ram_bytes if build is not None else 0
        if not has:
            self.verdict.show_status("info", "No memory is chosen in the plan yet.")
        elif has >= need_bytes:
            self.verdict.show_status("ok", f"The plan has {gib_plain(has)}: enough.")
        else:
            short = gib_plain(need_bytes - has)
            self.verdict.show_status("warn", f"The plan has {gib_plain(has)}: {short} too little.")


def _sticks(found: KitAnswer) -> str:
    kit = found.kit
    count = kit.modules * found.kits
    return f"{count} x {gib_plain(kit.module_bytes)} {kit.mem_type}-{kit.speed_mts}"
