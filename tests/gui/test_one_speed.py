"""The same question has the same answer in every tab and on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.cli.main import main
from hwstudio.core.assess.own_machine import own_gpu
from hwstudio.core.assess.readiness import Terms, assess
from hwstudio.core.base import clock
from hwstudio.core.model.build import Build
from hwstudio.core.model.machine import CpuInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.monitor.runs.predicted import SECONDS
from hwstudio.core.optimize.slots import lanes_of
from hwstudio.core.predict.job_maker import usual_wish
from hwstudio.core.project.judging import Job, judged
from hwstudio.core.project.measured_speeds import keep_observation, observations
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.reference_jobs import reference_jobs
from hwstudio.core.project.run_prediction import predict_run
from hwstudio.core.project.state import ProjectState
from hwstudio.gui.cloud.shaping import shapes_of
from hwstudio.gui.cloud.state import Stock as CloudStock
from hwstudio.gui.cloud.viewmodel import BUILD, CloudViewModel
from hwstudio.gui.workload.reckon import Reckoner
from hwstudio.gui.workload.state import Stock, Wish

JOBS = ("resnet50_train", "llm_full_finetune_8b", "llm_chat_8b", "llm_qlora_8b", "gpt2_train")
HARDWARE = (("RTX A6000", 1), ("RTX A6000", 4), ("GeForce RTX 4090", 1), ("L40S", 8))
UNKNOWN = absent(Status.UNSUPPORTED, "test", "not stated")


@pytest.fixture(scope="module")
def models(catalog):
    return {model.id: model for model in catalog.ai_models()}


@pytest.fixture(scope="module")
def table(catalog, models, speed_model):
    """Return a function: the Workload tab's medians by GPU, asked about a goal of the library."""
    stock = Stock(tuple(models.values()), catalog.gpus(), (), (), 0.165, "USD", "")
    reckoner = Reckoner(stock, speed_model)

    def ask(goal, count, seen=()):
        model = models[goal.model_id]
        job = replace(
            usual_wish(model, goal.mode),
            batch=goal.batch,
            precision=goal.precision,
            sequence_tokens=goal.sequence_tokens or 2048,
        )
        reckoner.take_in(seen)
        state = reckoner.state(Wish("text", model, job, count=count), "")
        return {row.gpu.name: row.speed for row in state.rows}

    return ask


def cloud_stock(studio, catalog, goal):
    return CloudStock(
        offers=catalog.offers(),
        gpus=catalog.gpus(),
        cards=catalog.cards(),
        workloads=catalog.workloads(),
        goal=goal,
        price_per_kwh=0.165,
        tariff_source="test",
        today=clock.today(),
        predictors=studio.predictors,
    )


def machine_with(gpu, count):
    info = GpuInfo(
        name=ok(gpu.name), vendor=gpu.maker, uuid="", vram_bytes=ok(gpu.vram_bytes),
        driver=UNKNOWN, compute_capability=UNKNOWN, power_limit_w=UNKNOWN, pcie=UNKNOWN,
        gpu_id=gpu.id,
    )  # fmt: skip
    cpu = CpuInfo(
        name=UNKNOWN, architecture=UNKNOWN, cores=UNKNOWN, threads=UNKNOWN, max_mhz=UNKNOWN,
        features=UNKNOWN,
    )  # fmt: skip
    return Machine(
        host="", os=ok("Linux"), virtual=ok("none"), python="3", cpu=cpu, memory_bytes=UNKNOWN,
        swap_bytes=UNKNOWN, gpus=(info,) * count, gpus_looked=(), drives=(), accelerators=(),
        accelerators_looked=(), battery=ok("none"), torch=UNKNOWN,
    )  # fmt: skip


def this_pc(studio, catalog, goal, gpu, count):
    """Return what This PC says about the goal, on the cards that do it best."""
    judged_pc = assess(
        machine_with(gpu, count), goal, gpus=(gpu,), workloads=(goal,),
        terms=Terms(reference_jobs(catalog), predictor=studio.predictors.now()),
    )  # fmt: skip
    return next(job for job in judged_pc.jobs if job.id == goal.id)


