"""`hwstudio build plan` with deadline, further jobs, tax, parts at hand, makers, noise and use."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.main import main

PLAN = ["build", "plan", "--workload", "llm_qlora_8b"]


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


@pytest.fixture
def plan(run):
    """Return a function that plans and gives the document."""

    def go(*arguments, budget="3000", code=0):
        found, out, err = run(*PLAN, "--budget", budget, *arguments, "--json")
        assert found == code, err
        return json.loads(out)

    return go


def test_the_cheapest_build_within_a_deadline(plan):
    loose = plan("--objective", "cost", "--max-hours", "100")["builds"][0]
    tight = plan("--objective", "cost", "--max-hours", "4")["builds"][0]
    assert tight["prediction"]["median"] >= 30_000 / (4 * 3600) * 0.999
    assert tight["total"] > loose["total"]


def test_a_deadline_nothing_meets_names_the_speed_and_ends_with_1(plan):
    found = plan("--max-hours", "0.01", code=1)
    assert found["status"] == "infeasible"
    assert found["binding"] == ["The speed to reach"]
    assert "short" in found["why_not"]


def test_tax_and_parts_at_hand_are_in_the_sums(plan):
    plain = plan("--objective", "cost")["builds"][0]
    case = next(part for part in plain["parts"] if part["kind"] == "case")
    found = plan("--objective", "cost", "--own", case["id"], "--tax", "19")["builds"][0]
    assert found["owned"] == [case["id"]]
    paid = [p for p in found["parts"] if p["id"] != case["id"]]
    net = sum(p["price"]["amount"] * p["quantity"] for p in paid)
    assert found["total"] - found["tax"] == pytest.approx(net)
    assert found["tax"] == pytest.approx(net * 0.19, abs=0.05)


def test_the_cost_of_owning_says_its_parts_and_their_sources(plan):
    use = ("--years", "2", "--hours-per-week", "40", "--tariff", "0.4", "--grid", "deu")
    found = plan("--objective", "ownership", *use)["builds"][0]
    cost = found["ownership"]
    assert cost["total"] == pytest.approx(cost["purchase"] - cost["resale"] + cost["electricity"])
    assert cost["electricity"] == pytest.approx(cost["kwh"] * 0.4, abs=0.01)
    assert cost["tariff_source"] == "typed"
    assert "Epoch" in cost["resale_source"]
    assert found["year"]["kwh"] == pytest.approx(cost["kwh"] / 2)
    assert 100 < found["year"]["kg_co2e"] / found["year"]["kwh"] * 1000 < 800
    usual = plan("--objective", "ownership")["builds"][0]
    assert "GlobalPetrolPrices" in usual["ownership"]["tariff_source"]
    assert usual["year"]["kg_co2e"] is None


def test_a_further_job_is_told_with_its_own_memory_and_speed(plan):
    found = plan("--also", "llm_chat_8b", "--objective", "cost")["builds"][0]["also"][0]
    assert found["workload"] == "llm_chat_8b"
    assert found["memory"]["verdict"] == "fits"
    assert found["prediction"]["median"] > 0


def test_makers_noise_and_sizes_are_kept(plan, catalog):
    asked = ("--brand", "psu=corsair", "--new-only", "--max-noise-dba", "26")
    found = plan(*asked, "--min-ram-gb", "64", "--min-storage-gb", "2000")["builds"][0]
    parts = {part["kind"]: catalog.part(part["id"]) for part in found["parts"]}
    assert parts["psu"].maker == "Corsair"
    assert parts["cooler"].noise_dba <= 26
    assert parts["storage"].capacity_bytes >= 2000e9
    quantity = next(p["quantity"] for p in found["parts"] if p["kind"] == "ram")
    assert parts["ram"].capacity_bytes * quantity >= 64 * 2**30


def test_why_a_part_is_not_in_and_what_more_money_buys_are_said(plan):
    found = plan("--why-not", "gpu-geforce-rtx-5090")
    assert "above the budget" in found["why_not_parts"][0]["words"]
    assert [step["more"] for step in found["next_steps"]] == [100, 250, 500]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--brand", "psu"), ("--brand", "psu=Nobody Inc"), ("--brand", "wheel=Corsair"),
        ("--also", "nothing"), ("--own", "nothing"), ("--tax", "-5"), ("--max-hours", "0"),
        ("--years", "0"), ("--grid", "XXX"), ("--resale-pct", "120"),
    ],
)  # fmt: skip
def test_a_wish_nobody_can_mean_ends_with_2_and_one_line(run, wrong):
    code, out, err = run(*PLAN, "--budget", "3000", *wrong)
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1


def test_the_table_shows_what_is_owned_and_the_tax(run, plan):
    case = next(p for p in plan()["builds"][0]["parts"] if p["kind"] == "case")["id"]
    _, out, _ = run(*PLAN, "--budget", "3000", "--own", case, "--tax", "8.5", "--grid", "USA")
    assert "owned" in out
    assert "8.5 % tax" in out
    assert "kg CO2e" in out
    assert "$100 more" in out


def test_room_for_data_is_planned_with_its_raid_level(plan):
    found = plan("--data-tb", "12", "--data-kind", "HDD", "--raid", "5", budget="5000")
    drives = [part for part in found["builds"][0]["parts"] if part["kind"] == "storage"]
    assert sum(part["quantity"] for part in drives) >= 1 + 3
    assert max(part["quantity"] for part in drives) >= 3
