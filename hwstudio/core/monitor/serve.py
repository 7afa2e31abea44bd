"""Answers ``/metrics`` for Prometheus and for other hwstudios: read-only, bounded, loopback first.

One thread with an event loop of its own; a client that is slow to ask or to read costs a buffer
and is hung up on, and never holds up another. Nothing here opens a connection to anywhere.
"""

from __future__ import annotations

import asyncio
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from urllib.parse import parse_qs, urlsplit

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.network_reach import is_this_computer
from hwstudio.core.base.version import VERSION
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.exposition import (
    OPEN_METRICS,
    PLAIN,
    STALE_S,
    Exposition,
    wants_open_metrics,
)

Latest = Callable[[], Sample | None]
MOST_REQUEST_BYTES = 8_192
MOST_CONNECTIONS = 64
SHORTEST_TOKEN = 16  # characters
_ASK_S, _IDLE_S, _TAKE_S = 5.0, 75.0, 10.0
_START_S = 5.0
_LAST_TURNS = 10
_PAGE = f"""hwstudio {VERSION}: readings of this computer.

/metrics   for Prometheus, or another hwstudio
/healthz   "ok" while the readings are fresh
"""


@dataclass(frozen=True, slots=True)
class ServeWish:
    """Where to answer and to whom. ``token`` empty = to everybody who can reach it."""

    port: int  # 0 = any free one
    bind: str = "127.0.0.1"
    token: str = ""
    is_open: bool = False  # more than this computer may read, without a token
    fresh_s: float = 10.0  # a sample older than this is not healthy


def checked_wish(wish: ServeWish) -> ServeWish:
    """Return the wish if it is safe to fulfil.

    Raises:
        UserError: it is not, or makes no sense.
    """
    if not 0 <= wish.port <= 65_535:
        raise UserError("The port cannot be used", "it must be 0 to 65535, where 0 takes any free")
    if wish.token and (len(wish.token) < SHORTEST_TOKEN or not wish.token.isascii()):
        why = f"it must be {SHORTEST_TOKEN} characters or more, without accents"
        raise UserError("The token is too easy to guess", why)
    if wish.token and wish.is_open:
        raise UserError("A token and no token cannot both be asked for")
    if not is_this_computer(wish.bind) and not wish.token and not wish.is_open:
        raise UserError(
            f"The readings are not shown at {wish.bind}",
            "other computers could read them",
            "Add --token-file FILE, or --no-token if everybody who can reach it may read",
        )
    return wish


class Server:
    """Serves until it is stopped. ``latest`` is asked at every look at the page."""

    def __init__(self, wish: ServeWish, latest: Latest) -> None:
        self._wish = checked_wish(wish)
        self._site = _Site(self._wish, latest)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_up = threading.Event()
        self._refusal: OSError | None = None
        self.port = wish.port

    @property
    def url(self) -> str:
        """The page's address."""
        host = f"[{self._wish.bind}]" if ":" in self._wish.bind else self._wish.bind
        return f"http://{host}:{self.port}/metrics"

    def start(self) -> None:
        """Begin to answer.

        Raises:
            HostError: the address or port cannot be used.
        """
        self._thread = threading.Thread(target=self._run, name="hwstudio-serve", daemon=True)
        self._thread.start()
        self._is_up.wait(_START_S)
        if self._refusal is not None:
            self._thread.join()
            self._thread = None
            why = self._refusal.strerror or str(self._refusal)
            where = f"{self._wish.bind}, port {self._wish.port}"
            raise HostError(f"The readings cannot be served at {where}", why, "Take another port")

    def stop(self) -> None:
        """Hang up on everybody and end. Safe to call twice, from any thread."""
        thread, self._thread = self._thread, None
        loop = self._loop
        if thread is None or loop is None:
            return
        loop.call_soon_threadsafe(self._site.ended.set)
        thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._refusal = error
        finally:
            self._is_up.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await self._loop.create_server(
            lambda: _Client(self._site), self._wish.bind, self._wish.port, backlog=MOST_CONNECTIONS
        )
        try:
            self.port = int(server.sockets[0].getsockname()[1])
            self._is_up.set()
            await self._site.ended.wait()
        finally:
            # A connection on its way to being taken needs the server still open; it hangs up.
            await self._hang_up_on_all()
            server.close()
            await self._hang_up_on_all()

    async def _hang_up_on_all(self) -> None:
        for _ in range(_LAST_TURNS):
            for client in tuple(self._site.clients):
                client.hang_up()
            await asyncio.sleep(0)


