"""``hwstudio monitor serve``: a real process that serves, tells where, and ends when asked."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from hwstudio.cli.monitor_serve import add_serve
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.monitor.hosts.page import PageReader

PROGRAM = """
import argparse, sys
from hwstudio.cli.monitor_serve import add_serve
from hwstudio.cli.output import Output
parser = argparse.ArgumentParser()
parser.add_argument("--json", action="store_true")
parser.add_argument("--home")
add_serve(parser.add_subparsers())
args = parser.parse_args()
sys.exit(args.run(args, Output(is_json=args.json, home=args.home)))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent another way on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_real_readings_until_it_is_told_to_end(home, number):
    words = [sys.executable, "-c", PROGRAM, "--home", str(home.root), "serve", "--port", "0"]
    process = subprocess.Popen(
        [*words, "--json", "--interval", "0.2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        document = b""
        while not document.endswith(b"}\n"):
            line = process.stdout.readline()
            assert line, process.stderr.read()
            document += line
        said = json.loads(document)
        assert (said["bind"], said["token"]) == ("127.0.0.1", False)
        until, values = time.monotonic() + 20, {}
        while "cpu.busy_share" not in values and time.monotonic() < until:
            time.sleep(0.1)
            with urlopen(said["url"], timeout=5) as answer:
                values = PageReader().read(answer.read().decode(), 0.0, 0.0).values
        assert 0 <= values["cpu.busy_share"] <= 1
        assert values["memory.total_bytes"] > 1e8
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, b"", b"")
    finally:
        process.kill()
        process.communicate()


def run(words, home):
    parser = argparse.ArgumentParser()
    add_serve(parser.add_subparsers())
    args = parser.parse_args(["serve", *words])
    out = Output(is_json=False, home=str(home.root))
    try:
        return args.run(args, out)
    finally:
        out.close()


@pytest.mark.parametrize(
    "words",
    [
        ["--port", "0", "--bind", "0.0.0.0"],
        ["--port", "99999"],
        ["--port", "0", "--interval", "0.01"],
        ["--port", "0", "--interval", "nan"],
    ],
)
def test_what_is_not_safe_or_makes_no_sense_is_refused(home, words):
    with pytest.raises(UserError):
        run(words, home)


def test_a_token_file_that_is_not_there_is_the_hosts_refusal(home, tmp_path):
    with pytest.raises(HostError, match="cannot be read"):
        run(["--port", "0", "--token-file", str(tmp_path / "none")], home)


def test_a_short_token_is_refused_and_an_open_file_is_told(home, tmp_path, capsys):
    file = tmp_path / "token"
    file.write_text("short", "utf-8")
    file.chmod(0o644)
    with pytest.raises(UserError, match="easy to guess"):
        run(["--port", "0", "--token-file", str(file)], home)
    if os.name == "posix":
        assert "chmod 600" in capsys.readouterr().err


def test_token_and_no_token_exclude_each_other(home, capsys):
    with pytest.raises(SystemExit):
        run(["--port", "0", "--token-file", "x", "--no-token"], home)
    assert "not allowed with" in capsys.readouterr().err
