"""An address read every second: one connection, strict bounds, a short log, and near before far."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base import network_poll
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.http_answer import Bounds
from hwstudio.core.base.network import Network
from hwstudio.core.base.network_log import read_calls
from hwstudio.core.base.network_reach import Reach, is_this_computer, reach_of

BOUNDS = Bounds(1000, 2.0)
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"


@contextmanager
def scripted(*answers):
    """Serve each answer once, in order; a list is sent in pieces, None hangs up unasked."""
    asked = []
    waiting = list(answers)

    def serve(listening):
        while waiting:
            connection, _ = listening.accept()
            with closing(connection), suppress(OSError):
                connection.settimeout(3)
                while waiting and (request := connection.recv(65536)):
                    asked.append(request.decode())
                    answer = waiting.pop(0)
                    if answer is None:
                        break
                    for piece in answer if isinstance(answer, list) else [answer]:
                        connection.sendall(piece)
                        time.sleep(0.02 if isinstance(answer, list) else 0)
                    if b"Content-Length" not in b"".join(
                        answer if isinstance(answer, list) else [answer]
                    ) and (
                        b"chunked" not in b"".join(answer if isinstance(answer, list) else [answer])
                    ):
                        break

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(5)
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/metrics?x=secret", asked
        finally:
            waiting.clear()
            with suppress(OSError):
                socket.create_connection(listening.getsockname(), 1).close()
            thread.join()


@pytest.fixture
def watch(home):
    """Open watches that are closed at the end; the network is off."""
    made = []

    def run(url, *, bounds=BOUNDS, is_allowed=lambda: False, authorization=""):
        network = Network(home, is_allowed)
        one = network.watch(url, bounds, purpose="a test", authorization=authorization)
        made.append(one)
        return one

    yield run
    for each in made:
        each.close()


def lines(home):
    return len(home.network_log.read_text("utf-8").splitlines())


# --- what may be read --------------------------------------------------------------------------


def test_this_computer_may_be_read_while_the_network_is_off(watch):
    with scripted(GOOD) as (url, _):
        assert watch(url).read() == b"page"
        assert watch(url).reach is None  # another one: not read yet


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "gpu1.example", "192.168.1.5", "[fd00::1]", "8.8.8.8"]
)
def test_nothing_else_is_even_looked_up_while_the_network_is_off(watch, home, monkeypatch, host):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: pytest.fail("it was looked up"))
    with pytest.raises(UserError, match="may not use the network"):
        watch(f"http://{host}:9100/metrics").read()
    assert read_calls(home.network_log)[0].state == "refused"


def test_a_name_that_says_it_is_this_computer_and_is_not_is_refused(watch, monkeypatch):
    far = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: far)
    with pytest.raises(UserError, match="may not use the network"):
        watch("http://localhost:9100/metrics").read()


def test_a_token_does_not_cross_the_internet_in_the_clear(watch, monkeypatch):
    far = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: far)
    monkeypatch.setattr(socket, "socket", lambda *a: pytest.fail("a connection was begun"))
    asked = watch("http://gpu.example/", is_allowed=lambda: True, authorization="Bearer x" * 3)
    with pytest.raises(UserError, match="readable for all"):
        asked.read()


def test_switching_the_network_off_ends_a_kept_connection(watch, monkeypatch):
    allowed = [True]
    monkeypatch.setattr("hwstudio.core.base.network.reach_of", lambda _address: Reach.PRIVATE)
    with scripted(GOOD, GOOD) as (url, asked):
        url = url.replace("127.0.0.1", "localhost")
        one = watch(url, is_allowed=lambda: allowed[0])
        assert one.read() == b"page"
        allowed[0] = False
        with pytest.raises(UserError, match="may not use the network"):
            one.read()
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("127.0.0.1", Reach.LOOPBACK),
        ("127.9.9.9", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.31.0.1", Reach.PRIVATE),
        ("192.168.0.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("169.254.1.1", Reach.PRIVATE),
        ("fe80::1%eth0", Reach.PRIVATE),
        ("fd12::1", Reach.PRIVATE),
        ("172.32.0.1", Reach.PUBLIC),
        ("0.0.0.0", Reach.PUBLIC),
        ("8.8.8.8", Reach.PUBLIC),
        ("2001:4860::1", Reach.PUBLIC),
        ("192.0.2.1", Reach.PUBLIC),
    ],
)
def test_how_far_away_an_address_is(address, reach):
    assert reach_of(address) is reach


@given(st.ip_addresses(v=4))
def test_no_global_address_counts_as_near(address):
    assert not (address.is_global and reach_of(str(address)) is not Reach.PUBLIC)


def test_only_what_needs_no_asking_is_known_to_be_this_computer():
    assert is_this_computer("LocalHost")
    assert is_this_computer("127.0.0.1")
    assert not is_this_computer("localhost.example")
    assert not is_this_computer("10.0.0.1")


@pytest.mark.parametrize(
    "url", ["ftp://h/", "http://", "http://u:p@h/", "http://h:x/", "http://h/\r\nX: y"]
)
def test_what_is_no_web_address_is_refused(watch, url):
    with pytest.raises(UserError):
        watch(url)


def test_a_token_cannot_smuggle_a_header(watch):
    with pytest.raises(UserError, match="signs that no token has"):
        watch("http://127.0.0.1/", authorization="Bearer x\r\nHost: other")


def test_a_watch_without_purpose_or_bounds_is_our_own_mistake(home):
    with pytest.raises(ValueError, match="needs a purpose"):
        Network(home, lambda: True).watch("http://127.0.0.1/", Bounds(0, 1.0), purpose="x")


# --- the answers --------------------------------------------------------------------------------


def test_one_connection_serves_many_reads_and_says_little_about_itself(watch):
    with scripted(GOOD, GOOD, GOOD) as (url, asked):
        one = watch(url, authorization="Bearer abc")
        assert [one.read() for _ in range(3)] == [b"page"] * 3
        assert one.reach is Reach.LOOPBACK
    names = {line.partition(":")[0] for line in asked[0].split("\r\n")[1:] if line}
    assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Authorization"}
    assert asked[0].startswith("GET /metrics?x=secret HTTP/1.1\r\n")


def test_no_proxy_is_used(watch, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    with scripted(GOOD) as (url, _):
        assert watch(url).read() == b"page"


@pytest.mark.parametrize(
    "answer",
    [
        [b"HTTP/1.1 200 OK\r\nConte", b"nt-Length: 4\r\n\r", b"\npa", b"ge"],
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npag\r\n",
            b"1;x=y\r\ne\r\n0\r\n",
            b"\r\n",
        ],
        b"HTTP/1.1 200 OK\r\n\r\npage",
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\npage",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage",
    ],
    ids=["pieces", "chunks", "until the end", "old", "closing"],
)
def test_every_way_of_sending_a_body_is_understood(watch, answer):
    with scripted(answer, GOOD) as (url, _):
        one = watch(url)
        assert one.read() == b"page"
        assert one.read() == b"page"


def test_a_connection_the_server_dropped_in_between_is_opened_anew(watch):
    with scripted(GOOD, None, GOOD) as (url, asked):
        one = watch(url)
        assert one.read() == one.read() == b"page"
        assert len(asked) == 3


def reply(status, body=b"", **headers):
    """Return a whole answer; headers in capitals, with _ for -."""
    said = {"Content_Length": len(body), **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{k.replace('_', '-')}: {v}" for k, v in said.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(404), "status 404"),
        (reply(401), "wants a token"),
        (reply(302, Location="http://other/"), "not followed"),
        (reply(400, b'{"error":"words"}', Content_Type="application/json"), "400, words"),
        (reply(400, b"{x", Content_Type="application/json"), "status 400"),
        (reply(200, Content_Length=5000), "too large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000, "too large"),
        (CHUNKED + b"fffff\r\n", "too large"),
        (CHUNKED + b"zz\r\n", "can be read"),
        (CHUNKED + b"-5\r\n", "too large"),
        (CHUNKED + b"1\r\nabcd", "can be read"),
        (reply(200, Content_Length=-1), "can be read"),
        (reply(200, b"x", Content_Encoding="gzip"), "packed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "can be read"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9000, "can be read"),
        (None, "without an answer"),
    ],
)
def test_an_answer_that_cannot_be_used_is_a_sentence(watch, answer, words):
    with scripted(answer, answer) as (url, _), pytest.raises(HostError, match=words):
        watch(url).read()


def test_an_answer_cut_short_is_not_taken_for_whole(watch):
    def serve(listening):
        connection, _ = listening.accept()
        with closing(connection):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        with pytest.raises(HostError, match="ended the connection early"):
            watch(f"http://127.0.0.1:{listening.getsockname()[1]}/").read()
        thread.join()


def test_the_deadline_holds_however_slowly_the_answer_drips(watch):
    with scripted([b"H"] * 200) as (url, _):
        began = time.perf_counter()
        with pytest.raises(HostError, match="too slow"):
            watch(url, bounds=Bounds(1000, 0.3)).read()
        assert time.perf_counter() - began < 2


def test_a_computer_that_is_off_is_a_sentence(watch):
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(HostError, match="cannot be reached"):
        watch(f"http://127.0.0.1:{port}/").read()


def test_a_name_no_computer_can_have_is_a_sentence(watch):
    with pytest.raises(HostError, match="cannot be reached"):
        watch(f"http://{'a' * 70}.example/", is_allowed=lambda: True).read()


def test_closing_ends_a_read_under_way_and_is_safe_twice(watch):
    with scripted([b"HTTP/1.1 200 OK\r\n"] + [b""] * 10) as (url, asked):
        one = watch(url)
        failed = []

        def read():
            try:
                one.read()
            except HostError as error:
                failed.append(error)

        reading = threading.Thread(target=read)
        reading.start()
        while not asked:
            time.sleep(0.01)
        one.close()
        one.close()
        reading.join(1)
        assert not reading.is_alive()
        assert failed


# --- the log -----------------------------------------------------------------------------------


def test_a_thousand_reads_are_two_lines_at_first_and_one_at_the_end(watch, home):
    with scripted(*[GOOD] * 50) as (url, _):
        one = watch(url)
        for _ in range(50):
            one.read()
        assert lines(home) == 2  # begun, done
        one.close()
    calls = read_calls(home.network_log)
    assert len(calls) == 2
    assert "49 more calls" in calls[0].purpose
    assert (calls[1].state, calls[1].status, calls[1].bytes) == ("done", 200, 4)
    assert "127.0.0.1" in calls[1].purpose
    assert "secret" not in home.network_log.read_text("utf-8")


def test_every_change_is_written_down_and_repeats_are_not(watch, home):
    bad = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    with scripted(GOOD, bad, bad, bad, GOOD, GOOD) as (url, _):
        one = watch(url)
        for _ in range(6):
            with suppress(HostError):
                one.read()
    states = [call.state for call in reversed(read_calls(home.network_log))]
    assert states == ["done", "failed", "done"]
    assert "2 more calls" in read_calls(home.network_log)[0].purpose


def test_once_an_hour_the_count_is_written(watch, home, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(network_poll, "monotonic_s", lambda: now[0])
    monkeypatch.setattr("hwstudio.core.base.http_answer.monotonic_s", lambda: now[0])
    with scripted(*[GOOD] * 4) as (url, _):
        one = watch(url)
        for at_s in (0.0, 1800.0, 3599.0, 3601.0):
            now[0] = at_s
            one.read()
    assert "3 more calls" in read_calls(home.network_log)[0].purpose


def test_a_computer_that_comes_and_goes_does_not_fill_the_log(watch, home, monkeypatch):
    bad = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    with scripted(*[GOOD, bad] * 60) as (url, _):
        one = watch(url)
        for _ in range(120):
            with suppress(HostError):
                one.read()
    assert lines(home) <= network_poll.MOST_CHANGES_PER_HOUR + 3


def test_what_leaves_the_local_network_is_written_down_call_by_call(watch, home, monkeypatch):
    monkeypatch.setattr("hwstudio.core.base.network.reach_of", lambda _address: Reach.PUBLIC)
    with scripted(*[GOOD] * 3) as (url, _):
        one = watch(url, is_allowed=lambda: True)
        for _ in range(3):
            one.read()
    assert [call.state for call in read_calls(home.network_log)] == ["done"] * 3


def test_without_a_log_there_is_no_call(watch, home):
    home.network_log.mkdir()
    with scripted(GOOD) as (url, asked):
        with pytest.raises(HostError, match="stays offline"):
            watch(url).read()
        assert asked == []
