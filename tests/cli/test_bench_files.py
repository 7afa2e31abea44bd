"""`bench export`, `import`, `compare` and `twins`: from machine to machine and side by side."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from hwstudio.cli.main import main
from hwstudio.core.bench.result_file import write_result_file
from hwstudio.core.model.result import Metric, Outcome, Result


@pytest.fixture
def run(home, capsys):
    def go(*words):
        code = main(["--home", str(home.root), "bench", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def result(machine, number, value):
    name = f"fp32 {1024 * (number + 1)}"
    return Result(
        id=f"{machine}-{number}", bench="torch_matmul", method_version=1,
        taken_at=f"2026-11-2{number}T10:00:00Z", machine=machine, device="GPU X", params={},
        outcome=Outcome.FINISHED, words="", verdict="ok", verdict_reason="",
        metrics=(Metric(name, "FLOP/s", value, value * 0.999, value * 1.001, 20),),
        samples={name: [value * (1 + n / 1e4) for n in range(-10, 11)]},
    )  # fmt: skip


@pytest.fixture
def files(tmp_path):
    made = []
    for machine, factor in (("lab1", 1.0), ("lab2", 1.001), ("lab3", 0.90), ("lab4", 0.999)):
        file = tmp_path / f"{machine}.json"
        results = [result(machine, n, factor * 1e12 * (n + 1)) for n in range(4)]
        write_result_file(file, results, machine)
        made.append(file)
    return made


def test_files_are_imported_once_and_a_tampered_one_is_named(run, files):
    text = files[0].read_text("utf-8")
    files[0].write_text(text.replace("GPU X", "GPU Y"), "utf-8")
    code, out, _ = run("import", *files, files[1], "--json")
    said = json.loads(out)
    assert code == 1
    assert (said["added"], said["duplicates"]) == (12, 4)
    assert "changed" in said["rejected"][0]["why"]
    assert said["machines"] == ["lab2", "lab3", "lab4"]


def test_the_slow_machine_is_found_in_files_and_in_the_history(run, files):
    code, out, _ = run("twins", *files, "--json")
    first = json.loads(out)["machines"][0]
    assert code == 1
    assert (first["machine"], first["verdict"]) == ("lab3", "slow")
    run("import", *files)
    assert json.loads(run("twins", "--json")[1])["machines"][0]["machine"] == "lab3"


def test_nothing_to_compare_says_what_to_do(run):
    code, out, err = run("twins")
    assert code == 2
    assert out == ""
    assert "at least two machines" in err


def test_runs_are_compared_by_file_and_by_id(run, files):
    code, out, _ = run("compare", files[0], files[2], files[1], "--json")
    assert code == 0
    assert [each["word"] for each in json.loads(out)["metrics"]] == ["SLOWER", "SAME"]
    run("import", *files)
    _, out, _ = run("compare", "lab1-0", "lab3-0")
    assert "SLOWER" in out
    assert "Matrix product, 2026-11-20 10:00" in out
    assert run("compare", "lab1", "lab3-0")[0] == 2  # four results begin like this


def test_points_have_the_words_of_the_window(run, tmp_path):
    for number in (0, 1):
        read = replace(result(f"lab{number}", 0, 1e9), bench="storage")
        read = replace(
            read, metrics=(replace(read.metrics[0], name="sequential_read", unit="B/s"),)
        )
        write_result_file(tmp_path / f"{number}.json", [read], read.machine)
    _, out, _ = run("compare", tmp_path / "0.json", tmp_path / "1.json")
    assert "Drive speed" in out
    assert "Reading large files" in out
    assert "sequential_read" not in out


def test_files_of_whole_checks_are_compared_test_by_test(run, tmp_path):
    for number, factor in ((0, 1.0), (1, 0.8)):
        products = result(f"lab{number}", 0, 1e12 * factor)
        drive = replace(products, id=f"d{number}", bench="storage", taken_at="2026-11-21T10:00:00Z")
        empty = replace(drive, id=f"e{number}", bench="cpu_cores", metrics=(), verdict="busy")
        write_result_file(tmp_path / f"{number}.json", [products, drive, empty], f"lab{number}")
    _, out, _ = run("compare", tmp_path / "0.json", tmp_path / "1.json", "--json")
    said = json.loads(out)
    assert [(each["bench"], each["word"]) for each in said["metrics"]] == [
        ("torch_matmul", "SLOWER"), ("storage", "SLOWER"),
    ]  # fmt: skip
    assert said["left_out"] == ["cpu_cores"]
    assert "Processor cores" in run("compare", tmp_path / "0.json", tmp_path / "1.json")[1]


def test_what_is_exported_can_be_imported_elsewhere(run, home, tmp_path):
    from hwstudio.core.history.store import History

    history = History.open(home.history_file)
    history.add_result(result("ours", 0, 1e12))
    history.close()
    file = tmp_path / "out.json"
    code, out, _ = run("export", file, "--machine", "bench 7", "--json")
    assert (code, json.loads(out)["results"]) == (0, 1)
    assert main(["--home", str(tmp_path / "other"), "bench", "import", str(file)]) == 0


def test_an_empty_history_has_nothing_to_export(run, tmp_path):
    assert run("export", tmp_path / "x.json")[0] == 2


def test_a_table_of_scores_is_judged_and_bad_rows_are_named(run, tmp_path):
    file = tmp_path / "fleet.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(("machine", "gpus_in_offer", "n_devices", "gpu", "dtype", "test", "value"))
        for number in range(6):
            for test in ("train_resnet50", "train_ssd"):
                value = 1000 * (0.95 if number == 4 else 1.0)
                writer.writerow((f"m{number}", 8, 1, "H100", "fp16_amp", test, value))
        writer.writerow(("m9", 8, 1, "H100", "fp16_amp", "train_ssd", "fast"))
    code, out, _ = run("twins", "--cases", file, "--json")
    said = json.loads(out)
    assert code == 1
    assert (said["machines"][0]["machine"], said["machines"][0]["verdict"]) == ("m4", "slow")
    assert {test["verdict"] for test in said["machines"][0]["tests"]} == {"slow"}
    assert said["machines"][0]["tests"][0]["ratio"] == pytest.approx(0.95)
    assert [bad["machine"] for bad in said["errors"]] == ["m9"]
    assert "power limit" in run("twins", "--cases", file)[1]


def test_a_trend_over_imported_runs_says_what_became_slower(run, tmp_path):
    for day, value in enumerate((1e12, 1e12, 1e12, 0.8e12), 1):
        made = result("lab", 0, value)
        write_result_file(
            tmp_path / f"{day}.json",
            [replace(made, id=f"d{day}", taken_at=f"2026-11-0{day}T10:00:00Z")],
            "lab",
        )
    run("import", *sorted(tmp_path.glob("[1-4].json")))
    code, out, _ = run("trend", "matmul", "--machine", "lab", "--json")
    trend = json.loads(out)["trends"][0]
    assert (code, trend["word"], len(trend["points"])) == (1, "slower", 4)
    code, out, _ = run("trend")
    assert "20.0 % slower" in out
    assert run("trend", "--machine", "nobody")[0] == 2
