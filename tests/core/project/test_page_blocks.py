"""The places of pages to read: predicted times, own parts, and the tips that apply here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hwstudio.core.project.learn.shelf import BLOCKS as OF_OWN
from hwstudio.core.project.page_blocks.blocks import BLOCKS
from hwstudio.core.project.page_blocks.ground import Ground
from hwstudio.core.project.page_blocks.times import SIZES
from tests.core.assess.test_readiness import gpu_info, machine

PAGES = Path(__file__).parents[3] / "resources" / "guide" / "pages"
MINE = (
    "choose_cpu", "choose_gpu", "choose_tpu", "which_device", "model_sizes", "cats_story",
    "part_cpu", "part_gpu", "part_ram", "part_storage", "budget_tips", "project_memory",
)  # fmt: skip
PLACE = re.compile(r"^\{\{([a-z_]+)\}\}$", re.MULTILINE)


@pytest.fixture(scope="module")
def strong(catalog):
    return next(gpu for gpu in catalog.gpus() if gpu.id == "gpu-geforce-rtx-4090")


def test_every_place_of_a_page_has_its_block():
    places = [
        place for name in MINE for place in PLACE.findall((PAGES / f"{name}.md").read_text("utf-8"))
    ]
    assert set(places) - set(OF_OWN) == set(BLOCKS)


def test_the_story_has_four_computers_and_this_one_each_with_a_range(studio, strong):
    told = BLOCKS["story_times"](Ground(studio, machine((gpu_info(strong),))))
    rows = [line for line in told.splitlines() if " to " in line and line.startswith("|")]
    assert len(rows) == 5
    takes = [row.split("|")[3].strip() for row in rows]
    assert takes[4] == takes[2]  # this computer has the same card as one of the four
    assert "**This computer** | GeForce RTX 4090" in rows[4]


def test_without_a_card_the_processor_of_this_computer_answers(studio):
    told = BLOCKS["size_times"](Ground(studio, machine()))
    rows = [
        line for line in told.splitlines() if line.startswith(tuple(f"| {s.title}" for s in SIZES))
    ]
    assert len(rows) == 3
    assert "not known" not in told
    assert " to " in rows[0].split("|")[-2]


def test_tips_that_apply_here_come_first_and_say_why(studio, strong):
    bare = BLOCKS["tips_here"](Ground(studio, machine(ram=8 * 2**30)))
    assert bare.index("For you: no graphics card was found here") < bare.index("jobs you have")
    assert "this computer has 8.00 GiB" in bare
    rich = BLOCKS["tips_here"](Ground(studio, machine((gpu_info(strong),))))
    assert "For you" not in rich


def test_three_projects_have_main_memory_gpu_memory_and_disk_apart(studio):
    told = BLOCKS["project_memory"](Ground(studio, machine()))
    rows = [line.split("|")[1:-1] for line in told.splitlines() if line.startswith("|")][2:]
    assert [row[0].strip() for row in rows] == [
        "Predict the prices of houses", "Find things in photos", "Teach a language model",
    ]  # fmt: skip
    assert "a processor is enough" in rows[0][2]
    assert all(" to " in row[2] and row[1].strip() and row[3].strip() for row in rows[1:])


def test_each_part_is_named_with_how_it_was_found_or_said_to_be_missing(studio, strong):
    ground = Ground(studio, machine((gpu_info(strong),)))
    assert "GeForce RTX 4090" in BLOCKS["own_gpu"](ground)
    assert "32.0 GiB" in BLOCKS["own_memory"](ground)
    assert "No graphics card was found" in BLOCKS["own_gpu"](Ground(studio, machine()))


def test_a_range_that_says_nothing_is_not_printed_as_numbers(studio):
    told = BLOCKS["task_speeds"](Ground(studio, machine()))
    ranges = re.findall(r"([\d.,]+) to ([\d.,]+)", told)
    assert len(ranges) >= 8
    for low, high in ranges:
        assert float(high.replace(",", "")) <= 50 * float(low.replace(",", ""))
    assert "not known to within 50 times" in told  # training on a processor
