"""Settings survive everything a disk or an editor can do to them."""

from __future__ import annotations

import json

import pytest

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.settings import Settings, changed, load_settings, save_settings


def test_what_was_saved_is_read_back(tmp_path):
    file = tmp_path / "settings.json"
    wanted = changed(Settings(), theme="dark", electricity_per_kwh=0.3, first_run_done=True)
    save_settings(file, wanted)
    assert load_settings(file) == wanted


def test_a_missing_file_gives_defaults(tmp_path):
    assert load_settings(tmp_path / "none.json") == Settings()


def test_a_damaged_file_gives_defaults_and_is_kept_aside(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text("{not json", "utf-8")
    assert load_settings(file) == Settings()
    assert (tmp_path / "settings.damaged.json").read_text("utf-8") == "{not json"


def test_one_wrong_value_does_not_lose_the_others(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text(
        json.dumps({"theme": 7, "mains": "230V16A", "electricity_per_kwh": -1, "later": 1}),
        "utf-8",
    )
    read = load_settings(file)
    assert read.mains == "230V16A"
    assert read.theme == Settings().theme
    assert read.electricity_per_kwh == Settings().electricity_per_kwh


def test_a_folder_that_is_gone_is_said_in_words(tmp_path):
    with pytest.raises(HostError) as caught:
        save_settings(tmp_path / "gone" / "settings.json", Settings())
    assert "could not be saved" in caught.value.sentence
