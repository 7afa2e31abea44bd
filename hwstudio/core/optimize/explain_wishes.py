"""What each single wish costs: the same question without it, and what would then be best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hwstudio.core.model.part import PartKind
from hwstudio.core.optimize.request import DEFAULT_STORAGE_BYTES, Request

MANY = {
    PartKind.GPU_CARD.value: "graphics cards",
    PartKind.CPU.value: "processors",
    PartKind.MOTHERBOARD.value: "motherboards",
    PartKind.RAM.value: "memory",
    PartKind.STORAGE.value: "drives",
    PartKind.PSU.value: "power supplies",
    PartKind.CASE.value: "cases",
    PartKind.COOLER.value: "coolers",
}


def without_each_wish(request: Request) -> Iterator[tuple[str, Request]]:
    """Yield the request without one wish about the parts to buy, with the words for doing so."""
    if request.max_noise_dba is not None:
        yield "lift the noise limit", replace(request, max_noise_dba=None)
    for kind in sorted({kind for kind, _ in request.brands}):
        kept = tuple(pair for pair in request.brands if pair[0] != kind)
        yield f"allow other makers of {MANY.get(kind, kind)}", replace(request, brands=kept)
    if request.new_only:
        yield "allow second-hand parts", replace(request, new_only=False)
    if request.min_ram_bytes:
        yield "ask for less memory", replace(request, min_ram_bytes=0)
    if request.min_storage_bytes > DEFAULT_STORAGE_BYTES:
        usual = replace(request, min_storage_bytes=DEFAULT_STORAGE_BYTES)
        yield "ask for a smaller first drive", usual
    if request.also:
        yield "drop the further jobs", replace(request, also=())
    if request.owned:
        yield "buy new in place of the parts at hand", replace(request, owned=())
