"""One question and one answer over a connection that may be kept: HTTP/1.1 within strict bounds.

Nothing here opens a connection. The standard library's client is not used because it reads
headers as mail, which costs more than the whole page of another computer's metrics does.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HostError
from hwstudio.core.base.network_reach import Reach
from hwstudio.core.base.version import VERSION

MOST_HEAD_BYTES = 32_768
_CHUNK_BYTES = 65_536
_OK, _DENIED = 200, (401, 403)
_ACCEPT = "text/plain;version=0.0.4, application/json;q=0.9, */*;q=0.1"


class Connection(Protocol):
    """An open connection, plain or encrypted."""

    def settimeout(self, value: float | None, /) -> None: ...
    def sendall(self, data: bytes, /) -> Any: ...
    def recv(self, bufsize: int, /) -> bytes: ...
    def shutdown(self, how: int, /) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection, the numeric address at its end, and how far that is."""

    connection: Connection
    address: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large an answer may be and how long it may take."""

    max_bytes: int
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Place:
    """What is read again and again, and within which bounds."""

    scheme: str
    host: str
    port: int
    target: str  # path and query
    purpose: str
    bounds: Bounds
    authorization: str = field(default="", repr=False)  # a header's value; never logged

    @property
    def where(self) -> str:
        """Host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def request_of(place: Place) -> bytes:
    """Return the question for a place, ready to be sent."""
    lines = [
        f"GET {place.target} HTTP/1.1",
        f"Host: {place.where}",
        f"User-Agent: hwstudio/{VERSION}",
        f"Accept: {_ACCEPT}",
        "Accept-Encoding: identity",
    ]
    if place.authorization:
        lines.append(f"Authorization: {place.authorization}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def too_slow(place: Place) -> HostError:
    """Return the refusal for an answer that was not whole in time."""
    why = f"it had not answered in full after {place.bounds.deadline_s:g} s"
    return HostError(f"{place.where} is too slow", why, "Read it less often")


class Stale(Exception):  # noqa: N818 - tells one function of this file to try once more
    """The connection ended before a byte of the answer came."""


class Answer:
    """One answer read from a connection, within its bounds."""

    def __init__(self, connection: Connection, place: Place, until_s: float) -> None:
        self._connection, self._place, self._until_s = connection, place, until_s
        self._buffer = bytearray()
        self.is_last = True  # the connection cannot be used for another call

    def take(self, request: bytes) -> bytes:
        """Send the request and return the whole body.

        Raises:
            Stale: there was no answer at all.
            HostError, OSError: there is none that can be used.
        """
        try:
            self._connection.settimeout(self._left_s())
            self._connection.sendall(request)
            self._more()
        except (ConnectionError, _Ended) as error:
            raise Stale from error
        try:
            status, headers = self._head()
            body = self._body(headers)
        except _Ended:
            raise HostError(f"{self._place.where} ended the connection early") from None
        self.is_last |= bool(self._buffer) or "close" in headers.get("connection", "").lower()
        if status != _OK:
            raise self._refused(status, headers, body)
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise HostError(f"{self._place.where} packed its answer, which was not asked for")
        return body

    def _left_s(self) -> float:
        left_s = self._until_s - monotonic_s()
        if left_s <= 0:
            raise too_slow(self._place)
        return left_s

    def _more(self) -> None:
        self._connection.settimeout(self._left_s())
        chunk = self._connection.recv(_CHUNK_BYTES)
        if not chunk:
            raise _Ended
        self._buffer += chunk

    def _head(self) -> tuple[int, dict[str, str]]:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MOST_HEAD_BYTES:
                raise self._nonsense()
            self._more()
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        words = first.split(" ", 2)
        if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
            raise self._nonsense()
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        self.is_last = words[0] == "HTTP/1.0"
        return int(words[1]), headers

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = headers.get("content-length")
        if length is None:
            self.is_last = True
            with suppress(_Ended):
                while True:
                    self._check_size(len(self._buffer))
                    self._more()
            return bytes(self._buffer)
        if not length.isdigit():
            raise self._nonsense()
        self._check_size(int(length))
        return self._exactly(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            while (end := self._buffer.find(b"\r\n")) < 0:
                if len(self._buffer) > MOST_HEAD_BYTES:
                    raise self._nonsense()
                self._more()
            try:
                size = int(self._buffer[:end].partition(b";")[0], 16)
            except ValueError:
                raise self._nonsense() from None
            del self._buffer[: end + 2]
            self._check_size(len(body) + size)
            body += self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise self._nonsense()
            if size == 0:
                return bytes(body)

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _check_size(self, size: int) -> None:
        if not 0 <= size <= self._place.bounds.max_bytes:
            why = f"more than the {self._place.bounds.max_bytes:,} bytes hwstudio takes"
            raise HostError(f"The answer of {self._place.where} is too large", why)

    def _nonsense(self) -> HostError:
        return HostError(f"{self._place.where} gave no answer that can be read")

    def _refused(self, status: int, headers: dict[str, str], body: bytes) -> HostError:
        what = f"{self._place.where} refused"
        if status in _DENIED:
            return HostError(what, f"status {status}, it wants a token or password", "Give it one")
        if "location" in headers:
            why = f"status {status}, it sends on to another address, which is not followed"
            return HostError(what, why, "Enter that address")
        return HostError(what, f"status {status}{_said(headers, body)}")


def _said(headers: dict[str, str], body: bytes) -> str:
    """Return the words of an error answer, where they are JSON as Prometheus gives it."""
    import json

    if "json" not in headers.get("content-type", ""):
        return ""
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    words = found.get("error", "") if isinstance(found, dict) else ""
    return f", {str(words)[:200]}" if words else ""


class _Ended(Exception):  # noqa: N818 - an event inside this file, not an error for others
    """The other side closed the connection."""