class _Site:
    """What all connections share."""

    def __init__(self, wish: ServeWish, latest: Latest) -> None:
        self.wish, self.latest = wish, latest
        self.exposition = Exposition(max(STALE_S, wish.fresh_s))
        self.clients: set[_Client] = set()
        self.ended = asyncio.Event()

    def answer(self, head: str) -> bytes:
        """Return the whole answer to a request's head."""
        first, *lines = head.split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _answer(400, "This is no request that can be read.\n", is_last=True)
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        is_last = words[2] == "HTTP/1.0" or headers.get("connection", "").lower() == "close"
        if words[0] != "GET":
            return _answer(405, "Only GET is answered.\n", is_last=True, more="Allow: GET\r\n")
        try:
            place = urlsplit(words[1])
        except ValueError:
            return _answer(400, "This is no path.\n", is_last=True)
        if not self._may_ask(headers.get("host", "")):
            return _answer(403, "Ask for it by this computer's own address.\n", is_last=True)
        if place.path == "/healthz":
            return self._health(is_last=is_last)
        if not self._may_read(headers, place.query):
            more = 'WWW-Authenticate: Bearer realm="hwstudio"\r\n'
            return _answer(401, "The token is missing or wrong.\n", is_last=True, more=more)
        if place.path == "/metrics":
            return self._metrics(headers.get("accept", ""), is_last=is_last)
        if place.path == "/":
            return _answer(200, _PAGE, is_last=is_last)
        return _answer(404, "There is nothing here.\n", is_last=is_last)

    def _metrics(self, accept: str, *, is_last: bool) -> bytes:
        is_open = wants_open_metrics(accept)
        try:
            text = self.exposition.text(self.latest(), time(), is_open_metrics=is_open)
        except Exception:  # noqa: BLE001 - a broken sample must not end the server
            logger("monitor").exception("the metrics page could not be written")
            return _answer(500, "The readings cannot be written.\n", is_last=True)
        return _answer(200, text, OPEN_METRICS if is_open else PLAIN, is_last=is_last)

    def _health(self, *, is_last: bool) -> bytes:
        sample = self.latest()
        if sample is not None and time() - sample.taken_s <= self.wish.fresh_s:
            return _answer(200, "ok\n", is_last=is_last)
        return _answer(503, "There is no fresh reading.\n", is_last=is_last)

    def _may_ask(self, host: str) -> bool:
        """Keep web pages out that make a browser ask 127.0.0.1 under a name of their own."""
        if self.wish.token or not is_this_computer(self.wish.bind):
            return True
        try:
            return not host or is_this_computer(urlsplit(f"//{host}").hostname or "")
        except ValueError:
            return False

    def _may_read(self, headers: dict[str, str], query: str) -> bool:
        if not self.wish.token:
            return True
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            given = parse_qs(query, max_num_fields=20).get("token", [""])[0]
        return hmac.compare_digest(given.strip().encode(), self.wish.token.encode())


_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_TEXT = "text/plain; charset=utf-8"


def _answer(status: int, text: str, kind: str = _TEXT, *, is_last: bool, more: str = "") -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        f"{more}{'Connection: close' if is_last else 'Connection: keep-alive'}\r\n\r\n"
    )
    return head.encode("ascii") + body


class _Client(asyncio.Protocol):
    """One connection: one request at a time, each with a deadline."""

    def __init__(self, site: _Site) -> None:
        self._site = site
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._deadline: asyncio.TimerHandle | None = None
        self._is_full = False  # the other side is slow to read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take it, or send it away when too many are here."""
        if not isinstance(transport, asyncio.Transport):
            transport.close()
            return
        self._transport = transport
        if self._site.ended.is_set():
            transport.abort()
            return
        if len(self._site.clients) >= MOST_CONNECTIONS:
            transport.write(_answer(503, "Too many are reading.\n", is_last=True))
            self._wait(_TAKE_S)
            transport.close()
            return
        self._site.clients.add(self)
        self._wait(_ASK_S)

    def connection_lost(self, _error: Exception | None) -> None:
        """Forget it."""
        self._site.clients.discard(self)
        if self._deadline is not None:
            self._deadline.cancel()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Collect a request and answer it when it is whole."""
        if not self._buffer:
            self._wait(_TAKE_S if self._is_full else _ASK_S)  # from a request's first byte on
        self._buffer += data
        self._go_on()

    def pause_writing(self) -> None:
        """The other side is slow: answer nothing more until it has read, and not for ever."""
        self._is_full = True
        self._wait(_TAKE_S)
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It has read."""
        self._is_full = False
        self._wait(_IDLE_S)
        if self._transport is not None:
            self._transport.resume_reading()
            self._go_on()

    def hang_up(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _go_on(self) -> None:
        transport = self._transport
        while transport is not None and not self._is_full and not transport.is_closing():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0 and len(self._buffer) <= MOST_REQUEST_BYTES:
                return
            if not 0 <= end <= MOST_REQUEST_BYTES:
                self._send(transport, _answer(431, "The request is too long.\n", is_last=True))
                return
            head = self._buffer[:end].decode("latin-1")
            del self._buffer[: end + 4]
            self._wait(_ASK_S if self._buffer else _IDLE_S)
            self._send(transport, self._site.answer(head))

    def _send(self, transport: asyncio.Transport, answer: bytes) -> None:
        transport.write(answer)
        if b"\r\nConnection: close\r\n" in answer[:600]:
            self._wait(_TAKE_S)
            transport.close()

    def _wait(self, seconds: float) -> None:
        """Hang up unless something happens within some seconds."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.hang_up)
