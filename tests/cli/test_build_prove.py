"""`hwstudio build plan --prove`: what the second solver says."""

from __future__ import annotations

import json

import pytest

from hwstudio.cli.main import main

PLAN = ["build", "plan", "--workload", "llm_qlora_8b", "--prove", "--budget"]


@pytest.fixture
def run(tmp_path, capsys):
    """Return a function that runs a plan with a proof and gives its exit code and stdout."""

    def go(*arguments):
        code = main(["--home", str(tmp_path / "h"), *PLAN, *arguments])
        return code, capsys.readouterr().out

    return go


def test_the_proof_names_the_solver_and_agrees_to_the_cent(run):
    code, out = run("1500", "--json")
    plan = json.loads(out)
    assert code == 0
    proof = plan["proof"]
    assert proof["solver"].startswith("HiGHS")
    assert proof["agrees"] is True
    assert proof["gap"] == 0
    assert proof["seconds"] > 0
    assert proof["price"] == plan["builds"][0]["total"]
    assert proof["objective"] == pytest.approx(plan["builds"][0]["prediction"]["median"])


def test_people_read_the_proof_in_a_sentence(run):
    code, out = run("1500")
    assert code == 0
    assert "proved the same answer independently" in out


def test_that_there_is_no_build_is_proven_too(run):
    code, out = run("400", "--json")
    proof = json.loads(out)["proof"]
    assert code == 1
    assert proof["agrees"] is True
    assert proof["price"] is None
