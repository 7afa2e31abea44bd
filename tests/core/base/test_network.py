"""The one door: shut until allowed, http(s) only, bounded in size and time, and always logged."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hwstudio.core.base import network_log
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.network import MOST_REDIRECTS, Network
from hwstudio.core.base.network_log import Call, read_calls, write_call
from hwstudio.core.base.settings import Settings, changed, load_settings, save_settings
from hwstudio.core.studio import open_studio


class Handler(BaseHTTPRequestHandler):
    """A server that does everything a server can do wrong."""

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        path = self.path.partition("?")[0]
        other = f"http://user:hunter2@127.0.0.1:{self.server.server_port}/good"
        answers = {
            "/hop": lambda: self._redirect("/good?token=hidden"),
            "/loop": lambda: self._redirect("/loop"),
            "/tofile": lambda: self._redirect("file:///etc/passwd?token=hidden"),
            "/touser": lambda: self._redirect(other),
            "/endlesshop": lambda: self._redirect("/good", endless=True),
            "/missing": lambda: self.send_error(404),
            "/drip": self._drip,
            "/dripheaders": self._drip_headers,
            "/silent": lambda: self.server.stop.wait(5),
            "/short": lambda: self._send(b"half", length=8),
            "/endless": lambda: self._send(b"x" * 5000, length=None),
            "/nonsense": lambda: self.wfile.write(b"this is no http\r\n\r\n"),
            "/gzip": lambda: self._send(b"prices", length=6, coding="gzip"),
            "/good": lambda: self._send(b"prices", length=6),
        }
        if path.startswith("/status/"):
            self._send(b"prices", length=6, status=int(path[8:]))
        else:
            answers[path]()

    def _send(self, body, length, status=200, coding=None):
        self.send_response(status)
        if coding:
            self.send_header("Content-Encoding", coding)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self, target, *, endless=False):
        self.send_response(302)
        self.send_header("Location", target)
        if not endless:
            self.send_header("Content-Length", "0")
        self.end_headers()
        with suppress(OSError):
            while endless and not self.server.stop.is_set():
                self.wfile.write(b"x" * 5000)

    def _drip_headers(self):
        self.wfile.write(b"HTTP/1.0 200 OK\r\n")
        try:
            for number in range(100):
                if self.server.stop.wait(0.05):
                    return
                self.wfile.write(f"X-{number}: y\r\n".encode())
        except OSError:
            self.server.hung_up.set()

    def _drip(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            if self.server.stop.wait(0.05):
                return
            self.wfile.write(b"x")
            self.wfile.flush()

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def serving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.stop, server.hung_up = [], threading.Event(), threading.Event()
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server():
    with serving() as made:
        yield made


@pytest.fixture
def fetch(home, server):
    """Fetch a path of the server with the network allowed."""
    network = Network(home, lambda: True)

    def run(path, *, most=1000, deadline_s=5.0):
        url = path if "//" in path else f"http://127.0.0.1:{server.server_port}{path}"
        return network.fetch(url, purpose="a test", max_bytes=most, deadline_s=deadline_s)

    return run


def last(home):
    return read_calls(home.network_log)[0]


def test_nothing_is_sent_until_the_user_allows_it(home, server):
    url = f"http://127.0.0.1:{server.server_port}/good?key=secret"
    studio = open_studio(home.root)
    with pytest.raises(UserError, match="may not use the network") as caught:
        studio.network.fetch(url, purpose="a test", max_bytes=10, deadline_s=1)
    assert "Settings" in caught.value.remedy
    assert server.seen == []
    call = last(home)
    assert (call.state, call.purpose, call.path) == ("refused", "a test", "/good")
    studio.save_settings(changed(studio.settings, network_allowed=True))
    assert studio.network.fetch(url, purpose="a test", max_bytes=10, deadline_s=5) == b"prices"
    studio.close()


def test_the_network_is_off_by_default_and_a_damaged_setting_does_not_open_it(tmp_path):
    assert Settings().network_allowed is False
    file = tmp_path / "settings.json"
    file.write_text('{"network_allowed": "yes"}', "utf-8")
    assert load_settings(file).network_allowed is False
    save_settings(file, changed(Settings(), network_allowed=True))
    assert load_settings(file).network_allowed is True


def test_a_call_that_went_well_is_logged_without_its_secrets(home, fetch, server):
    assert fetch("/good?api_key=hidden#part") == b"prices"
    call = last(home)
    assert (call.state, call.status, call.bytes) == ("done", 200, 6)
    assert call.host == f"127.0.0.1:{server.server_port}"
    assert call.path == "/good"
    assert call.time.endswith("Z")
    assert call.duration_s >= 0
    assert "hidden" not in home.network_log.read_text("utf-8")
    assert server.seen[0][0] == "/good?api_key=hidden"


def test_nothing_about_the_user_is_sent(fetch, server):
    fetch("/good")
    names = {name.lower() for name in server.seen[0][1]}
    assert names <= {"host", "user-agent", "connection", "accept-encoding"}


def test_a_redirect_is_followed_and_logged_without_its_secrets(home, fetch, server):
    assert fetch("/hop") == b"prices"
    assert last(home).redirects == (f"127.0.0.1:{server.server_port}/good",)
    assert "hidden" not in home.network_log.read_text("utf-8")


def test_redirects_end(home, fetch, server):
    with pytest.raises(HostError, match=f"more than {MOST_REDIRECTS} times"):
        fetch("/loop")
    assert len(server.seen) == MOST_REDIRECTS + 1
    assert last(home).state == "failed"


def test_a_redirect_to_a_file_is_not_followed(home, fetch):
    with pytest.raises(HostError, match="unsafe address"):
        fetch("/tofile")
    assert "hidden" not in home.network_log.read_text("utf-8")


def test_a_redirect_to_an_address_with_a_password_is_not_followed(home, fetch, server):
    with pytest.raises(HostError, match="name or password"):
        fetch("/touser")
    assert [path for path, _ in server.seen] == ["/touser"]
    assert "hunter2" not in home.network_log.read_text("utf-8")


def test_what_a_redirect_says_beside_the_address_is_not_read(fetch):
    assert fetch("/endlesshop", deadline_s=3) == b"prices"


@pytest.mark.parametrize("status", [201, 203, 204, 206])
def test_only_a_whole_answer_counts_as_one(home, fetch, status):
    with pytest.raises(HostError, match=f"gave no whole answer: status {status}"):
        fetch(f"/status/{status}")
    assert (last(home).state, last(home).status, last(home).bytes) == ("failed", status, 0)


def test_an_answer_packed_though_that_was_not_asked_for_is_refused(home, fetch, server):
    with pytest.raises(HostError, match="packed as gzip"):
        fetch("/gzip")
    assert server.seen[0][1]["Accept-Encoding"] == "identity"
    assert last(home).state == "failed"


def test_giving_up_hangs_up_so_that_nothing_drips_on_behind_the_users_back(fetch, server):
    with pytest.raises(HostError, match="too slow"):
        fetch("/dripheaders", deadline_s=0.3)
    assert server.hung_up.wait(2), "the server could still send"
    until = time.perf_counter() + 2
    while _errands() and time.perf_counter() < until:
        time.sleep(0.02)
    assert _errands() == []


def test_a_handshake_that_drips_is_hung_up_too(home):
    was_cut = threading.Event()

    def drip(listening):
        """Begin a long record of TLS, then send it byte by byte."""
        connection, _ = listening.accept()
        with closing(connection), suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x3f\x00\x02\x00\x3e\xfc")
            for _ in range(60):
                connection.sendall(b"x")
                time.sleep(0.05)
            return
        was_cut.set()

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = threading.Thread(target=drip, args=(listening,))
        server.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(HostError, match="too slow"):
            Network(home, lambda: True).fetch(url, purpose="a test", max_bytes=10, deadline_s=0.3)
        assert was_cut.wait(2), "the server could still send"
        server.join()


def _errands():
    return [each for each in threading.enumerate() if each.name == "hwstudio-network"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "data://text,x",
        "javascript://x",
        "http://",
        "//example.org/x",
        "http://example.org:port/",
        "http://exa mple.org/",
        "http://example.org/\r\nHost: other",
        "http://user:hunter2@example.org/",
    ],
)
def test_what_is_no_plain_web_address_is_refused_and_logged(home, fetch, url):
    with pytest.raises(UserError):
        fetch(url)
    assert last(home).state == "refused"
    assert "hunter2" not in home.network_log.read_text("utf-8")


def test_an_error_status_is_said_and_logged(home, fetch):
    with pytest.raises(HostError, match="status 404"):
        fetch("/missing")
    assert (last(home).state, last(home).status) == ("failed", 404)


@pytest.mark.parametrize("path", ["/good", "/endless"])
def test_an_answer_that_is_too_large_is_refused(home, fetch, path):
    with pytest.raises(HostError, match="more than the 5 bytes"):
        fetch(path, most=5)
    assert last(home).bytes <= 5


def test_an_answer_cut_short_is_not_taken_for_whole(home, fetch):
    with pytest.raises(HostError, match="ended early"):
        fetch("/short")
    assert last(home).state == "failed"


@pytest.mark.parametrize("path", ["/drip", "/silent"])
def test_the_deadline_holds_however_slowly_the_answer_drips(home, fetch, path):
    start = time.perf_counter()
    with pytest.raises(HostError, match="too slow"):
        fetch(path, deadline_s=0.4)
    assert time.perf_counter() - start < 1.5
    assert "0.4 s" in last(home).error


def test_a_server_that_is_not_there_or_speaks_nonsense_is_a_sentence(fetch, server):
    with pytest.raises(HostError, match="no answer that can be read"):
        fetch("/nonsense")
    with serving() as gone:
        port = gone.server_port
    with pytest.raises(HostError, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{port}/x")


def test_without_a_log_there_is_no_call(home, fetch, server):
    home.network_log.mkdir()
    with pytest.raises(HostError, match="stays offline"):
        fetch("/good")
    assert server.seen == []


@pytest.mark.parametrize("wrong", [{"purpose": " "}, {"max_bytes": 0}, {"deadline_s": 0}])
def test_a_call_without_purpose_or_bounds_is_our_own_mistake(home, wrong):
    given = {"purpose": "a test", "max_bytes": 1, "deadline_s": 1} | wrong
    with pytest.raises(ValueError, match="needs a purpose"):
        Network(home, lambda: True).fetch("http://127.0.0.1/", **given)


# --- the log ---------------------------------------------------------------------------------


def call(number, **changes):
    values = {"id": f"c{number}", "time": f"2026-11-20T00:00:{number % 60:02}Z"}
    return Call(**values, purpose="a test", method="GET", host="h", path="/", **changes)


def test_the_newest_call_comes_first_and_a_killed_one_says_so(tmp_path):
    file = tmp_path / "network.log"
    write_call(file, call(1))
    write_call(file, call(2))
    write_call(file, call(2, state="done", status=200))
    assert [found.result for found in read_calls(file)] == ["done, status 200", "never ended"]


def test_a_log_that_is_missing_or_damaged_is_no_error(tmp_path):
    file = tmp_path / "network.log"
    assert read_calls(file) == ()
    write_call(file, call(1, state="done"))
    with file.open("a", encoding="utf-8") as log:
        log.write('not json\n[]\n{"id": 7}\nnull\n')
        log.write(json.dumps({"id": "x", "time": 3, "purpose": "", "method": ""}) + "\n")
    assert [found.id for found in read_calls(file)] == ["c1"]


def test_a_full_log_is_set_aside_and_still_read(tmp_path, monkeypatch):
    monkeypatch.setattr(network_log, "MOST_BYTES", 2000)
    file = tmp_path / "network.log"
    for number in range(40):
        write_call(file, call(number, state="done"))
    assert network_log.older(file).is_file()
    assert file.stat().st_size < 2500
    found = read_calls(file)
    assert found[0].id == "c39"
    assert 8 < len(found) < 40


def test_two_processes_that_find_the_log_full_at_once_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(network_log, "MOST_BYTES", 300)
    file = tmp_path / "network.log"
    for number in range(2):
        write_call(file, call(number, state="done"))
    real, others = network_log._rotate, []

    def rotate_late(asked):
        """Let another process set the log aside and begin a new one first."""
        if not others:
            others.append(1)
            write_call(file, call(2, state="done"))
        real(asked)

    monkeypatch.setattr(network_log, "_rotate", rotate_late)
    write_call(file, call(3, state="done"))
    assert [found.id for found in read_calls(file)] == ["c3", "c2", "c1", "c0"]


def test_a_log_that_cannot_be_set_aside_now_grows_on(tmp_path, monkeypatch):
    monkeypatch.setattr(network_log, "MOST_BYTES", 500)
    file = tmp_path / "network.log"

    def busy(*_):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(type(file), "replace", busy)
    for number in range(5):
        write_call(file, call(number, state="done"))
    assert len(read_calls(file)) == 5
