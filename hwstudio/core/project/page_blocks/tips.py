"""Five tips for a small budget: those that apply to this computer come first, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hwstudio.core.base.units import GIB, gib
from hwstudio.core.model.machine import Machine
from hwstudio.core.project.page_blocks.ground import Ground

ENOUGH_RAM = 15 * GIB  # 16 GB as sold; firmware and graphics keep some of it
SMALL_CARD, MANY_CORES = 8 * GIB, 8


@dataclass(frozen=True, slots=True)
class Tip:
    """``applies``: why it is for this computer, "" when it is not."""

    title: str
    text: str
    applies: Callable[[Machine], str]


def _largest_card(machine: Machine) -> int:
    return max((gpu.vram_bytes.value or 0 for gpu in machine.gpus), default=0)


def _rent(machine: Machine) -> str:
    if not machine.gpus:
        return "no graphics card was found here"
    most = _largest_card(machine)
    return f"the largest card here has {gib(most)}" if 0 < most < SMALL_CARD else ""


def _gpu_first(machine: Machine) -> str:
    cores = machine.cpu.cores.value or 0
    is_ahead = cores >= MANY_CORES and _largest_card(machine) < SMALL_CARD
    return f"{cores} cores here, and no card of 8 GiB or more" if is_ahead else ""


def _memory(machine: Machine) -> str:
    size = machine.memory_bytes.value or 0
    return f"this computer has {gib(size)}" if 0 < size < ENOUGH_RAM else ""


def _used(machine: Machine) -> str:
    most = _largest_card(machine)
    return "a card would be the first thing to buy" if most < SMALL_CARD else ""


def _never(_machine: Machine) -> str:
    return ""


TIPS = (
    Tip("Begin with what is free, then rent by the hour",
        "Free notebooks carry a course a long way; a large card costs little for one evening. "
        "Cloud has both, with dates.", _rent),
    Tip("The graphics card before the processor",
        "Training and answers wait for the card. A processor of some years ago with a better card "
        "beats the reverse, as long as it keeps up with preparing the data.", _gpu_first),
    Tip("Sixteen gigabytes of memory to begin with",
        "Less makes the system swap, and everything slow. More can be added later where slots are "
        "free. Prices of memory rose a lot in 2025 and 2026: look at the date of a price.",
        _memory),
    Tip("Look at used cards",
        "Memory and bandwidth do not age. Ask for a test under load, and count on no warranty. "
        "Configure plans with used parts when you let it.", _used),
    Tip("Buy for the jobs you have",
        "Describe the job in Workload first: it may fit a smaller card with another batch, "
        "precision or QLoRA.", _never),
)  # fmt: skip


def tips_here(ground: Ground) -> str:
    """Return all tips, those for this computer first."""
    told = [(tip, tip.applies(ground.machine)) for tip in TIPS]
    told.sort(key=lambda each: not each[1])
    return "\n".join(f"{n}. {_words(tip, why)}" for n, (tip, why) in enumerate(told, 1))


def _words(tip: Tip, why: str) -> str:
    return f"**{tip.title}.** {tip.text}" + (f" *For you: {why}.*" if why else "")
