"""The root of the command line: help, versions, exit codes."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from hwstudio.__main__ import main as face
from hwstudio.cli.main import NOUNS, main, parser
from hwstudio.cli.output import Output, finish, plain
from hwstudio.core.base.version import VERSION

needs_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere a desktop is always there"
)


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


@needs_linux
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


def test_on_windows_a_reader_that_goes_away_is_no_error_either(monkeypatch):
    class Pipe(io.StringIO):
        def flush(self):
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", Pipe())
    with pytest.raises(BrokenPipeError):
        finish()


def bare(tmp_path, *words, **environment):
    """Run hwstudio in a process of its own, on a machine without a screen."""
    return subprocess.run(
        [sys.executable, "-m", "hwstudio", *words],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


@needs_linux
@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"WAYLAND_DISPLAY": "wl-77"}, b"wl-77"),
        ({"QT_QPA_PLATFORM": "foo"}, b"foo"),
        ({"QT_QPA_PLATFORM": "eglfs"}, b"eglfs"),
    ],
)
def test_a_screen_that_cannot_be_used_ends_in_the_assessment_not_in_an_abort(
    tmp_path, environment, word
):
    done = bare(tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert word in done.stdout.splitlines()[0]
    assert len(done.stdout.splitlines()) > 5


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_without_a_sign_gets_another_one_and_no_error(tmp_path, encoding):
    words = ("cloud", "offers", "--accelerator", "H100")
    done = bare(tmp_path, *words, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert b"H100" in done.stdout


def test_json_stays_whole_on_a_console_that_only_knows_ascii(tmp_path):
    words = ("assess", "--goal", "llm_qlora_8b", "--json")
    done = bare(tmp_path, *words, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("ascii"))["goal"]["id"] == "llm_qlora_8b"


def test_a_sign_beyond_ascii_is_escaped_in_json_not_lost(tmp_path):
    code = (
        "from hwstudio.cli.output import Output, speak_any_text; speak_any_text(); "
        "Output(is_json=True, home=None).document({'x': 'a–±b'})"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == {"x": "a–±b"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("--version",),
        ("cost", "effective", "--gpu-per-hour", "1", "--utilisation", "1"),
        ("cost", "effective", "--gpu-per-hour", "1", "--utilisation", "1", "--json"),
    ],
)
def test_output_that_cannot_be_written_is_one_line_and_exit_3(tmp_path, words, unbuffered):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hwstudio", *words],
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.startswith("hwstudio: The output could not be written: ")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "hwstudio", "--help"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.fixture
def no_screen(monkeypatch):
    """Take every screen away; only Linux runs without one, elsewhere a window would open."""
    if not sys.platform.startswith("linux"):
        pytest.skip("a desktop is always there")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["none.hws", "NONE.HWS"])
def test_a_project_that_is_missing_is_refused_even_without_a_screen(
    tmp_path, no_screen, capsys, name
):
    assert face([str(tmp_path / name)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert name in said.err


def test_a_damaged_project_is_refused_even_without_a_screen(tmp_path, no_screen, capsys):
    file = tmp_path / "bad.hws"
    file.write_bytes(b"PK no zip at all")
    assert face([str(file)]) == 2
    assert "bad.hws" in capsys.readouterr().err


def test_a_sound_project_without_a_screen_is_noted_before_the_assessment(
    tmp_path, no_screen, capsys
):
    from hwstudio.core.project.file import save_project
    from hwstudio.core.project.state import ProjectState

    file = tmp_path / "mine.HWS"
    save_project(file, ProjectState(name="Mine"))
    assert face([str(file), "--home", str(tmp_path / "place")]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert "mine.HWS needs the window" in first
    assert "no screen" in first
    assert (tmp_path / "place").is_dir()


@pytest.mark.parametrize("words", [("--home", ""), ("--home=",), ("--home", "", "assess")])
def test_a_home_without_a_name_is_refused(no_screen, capsys, words):
    with pytest.raises(SystemExit) as ended:
        face(list(words))
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--home" in said.err


def test_json_alone_says_what_prints_json(capsys):
    assert face(["--json"]) == 2
    assert "hwstudio assess --json" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["--foo", "extra"])
def test_an_unknown_word_after_a_verb_points_to_the_help_of_that_verb(capsys, word):
    with pytest.raises(SystemExit) as ended:
        main(["cost", "effective", "--gpu-per-hour", "1", "--utilisation", "1", word])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert word in said
    assert "See: hwstudio cost effective --help" in said


def test_json_and_home_may_stand_anywhere(tmp_path, capsys):
    words = ("--gpu-per-hour", "1", "--utilisation", "0.5")
    assert main(["cost", "--json", "effective", *words]) == 0
    assert json.loads(capsys.readouterr().out) == {"per_useful_hour": 2}
    place = tmp_path / "place"
    assert main(["catalog", "audit", "--home", str(place), "--json"]) in (0, 1)
    assert json.loads(capsys.readouterr().out)
    assert place.is_dir()


def test_a_home_without_its_folder_after_a_verb_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["catalog", "audit", "--home", "--json"])
    assert ended.value.code == 2
    assert "folder" in capsys.readouterr().err
