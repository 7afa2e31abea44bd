"""Gathers what recommendations and the upgrade plan rest on: catalogue, inventory, recordings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Protocol

from hwstudio.core.assess.ability import abilities
from hwstudio.core.assess.change import Ground, Parts, cost_of
from hwstudio.core.assess.goal import need_of, usable_weights
from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.parts import groups_of
from hwstudio.core.assess.readiness import Terms, judge_for
from hwstudio.core.assess.upgrade.book import UpgradeBook
from hwstudio.core.assess.upgrade.candidates import card_check, card_name
from hwstudio.core.assess.upgrade.counterfactual import Trials
from hwstudio.core.assess.upgrade.inventory import THIS_PC, Item
from hwstudio.core.assess.upgrade.known import Known, known_build
from hwstudio.core.assess.upgrade.lifecycle import Lifecycle, lifecycle
from hwstudio.core.assess.upgrade.rent import Use
from hwstudio.core.assess.upgrade.situation import OwnFacts, Situation
from hwstudio.core.assess.upgrade.swap import Bought
from hwstudio.core.base.clock import utc_now
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.cloud.filter import OfferFilter, filter_offers
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Gpu, GpuCard, Part
from hwstudio.core.monitor.recorded_pressure import Pressure, recorded_pressure
from hwstudio.core.monitor.recorded_use import recorded_use
from hwstudio.core.predict.memory import Fit
from hwstudio.core.project.reference_jobs import reference_jobs
from hwstudio.core.project.upgrade_file import load_upgrades
from hwstudio.core.rules.facts import card_of

if TYPE_CHECKING:
    from hwstudio.core.base.paths import Home
    from hwstudio.core.base.settings import Settings
    from hwstudio.core.catalog.reader import Catalog
    from hwstudio.core.model.workload import Workload
    from hwstudio.core.project.predictors import Predictors


class Opened(Protocol):
    """What has to be open; the studio is."""

    settings: Settings

    @property
    def home(self) -> Home: ...

    @property
    def catalog(self) -> Catalog: ...

    @property
    def predictors(self) -> Predictors: ...


def parts_of(catalog: Catalog) -> Parts:
    """Return what can be bought."""
    return Parts(
        catalog.cards(), catalog.rams(), catalog.storages(), catalog.psus(), catalog.cpus()
    )


def own_facts(studio: Opened, machine: Machine, book: UpgradeBook | None = None) -> OwnFacts:
    """Return what is known of this machine and its use besides what was found."""
    book = book if book is not None else load_upgrades(studio.home.upgrades_file)
    today = utc_now().date()
    return OwnFacts(
        known=known_of(studio, machine, book),
        limits=book.limits,
        offers=filter_offers(studio.catalog.offers(), OfferFilter(), today),
        use=use_of(studio, book),
    )


def known_of(studio: Opened, machine: Machine, book: UpgradeBook) -> Known:
    """Return the parts of this machine that are known: found in it, or listed by the user."""
    catalog = studio.catalog
    own = list(_own_parts(catalog, book))
    if not any(isinstance(part, (Gpu, GpuCard)) for part in own):
        own += _found_cards(catalog, machine)
    build = known_build(machine, catalog.match_cpu, own, catalog.match_board)
    return Known(build=build, mains=studio.settings.mains)


def _own_parts(catalog: Catalog, book: UpgradeBook) -> Iterator[Part]:
    for item in book.items:
        part = part_of(catalog, item)
        if item.machine == THIS_PC and part is not None:
            yield from (part,) * item.quantity


def _found_cards(catalog: Catalog, machine: Machine) -> Iterator[Part]:
    rows = {gpu.id: gpu for gpu in catalog.gpus()}
    for found in machine.gpus:
        gpu = rows.get(found.gpu_id or "")
        if gpu is not None and gpu.form_factor == "PCIe":
            yield card_of(gpu)


def part_of(catalog: Catalog, item: Item) -> Part | None:
    """Return the catalogue's row of a line, None where it has none (any more)."""
    if not item.part_id or not catalog.has_part(item.part_id):
        return None
    return catalog.part(item.part_id)


