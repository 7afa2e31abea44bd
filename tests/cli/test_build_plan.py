"""`hwstudio build plan` as a script sees it."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.main import main

GOOD = ["build", "plan", "--budget", "3000", "--workload", "llm_qlora_8b"]


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that runs a command and gives its exit code, stdout and stderr."""

    def go(*arguments):
        try:
            code = main(["--home", str(tmp_path / "h"), *arguments])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def test_the_plan_is_one_json_document_with_the_promised_fields(run):
    code, out, _ = run(*GOOD, "--json")
    plan = json.loads(out)
    assert code == 0
    assert plan["status"] == "optimal"
    assert plan["gap"] == 0
    assert 1 <= len(plan["builds"]) <= 5
    best = plan["builds"][0]
    kinds = {part["kind"] for part in best["parts"]}
    assert kinds == {
        "gpu_card", "cpu", "cooler", "motherboard", "ram", "storage", "psu", "case",
    }  # fmt: skip
    for part in best["parts"]:
        assert {"id", "name", "quantity", "price"} <= set(part)
        assert {"amount", "low", "high", "currency", "kind", "as_of", "source"} <= set(
            part["price"]
        )
    assert best["prediction"]["evidence"] == "estimated"
    assert best["power"]["sustained_w"] > 0


def test_the_total_is_the_sum_of_the_parts_and_inside_the_budget(run):
    _, out, _ = run(*GOOD, "--json")
    for build in json.loads(out)["builds"]:
        parts = sum(part["price"]["amount"] * part["quantity"] for part in build["parts"])
        assert build["total"] == pytest.approx(parts)
        assert build["total"] <= 3000
        assert all(finding["severity"] != "error" for finding in build["findings"])


@pytest.mark.parametrize("budget", ["0", "-5", "1e9", "1e12", "nan", "inf", "much"])
def test_an_impossible_budget_ends_with_2_and_one_line(run, budget):
    code, out, err = run("build", "plan", "--budget", budget, "--workload", "llm_qlora_8b")
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "budget" in err.lower()


def test_an_unknown_workload_ends_with_2_and_lists_the_known_ones(run):
    code, _, err = run("build", "plan", "--budget", "3000", "--workload", "nothing")
    assert code == 2
    assert "llm_qlora_8b" in err
    assert "sd15_generate" in err


def test_a_currency_without_prices_ends_with_2(run):
    code, _, err = run(*GOOD, "--currency", "EUR")
    assert code == 2
    assert "EUR" in err
    assert "USD" in err


@pytest.mark.parametrize("gpus", ["0", "9", "x"])
def test_an_impossible_number_of_gpus_ends_with_2(run, gpus):
    code, _, err = run(*GOOD, "--gpus", gpus)
    assert code == 2
    assert "1 to 8" in err


def test_a_hopeless_budget_ends_with_1_and_says_what_helps(run):
    code, out, _ = run("build", "plan", "--budget", "200", "--workload", "llm_qlora_8b", "--json")
    plan = json.loads(out)
    assert code == 1
    assert plan["status"] == "infeasible"
    assert plan["builds"] == []
    assert "raise the budget by" in plan["why_not"]
    assert plan["binding"]


def test_two_gpus_and_their_memory_can_be_demanded(run):
    _, out, _ = run(
        "build", "plan", "--budget", "9000", "--workload", "llm_qlora_8b",
        "--gpus", "2", "--min-vram-gb", "24", "--json",
    )  # fmt: skip
    for build in json.loads(out)["builds"]:
        cards = next(part for part in build["parts"] if part["kind"] == "gpu_card")
        assert cards["quantity"] == 2
        assert build["memory"]["vram_bytes"] >= 24 * 2**30


def test_the_table_for_people_names_parts_total_and_proof(run):
    code, out, _ = run(*GOOD)
    assert code == 0
    assert "Total $" in out
    assert "proven best" in out
    assert "estimated" in out


def test_a_chip_can_be_pinned_and_excluded_and_both_are_kept(run):
    wish = ("build", "plan", "--budget", "9000", "--workload", "llm_qlora_8b", "--json")
    _, out, _ = run(*wish, "--pin", "gpu-geforce-rtx-4090")
    pinned = json.loads(out)["builds"]
    assert pinned
    for build in pinned:
        card = next(part for part in build["parts"] if part["kind"] == "gpu_card")
        assert "4090" in card["name"]
    _, out, _ = run(*wish, "--exclude", "gpu-geforce-rtx-5090")
    for build in json.loads(out)["builds"]:
        card = next(part for part in build["parts"] if part["kind"] == "gpu_card")
        assert "5090" not in card["name"]


def test_a_pinned_chip_above_the_budget_is_said_and_not_ignored(run):
    code, out, _ = run(*GOOD, "--pin", "gpu-geforce-rtx-5090", "--json")
    plan = json.loads(out)
    assert code == 1
    assert "5090" in plan["why_not"]


@pytest.mark.parametrize("name", ["nvidia", "NVIDIA", "Nvidia"])
def test_a_maker_is_known_in_any_spelling_of_case(run, name):
    code, out, _ = run(*GOOD, "--maker", name, "--json")
    assert code == 0
    assert json.loads(out)["builds"]


def test_an_unknown_maker_ends_with_2_and_the_list(run):
    code, _, err = run(*GOOD, "--maker", "nividia")
    assert code == 2
    for maker in ("nividia", "AMD", "NVIDIA"):
        assert maker in err


@pytest.mark.parametrize("budget", ["800", "12000"])
def test_full_fine_tuning_names_its_memory_and_the_build_that_would_do(run, budget):
    job = ("--workload", "llm_full_finetune_8b", "--json")
    code, out, _ = run("build", "plan", "--budget", budget, *job)
    why = json.loads(out)["why_not"]
    assert code == 1
    assert "GiB on each of" in why
    assert "in total" in why
    assert "cheapest build that would do" in why
    assert "230 V / 16 A" in why


def test_gpt2_on_cards_that_may_just_fit_says_so(run):
    code, out, _ = run("build", "plan", "--budget", "3500", "--workload", "gpt2_train", "--json")
    assert code == 1
    why = json.loads(out)["why_not"]
    assert "GiB cards" in why
    assert "may just fit" in why
    assert "surely fits" in why


def test_the_plan_says_how_firm_it_is(run):
    _, out, _ = run(*GOOD, "--json")
    firm = json.loads(out)["robust"]
    assert firm["draws"] == 2000
    assert 0 < firm["best_share"] <= 1
    assert firm["best_share"] + sum(rival["share"] for rival in firm["rivals"]) <= 1 + 1e-9
    assert 0 < firm["inside_budget_share"] <= 1
    assert firm["sentence"].startswith("How sure: in ")
    assert all(flip["words"].startswith("If ") for flip in firm["flips"])
    _, text, _ = run(*GOOD)
    assert firm["sentence"] in text


def test_without_a_build_nothing_is_said_about_firmness(run):
    code, out, _ = run("build", "plan", "--budget", "90", "--workload", "llm_qlora_8b", "--json")
    assert code == 1
    assert json.loads(out)["robust"] is None
