"""Desktop notifications: argument lists, short clean texts, never too many, never an error."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.monitor.alerts import notify
from hwstudio.core.monitor.alerts.notify import MOST_TEXT, Call, Notifier, calls, cleaned

NASTY = "$(touch x) `id`; \"quoted\" 'single' \\ %PATH% <b>bold</b>\n\x1b[31mred\x00 -e /x"


def _find(*names):
    return lambda name: f"/bin/{name}" if name in names else None


@given(st.text(), st.integers(1, 500))
def test_a_cleaned_text_is_one_printable_line_of_bounded_length(text, most):
    found = cleaned(text, most)
    assert len(found) <= most
    assert found.isprintable()
    assert "\n" not in found


def test_linux_asks_notify_send_then_gdbus():
    ways = calls("A", "b < c & d", "linux", _find("notify-send", "gdbus"))
    assert ways[0].arguments == ("/bin/notify-send", "--app-name=hwstudio", "--", "A",
                                 "b &lt; c &amp; d")  # fmt: skip
    assert ways[1].arguments[0] == "/bin/gdbus"
    assert "'A'" in ways[1].arguments


def test_a_title_with_a_hyphen_is_no_option():
    for platform, names in (("linux", ("notify-send", "gdbus")), ("darwin", ("osascript",))):
        for way in calls("--help", "-x", platform, _find(*names)):
            words = list(way.arguments)
            after = words[words.index("--") + 1 :] if "--" in words else words[-2:]
            assert "--" in words or not any(word.startswith("-") for word in after)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_nothing_in_a_text_can_become_a_command(platform, monkeypatch):
    monkeypatch.setenv("USERNAME", "anyone")
    every = _find("notify-send", "gdbus", "osascript", "powershell", "msg")
    plain = calls("Title", "Text", platform, every)
    nasty = calls(NASTY, NASTY, platform, every)
    assert len(plain) == len(nasty)
    for a, b in zip(plain, nasty, strict=True):
        differing = [i for i, (x, y) in enumerate(zip(a.arguments, b.arguments, strict=True))
                     if x != y]  # fmt: skip
        # Only whole arguments that hold a text differ; no script does.
        assert all("Title" in a.arguments[i] or "Text" in a.arguments[i] for i in differing)
        assert all(word.isprintable() for word in b.arguments)
        assert all(len(word) <= MOST_TEXT * 6 for word in b.arguments)
    if platform == "win32":
        assert nasty[0].environment["HWSTUDIO_ALERT_TEXT"] == cleaned(NASTY, MOST_TEXT)


def test_a_gvariant_text_cannot_break_out_of_its_quotes():
    (way,) = calls("it's \\", "x", "linux", _find("gdbus"))
    assert r"'it\'s \\'" in way.arguments


def test_the_next_way_is_tried_when_one_fails():
    asked = []

    def run(call):
        asked.append(call.arguments[0])
        if len(asked) == 1:
            raise OSError("broken")
        return True

    notifier = Notifier(platform="linux", find=_find("notify-send", "gdbus"), run=run)
    assert notifier.tell("A", "b")
    assert asked == ["/bin/notify-send", "/bin/gdbus"]


def test_no_more_than_five_a_minute_and_the_next_says_how_many_were_held_back():
    now, shown = [0.0], []
    notifier = Notifier(
        platform="linux",
        find=_find("notify-send"),
        run=lambda call: shown.append(call.arguments[-1]) is None,
        clock=lambda: now[0],
    )
    assert [notifier.tell("A", "b") for _ in range(8)] == [True] * 5 + [False] * 3
    now[0] = 61.0
    assert notifier.tell("A", "b")
    assert "3 more" in shown[-1]
    assert notifier.tell("A", "b")
    assert "more" not in shown[-1]


def test_failures_are_logged_once(caplog):
    notifier = Notifier(platform="linux", find=_find())
    with caplog.at_level("WARNING", "hwstudio.alerts"):
        assert not notifier.tell("A", "b")
        assert not notifier.tell("A", "b")
    assert len(caplog.records) == 1


def test_a_program_really_gets_the_arguments_and_the_environment(tmp_path):
    out = tmp_path / "out"
    code = f"import os,sys;open({str(out)!r},'w').write(sys.argv[1]+os.environ['X'])"
    assert notify.run_call(Call((sys.executable, "-c", code, NASTY.replace("\0", "")), {"X": "y"}))
    assert out.read_text() == NASTY.replace("\0", "") + "y"
    assert not notify.run_call(Call((sys.executable, "-c", "raise SystemExit(3)")))


def test_a_program_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(notify, "_PATIENCE_S", 0.2)
    sleeper = Call((sys.executable, "-c", "import time; time.sleep(30)"))
    assert not notify.run_call(sleeper)


def test_telling_later_does_not_wait(monkeypatch):
    import threading

    gate = threading.Event()
    notifier = Notifier(platform="linux", find=_find("gdbus"), run=lambda _: gate.wait(10))
    thread = notifier.tell_later("A", "b")
    assert thread.is_alive()
    gate.set()
    thread.join(10)
    assert not thread.is_alive()


def test_the_module_starts_no_program_when_imported():
    code = (
        "import sys; import hwstudio.core.monitor.alerts.notify; print('subprocess' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
