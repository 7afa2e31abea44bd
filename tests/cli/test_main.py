"""The root of the command line: help, versions, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal

import pytest

from hwstudio.__main__ import main as face
from hwstudio.cli.main import NOUNS, main, parser
from hwstudio.cli.output import Output, plain
from hwstudio.core.base.version import VERSION


def test_the_version_is_said(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert VERSION in capsys.readouterr().out


def test_an_unknown_command_is_refused_with_exit_2(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["fly"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_noun_without_a_verb_says_what_to_do(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["catalog"])
    assert ended.value.code == 2
    assert "catalog --help" in capsys.readouterr().err


def test_every_noun_has_a_help_text():
    shown = parser().format_help()
    for noun in NOUNS:
        assert noun in shown


def test_a_damaged_catalogue_is_one_sentence_and_exit_2(tmp_path, monkeypatch, capsys):
    bad = tmp_path / "catalog.db"
    bad.write_bytes(b"this is not a database" * 100)
    monkeypatch.setenv("HWSTUDIO_CATALOG", str(bad))
    assert main(["catalog", "search", "gpu", "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "catalog.db is damaged" in said.err


def test_a_missing_catalogue_is_one_sentence_and_exit_2(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HWSTUDIO_CATALOG", str(tmp_path / "none.db"))
    assert main(["catalog", "audit"]) == 2
    assert "none.db" in capsys.readouterr().err


def test_an_unwritable_home_is_one_sentence_and_exit_3(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    assert main(["--home", str(file), "catalog", "audit"]) == 3
    assert "--home" in capsys.readouterr().err


def test_switches_meant_for_python_never_open_a_window(capsys):
    assert face(["-c", "print(1)"]) == 2
    assert "Python" in capsys.readouterr().err


def test_without_a_screen_the_assessment_is_printed_instead(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "hwstudio", "--home", str(tmp_path)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no screen" in done.stdout.splitlines()[0]
    assert len(done.stdout.splitlines()) > 5


@dataclass(frozen=True)
class Thing:
    price: Decimal
    names: tuple[str, ...]


def test_json_holds_numbers_for_money_and_lists_for_tuples(capsys):
    out = Output(is_json=True, home=None)
    out.document({"thing": Thing(Decimal("1.50"), ("a", "b")), "whole": Decimal("3")})
    assert json.loads(capsys.readouterr().out) == {
        "thing": {"price": 1.5, "names": ["a", "b"]},
        "whole": 3,
    }


def test_nothing_that_is_not_a_number_reaches_json():
    with pytest.raises(ValueError, match="JSON"):
        Output(is_json=True, home=None).document({"x": float("nan")})


def test_a_table_aligns_numbers_right(capsys):
    Output(is_json=False, home=None).table(("Name", "W"), (("a", "5"), ("bb", "150")), right=(1,))
    assert capsys.readouterr().out.splitlines()[2:] == ["a       5", "bb    150"]


def test_plain_leaves_what_json_knows_alone():
    assert plain({"a": [1, 2.5, None, "x", True]}) == {"a": [1, 2.5, None, "x", True]}
