"""`hwstudio diagnostics`: printed or saved; a damaged database is exit code 1."""

from __future__ import annotations

import json
import zipfile

import pytest

from hwstudio.cli.main import main


def test_the_bundle_is_saved_and_a_damaged_database_is_exit_1(home, tmp_path, capsys):
    file = tmp_path / "d.zip"
    asked = ["diagnostics", "--no-machine", "--out", str(file), "--json"]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == [each["name"] for each in told["files"]]
    home.history_file.write_bytes(b"torn" * 500)
    assert main(asked) == 1
    assert main(["diagnostics", "--no-machine", "--out", str(tmp_path / "no" / "where.zip")]) == 3


def test_a_slip_in_the_name_does_not_replace_a_project(tmp_path):
    project = tmp_path / "lab.hws"
    project.write_bytes(b"mine")
    with pytest.raises(SystemExit, match="2"):
        main(["diagnostics", "--no-machine", "--out", str(project)])
    assert project.read_bytes() == b"mine"
