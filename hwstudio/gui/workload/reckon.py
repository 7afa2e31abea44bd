"""From a wish to the whole screen: memory, speed, time, power and money on every GPU at once."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, significant
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.price import Price
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.fitted.calibrate import NO_PROBES, Probes
from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.job import (
    Software,
    likely_software,
    observed,
    question_for,
    sheet_of,
    speeds,
)
from hwstudio.core.predict.fitted.model import GROUP_OF, SpeedModel
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.job import (
    GPU_POWER_SHARE,
    GPU_POWER_SHARE_HIGH,
    GPU_POWER_SHARE_LOW,
    predict_job_energy,
    predict_job_time,
)
from hwstudio.core.predict.job_maker import job_of
from hwstudio.core.predict.memory import Fit, largest_batch, predict_memory
from hwstudio.core.predict.speed import predict_speed
from hwstudio.gui.workload.rent import rent_rows
from hwstudio.gui.workload.state import (
    ErrorRow,
    HardwareRow,
    RentRow,
    Stock,
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
        known = tuple(model.devices.values())
        self._sheets: dict[str, DeviceSheet] = {g.id: sheet_of(g, known) for g in stock.gpus}
        self._gpus = {gpu.id: (gpu, self._sheets[gpu.id]) for gpu in stock.gpus}
        self._prices = cheapest(stock.cards)
        self._software: dict[str, tuple[Software, ...]] = {}
        self.errors = tuple(
            ErrorRow(e["kind"], e["case"], e["devices"], e["rows"], e["median"], e["p90"])
            for e in model.about["errors"]
        )

    def state(self, wish: Wish, own_gpu_id: str) -> WorkloadState:
        """Return the screen for a wish."""
        workload = job_of(wish.model, wish.job)
        gpus = self.stock.gpus
        known = self.software(workload)
        used = wish.software if wish.software is not None else self._likely(workload, wish)
        if used.framework and used not in known:
            known = (used, *known)
        found = self._speeds(workload, wish.count, used)
        rows = tuple(
            self._row(workload, wish, gpu, speed, is_own=gpu.id == own_gpu_id)
            for gpu, speed in zip(gpus, found, strict=True)
        )
        chosen = next((row for row in rows if row.gpu.id == wish.gpu_id), None)
        rent: tuple[RentRow, ...] = ()
        if wish.has_offers:
            rent = rent_rows(
                self.model, workload, self.stock.offers, self._gpus, used, self.offsets
            )
        return WorkloadState(
            wish=wish,
            workload=workload,
            rows=rows,
            chosen=chosen,
            sentence=sentence_of(chosen) if chosen else "Choose hardware in the table.",
            advice=_advice(workload, rows, chosen),
            software=known,
            software_used=used,
            errors=self.errors,
            rent=rent,
            measured=len(self.offsets.seen),
        )

    def _likely(self, workload: Workload, wish: Wish) -> Software:
        """Return the software of the measurement nearest to the job on the chosen hardware."""
        sheet = self._sheets.get(wish.gpu_id) or next(iter(self._sheets.values()))
        return likely_software(self.model, workload, sheet, wish.count)

    def _speeds(self, workload: Workload, count: int, software: Software) -> list[Prediction]:
        gpus = self.stock.gpus
        if workload.group == "image_generation":
            return [predict_speed(workload, gpu, count=count) for gpu in gpus]
        sheets = [self._sheets[gpu.id] for gpu in gpus]
        return speeds(self.model, workload, sheets, count, software, self.offsets)

    def observation(self, wish: Wish, units_per_s: float, measured_at: str) -> Observation | None:
        """Return what the user saw of a wish on its chosen hardware; None = nothing to compare."""
        workload, sheet = job_of(wish.model, wish.job), self._sheets.get(wish.gpu_id)
        if sheet is None:
            return None
        used = wish.software if wish.software is not None else self._likely(workload, wish)
        found = observed(self.model, workload, sheet, wish.count, used, units_per_s)
        return None if found is None else Observation(*found, measured_at)

    def take_in(self, seen: tuple[Observation, ...]) -> None:
        """Let the answers rest on these observations from now on."""
        self.offsets = Offsets(self.model, seen, self.offsets.probes)

    def take_probes(self, probes: Probes) -> None:
        """Let the answers rest on these probes of this machine from now on."""
        if probes != self.offsets.probes:
            self.offsets = Offsets(self.model, self.offsets.seen, probes)

    def _row(
        self, workload: Workload, wish: Wish, gpu: Gpu, speed: Prediction, *, is_own: bool
    ) -> HardwareRow:
        count = wish.count
        memory = predict_memory(workload, gpu.vram_bytes, count, is_advised=gpu.id == wish.gpu_id)
        time = predict_job_time(workload, speed)
        energy = predict_job_energy(time, gpu.tdp_w * count, REST_OF_PC_W)
        return HardwareRow(
            gpu=gpu,
            count=count,
            is_own=is_own,
            memory=memory,
            speed=speed,
            time=time,
            power=power_of(gpu, count),
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

    def software(self, workload: Workload) -> tuple[Software, ...]:
        """Return the software this kind of work was measured with, most often first."""
        sheet = next(iter(self._sheets.values()))
        question = question_for(workload, sheet)
        if question is None:
            return ()
        kind = class_of(question)
        if kind not in self._software:
            self._software[kind] = software_of(self.model, kind)
        return self._software[kind]


def software_of(model: SpeedModel, kind: str) -> tuple[Software, ...]:
    """Return the frameworks of a kind of work, those measured on most devices first."""
    group = model.groups[GROUP_OF[kind]]
    kinds, devices = group.vocabulary_words["class"], group.supports["code device"].tolist()
    seen: dict[Software, set[int]] = {}
    counts: Counter[Software] = Counter()
    for place, of in enumerate(group.supports["code class"].tolist()):
        if kinds[of] == kind:
            one = Software(*group.software_at(place))
            seen.setdefault(one, set()).add(devices[place])
            counts[one] += 1
    order = sorted(seen, key=lambda one: (-len(seen[one]), -counts[one], one.framework))
    return tuple(order[:MOST_SOFTWARE])


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


def power_of(gpu: Gpu, count: int) -> Prediction:
    """Return the usual draw of the GPUs while they work."""
    limit = gpu.tdp_w * count
    return Prediction(
        median=limit * GPU_POWER_SHARE,
        low=limit * GPU_POWER_SHARE_LOW,
        high=limit * GPU_POWER_SHARE_HIGH,
        unit="W",
        evidence=Evidence.ESTIMATED,
        formula=f"{GPU_POWER_SHARE:.0%} of the power limit: what published runs drew on average",
        inputs={"GPU power limit": f"{gpu.tdp_w:.0f} W x {count} ({gpu.source})"},
    )


def name_of(row: HardwareRow) -> str:
    """Return the hardware in words."""
    return row.gpu.name if row.count == 1 else f"{row.count} x {row.gpu.name}"


def sentence_of(row: HardwareRow) -> str:
    """Return the answer in one sentence."""
    fits = _fit_words(row)
    if row.memory.verdict is Fit.NO:
        return f"{fits}."
    if row.time.median is None:
        return f"{fits}. How fast it runs cannot be told: {row.speed.refused}."
    return f"{fits}; about {time_words(row.time)}, {cost_words(row.cost)} of electricity."


def _advice(workload: Workload, rows: tuple[HardwareRow, ...], chosen: HardwareRow | None) -> str:
    """Return what to change where it does not fit; else the largest batch, and the least card."""
    if chosen is None:
        return ""
    words = [chosen.memory.advice]
    if chosen.memory.verdict is Fit.FITS and workload.mode in BATCHED:
        most = largest_batch(workload, chosen.gpu.vram_bytes, chosen.count)
        if most is not None and most > workload.batch:
            words.append(f"Up to {most:,} at once would fit")
    least = least_card(rows)
    if least is not None and least.gpu != chosen.gpu:
        words.append(f"The smallest memory it fits: {gib(least.gpu.vram_bytes)}, {least.gpu.name}")
    return ". ".join(word for word in words if word)


def least_card(rows: tuple[HardwareRow, ...]) -> HardwareRow | None:
    """Return the GPU with the least memory that the job fits, the cheapest of those."""
    fitting = [row for row in rows if row.memory.verdict is Fit.FITS]
    dear = Decimal("Infinity")
    return min(
        fitting,
        key=lambda row: (row.gpu.vram_bytes, row.price.amount if row.price else dear),
        default=None,
    )


def _fit_words(row: HardwareRow) -> str:
    memory, where = row.memory, "this PC" if row.is_own else name_of(row)
    room, each = gib(row.gpu.vram_bytes), " each" if row.count > 1 else ""
    if memory.need_bytes is None:
        return f"Whether it fits {where} is not known"
    need, spare = gib(memory.need_bytes), gib(max(0, row.gpu.vram_bytes - memory.need_bytes))
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


def cost_words(cost: Prediction) -> str:
    """Return money with its currency."""
    value = cost.median or 0.0
    if 0 < value < 0.01:
        return f"under {money(0.01, cost.unit)}"
    return money(value, cost.unit)
