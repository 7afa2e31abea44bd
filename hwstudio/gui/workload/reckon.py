"""From a wish to the whole screen: memory, speed, time, power and money on every GPU at once."""

from __future__ import annotations

import math
from dataclasses import replace

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, significant
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.price import Price
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.fitted.calibrate import NO_PROBES, Probes, SheetDoubt
from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.detail import parts_of
from hwstudio.core.predict.fitted.job import (
    UNSTATED,
    Software,
    job_speeds,
    observed,
    question_for,
)
from hwstudio.core.predict.fitted.latency import NO_LATENCY, Latency, latency_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.more_devices import PREFIX, Device, stands_alone
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.fitted.software import Met, met_in, software_of, usual_software
from hwstudio.core.predict.fitted.watts import powers
from hwstudio.core.predict.job import predict_job_time, share_at_work
from hwstudio.core.predict.memory import (
    Fit,
    MemoryPrediction,
    advised_on,
    largest_batch,
    memory_on,
)
from hwstudio.core.predict.other_modes import in_every_mode, modes_words
from hwstudio.core.predict.picture_parts import picture_parts
from hwstudio.core.predict.power import job_energy
from hwstudio.core.predict.runs_on import source_of, why_not
from hwstudio.core.predict.savings import Saving, savings_of
from hwstudio.core.predict.smallest import smallest_of
from hwstudio.core.predict.time_parts import TimePart
from hwstudio.core.predict.ways import link_words, ways_of
from hwstudio.core.predict.where_it_runs import as_it_runs
from hwstudio.gui.workload.exact import exact_memory
from hwstudio.gui.workload.hardware import OWN_PROCESSOR, Hardware
from hwstudio.gui.workload.rent import Asked, rent_rows
from hwstudio.gui.workload.state import (
    ErrorRow,
    HardwareRow,
    RentRow,
    Stock,
    WayRow,
    Wish,
    WorkloadState,
)

REST_OF_PC_W = 100.0
MOST_SOFTWARE = 12
BATCHED = (Mode.TRAIN, Mode.FINETUNE, Mode.LORA, Mode.QLORA)


