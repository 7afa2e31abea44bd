"""What the charts of a training log show: by role, smoothed, marked, over steps or time."""

from __future__ import annotations

import math

import pytest

from hwstudio.core.monitor.curves.follow import open_log
from hwstudio.core.monitor.curves.series import Axis
from hwstudio.core.monitor.curves.smooth import smooth
from hwstudio.gui.monitor.runs.curves_reader import CurvesReader
from hwstudio.gui.monitor.runs.curves_state import CURVE, MOST_LINES, CurvesWish


class Told:
    """A clock that is told."""

    now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def read():
    """Reads a log to its end under a wish."""

    def go(path, **wish):
        reader = CurvesReader(open_log(path), path, Told())
        picture = reader.read(CurvesWish(**wish), 1.0)
        while picture.is_behind:
            picture = reader.read(CurvesWish(**wish), 1.0)
        return picture

    return go


@pytest.fixture
def log(tmp_path):
    """A run with losses, accuracy, learning rate and throughput, and times."""
    folder = tmp_path / "one"
    folder.mkdir()
    head = "step,time,train_loss,val_loss,accuracy,lr,tokens_per_s\n"
    rows = [
        f"{n},{5000 + 2 * n},{2 * math.exp(-n / 30)},{2 * math.exp(-n / 30) + 0.1},"
        f"{1 - math.exp(-n / 30)},{0.001},{900}"
        for n in range(40)
    ]
    (folder / "metrics.csv").write_text(head + "\n".join(rows) + "\n")
    return folder


def named(group):
    return [line.name for line in group.lines if line.name]


def test_curves_come_in_one_chart_per_role(read, log):
    picture = read(log)
    assert [(group.title, named(group)) for group in picture.groups] == [
        ("Loss", ["train_loss", "val_loss"]),
        ("Accuracy", ["accuracy"]),
        ("Learning rate", ["lr"]),
        ("Throughput", ["tokens_per_s"]),
    ]
    dashed = {line.name: line.is_dashed for line in picture.groups[0].lines if line.name}
    assert dashed == {"train_loss": False, "val_loss": True}
    assert picture.span == (0.0, 39.0)
    assert [row.name for row in picture.rows][:2] == ["train_loss", "val_loss"]


def test_the_raw_line_stands_faint_behind_the_smoothed_one(read, log):
    group = read(log, smoothing=0.8).groups[1]
    raw, line = group.lines
    assert (raw.is_faint, raw.name, line.is_faint) == (True, "", False)
    assert list(line.ys) == pytest.approx(list(smooth(raw.ys, 0.8)))
    (plain,) = read(log, smoothing=0.0).groups[1].lines
    assert plain.ys == raw.ys
    assert not plain.is_faint


def test_over_time_a_run_begins_at_0(read, log):
    picture = read(log, axis=Axis.TIME, smoothing=0.0)
    assert picture.has_times
    assert picture.span == (0.0, 78.0)
    assert list(picture.groups[0].lines[0].xs[:3]) == [0.0, 2.0, 4.0]


def test_a_log_without_times_is_drawn_over_steps_whatever_is_wished(read, tmp_path):
    (tmp_path / "m.csv").write_text("step,loss\n1,2\n2,1\n5,0.5\n")
    picture = read(tmp_path, axis=Axis.TIME, smoothing=0.0)
    assert not picture.has_times
    assert list(picture.groups[0].lines[0].xs) == [1.0, 2.0, 5.0]


def test_runs_of_a_log_are_laid_over_each_other_and_can_be_hidden(read, log):
    other = log.parent / "two"
    other.mkdir()
    (other / "metrics.csv").write_text("step,train_loss\n0,3\n1,2\n2,1\n")
    picture = read(log.parent)
    assert [run.name for run in picture.runs] == ["one", "two"]
    assert named(picture.groups[0]) == ["one: train_loss", "one: val_loss", "two: train_loss"]
    colours = {line.name: line.colour for line in picture.groups[0].lines if line.name}
    assert colours["one: train_loss"] == colours["one: val_loss"] != colours["two: train_loss"]
    hidden = read(log.parent, hidden=frozenset({"one"}))
    assert [group.title for group in hidden.groups] == ["Loss"]
    assert named(hidden.groups[0]) == ["train_loss"]


