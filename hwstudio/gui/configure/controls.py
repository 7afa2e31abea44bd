"""The column of wishes: budget, job, what is best, and a few limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from hwstudio.core.base.units import GB, GIB
from hwstudio.core.model.workload import Workload
from hwstudio.core.project.guides.taking import drive_words
from hwstudio.core.project.state import GPU_COUNTS
from hwstudio.gui.configure.curve import BudgetCurve
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from hwstudio.gui.configure.words import OBJECTIVES, gib_plain
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, SliderField, Span, labelled
from hwstudio.gui.kit.text import label

SLIDER_LOW, SLIDER_HIGH = 500.0, 50_000.0
_ANY = "any"
_ANY_NUMBER = 1e15
_POWERS_W = (400, 600, 800, 1000, 1400)
_RAM_GIB = tuple(n * GIB for n in (16, 32, 64, 96, 128, 256))
_DRIVE = tuple(n * GB for n in (500, 2000, 4000, 8000))
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """What the catalogue and the power room offer to choose from."""

    workloads: tuple[Workload, ...]
    makers: tuple[str, ...]
    vram_bytes: tuple[int, ...]
    cases: Options
    mains: Options


class Controls(QWidget):
    """Shows the wishes of a project and hands edits to the view model."""

    def __init__(
        self, model: ConfigureViewModel, offered: Offered, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._offered = model, offered
        self._build()
        self._connect()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self._wishes())
        box.addWidget(self._limits())
        box.addStretch(1)

    def _wishes(self) -> QWidget:
        card = Card()
        self.budget = SliderField(
            "Budget",
            # The view model says which budgets make sense, and why.
            Span(-_ANY_NUMBER, _ANY_NUMBER, SLIDER_LOW, SLIDER_HIGH, is_log=True),
            value=3000,
            unit="$",
        )
        self.curve = BudgetCurve(SLIDER_LOW, SLIDER_HIGH)
        self.job = ChoiceField("Job", tuple((w.id, w.title) for w in self._offered.workloads))
        self.job_note: QLabel = label("", "small", wrap=True)
        self.objective = ChoiceField("Best means", OBJECTIVES)
        counts = tuple((str(n), f"{n}") for n in GPU_COUNTS)
        self.count = ChoiceField("Graphics cards", ((_ANY, "Best number"), *counts))
        card.body.setSpacing(4)
        card.body.addWidget(self.budget)
        card.body.addWidget(self.curve)
        self.curve.carry(self.budget.slider)
        QWidget.setTabOrder(self.budget.field, self.budget.slider)
        card.body.addWidget(labelled("Job", self.job))
        card.body.addWidget(self.job_note)
        card.body.addLayout(
            _pair(labelled("Best means", self.objective), labelled("Graphics cards", self.count))
        )
        return card

    def _limits(self) -> QWidget:
        card = Card("Limits")
        card.body.setSpacing(6)
        offered = self._offered
        makers = tuple((name, name) for name in offered.makers)
        self.maker = ChoiceField("GPU maker", ((_ANY, "Any"), *makers))
        sizes = tuple((str(size), gib_plain(size)) for size in offered.vram_bytes)
        self.vram = ChoiceField("GPU memory, at least", ((_ANY, "Any"), *sizes))
        self.case = ChoiceField("Largest case", offered.cases)
        powers = tuple((str(w), f"{w:,} W") for w in _POWERS_W)
        self.power = ChoiceField("Power, at most", ((_ANY, "Any"), *powers))
        self.mains = ChoiceField("Wall socket", offered.mains)
        card.body.addLayout(
            _pair(labelled("GPU maker", self.maker), labelled("GPU memory from", self.vram))
        )
        card.body.addLayout(
            _pair(labelled("Largest case", self.case), labelled("Wall power up to", self.power))
        )
        card.body.addWidget(labelled("Wall socket", self.mains))
        self.ram = ChoiceField("Memory, at least", ((_ANY, "Any"), *_sizes(_RAM_GIB, gib_plain)))
        self.drive = ChoiceField("Drive, at least", ((_ANY, "1 TB"), *_sizes(_DRIVE, drive_words)))
        card.body.addLayout(
            _pair(labelled("Memory from", self.ram), labelled("Drive from", self.drive))
        )
        return card

    def _connect(self) -> None:
        self.budget.changed.connect(self._on_budget)
        self.budget.rejected.connect(self._on_rejected)
        self.curve.chosen.connect(self._on_clicked)
        self.job.chosen.connect(self._model.set_workload)
        self.objective.chosen.connect(self._model.set_objective)
        self.count.chosen.connect(self._on_count)
        self.maker.chosen.connect(self._on_maker)
        self.vram.chosen.connect(self._on_vram)
        self.case.chosen.connect(self._on_case)
        self.power.chosen.connect(self._on_power)
        self.mains.chosen.connect(self._model.set_mains)
        self.ram.chosen.connect(self._on_ram)
        self.drive.chosen.connect(self._on_drive)

    def show_state(self, state: ConfigureState) -> None:
        """Show the wishes without sending any."""
        project = state.project
        self.curve.show_frontier(state.frontier, float(project.budget))
        limits = project.limits
        # Untouched while equal, so a half-typed or refused entry stays under the cursor.
        if self.budget.value != float(project.budget):
            self.budget.set_value(float(project.budget))
        _choose(self.job, project.workload_id, project.workload_id)
        self.job_note.setText(self._explained(project.workload_id))
        self.objective.set_value(project.objective)
        count, size, most_w = project.gpu_count, limits.min_vram_bytes, limits.max_power_w
        _choose(self.count, _ANY if count is None else str(count), str(count))
        _choose(self.maker, limits.gpu_maker or _ANY, limits.gpu_maker)
        _choose(self.vram, str(size) if size else _ANY, gib_plain(size))
        _choose(self.case, limits.case_form_factor or _ANY, limits.case_form_factor)
        _choose(self.power, _ANY if most_w is None else f"{most_w:.0f}", f"{most_w or 0:,.0f} W")
        _choose(self.mains, project.mains, project.mains)
        ram, drive = limits.min_ram_bytes, limits.min_storage_bytes
        _choose(self.ram, str(ram) if ram else _ANY, gib_plain(ram))
        _choose(self.drive, str(drive) if drive else _ANY, drive_words(drive))

    def _explained(self, workload_id: str) -> str:
        found = next((w for w in self._offered.workloads if w.id == workload_id), None)
        if found is None:
            return "This job is not in the catalogue; choose another."
        model = found.model_name.partition(" (")[0]
        size = f"{found.params_total / 1e9:,.1f} billion" if found.params_total >= 1e9 else ""
        size = size or f"{found.params_total / 1e6:,.0f} million"
        return f"{model}: {size} parameters. A whole job is {found.job_title}."

    @Slot(float)
    def _on_budget(self, value: float) -> None:
        self._model.set_budget(Decimal(str(round(value, 2))))
        kept = float(self._model.state.project.budget)
        if kept != self.budget.value:  # refused: the notice says why, the field shows what holds
            self.budget.set_value(kept)

    @Slot(float)
    def _on_clicked(self, value: float) -> None:
        self.budget.set_value(value)
        self._on_budget(value)

    @Slot(str)
    def _on_rejected(self, why: str) -> None:
        self._model.tell("error", f"{why} Type an amount such as 3000.")

    @Slot(str)
    def _on_count(self, value: str) -> None:
        self._model.set_gpu_count(None if value == _ANY else int(value))

    @Slot(str)
    def _on_maker(self, value: str) -> None:
        self._limit("change the GPU maker", gpu_maker=_or_empty(value))

    @Slot(str)
    def _on_vram(self, value: str) -> None:
        self._limit("change the least GPU memory", min_vram_bytes=int(_or_empty(value) or 0))

    @Slot(str)
    def _on_case(self, value: str) -> None:
        self._limit("change the largest case", case_form_factor=_or_empty(value))

    @Slot(str)
    def _on_power(self, value: str) -> None:
        watts = float(value) if value != _ANY else None
        self._limit("change the most power", max_power_w=watts)

    @Slot(str)
    def _on_ram(self, value: str) -> None:
        self._limit("change the least memory", min_ram_bytes=int(_or_empty(value) or 0))

    @Slot(str)
    def _on_drive(self, value: str) -> None:
        self._limit("change the least drive", min_storage_bytes=int(_or_empty(value) or 0))

    def _limit(self, name: str, **values: object) -> None:
        limits = replace(self._model.state.project.limits, **values)  # type: ignore[arg-type]
        self._model.set_limits(name, limits)


def _choose(field: ChoiceField, value: str, words: str) -> None:
    """Show a choice; one that a project brought along and the list lacks is added to it."""
    if field.findData(value) < 0:
        field.addItem(words, value)
    field.set_value(value)


def _sizes(sizes: tuple[int, ...], words: Callable[[float], str]) -> Options:
    return tuple((str(size), words(size)) for size in sizes)


def _or_empty(value: str) -> str:
    return "" if value == _ANY else value


def _pair(left: QWidget, right: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(left, 1)
    row.addWidget(right, 1)
    return row


def vram_steps(sizes: set[int]) -> tuple[int, ...]:
    """Return the memory sizes worth asking for: 8 GiB and up, at most a dozen."""
    return tuple(sorted(size for size in sizes if size >= 8 * GIB))[:12]