class Reckoner:
    """Keeps what does not change with the knobs: data sheets, prices, the fitted model."""

    def __init__(
        self,
        stock: Stock,
        model: SpeedModel,
        seen: tuple[Observation, ...] = (),
        probes: Probes = NO_PROBES,
    ) -> None:
        self.stock, self.model = stock, model
        self.offsets = Offsets(model, seen, probes)
        self.hardware = Hardware(stock.gpus, model)
        self._prices = cheapest(stock.cards)
        self._software: dict[str, tuple[Met, ...]] = {}
        self.errors = tuple(
            ErrorRow(e["kind"], e["case"], e["devices"], e["rows"], e["median"], e["p90"])
            for e in model.about["errors"]
        )

    def state(self, wish: Wish, own_gpu_id: str) -> WorkloadState:
        """Return the screen for a wish."""
        workload = wish.workload
        devices = self.hardware.of(workload, wish.count)
        used = wish.software if wish.software is not None else usual_software(self.model, workload)
        is_asked = wish.software is not None
        found = job_speeds(self.model, workload, devices, wish.count, used, self.offsets)
        gpus = [gpu for gpu, _ in devices]
        found = as_it_runs(workload, gpus, found, used, is_chosen=is_asked)
        watts = powers(self.model, workload, devices, wish.count, used)
        own, needs = (own_gpu_id, OWN_PROCESSOR), Needs(workload, wish.count)
        rows = tuple(
            self._row(needs, wish, device, told, is_own=device[0].id in own)
            for device, *told in zip(devices, found, watts, strict=True)
        )
        chosen = next((row for row in rows if row.gpu.id == wish.gpu_id), None)
        rent: tuple[RentRow, ...] = ()
        if wish.has_offers:
            with_what = Asked(self.model, used, self.offsets, is_chosen=is_asked)
            rent = rent_rows(with_what, wish.workload_on, self.stock.offers, self.hardware.gpus)
        advice, advised = _advice(workload, chosen)
        ways = self._ways(workload, wish, chosen) if wish.has_ways else ()
        known = self.software(workload, used, chosen.gpu if chosen else None)
        return WorkloadState(
            wish=wish,
            workload=workload,
            rows=rows,
            chosen=chosen,
            parts=self._parts(workload, chosen, used),
            latency=self._latency(workload, chosen, used),
            least=least_card(rows),
            sentence=sentence_of(chosen) if chosen else "Choose hardware in the table.",
            advice=advice,
            advised=advised,
            software=tuple(met.software for met in known),
            software_names=tuple(met.words() for met in known),
            software_used=used,
            software_note=_note(workload, used, chosen.gpu) if chosen else "",
            errors=self.errors,
            rent=rent,
            savings=self._savings(workload, chosen) if wish.has_savings else (),
            modes=_modes(wish, chosen),
            ways=ways,
            link=link_words(chosen.gpu, max(2, wish.count)) if chosen and ways else "",
            measured=len(self.offsets.seen),
        )

    def take_processor(self, found: tuple[DeviceSheet, SheetDoubt] | None) -> None:
        """Let this computer's processor stand among the hardware."""
        if self.hardware.take_processor(found):
            self.take_probes(self.offsets.probes)

    def _parts(
        self, workload: Workload, row: HardwareRow | None, software: Software
    ) -> tuple[TimePart, ...]:
        """Return what the time goes to on the chosen hardware."""
        device = self.hardware.find(row.gpu.id) if row is not None else None
        if row is None or device is None:
            return ()
        sheet = device[1]
        count = chips(row.gpu, row.count)[1]
        found = parts_of(self.model, workload, sheet, count, software, row.speed, self.offsets)
        return found or picture_parts(workload, row.gpu, row.count, row.speed)

    def _latency(self, workload: Workload, row: HardwareRow | None, software: Software) -> Latency:
        device = self.hardware.find(row.gpu.id) if row is not None else None
        if row is None or device is None:
            return NO_LATENCY
        sheet = device[1]
        count = chips(row.gpu, row.count)[1]
        return latency_of(self.model, workload, sheet, count, software, row.speed, self.offsets)

    def _savings(self, workload: Workload, row: HardwareRow | None) -> tuple[Saving, ...]:
        return () if row is None else savings_of(workload, row.gpu, row.count)

    def _ways(self, workload: Workload, wish: Wish, row: HardwareRow | None) -> tuple[WayRow, ...]:
        """Return how two or more of the chosen hardware can share the job."""
        pair = self.hardware.find(row.gpu.id) if row is not None else None
        if row is None or pair is None or stands_alone(row.gpu):
            return ()
        count = max(2, wish.count)
        out = []
        for way in ways_of(workload, row.gpu, count):
            used = wish.software
            used = used if used is not None else usual_software(self.model, way.workload)
            found = job_speeds(self.model, way.workload, [pair], count, used, self.offsets)
            is_chosen = wish.software is not None
            found = as_it_runs(way.workload, [row.gpu], found, used, is_chosen=is_chosen)
            out.append(WayRow(way, found[0]))
        return tuple(out)

    def observation(self, wish: Wish, units_per_s: float, measured_at: str) -> Observation | None:
        """Return what the user saw of a wish on its chosen hardware; None = nothing to compare."""
        workload, device = wish.workload, self.hardware.find(wish.gpu_id)
        if device is None:
            return None
        sheet = device[1]
        used = wish.software if wish.software is not None else usual_software(self.model, workload)
        found = observed(self.model, workload, sheet, wish.count, used, units_per_s)
        return None if found is None else Observation(*found, measured_at)

    def take_in(self, seen: tuple[Observation, ...]) -> None:
        """Let the answers rest on these observations from now on."""
        self.offsets = Offsets(self.model, seen, self.offsets.probes)

    def take_probes(self, probes: Probes) -> None:
        """Let the answers rest on these probes of this machine from now on."""
        told = self.hardware.doubted(probes)
        if told != self.offsets.probes:
            self.offsets = Offsets(self.model, self.offsets.seen, told)

    def _row(
        self,
        needs: Needs,
        wish: Wish,
        device: Device,
        told: list[Prediction],
        *,
        is_own: bool,
    ) -> HardwareRow:
        gpu, sheet = device
        count, (speed, power) = wish.count, told
        memory = exact_memory(wish, sheet, chips(gpu)[0].vram_bytes) or needs.on(gpu)
        time = predict_job_time(needs.workload, speed)
        at_work = share_at_work(needs.workload, speed)
        energy = job_energy(time, power, REST_OF_PC_W, at_work)
        return HardwareRow(
            gpu=gpu,
            count=count,
            is_own=is_own,
            memory=memory,
            speed=speed,
            time=time,
            power=power,
            energy=energy,
            cost=self._cost(energy),
            price=self._prices.get(gpu.id),
        )

    def _cost(self, energy: Prediction) -> Prediction:
        price = self.stock.price_per_kwh

        def paid(kwh: float | None) -> float | None:
            return None if kwh is None else kwh * price

        return replace(
            energy,
            median=paid(energy.median),
            low=paid(energy.low),
            high=paid(energy.high),
            unit=self.stock.currency,
            formula=f"energy x {price:g} {self.stock.currency}/kWh ({self.stock.tariff_source})",
        )

    def software(
        self, workload: Workload, used: Software, gpu: Gpu | None = None
    ) -> tuple[Met, ...]:
        """Return the software to choose from: the one used and what the work was measured with.

        What is known not to run the job on ``gpu`` is not offered.
        """
        question = question_for(workload, self.hardware.any_sheet)
        if question is None:
            return ()
        kind = class_of(question)
        if kind not in self._software:
            self._software[kind] = software_of(self.model, kind)
        known = self._software[kind]
        if gpu is not None:
            known = tuple(m for m in known if not why_not(workload, m.software.framework, gpu))
        shown = known[:MOST_SOFTWARE]
        if used == UNSTATED or used in (met.software for met in shown):
            return shown
        own = next((met for met in met_in(self.model, kind) if met.software == used), None)
        return shown if own is None else (own, *(m for m in shown if m.words() != own.words()))


