"""`hwstudio predict time --cases` and `predict memory --cases`."""

from __future__ import annotations

import argparse
import csv
import json

import pytest

from hwstudio.cli import predict
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.predict.memory import predict_memory
from tests.core.predict.fitted.made import CARD, ROW, TEXT
from tests.core.predict.test_held import row_of

MEMORY = {**TEXT, "measure": "allocated", "optimizer": "adamw", "peak_gib": "", "oom": ""}
ANSWERS = ["median", "low", "high", "evidence", "refused"]


@pytest.fixture
def ask(studio, tmp_path, capsys):
    """Run a verb over rows; return (exit code, the cases of the JSON document)."""

    def run(verb, rows, *more, is_json=True):
        file = tmp_path / "cases.csv"
        with file.open("w", newline="") as opened:
            names = list(dict.fromkeys(name for row in rows for name in row))
            writer = csv.DictWriter(opened, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
        parser = argparse.ArgumentParser()
        predict.add(parser.add_subparsers())
        words = ["predict", verb, "--cases", str(file), *map(str, more)]
        parsed = parser.parse_args([*words, *(["--json"] if is_json else [])])
        out = Output(is_json=is_json, home=str(studio.home.root))
        code = parsed.run(parsed, out)
        said = capsys.readouterr().out
        return code, json.loads(said)["cases"] if is_json else said

    return run


def test_every_row_is_answered_in_its_order_with_an_interval(ask):
    code, cases = ask("time", [ROW, {**TEXT, "id": "b"}])
    assert code == 0
    assert [(c["id"], c["metric"]) for c in cases] == [("a", "images/s"), ("b", "tokens/s")]
    for case in cases:
        assert case["low"] < case["median"] < case["high"]
        assert set(ANSWERS) <= set(case)
        assert case["nearest"][0]["model"]


def test_a_bad_row_says_why_and_the_others_are_answered(ask):
    rows = [{**ROW, "batch_per_device": "lots"}, {**ROW, "device": "Abacus"}, ROW]
    code, cases = ask("time", rows)
    assert code == 0
    assert "lots" in cases[0]["error"]
    assert "Abacus" in cases[1]["error"]
    assert cases[2]["median"]
    assert "error" not in cases[2]


def test_a_device_nobody_knows_can_be_described(ask, tmp_path):
    file = tmp_path / "devices.csv"
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, CARD)
        writer.writeheader()
        writer.writerow({**CARD, "device": "Mine", "fp16_tflops": "330"})
    _, cases = ask("time", [{**ROW, "device": "Mine"}, ROW], "--devices", file)
    assert cases[0]["median"] > 0
    assert cases[0]["unseen"] == "device"
    assert cases[1]["unseen"] == ""


def test_a_table_of_devices_that_cannot_be_read_is_named(ask, tmp_path):
    file = tmp_path / "devices.csv"
    file.write_text("device,vendor\nMine,NVIDIA\n")
    with pytest.raises(UserError, match=r"Row 1 of devices\.csv"):
        ask("time", [ROW], "--devices", file)


def test_refused_rows_alone_are_a_negative_answer(ask):
    code, cases = ask("time", [{**ROW, "metric": "furlongs/s"}])
    assert code == 1
    assert cases[0]["median"] is None
    assert cases[0]["refused"]


def test_memory_is_answered_with_a_verdict(ask):
    rows = [MEMORY, {**MEMORY, "id": "big", "method": "full", "num_params_m": "70000"}]
    code, cases = ask("memory", rows)
    assert code == 0
    assert cases[0]["verdict"] in ("fits", "tight")
    assert cases[1]["verdict"] == "no"
    assert cases[0]["low_gib"] < cases[0]["median_gib"] < cases[0]["high_gib"]
    assert cases[1]["median_gib"] > cases[0]["median_gib"]


def test_the_tensors_of_a_row_are_those_the_workload_tab_itemises(ask, catalog):
    job = next(each for each in catalog.workloads() if each.id == "llm_qlora_8b")
    _, cases = ask("memory", [row_of(job)])
    live_bytes = predict_memory(job, 24 * GIB).live_bytes
    assert cases[0]["tensors_gib"] == pytest.approx(live_bytes / GIB, rel=1e-3)
    assert sum(item["gib"] for item in cases[0]["items"]) == pytest.approx(cases[0]["tensors_gib"])


def test_what_only_says_whether_it_fitted_is_asked_for_its_tensors(ask):
    _, cases = ask("memory", [{**MEMORY, "measure": "fits"}])
    assert cases[0]["measure"] == "fits"
    assert cases[0]["median_gib"] > 0


def test_on_a_device_of_unknown_size_there_is_no_verdict(ask):
    _, cases = ask("memory", [{**MEMORY, "device": "unspecified"}])
    assert cases[0]["verdict"] == "unknown"
    assert cases[0]["median_gib"] > 0


@pytest.mark.parametrize(("verb", "row"), [("time", ROW), ("memory", MEMORY)])
def test_the_readable_form_names_every_row_and_counts_the_answers(ask, verb, row):
    _, said = ask(verb, [row, {**row, "id": "bad", "device": "Abacus"}], is_json=False)
    assert "bad: no estimate" in said
    assert "1 of 2 rows answered" in said


def test_a_table_without_devices_is_refused(ask):
    with pytest.raises(UserError, match="has no column device"):
        ask("time", [{"id": "1"}])