@pytest.mark.parametrize(("name", "count"), HARDWARE)
@pytest.mark.parametrize("goal_id", JOBS)
def test_every_tab_gives_the_same_speed(studio, catalog, table, capsys, goal_id, name, count):
    goal, gpu = catalog.workload(goal_id), catalog.match_gpu(name)
    asked = table(goal, count)[gpu.name].median
    predictor = studio.predictors.now()

    main(["--home", str(studio.home.root), "predict", "job", "--workload", goal_id, "--device",
          gpu.id, "--count", str(count), "--json"])  # fmt: skip
    told = json.loads(capsys.readouterr().out)["speed"]["median"]
    assert told == pytest.approx(asked, rel=1e-3)

    card = next(card for card in catalog.cards() if card.gpu.id == gpu.id)
    build = judged(Build(card=card, card_count=count), Job(goal, "230V16A", predictor))
    assert build.prediction.median == pytest.approx(told, rel=1e-3)

    shapes = shapes_of(cloud_stock(studio, catalog, goal_id), goal, count)
    offer = next(o for o in catalog.offers() if (o.gpu_id, o.accelerator_count) == (gpu.id, count))
    assert shapes.speed(offer).median == pytest.approx(told, rel=1e-3)
    if build.memory.verdict != "no":
        own = shapes.own_speed(own_gpu(gpu, catalog.cards(), count))
        assert own.median == pytest.approx(told, rel=1e-3)

    job = this_pc(studio, catalog, goal, gpu, count)
    same = predictor.speed(goal, gpu, count=job.count).median
    assert job.speed.median == pytest.approx(same, rel=1e-3)

    seconds = predict_run(goal, gpu, count, predictor).figures[SECONDS].median
    assert seconds == pytest.approx(goal.job_units / told, rel=1e-3)


def test_a_plan_and_the_cloud_tab_say_the_same_of_several_cards_on_narrow_links(
    qtbot, studio, catalog
):
    """The build's slots give each card 8 lanes; both tabs must reckon with them."""
    planner = ProjectPlanner(catalog, studio.predictors.now)
    wish = ProjectState(workload_id="gpt2_train", budget=Decimal(14000), gpu_count=2)
    planned = planner.answer(wish, keeps_parts=False).solution.builds[0]
    assert lanes_of(planned.build) == 8
    full = studio.predictors.now().speed(
        catalog.workload("gpt2_train"), planned.build.card.gpu, count=2
    )
    assert planned.prediction.median < full.median

    model = CloudViewModel(cloud_stock(studio, catalog, "gpt2_train"))
    model.set_build(planned.build)
    qtbot.waitUntil(lambda: not model.state.is_waiting, timeout=20_000)
    assert model.state.wish.own_key == BUILD
    assert model.state.own_speed.median == planned.prediction.median


def test_a_speed_the_user_measured_moves_every_tab_by_the_same(studio, catalog, table):
    goal, gpu = catalog.workload("resnet50_train"), catalog.match_gpu("RTX 4090")
    before = studio.predictors.now()
    told = before.speed(goal, gpu).median
    stock = Stock(tuple(catalog.ai_models()), catalog.gpus(), (), (), 0.165, "USD", "")
    reckoner = Reckoner(stock, studio.speed_model)
    model = next(m for m in catalog.ai_models() if m.id == goal.model_id)
    job = replace(usual_wish(model, goal.mode), batch=goal.batch, precision=goal.precision)
    wish = Wish("pictures", model, job, gpu_id=gpu.id)
    seen = reckoner.observation(wish, told * 1.5, "2026-11-28T12:00:00")
    keep_observation(studio.home.own_speeds_file, seen)

    assert not studio.predictors.is_current(before)
    after = studio.predictors.now()
    assert studio.predictors.now() is after
    moved = after.speed(goal, gpu)
    assert moved.median > told * 1.2
    assert moved.evidence == "measured here"
    kept = observations(studio.home.own_speeds_file)
    assert table(goal, 1, kept)[gpu.name].median == pytest.approx(moved.median, rel=1e-3)
    assert before.speed(goal, gpu).median == told  # an answer begun before stays of one piece
