"""In which order to put this very build together (R103), with what is easily forgotten (E14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hwstudio.core.model.build import Build
from hwstudio.core.optimize import limits


@dataclass(frozen=True, slots=True)
class AssemblyStep:
    """One step: a title and what it is for this build."""

    title: str
    words: str


def assembly_steps(build: Build) -> tuple[AssemblyStep, ...]:
    """Return the steps for the parts that are chosen."""
    return tuple(_steps(build))


def _steps(build: Build) -> Iterator[AssemblyStep]:
    yield AssemblyStep(
        "Prepare", "Power off, unplugged; touch bare metal of the case before touching parts."
    )
    yield from _on_board(build)
    yield from _in_case(build)
    yield from _cables(build)
    yield AssemblyStep("Tidy the cables", "Nothing may touch a fan or press on the card.")
    yield AssemblyStep(
        "First start",
        "Screen on the graphics card, not on the board. In the firmware: memory at its rated "
        "speed (XMP or EXPO), "
        + ("Above 4G decoding on, " if build.card_count > 1 else "")
        + "fans turning, drives seen.",
    )
    yield AssemblyStep(
        "Measure", "Start hwstudio on it: This PC, then Benchmark; keep the first results."
    )


def _on_board(build: Build) -> Iterator[AssemblyStep]:
    if build.cpu is not None:
        socket = build.cpu.socket
        yield AssemblyStep(
            "Processor into the board",
            f"{build.cpu.name} into the {socket} socket: mark on mark, no force.",
        )
    if build.ram is not None:
        pieces = build.ram.modules * build.ram_kits
        yield AssemblyStep("Memory", f"{pieces} modules; the manual says which slots first.")
    small = [drive for drive in build.storage if limits.is_m2(drive)]
    if small:
        yield AssemblyStep(
            "M.2 drives", f"{len(small)} under its heat sink; peel the film off the pad."
        )
    if build.cooler is not None:
        is_air = build.cooler.cooler_type == limits.AIR
        yield AssemblyStep(
            "Thermal paste and cooler",
            f"{build.cooler.name}: paste first unless it is on already, film off, screws "
            "crosswise; its plug on CPU_FAN."
            + ("" if is_air else " The radiator goes into the case with the board."),
        )


def _in_case(build: Build) -> Iterator[AssemblyStep]:
    if build.case is not None:
        form = build.motherboard.form_factor if build.motherboard is not None else "the"
        yield AssemblyStep(
            "Stand-offs and back plate",
            f"Stand-offs where the {form} board has holes, and nowhere else; back plate in.",
        )
        yield AssemblyStep("Board into the case", "All screws loosely first, then tighten.")
    if build.psu is not None:
        yield AssemblyStep(
            "Power supply", f"{build.psu.name}: fan towards fresh air; only its own cables."
        )
    bays = [drive for drive in build.storage if not limits.is_m2(drive)]
    if bays:
        yield AssemblyStep("Other drives", f"{len(bays)} into the bays: SATA and power cable each.")


def _cables(build: Build) -> Iterator[AssemblyStep]:
    board = build.motherboard
    if board is not None:
        plugs = board.eps8
        eps = "the processor's 8-pin plugs (EPS), top left" if plugs is None else (
            f"{plugs} x 8-pin for the processor (EPS), top left"
        )  # fmt: skip
        yield AssemblyStep(
            "Cables of the board", f"24-pin for the board; {eps}; front panel, USB, fans."
        )
    card = build.card
    if card is not None and build.card_count:
        each = "each with " if build.card_count > 1 else ""
        yield AssemblyStep(
            "Graphics card" + ("s" if build.card_count > 1 else ""),
            f"{build.card_count} x {card.name}: into the slot nearest the processor first, "
            f"screwed to the case; {each}{_plugs(build)}.",
        )


def _plugs(build: Build) -> str:
    card = build.card
    if card is None:
        return ""
    named = (
        (card.conn_16pin, "16-pin plug, pushed in fully, cable straight for 35 mm"),
        (card.conn_8pin, "8-pin plugs on cables of their own"),
        (card.conn_6pin, "6-pin plugs"),
        (card.conn_eps8, "EPS plugs"),
    )
    found = [f"{number} x {words}" for number, words in named if number]
    return ", ".join(found) or "no power plug needed"
