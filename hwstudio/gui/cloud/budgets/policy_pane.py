"""Policy: how many rented machines run when, what that costs, and who waits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QPushButton, QWidget

from hwstudio.core.base.money import money, sign_of
from hwstudio.core.cost.budget.demand import PRESETS
from hwstudio.core.cost.budget.limits import Limits, Span
from hwstudio.core.cost.budget.policy import EVERY_DAY, WEEKDAYS, Policy, Schedule
from hwstudio.core.cost.budget.simulate import Replay
from hwstudio.gui.cloud.budgets.pane import Pane, exact, note, show
from hwstudio.gui.cloud.budgets.state import OWN, RECORDED, BudgetsState
from hwstudio.gui.cloud.budgets.viewmodel import BudgetsViewModel
from hwstudio.gui.cloud.budgets.words import duration, policy_detail, policy_sentence
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.fields import ChoiceField, NumberField, labelled
from hwstudio.gui.kit.plot import LinePlot, Series
from hwstudio.gui.kit.table import Column, DataTable
from hwstudio.gui.kit.text import label

_DEMANDS = (
    ("office", "Example: office hours"),
    ("bursty", "Example: bursts"),
    ("nightly", "Example: nights"),
    (RECORDED, "Recorded GPU load, 28 days"),
    (OWN, "Your own hours"),
)
_ABOUT = {name: f"{title}. An example of four weeks, not measured." for name, title in PRESETS}
_ABOUT[RECORDED] = "Each fully busy GPU of this computer counts as one machine's work."
_ABOUT[OWN] = "From your file: one number per hour, in machines' work."
WINDOW = "Your hours"
_SHOWN_HOURS = 14 * 24
_Named = tuple[str, Replay, str]


def _columns() -> tuple[Column, ...]:
    def cash(pick: Callable[[Replay], Decimal]) -> Callable[[_Named], str]:
        return lambda row: money(pick(row[1]), row[2])

    def use(row: _Named) -> str:
        share = row[1].use_share
        return "–" if share is None else f"{share * 100:.0f}"

    return (
        Column("Way", lambda r: r[0], width=120),
        Column("Spend", lambda r: r[1].spend, cash(lambda r: r.spend), right=True, width=90),
        Column(
            "Of it idle",
            lambda r: r[1].idle_cost,
            cash(lambda r: r.idle_cost),
            right=True,
            tip=lambda r: f"{r[1].idle_hours:,.1f} machine-hours paid and not worked",
            width=96,
        ),
        Column("Use, %", lambda r: r[1].use_share, use, right=True, width=74),
        _wait("Mean wait", lambda r: r.mean_wait_s),
        _wait("Longest wait", lambda r: r.longest_wait_s),
        Column(
            "Left over, h",
            lambda r: r[1].unfinished_hours,
            lambda r: f"{r[1].unfinished_hours:,.1f}",
            right=True,
            tip=lambda _: "Machine-hours of work not done at the end",
            width=104,
        ),
        Column("Cap hits", lambda r: sum(r[1].cap_hits.values()), right=True, stretch=True),
    )


def _wait(title: str, pick: Callable[[Replay], float]) -> Column:
    def text(row: _Named) -> str:
        return duration(pick(row[1]))

    return Column(title, lambda r: pick(r[1]), text, right=True, width=112)


class PolicyPane(Pane):
    """Settings left; the answer, the chart of machines and the comparison right."""

    def __init__(self, model: BudgetsViewModel) -> None:
        super().__init__("Scaling policy")
        self._model = model
        self._sign = sign_of(model.state.currency)
        self._build_demand()
        self._build_machines()
        self._build_caps()
        self._build_answer()
        self._connect()

    def _build_demand(self) -> None:
        card = Card("Demand")
        self.demand = ChoiceField("Demand to replay", _DEMANDS)
        self.about = label("", "small", wrap=True)
        self.load = QPushButton("Load hours from a file…")
        self.load.setToolTip("One number per hour, or the columns time and demand (CSV).")
        for widget in (self.demand, self.about, self.load):
            card.body.addWidget(widget)
        self.controls.addWidget(card)

    def _build_machines(self) -> None:
        card = Card("Machines")
        self.price = NumberField(
            "Price of a machine", low=0, high=1e6, value=2, unit=f"{self._sign}/h", decimals=3
        )
        self.low = NumberField("Fewest machines", low=0, high=10000, value=1)
        self.high = NumberField("Most machines", low=1, high=10000, value=10)
        self.target = NumberField("Wanted use", low=1, high=100, value=70, unit="%")
        self.up = NumberField(
            "Pause after starting machines", low=0, high=86400, value=60, unit="s"
        )
        self.down = NumberField(
            "Pause before stopping some", low=0, high=86400, value=300, unit="s"
        )
        card.body.addWidget(labelled("Price of a machine", self.price))
        card.body.addLayout(_pair(labelled("Fewest", self.low), labelled("Most", self.high)))
        card.body.addWidget(
            labelled(
                "How busy each should be", self.target, "Lower keeps more machines in reserve."
            )
        )
        card.body.addWidget(labelled("Pause after starting machines", self.up))
        card.body.addWidget(labelled("Pause before stopping some", self.down))
        self.window_on = QCheckBox("Keep more ready at set hours")
        self.from_hour = NumberField("From hour", low=0, high=23, value=9)
        self.to_hour = NumberField("To hour", low=0, high=24, value=17)
        self.ready = NumberField("Machines kept ready", low=0, high=10000, value=2)
        self.weekend = QCheckBox("At weekends too")
        self.window_box = QWidget()
        box = QHBoxLayout(self.window_box)
        box.setContentsMargins(0, 0, 0, 0)
        for name, field in (("From hour", self.from_hour), ("To hour", self.to_hour),
                            ("Ready", self.ready)):  # fmt: skip
            box.addWidget(labelled(name, field))
        for widget in (self.window_on, self.window_box, self.weekend):
            card.body.addWidget(widget)
        self.controls.addWidget(card)

    def _build_caps(self) -> None:
        card = Card("Spending caps of the policy (0 = none)")
        self.caps: dict[Span, NumberField] = {}
        for span in Span:
            field = NumberField(
                f"Cap a {span}", low=0, high=1e9, value=0, unit=self._sign, decimals=2
            )
            self.caps[span] = field
            card.body.addWidget(labelled(f"A {span}", field))
        self.take = QPushButton("Take the limits of the first page")
        card.body.addWidget(self.take)
        self.controls.addWidget(card)
        self.controls.addStretch(1)

    def _build_answer(self) -> None:
        card = Card("Machines running and work arriving")
        self.save = QPushButton("Save settings…")
        self.save.setToolTip("As TOML or JSON, for you to apply. hwstudio changes no machines.")
        card.head.addWidget(self.save)
        self.plot = LinePlot("Machines and demand", "Days from the beginning", "Machines")
        self.plot.setMinimumHeight(110)
        self.plot.legend_columns = 2
        card.body.addWidget(self.plot, 1)
        self.answer.addWidget(card, 1)
        below = Card("Against machines that never change")
        self.table = DataTable("The policy and two fixed ways", _columns())
        self.table.setMinimumHeight(116)
        self.table.setMaximumHeight(132)
        below.body.addWidget(self.table)
        below.body.addWidget(
            note(
                "A simulation, minute by minute: a machine works as soon as it is started, and a "
                "cap stops even the fewest machines."
            )
        )
        self.answer.addWidget(below)

    def _connect(self) -> None:
        model = self._model
        self.demand.chosen.connect(self._on_demand)
        self.load.clicked.connect(self._on_load)
        self.save.clicked.connect(self._on_save)
        self.price.changed.connect(lambda v: model.set_policy(price_per_hour=exact(v)))
        self.low.changed.connect(lambda v: model.set_policy(min_instances=round(v)))
        self.high.changed.connect(lambda v: model.set_policy(max_instances=round(v)))
        self.target.changed.connect(lambda v: model.set_policy(target_share=exact(v) / 100))
        self.up.changed.connect(lambda v: model.set_policy(up_cooldown_s=round(v)))
        self.down.changed.connect(lambda v: model.set_policy(down_cooldown_s=round(v)))
        for field in (self.from_hour, self.to_hour, self.ready):
            field.changed.connect(self._on_window)
        self.window_on.toggled.connect(self._on_window)
        self.weekend.toggled.connect(self._on_window)
        for field in self.caps.values():
            field.changed.connect(self._on_caps)
        self.take.clicked.connect(lambda: model.set_policy(caps=model.state.book.limits))
        for field in (self.price, self.low, self.high, self.target, self.up, self.down,
                      self.from_hour, self.to_hour, self.ready, *self.caps.values()):  # fmt: skip
            field.rejected.connect(model.refused)

    def show_state(self, state: BudgetsState) -> None:
        """Show the settings and what they did."""
        self.say(policy_sentence(state), "", policy_detail(state))
        policy = state.book.policy
        self.demand.set_value(state.book.demand)
        self.about.setText(_ABOUT.get(state.book.demand, ""))
        values: tuple[tuple[NumberField, Decimal | int | None], ...] = (
            (self.price, policy.price_per_hour), (self.low, policy.min_instances),
            (self.high, policy.max_instances), (self.target, policy.target_share * 100),
            (self.up, policy.up_cooldown_s), (self.down, policy.down_cooldown_s),
            *((field, policy.caps.of(span)) for span, field in self.caps.items()),
        )  # fmt: skip
        for field, value in values:
            show(field, value)
        self._show_window(policy)
        self._show_answer(state)

    def _show_window(self, policy: Policy) -> None:
        is_on = bool(policy.schedules)
        for box, checked in (
            (self.window_on, is_on),
            (self.weekend, is_on and 5 in policy.schedules[0].days),
        ):
            box.blockSignals(True)
            box.setChecked(checked)
            box.blockSignals(False)
        self.window_box.setVisible(is_on)
        self.weekend.setVisible(is_on)
        if is_on:
            first = policy.schedules[0]
            show(self.from_hour, first.start_hour)
            show(self.to_hour, first.end_hour)
            show(self.ready, first.min_instances)

    def _show_answer(self, state: BudgetsState) -> None:
        seen, demand, policy = state.comparison, state.demand, state.book.policy
        if seen is None or demand is None:
            if not state.is_replaying:
                self.table.set_rows((), "Nothing was replayed.")
                self.plot.set_series(())
            return
        named = (
            ("This policy", seen.policy, policy.currency),
            (f"Always {policy.max_instances}", seen.always_max, policy.currency),
            (f"Always {policy.min_instances}", seen.always_min, policy.currency),
        )
        self.table.set_rows(named)
        count = min(len(demand.hours), _SHOWN_HOURS)
        top = max([1.0, *(s / 3600 for s in seen.policy.seconds_by_hour[:count])])
        top = max(top, *(float(value) for value in demand.hours[:count]))
        self.plot.set_range(y=(0, top * 2))  # the legend has the room above
        days = [hour / 24 for hour in range(count)]
        running = [seconds / 3600 for seconds in seen.policy.seconds_by_hour[:count]]
        self.plot.set_series(
            (
                Series("Machines running", days, running),
                Series(
                    "Work arriving", days, [float(v) for v in demand.hours[:count]], colour=1,
                    is_dashed=True,
                ),
            )
        )  # fmt: skip

    @Slot(str)
    def _on_demand(self, name: str) -> None:
        if name == OWN and not self._model.state.book.demand_text:
            self.demand.set_value(self._model.state.book.demand)
            self._on_load()
            return
        self._model.choose_demand(name)

    @Slot()
    def _on_load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Demand by the hour", "", "Tables (*.csv *.txt);;All files (*)"
        )
        if path:
            self._model.load_demand(Path(path))

    @Slot()
    def _on_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Settings of the policy", "policy.toml", "TOML (*.toml);;JSON (*.json)"
        )
        if path:
            self._model.export_policy(Path(path))

    @Slot()
    def _on_window(self) -> None:
        if not self.window_on.isChecked():
            self._model.set_policy(schedules=())
            return
        window = Schedule(
            name=WINDOW,
            days=EVERY_DAY if self.weekend.isChecked() else WEEKDAYS,
            start_hour=round(self.from_hour.value),
            end_hour=round(self.to_hour.value),
            min_instances=round(self.ready.value),
        )
        self._model.set_policy(schedules=(window,))

    @Slot()
    def _on_caps(self) -> None:
        wanted = {
            span.value: exact(field.value) if field.value > 0 else None
            for span, field in self.caps.items()
        }
        self._model.set_policy(caps=Limits(**wanted))


def _pair(left: QWidget, right: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(left)
    row.addWidget(right)
    return row