class Needs:
    """The memory of one job by size of card: many cards have the same."""

    def __init__(self, workload: Workload, count: int) -> None:
        self.workload, self._count = workload, count
        self._known: dict[tuple[int, int], MemoryPrediction] = {}

    def on(self, gpu: Gpu) -> MemoryPrediction:
        """Return the need on one kind of card."""
        one, seen = chips(gpu, self._count)
        key = one.vram_bytes, seen
        if key not in self._known:
            self._known[key] = memory_on(self.workload, gpu, self._count, is_advised=False)
        return self._known[key]


def cheapest(cards: tuple[GpuCard, ...]) -> dict[str, Price]:
    """Return the lowest card price of every GPU."""
    found: dict[str, Price] = {}
    for card in cards:
        price = card.price
        if price is None:
            continue
        known = found.get(card.gpu.id)
        if known is None or price.amount < known.amount:
            found[card.gpu.id] = price
    return found


def name_of(row: HardwareRow) -> str:
    """Return the hardware in words."""
    return row.gpu.name if row.count == 1 else f"{row.count} x {row.gpu.name}"


def sentence_of(row: HardwareRow) -> str:
    """Return the answer in one sentence."""
    fits = _fit_words(row)
    if row.memory.verdict is Fit.NO:
        return f"{fits}."
    if row.time.median is None:
        return f"{fits}. How fast it runs is not known: {lower_first(row.speed.refused)}."
    paid = "" if row.cost.median is None else f", {cost_words(row.cost)} of electricity"
    return f"{fits}; about {time_words(row.time)}{paid}."


def _modes(wish: Wish, chosen: HardwareRow | None) -> str:
    if chosen is None or not wish.has_savings:
        return ""
    return modes_words(in_every_mode(wish.model, chosen.gpu, chosen.count))


