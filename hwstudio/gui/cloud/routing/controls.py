"""The inputs of the job, in groups; ``job_changed`` carries the Job as it is now typed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.routing.job import HOME, Data, Job, Local, Reserved, Rules, Task
from hwstudio.core.cloud.routing.presets import PRESETS
from hwstudio.core.model.workload import Workload
from hwstudio.gui.cloud.routing.state import RoutingState
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled

_UNITS, _HOURS = "units", "hours"
_BIG = 1e9


class JobControls(QWidget):
    """Everything that is typed about the job."""

    job_changed = Signal(object)
    preset_chosen = Signal(str)
    own_chosen = Signal(str)
    rejected = Signal(str)

    def __init__(self, workloads: tuple[Workload, ...], gpus: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._usual = {one.id: one.job_units for one in workloads}
        self._job = Job()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        for card in (
            self._work_card(workloads, gpus), self._wish_card(), self._data_card(),
            self._rules_card(), self._home_card(), self._paid_card(gpus),
        ):  # fmt: skip
            box.addWidget(card)
        self._connect()

    def _work_card(
        self, workloads: tuple[Workload, ...], gpus: tuple[tuple[str, str], ...]
    ) -> Card:
        card = Card("The job")
        names = tuple((one.id, one.job.name) for one in PRESETS)
        self.preset = ChoiceField("Begin with", (("", "Your own job"), *names))
        kinds = tuple((one.id, one.title) for one in workloads)
        self.kind = ChoiceField("Kind of work", (*kinds, ("", "Something else")))
        self.measure = ChoiceField(
            "Amount given in", ((_UNITS, "Units of the work"), (_HOURS, "Hours on a GPU"))
        )
        self.amount = NumberField("Amount", low=1e-6, high=1e15, value=1, decimals=0)
        self.hours = NumberField("Hours", low=1e-3, high=1e6, value=10, unit="h", decimals=1)
        self.gpu = ChoiceField("GPU of these hours", gpus)
        self.memory = NumberField(
            "GPU memory at least (0: as estimated)",
            low=0,
            high=1e5,
            value=0,
            unit="GiB",
            decimals=1,
        )
        self.amount_box = labelled("Amount", self.amount)
        self.hours_box = labelled("Hours of work", self.hours)
        self.gpu_box = labelled("Counted on", self.gpu)
        for widget in (
            labelled("Begin with", self.preset), labelled("Kind of work", self.kind),
            labelled("Amount given in", self.measure), self.amount_box, self.hours_box,
            self.gpu_box, labelled("GPU memory at least (0: as estimated)", self.memory),
        ):  # fmt: skip
            card.body.addWidget(widget)
        return card

    def _wish_card(self) -> Card:
        card = Card("Deadline and budget")
        self.deadline = NumberField("Deadline", low=0.1, high=1e6, value=168, unit="h", decimals=1)
        self.sure = NumberField("How sure", low=50, high=99, value=90, unit="%")
        self.limited = QCheckBox("Limit the cost")
        self.budget = NumberField("Budget", low=0, high=_BIG, value=50, unit="$", decimals=2)
        for widget in (
            labelled("Done within", self.deadline), labelled("How sure", self.sure),
            self.limited, self.budget,
        ):  # fmt: skip
            card.body.addWidget(widget)
        return card

    def _data_card(self) -> Card:
        card = Card("Data")
        self.place = ChoiceField("Where the data lie", ((HOME, "At home"),))
        self.in_gb = NumberField("Data to read", low=0, high=_BIG, value=0, unit="GB", decimals=1)
        self.out_gb = NumberField("Results", low=0, high=_BIG, value=0, unit="GB", decimals=1)
        self.kept = NumberField("Days kept in the cloud", low=0, high=36500, value=0, unit="days")
        self.left = NumberField(
            "Left that cloud this month", low=0, high=_BIG, value=0, unit="GB", decimals=1
        )
        self.up = NumberField("Upload", low=0.01, high=1e6, value=20, unit="Mbit/s", decimals=1)
        self.down = NumberField(
            "Download", low=0.01, high=1e6, value=100, unit="Mbit/s", decimals=1
        )
        for words, field in (
            ("Where the data lie", self.place), ("Data to read", self.in_gb),
            ("Results to bring home", self.out_gb), ("Kept in the cloud afterwards", self.kept),
            ("Left that cloud already this month", self.left), ("Your upload", self.up),
            ("Your download", self.down),
        ):  # fmt: skip
            card.body.addWidget(labelled(words, field))
        return card

    def _rules_card(self) -> Card:
        card = Card("Rules")
        self.leave = QCheckBox("Data may leave the house")
        self.stop = QCheckBox("May be interrupted")
        self.free = QCheckBox("Free services may be used")
        self.save = NumberField(
            "One checkpoint takes (0: none)", low=0, high=86400, value=60, unit="s"
        )
        self.again = NumberField("A restart takes", low=0, high=86400, value=300, unit="s")
        self.between = NumberField(
            "Interrupted once in (0: usual cases)", low=0, high=1e6, value=0, unit="h", decimals=1
        )
        for widget in (
            self.leave, self.stop, self.free,
            labelled("One checkpoint takes (0: saves nothing)", self.save),
            labelled("A restart takes", self.again),
            labelled(
                "Spot is interrupted once in (0: usual)", self.between,
                "0: once in 24, 6 and 1 hours as hopeful, usual and bad case. Or your own log.",
            ),
        ):  # fmt: skip
            card.body.addWidget(widget)
        return card

    def _home_card(self) -> Card:
        card = Card("At home")
        self.own = ChoiceField("Own machine")
        self.queue = NumberField("Queued before it", low=0, high=1e6, value=0, unit="h", decimals=1)
        self.prefer = NumberField("Prefer home", low=0, high=1000, value=0, unit="%")
        self.wear = NumberField("Wear", low=0, high=1e6, value=0, unit="$/h", decimals=2)
        self.grid = NumberField("CO2 of your grid (0: not known)", low=0, high=5000, value=0, unit="g/kWh")  # fmt: skip # noqa: E501
        for words, field, tip in (
            ("Own machine", self.own, ""),
            ("Queued before it", self.queue, "Hours of work that wait there already."),
            ("Choose home even if so much dearer", self.prefer, ""),
            (
                "Wear of the hardware",
                self.wear,
                "0: not counted, as for hardware that is paid already.",
            ),
            ("CO2 of your grid (0: not known)", self.grid, ""),
        ):
            card.body.addWidget(labelled(words, field, tip))
        return card

    def _paid_card(self, gpus: tuple[tuple[str, str], ...]) -> Card:
        card = Card("Hours already paid")
        self.paid = NumberField("Paid hours left", low=0, high=1e6, value=0, unit="h")
        self.paid_gpu = ChoiceField("Their GPU", gpus)
        self.paid_count = NumberField("GPUs", low=1, high=1024, value=1)
        self.beyond = NumberField(
            "Each hour beyond (0: not known)", low=0, high=1e6, value=0, unit="$/h", decimals=2
        )
        for words, field in (
            ("Paid hours left", self.paid), ("Their GPU", self.paid_gpu),
            ("How many GPUs", self.paid_count), ("Each hour beyond (0: not known)", self.beyond),
        ):  # fmt: skip
            card.body.addWidget(labelled(words, field))
        return card

    def _numbers(self) -> tuple[NumberField, ...]:
        return tuple(self.findChildren(NumberField))

    def _connect(self) -> None:
        self.preset.chosen.connect(self.preset_chosen)
        self.own.chosen.connect(self.own_chosen)
        self.kind.chosen.connect(self._on_kind)
        for choice in (self.measure, self.gpu, self.place, self.paid_gpu):
            choice.chosen.connect(self._on_changed)
        for number in self._numbers():
            number.changed.connect(self._on_changed)
            number.rejected.connect(self.rejected)
        for box in (self.limited, self.leave, self.stop, self.free):
            box.toggled.connect(self._on_changed)

    # --- showing ----------------------------------------------------------------------------

    def show_state(self, state: RoutingState) -> None:
        """Show a job and the choices; nothing is sent."""
        if state.own_choices:
            self.own.set_options(state.own_choices, state.own_key)
        self.own.set_value(state.own_key)
        if len(state.places) > 1:
            self.place.set_options(tuple((one, _place(one)) for one in state.places))
        self.preset.set_value(state.preset_id)
        self.amount.set_unit(state.units_word)
        if state.job != self._job:
            self._job = state.job
            self._show_job(state)
        self._show_fitting()

    def _show_job(self, state: RoutingState) -> None:
        job, task = state.job, state.job.task
        data, rules, local = job.data, job.rules, job.local
        self.kind.set_value(task.workload_id)
        self.measure.set_value(_HOURS if task.hours is not None else _UNITS)
        self.amount.set_value(task.units if task.units is not None else state.usual_units or 1)
        self.hours.set_value(task.hours if task.hours is not None else 10)
        if task.device:
            self.gpu.set_value(task.device)
        held = job.reserved
        for field, value in (
            (self.memory, (task.memory_bytes or 0) / GIB), (self.deadline, rules.deadline_hours),
            (self.sure, rules.confidence * 100), (self.in_gb, data.in_gb),
            (self.out_gb, data.out_gb), (self.kept, data.kept_days),
            (self.left, data.left_this_month_gb), (self.up, data.upload_mbit_s),
            (self.down, data.download_mbit_s), (self.save, rules.checkpoint_s or 0),
            (self.between, rules.hours_between_interruptions or 0),
            (self.again, rules.restart_s), (self.queue, local.queue_hours),
            (self.prefer, local.prefer_pct), (self.wear, local.wear_per_hour or 0),
            (self.grid, local.grid_g_per_kwh or 0), (self.paid, held.free_hours if held else 0),
            (self.paid_count, held.count if held else 1),
            (self.beyond, (held.price_per_hour if held else None) or 0),
        ):  # fmt: skip
            field.set_value(value)
        if rules.budget is not None:
            self.budget.set_value(float(rules.budget))
        if held and held.device:
            self.paid_gpu.set_value(held.device)
        self.place.set_value(data.place)
        for box, value in (
            (self.limited, rules.budget is not None), (self.leave, rules.may_leave_home),
            (self.stop, rules.is_interruptible), (self.free, rules.may_be_free),
        ):  # fmt: skip
            with QSignalBlocker(box):
                box.setChecked(value)

    def _show_fitting(self) -> None:
        """Show the fields that count."""
        is_hours = self.measure.value == _HOURS or not self.kind.value
        self.amount_box.setVisible(not is_hours)
        self.hours_box.setVisible(is_hours)
        self.gpu_box.setVisible(is_hours)
        self.budget.setEnabled(self.limited.isChecked())

    # --- reading ----------------------------------------------------------------------------

    @Slot(str)
    def _on_kind(self, workload_id: str) -> None:
        self.amount.set_value(self._usual.get(workload_id, 1))
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        self._show_fitting()
        self._job = self.job()
        self.job_changed.emit(self._job)

    def job(self) -> Job:
        """Return the job as typed."""
        return replace(
            self._job, task=self._task(), data=self._data(), rules=self._rules(),
            local=self._local(), reserved=self._reserved(),
        )  # fmt: skip

    def _task(self) -> Task:
        kind, memory = self.kind.value, self.memory.value
        need = round(memory * GIB) if memory else None
        if self.measure.value == _HOURS or not kind:
            return Task(
                workload_id=kind, hours=self.hours.value, device=self.gpu.value, memory_bytes=need,
                count=self._job.task.count,
            )  # fmt: skip
        return Task(workload_id=kind, units=self.amount.value, memory_bytes=need)

    def _data(self) -> Data:
        return Data(
            in_gb=self.in_gb.value, out_gb=self.out_gb.value, place=self.place.value or HOME,
            kept_days=self.kept.value, left_this_month_gb=self.left.value,
            upload_mbit_s=self.up.value, download_mbit_s=self.down.value,
        )  # fmt: skip

    def _rules(self) -> Rules:
        budget = Decimal(str(self.budget.value)) if self.limited.isChecked() else None
        return replace(
            self._job.rules, deadline_hours=self.deadline.value,
            confidence=self.sure.value / 100, may_leave_home=self.leave.isChecked(),
            is_interruptible=self.stop.isChecked(), may_be_free=self.free.isChecked(),
            checkpoint_s=self.save.value or None, restart_s=self.again.value, budget=budget,
            hours_between_interruptions=self.between.value or None,
        )  # fmt: skip

    def _local(self) -> Local:
        return replace(
            self._job.local, queue_hours=self.queue.value, prefer_pct=self.prefer.value,
            wear_per_hour=self.wear.value or None, grid_g_per_kwh=self.grid.value or None,
        )  # fmt: skip

    def _reserved(self) -> Reserved | None:
        if not self.paid.value:
            return None
        held = self._job.reserved
        if held is not None and held.instance:  # from a job file: the machine stays as it is there
            return replace(held, free_hours=self.paid.value)
        return Reserved(
            free_hours=self.paid.value, device=self.paid_gpu.value,
            count=int(self.paid_count.value), price_per_hour=self.beyond.value or None,
        )  # fmt: skip


def _place(name: str) -> str:
    return "At home" if name == HOME else name
