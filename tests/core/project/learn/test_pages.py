"""Pages say this computer's numbers with their source, and "not measured" where there are none."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.take_in import IMPORTED
from hwstudio.core.guide.cell import OWN, bar_of
from hwstudio.core.guide.link import BENCH, CODE, PAGE, command_of, link_of, links_in
from hwstudio.core.history.store import History
from hwstudio.core.project.learn.bars_block import device_bars
from hwstudio.core.project.learn.memory_block import memory_here, memory_ratio
from hwstudio.core.project.learn.own import own_results
from hwstudio.core.project.learn.shelf import code_notes, page_text, shelf
from hwstudio.core.project.learn.speed_block import drive_here, loading_here, products_here
from hwstudio.core.project.page_blocks.ground import Ground
from tests.core.project.learn.kit import GPU_ID, a_gpu, own, run

TRIAD = run("memory_bandwidth", {"triad": 5e10})


@pytest.mark.parametrize("page", shelf().pages, ids=lambda page: page.id)
def test_every_page_is_filled_and_every_link_leads_somewhere(page, catalog, studio):
    mine = own(catalog=catalog)
    text = page_text(page, replace(mine, ground=Ground(studio, mine.machine)))
    assert "{{" not in text
    for url in links_in(text):
        link = link_of(url)
        assert link is not None, url
        known = {PAGE: shelf().page, CODE: shelf().code, BENCH: bench}
        if link.kind in known:
            assert known[link.kind](link.name).id == link.name
        assert command_of(link)


def row_of(text, name):
    return next(line for line in text.splitlines() if line.startswith(f"| {name}"))


def test_memory_stands_with_what_was_measured_and_when():
    row = row_of(memory_here(own(TRIAD)), "Main memory")
    assert "32.0 GiB" in row
    assert "50.0 GB/s" in row
    assert "measured here 2026-11-20" in row


def test_registers_and_caches_are_those_of_the_processor_found():
    text = memory_here(own())
    assert "0.5 KiB in each core" in row_of(text, "Registers")
    assert "8 x 48 KiB" in row_of(text, "L1 cache")


def test_caches_stand_with_the_waiting_and_the_reading_inside_them():
    waits = {f"latency {n} KiB": 1e-9 for n in (16, 24, 32)}
    waits |= {f"latency {n} KiB": 4e-9 for n in (64, 96, 128)} | {"latency 48 KiB": 3e-9}
    reads = run("memory_ladder", {"read 32 KiB": 2e11}, day="2026-11-21")
    text = memory_here(own(reads, run("memory_ladder", waits, "s")))
    row = row_of(text, "L1 cache")
    assert "8 x 48 KiB" in row
    assert "1.0 ns to wait for a number, 200 GB/s read by one core" in row
    assert "grows at 32 to 48 KiB (from 1.0 to 4.0 ns)" in text


def test_caches_nobody_measured_name_the_test_that_does():
    text = memory_here(own())
    assert "[measure it](hwstudio:bench/memory_ladder)" in row_of(text, "L1 cache")
    assert "ns" not in row_of(text, "L1 cache")


def test_the_charts_have_a_bar_for_this_computer_by_data_sheet_and_by_measuring(studio):
    product = run("torch_matmul", {"fp32 2048": 2e11}, "FLOP/s")
    mine = own(product)
    text = device_bars(replace(mine, ground=Ground(studio, mine.machine)))
    rows = [line for line in text.splitlines() if "This computer" in line]
    assert len(rows) == 4, "three by data sheet or estimate, one measured"
    measured = next(row for row in rows if "measured 2026-11-20" in row)
    assert "200 GFLOP/s" in measured
    assert "17.2 GFLOP each at n = 2048" in measured
    assert all(f"-{OWN})" in row for row in rows)
    bars = [bar_of(url) for url in re.findall(r"hwstudio:bar/[^)]*", text)]
    assert all(bar is not None and 0 <= bar.low <= bar.value <= bar.high <= 1 for bar in bars)
    assert max(bar.high for bar in bars) == 1.0


def test_what_was_not_measured_says_so_with_the_way_to_it():
    row = row_of(memory_here(own()), "Main memory")
    assert "not measured: [measure it](hwstudio:bench/memory_bandwidth)" in row


def test_a_disturbed_run_gives_no_number_and_is_named():
    row = row_of(memory_here(own(replace(TRIAD, verdict="busy"))), "Main memory")
    assert "not measured; the try of 2026-11-20 was disturbed" in row
    assert "GB/s" not in row


def test_the_verdict_on_one_number_counts_not_that_on_the_whole_run():
    fine = replace(TRIAD, verdict="busy")
    fine.conditions["verdicts"] = {"triad": {"verdict": "ok"}}
    assert "50.0 GB/s" in row_of(memory_here(own(fine)), "Main memory")


def test_a_drive_gets_only_the_numbers_of_that_drive():
    here, other = ({"device": "drive", "source": name} for name in ("d", "e"))
    of_other = run("storage", {"sequential_read": 9e9}, device="other")
    of_it = run("storage", {"sequential_read": 3e9}, device="it", day="2026-11-19")
    of_other.conditions["device"], of_it.conditions["device"] = other, here
    row = row_of(memory_here(own(of_other, of_it)), "/ ")
    assert "3.00 GB/s" in row
    assert "9.00" not in row


def test_memory_and_drive_are_set_against_each_other():
    drive = run("storage", {"sequential_read": 5e8})
    assert "about 100 times as fast" in memory_ratio(own(TRIAD, drive))
    assert "times" not in memory_ratio(own(TRIAD))


def test_a_gpu_stands_with_its_data_sheet_and_the_source_of_it(catalog):
    text = memory_here(own(gpus=(a_gpu(),), catalog=catalog))
    sheet = next(gpu for gpu in catalog.gpus() if gpu.id == GPU_ID)
    row = row_of(text, "Its memory")
    assert "24.0 GiB" in row
    assert "1.01 TB/s by its data sheet" in row
    assert f"{sheet.source}, {sheet.source_date}" in row
    assert "256 KiB" in row_of(text, "Registers | 256")


def test_products_name_the_best_size_and_what_small_ones_lose():
    cpu = run("torch_matmul", {"fp32 256": 1e11, "fp32 2048": 2e11}, "FLOP/s")
    gpu = run("torch_matmul", {"fp32 4096": 4e13}, "FLOP/s", device="a GPU")
    gpu.conditions["device"] = {"device": "cuda:0"}
    text = products_here(own(gpu, cpu))
    assert "| a CPU | fp32 | 200 GFLOP/s | 2048 |" in text
    assert "at size 256 it reached 50 %" in text
    assert "In fp32 a GPU is 200 times as fast as a CPU." in text


def test_sizes_of_the_run_that_gave_no_number_are_named_beside_the_best():
    told = run("torch_matmul", {"fp32 256": 1e11}, "FLOP/s", verdict="busy")
    verdicts = {"fp32 256": {"verdict": "ok"}, "fp32 512": {"verdict": "busy"}}
    told.conditions["verdicts"] = verdicts
    assert "without a number: size 512 |" in products_here(own(told))


def test_without_products_there_is_no_number_at_all():
    text = products_here(own())
    assert "not measured" in text
    assert "FLOP" not in text


def test_the_knee_of_loading_is_marked():
    rates = {"workers 1": 100.0, "workers 2": 190.0, "workers 4": 195.0}
    text = loading_here(own(run("data_loading", rates, "samples/s", enough_workers=2)))
    assert "| 2 | 190 | enough |" in text
    assert "| 4 | 195 |  |" in text


def test_a_loading_test_without_a_knee_says_that_none_was_found():
    text = loading_here(own(run("data_loading", {"workers 1": 100.0}, "samples/s")))
    assert "Where it stops growing was not found." in text


def test_each_point_of_a_drive_is_its_newest_reliable_one():
    new = run("storage", {"sequential_read": 4e9})
    old = run("storage", {"sequential_read": 1e9, "cached_read": 8e9}, day="2026-11-01")
    text = drive_here(own(new, old))
    assert "| Reading large files | 4.00 GB/s | measured here 2026-11-20 |" in text
    assert "| Reading again, from memory | 8.00 GB/s | measured here 2026-11-01 |" in text


def test_runs_of_other_computers_are_never_this_ones(home):
    history = History.open(home.history_file)
    history.add_result(replace(TRIAD, conditions={IMPORTED: "another"}))
    assert own_results(lambda: history) == ()
    history.close()


def test_code_for_several_devices_warns_where_there_are_fewer(catalog):
    code = shelf().code("model_parallel_torch")
    assert "No GPU was found here, and this needs 2 GPUs" in code_notes(code, own())
    assert "1 GPU (NVIDIA GeForce RTX 4090)" in code_notes(code, own(gpus=(a_gpu(),)))
    assert "Not here" not in code_notes(code, own(gpus=(a_gpu(), a_gpu())))
    assert "Not here" not in code_notes(shelf().code("timing_torch"), own())
