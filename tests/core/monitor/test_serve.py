"""Serving the page: to this computer alone unless told, bounded, and never held up by a client."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor import serve
from hwstudio.core.monitor.hosts.page import PageReader
from hwstudio.core.monitor.serve import MOST_CONNECTIONS, Server, ServeWish, checked_wish

TOKEN = "0123456789abcdef"
VALUES = {"gpu.0.power_w": 71.5, "cpu.busy_share": 0.25}


def fresh():
    return Sample(time.time(), VALUES)


@pytest.fixture
def start():
    """Start servers on free ports and stop them at the end."""
    made = []

    def run(latest=fresh, **wish):
        one = Server(ServeWish(0, **wish), latest)
        one.start()
        made.append(one)
        return one

    yield run
    for each in made:
        each.stop()


def get(server, path="/metrics", method="GET", **headers):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    with closing(connection):
        connection.request(
            method, path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.headers)


def raw(server, data, wait_s=5.0):
    """Send bytes and return all that comes until the other side hangs up."""
    with closing(socket.create_connection(("127.0.0.1", server.port), wait_s)) as connection:
        connection.sendall(data)
        found = b""
        try:
            while chunk := connection.recv(65536):
                found += chunk
        except (TimeoutError, ConnectionError):
            pass
        return found


def test_the_page_holds_the_newest_sample(start):
    status, text, headers = get(start())
    assert status == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert PageReader().read(text, 0.0, 0.0).values == VALUES


def test_open_metrics_is_given_to_who_asks(start):
    _, text, headers = get(start(), Accept="application/openmetrics-text;version=1.0.0")
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")


def test_before_the_first_sample_the_page_is_there_and_not_healthy(start):
    server = start(lambda: None)
    assert get(server)[0] == 200
    assert get(server, "/healthz")[:2] == (503, "There is no fresh reading.\n")


def test_health_says_whether_the_readings_are_fresh(start):
    assert get(start(), "/healthz")[:2] == (200, "ok\n")
    assert get(start(lambda: Sample(time.time() - 60, VALUES)), "/healthz")[0] == 503


def test_there_is_a_short_page_for_a_person_and_nothing_else(start):
    server = start()
    assert "/metrics" in get(server, "/")[1]
    assert get(server, "/../etc/passwd")[0] == 404
    assert get(server, "/metrics/x")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_only_get_is_answered(start, method):
    status, _, headers = get(start(), method=method)
    assert (status, headers["Allow"]) == (405, "GET")


def test_one_connection_serves_many_looks(start):
    connection = HTTPConnection("127.0.0.1", start().port, timeout=5)
    with closing(connection):
        for _ in range(3):
            connection.request("GET", "/metrics")
            assert (
                PageReader().read(connection.getresponse().read().decode(), 0, 0).values == VALUES
            )


def test_a_sample_that_cannot_be_written_does_not_end_the_server(start):
    broken = [True]

    def latest():
        return Sample(time.time(), {"a.b": "no number"} if broken[0] else VALUES)

    server = start(latest)
    assert get(server)[0] == 500
    broken[0] = False
    assert get(server)[0] == 200


# --- who may read --------------------------------------------------------------------------------


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.168.1.5", "gpu1.example"])
def test_more_than_this_computer_needs_a_token_or_the_word_that_it_does_not(bind):
    with pytest.raises(UserError, match="not shown at"):
        Server(ServeWish(0, bind), fresh)
    checked_wish(ServeWish(0, bind, TOKEN))
    checked_wish(ServeWish(0, bind, is_open=True))


@pytest.mark.parametrize(
    "wish",
    [
        ServeWish(-1),
        ServeWish(70_000),
        ServeWish(0, token="short"),
        ServeWish(0, token="é" * 20),
        ServeWish(0, token=TOKEN, is_open=True),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(wish):
    with pytest.raises(UserError):
        checked_wish(wish)


def test_without_the_token_there_is_no_reading(start):
    server = start(token=TOKEN)
    status, text, headers = get(server)
    assert (status, headers["WWW-Authenticate"]) == (401, 'Bearer realm="hwstudio"')
    assert "71.5" not in text
    assert get(server, "/")[0] == 401
    assert get(server, "/healthz")[0] == 200


@pytest.mark.parametrize("given", ["", TOKEN[:-1], TOKEN + "x", "x" * 16, "é", "%00"])
def test_a_wrong_token_is_none(start, given):
    server = start(token=TOKEN)
    assert raw(server, f"GET /metrics?token={given} HTTP/1.1\r\n\r\n".encode()).startswith(
        b"HTTP/1.1 401"
    )
    header = f"GET /metrics HTTP/1.1\r\nAuthorization: Bearer {given}\r\n\r\n".encode()
    assert raw(server, header).startswith(b"HTTP/1.1 401")


def test_the_token_opens_as_header_and_in_the_address(start):
    server = start(token=TOKEN)
    assert get(server, Authorization=f"Bearer {TOKEN}")[0] == 200
    assert get(server, f"/metrics?token={TOKEN}")[0] == 200
    assert get(server, Authorization=f"Basic {TOKEN}")[0] == 401


def test_tokens_are_compared_in_constant_time(start, monkeypatch):
    compared = []
    real = serve.hmac.compare_digest
    monkeypatch.setattr(serve.hmac, "compare_digest", lambda a, b: compared.append(a) or real(a, b))
    get(start(token=TOKEN), Authorization="Bearer wrong")
    assert compared == [b"wrong"]


def test_a_web_page_cannot_make_a_browser_read_it_under_another_name(start):
    server = start()
    assert get(server, Host="evil.example")[0] == 403
    assert get(server, Host="localhost:9877")[0] == 200
    assert get(server, Host="[::1]:9877")[0] == 200
    assert get(server, Host="[")[0] == 403
    assert get(start(token=TOKEN), Host="gpu1.lab", Authorization=f"Bearer {TOKEN}")[0] == 200


# --- bad clients ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET /metrics\r\n\r\n", 400),
        (b"GET /metrics SPDY/3\r\n\r\n", 400),
        (b"GET //[ HTTP/1.1\r\n\r\n", 400),
        (b"\r\n\r\n", 400),
        (b"\xff\xfe\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2000 + b"\r\n", 431),
        (b"x" * 100_000, 431),
    ],
)
def test_nonsense_gets_a_short_answer_and_a_hang_up(start, request_, status):
    answer = raw(start(), request_)
    # What it has not read yet may make the system cut the answer off.
    assert answer.startswith(b"HTTP/1.1 %d " % status) or (status == 431 and not answer)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_end_the_server(data):
    site = serve._Site(ServeWish(0), fresh)
    assert site.answer(data.decode("latin-1")).startswith(b"HTTP/1.1 ")


def test_two_requests_at_once_get_two_answers(start):
    one = b"GET /healthz HTTP/1.1\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"
    assert raw(start(), one + last).count(b"HTTP/1.1 200 OK") == 2


def test_an_old_client_is_hung_up_on_after_its_answer(start):
    assert raw(start(), b"GET /healthz HTTP/1.0\r\n\r\n").endswith(b"ok\n")


def test_a_client_that_asks_slowly_is_hung_up_on_and_holds_nobody_up(start, monkeypatch):
    monkeypatch.setattr(serve, "_ASK_S", 0.3)
    server = start()
    with closing(socket.create_connection(("127.0.0.1", server.port), 5)) as slow:
        slow.sendall(b"GET /metrics HT")
        assert get(server)[0] == 200
        slow.sendall(b"T")  # dripping on does not win more time
        began = time.monotonic()
        assert slow.recv(100) == b""
        assert time.monotonic() - began < 3


def test_a_client_that_does_not_read_is_hung_up_on_and_holds_nobody_up(start, monkeypatch):
    monkeypatch.setattr(serve, "_TAKE_S", 0.3)
    large = {f"disk.d{number}.read_bytes_per_s": 1.0 for number in range(20_000)}
    server = start(lambda: Sample(time.time(), large))
    with closing(socket.socket()) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(5)
        slow.connect(("127.0.0.1", server.port))
        slow.sendall(b"GET /metrics HTTP/1.1\r\n\r\n" * 20)
        time.sleep(0.1)
        assert get(server, "/healthz")[0] == 200
        until = time.monotonic() + 5
        while server._site.clients and time.monotonic() < until:
            time.sleep(0.02)
        assert not server._site.clients


def test_too_many_at_once_are_sent_away(start):
    server = start()
    held = [
        socket.create_connection(("127.0.0.1", server.port), 5) for _ in range(MOST_CONNECTIONS)
    ]
    try:
        until = time.monotonic() + 5
        while len(server._site.clients) < MOST_CONNECTIONS and time.monotonic() < until:
            time.sleep(0.01)
        assert raw(server, b"").startswith(b"HTTP/1.1 503")
    finally:
        for each in held:
            each.close()


# --- life ----------------------------------------------------------------------------------------


def test_stopping_hangs_up_frees_the_port_and_is_safe_twice(start):
    server = start()
    kept = socket.create_connection(("127.0.0.1", server.port), 5)
    server.stop()
    server.stop()
    assert kept.recv(10) == b""
    kept.close()
    again = Server(ServeWish(server.port), fresh)
    again.start()
    assert get(again)[0] == 200
    again.stop()


def test_a_port_that_is_taken_is_the_hosts_refusal(start):
    taken = start()
    other = Server(ServeWish(taken.port), fresh)
    with pytest.raises(HostError, match="cannot be served"):
        other.start()
    other.stop()


def test_an_address_that_is_not_this_computers_is_the_hosts_refusal():
    other = Server(ServeWish(0, "192.0.2.77", TOKEN), fresh)
    with pytest.raises(HostError, match="cannot be served"):
        other.start()
