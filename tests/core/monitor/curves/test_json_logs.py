"""JSON lines and HF Trainer's state: nested objects, NaN tokens, steps that turn up later."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.curves.curves import Curves
from hwstudio.core.monitor.curves.json_document import DocumentReader
from hwstudio.core.monitor.curves.json_lines import JsonLinesReader
from hwstudio.core.monitor.curves.reader import Piece
from hwstudio.core.monitor.curves.series import Clock


def feed(text, now_s=None):
    """Read a whole text, again where the reader asks for it."""
    data = text if isinstance(text, bytes) else text.encode()
    curves = Curves(100)
    reader = JsonLinesReader(curves, "log.jsonl")
    for _ in range(10):
        taken = reader.take(Piece(data, 0, len(data), True, now_s))
        if not taken.again:
            return {s.name: s for s in curves.series}, curves
        curves.clear()
        reader.restart()
    raise AssertionError("never done")


def pairs(series):
    return list(zip(series.steps, series.values, strict=True))


def test_the_trainers_log_history_gives_its_curves(data, read):
    found = read(data / "trainer" / "log_history.jsonl")
    assert list(found["loss"].steps) == list(range(5, 61, 5))
    assert list(found["eval_loss"].steps) == [20, 40, 60]


def test_the_trainers_state_gives_the_newest_checkpoint_and_the_planned_steps(
    data, drain, opened, tmp_path
):
    for name in ("checkpoint-30", "checkpoint-60"):
        target = tmp_path / "out" / name
        target.mkdir(parents=True)
        source = data / "trainer" / name / "trainer_state.json"
        (target / "trainer_state.json").write_bytes(source.read_bytes())
    log = opened(tmp_path)
    drain(log)
    (run,) = log.runs
    assert run.name == "out"
    assert run.totals == {"steps": 60.0, "epochs": 8.0}
    assert max(log.series(run)[0].steps) == 60


def test_objects_in_objects_become_paths():
    found, _ = feed('{"step": 1, "train": {"loss": 2, "acc": {"top1": 0.5}}}\n')
    assert pairs(found["train/loss"]) == [(1, 2)]
    assert pairs(found["train/acc/top1"]) == [(1, 0.5)]


def test_nan_and_infinity_tokens_are_values():
    found, _ = feed('{"step": 1, "loss": NaN}\n{"step": 2, "loss": -Infinity}\n')
    assert math.isnan(found["loss"].values[0])
    assert found["loss"].values[1] == -math.inf


def test_booleans_lists_words_and_huge_numbers_are_no_points():
    found, _ = feed(
        '{"step": 1, "ok": true, "l": [1], "w": "cat", "n": null, "h": 1%s}\n' % ("0" * 400)
    )
    assert found == {}


def test_numbers_written_as_text_count():
    found, _ = feed('{"step": 1, "loss": \'0.5\'}\n'.replace("'", '"'))
    assert pairs(found["loss"]) == [(1, 0.5)]


def test_a_better_step_that_turns_up_later_is_used_from_the_first_line_on():
    text = '{"epoch": 1, "loss": 3}\n{"epoch": 1, "step": 10, "loss": 2}\n{"step": 20, "loss": 1}\n'
    found, _ = feed(text)
    assert pairs(found["loss"]) == [(0, 3), (10, 2), (20, 1)]


def test_a_line_without_a_step_belongs_to_the_step_before():
    found, _ = feed('{"step": 5, "loss": 1}\n{"val_loss": 2}\n')
    assert pairs(found["val_loss"]) == [(5, 2)]


def test_lines_without_any_step_are_counted():
    found, _ = feed('{"loss": 1}\n{"message": "hello"}\n{"loss": 2}\n')
    assert pairs(found["loss"]) == [(0, 1), (1, 2)]


def test_lines_that_are_no_objects_are_counted_and_left_out():
    found, curves = feed(
        'starting\n{"step": 1, "loss": 1}\n[1]\n{"step": 2, "lo\n{"step": 3, "loss": 3}\n'
    )
    assert list(found["loss"].steps) == [1, 3]
    assert "3 lines are not a JSON object" in curves.notes["log.jsonl"]


def test_objects_nested_without_end_do_no_harm():
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    found, curves = feed(f'{deep}\n{{"step": 1, "loss": 1}}\n')
    assert list(found["loss"].steps) == [1]
    assert curves.notes


def test_times_come_from_the_line_or_from_when_it_came_in():
    found, _ = feed('{"step": 1, "_timestamp": 1790000000.5, "loss": 1}\n')
    assert (found["loss"].times[0], found["loss"].clock) == (1790000000.5, Clock.UNIX)
    found, _ = feed('{"step": 1, "loss": 1}\n', now_s=77.0)
    assert (found["loss"].times[0], found["loss"].clock) == (77.0, Clock.ARRIVAL)


def test_a_document_that_is_half_written_keeps_the_old_curves():
    curves = Curves(10)
    reader = DocumentReader(curves, "trainer_state.json")
    whole = json.dumps({"log_history": [{"step": 1, "loss": 2.0}], "max_steps": 9}).encode()
    assert reader.take(Piece(whole, 0, len(whole))).used == len(whole)
    half = whole[: len(whole) // 2]
    assert reader.take(Piece(half, 0, len(half))).used == 0
    assert curves.points == 1
    assert curves.notes
    reader.take(Piece(whole, 0, len(whole)))
    assert curves.points == 1
    assert not curves.notes


def test_a_document_too_large_for_memory_is_refused_with_a_way_out():
    curves = Curves(10)
    taken = DocumentReader(curves, "trainer_state.json").take(Piece(b"{", 0, 2**30))
    assert taken.used == 2**30
    assert "JSON lines" in next(iter(curves.notes.values()))


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_the_reader_fail(rubbish):
    feed(rubbish)
    feed(b'{"a":' + rubbish + b"}\n")
