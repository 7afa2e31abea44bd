"""The parts of a saved project as a build: what is missing, lost or there twice is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import CardGroup, Circumstances
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import Gpu, GpuCard, Part, PartKind, Psu, Ram, Storage
from hwstudio.core.project.state import Choice
from hwstudio.core.rules.facts import card_of

# What a computer cannot do without, as people call it; a processor may bring its own cooler.
NEEDED = {
    "gpu_card": "graphics card",
    "cpu": "processor",
    "cooler": "processor cooler",
    "motherboard": "motherboard",
    "ram": "memory",
    "storage": "drive",
    "psu": "power supply",
    "case": "case",
}
SOURCE = "the saved project"


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved build; ``lost`` parts are no longer in the catalogue, ``missing`` never chosen."""

    build: Build
    around: Circumstances
    lost: tuple[str, ...]
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]


def saved_build(catalog: Catalog, choices: Iterable[Choice]) -> Saved:
    """Return the build the choices make."""
    pieces: Counter[str] = Counter()
    parts: dict[str, Part] = {}
    lost: list[str] = []
    lost_kinds: set[str] = set()
    for choice in choices:
        try:
            part = catalog.part(choice.part_id)
        except UserError:
            lost.append(choice.name or choice.part_id)
            lost_kinds.add("gpu_card" if choice.kind == "gpu" else choice.kind)
            continue
        part = card_of(part) if isinstance(part, Gpu) else part
        key = f"{part.kind.value}/{choice.part_id}"
        parts[key] = part
        pieces[key] += choice.quantity
    chosen = [(part, pieces[key]) for key, part in parts.items()]
    build, around = _assembled(chosen)
    if "gpu_card" in lost_kinds:
        # A card nobody knows may well drive the screen: nothing is said about that.
        around = replace(around, is_headless=True)
    missing = _missing(build, lost_kinds)
    findings = (*_incomplete(missing), *_twice(chosen))
    return Saved(build, around, tuple(lost), missing, findings)


def _assembled(chosen: list[tuple[Part, int]]) -> tuple[Build, Circumstances]:
    """Put the parts where they belong; of what a build has one of, the first counts."""
    cards = [CardGroup(part, n) for part, n in chosen if isinstance(part, GpuCard)]
    psus = [part for part, n in chosen if isinstance(part, Psu) for _ in range(n)]
    kits = [(part, n) for part, n in chosen if isinstance(part, Ram)]
    drives = tuple(part for part, n in chosen if isinstance(part, Storage) for _ in range(n))
    single: dict[str, Any] = {}
    for part, _ in chosen:
        if part.kind.value in ("cpu", "motherboard", "case", "cooler"):
            single.setdefault(part.kind.value, part)
    build = Build(
        **single,
        card=cards[0].card if cards else None,
        card_count=cards[0].count if cards else 0,
        psu=psus[0] if psus else None,
        psu_count=sum(psu == psus[0] for psu in psus),
        ram=kits[0][0] if kits else None,
        ram_kits=kits[0][1] if kits else 0,
        storage=drives,
    )
    around = Circumstances(
        cpu_count=max(1, sum(n for part, n in chosen if part.kind is PartKind.CPU)),
        other_cards=tuple(cards[1:]),
        other_psus=tuple(psu for psu in psus if psu != psus[0]),
    )
    return build, around


def _missing(build: Build, lost_kinds: set[str]) -> tuple[str, ...]:
    has = {line.part.kind.value for line in build.lines()} | lost_kinds
    if build.cpu is not None and build.cpu.includes_cooler:
        has.add("cooler")
    return tuple(word for kind, word in NEEDED.items() if kind not in has)


def _incomplete(missing: tuple[str, ...]) -> Iterator[Finding]:
    if missing:
        text = f"Not checked: the build is not complete. Not chosen: {', '.join(missing)}."
        advice = "Choose them, or let the planner fill the gaps."
        yield Finding("R50", Severity.UNKNOWN, (), text, advice, SOURCE)


def _twice(chosen: list[tuple[Part, int]]) -> Iterator[Finding]:
    """Two processors are judged by the socket; other parts there can be one of, or one kind."""
    kinds: dict[str, list[str]] = {}
    for part, count in chosen:
        many = count if part.kind.value in ("motherboard", "case", "cooler") else 1
        kinds.setdefault(part.kind.value, []).extend([part.name] * many)
    for kind in ("cpu", "motherboard", "case", "cooler"):
        if len(kinds.get(kind, ())) > 1:
            names = " and ".join(dict.fromkeys(kinds[kind]))
            text = f"The build has {len(kinds[kind])} of what it can have one of: {names}."
            yield Finding("R50", Severity.ERROR, (kind,), text, "Remove one.", SOURCE)
    if len(kinds.get("ram", ())) > 1:
        text = f"Not checked: different memory kits together: {' and '.join(kinds['ram'])}."
        yield Finding("R50", Severity.UNKNOWN, ("ram",), text, "Use equal kits.", SOURCE)
