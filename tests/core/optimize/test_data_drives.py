"""Drives for data beside the first: alike in planner, brute force and HiGHS, and as RAID says."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GB
from hwstudio.core.model.raid import Level, array_of
from hwstudio.core.model.wishes import DRIVE_KINDS, RAID_LEVELS, DataDrives
from hwstudio.core.optimize.brute import best_of_all
from hwstudio.core.optimize.certify import certify, is_same, reached
from hwstudio.core.optimize.drive_sets import fewest_drives
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.second_drives import COUNTS, usable_bytes
from hwstudio.core.optimize.solve import solve
from hwstudio.core.optimize.stock import Stock

RELAXED = settings(max_examples=25, deadline=None)
TB = 1000 * GB


def ask(job, **changes):
    return Request(**({"budget": Decimal(9000), "workload": job, "gpu_counts": (1, 2)} | changes))


def with_drives(make, stock, seed):
    """Return a stock with drives of both kinds, and boards and cases of few places."""
    r = random.Random(seed)
    drives = [
        make.drive(
            r.randrange(60, 300),
            drive_kind=r.choice(DRIVE_KINDS),
            capacity_bytes=r.choice((1, 2, 4, 8)) * TB,
            power_active_w=r.choice((3.0, 8.0)),
            **dict(
                zip(
                    ("form_factor", "interface"),
                    r.choice(
                        (
                            ("3.5 in", "SATA 6.0 Gb/s"),
                            ("2.5 in", "SATA 6.0 Gb/s"),
                            ("M.2-2280", "M.2 PCIe 4.0 x4"),
                        )
                    ),
                    strict=True,
                )
            ),
        )
        for _ in range(3)
    ]
    boards = [
        replace(b, m2_slots=r.choice((0, 1, 3)), sata_ports=r.choice((None, 2, 4, 8)))
        for b in stock.motherboards
    ]
    cases = [
        replace(c, bays_35=r.choice((None, 0, 2, 6)), bays_25=r.choice((None, 1, 3)))
        for c in stock.cases
    ]
    psus = [replace(p, conn_sata=r.choice((None, 1, 4, 8))) for p in stock.psus]
    others = (stock.cards[:2], stock.cpus, stock.rams, stock.coolers[:1])
    return Stock.from_parts(*others, boards, cases, psus[:2], (*drives, *stock.storages[:1]))


@given(
    seed=st.integers(0, 2000),
    kind=st.sampled_from(DRIVE_KINDS),
    level=st.sampled_from(RAID_LEVELS),
    wished_tb=st.integers(1, 12),
    tax=st.sampled_from(("0", "7.25")),
    objective=st.sampled_from((Objective.TIME, Objective.COST, Objective.ENERGY)),
)
@RELAXED
def test_all_three_solvers_agree_on_drives_for_data(
    make, job, seed, kind, level, wished_tb, tax, objective
):
    r = random.Random(seed)
    stock = with_drives(make, make.random_stock(seed), seed)
    wish = ask(
        job,
        data_drives=DataDrives(kind, wished_tb * TB, level),
        tax_pct=Decimal(tax),
        objective=objective,
        owned=(r.choice(stock.storages).id,) * r.choice((0, 0, 1, 2)),
        min_storage_bytes=r.choice((1, 2)) * TB,
    )
    oracle, first = best_of_all(wish, stock), next(Planner(wish, stock).ranked(), None)
    assert (oracle is None) == (first is None)
    solution = solve(wish, stock)
    assert is_same(certify(wish, stock), reached(solution), wish)
    if oracle is not None and first is not None:
        assert first.choice.cents == oracle.cents
        assert solution.builds[0].total.amount * 100 == oracle.cents
        data = solution.builds[0].build.storage[1:]
        assert {drive.drive_kind for drive in data} == {kind}
        array = array_of(level, len(data), data[0].capacity_bytes)
        assert array.usable_bytes >= wished_tb * TB


@given(level=st.sampled_from(RAID_LEVELS), count=st.sampled_from(COUNTS), size=st.integers(1, 30))
def test_both_opinions_of_what_an_array_holds_are_the_same(level, count, size):
    told = usable_bytes(size * TB, count, level)
    try:
        array = array_of(Level(level), count, size * TB)
    except UserError:
        assert told == 0
    else:
        assert told == array.usable_bytes


@RELAXED
@given(size=st.integers(1, 30), wished=st.integers(1, 200), level=st.sampled_from(RAID_LEVELS))
def test_the_fewest_drives_hold_enough_and_one_less_would_not(make, size, wished, level):
    drive = make.drive(capacity_bytes=size * TB)
    count = fewest_drives(drive, DataDrives("SSD", wished * TB, level))
    enough = [n for n in COUNTS if usable_bytes(size * TB, n, level) >= wished * TB]
    assert count == (enough[0] if enough else None)


@pytest.mark.parametrize("wished_tb", [8, 16, 32])
def test_more_room_for_data_never_costs_less(whole_stock, job, wished_tb):
    wish = ask(job, objective=Objective.COST, data_drives=DataDrives("HDD", wished_tb * TB, "5"))
    more = replace(wish, data_drives=DataDrives("HDD", 2 * wished_tb * TB, "5"))
    bare = replace(wish, data_drives=None)
    costs = [solve(one, whole_stock).builds[0].total.amount for one in (bare, wish, more)]
    assert costs == sorted(costs)
    assert costs[0] < costs[1]


def test_drives_of_a_plan_have_their_bays_ports_and_plugs(whole_stock, job):
    wish = ask(job, data_drives=DataDrives("HDD", 40 * TB, "6"))
    for planned in solve(wish, whole_stock).builds:
        build = planned.build
        cabled = [d for d in build.storage if d.interface.startswith("SATA")]
        assert build.motherboard.sata_ports >= len(cabled)
        assert build.psu.conn_sata is None or build.psu.conn_sata >= len(cabled)
        assert build.case.bays_35 >= len(build.storage) - 1


def test_two_different_drives_are_bought_where_a_line_of_two_is_taxed_a_cent_more(make, job):
    """19 % on $50.02 is $9.50, on two of them together $19.01: the twin of a drive saves a cent."""
    sizes = {"a": 2 * TB, "b": TB}
    twins = [make.drive("50.02", id=name, capacity_bytes=size) for name, size in sizes.items()]
    wish = ask(job, data_drives=DataDrives("SSD", 2 * TB), tax_pct=Decimal(19), gpu_counts=(1,))
    stock = make.stock(drives=twins)
    build = solve(wish, stock).builds[0]
    assert [drive.id for drive in build.build.storage] == ["b", "a"]
    assert round(build.total.amount * 100) == best_of_all(wish, stock).cents


@pytest.mark.parametrize("wished", [None, DataDrives("SSD", 2 * TB, "1")])
def test_a_locked_drive_that_another_wish_forbids_is_never_replaced(make, job, wished):
    locked = make.drive(maker="Other")
    stock = make.stock(drives=(locked, make.drive(maker="Wanted"), make.drive(maker="Wanted")))
    wish = ask(
        job,
        pinned=frozenset({locked.id}),
        brands=(("storage", "Wanted"),),
        data_drives=wished,
    )
    assert best_of_all(wish, stock) is None
    assert next(Planner(wish, stock).ranked(), None) is None
    assert certify(wish, stock).build is None
    free = replace(wish, brands=())
    assert (best_of_all(free, stock) is None) == (next(Planner(free, stock).ranked(), None) is None)