def test_one_curve_or_one_group_can_be_shown_alone(read, log):
    picture = read(log, shown=CURVE + "lr")
    assert [group.title for group in picture.groups] == ["lr"]
    assert (CURVE + "lr", "lr") in picture.choices
    assert [group.title for group in read(log, shown="accuracy").groups] == ["Accuracy"]


def test_curves_of_no_known_role_get_a_chart_each(read, tmp_path):
    names = [f"thing{n}" for n in range(6)]
    rows = [",".join([str(step), *(str(step * n) for n in range(6))]) for step in range(3)]
    (tmp_path / "m.csv").write_text(",".join(["step", *names]) + "\n" + "\n".join(rows) + "\n")
    assert [group.title for group in read(tmp_path).groups] == names[:4]


def test_a_chart_holds_so_many_lines_and_says_how_many_are_left_out(read, tmp_path):
    names = [f"loss_{word}" for word in "abcdefghijk"]
    rows = [",".join([str(step), *("1.5" for _ in names)]) for step in range(3)]
    (tmp_path / "m.csv").write_text(",".join(["step", *names]) + "\n" + "\n".join(rows) + "\n")
    (group,) = read(tmp_path).groups
    assert len(named(group)) == MOST_LINES
    assert group.left_out == 3


def test_marks_are_drawn_and_said_the_gravest_first(read, tmp_path):
    rows = [
        f"{n},{'nan' if n == 140 else 2.0},{2 * math.exp(-n / 20) + 0.01 * max(0, n - 60)}"
        for n in range(150)
    ]
    (tmp_path / "m.csv").write_text("step,train_loss,val_loss\n" + "\n".join(rows) + "\n")
    picture = read(tmp_path)
    kinds = [each.kind for each in picture.said]
    assert kinds == sorted(kinds, key=("error", "warn", "muted").index)
    assert picture.said[0].sentence == "train_loss: train_loss became NaN at step 140."
    marks = {mark.words: mark.x for mark in picture.groups[0].marks}
    assert marks["not a number"] == 140.0
    assert 50 <= marks["over-fitting"] <= 80
    half = read(tmp_path, shown=CURVE + "val_loss")
    assert [mark.words for mark in half.groups[0].marks] == ["over-fitting"]


def test_time_left_needs_the_number_of_steps_and_a_person_can_say_it(log):
    clock = Told()
    clock.now_s = 5078.0
    reader = CurvesReader(open_log(log), log, clock)
    picture = reader.read(CurvesWish(), 1.0)
    assert (picture.left, picture.wants_total) == ("", True)
    assert picture.pace == "2.0 s a step"
    told = reader.read(CurvesWish(total_steps=139.0), 1.0)
    assert told.left.startswith("about 3 min")


def test_what_is_appended_is_there_at_the_next_look_and_marks_follow(log):
    clock = Told()
    file = log / "metrics.csv"
    reader = CurvesReader(open_log(log), log, clock)
    before = reader.read(CurvesWish(smoothing=0.0), 1.0)
    assert reader.read(CurvesWish(smoothing=0.0), 1.0).groups is before.groups
    with file.open("a") as more:
        more.write("40,5080,nan,0.5,0.9,0.001,900\n")
    clock.now_s += 10
    after = reader.read(CurvesWish(smoothing=0.0), 1.0)
    assert after.span == (0.0, 40.0)
    assert any("became NaN" in each.sentence for each in after.said)
    assert math.isnan(after.groups[0].lines[0].ys[-1])


def test_nothing_to_plot_is_said_by_the_log(read, tmp_path):
    picture = read(tmp_path)
    assert picture.groups == ()
    assert "no training log here yet" in picture.notices[0]
