"""Which rows of the tables are shown: by words, by kind, and only what the job fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.predict.memory import Fit
from hwstudio.gui.workload.state import HardwareRow, RentRow

Row = TypeVar("Row", HardwareRow, RentRow)
ALL = "all"
HARDWARE_KINDS = (
    (ALL, "All kinds"),
    ("consumer", "For a home PC"),
    ("workstation", "For a workstation"),
    ("datacenter", "For a data centre"),
    ("laptop", "Laptop"),
    ("system", "Whole computer"),
)
OFFER_KINDS = (
    (ALL, "All kinds"),
    ("one", "One GPU"),
    ("several", "Several GPUs"),
    ("on-demand", "On demand"),
    ("others", "Spot and others"),
)
_SEGMENT_WORDS = dict(HARDWARE_KINDS)


def hardware_words(row: HardwareRow) -> str:
    """Return the words hardware is found by."""
    gpu = row.gpu
    kind = _SEGMENT_WORDS.get(gpu.segment, "")
    here = "this pc" if row.is_own else ""
    return f"{gpu.name} {gpu.maker} {gpu.architecture} {kind} {here}".casefold()


def offer_words(row: RentRow) -> str:
    """Return the words a cloud offer is found by."""
    offer = row.offer
    who = f"{offer.provider} {provider_name(offer.provider)}"
    what = f"{offer.instance} {offer.accelerator} {offer.region} {offer.offer_type}"
    return f"{who} {what}".casefold()


def is_of_hardware_kind(row: HardwareRow, kind: str) -> bool:
    """Say whether hardware is of a kind."""
    return kind == ALL or row.gpu.segment == kind


def is_of_offer_kind(row: RentRow, kind: str) -> bool:
    """Say whether an offer is of a kind."""
    is_on_demand = row.offer.offer_type == "on-demand"
    return {
        ALL: True,
        "one": row.count == 1,
        "several": row.count > 1,
        "on-demand": is_on_demand,
        "others": not is_on_demand,
    }[kind]


def kept_rows(
    rows: tuple[Row, ...],
    said: str,
    words: Callable[[Row], str],
    is_of_kind: Callable[[Row], bool],
    *,
    only_fitting: bool,
) -> tuple[Row, ...]:
    """Return the rows that hold every word said, are of the kind, and fit where that is wanted."""
    wanted = said.casefold().split()
    return tuple(
        row
        for row in rows
        if (not only_fitting or row.memory.verdict is Fit.FITS)
        and is_of_kind(row)
        and (not wanted or all(word in words(row) for word in wanted))
    )
