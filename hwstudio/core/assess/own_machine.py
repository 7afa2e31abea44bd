"""A machine one owns or would buy, reduced to what its cost needs: price, watts, GPUs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

from hwstudio.core.cost.amount import exact
from hwstudio.core.cost.draw import Band
from hwstudio.core.model.build import Build, total_of
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.price import Price
from hwstudio.core.power.answer import power_answer
from hwstudio.core.predict.job import GPU_POWER_SHARE

REST_OF_PC_W = 120.0  # CPU, board, memory, drives and fans of a PC whose GPU works; assumed
PSU_EFFICIENCY = 0.9  # 80 PLUS Gold at half load; assumed


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMachine:
    """``price`` None: nobody knows it, the user must say. Money in USD."""

    name: str
    gpu: Gpu | None
    gpu_count: int
    price: Band | None
    price_source: str
    price_as_of: str
    load_w: float  # at the wall
    load_source: str
    lanes_per_gpu: int | None = None  # PCIe; None: as many as the GPU has


def own_build(
    build: Build, name: str = "Your build", lanes_per_gpu: int | None = None
) -> OwnMachine:
    """Return a configured build as a machine to own; its slots say how many lanes a card gets."""
    total = total_of(build)
    amount = None
    if total.amount:
        amount = Band(float(total.low), float(total.amount), float(total.high))
    missing = f"; no price for {', '.join(total.unpriced)}" if total.unpriced else ""
    return OwnMachine(
        name=name,
        gpu=build.card.gpu if build.card else None,
        gpu_count=build.card_count if build.card else 0,
        price=amount,
        price_source=f"sum of the parts list, before tax{missing}",
        price_as_of=total.oldest_as_of,
        load_w=power_answer(build).wall_w,
        load_source="wall power of the build under sustained load",
        lanes_per_gpu=lanes_per_gpu,
    )


def own_gpu(gpu: Gpu, cards: Iterable[GpuCard], count: int = 1) -> OwnMachine:
    """Return a graphics card in a PC one has already; only the card is counted as bought."""
    price, source = _card_price(gpu, cards)
    return OwnMachine(
        name=gpu.name if count == 1 else f"{count} x {gpu.name}",
        gpu=gpu,
        gpu_count=count,
        price=_band(price, count),
        price_source=source,
        price_as_of=price.as_of if price else "",
        load_w=gpu_load_w(gpu, count),
        load_source=(
            f"{GPU_POWER_SHARE:.0%} of {gpu.tdp_w:.0f} W for each card plus {REST_OF_PC_W:.0f} W "
            f"for the rest, {PSU_EFFICIENCY:.0%} efficient supply (assumed)"
        ),
    )


def own_machine(machine: Machine, gpus: Iterable[Gpu], cards: Iterable[GpuCard]) -> OwnMachine:
    """Return this computer; its GPU is worth what the same card costs now."""
    ids = [gpu.gpu_id for gpu in machine.gpus if gpu.gpu_id]
    known = {gpu.id: gpu for gpu in gpus}
    if not ids or ids[0] not in known:
        return OwnMachine(
            name="This PC",
            gpu=None,
            gpu_count=0,
            price=None,
            price_source="no graphics card found that the catalogue knows",
            price_as_of="",
            load_w=REST_OF_PC_W / PSU_EFFICIENCY,
            load_source="a PC without a graphics card (assumed)",
        )
    made = own_gpu(known[ids[0]], cards, ids.count(ids[0]))
    return replace(made, name="This PC")


def with_own(own: OwnMachine, price: float | None, load_w: float | None) -> OwnMachine:
    """Return the machine with what the user says of it; None keeps what is known.

    Raises:
        UserError: a negative or endless number.
    """
    if price is not None:
        exact(price, "The price of the own hardware")
        own = replace(own, price=Band.certain(price), price_source="entered by you", price_as_of="")
    if load_w is not None:
        exact(load_w, "The power under load")
        own = replace(own, load_w=load_w, load_source="entered by you")
    return own


def gpu_load_w(gpu: Gpu, count: int) -> float:
    """Return watts at the wall while the GPUs work."""
    return (gpu.tdp_w * GPU_POWER_SHARE * count + REST_OF_PC_W) / PSU_EFFICIENCY


def _band(price: Price | None, count: int) -> Band | None:
    if price is None:
        return None
    return Band(float(price.low) * count, float(price.amount) * count, float(price.high) * count)


def _card_price(gpu: Gpu, cards: Iterable[GpuCard]) -> tuple[Price | None, str]:
    """Return the chip's own price, else that of the card in the middle of its kind."""
    if gpu.price is not None:
        return gpu.price, f"the card alone, {gpu.price.kind.value}: {gpu.price.source}"
    priced = sorted(
        (card.price for card in cards if card.gpu.id == gpu.id and card.price is not None),
        key=_amount,
    )
    if not priced:
        return None, "no price known"
    middle = median(_amount(price) for price in priced)
    chosen = min(priced, key=lambda price: abs(_amount(price) - middle))
    words = f"the card alone, middle of {len(priced)} cards, {chosen.kind.value}: {chosen.source}"
    return chosen, words


def _amount(price: Price) -> float:
    return float(price.amount)
