"""The speeds the user measured: kept whole, read back, and a damaged file is set aside."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.history.own_speeds import MOST_ROWS, load_speeds, save_speeds


def test_rows_come_back_as_they_were_kept(tmp_path):
    file = tmp_path / "deep" / "speeds.json"
    save_speeds(file, [{"value": 1.5}, {"value": 2}])
    assert load_speeds(file) == ({"value": 1.5}, {"value": 2})
    assert [each.name for each in file.parent.iterdir()] == ["speeds.json"]


def test_no_file_is_no_rows(tmp_path):
    assert load_speeds(tmp_path / "none.json") == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 9, "rows": []}', '{"schema": 1}'])
def test_a_damaged_file_is_set_aside_not_overwritten(tmp_path, text):
    file = tmp_path / "speeds.json"
    file.write_text(text)
    assert load_speeds(file) == ()
    assert (tmp_path / "speeds.damaged.json").read_text() == text


def test_only_the_newest_of_very_many_are_kept(tmp_path):
    file = tmp_path / "speeds.json"
    save_speeds(file, [{"n": n} for n in range(MOST_ROWS + 3)])
    rows = load_speeds(file)
    assert len(rows) == MOST_ROWS
    assert rows[-1] == {"n": MOST_ROWS + 2}


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(HostError, match="could not be kept"):
        save_speeds(blocked / "speeds.json", [{}])
