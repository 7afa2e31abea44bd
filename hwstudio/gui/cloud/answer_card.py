"""The answer: the odds in one sentence, what decided, four numbers and the cost chart."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from hwstudio.core.base.money import money
from hwstudio.core.cost.odds import Odds
from hwstudio.gui.cloud.plots import CostPlot
from hwstudio.gui.cloud.state import Answer, CloudState
from hwstudio.gui.cloud.words import months, share_words, swing_words, verdict_words
from hwstudio.gui.kit.card import BigNumber, Card, EmptyState, Sentence
from hwstudio.gui.kit.text import label
from hwstudio.gui.kit.tip import provenance_tip, rows_tip

FORMULA = "(price - resale) / (rent per month - running cost per month)"
MONTH_FORMULA = "(price - resale) / months kept + busy hours x power x electricity price"
CHART_WORDS = (
    "The own line starts at the price less what it sells for in the end. "
    "Shaded: 8 of 10 cases; point at a line for its range. What leaves the chart costs more."
)
NO_CHART = "No chart: there is nothing to compare yet."


class AnswerCard(Card):
    """Shows an Answer."""

    def __init__(self) -> None:
        super().__init__()
        self.sentence = Sentence()
        self.detail = label("", "muted", wrap=True)
        self.verdict = label("", "", wrap=True)
        for widget in (self.sentence, self.verdict, self.detail):
            self.body.addWidget(widget)
        self.body.setSpacing(4)
        self.setMinimumHeight(280)  # three wrapped texts above and the numbers below them
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(self._numbers())
        self.plot = CostPlot()
        self.plot.setMinimumSize(240, 150)
        self.plot.mark_position = 0.08  # the legend has the top
        row.addWidget(self.plot, 1)
        self.nothing = EmptyState("chart", NO_CHART, "Clear the filters")
        row.addWidget(self.nothing, 1)
        self.body.addLayout(row, 1)

    def _numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self.wait = BigNumber("Owning pays back after")
        self.chance = BigNumber("Owning wins in")
        self.own_month = BigNumber("Own, a month", role="medium")
        self.rent_month = BigNumber("Rent, a month", role="medium")
        numbers = (self.wait, self.chance, self.own_month, self.rent_month)
        for place, number in enumerate(numbers):
            number.setFixedWidth(148)
            grid.addWidget(number, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        self.legend = label(CHART_WORDS, "small", wrap=True)
        self.legend.setMaximumWidth(308)
        grid.addWidget(self.legend, 2, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(2, 1)
        return grid

    def show_state(self, state: CloudState) -> None:
        """Show the answer of a state."""
        answer = state.answer
        self.sentence.setText(answer.sentence)
        self.detail.setText(answer.detail)
        words = verdict_words(answer.verdict)
        self.verdict.setText(words)
        self.verdict.setVisible(bool(words))
        self._show_numbers(state)
        self.plot.show_answer(answer)
        self.plot.setVisible(bool(answer.lines))
        self.legend.setVisible(bool(answer.lines))
        self.nothing.setVisible(not answer.lines)
        self.nothing.button.setVisible(answer.reference is None and not state.is_waiting)

    def _show_numbers(self, state: CloudState) -> None:
        answer = state.answer
        tip = provenance_tip(
            "Months until owning is cheaper",
            source="your inputs, the offer compared, and speeds predicted for this job",
            formula=FORMULA,
        )
        self.wait.show_value(*_wait(answer), tip=tip)
        odds = answer.odds
        chance = (
            share_words(odds.owning_wins_share).replace("over ", ">").replace("under ", "<")
            if odds
            else "–"
        )
        note = f"of {odds.draws:,} cases" if odds else ""
        chance = chance.replace("over ", ">").replace("under ", "<")  # large letters
        self.chance.show_value(chance, "", note, odds_tip(odds) if odds else "")
        self.own_month.show_value(*_month(answer.own_month, state), tip=_own_tip(state))
        is_known = answer.odds is not None
        rent = _month(answer.rent_month, state) if is_known else (_money(answer.rent_month), "", "")
        self.rent_month.show_value(*rent)


def _money(amount: object) -> str:
    return "–" if amount is None else money(amount)  # type: ignore[arg-type]


def _month(amount: object, state: CloudState) -> tuple[str, str, str]:
    """Return a month's cost with, as its note, what one useful hour at home's pace costs."""
    hours = state.wish.hours_per_month
    if amount is None or not hours:
        return _money(amount), "", ""
    each = float(amount) / hours  # type: ignore[arg-type]
    return _money(amount), "", f"{money(each)} a useful hour"


def _own_tip(state: CloudState) -> str:
    price, wish = state.own.price, state.wish
    if price is None:
        return ""
    left = price.typical * state.resale_share
    return rows_tip(
        [
            ("Price", money(price.typical)),
            ("Sold in the end for", f"{money(left)} ({state.resale_share:.0%})"),
            ("Spread over", f"{wish.life_years:g} years"),
            ("Electricity", f"{state.own.load_w:.0f} W at {wish.price_per_kwh:.3f} $/kWh"),
            ("Formula", MONTH_FORMULA),
        ],
        "A month of owning, wear included",
    )


def odds_tip(odds: Odds) -> str:
    """Return what each doubtful input does to the gain from owning, largest first."""
    rows = [(swing.name, swing_words(swing)) for swing in odds.swings if swing.size > 0]
    return rows_tip(rows, "What owning gains over its life when one input is low or high:")


def _wait(answer: Answer) -> tuple[str, str, str]:
    """Return value, unit and note of the break-even."""
    if answer.payback is None or answer.odds is None:
        return "–", "", ""
    if answer.payback.months is None:
        return (
            "Never",
            "",
            f"at best {months(answer.odds.p10_months)}" if answer.odds.p10_months else "",
        )
    value = months(float(answer.payback.months))
    unit = "months" if value[-1].isdigit() else ""
    if value.startswith("over "):
        value, unit = "10+", "years"  # large letters have room for no more
    hours = f"{answer.payback.busy_hours:,.0f} busy hours" if answer.payback.busy_hours else ""
    return value, unit, hours
