"""The laws of the readiness score, and what is recommended and said."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.assess.attribution import shapley, whole
from hwstudio.core.assess.change import Parts
from hwstudio.core.assess.parts import drive_rate
from hwstudio.core.assess.readiness import NOTHING_NEEDED, Judge, Terms, assess
from hwstudio.core.assess.share import Span, log_share
from hwstudio.core.assess.steady import SteadySpeeds, outdoes
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.model.machine import CANNOT_TELL, CpuInfo, DriveInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.predict.predictor import COUNTED
from hwstudio.core.project.reference_jobs import reference_jobs

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
laws = settings(max_examples=8, deadline=None)


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


@cache
def jobs_of(catalog):
    return reference_jobs(catalog)


def judge(catalog, found, goal="llm_qlora_8b", parts=None, gpus=None, weights=None):
    return assess(
        found,
        catalog.workload(goal),
        gpus=catalog.gpus() if gpus is None else gpus,
        workloads=catalog.workloads(),
        parts=parts,
        terms=Terms(jobs_of(catalog), weights),
    )


def score_alone(catalog, found, goal, gpus):
    """The score without the words and what is lost to what: a fraction of the whole answer."""
    judge_ = Judge(catalog.workload(goal), Terms(jobs_of(catalog)), SteadySpeeds(COUNTED, gpus))
    return judge_.score(judge_.site(found, {gpu.id: gpu for gpu in gpus}))


def everything(catalog):
    return Parts(catalog.cards(), catalog.rams(), catalog.storages())


# --- laws --------------------------------------------------------------------------------------

sizes = st.one_of(st.none(), st.integers(1, 2**40))
core_counts = st.one_of(st.none(), st.integers(1, 256))
rooms = st.one_of(st.none(), st.floats(0, 1e14))
kinds = st.sampled_from([None, "SSD", "HDD", "virtual", "network"])


@laws
@given(goal=st.sampled_from(GOALS), ram=sizes, cores=core_counts, free=rooms, kind=kinds)
def test_the_groups_add_up_and_the_band_holds_the_score(catalog, goal, ram, cores, free, kind):
    found = machine(ram=ram, cores=cores, drives=(drive_info(free, kind),))
    score = judge(catalog, found, goal).score
    assert sum(part.points for part in score.parts) == score.total
    assert sum(part.max for part in score.parts) == 100
    assert 0 <= score.low <= score.total <= score.high <= 100
    assert all(0 <= part.points <= part.max and part.reason for part in score.parts)
    assert judge(catalog, found, goal).score == score


@laws
@given(data=st.data(), goal=st.sampled_from(GOALS), ram=sizes, cores=core_counts, free=rooms)
def test_every_lost_point_has_a_cause(catalog, data, goal, ram, cores, free):
    gpus = data.draw(st.sampled_from([(), *((gpu,) * n for gpu in catalog.gpus() for n in (1, 2))]))
    drives = (drive_info(free, "HDD"),)
    infos = [gpu_info(gpu) for gpu in gpus]
    judged = judge(catalog, machine(infos, ram, cores, drives), goal, gpus=gpus[:1])
    score = judged.score
    assert sum(one.points for one in score.lost) == 100 - score.total
    lost = math.fsum(one.exact for one in score.lost)
    assert lost + score.exact == pytest.approx(100, abs=1e-9)
    assert all(one.exact >= -1e-9 and one.points >= 0 for one in score.lost)
    for job in judged.jobs:
        assert math.fsum(job.lost.values()) == pytest.approx(1 - job.points, abs=1e-12)


@laws
@given(
    data=st.data(),
    goal=st.sampled_from(GOALS),
    ram=st.integers(1, 2**40),
    more=st.integers(0, 2**40),
    cores=st.integers(1, 64),
    extra=st.integers(0, 64),
    free=st.floats(0, 1e13),
    room=st.floats(0, 1e13),
)
def test_a_better_part_never_lowers_the_score(
    catalog, data, goal, ram, more, cores, extra, free, room
):
    gpus = data.draw(st.sampled_from([(), *((gpu,) for gpu in catalog.gpus())]))
    cards = [gpu_info(gpu) for gpu in gpus]

    def score(ram, cores, *drives):
        return score_alone(catalog, machine(cards, ram, cores, drives), goal, gpus)

    hard_disk = drive_info(free, "HDD")
    first = score(ram, cores, hard_disk)
    better = data.draw(
        st.sampled_from(
            (
                (ram + more, cores, hard_disk),
                (ram, cores + extra, hard_disk),
                (ram, cores, drive_info(free + room, "HDD")),
                (ram, cores, drive_info(free, "SSD")),
                (ram, cores, hard_disk, drive_info(room, "SSD", "/x")),
            )
        )
    )
    found = score(*better)
    assert found.exact >= first.exact - 1e-9
    assert found.total >= first.total


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
    first = score_alone(catalog, machine([gpu_info(gpu)]), goal, [gpu])
    better, count = data.draw(st.sampled_from(((faster, 1), (larger, 1), (gpu, 2), (gpu, 3))))
    found = machine([gpu_info(better)] * count)
    assert score_alone(catalog, found, goal, [better]).total >= first.total
    assert first.total >= score_alone(catalog, machine(), goal, []).total


def test_a_card_better_in_every_figure_never_scores_less_with_the_apps_predictor(catalog, fitted):
    """Four pairs of 3,630 would, if the card were taken as the predictor has it."""
    goal, terms = catalog.workload("llm_qlora_8b"), Terms(jobs_of(catalog))
    judge_ = Judge(goal, terms, SteadySpeeds(fitted, catalog.gpus()))
    rows = {gpu.id: gpu for gpu in catalog.gpus()}
    by_name = {gpu.name: gpu for gpu in catalog.gpus()}
    for better, lesser in (
        ("RTX PRO 2000 Blackwell", "RTX 2000 Ada Generation"),
        ("RTX 4000 Ada Generation", "RTX 4000 SFF Ada Generation"),
    ):
        assert outdoes(by_name[better], by_name[lesser])
        points = [
            judge_.score(judge_.site(machine([gpu_info(by_name[name])]), rows)).exact
            for name in (better, lesser)
        ]
        assert points[0] >= points[1]


@laws
@given(
    data=st.data(),
    goal=st.sampled_from(GOALS),
    ram=st.integers(1, 2**40),
    cores=st.integers(1, 64),
    free=st.floats(0, 1e13),
    hidden=st.sets(st.sampled_from(["ram", "cores", "free", "kind"]), min_size=1),
)
def test_not_knowing_a_part_widens_the_band_around_the_true_score(
    catalog, data, goal, ram, cores, free, hidden
):
    gpus = data.draw(st.sampled_from([(), *((gpu,) for gpu in catalog.gpus())]))
    cards = [gpu_info(gpu) for gpu in gpus]
    kind = data.draw(st.sampled_from(["SSD", "HDD", "network"]))
    true = judge(
        catalog, machine(cards, ram, cores, (drive_info(free, kind),)), goal, gpus=gpus
    ).score
    drive = drive_info(None if "free" in hidden else free, None if "kind" in hidden else kind)
    seen = machine(
        cards, None if "ram" in hidden else ram, None if "cores" in hidden else cores, (drive,)
    )
    blind = judge(catalog, seen, goal, gpus=gpus).score
    assert blind.low <= true.total <= blind.high
    if hidden <= {"ram", "free"}:
        assert blind.exact >= true.exact - 1e-9  # what could not be looked at costs no points


@given(st.dictionaries(st.sampled_from("abcdefg"), st.floats(0, 1), min_size=1))
def test_shapley_shares_add_up_and_what_changes_nothing_gets_nothing(gates):
    def worth(removed):
        return math.prod(gate for name, gate in gates.items() if name not in removed)

    shares = shapley((*gates, "idle"), worth)
    assert math.fsum(shares.values()) == pytest.approx(1 - worth(frozenset()), abs=1e-12)
    assert shares["idle"] == 0
    assert all(share >= -1e-12 for share in shares.values())


@given(st.dictionaries(st.integers(0, 9), st.floats(0.001, 1), min_size=1), st.integers(0, 100))
def test_whole_points_add_up_and_stay_within_one_of_their_share(shares, total):
    found = whole(shares, total)
    scale = total / math.fsum(shares.values())
    assert sum(found.values()) == total
    assert all(abs(found[name] - share * scale) < 1 + 1e-6 for name, share in shares.items())


@given(st.floats(0.01, 100), st.floats(1.01, 100), st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_log_share_lies_between_0_and_1_and_grows(least, ratio, value, more):
    span = Span(least, least * ratio)
    low, high = log_share(value, span), log_share(value + more, span)
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize("goal", GOALS)
def test_every_goal_is_among_the_jobs_and_its_group_counts_most(catalog, goal):
    judged = judge(catalog, machine(), goal)
    mine = next(job for job in judged.jobs if job.id == goal).group
    assert len(judged.groups) == 6
    assert max(judged.score.parts, key=lambda part: part.max).id == mine


def test_own_weights_count_the_groups_as_the_user_says(catalog):
    score = judge(catalog, machine(), weights={"chat": 30, "data": 10}).score
    assert {part.id: part.max for part in score.parts if part.max} == {"chat": 75, "data": 25}


@pytest.mark.parametrize(
    "weights", [{"chess": 1.0}, {"chat": -1.0}, {"chat": math.nan}, {"chat": 0.0}]
)
def test_weights_that_mean_nothing_are_refused(catalog, weights):
    with pytest.raises(UserError):
        judge(catalog, machine(), weights=weights)


# --- honest words ------------------------------------------------------------------------------


def test_a_pc_without_a_gpu_loses_its_points_to_the_gpu_and_is_told_what_it_can_still_do(catalog):
    found = judge(catalog, machine(cores=16), weights={"adapters": 1})
    assert found.score.total == found.score.high == 0
    assert {one.cause for one in found.score.lost if one.points} == {"vram", "compute", "bandwidth"}
    assert {job.held_back for job in found.jobs if job.group == "adapters"} == {
        "There is no graphics card"
    }
    assert "Without a GPU it can chat with 4-bit 8B models, on the processor" in found.sentence
    assert "needs a GPU with about" in found.sentence
    small = next(job for job in found.jobs if job.id == "chat_8b_4bit")
    assert (small.runs, small.where) == ("yes", "the processor")
    assert small.points > 0


def test_what_the_machine_does_best_with_is_what_it_is_said_to_lack_least(catalog, gpu_rows):
    """Eight gigabytes cannot hold it, whatever the speed; a power limit costs only speed."""
    small = judge(catalog, machine([gpu_info(gpu_rows["GeForce RTX 3050 8 GB"])]))
    chat = next(job for job in small.jobs if job.id == "chat_32b_4bit")
    assert max(chat.lost, key=chat.lost.get) == "vram"
    held = replace(gpu_info(gpu_rows["GeForce RTX 4090"]), power_limit_w=ok(200.0))
    lost = {one.cause: one.exact for one in judge(catalog, machine([held])).score.lost}
    free = judge(catalog, machine([gpu_info(gpu_rows["GeForce RTX 4090"])])).score.lost
    assert lost["power"] > 0
    assert {one.cause: one.exact for one in free}["power"] == 0


@pytest.mark.parametrize(
    "told",
    [
        {"driver": ok("nouveau", "PCI bus")},
        {"driver": absent(Status.UNSUPPORTED, "PCI bus", "no driver is bound to it")},
        {"compute_capability": ok("3.5")},
    ],
)
def test_a_gpu_that_no_software_can_use_loses_its_points_to_software(catalog, gpu_rows, told):
    info = replace(gpu_info(gpu_rows["GeForce RTX 4090"]), **told)
    found = judge(catalog, machine([info]), weights={"adapters": 1})
    assert found.score.total == 0
    assert found.score.lost[0].cause == "software"
    assert found.jobs[0].held_back


def test_a_24_gib_card_can_do_all_but_the_full_fine_tune_and_the_lack_is_named(catalog, gpu_rows):
    found = judge(catalog, machine([gpu_info(gpu_rows["GeForce RTX 4090"])]))
    verdicts = {ability.workload_id: ability.verdict for ability in found.abilities}
    assert verdicts.pop("llm_full_finetune_8b") == "no"
    assert verdicts.pop("gpt2_train") == "tight", "its band reaches over 24 GiB"
    assert set(verdicts.values()) == {"fits"}
    assert re.search(r"cannot fine-tune 3B models in full: needs about \d", found.sentence)
    assert "too slow to chat with 4-bit 70B models" in found.sentence


@pytest.mark.parametrize(
    "names", [(), ("GeForce RTX 4090",), ("B200",) * 8], ids=["none", "one", "eight"]
)
def test_the_sentence_says_of_each_job_what_its_row_in_the_table_says(catalog, gpu_rows, names):
    found = judge(catalog, machine([gpu_info(gpu_rows[name]) for name in names]))
    words = {"can": "yes", "may just manage to": "just", "is too slow to": "too slow"}
    said = {}
    for verb, runs in {**words, "cannot": "no"}.items():
        for clause in re.findall(rf"(?:PC|[Ii]t) {verb} ([^.;:(]*)", found.sentence):
            said |= {job.id: runs for job in found.jobs if job.said and job.said in clause}
    assert said == {job.id: job.runs for job in found.jobs if job.said}


@pytest.mark.parametrize(
    ("kind", "bus", "reads_mb"),
    [
        ("SSD", "NVMe, PCIe 4 x4", 2000), ("SSD", "Apple Fabric", 2000), ("SSD", "SATA", 500),
        ("SSD", None, 500), ("SSD", "USB", 400), ("eMMC", "MMC", 200), ("SD card", "MMC", 20),
        ("removable", "USB", 30), ("HDD", "SATA", 150), (None, None, 250),
    ],
)  # fmt: skip
def test_a_drive_counts_with_its_kind_and_with_its_bus_where_that_is_known(
    catalog, kind, bus, reads_mb
):
    drive = replace(drive_info(kind=kind), bus=_known(bus))
    assert drive_rate(drive, jobs_of(catalog).ground).middle == reads_mb * 1e6


def test_when_the_driver_hangs_the_gpu_is_unknown_not_absent(catalog):
    found = judge(catalog, machine(gpus_looked=(f"NVML: {CANNOT_TELL}, no answer",)))
    assert {job.runs for job in found.jobs if job.group == "adapters"} == {"unknown"}
    assert found.score.high - found.score.low >= 60


def test_graphics_inside_an_intel_processor_do_not_count_as_a_gpu(catalog, gpu_rows):
    inside = replace(
        gpu_info(gpu_rows["GeForce RTX 4090"]),
        name=ok("Intel UHD Graphics 770"),
        vendor="Intel",
        vram_bytes=UNKNOWN,
        gpu_id=None,
    )
    assert judge(catalog, machine([inside])).score == judge(catalog, machine()).score


def test_an_unknown_gpu_model_keeps_its_memory_and_is_half_way_in_speed(catalog, gpu_rows):
    odd = replace(gpu_info(gpu_rows["GeForce RTX 4090"]), gpu_id=None, name=ok("Odd GPU"))
    job = next(job for job in judge(catalog, machine([odd])).jobs if job.id == "llm_qlora_8b")
    assert (job.low, job.points, job.high) == (0, 0.5, 1)
    assert job.runs == "unknown"
    assert "not in the catalogue" in job.held_back


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
    drive = replace(drive_info(1e14), bus=ok("NVMe, PCIe 5 x4"))
    best = machine([gpu_info(gpu_rows["B200"])] * 8, 2**41, 128, (drive,))
    found = judge(catalog, best, parts=everything(catalog))
    assert found.score.total >= 95
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
