"""How much is stored, and the drives for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.guide.storage_need import (
    StorageQuestion,
    checkpoint_bytes,
    storage_need,
    tiering,
)
from hwstudio.core.guide.storage_plan import (
    HDD,
    NVME,
    StorageWishes,
    kind_of,
    kinds_of_drive,
    plan_storage,
)
from hwstudio.core.project.guides.texts import storage_setups

TB, GB = 10**12, 10**9
SIZES = st.integers(0, 20 * TB)


def test_an_adam_checkpoint_of_seven_billion_parameters_is_tens_of_gigabytes():
    assert checkpoint_bytes(7e9, "adam") == 84 * GB
    assert checkpoint_bytes(7e9, "weights16") == 14 * GB


def test_the_need_is_its_items_grown_with_room_kept_free():
    asked = StorageQuestion(
        data_bytes=100 * GB, prepared_copies=0, parameters=0, checkpoints_kept=0, models_bytes=0,
        system_bytes=50 * GB, growth=1.0, years=2, free_share=0.2, archive_bytes=40 * GB,
    )  # fmt: skip
    need = storage_need(asked)
    assert need.stored_bytes == 50 * GB + 4 * 100 * GB + 4 * 40 * GB
    assert need.hot_bytes == pytest.approx((50 + 400) / 0.8 * GB, rel=1e-9)
    assert need.cold_bytes == pytest.approx(160 / 0.8 * GB, rel=1e-9)


@given(SIZES, SIZES, st.floats(0, 3), st.floats(0, 5), st.integers(0, 20))
def test_more_of_anything_never_needs_less(data, archive, growth, years, kept):
    asked = StorageQuestion(
        data_bytes=data, archive_bytes=archive, growth=growth, years=years, checkpoints_kept=kept
    )
    before = storage_need(asked)
    assert before.total_bytes >= before.stored_bytes
    for changes in (
        {"data_bytes": data + GB},
        {"archive_bytes": archive + GB},
        {"checkpoints_kept": kept + 1},
        {"growth": growth + 0.1},
        {"years": years + 0.5},
    ):
        assert storage_need(replace(asked, **changes)).total_bytes >= before.total_bytes


@pytest.mark.parametrize(
    "wrong",
    [{"data_bytes": -1}, {"saved": "all"}, {"growth": 11}, {"years": -1}, {"free_share": 1.0}],
)
def test_a_question_nobody_can_mean_is_refused(wrong):
    with pytest.raises(UserError):
        StorageQuestion(**wrong)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(0, 120), st.sampled_from((0, 1, 2)))
def test_a_plan_holds_the_need_and_survives_the_failures(catalog, hot_tb, cold_tb, failures):
    wishes = StorageWishes(secondary_failures=failures)
    plan = plan_storage(hot_tb * TB, cold_tb * TB, catalog.storages(), wishes)
    assert not plan.missing
    primary = plan.volumes[0]
    assert kind_of(primary.drive) == NVME
    assert primary.array.usable_bytes >= hot_tb * TB
    assert len(plan.volumes) == (2 if cold_tb else 1)
    for second in plan.volumes[1:]:
        assert kind_of(second.drive) == HDD
        assert second.array.usable_bytes >= cold_tb * TB
        assert second.array.least_failures >= failures
        assert second.cost == second.drive.price.amount * second.array.drives
    assert plan.usable_bytes <= plan.raw_bytes
    assert plan.cost == sum(volume.cost for volume in plan.volumes)


def test_more_safety_never_costs_less(catalog):
    costs = [
        plan_storage(0, 20 * TB, catalog.storages(), StorageWishes(secondary_failures=n)).cost
        for n in (0, 1, 2)
    ]
    assert costs == sorted(costs)


def test_what_no_drives_can_hold_is_said_not_left_out(catalog):
    plan = plan_storage(500 * TB, 0, catalog.storages(), StorageWishes())
    assert plan.missing == ("Primary",)
    assert plan.volumes == ()


def test_the_enterprise_setup_counts_mirrors_as_mirrors_and_keeps_data_off_stripes():
    setup = next(s for s in storage_setups() if s.id == "enterprise")
    assert setup.raw_bytes == 102 * TB
    assert setup.usable_bytes == 58 * TB
    striped = [v.purpose for v in setup.volumes if v.array.level == "0"]
    assert striped == ["Scratch for training"]


def test_every_setup_can_be_bought(catalog):
    from hwstudio.core.guide.storage_plan import cheapest_of_size

    for setup in storage_setups():
        for volume in setup.volumes:
            drive = cheapest_of_size(catalog.storages(), volume.kind, volume.array.drive_bytes)
            # A drive sold as 500 GB may hold 480 or 512; none may hold less than planned.
            assert drive is not None, (setup.title, volume.purpose)


def test_tiering_is_advised_only_when_the_data_in_use_exceed_the_fast_drives():
    assert tiering(TB, 2 * TB) is None
    assert tiering(2 * TB, None) is None
    found = tiering(3 * TB, 2 * TB)
    assert found.over_bytes == TB
    assert "67%" in found.advice[0]


def test_kinds_of_drive_are_compared_with_their_dates(catalog):
    kinds = {k.kind: k for k in kinds_of_drive(catalog.storages())}
    assert set(kinds) == {"nvme", "sata_ssd", "hdd"}
    assert kinds["hdd"].cheapest_per_tb < kinds["nvme"].cheapest_per_tb
    assert kinds["nvme"].fastest_link_bytes_per_s > kinds["hdd"].fastest_link_bytes_per_s
    assert all(k.oldest_as_of and k.cheapest_per_tb <= k.median_per_tb for k in kinds.values())
