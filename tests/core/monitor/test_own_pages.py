"""Pages of the user's own: kept whole, and never lost without a word."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.monitor.own_pages import (
    MOST_SENSORS,
    OwnPage,
    load_pages,
    save_pages,
    with_sensor,
    without_page,
)

PAGE = OwnPage("Mine", ("cpu.busy_share", "gpu.0.power_w"))


def test_pages_come_back_as_they_were_kept(tmp_path):
    file = tmp_path / "pages.json"
    save_pages(file, (PAGE, OwnPage("Other", ())))
    assert load_pages(file) == (PAGE, OwnPage("Other", ()))


def test_without_a_file_there_are_no_pages(tmp_path):
    assert load_pages(tmp_path / "none.json") == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"pages": [{"title": ""}]}', '{"pages": 3}'])
def test_a_damaged_file_is_set_aside(tmp_path, text):
    file = tmp_path / "pages.json"
    file.write_text(text)
    assert load_pages(file) == ()
    assert (tmp_path / "pages.damaged.json").read_text() == text


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    with pytest.raises(HostError, match="could not be saved"):
        save_pages(tmp_path / "no such folder" / "pages.json", (PAGE,))


def test_adding_a_sensor_begins_the_page_and_never_adds_it_twice():
    pages = with_sensor((), "Mine", "cpu.busy_share")
    pages = with_sensor(pages, "Mine", "memory.used_bytes")
    assert with_sensor(pages, "Mine", "cpu.busy_share") == pages
    assert pages[0].sensors == ("cpu.busy_share", "memory.used_bytes")
    assert without_page(pages, "Mine") == ()


def test_a_full_page_says_so():
    full = (OwnPage("Mine", tuple(f"a.{n}_w" for n in range(MOST_SENSORS))),)
    with pytest.raises(UserError, match="full"):
        with_sensor(full, "Mine", "one.too_many_w")
