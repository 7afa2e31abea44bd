"""Single judgements: the traps, one by one, on small windows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, GpuHolder, Missing
from hwstudio.core.monitor.limits.evidence import Limit
from hwstudio.core.monitor.limits.judge import judge, looked_at
from hwstudio.core.monitor.ring import Ring
from hwstudio.core.probe.live import ProcessUse
from tests.core.monitor.limits.machines import A100, GIB, H100, RTX3060, RTX4090, Host, Recorded
from tests.core.monitor.limits.scene import burn, held_by, quiet, ramp, working
from tests.core.monitor.limits.training import Loop, train

BOX = Host(cards=(RTX4090,), cores=8)
PAIR = Host(cards=(A100, A100), cores=16)


def at_work(host=BOX, number=0, window=None, **values):
    """A window in which one card works as told."""
    card = host.cards[number]
    told = {
        "busy_share": 0.98,
        "memory_busy_share": 0.4,
        "power_w": 0.85 * card.limit_w,
        "sm_clock_hz": 0.98 * card.max_clock_hz,
        "throttle_bits": 0.0,
        "pcie_generation": float(card.generation),
        "vram_used_bytes": 0.6 * card.vram_gib * GIB,
        "temperature_c": 65.0,
    }
    return working(window or quiet(host, 1), number, {**told, **values})


def ask(window, host=BOX, missing=None, processes=(), holders=(), devices=None):
    return judge(window, devices or host.devices(), missing or {}, processes, holders)


def test_a_gpu_that_computes_is_what_you_want():
    found = ask(at_work())
    assert (found.kind, found.limit, found.device) == ("ok", Limit.GPU_COMPUTE, "gpu.0")
    assert found.sentence == "The GPU sets the pace: 98 % busy. That is what you want."
    assert found.evidence[0].sensor == "gpu.0.busy_share"
    assert found.evidence[0].value == pytest.approx(0.98)


def test_the_ring_can_be_judged_as_it_is():
    window = at_work()
    ring = Ring(100)
    for n, moment in enumerate(window.times_s):
        ring.append(moment, {name: column[n] for name, column in window.columns.items()})
    names = looked_at(ring.names())
    assert ask(ring.last(60, names)) == ask(ring.last(60)) == ask(window)
    assert not any(name.startswith("cpu.core.") for name in names)


def test_busy_without_power_is_not_work():
    found = ask(at_work(busy_share=1.0, power_w=90.0, memory_busy_share=0.06))
    assert (found.kind, found.limit) == ("info", Limit.GPU_UNDERUSED)
    assert "90 W of 450 W" in found.sentence


def test_light_work_is_work_with_a_second_thought():
    found = ask(at_work(power_w=0.38 * 450))
    assert (found.limit, found.second) == (Limit.GPU_COMPUTE, Limit.GPU_UNDERUSED)


def test_the_power_cap_of_a_busy_card_is_healthy():
    found = ask(at_work(throttle_bits=4.0, power_w=449.0))
    assert (found.kind, found.limit, found.second) == ("ok", Limit.POWER_LIMIT, Limit.GPU_COMPUTE)


def test_a_lowered_power_limit_is_told_from_the_makers():
    devices = tuple(
        Device(d.id, d.title, d.kind, {**d.limits, "power_limit_w": 450.0})
        if d.kind == "gpu"
        else d
        for d in BOX.devices()
    )
    window = at_work(throttle_bits=4.0, power_w=299.0, power_limit_w=300.0)
    found = ask(window, devices=devices)
    assert (found.kind, found.limit) == ("info", Limit.POWER_LIMIT)
    assert "held at 300 W" in found.sentence
    assert "450 W" in found.sentence


def test_on_battery_the_power_limit_has_an_advice():
    window = at_work(throttle_bits=4.0).put("battery.charge_share", ramp(60, 0.61, 0.60))
    found = ask(window)
    assert (found.kind, found.limit) == ("info", Limit.POWER_LIMIT)
    assert "charger" in found.advice


@pytest.mark.parametrize("bits", [0.0, 1.0, 2.0, 0x10, 0x100])
def test_bits_that_are_choices_are_no_problem(bits):
    assert ask(at_work(throttle_bits=float(bits))).limit == Limit.GPU_COMPUTE


def test_one_odd_throttle_bit_is_nothing():
    bits = [0.0] * 60
    bits[50] = 0x20
    assert ask(at_work(throttle_bits=bits)).limit == Limit.GPU_COMPUTE


@pytest.mark.parametrize(("card", "limit_c"), [(H100, "87 °C"), (RTX4090, "90 °C")])
def test_the_temperature_limit_is_the_cards_own(card, limit_c):
    host = Host(cards=(card,))
    found = ask(at_work(host, throttle_bits=32.0, temperature_c=card.slowdown_c - 2), host)
    assert (found.kind, found.limit) == ("warn", Limit.THERMAL)
    assert limit_c in found.evidence[0].words
    assert found.evidence[0].threshold == card.slowdown_c


def test_the_same_temperature_is_fine_for_a_card_with_a_higher_limit():
    tough = Host(cards=(RTX3060,))  # its limit is 95
    assert ask(at_work(tough, temperature_c=86.0), tough).limit == Limit.GPU_COMPUTE
    soft = Host(cards=(H100,))  # its limit is 87
    assert ask(at_work(soft, temperature_c=86.0), soft).second == Limit.THERMAL


def test_heat_is_seen_without_the_drivers_reasons_by_the_lost_clock():
    window = at_work(temperature_c=89.0, sm_clock_hz=1.6e9).without("gpu.0.throttle_bits")
    assert ask(window).limit == Limit.THERMAL


def test_the_hardwares_own_thermal_stop_is_an_error():
    found = ask(at_work(throttle_bits=float(0x8 | 0x40), temperature_c=90.0))
    assert (found.kind, found.limit) == ("error", Limit.THERMAL)


@pytest.mark.parametrize(("clock", "kind"), [(0.3, "error"), (0.9, "warn")])
def test_the_power_brake_is_as_grave_as_the_clock_it_takes(clock, kind):
    found = ask(at_work(throttle_bits=128.0, sm_clock_hz=clock * RTX4090.max_clock_hz))
    assert (found.kind, found.limit) == (kind, Limit.HARDWARE_SLOWDOWN)


def test_a_brake_on_a_resting_card_is_not_worth_a_word():
    assert ask(quiet(BOX, 1).put("gpu.0.throttle_bits", 0x88 + 1.0)).limit == Limit.IDLE


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("gpu.0", "The GPU does not answer: gone."),
        ("gpus", "The GPU driver does not answer: gone."),
    ],
)
def test_a_lost_gpu_comes_before_everything(key, said):
    window = at_work(throttle_bits=128.0)
    found = ask(window, missing={key: Missing(Status.LOST, "gone")})
    assert (found.kind, found.limit, found.sentence) == ("error", Limit.GPU_LOST, said)


@pytest.mark.parametrize("status", [Status.UNSUPPORTED, Status.DENIED, Status.STALE])
def test_what_was_never_offered_is_not_lost(status):
    window = at_work().without("gpu.0.busy_share")
    found = ask(window, missing={"gpu.0.busy_share": Missing(status, "not offered")})
    assert found.limit == Limit.UNKNOWN
    assert "cannot be seen: not offered" in found.sentence
    assert "how busy the GPU is" in found.unseen


def test_a_desktop_never_waits_for_data():
    window = burn(quiet(BOX, 2), BOX, range(1), 2)
    working(window, 0, {"busy_share": 0.3, "power_w": 60.0, "vram_used_bytes": 1.2 * GIB})
    assert ask(window).limit == Limit.CPU_SINGLE_CORE


def test_a_loader_is_suspected_only_where_something_is_full():
    idle_host = at_work(busy_share=0.4, power_w=150.0)
    assert ask(idle_host).limit == Limit.GPU_UNDERUSED
    busy_core = burn(at_work(busy_share=0.4, power_w=150.0), BOX, range(1), 3)
    found = ask(busy_core)
    assert (found.kind, found.limit) == ("warn", Limit.DATA_LOADING)
    assert found.sentence == "The GPU waits for data: the loader uses 1 of 8 cores."


def test_a_process_that_moves_between_cores_is_seen_by_its_own_use():
    window = at_work(busy_share=0.4, power_w=150.0)
    window = burn(window, BOX, range(3), 3, 0.33)
    assert ask(window).limit == Limit.GPU_UNDERUSED
    loader = ProcessUse(7, "python", "me", 0.97, 10**9)
    assert ask(window, processes=(loader,)).limit == Limit.DATA_LOADING


def test_a_busy_drive_that_nobody_waits_for_starves_no_gpu():
    window = at_work(busy_share=0.4, power_w=150.0)
    window.put("disk.nvme0n1.busy_share", 0.85).put("disk.nvme0n1.read_bytes_per_s", 2e8)
    assert ask(window).limit == Limit.GPU_UNDERUSED  # stall and wait shares say nobody waits
    window = window.without("disks.stall_share", "cpu.wait_share")
    assert ask(window).limit == Limit.DISK


def test_an_idle_link_that_sleeps_is_no_narrow_link():
    window = quiet(BOX, 1)  # generation 1 of 4 while nothing runs
    assert ask(window).limit == Limit.IDLE


def test_a_narrow_link_is_not_blamed_when_its_traffic_is_low():
    window = at_work(busy_share=0.4, power_w=150.0, pcie_width=1.0)
    assert ask(window).limit == Limit.PCIE
    window.put("gpu.0.pcie_receive_bytes_per_s", 2e7)
    assert ask(window).limit == Limit.GPU_UNDERUSED


def test_a_pause_now_is_no_wait():
    window = at_work()
    for name in ("busy_share", "memory_busy_share"):
        window.columns[f"gpu.0.{name}"][50:] = [0.0] * 10
    window.put("disk.nvme0n1.busy_share", [0.0] * 50 + [1.0] * 10)
    assert ask(window).limit == Limit.GPU_COMPUTE


def test_a_short_window_at_five_seconds_is_judged():
    window = train(BOX, Loop(), seed=1, seconds=15, interval_s=5)
    assert len(window.times_s) == 3
    assert ask(window).limit == Limit.GPU_COMPUTE


def test_before_the_first_samples_nothing_is_claimed():
    for count in (0, 1, 2):
        found = ask(at_work().cut(0, count))
        assert (found.kind, found.limit) == ("info", Limit.UNKNOWN)


def test_what_lies_before_a_sleep_does_not_count():
    window = at_work()
    window.times_s[:30] = [moment - 7200 for moment in window.times_s[:30]]
    window.put("gpu.0.busy_share", [0.98] * 30 + [0.0] * 30)
    window.put("gpu.0.vram_used_bytes", 0.3 * GIB)
    assert ask(window).limit == Limit.IDLE


def test_a_clock_that_is_set_back_does_not_mix_two_times():
    window = at_work()
    window.times_s[:30] = [moment + 3600 for moment in window.times_s[:30]]
    assert ask(window).limit == Limit.GPU_COMPUTE


def test_two_cards_that_spin_for_each_other_hang():
    window = quiet(PAIR, 1)
    for number in (0, 1):
        at_work(PAIR, number, window, busy_share=1.0, power_w=85.0, memory_busy_share=0.0)
    found = ask(window, PAIR)
    assert (found.kind, found.limit) == ("warn", Limit.HUNG)
    at_work(PAIR, 1, window)  # one of them works: then nobody hangs
    assert ask(window, PAIR).limit != Limit.HUNG


def test_a_job_that_stopped_hangs_only_while_its_process_rests():
    window = at_work()
    window.columns["gpu.0.busy_share"][12:] = [0.0] * 48
    holder = GpuHolder(7, "gpu.0", None)
    assert ask(window, holders=(holder,)).limit == Limit.HUNG
    thinks = ProcessUse(7, "python", "me", 0.9, 10**9)
    assert ask(window, processes=(thinks,), holders=(holder,)).limit != Limit.HUNG
    window.put("network.eth0.receive_bytes_per_s", 3e7)  # it fetches something
    assert ask(window, holders=(holder,)).limit != Limit.HUNG


def test_one_card_at_work_and_one_free_is_fine():
    found = ask(at_work(PAIR), PAIR)
    assert (found.kind, found.limit, found.device) == ("ok", Limit.GPU_COMPUTE, "gpu.0")
    assert "1 other GPU free" in found.sentence


def test_a_card_that_holds_a_job_and_rests_beside_a_working_one_is_named():
    window = at_work(PAIR)
    working(window, 1, {"vram_used_bytes": 40 * GIB})
    found = ask(window, PAIR)
    assert (found.kind, found.limit, found.device) == ("info", Limit.GPU_IMBALANCE, "gpu.1")


def test_swap_at_rest_is_no_swapping():
    window = quiet(BOX, 1).put("memory.swap_used_bytes", 6 * GIB)
    assert ask(window).limit == Limit.IDLE
    window.put("memory.swap_used_bytes", ramp(60, 6 * GIB, 9 * GIB))
    assert ask(window).limit == Limit.IDLE  # there is plenty of memory left
    window.put("memory.available_bytes", 2 * GIB)
    assert ask(window).limit == Limit.SWAPPING


@pytest.mark.parametrize(("total", "left", "limit"), [(16, 1.0, True), (16, 2.0, False)])
@pytest.mark.parametrize("factor", [1, 4])
def test_nearly_full_is_a_share_of_memory(total, left, limit, factor):
    window = quiet(BOX, 1).put("memory.total_bytes", total * factor * GIB)
    window.put("memory.available_bytes", left * factor * GIB)
    assert (ask(window).limit == Limit.MEMORY_NEARLY_FULL) is limit


def test_a_big_server_may_use_more_of_its_memory():
    window = quiet(BOX, 1).put("memory.total_bytes", 1024 * GIB)
    assert ask(window.put("memory.available_bytes", 30 * GIB)).limit == Limit.IDLE
    assert ask(window.put("memory.available_bytes", 5 * GIB)).limit == Limit.MEMORY_NEARLY_FULL


def test_memory_reserved_in_one_step_is_no_danger():
    total = RTX4090.vram_gib * GIB
    window = at_work(vram_used_bytes=[0.1 * total] * 50 + [0.975 * total] * 10)
    found = ask(window)
    assert (found.limit, found.second) == (Limit.GPU_COMPUTE, Limit.VRAM_NEARLY_FULL)


def test_without_any_sensor_nothing_is_claimed():
    found = judge(Recorded([float(n) for n in range(60)], {}), (), {})
    assert (found.kind, found.limit) == ("info", Limit.UNKNOWN)
    assert "how busy the processor is" in found.unseen


def test_a_missing_family_is_said_with_its_reason():
    missing = {"gpus": Missing(Status.UNSUPPORTED, "the NVIDIA driver is not installed")}
    host = Host()
    found = ask(quiet(host, 1), host, missing)
    assert found.limit == Limit.IDLE
    assert "the GPU: the NVIDIA driver is not installed" in found.unseen


NAMES = sorted(quiet(PAIR, 1).columns)
number = st.one_of(
    st.just(math.nan), st.floats(0, 1.2), st.sampled_from([0.0, 4.0, 32.0, 136.0, 1e9, 9e10])
)


@settings(max_examples=150, deadline=None)
@given(
    columns=st.dictionaries(
        st.sampled_from(NAMES), st.lists(number, min_size=12, max_size=12), max_size=40
    ),
    step_s=st.sampled_from([0.2, 1.0, 5.0]),
    gone=st.dictionaries(
        st.sampled_from(["gpus", "gpu.1", "cpu", "gpu.0.busy_share"]), st.sampled_from(Status)
    ),
)
def test_whatever_is_recorded_there_is_a_verdict(columns, step_s, gone):
    window = Recorded([n * step_s for n in range(12)], columns)
    missing = {key: Missing(status, "why") for key, status in gone.items()}
    found = judge(window, PAIR.devices(), missing)
    assert found.kind in {"ok", "info", "warn", "error"}
    assert found.limit in set(Limit)
    assert "nan" not in found.sentence
    assert all(piece.value == piece.value for piece in found.evidence)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), shift_s=st.floats(-1e9, 1e9))
def test_the_verdict_does_not_depend_on_the_clock(seed, shift_s):
    window = train(BOX, Loop(workers=1, decode_s=0.5), seed=seed % 7, seconds=30)
    moved = Recorded([moment + shift_s for moment in window.times_s], window.columns)
    assert ask(moved).limit == ask(window).limit


def test_two_cards_that_begin_together_do_not_take_turns():
    """Over twenty seconds of warming up they add up to one as well."""
    together, first = ramp(60, 0.0, 0.65), [float(n // 3 % 2) for n in range(60)]
    held = held_by(PAIR)

    def seen(*courses):
        window = quiet(PAIR, 1)
        for number, course in enumerate(courses):
            at_work(PAIR, number, window, busy_share=course, power_w=150.0)
        return ask(window, PAIR, holders=held)

    assert "take turns" in seen(first, [1 - share for share in first]).sentence
    assert "take turns" not in seen(together, together).sentence
