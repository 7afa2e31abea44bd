"""`hwstudio learn`: the pages, the code and the folders without a window."""

from __future__ import annotations

import json

from hwstudio.cli.main import main
from hwstudio.core.project.learn.shelf import shelf


def test_everything_there_is_is_listed(capsys):
    assert main(["learn", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    both = [*shelf().pages, *shelf().codes]
    assert [each["id"] for each in told["items"]] == [each.id for each in both]
    assert told["count"] == len(both)


def test_a_page_is_told_with_this_computers_numbers_and_commands_for_links(capsys):
    assert main(["learn", "show", "memory"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# Memory, from registers to disk")
    assert "| Main memory |" in text
    assert "(hwstudio bench run memory_bandwidth)" in text
    assert "hwstudio:" not in text


def test_code_goes_to_a_new_file_and_never_over_an_old_one(tmp_path, capsys):
    file = tmp_path / "train.py"
    assert main(["learn", "code", "ddp_torch", "--out", str(file)]) == 0
    assert file.read_text("utf-8") == shelf().code("ddp_torch").to_copy
    file.write_text("mine")
    assert main(["learn", "code", "ddp_torch", "--out", str(file)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_code_without_a_file_is_printed_as_it_stands(capsys):
    assert main(["learn", "code", "timing_torch"]) == 0
    assert capsys.readouterr().out == shelf().code("timing_torch").to_copy


def test_a_name_nobody_knows_is_answered_with_those_there_are(capsys):
    assert main(["learn", "show", "nothing"]) == 2
    assert "There are memory, gpu_speed" in capsys.readouterr().err


def test_folders_are_created_and_told(tmp_path, capsys):
    assert main(["learn", "folders", str(tmp_path / "mine"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "data/raw/README.md" in told["written"]
    assert told["kept"] == []
    assert (tmp_path / "mine" / "src").is_dir()
