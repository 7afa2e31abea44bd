"""``hwstudio monitor export`` and ``report`` over a real recorded history."""

from __future__ import annotations

import argparse
import csv
import io
import json
from datetime import UTC, datetime

import pytest

from hwstudio.cli.monitor_export import add_export
from hwstudio.cli.monitor_report import add_report
from hwstudio.cli.monitor_time import moment, span_s
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.sample import Device

T0 = 1_763_632_800
FROM, TO = "2025-11-20T10:00:00+00:00", "2025-11-20T10:10:00+00:00"


@pytest.fixture
def run(home, capsys):
    def go(*words):
        parser = argparse.ArgumentParser()
        verbs = parser.add_subparsers()
        add_export(verbs)
        add_report(verbs)
        args = parser.parse_args(list(map(str, words)))
        out = Output(is_json=getattr(args, "json", False), home=str(home.root))
        try:
            assert args.run(args, out) == 0
        finally:
            out.close()
        return capsys.readouterr().out

    return go


@pytest.fixture
def recorded(home):
    writer = ReadingWriter.open(home.monitor_file, clock=lambda: float(T0 + 600))
    writer.begin("boot", 1.0)
    writer.remember_devices((Device("gpu.0", "Card", "gpu"),))
    for second in [*range(120), *range(240, 600)]:
        values = {"cpu.busy_share": 0.5, "gpu.0.busy_share": 0.9, "gpu.0.power_w": 200.0}
        if second % 2:
            del values["gpu.0.power_w"]
        writer.add(T0 + second, values)
    writer.gap(T0 + 120, T0 + 240, "the computer slept")
    writer.flush()
    writer.close()


def test_every_second_is_exported_with_its_gaps(run, recorded, tmp_path):
    out = tmp_path / "a.csv"
    assert "rows of 3 sensors" in run("export", "--from", FROM, "--to", TO, "--out", out)
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert len(rows) == 481
    assert rows[1]["gpu.0.power_w"] == ""
    assert rows[120]["cpu.busy_share"] == ""
    assert rows[121]["time_utc"] == "2025-11-20T10:04:00Z"
    assert {row["cpu.busy_share"] for row in rows} == {"0.5", ""}


def test_minutes_of_chosen_sensors_are_exported(run, recorded, tmp_path):
    out = tmp_path / "a.json"
    found = json.loads(
        run("export", "--from", FROM, "--to", TO, "--sensors", "gpu.*", "--every", "1m",
            "--out", out, "--json")
    )  # fmt: skip
    assert found["sensors"] == 2
    document = json.loads(out.read_text("utf-8"))
    assert [s["id"] for s in document["sensors"]] == ["gpu.0.busy_share", "gpu.0.power_w"]
    assert document["devices"] == [{"id": "gpu.0", "title": "Card"}]
    assert document["gaps"][0]["why"] == "the computer slept"
    assert [round(row[0] - T0) for row in document["rows"]] == [0, 60, 120, 240, 300, 360, 420,
                                                                480, 540]  # fmt: skip
    assert document["rows"][2][1:] == [None, None]
    assert document["rows"][0][1] == pytest.approx(0.9)


@pytest.mark.parametrize(
    "words",
    [
        ("--from", TO, "--to", FROM, "--out", "a.csv"),
        ("--from", FROM, "--to", TO, "--sensors", "nothing.*", "--out", "a.csv"),
        ("--from", FROM, "--to", TO, "--out", "a.xls"),
    ],
)
def test_exports_that_make_no_sense_are_refused(run, recorded, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError):
        run("export", *words)
    assert not list(tmp_path.glob("a.*"))


def test_without_a_history_both_say_how_to_begin_one(run, tmp_path):
    for words in (("export", "--out", tmp_path / "a.csv"), ("report",)):
        with pytest.raises(UserError, match="recorder start"):
            run(*words, "--from", FROM, "--to", TO)


@pytest.mark.parametrize("ending", ["html", "md", "json", "csv"])
def test_a_report_is_written(run, recorded, tmp_path, ending):
    out = tmp_path / f"r.{ending}"
    run("report", "--from", FROM, "--to", TO, "--per-kwh", "0.30", "--out", out)
    text = out.read_text("utf-8-sig")
    assert "the computer slept" in text
    assert "Card" in text


def test_a_report_on_the_terminal_takes_prices_and_targets(run, recorded):
    text = run("report", "--from", FROM, "--to", TO, "--per-kwh", "0.30", "--currency", "EUR",
               "--machine-per-hour", "1.5", "--target", "utilisation=0.5@Kim")  # fmt: skip
    assert "€0.3000 per kWh (given for this report)" in text
    assert "Kim" in text
    assert "at least 50.0 %" in text
    found = json.loads(run("report", "--from", FROM, "--to", TO, "--json"))
    assert found["kind"] == "hwstudio.performance-report"


@pytest.mark.parametrize(
    "words",
    [
        ("--target", "speed=1"),
        ("--target", "utilisation=much"),
        ("--per-kwh", "-1"),
        ("--life-years", "0"),
    ],
)
def test_reports_that_make_no_sense_are_refused(run, recorded, words):
    with pytest.raises(UserError):
        run("report", "--from", FROM, "--to", TO, *words)


def test_times_are_read_as_people_write_them():
    now = datetime(2025, 11, 20, 12, 0, 0)  # noqa: DTZ001 - local time, as the reader has it
    read = moment(lambda: now)
    assert read("now") == now.timestamp()
    assert read("24h") == read("-24h") == now.timestamp() - 86400
    assert read("10:30") == now.replace(hour=10, minute=30).timestamp()
    assert read("2025-11-20T10:00:00Z") == datetime(2025, 11, 20, 10, tzinfo=UTC).timestamp()
    assert read("2025-11-20") == now.replace(hour=0).timestamp()
    for wrong in ("", "yesterday", "25:00", "-x", "2025-13-01", "99999999999d"):
        with pytest.raises(argparse.ArgumentTypeError):
            read(wrong)


def test_spans_are_read_as_people_write_them():
    assert [span_s(t) for t in ("90", "90s", "5m", "2h", "1d", "1w", "0")] == [
        90.0, 90.0, 300.0, 7200.0, 86400.0, 604800.0, 0.0,
    ]  # fmt: skip
    for wrong in ("", "s", "5x", "-5m", "nan", "inf", "1e99"):
        with pytest.raises(argparse.ArgumentTypeError):
            span_s(wrong)
