"""The laws of the readiness score, and what is recommended and said."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.assess.change import Parts
from hwstudio.core.assess.goal import Span, need_of
from hwstudio.core.assess.readiness import NOTHING_NEEDED, assess
from hwstudio.core.assess.score import log_share
from hwstudio.core.base.units import GIB
from hwstudio.core.model.machine import CANNOT_TELL, CpuInfo, DriveInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Status, absent, ok

GOALS = (
    "resnet50_train",
    "bert_base_train",
    "gpt2_train",
    "llm_full_finetune_8b",
    "llm_qlora_8b",
    "llm_chat_8b",
    "sd15_generate",
)
UNKNOWN = absent(Status.UNSUPPORTED, "test", "not stated")
laws = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _known(value):
    return UNKNOWN if value is None else ok(value, "test")


def gpu_info(gpu, vram=None):
    return GpuInfo(
        name=ok(gpu.name),
        vendor=gpu.maker,
        uuid=gpu.id,
        vram_bytes=_known(vram or gpu.vram_bytes),
        driver=UNKNOWN,
        compute_capability=UNKNOWN,
        power_limit_w=UNKNOWN,
        pcie=UNKNOWN,
        gpu_id=gpu.id,
    )


def drive_info(free=200e9, kind="SSD", mount="/"):
    return DriveInfo(
        mount=mount,
        device="d",
        file_system="ext4",
        total_bytes=_known(free),
        free_bytes=_known(None if free is None else int(free)),
        drive_kind=_known(kind),
    )


def machine(gpus=(), ram=32 * GIB, cores=8, drives=(), **more):
    cpu = CpuInfo(
        name=ok("a CPU"),
        architecture=ok("x86_64"),
        cores=_known(cores),
        threads=_known(None),
        max_mhz=UNKNOWN,
        features=UNKNOWN,
    )
    fields = {
        "host": "test",
        "os": ok("Linux"),
        "virtual": ok("none"),
        "python": "3",
        "cpu": cpu,
        "memory_bytes": _known(ram),
        "swap_bytes": UNKNOWN,
        "gpus": tuple(gpus),
        "gpus_looked": ("NVML: asked",),
        "drives": tuple(drives) or (drive_info(),),
        "accelerators": (),
        "accelerators_looked": (),
        "battery": ok("none"),
        "torch": UNKNOWN,
    }
    return Machine(**(fields | more))


@pytest.fixture(scope="module")
def gpu_rows(catalog):
    return {gpu.name: gpu for gpu in catalog.gpus()}


def judge(catalog, found, goal="llm_qlora_8b", parts=None, gpus=None):
    return assess(
        found,
        catalog.workload(goal),
        gpus=gpus or catalog.gpus(),
        workloads=catalog.workloads(),
        parts=parts,
    )


def everything(catalog):
    return Parts(catalog.cards(), catalog.rams(), catalog.storages())


# --- laws --------------------------------------------------------------------------------------

sizes = st.one_of(st.none(), st.integers(1, 2**40))
core_counts = st.one_of(st.none(), st.integers(1, 256))
rooms = st.one_of(st.none(), st.floats(0, 1e14))
kinds = st.sampled_from([None, "SSD", "HDD", "virtual", "network"])


@laws
@given(goal=st.sampled_from(GOALS), ram=sizes, cores=core_counts, free=rooms, kind=kinds)
def test_the_parts_add_up_and_the_band_holds_the_score(catalog, goal, ram, cores, free, kind):
    found = machine(ram=ram, cores=cores, drives=(drive_info(free, kind),))
    score = judge(catalog, found, goal).score
    assert sum(part.points for part in score.parts) == score.total
    assert sum(part.max for part in score.parts) == 100
    assert 0 <= score.low <= score.total <= score.high <= 100
    assert all(0 <= part.points <= part.max and part.reason for part in score.parts)
    assert judge(catalog, found, goal).score == score


@laws
@given(
    goal=st.sampled_from(GOALS),
    ram=st.integers(1, 2**40),
    more=st.integers(0, 2**40),
    cores=st.integers(1, 64),
    extra=st.integers(0, 64),
    free=st.floats(0, 1e13),
    room=st.floats(0, 1e13),
)
def test_a_better_part_never_lowers_the_score(catalog, goal, ram, more, cores, extra, free, room):
    before = machine(ram=ram, cores=cores, drives=(drive_info(free, "HDD"),))
    first = judge(catalog, before, goal).score
    for better in (
        machine(ram=ram + more, cores=cores, drives=before.drives),
        machine(ram=ram, cores=cores + extra, drives=before.drives),
        machine(ram=ram, cores=cores, drives=(drive_info(free + room, "HDD"),)),
        machine(ram=ram, cores=cores, drives=(drive_info(free, "SSD"),)),
        machine(ram=ram, cores=cores, drives=(*before.drives, drive_info(room, "SSD", "/x"))),
    ):
        assert judge(catalog, better, goal).score.total >= first.total


@laws
@given(data=st.data(), goal=st.sampled_from(GOALS))
def test_a_better_gpu_or_one_more_never_lowers_the_score(catalog, data, goal):
    gpu = data.draw(st.sampled_from(catalog.gpus()))
    factor = data.draw(st.floats(1, 4))
    rates = [name for name in gpu.__slots__ if name.endswith(("_flop_per_s", "bytes_per_s"))]
    faster = replace(
        gpu,
        **{
            name: getattr(gpu, name) * factor
            for name in rates
            if getattr(gpu, name) and not name.startswith("nvlink")
        },
    )
    larger = replace(gpu, vram_bytes=int(gpu.vram_bytes * factor))
    first = judge(catalog, machine([gpu_info(gpu)]), goal, gpus=[gpu]).score
    for better, count in ((faster, 1), (larger, 1), (gpu, 2), (gpu, 4)):
        found = machine([gpu_info(better)] * count)
        assert judge(catalog, found, goal, gpus=[better]).score.total >= first.total
    assert first.total >= judge(catalog, machine(), goal).score.total


@laws
@given(
    goal=st.sampled_from(GOALS),
    ram=st.integers(1, 2**40),
    cores=st.integers(1, 64),
    free=st.floats(0, 1e13),
    hidden=st.sets(st.sampled_from(["ram", "cores", "drive"]), min_size=1),
)
def test_not_knowing_a_part_widens_the_band_around_the_true_score(
    catalog, goal, ram, cores, free, hidden
):
    true = judge(
        catalog, machine(ram=ram, cores=cores, drives=(drive_info(free, "SSD"),)), goal
    ).score
    seen = machine(
        ram=None if "ram" in hidden else ram,
        cores=None if "cores" in hidden else cores,
        drives=(drive_info(None if "drive" in hidden else free, "SSD"),),
    )
    blind = judge(catalog, seen, goal).score
    assert blind.low <= true.total <= blind.high
    assert blind.high - blind.low >= true.high - true.low


@given(st.floats(0.01, 100), st.floats(1.01, 100), st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_log_share_lies_between_0_and_1_and_grows(least, ratio, value, more):
    span = Span(least, least * ratio)
    low, high = log_share(value, span), log_share(value + more, span)
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize("goal", GOALS)
def test_every_goal_weighs_the_same_five_parts_and_asks_for_more_than_the_least(catalog, goal):
    need = need_of(catalog.workload(goal))
    assert sum(need.weights.values()) == 100
    assert len(need.weights) == 5
    for span in (need.vram, need.speed, need.ram, need.storage, need.cores):
        assert 0 < span.least < span.full


# --- honest words ------------------------------------------------------------------------------


def test_a_pc_without_a_gpu_gets_no_gpu_points_and_is_told_what_it_can_still_do(catalog):
    found = judge(catalog, machine())
    assert [part.points for part in found.score.parts[:2]] == [0, 0]
    assert found.score.low == found.score.total
    assert "Without a GPU your PC can chat with 8B models" in found.sentence
    assert "slowly" in found.sentence
    assert "needs a GPU with about" in found.sentence


def test_a_24_gib_card_can_do_all_but_the_full_fine_tune_and_the_lack_is_named(catalog, gpu_rows):
    found = judge(catalog, machine([gpu_info(gpu_rows["GeForce RTX 4090"])]))
    verdicts = {ability.workload_id: ability.verdict for ability in found.abilities}
    assert verdicts.pop("llm_full_finetune_8b") == "no"
    assert verdicts.pop("gpt2_train") == "tight", "its band reaches over 24 GiB"
    assert set(verdicts.values()) == {"fits"}
    assert re.search(r"cannot fine-tune 8B models in full: that needs \d+ GiB more", found.sentence)


def test_when_the_driver_hangs_the_gpu_is_unknown_not_absent(catalog):
    found = judge(catalog, machine(gpus_looked=(f"NVML: {CANNOT_TELL}, no answer",)))
    assert not found.score.parts[0].is_known
    assert found.score.high - found.score.low >= 60


def test_graphics_inside_an_intel_processor_do_not_count_as_a_gpu(catalog, gpu_rows):
    inside = replace(
        gpu_info(gpu_rows["GeForce RTX 4090"]),
        name=ok("Intel UHD Graphics 770"),
        vendor="Intel",
        vram_bytes=UNKNOWN,
        gpu_id=None,
    )
    score = judge(catalog, machine([inside])).score
    assert score.parts[0].points == 0
    assert "no memory of its own" in score.parts[0].reason
    assert score.high == score.total


def test_an_unknown_gpu_model_keeps_its_memory_points_and_widens_only_the_speed(catalog, gpu_rows):
    odd = replace(gpu_info(gpu_rows["GeForce RTX 4090"]), gpu_id=None, name=ok("Odd GPU"))
    score = judge(catalog, machine([odd])).score
    assert score.parts[0].is_known
    assert not score.parts[1].is_known
    assert "not in the catalogue" in score.parts[1].reason


# --- recommendations ---------------------------------------------------------------------------


def test_each_recommendation_gains_a_point_and_has_a_dated_sourced_price(catalog):
    found = judge(
        catalog, machine(ram=8 * GIB, drives=(drive_info(30e9, "HDD"),)), parts=everything(catalog)
    )
    assert {"GPU", "memory", "drive"} <= {change.part for change in found.recommendations}
    for change in found.recommendations:
        assert change.gain_points >= 1
        assert Decimal(0) < change.cost.low <= change.cost.typical <= change.cost.high
        assert change.cost.currency == "USD"
        assert change.cost.as_of
        assert change.cost.source
        assert change.check


def test_the_best_gain_per_money_comes_first(catalog):
    found = judge(catalog, machine(ram=8 * GIB), parts=everything(catalog)).recommendations
    worth = [change.gain_exact / float(change.cost.typical) for change in found]
    assert worth == sorted(worth, reverse=True)


def test_the_recommended_gpu_makes_the_goal_fit(catalog):
    for goal in ("llm_qlora_8b", "gpt2_train"):
        found = judge(catalog, machine(), goal, everything(catalog))
        first = next(change for change in found.recommendations if change.part == "GPU")
        card = catalog.part(first.part_id)
        again = judge(catalog, machine([gpu_info(card.gpu, card.vram_bytes)]), goal)
        verdict = {a.workload_id: a.verdict for a in again.abilities}[goal]
        assert verdict in ("fits", "tight")
        before = judge(catalog, machine(), goal)
        assert again.score.total - before.score.total == first.gain_points


def test_a_machine_with_everything_is_told_that_nothing_is_needed(catalog, gpu_rows):
    best = machine([gpu_info(gpu_rows["GeForce RTX 5090"])], 2**40, 64, (drive_info(1e13),))
    found = judge(catalog, best, parts=everything(catalog))
    assert found.score.total == 100
    assert found.recommendations == ()
    assert found.advice == NOTHING_NEEDED


def test_a_laptop_is_not_told_to_swap_its_gpu(catalog):
    found = judge(catalog, machine(ram=8 * GIB, battery=ok("80 %")), parts=everything(catalog))
    assert "GPU" not in {change.part for change in found.recommendations}
    assert "laptop" in found.advice


def test_without_prices_nothing_is_recommended_and_that_is_said(catalog):
    found = judge(catalog, machine(), parts=Parts())
    assert found.recommendations == ()
    assert "priced" in found.advice


def test_the_ranking_of_machines_follows_common_sense(catalog, gpu_rows):
    names = [
        "GeForce RTX 3050 8 GB",
        "GeForce RTX 3060 12 GB",
        "GeForce RTX 3090",
        "GeForce RTX 4090",
    ]
    known = [name for name in names if name in gpu_rows]
    assert len(known) >= 3
    totals = [
        judge(catalog, machine([gpu_info(gpu_rows[name])]), "gpt2_train").score.exact
        for name in known
    ]
    assert totals == sorted(totals)
