"""The Cloud tab without its window: wishes in, one immutable state out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.assess.own_machine import OwnMachine, own_build, own_gpu, own_machine, with_own
from hwstudio.core.assess.own_or_rent import Question, Shapes
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.cloud.age import age_words, is_stale
from hwstudio.core.cloud.filter import OfferFilter, filter_offers
from hwstudio.core.cost.options import SPOT, price_of, ratio_band
from hwstudio.core.model.build import Build
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Part
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.slots import lanes_of
from hwstudio.gui.cloud.reckon import reckon
from hwstudio.gui.cloud.shaping import WAITING, Shaping, not_yet
from hwstudio.gui.cloud.state import MOST_CHOSEN, Answer, CloudState, OfferRow, Stock, Wish

BUILD, MACHINE = "build", "machine"
_WEEKS_PER_MONTH = 365.25 / 7 / 12
FIRST_GPU = "gpu-geforce-rtx-4090"


class CloudViewModel(QObject):
    """Holds the wishes; ``changed`` carries the new CloudState, ``refused`` a sentence."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, stock: Stock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stock = stock
        self._build: Build | None = None
        self._machine: Machine | None = None
        self._has_chosen_own = self._has_typed_hours = False
        known = {workload.id for workload in stock.workloads}
        goal = stock.goal if stock.goal in known else stock.workloads[0].id
        self._wish = Wish(
            own_key=self._first_gpu(), workload_id=goal, price_per_kwh=stock.price_per_kwh
        )
        self._shapes: Shapes | None = None
        self._market_key: object = None
        self._market: tuple[tuple[Offer, bool], ...] = ()
        self.state = self._waiting()
        self._shaping = Shaping(stock, self)
        self._shaping.made.connect(self._on_shapes)
        self._shaping.failed.connect(self.refused)
        self._shape()

    # --- what is compared -------------------------------------------------------------------

    @Slot(object)
    def set_build(self, build: object) -> None:
        """Take the build of the Configure tab; it leads until the user chooses otherwise."""
        has_card = isinstance(build, Build) and build.card is not None
        self._build = build if isinstance(build, Build) and has_card else None
        self._follow()

    @Slot(object)
    def set_machine(self, machine: object) -> None:
        """Take what was found about this computer."""
        self._machine = machine if isinstance(machine, Machine) else None
        self._follow()

    def _follow(self) -> None:
        keys = [key for key, _ in self._own_choices()]
        wanted = self._wish.own_key
        if not self._has_chosen_own or wanted not in keys:
            wanted = keys[0] if keys[0] in (BUILD, MACHINE) else self._first_gpu()
        if wanted != self._wish.own_key or wanted in (BUILD, MACHINE):
            self._set(own_key=wanted, price=None, load_w=None, speed_ratio=None)
        else:
            self._set()

    @Slot(str)
    def choose_own(self, key: str) -> None:
        """Compare the build, this PC or a GPU; what was typed for another is dropped."""
        self._has_chosen_own = True
        self._set(own_key=key, price=None, load_w=None, speed_ratio=None)

    @Slot(str)
    def choose_workload(self, workload_id: str) -> None:
        """Choose the job; the old answer stays until the new speeds are there."""
        self._wish = replace(self._wish, workload_id=workload_id, speed_ratio=None)
        self._shape()

    @Slot()
    def refresh(self) -> None:
        """Answer again, with what was measured meanwhile."""
        self._set()

    @Slot(float)
    def set_price(self, value: float) -> None:
        """Say what the hardware costs, USD."""
        self._set(price=value)

    @Slot(float)
    def set_load_w(self, value: float) -> None:
        """Say what it draws at the wall while it works."""
        self._set(load_w=value)

    @Slot(float)
    def set_hours(self, value: float) -> None:
        """Say how many busy hours a month it has."""
        self._has_typed_hours = True
        self._set(hours_per_month=value)

    @Slot(float)
    def set_use(self, hours_per_week: float) -> None:
        """Take the hours of the Configure tab; hours typed here stay."""
        if not self._has_typed_hours:
            self._set(hours_per_month=float(round(hours_per_week * _WEEKS_PER_MONTH)))

    @Slot(float)
    def set_tariff(self, value: float) -> None:
        """Say what a kWh costs, USD."""
        self._set(price_per_kwh=value)

    @Slot(float)
    def set_resale_percent(self, value: float) -> None:
        """Say what share of the price it will bring at the end, per cent."""
        self._set(resale_share=value / 100)

    @Slot(float)
    def set_life(self, value: float) -> None:
        """Say how many years it is kept."""
        self._set(life_years=value)

    @Slot(float)
    def set_speed_ratio(self, value: float) -> None:
        """Say how many times as fast the rented machine is."""
        self._set(speed_ratio=value)

    @Slot()
    def forget_own_figures(self) -> None:
        """Go back to the catalogue's price, watts, resale and the estimated speed."""
        self._set(price=None, load_w=None, resale_share=None, speed_ratio=None)

    # --- offers -----------------------------------------------------------------------------

    @Slot(str)
    def choose_pay(self, kind: str) -> None:
        """Choose the way of paying; the table then holds the offers that have such a price."""
        self._set(pay=kind)

    @Slot(object)
    def set_filter(self, wish: object) -> None:
        """Narrow the offers."""
        if isinstance(wish, OfferFilter):
            self._set(filter=wish)

    @Slot(bool)
    def set_only_fitting(self, value: bool) -> None:
        """Hide offers whose memory the job does not fit."""
        self._set(only_fitting=value)

    @Slot(object, bool)
    def choose_offer(self, row: object, is_on: bool) -> None:
        """Put an offer on the chart or take it off; the oldest makes room."""
        if not isinstance(row, OfferRow):
            return
        kept = tuple(one for one in self._wish.chosen if one != row.offer.id)
        chosen = (*kept, row.offer.id)[-MOST_CHOSEN:] if is_on else kept
        self._set(chosen=chosen, speed_ratio=None)

    @Slot()
    def clear_offers(self) -> None:
        """Take all chosen offers off the chart."""
        self._set(chosen=(), speed_ratio=None)

    # --- reckoning --------------------------------------------------------------------------

    def _shape(self) -> None:
        own = self._own(self._wish.own_key)
        self._shaping.make(self._workload(self._wish.workload_id), max(1, own.gpu_count))

    @Slot(object)
    def _on_shapes(self, shapes: object) -> None:
        if isinstance(shapes, Shapes):
            self._shapes = shapes
            self._set()

    def _set(self, **values: object) -> None:
        before = self._wish
        self._wish = replace(before, **values)  # type: ignore[arg-type]
        try:
            own = with_own(self._own(self._wish.own_key), self._wish.price, self._wish.load_w)
            shapes = self._shapes
            if shapes is None:
                self.state = self._waiting()
            elif not self._shaping.is_current(shapes, max(1, own.gpu_count)):
                self._shape()  # calls again
                return
            else:
                self.state = self._reckoned(shapes, own)
        except HwstudioError as error:
            self._wish = before
            self.refused.emit(error.sentence)
            return
        self.changed.emit(self.state)

    def _waiting(self) -> CloudState:
        """Return the state before any speed is known."""
        wish, workload = self._wish, self._workload(self._wish.workload_id)
        own = with_own(self._own(wish.own_key), wish.price, wish.load_w)
        return CloudState(
            wish=wish,
            own_choices=self._own_choices(),
            own=own,
            own_speed=not_yet(workload),
            workload=workload,
            resale_share=self._question(own).resale,
            rows=(),
            answer=Answer(sentence=WAITING, detail="", kind="info"),
            is_waiting=True,
        )

    def _reckoned(self, shapes: Shapes, own: OwnMachine) -> CloudState:
        wish = self._wish
        question = self._question(own)
        own_speed = shapes.own_speed(own)
        offers = self._shown_offers(shapes)
        answer = reckon(question, wish, shapes, offers, own_speed, self._stock.offers)
        reference = answer.reference.offer.id if answer.reference else None
        return CloudState(
            wish=wish,
            own_choices=self._own_choices(),
            own=own,
            own_speed=own_speed,
            workload=shapes.workload,
            resale_share=question.resale,
            rows=_first_chosen(
                self._row(shapes, offer, (own, own_speed), reference) for offer in offers
            ),
            answer=answer,
        )

    def _question(self, own: OwnMachine) -> Question:
        wish = self._wish
        return Question(
            own=own,
            hours_per_month=wish.hours_per_month,
            price_per_kwh=wish.price_per_kwh,
            life_years=wish.life_years,
            resale_share=wish.resale_share,
        )

    def asked(self) -> tuple[Question, Shapes, tuple[Offer, ...]] | None:
        """Return the question on the screen, the speeds and the offers shown; None = not yet."""
        if self._shapes is None or self.state.is_waiting:
            return None
        return self._question(self.state.own), self._shapes, self._shown_offers(self._shapes)

    def _shown_offers(self, shapes: Shapes) -> tuple[Offer, ...]:
        wish = self._wish
        key = (wish.filter, wish.pay, wish.only_fitting, shapes.workload.id)
        if key != self._market_key:
            self._market_key = key
            self._market = tuple((offer, shapes.fits(offer)) for offer in self._filtered(wish))
        return tuple(offer for offer, fits in self._market if fits or not wish.only_fitting)

    def _filtered(self, wish: Wish) -> tuple[Offer, ...]:
        limit = wish.filter.max_price
        asked = replace(wish.filter, is_spot=wish.pay == SPOT, max_price=None)
        found = filter_offers(self._stock.offers, asked, self._stock.today)
        return tuple(
            sorted(
                (
                    offer
                    for offer in found
                    if (price := price_of(offer, wish.pay)) is not None
                    and (limit is None or price <= limit)
                ),
                key=_PerGpu(wish.pay),
            )
        )

    def _row(
        self,
        shapes: Shapes,
        offer: Offer,
        mine: tuple[OwnMachine, Prediction],
        reference: int | None,
    ) -> OfferRow:
        own, own_speed = mine
        speed = shapes.speed(offer)
        is_same = own.gpu is not None and own.gpu.id == offer.gpu_id
        return OfferRow(
            offer=offer,
            price=price_of(offer, self._wish.pay),
            ratio=ratio_band(speed, own_speed, is_same=is_same),
            speed=speed,
            fits=shapes.fits(offer),
            is_chosen=offer.id in self._wish.chosen,
            is_reference=offer.id == reference,
            age=age_words(offer.as_of, self._stock.today),
            is_stale=is_stale(offer.as_of, self._stock.today),
        )

    def _workload(self, workload_id: str) -> Workload:
        return next(one for one in self._stock.workloads if one.id == workload_id)

    def _first_gpu(self) -> str:
        ids = [gpu.id for gpu in self._stock.gpus]
        return FIRST_GPU if FIRST_GPU in ids else ids[0]

    def _own_choices(self) -> tuple[tuple[str, str], ...]:
        found = []
        if self._build is not None and self._build.card is not None:
            count = f"{self._build.card_count} x " if self._build.card_count > 1 else ""
            found.append((BUILD, f"Your build ({count}{self._build.card.gpu.name})"))
        if self._machine is not None:
            names = {gpu.id: gpu.name for gpu in self._stock.gpus}
            ids = [gpu.gpu_id for gpu in self._machine.gpus if gpu.gpu_id in names]
            if ids:
                found.append((MACHINE, f"This PC ({names[ids[0] or '']})"))
        gpus = sorted(self._stock.gpus, key=_name)
        return (*found, *((gpu.id, gpu.name) for gpu in gpus))

    def _own(self, key: str) -> OwnMachine:
        if key == BUILD and self._build is not None:
            return own_build(self._build, lanes_per_gpu=lanes_of(self._build))
        if key == MACHINE and self._machine is not None:
            return own_machine(self._machine, self._stock.gpus, self._stock.cards)
        gpu = next((gpu for gpu in self._stock.gpus if gpu.id == key), self._stock.gpus[0])
        return own_gpu(gpu, self._stock.cards)


class _PerGpu:
    """Sort key: price of one accelerator hour in a way of paying."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __call__(self, offer: Offer) -> tuple[Decimal, str, str, str]:
        price = price_of(offer, self._kind) or Decimal(0)
        each = price / Decimal(str(offer.accelerator_count))
        return each, offer.provider, offer.instance, offer.region


def _first_chosen(rows: Iterable[OfferRow]) -> tuple[OfferRow, ...]:
    """Put the compared offers on top, the rest in the order they come."""
    return tuple(sorted(rows, key=_rank))


def _rank(row: OfferRow) -> int:
    return 0 if row.is_reference else 1 if row.is_chosen else 2


def _name(part: Part) -> str:
    return part.name
