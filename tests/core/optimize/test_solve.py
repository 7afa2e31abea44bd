"""The planner's answers: right, proven, and explained."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.optimize.certify import prove
from hwstudio.core.optimize.explain import relaxations
from hwstudio.core.optimize.request import Objective, Request
from hwstudio.core.optimize.solve import solve
from hwstudio.core.predict.memory import predict_memory


@pytest.fixture
def ask(job):
    """Return a function that makes a request with some wishes changed."""

    def make(**changes):
        return Request(**({"budget": Decimal(3000), "workload": job} | changes))

    return make


def names(planned):
    return {line.part.id for line in planned.build.lines()}


def test_the_only_computer_there_is_is_found_with_its_exact_price(make, ask):
    stock = make.stock()
    solution = solve(ask(gpu_counts=(1,)), stock)
    assert solution.status == "optimal"
    assert solution.gap == 0
    expected = sum(part.price.amount for group in stock.groups() for part in group)
    assert solution.builds[0].total.amount == expected


def test_the_faster_card_wins_when_the_budget_allows_it_and_not_before(make, ask):
    fast = make.card(2000, gpu=make.gpu(fp16_tensor_flop_per_s=320e12), id="fast")
    slow = make.card(800, id="slow")
    stock = make.stock(cards=(fast, slow))
    assert "fast" in names(solve(ask(budget=Decimal(3000), gpu_counts=(1,)), stock).builds[0])
    assert "slow" in names(solve(ask(budget=Decimal(2000), gpu_counts=(1,)), stock).builds[0])


def test_of_two_equally_fast_builds_the_cheaper_one_is_chosen(make, ask):
    gpu = make.gpu()
    stock = make.stock(cards=(make.card(900, gpu=gpu), make.card(700, gpu=gpu, id="cheap")))
    assert "cheap" in names(solve(ask(), stock).builds[0])


def test_the_budget_is_a_limit_to_the_cent(make, ask):
    stock = make.stock()
    price = sum(part.price.amount for group in stock.groups() for part in group)
    assert solve(ask(budget=price), stock).status == "optimal"
    assert solve(ask(budget=price - Decimal("0.01")), stock).status == "infeasible"


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("board", {"socket": "LGA1700"}),
        ("board", {"mem_type": "DDR4"}),
        ("board", {"eps8": None}),
        ("board", {"form_factor": "EATX"}),
        ("ram", {"dimm_type": "RDIMM"}),
        ("ram", {"modules": 8}),
        ("ram", {"capacity_bytes": 512 * GIB}),
        ("case", {"max_gpu_length_mm": 250.0}),
        ("case", {"max_cooler_height_mm": 100.0}),
        ("case", {"psu_form_factors": ("SFX",)}),
        ("case", {"max_psu_length_mm": 140.0}),
        ("case", {"expansion_slots": 1}),
        ("cooler", {"sockets": ("AM4",)}),
        ("cooler", {"capacity_w": 65.0}),
        ("psu", {"rated_w": 450.0}),
        ("psu", {"conn_pcie8": 1, "conn_16pin": 0}),
        ("psu", {"conn_eps8": 0}),
        ("psu", {"conn_pcie8": None}),
        ("card", {"cooling": "passive"}),
        ("cpu", {"cores": 4}),
    ],
)
def test_a_part_that_does_not_fit_is_never_bought(make, ask, kind, change):
    good = getattr(make, kind)(500, id="good")
    bad = getattr(make, kind)(1, id="bad", **change)
    stock = make.stock(**{f"{kind}s": (good, bad)})
    solution = solve(ask(budget=Decimal(9000), gpu_counts=(1,)), stock)
    assert solution.status == "optimal"
    assert "good" in names(solution.builds[0])
    alone = make.stock(**{f"{kind}s": (bad,)})
    assert solve(ask(budget=Decimal(9000), gpu_counts=(1,)), alone).status == "infeasible"


def test_a_part_without_a_price_or_in_another_currency_is_left_out(make, ask):
    euro = make.card(1, id="euro")
    euro = replace(euro, price=replace(euro.price, currency="EUR"))
    stock = make.stock(cards=(make.card(None, id="free"), euro))
    assert solve(ask(), stock).status == "infeasible"


def test_several_cards_need_a_board_whose_slots_are_known(make, ask):
    plain = make.board(100, cpu_slot_modes=None, id="plain")
    stock = make.stock(boards=(plain,), psus=(make.psu(rated_w=1600.0),))
    wish = ask(budget=Decimal(9000), gpu_counts=(2,))
    assert solve(wish, stock).status == "infeasible"
    split = make.board(400, id="split")
    both = make.stock(boards=(plain, split), psus=(make.psu(rated_w=1600.0),))
    assert "split" in names(solve(wish, both).builds[0])


def test_a_pinned_part_is_used_and_an_excluded_one_is_not(make, ask):
    dear, cheap = make.case(300, id="dear"), make.case(60, id="cheap")
    stock = make.stock(cases=(dear, cheap))
    assert "dear" in names(solve(ask(pinned=frozenset({"dear"})), stock).builds[0])
    assert "dear" in names(solve(ask(excluded=frozenset({"cheap"})), stock).builds[0])
    assert "cheap" in names(solve(ask(), stock).builds[0])


def test_enough_memory_is_bought_for_all_cards(make, ask):
    stock = make.stock(rams=(make.ram(90, modules=2, capacity_bytes=16 * GIB),))
    solution = solve(ask(gpu_counts=(1,)), stock)
    assert solution.builds[0].build.ram_bytes >= 24 * GIB
    assert solution.builds[0].build.ram_kits == 2


def test_the_cheapest_objective_takes_the_cheapest_card_that_holds_the_job(make, ask, chat):
    small = make.card(200, gpu=make.gpu(vram_bytes=12 * GIB), id="small")
    large = make.card(900, id="large")
    fast = make.card(1500, gpu=make.gpu(bandwidth_bytes_per_s=1800e9), id="fast")
    stock = make.stock(cards=(small, large, fast))
    wish = ask(workload=chat, objective=Objective.COST, gpu_counts=(1,))
    assert "large" in names(solve(wish, stock).builds[0])


def test_the_energy_objective_takes_the_frugal_card(make, ask):
    frugal = make.card(900, gpu=make.gpu(tdp_w=150.0), id="frugal")
    hungry = make.card(900, gpu=make.gpu(tdp_w=450.0, fp16_tensor_flop_per_s=170e12), id="hungry")
    stock = make.stock(cards=(frugal, hungry))
    fastest = solve(ask(gpu_counts=(1,)), stock)
    least = solve(ask(gpu_counts=(1,), objective=Objective.ENERGY), stock)
    assert "hungry" in names(fastest.builds[0])
    assert "frugal" in names(least.builds[0])


def test_a_power_limit_is_kept(make, ask):
    stock = make.stock(psus=(make.psu(rated_w=1600.0),))
    free = solve(ask(budget=Decimal(9000)), stock).builds[0]
    limited = solve(ask(budget=Decimal(9000), max_power_w=600.0), stock).builds[0]
    assert free.power.sustained_w > 600 >= limited.power.sustained_w


def test_up_to_four_other_builds_differ_in_model_or_number(make, ask):
    cards = tuple(
        make.card(600 + 100 * i, gpu=make.gpu(fp16_tensor_flop_per_s=(100 + 20 * i) * 1e12))
        for i in range(7)
    )
    solution = solve(ask(gpu_counts=(1,)), make.stock(cards=cards))
    assert len(solution.builds) == 5
    assert len({planned.build.card.gpu.id for planned in solution.builds}) == 5
    speeds = [planned.prediction.median for planned in solution.builds]
    assert speeds == sorted(speeds, reverse=True)


def test_an_answer_has_no_error_and_shows_what_is_unknown(make, ask):
    planned = solve(ask(), make.stock()).builds[0]
    assert all(f.severity is not Severity.ERROR for f in planned.findings)
    assert planned.memory.verdict == "fits"


def test_a_budget_too_small_is_explained_with_the_missing_amount(make, ask):
    stock = make.stock()
    price = sum(part.price.amount for group in stock.groups() for part in group)
    solution = solve(ask(budget=price - 280), stock)
    assert solution.status == "infeasible"
    assert "$280" in solution.why_not
    assert f"${price:,}" in solution.why_not
    assert solution.binding == ("The budget is too small",)


def test_a_budget_too_small_for_the_job_names_a_setting_that_would_fit(make, ask, chat):
    small = make.card(200, gpu=make.gpu(vram_bytes=12 * GIB, name="Small 12"))
    stock = make.stock(cards=(small, make.card(3000)))
    solution = solve(ask(workload=chat, budget=Decimal(1500), gpu_counts=(1,)), stock)
    assert solution.status == "infeasible"
    assert "4-bit weights" in solution.why_not
    assert "Small 12 holds it" in solution.why_not


def test_a_job_too_large_for_every_card_names_the_memory(make, ask, catalog):
    wish = ask(workload=catalog.workload("llm_full_finetune_8b"), gpu_counts=(1,))
    solution = solve(wish, make.stock())
    assert solution.status == "infeasible"
    assert "memory" in solution.why_not
    assert "24.0 GiB" in solution.why_not


def test_a_limit_that_alone_is_too_strict_is_named(make, ask):
    solution = solve(ask(min_vram_bytes=48 * GIB), make.stock())
    assert solution.status == "infeasible"
    assert "memory asked for each GPU" in solution.why_not


def test_the_binding_limit_names_the_next_better_build(make, ask):
    fast = make.card(5000, gpu=make.gpu(fp16_tensor_flop_per_s=640e12, name="Faster"), id="fast")
    stock = make.stock(cards=(make.card(800), fast))
    solution = solve(ask(gpu_counts=(1,)), stock)
    assert "Faster" in solution.binding[0]
    assert "The budget" in solution.binding[0]


def test_a_combination_the_rules_forbid_is_cut_and_the_next_best_found(make, ask, monkeypatch):
    from hwstudio.core.model.finding import Finding
    from hwstudio.core.optimize import planner
    from hwstudio.core.optimize.check import check_all

    def judge(build, mains="120V15A"):
        if build.case and build.case.id == "cheap":
            error = Finding("R00", Severity.ERROR, ("case", "cooler"), "These two do not go.")
            return (error,)
        return check_all(build, mains)

    monkeypatch.setattr(planner, "check_all", judge)
    stock = make.stock(cases=(make.case(60, id="cheap"), make.case(90, id="next")))
    solution = solve(ask(), stock)
    assert solution.status == "optimal"
    assert "next" in names(solution.builds[0])


def test_a_plan_never_asks_more_of_the_wall_than_the_circuit_carries(make, ask):
    hot = make.card(900, gpu=make.gpu(tdp_w=600.0, fp16_tensor_flop_per_s=300e12), id="hot")
    cool = make.card(900, gpu=make.gpu(tdp_w=300.0), id="cool")
    stock = make.stock(
        cards=(hot, cool),
        psus=(make.psu(id="1600", rated_w=1600.0), make.psu(id="2000", rated_w=2000.0)),
    )
    wish = ask(budget=Decimal(9000), gpu_counts=(2,))
    for mains in ("120V15A", "230V16A"):
        planned = solve(replace(wish, mains=mains), stock).builds[0]
        assert planned.power.wall_w <= planned.power.wall_limit_w
    at_home = solve(wish, stock)
    assert "cool" in names(at_home.builds[0])
    assert any("wall circuit" in words for words in at_home.binding)
    assert "hot" in names(solve(replace(wish, mains="230V16A"), stock).builds[0])


def test_the_pump_of_a_liquid_cooler_counts_in_the_watts_of_the_supply(make, ask):
    pumped = make.cooler(id="pumped", cooler_type="AIO", height_mm=None, radiator_mm=360.0)
    psus = tuple(make.psu(id=f"{watts}", rated_w=float(watts)) for watts in range(400, 900, 50))
    for watts in (200.0, 220.0, 240.0, 260.0):
        card = make.card(gpu=make.gpu(tdp_w=watts, vendor_min_psu_w=None))
        stock = make.stock(cards=(card,), psus=psus, coolers=(pumped,))
        wish = ask(allow_unknown=True, gpu_counts=(1,))
        planned = solve(wish, stock).builds[0]
        assert planned.build.psu.rated_w >= planned.power.recommended_psu_w
        barely = replace(wish, max_power_w=planned.power.sustained_w - 1)
        assert not solve(barely, stock).builds


@pytest.mark.parametrize(("rated", "is_warned"), [(1650.0, False), (1700.0, True)])
def test_the_planner_and_the_power_rules_draw_the_low_line_limit_at_the_same_watts(
    make, rated, is_warned
):
    from hwstudio.core.model.build import Build
    from hwstudio.core.optimize.limits import LOW_LINE_MOST_W
    from hwstudio.core.power.answer import power_answer

    card = make.card(gpu=make.gpu(tdp_w=700.0))
    build = Build(cpu=make.cpu(max_power_w=300.0), card=card, card_count=2)
    build = replace(build, psu=make.psu(rated_w=rated))
    found = [f for f in power_answer(build, mains="120V20A").findings if "200-240 V" in f.text]
    assert bool(found) is is_warned is (rated > LOW_LINE_MOST_W)


def test_a_pinned_chip_means_one_of_its_cards_and_an_excluded_one_none_of_them(make, ask):
    old = make.gpu(id="gpu-old")
    new = make.gpu(id="gpu-new", fp16_tensor_flop_per_s=320e12)
    stock = make.stock(
        cards=(
            make.card(700, gpu=old, id="old-a"),
            make.card(650, gpu=old, id="old-b"),
            make.card(900, gpu=new, id="new-a"),
            make.card(950, gpu=new, id="new-b"),
        )
    )
    one = ask(gpu_counts=(1,))
    assert "new-a" in names(solve(one, stock).builds[0])
    for changes in ({"pinned": frozenset({"gpu-old"})}, {"excluded": frozenset({"gpu-new"})}):
        wish = replace(one, **changes)
        solution = solve(wish, stock)
        assert {planned.build.card.gpu.id for planned in solution.builds} == {"gpu-old"}
        assert "old-b" in names(solution.builds[0])
        assert prove(wish, stock, solution).agrees


def test_a_pinned_chip_nobody_sells_is_named_and_not_ignored(make, ask):
    stock, wish = make.stock(), ask(pinned=frozenset({"gpu-nowhere"}))
    solution = solve(wish, stock)
    assert solution.status == "infeasible"
    assert "gpu-nowhere" in solution.why_not
    assert prove(wish, stock, solution).agrees


def test_excluding_every_chip_leaves_nothing_and_says_what_to_release(make, ask):
    gpu = make.gpu(id="gpu-only")
    stock = make.stock(cards=(make.card(700, gpu=gpu),))
    wish = ask(excluded=frozenset({"gpu-only"}))
    solution = solve(wish, stock)
    assert solution.status == "infeasible"
    assert "Allow the forbidden parts" in solution.why_not
    assert "locked" not in solution.why_not
    assert prove(wish, stock, solution).agrees


@pytest.mark.parametrize(
    ("field", "words"),
    [("pinned", "release the locked parts"), ("excluded", "allow the forbidden parts")],
)
def test_only_what_was_marked_is_said_to_be_released(ask, field, words):
    said = [text for text, _ in relaxations(ask(**{field: frozenset({"a"})}))]
    assert [text for text in said if "locked" in text or "forbidden" in text] == [words]


def test_more_cards_than_any_board_takes_are_answered_with_the_most_that_fit(make, ask):
    stock = make.stock(psus=(make.psu(rated_w=1600.0),))
    solution = solve(ask(gpu_counts=(8,), budget=Decimal(20000), mains="230V16A"), stock)
    assert solution.status == "infeasible"
    most = max(board.x16_slots_physical for board in stock.motherboards)
    assert f"No motherboard of the catalogue has 8 long slots for cards; the most is {most}" in (
        solution.why_not
    )
    assert most == 2, "as the board of the example"
    assert "Ask for 2 GPUs: 2x " in solution.why_not


def test_a_gain_under_five_percent_is_not_worth_a_line(make, ask):
    def binding(rate):
        better = make.gpu(
            fp16_tensor_flop_per_s=160e12 * rate,
            fp32_flop_per_s=40e12 * rate,
            bandwidth_bytes_per_s=900e9 * rate,
            name="Better",
        )
        stock = make.stock(cards=(make.card(800), make.card(5000, gpu=better)))
        return " ".join(solve(ask(gpu_counts=(1,)), stock).binding)

    assert "Better" not in binding(1.03)
    assert "Better" in binding(1.10)


def test_what_is_missing_is_said_in_whole_dollars_rounded_up(make, ask):
    stock = make.stock()
    price = sum(part.price.amount for group in stock.groups() for part in group)
    solution = solve(ask(budget=price - Decimal("44.10")), stock)
    assert "raise the budget by $45 " in solution.why_not


def test_a_job_no_single_card_holds_names_the_need_and_the_build_that_would_do(make, ask, catalog):
    big = make.card(3000, gpu=make.gpu(vram_bytes=96 * GIB, name="Big 96"))
    stock = make.stock(
        cards=(make.card(800), big),
        rams=(make.ram(900, module_bytes=96 * GIB, capacity_bytes=192 * GIB),),
        psus=(make.psu(id="1600", rated_w=1600.0),),
    )
    job = catalog.workload("llm_full_finetune_8b")
    for counts in ((1,), (1, 2)):
        solution = solve(ask(workload=job, budget=Decimal(2000), gpu_counts=counts), stock)
        assert solution.status == "infeasible"
        assert "the job needs" in solution.why_not or "this job needs" in solution.why_not
        assert "GiB" in solution.why_not
        assert "catalogue" in solution.why_not or "cheapest build that would do" in solution.why_not


def test_no_computer_for_the_cards_on_this_circuit_names_the_one_on_a_stronger_circuit(
    make, ask, chat
):
    hot = make.card(900, gpu=make.gpu(tdp_w=1400.0, name="Hot"), id="hot")
    stock = make.stock(cards=(hot,), psus=(make.psu(rated_w=2600.0, conn_pcie8=12),))
    solution = solve(ask(workload=chat, budget=Decimal(1500), gpu_counts=(1,)), stock)
    assert solution.status == "infeasible"
    assert "the job needs about" in solution.why_not
    assert "Hot" in solution.why_not
    assert "230 V / 16 A" in solution.why_not


def test_a_card_that_may_just_fit_is_named_when_it_is_left_out(make, ask, chat):
    need = predict_memory(chat, 24 * GIB).need_bytes
    small = make.card(200, gpu=make.gpu(vram_bytes=need, name="Tight"), id="tight")
    stock = make.stock(cards=(small, make.card(3000)))
    solution = solve(ask(workload=chat, budget=Decimal(1500), gpu_counts=(1,)), stock)
    assert solution.status == "infeasible"
    assert "Tight may just fit this job; hwstudio plans only what surely fits" in solution.why_not


class Unsure:
    """Knows one card well; of the other it only hopes that it is faster."""

    def speed(self, workload, gpu, *, count=1, lanes_per_gpu=None):
        is_known = gpu.name == "Known"
        low, median, high = (90.0, 100.0, 110.0) if is_known else (30.0, 120.0, 400.0)
        return Prediction(
            median=median, low=low, high=high, unit="images/s", evidence=Evidence.ESTIMATED,
            formula="told", inputs={} if is_known else {"ground": "nobody measured this GPU"},
        )  # fmt: skip

    def prepare(self, workload, gpus, count):
        pass


def test_a_card_that_nobody_measured_wins_by_its_median_and_the_surer_one_is_named(make, ask):
    hoped = make.card(800, gpu=make.gpu(name="Hoped"), id="hoped")
    known = make.card(700, gpu=make.gpu(name="Known", id="gpu-known"), id="known")
    request = ask(gpu_counts=(1,), predictor=Unsure())
    solution = solve(request, make.stock(cards=(hoped, known)))
    assert "hoped" in names(solution.builds[0])
    assert len(solution.surer) == 1
    assert "Known" in solution.surer[0]
    assert "90" in solution.surer[0]
    assert "nobody measured this GPU" in solution.surer[0]


def test_where_no_other_card_is_surer_nothing_is_said_of_it(whole_stock, job, fitted):
    request = Request(budget=Decimal(1500), workload=job, predictor=fitted)
    solution = solve(request, whole_stock)
    low = solution.builds[0].prediction.low
    assert all(b.prediction.low <= 1.25 * low for b in solution.builds) == (solution.surer == ())