def use_of(studio: Opened, book: UpgradeBook) -> Use:
    """Return the busy hours a month: typed, else recorded, else not given."""
    tariff = studio.settings.electricity_per_kwh
    if book.hours_per_month is not None:
        return Use(
            hours_per_month=book.hours_per_month, source="typed by you", price_per_kwh=tariff
        )
    history = readable_history(studio)
    found = None
    try:
        found = None if history is None else recorded_use(history, utc_now().timestamp())
    except HostError as error:
        logger("upgrades").warning("the recordings could not be read: %s", error)
    finally:
        if history is not None:
            history.close()
    if found is None:
        return Use(price_per_kwh=tariff)
    words = f"recorded over {found.days:.0f} days"
    return Use(hours_per_month=found.hours_per_month, source=words, price_per_kwh=tariff)


def readable_history(studio: Opened) -> ReadingHistory | None:
    """Return the recorded readings, None where there are none or they cannot be read."""
    if not studio.home.monitor_file.exists():
        return None
    try:
        return ReadingHistory.open(studio.home.monitor_file)
    except (HostError, UserError) as error:
        logger("upgrades").warning("the recordings could not be read: %s", error)
        return None


def pressures_of(studio: Opened) -> tuple[Pressure, ...]:
    """Return how full memory was by the recordings; empty = not recorded."""
    history = readable_history(studio)
    if history is None:
        return ()
    try:
        return recorded_pressure(history, utc_now().timestamp())
    except HostError as error:
        logger("upgrades").warning("the recordings could not be read: %s", error)
        return ()
    finally:
        history.close()


def lifecycles_of(catalog: Catalog, book: UpgradeBook, today: date) -> tuple[Lifecycle, ...]:
    """Return age and support of every line of the inventory."""
    records = catalog.records("support_date")
    return tuple(
        lifecycle(item, part_of(catalog, item), records, book.limits, today) for item in book.items
    )


def situation_of(
    studio: Opened,
    machine: Machine,
    book: UpgradeBook,
    goal: Workload,
    *,
    allows_less_vram: bool = False,
) -> Situation:
    """Return all that a plan for one goal rests on."""
    catalog, predictor = studio.catalog, studio.predictors.now()
    gpus, parts, today = catalog.gpus(), parts_of(catalog), utc_now().date()
    rows = {gpu.id: gpu for gpu in gpus}
    jobs = reference_jobs(catalog)
    weights = usable_weights(studio.settings.readiness_weights, jobs)
    terms = Terms(jobs, weights, catalog.match_cpu, predictor)
    judge = judge_for(machine, goal, terms, gpus=gpus, parts=parts)
    rescore, need = judge.rescorer(rows), need_of(goal)
    known = known_of(studio, machine, book)

    def start(changed: Machine, ground: Ground) -> Trials:
        return Trials(changed, need, parts, rescore(changed, ()), rescore, ground)

    return Situation(
        machine=machine,
        book=book,
        today=today,
        ground=Ground(
            known=known,
            limits=book.limits,
            jobs=catalog.workloads(),
            find=rows.get,
            predictor=predictor,
        ),
        start=start,
        find=lambda part_id: wished(catalog, part_id, known),
        lifecycles=lifecycles_of(catalog, book, today),
        pressures=pressures_of(studio),
        allows_less_vram=allows_less_vram,
        shapes=Shapes(goal, gpus, predictor),
        offers=filter_offers(catalog.offers(), OfferFilter(), today),
        use=use_of(studio, book),
        does_fit=_fits(machine, goal, rows),
    )


def _fits(machine: Machine, goal: Workload, rows: dict[str, Gpu]) -> bool:
    (found,) = abilities(machine, groups_of(machine, rows.get), (goal,))
    return found.verdict == Fit.FITS


def wished(catalog: Catalog, part_id: str, known: Known) -> Bought | None:
    """Return a part of the catalogue as something to buy; None without a price or row."""
    if not catalog.has_part(part_id):
        return None
    part = catalog.part(part_id)
    if isinstance(part, Gpu):
        alike = [c for c in catalog.cards() if c.gpu.id == part.id and c.price is not None]
        if not alike:
            return None
        part = min(alike, key=lambda card: (card.price.amount if card.price else 0, card.id))
    if part.price is None:
        return None
    if isinstance(part, GpuCard):
        return Bought(
            part, f"Put in a {card_name(part)}", cost_of(part.price), card_check(part, known)
        )
    return Bought(part, f"Put in a {part.name}", cost_of(part.price), "")
