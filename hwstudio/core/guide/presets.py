"""Ready-made wishes: kinds of work, budget tiers, examples, task profiles, memory sizes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from hwstudio.core.guide.wishes import GuideWishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """What one component must be at least, and what is better; None = nothing is asked.

    ``key`` is cores, threads, vram_bytes, ram_bytes, primary_bytes, secondary_bytes or psu_w.
    """

    key: str
    least: float
    better: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One thing to pick. ``family`` is class, tier, template or ram."""

    family: str
    id: str
    title: str
    words: str
    wishes: GuideWishes
    for_whom: tuple[str, ...] = ()
    good_for: tuple[str, ...] = ()
    minimums: tuple[Minimum, ...] = ()
    examples: tuple[str, ...] = ()  # part ids of the catalogue
    low: Decimal | None = None  # of the budget band
    high: Decimal | None = None  # None = open above
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presets:
    """All of them, each family in the order it is shown."""

    classes: tuple[Preset, ...]
    tiers: tuple[Preset, ...]
    templates: tuple[Preset, ...]
    memory: tuple[Preset, ...]

    def all(self) -> tuple[Preset, ...]:
        """Return every preset."""
        return (*self.classes, *self.tiers, *self.templates, *self.memory)


def is_inside_band(preset: Preset, amount: Decimal) -> bool:
    """Say whether a price lies in the preset's band, both ends included."""
    is_enough = preset.low is None or amount >= preset.low
    return is_enough and (preset.high is None or amount <= preset.high)


def tier_for(tiers: Iterable[Preset], amount: Decimal) -> Preset | None:
    """Return the dearest tier whose band holds an amount; None below the first band."""
    fitting = [tier for tier in tiers if is_inside_band(tier, amount)]
    return fitting[-1] if fitting else None


def at_budget(preset: Preset, budget: Decimal) -> GuideWishes:
    """Return a preset's wishes with another budget."""
    return replace(preset.wishes, budget=budget)
