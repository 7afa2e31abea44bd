"""What keeps the cards fed, and what is known of a row besides its steps."""

from __future__ import annotations

import math
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.guide.priority import GAIN, NO_GAIN, UNKNOWN, Ground, Step, ranked
from hwstudio.core.guide.rack import rack_units
from hwstudio.core.guide.supply import (
    CARD,
    DRIVE,
    PROCESSOR,
    TOLD,
    DataSet,
    Feeding,
    Job,
    Loading,
    reached,
)

PICTURES = DataSet("pictures", 100_000, 1e11, "counted")
SPEEDS = st.floats(1e-3, 1e7)


def test_the_slowest_of_card_processor_drive_and_what_was_said_limits_a_job():
    job = Job(PICTURES, Loading(100.0, "measured"))
    build = Feeding(cores=8, link_bytes_per_s=600e6, ram_bytes=32 * 2**30)
    assert reached(500, job, build).limit == CARD
    assert reached(2000, job, build) == reached(1e9, job, build)
    assert (reached(2000, job, build).limit, reached(2000, job, build).per_s) == (PROCESSOR, 800)
    many = Feeding(cores=128, link_bytes_per_s=600e6, ram_bytes=32 * 2**30)
    assert (reached(9000, job, many).limit, reached(9000, job, many).per_s) == (DRIVE, 6000)
    assert reached(9000, Job(PICTURES, None, 70.0), many).limit == TOLD


def test_memory_that_holds_the_whole_data_set_makes_the_drive_no_limit():
    job = Job(PICTURES)
    small = Feeding(link_bytes_per_s=600e6, ram_bytes=64 * 2**30)
    large = Feeding(link_bytes_per_s=600e6, ram_bytes=256 * 2**30)
    assert reached(9000, job, small).limit == DRIVE
    assert reached(9000, job, large).limit == CARD


@given(SPEEDS, SPEEDS, st.integers(1, 256), st.integers(1, 256))
def test_a_part_nobody_knows_limits_nothing_and_more_cores_never_make_a_job_slower(
    card, per_core, cores, more
):
    assert reached(card, Job(), Feeding()).per_s == card
    job = Job(None, Loading(per_core, "measured"))
    few = reached(card, job, Feeding(cores=cores)).per_s
    assert few <= reached(card, job, Feeding(cores=cores + more)).per_s <= card
    assert math.isfinite(few)


def test_a_row_says_no_gain_only_when_that_is_sure_and_untried_rows_carry_their_reason():
    options = {"cpu": (Step("C", Decimal(50), 0.0),), "gpu_card": (Step("A", Decimal(9), 0.5),)}
    grounds = {
        "cpu": Ground("never measured", is_sure=False),
        "psu": Ground("650 W is enough", has_steps=False),
        "cooler": Ground("no source", is_sure=False, has_steps=False),
    }
    ranks = {rank.kind: rank for rank in ranked(options, grounds=grounds)}
    assert ranks["gpu_card"].status == GAIN
    assert (ranks["psu"].status, ranks["psu"].why) == (NO_GAIN, "650 W is enough")
    assert ranks["cpu"].status == ranks["cooler"].status == UNKNOWN


def test_upright_cards_with_their_plug_need_four_rack_units():
    assert rack_units() == 4
    assert rack_units(40.0) == 2
