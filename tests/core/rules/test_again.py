"""Asking the rules again after one kind of part changed says what asking all of them would."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

import hwstudio.core.rules
from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import CardGroup, Circumstances
from hwstudio.core.model.part import PartKind
from hwstudio.core.rules.again import Again
from hwstudio.core.rules.engine import RULES, check

# What of a build is exchanged with a part of the kind, its number included.
FIELDS = {
    PartKind.GPU_CARD: ("card", "card_count"),
    PartKind.CPU: ("cpu",),
    PartKind.MOTHERBOARD: ("motherboard",),
    PartKind.RAM: ("ram", "ram_kits"),
    PartKind.STORAGE: ("storage",),
    PartKind.PSU: ("psu", "psu_count"),
    PartKind.CASE: ("case",),
    PartKind.COOLER: ("cooler",),
}
READ = {
    kind: sorted({p.split(".")[1] for r in RULES for p in r.fields if p.startswith(f"{kind}.")})
    for kind in FIELDS
}


@pytest.fixture(scope="module")
def any_build(catalog):
    """Draw a build of any parts of the catalogue, fitting or not; some parts and facts missing."""
    shelf = {kind: catalog.parts(kind) for kind in FIELDS}

    def part(r, kind):
        found = r.choice(shelf[kind])
        hidden = [name for name in READ[kind] if hasattr(found, name) and r.random() < 0.06]
        return replace(found, **dict.fromkeys(hidden))

    def draw(r):
        return Build(
            cpu=r.choice((None, *[part(r, PartKind.CPU)] * 9)),
            motherboard=r.choice((None, *[part(r, PartKind.MOTHERBOARD)] * 9)),
            ram=r.choice((None, *[part(r, PartKind.RAM)] * 9)),
            ram_kits=r.randint(0, 2),
            card=r.choice((None, *[part(r, PartKind.GPU_CARD)] * 9)),
            card_count=r.randint(0, 4),
            storage=tuple(part(r, PartKind.STORAGE) for _ in range(r.randint(0, 3))),
            psu=r.choice((None, *[part(r, PartKind.PSU)] * 9)),
            psu_count=r.randint(0, 2),
            case=r.choice((None, *[part(r, PartKind.CASE)] * 9)),
            cooler=r.choice((None, *[part(r, PartKind.COOLER)] * 9)),
        )

    return draw


def circumstances(r, other):
    """Draw what parts do not say; a second model of card may stand beside the first."""
    has_second = other.card is not None and r.random() < 0.2
    return Circumstances(
        other_cards=(CardGroup(other.card, 1),) if has_second else (),
        is_open_frame=r.choice((None, None, False, True)),
        riser_count=r.choice((0, 0, 2)),
        nvlink_bridge_slots=r.choice((None, 3)),
        board_depth_mm=r.choice((None, 305.0)),
        card_height_mm=r.choice((None, 150.0)),
        cuda_major=r.choice((None, 12, 13)),
        is_without_card=r.random() < 0.1,
    )


@pytest.mark.parametrize("kind", FIELDS)
def test_after_a_part_of_one_kind_changed_the_same_is_found(any_build, kind):
    r = random.Random(kind.value)
    for _ in range(24):
        build = any_build(r)
        around = circumstances(r, any_build(r))
        again = Again(build, around, kind)
        for _ in range(4):
            other = any_build(r)
            swapped = replace(build, **{name: getattr(other, name) for name in FIELDS[kind]})
            assert again.check(swapped) == check(swapped, around)


def test_another_power_supply_asks_only_the_rules_that_look_at_one(any_build, monkeypatch):
    build, asked = any_build(random.Random(3)), []
    again = Again(build, None, PartKind.PSU)

    def watched_ask(rule, subject):
        asked.append(rule)
        return ()

    monkeypatch.setattr("hwstudio.core.rules.again.ask", watched_ask)
    list(again.about(build))
    assert 0 < len(asked) < len(RULES) / 4


def test_rules_look_at_parts_only_where_it_is_noticed():
    """``build`` and ``chosen`` of a subject are not watched, so no rule may read them."""
    room = Path(hwstudio.core.rules.__file__).parent
    unwatched = re.compile(r"\b(subject|told)\.(build|chosen)\b")
    own = {"subject.py", "again.py", "engine.py"}
    rules = (file for file in room.glob("*.py") if file.name not in own)
    assert [file.name for file in rules if unwatched.search(file.read_text("utf-8"))] == []
