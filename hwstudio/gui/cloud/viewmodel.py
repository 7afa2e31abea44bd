"""The Cloud tab without its window: wishes in, one immutable state out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache

from PySide6.QtCore import QObject, Signal, Slot

from hwstudio.core.assess.own_machine import OwnMachine, own_build, own_gpu, own_machine, with_own
from hwstudio.core.assess.own_or_rent import Question, Shapes
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.cloud.filter import OfferFilter, filter_offers
from hwstudio.core.cost.cloud_data import CloudData
from hwstudio.core.cost.options import SPOT, Choice, price_of
from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.core.model.build import Build
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Part
from hwstudio.core.model.workload import Workload
from hwstudio.core.optimize.slots import lanes_of
from hwstudio.gui.cloud.kept import load_wish, save_wish
from hwstudio.gui.cloud.presets import preset_values
from hwstudio.gui.cloud.reckon import reckon
from hwstudio.gui.cloud.rows import offer_rows
from hwstudio.gui.cloud.shaping import WAITING, Shaping, not_yet
from hwstudio.gui.cloud.state import MOST_CHOSEN, Answer, CloudState, OfferRow, Stock, Wish

BUILD, MACHINE = "build", "machine"
_WEEKS_PER_MONTH = 365.25 / 7 / 12
FIRST_GPU = "gpu-geforce-rtx-4090"
# Refreshed prices name each machine once a region; more than so many cannot be weighed at the pace
# of a slider, and the dearer regions of a machine change no answer.
MOST_OFFERS = 4000


class CloudViewModel(QObject):
    """Holds the wishes; ``changed`` carries the new CloudState, ``refused`` a sentence."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, stock: Stock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stock = stock
        self._build: Build | None = None
        self._machine: Machine | None = None
        self._has_chosen_own = self._has_typed_hours = self._has_chosen_job = False
        self._main_job = ""  # of Configure
        self._titles = {workload.id: workload.title for workload in stock.workloads}
        goal = stock.goal if stock.goal in self._titles else stock.workloads[0].id
        self._wish = self._kept_wish(
            Wish(own_key=self._first_gpu(), workload_id=goal, price_per_kwh=stock.price_per_kwh)
        )
        self._saved = self._wish
        self._shapes: Shapes | None = None
        self._market_key: object = None
        self._market: tuple[Offer, ...] = ()
        self._is_one_region = False
        self._fitting_key: object = None
        self._fits: tuple[Offer, ...] = ()
        self._choice_key: tuple[Shapes, tuple[Offer, ...], SpotTerms] | None = None
        self.state = self._waiting()
        self._shaping = Shaping(stock, self)
        self._shaping.made.connect(self._on_shapes)
        self._shaping.failed.connect(self.refused)
        self._shape()

    def _kept_wish(self, usual: Wish) -> Wish:
        """Return what was kept, as far as the catalogue still has it."""
        if self._stock.kept is None:
            return usual
        try:
            found = load_wish(self._stock.kept, usual)
        except HwstudioError as error:
            logger("cloud").warning("%s", error.sentence)
            return usual
        self._has_typed_hours = found.hours_per_month != usual.hours_per_month
        if found.workload_id not in self._titles:
            found = replace(found, workload_id=usual.workload_id, speed_ratio=None)
        self._has_chosen_job = found.workload_id != usual.workload_id
        self._has_chosen_own = found.own_key != usual.own_key
        if found.own_key not in {gpu.id for gpu in self._stock.gpus}:
            found = replace(found, own_key=usual.own_key, price=None, load_w=None)
            self._has_chosen_own = False
        return found

    @Slot()
    def keep(self) -> None:
        """Write down what was typed, if anything changed."""
        wish, file = self._wish, self._stock.kept
        if file is None or wish == self._saved:
            return
        came = set() if self._has_typed_hours else {"hours_per_month"}
        if not self._has_chosen_job:
            came.add("workload_id")
        if wish.price_per_kwh == self._stock.price_per_kwh:
            came.add("price_per_kwh")
        if wish.own_key in (BUILD, MACHINE) or not self._has_chosen_own:
            came |= {"own_key", "price", "load_w", "speed_ratio"}
        try:
            save_wish(file, wish, frozenset(came))
        except HwstudioError as error:
            self.refused.emit(error.sentence)
            return
        self._saved = wish

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
        self._has_chosen_job = True
        self._take_job(workload_id)

    @Slot(str)
    def set_main_job(self, workload_id: str) -> None:
        """Take the job that Configure plans for; one chosen here stays."""
        self._main_job = workload_id if workload_id in self._titles else ""
        if self._main_job and not self._has_chosen_job and workload_id != self._wish.workload_id:
            self._take_job(workload_id)
        else:
            self._set()

    def _take_job(self, workload_id: str) -> None:
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

    @Slot(str)
    def choose_country(self, code: str) -> None:
        """Say in which country the electricity is made, for the carbon of owning."""
        self._set(country=code)

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

    @Slot(float)
    def set_discount_percent(self, value: float) -> None:
        """Say what is taken off every rental price, per cent."""
        self._set(rent_discount=value / 100)

    @Slot(float)
    def set_rented_percent(self, value: float) -> None:
        """Say what share of the work the hybrid does on a rented machine, per cent."""
        self._set(rented_share=value / 100)

    @Slot(object)
    def set_terms(self, terms: object) -> None:
        """Say how often spot machines are taken away and how work on them is saved."""
        if isinstance(terms, SpotTerms):
            self._set(terms=terms)

    @Slot(object)
    def set_data(self, wanted: object) -> None:
        """Say what data are kept at a provider and what leaves it."""
        if isinstance(wanted, CloudData):
            self._set(data=wanted)

    @Slot(object)
    def set_reasons(self, keys: object) -> None:
        """Say what matters beside money: keys of core.assess.when."""
        if isinstance(keys, frozenset):
            self._set(reasons=keys)

    @Slot(str)
    def choose_preset(self, preset_id: str) -> None:
        """Take one of the usual examples whole."""
        values = preset_values(preset_id, self._stock)
        self._has_chosen_own = self._has_typed_hours = self._has_chosen_job = True
        workload_id = str(values.pop("workload_id"))
        before, self._wish = self._wish, replace(self._wish, **values)  # type: ignore[arg-type]
        if workload_id == before.workload_id:
            self._set()
        else:
            self.choose_workload(workload_id)

    @Slot()
    def forget_own_figures(self) -> None:
        """Go back to the catalogue's price, watts, resale and the estimated speed."""
        self._set(price=None, load_w=None, resale_share=None, speed_ratio=None, rent_discount=0.0)

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

    @Slot(object)
    def take_offers(self, offers: tuple[Offer, ...]) -> None:
        """Take other offers or prices; the old answer stays until the new one is there."""
        if offers == self._stock.offers:
            return
        self._stock = replace(self._stock, offers=offers)
        self._shaping.take_stock(self._stock)
        self._market_key = self._fitting_key = None
        self._shape()

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
            make_rows=tuple,
            answer=Answer(sentence=WAITING, detail="", kind="info"),
            job_note=self._job_note(),
            is_waiting=True,
        )

    def _reckoned(self, shapes: Shapes, own: OwnMachine) -> CloudState:
        wish = self._wish
        question = self._question(own)
        own_speed = shapes.own_speed(own)
        market = self._offers()
        fitting = self._fitting(shapes)
        choice = self._choice_of(shapes, fitting)
        answer = reckon(question, wish, shapes, choice, own_speed, self._stock)
        reference = answer.reference.offer.id if answer.reference else None
        shown = fitting if wish.only_fitting else market
        mine = (own, own_speed)

        @cache
        def make_rows() -> tuple[OfferRow, ...]:
            return offer_rows(shown, shapes, wish, mine, self._stock, reference)

        return CloudState(
            wish=wish,
            own_choices=self._own_choices(),
            own=own,
            own_speed=own_speed,
            workload=shapes.workload,
            resale_share=question.resale,
            make_rows=make_rows,
            answer=answer,
            job_note=self._job_note(),
            is_one_region=self._is_one_region,
        )

    def _job_note(self) -> str:
        main = self._main_job
        if not main:
            return ""
        if not self._has_chosen_job:
            return "As in Configure. It follows until you choose another one here."
        if main == self._wish.workload_id:
            return "The same as in Configure."
        return f"Chosen here. Configure plans for: {self._titles[main]}."

    def _question(self, own: OwnMachine) -> Question:
        wish = self._wish
        return Question(
            own=own,
            hours_per_month=wish.hours_per_month,
            price_per_kwh=wish.price_per_kwh,
            life_years=wish.life_years,
            resale_share=wish.resale_share,
            rented_share=wish.rented_share,
            grid_g_per_kwh=self._stock.countries.get(wish.country, ("", None))[1],
            terms=wish.terms,
            data=self._stock.data.with_wanted(wish.data),
        )

    def asked(self) -> tuple[Question, Shapes, tuple[Offer, ...]] | None:
        """Return the question on the screen, the speeds and the fitting offers; None = not yet."""
        if self._shapes is None or self.state.is_waiting:
            return None
        return self._question(self.state.own), self._shapes, self._fitting(self._shapes)

    def _offers(self) -> tuple[Offer, ...]:
        """Return the offers that meet the filter, however they are paid for."""
        wish = self._wish
        key = (wish.filter, wish.pay)
        if key != self._market_key:
            limit = wish.filter.max_price
            asked = replace(wish.filter, is_spot=wish.pay == SPOT, max_price=None)
            offers = filter_offers(self._stock.offers, asked, self._stock.today)
            found = tuple(o for o in offers if limit is None or _is_below(o, wish.pay, limit))
            self._is_one_region = len(found) > MOST_OFFERS
            self._market_key = key
            self._market = _first_regions(found, wish.pay) if self._is_one_region else found
        return self._market

    def _fitting(self, shapes: Shapes) -> tuple[Offer, ...]:
        """Return those the job fits on: memory comes before money."""
        key = (self._market_key, shapes.workload.id)
        if key != self._fitting_key:
            self._fitting_key = key
            self._fits = tuple(offer for offer in self._market if shapes.fits(offer))
        return self._fits

    def _choice_of(self, shapes: Shapes, fitting: tuple[Offer, ...]) -> Choice:
        """Return the sound choices; looked for anew only when the offers or the terms change."""
        key = (shapes, fitting, self._wish.terms)
        last = self._choice_key
        is_same = last is not None and last[0] is shapes and last[1] is fitting
        if not is_same or last is None or last[2] != key[2]:
            self._choice_key = key
            self._choice = Choice(fitting, shapes.speed, self._wish.terms)
        return self._choice

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


def _is_below(offer: Offer, kind: str, limit: Decimal) -> bool:
    price = price_of(offer, kind)
    return price is not None and price <= limit


def _first_regions(offers: Iterable[Offer], kind: str) -> tuple[Offer, ...]:
    """Return each machine once, where it is cheapest."""
    first: dict[tuple[str, str, float], tuple[bool, Decimal, Offer]] = {}
    for offer in offers:
        price = price_of(offer, kind)
        rank = (price is None, price or Decimal(0))
        machine = (offer.provider, offer.instance, offer.accelerator_count)
        if machine not in first or rank < first[machine][:2]:
            first[machine] = (*rank, offer)
    return tuple(offer for _, _, offer in first.values())


def _name(part: Part) -> str:
    return part.name
