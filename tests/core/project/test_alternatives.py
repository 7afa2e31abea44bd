"""A row's alternatives say of each part what judging the whole build with it says."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import PartKind
from hwstudio.core.predict.memory import Fit
from hwstudio.core.project.alternatives import alternatives_in
from hwstudio.core.project.judging import Job, judged, worst_of
from hwstudio.core.project.places import Place, put
from hwstudio.core.project.planner import KINDS, ProjectPlanner
from hwstudio.core.project.state import ProjectState

TRIED = 40  # parts of each kind


def errors(planned):
    return {f.rule for f in planned.findings if f.severity is Severity.ERROR}


@pytest.fixture(scope="module")
def build(catalog):
    state = ProjectState(budget=Decimal(6000), workload_id="llm_qlora_8b", gpu_count=2)
    chosen = ProjectPlanner(catalog).answer(state, keeps_parts=False).chosen
    return replace(chosen.build, power_limit_w=200.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("has_rivals", [True, False], ids=["whole", "row empty"])
def test_each_alternative_is_what_judging_the_whole_build_says(catalog, build, kind, has_rivals):
    job = Job(
        catalog.workload("llm_qlora_8b"), "120V15A", tax_pct=Decimal(19), owned=(build.cpu.id,),
        around=Circumstances(ups_w=900.0, ups_va=1500.0),
    )  # fmt: skip
    if not has_rivals:
        name = {PartKind.GPU_CARD: "card"}.get(kind, kind.value)
        build = replace(build, **{name: () if kind is PartKind.STORAGE else None})
    now, place = judged(build, job), Place(kind)
    quantity = 2 if kind is PartKind.GPU_CARD and has_rivals else 1
    parts = random.Random(kind.value).sample(catalog.parts(kind), TRIED)
    rows = {row.part.id: row for row in alternatives_in(build, place, parts, job, None).rows}
    for part in parts:
        then = judged(put(build, place, part, quantity), job)
        if errors(then) - errors(now) or then.memory.verdict is Fit.NO:
            assert part.id not in rows
            continue
        row, old = rows.pop(part.id), now.prediction.median
        assert row.verdict == worst_of(then.findings)
        assert row.power_change_w == then.power.sustained_w - now.power.sustained_w
        is_priced = not (then.total.unpriced or now.total.unpriced)
        change = then.total.amount - now.total.amount if is_priced else None
        assert row.price_change == change
        both = old and then.prediction.median
        assert row.speed_change == (then.prediction.median / old - 1 if both else None)
    assert not rows