def _note(workload: Workload, used: Software, gpu: Gpu) -> str:
    """Return why software is not known to run on hardware, and where that stands."""
    why = why_not(workload, used.framework, gpu)
    return why and f"{why} ({source_of(workload, used.framework, gpu)})"


def _advice(workload: Workload, chosen: HardwareRow | None) -> tuple[str, Workload | None]:
    """Return what to change where it does not fit, else the largest batch; and the job then."""
    if chosen is None or chosen.memory.source:
        # The advice rests on the formulas; beside an exact need it would contradict it.
        return "", None
    verdict = chosen.memory.verdict
    if verdict in (Fit.NO, Fit.TIGHT):
        return advised_on(workload, chosen.gpu, chosen.count)
    if verdict is Fit.FITS and workload.mode in BATCHED:
        one, seen = chips(chosen.gpu, chosen.count)
        most = largest_batch(workload, one.vram_bytes, seen)
        if most is not None and most > workload.batch:
            return f"Up to {most:,} at once would fit", replace(workload, batch=most)
    return "", None


def least_card(rows: tuple[HardwareRow, ...]) -> HardwareRow | None:
    """Return the smallest card of the catalogue that the job surely fits."""
    sold = {row.gpu.id: row for row in rows if not row.gpu.id.startswith(PREFIX)}

    def fits(gpu: Gpu) -> bool:
        return sold[gpu.id].memory.verdict is Fit.FITS

    least = smallest_of((row.gpu for row in sold.values()), fits)
    return None if least is None else sold[least.id]


def _fit_words(row: HardwareRow) -> str:
    memory, where = row.memory, "this PC" if row.is_own else name_of(row)
    room = gib(memory.vram_bytes)
    each = " each" if row.count > 1 or (row.gpu.gpus_on_card or 1) > 1 else ""
    if memory.need_bytes is None:
        return f"Whether it fits {where} is not known"
    need, spare = gib(memory.need_bytes), gib(max(0, memory.vram_bytes - memory.need_bytes))
    if memory.verdict is Fit.FITS:
        return f"Fits in the {room}{each} of {where} with about {spare} to spare"
    if memory.verdict is Fit.TIGHT:
        return f"May just fit in the {room}{each} of {where}"
    return f"Does not fit: it needs about {need}{each}, {where} has {room}{each}"


_SPANS = (
    (90.0, 1.0, "s"), (5400.0, 60.0, "min"), (172_800.0, 3600.0, "h"),
    (5_184_000.0, 86_400.0, "days"), (6.3e7, 2_629_800.0, "months"),
    (math.inf, 31_557_600.0, "years"),
)  # fmt: skip


def _span(seconds: float) -> tuple[str, str]:
    size, unit = next((size, unit) for most, size, unit in _SPANS if seconds < most)
    return significant(seconds / size, 2), unit


def time_words(time: Prediction) -> str:
    """Return a time as a range, two digits each: ``4.4 to 29 h``, ``50 min to 3.1 h``."""
    low, high = _span(time.low or 0.0), _span(time.high or 0.0)
    if low == high:
        return f"{low[0]} {low[1]}"
    if low[1] == high[1]:
        return f"{low[0]} to {high[0]} {high[1]}"
    return f"{low[0]} {low[1]} to {high[0]} {high[1]}"


def lower_first(words: str) -> str:
    """Return a sentence as it goes on after a colon; names and short forms keep their capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def paid_words(cost: Prediction) -> str:
    """Return money as a range: ``$0.22 to $0.52``."""
    low, high = cost.low or 0.0, cost.high or 0.0
    if high < 0.01:
        return f"under {money(0.01, cost.unit)}"
    return f"{money(low, cost.unit)} to {money(high, cost.unit)}"


def cost_words(cost: Prediction) -> str:
    """Return money with its currency."""
    value = cost.median or 0.0
    if 0 < value < 0.01:
        return f"under {money(0.01, cost.unit)}"
    return money(value, cost.unit)
