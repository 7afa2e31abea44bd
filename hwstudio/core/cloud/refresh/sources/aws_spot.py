"""AWS Spot Advisor: for each machine and region the saving of spot and how often it was taken back.

The document holds a list of bands and, by region, system and machine, ``s`` (saving in per cent of
the on-demand price) and ``r`` (which band).
"""

from __future__ import annotations

import re
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.refresh.content import entries, json_of
from hwstudio.core.cloud.refresh.line import Line
from hwstudio.core.cloud.refresh.row import Band, Haul, Rejected

_FAMILIES = frozenset({"p", "g", "gr", "trn", "inf", "dl"})  # machines with an accelerator
_LETTERS = re.compile(r"[a-z]*")


def read(line: Line, address: str, haul: Haul) -> None:
    """Read the bands of all machines with accelerators."""
    what = "The Spot Advisor's answer"
    document = json_of(line.get(address, "AWS spot interruption bands"), what)
    labels = _labels(entries(document, "ranges", what))
    regions = document.get("spot_advisor")
    if not isinstance(regions, dict) or not labels:
        raise UserError(f"{what} has another form", "no bands by region in it")
    now = iso_now()
    for region, systems in regions.items():
        line.check()
        machines = systems.get("Linux") if isinstance(systems, dict) else None
        for instance, said in (machines or {}).items():
            if _has_accelerator(instance):
                _take(haul, instance, region, said, labels, now)
    if not haul.bands:
        raise UserError(f"{what} has another form", "no machine with an accelerator in it")


def _labels(ranges: list[Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    for each in ranges:
        index, label = (each.get("index"), each.get("label")) if isinstance(each, dict) else (0, 0)
        if isinstance(index, int) and isinstance(label, str) and 0 < len(label) <= 12:
            found[index] = label
    return found


def _has_accelerator(instance: str) -> bool:
    return _LETTERS.match(instance)[0] in _FAMILIES  # type: ignore[index]  # it matches always


def _take(
    haul: Haul, instance: str, region: str, said: Any, labels: dict[int, str], now: str
) -> None:
    saving, band = (said.get("s"), said.get("r")) if isinstance(said, dict) else (None, None)
    where = f"{instance} {region}"
    if not isinstance(saving, int) or not 0 <= saving < 100:
        haul.rejected.append(Rejected(where, f"its saving is {str(saving)[:20]}, not 0 to 99 %"))
        return
    if not isinstance(band, int) or band not in labels:
        haul.rejected.append(Rejected(where, f"its band {str(band)[:20]} is not among those named"))
        return
    haul.bands.append(
        Band(
            instance=instance,
            region=region,
            saving_pct=float(saving),
            label=labels[band],
            as_of=now[:10],
            source="aws-spot-advisor",
            fetched_at=now,
        )
    )
