"""Result files: read back as written; a changed byte, a newer format or damage is found."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.full_names import full_name
from hwstudio.core.bench.point_verdict import point_verdict
from hwstudio.core.bench.result_file import (
    document_of,
    read_result_file,
    signature_of,
    write_result_file,
)  # fmt: skip
from hwstudio.core.bench.side_by_side import side_by_side
from hwstudio.core.bench.take_in import is_imported, take_in, to_export
from hwstudio.core.bench.twins.stored import left_out, left_out_text, scores_of_results
from hwstudio.core.model.result import Metric, Outcome, Result


def result(ident="a", median=2e11, half=0.004, machine="lab1", **more) -> Result:
    samples = [median * (1 + half * (n - 15) / 15) for n in range(31)]
    base = Result(
        id=ident, bench="torch_matmul", method_version=3, taken_at="2026-11-20T10:00:00Z",
        machine=machine, device="H100", params={"seed": 1}, outcome=Outcome.FINISHED,
        words="done", verdict="ok", verdict_reason="",
        metrics=(Metric("fp32 1024", "FLOP/s", median, median * 0.999, median * 1.001, 31),),
        samples={"fp32 1024": samples}, conditions={"cpu": "x"},
    )  # fmt: skip
    return replace(base, **more)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lab1.json"
    write_result_file(path, [result("a"), result("b")], "lab1")
    return path


def test_what_is_written_is_read(file):
    content = read_result_file(file)
    assert content.machine == "lab1"
    assert content.results == (result("a"), result("b"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_is_found(file, tmp_path, data):
    raw = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255).filter(lambda b: b != raw[place]))
    try:
        # White space between the values is no content.
        assume(json.loads(bytes(raw)) != json.loads(file.read_bytes()))
    except ValueError:
        pass
    changed = tmp_path / "changed.json"
    changed.write_bytes(raw)
    with pytest.raises(UserError):
        read_result_file(changed)


def test_a_newer_format_is_refused_by_that_reason(tmp_path):
    document = document_of([result()], "lab1") | {"schema": 99}
    path = tmp_path / "newer.json"
    path.write_text(json.dumps(document | {"sha256": signature_of(document)}))
    with pytest.raises(UserError, match="newer"):
        read_result_file(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "hwstudio results"', "\x00"])
def test_what_is_no_result_file_is_refused(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(UserError):
        read_result_file(path)


@pytest.mark.parametrize(
    "odd",
    [
        {"metrics": [["x"]]},
        {"method_version": 10**30},
        {"machine": "\ud83d"},
        {"conditions": {"verdicts": {"fp32 1024": "ok"}}},
        {"conditions": {"series": []}},
        {"conditions": {"series": {"fp32 1024": {"clean_share": "all"}}}},
        {"conditions": {"ranks": 4}},
        {"conditions": {"cpu_cores": "many"}},
    ],
)
def test_a_signed_file_with_nonsense_inside_is_refused(tmp_path, odd):
    document = document_of([result()], "lab1")
    document["results"][0] |= odd
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(document | {"sha256": signature_of(document)}))
    with pytest.raises(UserError, match="no hwstudio writes"):
        read_result_file(path)


@pytest.mark.parametrize("depth", [300, 600, 900, 960, 990, 5000])
def test_however_deep_a_file_is_nested_it_is_read_or_refused(tmp_path, depth):
    document = document_of([result()], "lab1")
    text = json.dumps(document | {"sha256": signature_of(document)})
    path = tmp_path / "deep.json"
    path.write_text(text.replace('"cpu": "x"', f'"cpu": {"[" * depth}{"]" * depth}'))
    with pytest.raises(UserError):  # changed after it was written, at the least
        read_result_file(path)


def test_a_number_too_large_for_one_is_damage(file):
    before = file.read_text()
    after = re.sub(r"([,:]\s*)31(\s*[\]},])", r"\g<1>1e999\2", before, count=1)  # no time or hash
    assert after != before
    file.write_text(after)
    with pytest.raises(UserError, match="damaged"):
        read_result_file(file)


def test_files_are_taken_in_once_marked_and_a_bad_one_stops_nothing(file, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text("no")
    kept = []
    taken = take_in([bad, file, file], {"b"}, kept.append)
    assert [each.id for each in kept] == ["a"]
    assert all(is_imported(each) for each in kept)
    assert (len(taken.added), taken.duplicates) == (1, 3)
    assert [each.file for each in taken.rejected] == [str(bad)]
    assert to_export(kept, "lab9") == ()  # others' results are not handed on as ours


@pytest.mark.parametrize(
    ("median", "half", "word"),
    [
        (2e11, 0.004, "SAME"),
        (2.3e11, 0.004, "FASTER"),
        (1.7e11, 0.004, "SLOWER"),
        (2.05e11, 0.3, "UNSURE"),
    ],
)
def test_a_verdict_is_given_only_where_the_samples_carry_it(median, half, word):
    (pair,) = side_by_side([result("a", half=half), result("b", median, half)])
    assert pair.word == word
    assert pair.low <= pair.ratio <= pair.high


@pytest.mark.parametrize(
    "more", [{"verdict": "busy"}, {"outcome": Outcome.CRASHED}, {"method_version": 2}]
)
def test_a_run_that_cannot_be_believed_is_unsure_with_the_reason(more):
    (pair,) = side_by_side([result("a"), result("b", 9e11, **more)])
    assert pair.word == "UNSURE"
    assert pair.why


def test_a_clean_point_is_compared_although_another_point_of_its_run_was_disturbed():
    verdicts = {each.name: {"verdict": "ok"} for each in result("b").metrics}
    conditions = {**result("b").conditions, "verdicts": verdicts}
    busy = replace(result("b", 9e11, verdict="busy"), conditions=conditions)
    (pair,) = side_by_side([result("a"), busy])
    assert pair.word == "FASTER"


def test_two_to_five_runs_are_compared():
    runs = [result(str(n)) for n in range(6)]
    assert len(side_by_side(runs[:5])) == 4
    for wrong in (runs, runs[:1]):
        with pytest.raises(UserError):
            side_by_side(wrong)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 2.0), st.floats(1e-6, 1e6))
def test_a_unit_changes_no_comparison_and_turning_round_turns_the_word(ratio, factor):
    a, b = result("a"), result("b", 2e11 * ratio)
    scaled = [result("a", 2e11 * factor), result("b", 2e11 * ratio * factor)]
    (pair,), (same,), (turned,) = (side_by_side(runs) for runs in ([a, b], scaled, [b, a]))
    opposite = {"FASTER": "SLOWER", "SLOWER": "FASTER"}
    assert pair.word == same.word
    assert turned.word == opposite.get(pair.word, pair.word)


def test_stored_results_become_scores_without_what_cannot_be_believed():
    busy = result("b", verdict="busy")
    (score,) = scores_of_results([result("a"), busy])
    assert (score.machine, score.device, score.value) == ("lab1", "H100", 2e11)


def test_a_busy_point_leaves_the_good_points_of_its_run_and_is_named():
    run = result("a")
    (good,) = run.metrics
    point = replace(good, name="fp32 8192")
    verdicts = {good.name: {"verdict": "ok"}, point.name: {"verdict": "busy"}}
    run = replace(run, verdict="busy", metrics=(good, point), conditions={"verdicts": verdicts})
    scores = scores_of_results([run])
    assert [score.words for score in scores] == [f"Matrix product: {good.name}"]
    told = left_out_text(left_out([run], scores))
    assert told == "Not compared, lab1: Matrix product: fp32 8192 (machine was busy)."
    again = replace(run, conditions={"verdicts": {name: {"verdict": "ok"} for name in verdicts}})
    assert left_out([run, again], scores_of_results([run, again])) == ()


def test_a_percentile_is_believed_as_the_point_it_was_taken_from():
    run = replace(
        result("a"), verdict="busy", conditions={"verdicts": {"bert 1": {"verdict": "ok"}}}
    )
    assert point_verdict(run, "bert 1 p95") == "ok"
    assert point_verdict(run, "resnet50 1") == "busy"


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("storage sequential_read", "Drive speed: Reading large files"),
        ("memory_bandwidth triad", "Memory bandwidth"),
        ("llm_decode decode", "Language model: writing the answer"),
        ("train_ssd", "train_ssd"),
    ],
)
def test_a_test_and_its_point_are_named_once(test, words):
    assert full_name(test) == words
