"""`hwstudio catalog update`, `pack` and `network-log` from the terminal."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from hwstudio.cli.main import main
from hwstudio.core.base.network_log import Call, write_call
from hwstudio.core.base.paths import bundled_catalog

LATER = "2031-01-05"


@pytest.fixture
def newer(tmp_path):
    """A newer catalogue with its checksum beside it."""
    file = tmp_path / f"catalog-{LATER}.db"
    shutil.copy(bundled_catalog(), file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'as_of'", (LATER,))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_name(f"{file.name}.sha256").write_text(f"{digest}  {file.name}\n", "ascii")
    return file


@pytest.fixture
def ask(home, capsys):
    """Run a verb of `catalog`; return exit code, stdout and stderr."""

    def run(*words):
        code = main(["--home", str(home.root), "catalog", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_an_update_prints_the_promised_fields_and_can_be_undone(ask, newer, home):
    code, text, _ = ask("update", "--file", str(newer), "--json")
    found = json.loads(text)
    assert code == 0
    counts = {"parts_added", "parts_removed", "parts_changed", "prices_changed"}
    assert found.keys() == {"updated", "from_as_of", "to_as_of", "path"} | counts
    assert (found["updated"], found["to_as_of"]) == (True, LATER)
    assert found["path"].startswith(str(home.root))
    assert json.loads(ask("search", "gpu", "--limit", "0", "--json")[1])["as_of"] == LATER
    code, text, _ = ask("update", "--undo")
    assert code == 0
    assert "Back to the bundled catalogue" in text
    assert "in use already" in ask("update", "--undo")[1]


def test_a_refusal_is_one_line_and_exit_2(ask, newer):
    newer.with_name(f"{newer.name}.sha256").unlink()
    code, text, said = ask("update", "--file", str(newer), "--json")
    assert (code, text) == (2, "")
    assert said.count("\n") == 1
    assert "checksum file" in said


def test_not_newer_names_the_switch_that_takes_it_all_the_same(ask, newer):
    ask("update", "--file", str(newer))
    code, _, said = ask("update", "--file", str(newer))
    assert code == 2
    assert "--force" in said
    assert ask("update", "--file", str(newer), "--force")[0] == 0


def test_a_damaged_update_is_said_on_stderr_and_the_answer_still_comes(ask, newer, home):
    path = json.loads(ask("update", "--file", str(newer), "--json")[1])["path"]
    with open(path, "ab") as file:  # noqa: PTH123 - a text from JSON
        file.write(b"x")
    code, text, _ = ask("search", "gpu", "--limit", "1", "--json")
    assert code == 0
    assert json.loads(text)["as_of"] < LATER
    assert (home.catalog_dir / "set-aside.db").is_file()


def test_a_named_catalogue_stays_in_use_and_that_is_said(ask, newer, monkeypatch):
    monkeypatch.setenv("HWSTUDIO_CATALOG", str(bundled_catalog()))
    code, _, said = ask("update", "--file", str(newer))
    assert code == 0
    assert "HWSTUDIO_CATALOG is set" in said


@pytest.mark.parametrize("words", [(), ("--file", "a", "--undo")])
def test_update_needs_a_file_or_undo(ask, words):
    with pytest.raises(SystemExit) as ended:
        ask("update", *words)
    assert ended.value.code == 2


def test_force_does_not_go_with_undo(ask):
    assert ask("update", "--undo", "--force")[0] == 2


def test_pack_makes_a_bundle_that_update_takes(ask, newer, tmp_path):
    out = tmp_path / "c.hwcat"
    code, text, _ = ask("pack", "--db", str(newer), "--out", str(out), "--json")
    found = json.loads(text)
    assert code == 0
    assert (found["as_of"], found["bytes"]) == (LATER, out.stat().st_size)
    assert found["sha256"] == hashlib.sha256(newer.read_bytes()).hexdigest()
    assert ask("update", "--file", str(out))[0] == 0


def test_the_network_log_says_that_nothing_was_used(ask):
    code, text, _ = ask("network-log")
    assert code == 0
    assert "not allowed" in text
    assert "hwstudio has not used the network." in text


def test_the_network_log_lists_calls_newest_first(ask, home):
    for number, state in enumerate(("done", "refused")):
        time = f"2026-11-20T00:00:0{number}Z"
        call = Call(f"c{number}", time, "a test", "GET", "example.org", "/p", state, bytes=1234)
        write_call(home.network_log, call)
    text = ask("network-log")[1]
    assert text.index("refused") < text.index("1,234  done")
    found = json.loads(ask("network-log", "--last", "1", "--json")[1])
    assert (found["count"], [c["id"] for c in found["calls"]]) == (2, ["c1"])
    assert found["network_allowed"] is False


def test_the_help_says_what_a_bundle_is_and_that_nothing_goes_online(ask, capsys):
    with pytest.raises(SystemExit):
        ask("update", "--help")
    said = capsys.readouterr().out
    assert ".hwcat" in said
    assert "Nothing goes online" in said
