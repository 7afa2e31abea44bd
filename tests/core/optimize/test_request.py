"""What the planner accepts as a question."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.optimize.request import Request, parse_budget


@pytest.mark.parametrize("text", ["0", "-5", "1e12", "1e9", "nan", "inf", "-inf", "lots", ""])
def test_an_impossible_budget_is_refused_with_a_remedy(text):
    with pytest.raises(UserError) as refused:
        parse_budget(text)
    assert refused.value.remedy
    assert "\n" not in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "amount"), [("3000", "3000"), ("$3,000.50", "3000.50"), (" 12_000 ", "12000")]
)
def test_a_budget_is_read_as_people_write_it(text, amount):
    assert parse_budget(text) == Decimal(amount)


@pytest.mark.parametrize(
    "change",
    [
        {"budget": Decimal(0)},
        {"budget": Decimal("NaN")},
        {"gpu_counts": ()},
        {"gpu_counts": (0,)},
        {"gpu_counts": (9,)},
        {"min_vram_bytes": -1},
        {"max_power_w": 0.0},
        {"max_power_w": float("nan")},
    ],
)
def test_a_request_nobody_can_mean_is_refused(job, change):
    with pytest.raises(UserError):
        Request(**({"budget": Decimal(1000), "workload": job} | change))
