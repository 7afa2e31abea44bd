"""The one door to the network: shut until the user opens it, and every call is written down.

No other module may open an outgoing connection; ``tests/architecture`` holds this.
"""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urljoin, urlsplit
from uuid import uuid4

from hwstudio.core.base.clock import iso_now, monotonic_s
from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.base.http_answer import Bounds, Place, Reached
from hwstudio.core.base.network_log import DONE, FAILED, REFUSED, Call, write_call
from hwstudio.core.base.network_poll import Watch
from hwstudio.core.base.network_reach import Reach, is_this_computer, reach_of
from hwstudio.core.base.paths import Home
from hwstudio.core.base.version import VERSION

if TYPE_CHECKING:
    from urllib.request import HTTPRedirectHandler, OpenerDirector

_CHUNK_BYTES = 65_536
MOST_REDIRECTS = 5
_SCHEMES = ("http", "https")
_OK = 200


class Network:
    """Fetches documents, if the user allows it. Nothing is sent but the address asked for."""

    def __init__(self, home: Home, is_allowed: Callable[[], bool]) -> None:
        self.log_file = home.network_log
        self._settings_file = home.settings_file
        self._is_allowed = is_allowed

    def fetch(self, url: str, *, purpose: str, max_bytes: int, deadline_s: float) -> bytes:
        """Return what stands at an http or https address.

        Args:
            url: the address; a part after "?" is sent, and kept out of the log.
            purpose: what for, in words for the network log.
            max_bytes: more than this is refused.
            deadline_s: the whole call may take so long, however slowly the answer drips.

        Raises:
            UserError: the network is not allowed, or this is no web address.
            HostError: no connection, an error status, too large, too slow, or no log can be kept.
        """
        if not purpose.strip() or max_bytes <= 0 or deadline_s <= 0:
            raise ValueError("a call needs a purpose, a size and a time")
        place = _split(url)
        call = Call(uuid4().hex[:12], iso_now(), purpose, "GET", _host(place), place.path or "/")
        refusal = self._refusal(place)
        if refusal is not None:
            write_call(self.log_file, replace(call, state=REFUSED, error=refusal.what))
            raise refusal
        write_call(self.log_file, call)
        errand = _Errand(url, call, max_bytes, deadline_s)
        try:
            return errand.run()
        finally:
            write_call(self.log_file, errand.ended())

    def watch(self, url: str, bounds: Bounds, *, purpose: str, authorization: str = "") -> Watch:
        """Return an address that can be read every second over one connection.

        It is for computers the user added by hand. They are reached directly, never through a
        proxy; a redirect is not followed; this computer itself may be read while the network is
        off. The log gets first contact, changes and errors, and counts the rest.

        Args:
            url: the address.
            bounds: how large and how slow an answer may be.
            purpose: what for, in words for the network log.
            authorization: the value of that header ("Bearer ..."); over the internet only with
                https, and never logged.

        Raises:
            UserError: this is no web address.
        """
        place = _split(url)
        if (wrong := _wrong_address(place)) is not None:
            raise wrong
        if not purpose.strip() or bounds.max_bytes <= 0 or bounds.deadline_s <= 0:
            raise ValueError("a call needs a purpose, a size and a time")
        if not authorization.isascii() or not authorization.isprintable():
            raise UserError("The token cannot be sent", "it holds signs that no token has")
        scheme = place.scheme.casefold()
        query = f"?{place.query}" if place.query else ""
        return Watch(
            Place(
                scheme,
                place.hostname or "",
                place.port or (443 if scheme == "https" else 80),
                f"{place.path or '/'}{query}",
                purpose,
                bounds,
                authorization,
            ),
            self.log_file,
            self._reach,
            self._check_reach,
        )

    @contextmanager
    def lend(self, program: str, host: str, path: str, *, purpose: str) -> Iterator[None]:
        """Let a program of another maker (pip, uv) go online while this holds; it is logged.

        Args:
            program: its name.
            host: who it was told to ask; it may be sent on from there, which only it can see.
            path: the part of the address behind the host.
            purpose: what for, in words for the network log.

        Raises:
            UserError: the network is not allowed.
            HostError: no log can be kept.
        """
        call = Call(uuid4().hex[:12], iso_now(), purpose, program, host, path)
        if not self._is_allowed():
            refusal = self._shut()
            write_call(self.log_file, replace(call, state=REFUSED, error=refusal.what))
            raise refusal
        write_call(self.log_file, call)
        started, error = monotonic_s(), "stopped"
        try:
            yield
            error = ""
        except HwstudioError as failure:
            error = failure.what
            raise
        finally:
            took_s = round(monotonic_s() - started, 3)
            state = FAILED if error else DONE
            write_call(self.log_file, replace(call, state=state, duration_s=took_s, error=error))

    def _reach(self, place: Place) -> Reached:
        """Open a connection for a watch.

        Raises:
            UserError: it may not be opened.
            OSError: it cannot be.
        """
        if not self._is_allowed() and not is_this_computer(place.host):
            raise self._shut()  # before anybody is asked what the name stands for
        reached = _connected(place, self._check_reach)
        if place.scheme == "https":
            return _encrypted(place, reached)
        return reached

    def _check_reach(self, reach: Reach) -> None:
        if reach is not Reach.LOOPBACK and not self._is_allowed():
            raise self._shut()

    def _shut(self) -> UserError:
        return UserError(
            "hwstudio may not use the network",
            "it stays offline until you allow it",
            f'Allow it under Settings, or write "network_allowed": true into {self._settings_file}',
        )

    def _refusal(self, place: SplitResult) -> UserError | None:
        if not self._is_allowed():
            return self._shut()
        return _wrong_address(place)


def _wrong_address(place: SplitResult) -> UserError | None:
    """Say why an address is not one to go to; None where it is."""
    if place.scheme.casefold() not in _SCHEMES or not place.hostname:
        return UserError("This is no web address", "it must begin with https:// or http://")
    if place.username is not None or place.password is not None:
        return UserError("The web address holds a name or password", "", "Leave it out")
    return None


def _connected(place: Place, check: Callable[[Reach], None]) -> Reached:
    """Connect to the first address of a host that answers.

    Raises:
        UserError: it may not be reached, or a secret would travel the internet in the clear.
        OSError: none answers.
    """
    until_s = monotonic_s() + place.bounds.deadline_s
    failure: OSError = OSError("the name stands for no address")
    for family, kind, protocol, _, end in _addresses(place):
        address = str(end[0])
        reach = reach_of(address)
        check(reach)
        if reach is Reach.PUBLIC and place.authorization and place.scheme != "https":
            what = f"The token for {place.where} is not sent"
            raise UserError(what, "it would cross the internet readable for all", "Use https://")
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(max(0.001, until_s - monotonic_s()))
            made.connect(end)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            made.close()
            failure = error
            continue
        return Reached(made, address, reach)
    raise failure


def _addresses(place: Place) -> list[Any]:
    try:
        return socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except UnicodeError:  # what no name can look like
        raise OSError("the name stands for no address") from None


def _encrypted(place: Place, reached: Reached) -> Reached:
    """Agree on a cipher and check who the other side is.

    Raises:
        OSError: it cannot be trusted, or the handshake failed.
    """
    import ssl

    plain = reached.connection
    if not isinstance(plain, socket.socket):
        raise TypeError("only a socket can be encrypted")
    try:
        safe = ssl.create_default_context().wrap_socket(plain, server_hostname=place.host)
    except OSError:
        plain.close()
        raise
    return replace(reached, connection=safe)


def _split(url: str) -> SplitResult:
    """Return the pieces of an address; all empty where it is none."""
    none = SplitResult("", "", "", "", "")
    if not url.isascii() or any(sign <= " " for sign in url):
        return none
    try:
        place = urlsplit(url)
        place.port  # noqa: B018 - asking is what checks it
    except ValueError:
        return none
    return place


def _host(place: SplitResult) -> str:
    host = place.hostname or ""
    return f"{host}:{place.port}" if place.port else host


class _Stop(Exception):  # noqa: N818 - carries the refusal out of the library's own handlers
    def __init__(self, error: HwstudioError) -> None:
        super().__init__(error.what)
        self.error = error


class _Errand:
    """One call, made in a thread of its own, so that nothing can outlast its deadline."""

    def __init__(self, url: str, call: Call, max_bytes: int, deadline_s: float) -> None:
        self._url, self._call = url, call
        self._max_bytes, self._deadline_s = max_bytes, deadline_s
        self._started = monotonic_s()
        self._hops: list[str] = []
        self._body = bytearray()
        self._status: int | None = None
        self._error: HwstudioError | None = None
        self._line = _Line()
        self._thread = threading.Thread(target=self._go, name="hwstudio-network", daemon=True)
        self._is_given_up = self._is_whole = False

    def run(self) -> bytes:
        """Return the whole answer, or raise why there is none."""
        self._thread.start()
        self._thread.join(self._deadline_s)
        if self._thread.is_alive():
            self._is_given_up = True
            self._error = self._too_slow()
            self._line.hang_up()
        if self._error is not None:
            raise self._error
        return bytes(self._body)

    def ended(self) -> Call:
        """Return the call with how it ended."""
        return replace(
            self._call,
            state=DONE if self._is_whole and self._error is None else FAILED,
            status=self._status,
            bytes=len(self._body),
            duration_s=round(monotonic_s() - self._started, 3),
            redirects=tuple(self._hops),
            error=self._error.sentence if self._error else "" if self._is_whole else "stopped",
        )

    def _go(self) -> None:
        try:
            self._transfer()
        except _Stop as stop:
            self._fail(stop.error)
        except Exception as error:  # noqa: BLE001 - the border of a thread; libraries raise anything
            self._fail(self._failure(error))
        finally:
            self._line.hang_up()

    def _fail(self, error: HwstudioError) -> None:
        if not self._is_given_up:
            self._error = error

    def _transfer(self) -> None:
        from urllib.request import Request

        said = {"User-Agent": f"hwstudio/{VERSION}", "Accept-Encoding": "identity"}
        request = Request(self._url, headers=said)  # noqa: S310 - the scheme was checked
        opener = _opener(self._line, self._check_hop)
        with opener.open(request, timeout=self._deadline_s) as answer:
            self._status = answer.status
            self._check_whole(answer.headers.get("Content-Encoding", ""))
            promised = answer.headers.get("Content-Length")
            if promised and promised.isdigit() and int(promised) > self._max_bytes:
                raise _Stop(self._too_large())
            while chunk := answer.read1(_CHUNK_BYTES):
                self._take(chunk)
        if promised and promised.isdigit() and len(self._body) < int(promised):
            raise _Stop(HostError("The connection ended early", self._call.host, "Try again"))
        self._is_whole = True

    def _check_whole(self, coding: str) -> None:
        """Refuse what is no answer, a piece of one, or one that would have to be unpacked."""
        what = f"{self._call.host} gave no whole answer"
        if self._status != _OK:
            raise _Stop(HostError(what, f"status {self._status}", "Try again later"))
        if coding.strip().casefold() not in {"", "identity"}:
            raise _Stop(HostError(what, f"it is packed as {coding[:40]}, which was not asked for"))

    def _take(self, chunk: bytes) -> None:
        if self._is_given_up or monotonic_s() - self._started > self._deadline_s:
            raise _Stop(self._too_slow())
        if len(self._body) + len(chunk) > self._max_bytes:
            raise _Stop(self._too_large())
        self._body += chunk

    def _check_hop(self, url: str) -> None:
        """Note where the call is sent on to, and say when it must not go there."""
        place = _split(url)
        self._hops.append(f"{_host(place)}{place.path or '/'}")
        began_safe = self._url.casefold().startswith("https:")
        if place.scheme.casefold() not in (("https",) if began_safe else _SCHEMES):
            why = "it sent the call on to an unsafe address"
            raise _Stop(HostError(f"{self._call.host} was not followed", why))
        if place.username is not None or place.password is not None:
            why = "it sent the call on to an address that holds a name or password"
            raise _Stop(HostError(f"{self._call.host} was not followed", why))
        if len(self._hops) > MOST_REDIRECTS:
            why = f"it sent the call on more than {MOST_REDIRECTS} times"
            raise _Stop(HostError(f"{self._call.host} was not followed", why))

    def _too_slow(self) -> HostError:
        why = f"it had not answered in full after {self._deadline_s:g} s"
        return HostError(f"{self._call.host} is too slow", why, "Try again later")

    def _too_large(self) -> HostError:
        why = f"more than the {self._max_bytes:,} bytes hwstudio takes"
        return HostError(f"The answer of {self._call.host} is too large", why)

    def _failure(self, error: Exception) -> HostError:
        """Say in words why the library gave up."""
        from http.client import HTTPException

        self._status = getattr(error, "code", None) or self._status
        close = getattr(error, "close", None)
        if callable(close):
            close()
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, TimeoutError):
            return self._too_slow()
        if isinstance(error, HTTPException):
            return HostError(f"{self._call.host} gave no answer that can be read", "", "Try again")
        if getattr(error, "code", None):
            return HostError(f"{self._call.host} refused", f"status {self._status}, {reason}")
        why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return HostError(f"{self._call.host} cannot be reached", why, "Check the connection")


class _Line:
    """Holds on to every connection a call opens, and cuts them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_cut = False

    def note(self, made: socket.socket) -> None:
        """Remember a connection; once the line is cut, it is cut at once.

        A second handle is kept: the library takes its own away while it agrees on a cipher.

        Raises:
            OSError: the line was cut already.
        """
        with self._lock:
            if not self._is_cut:
                self._sockets.append(made.dup())
                return
        made.close()
        raise ConnectionAbortedError("the call was given up")

    def hang_up(self) -> None:
        """Cut every connection, those to come included; what waits on one ends."""
        with self._lock:
            self._is_cut = True
            for each in self._sockets:
                with suppress(OSError):  # the other side was faster
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._sockets.clear()


def _opener(line: _Line, check_hop: Callable[[str], None]) -> OpenerDirector:
    """Return an opener for http and https alone (no files, no ftp), through the system's proxy.

    Args:
        line: what every connection is noted with.
        check_hop: is told each address the call is sent on to, and raises to stop it.
    """
    from http.client import HTTPConnection, HTTPSConnection
    from urllib import request

    class Plain(HTTPConnection):
        # Set as soon as there is a connection, before a word is said on it; later a safe one
        # over the same connection takes its place.
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "sock" and type(value) is socket.socket:
                line.note(value)
            super().__setattr__(name, value)

    class Safe(HTTPSConnection, Plain):
        pass

    class Http(request.HTTPHandler):
        def http_open(self, req: Any) -> Any:
            return self.do_open(Plain, req)

    class Https(request.HTTPSHandler):
        def https_open(self, req: Any) -> Any:
            return self.do_open(Safe, req)

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        Http(),
        Https(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        _redirects(check_hop),
    ):
        opener.add_handler(handler)
    return opener


def _redirects(check_hop: Callable[[str], None]) -> HTTPRedirectHandler:
    from urllib import request

    class Redirects(request.HTTPRedirectHandler):
        # Looked at before the library does: its own refusals repeat the whole address, secrets too.
        def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
            target = headers.get("Location") or headers.get("URI")
            if target:
                check_hop(urljoin(req.full_url, target))
            fp.close()  # the library would read all that stands beside the address, without an end
            return super().http_error_302(req, io.BytesIO(), code, msg, headers)

        http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
        max_repeats = max_redirections = MOST_REDIRECTS + 1  # ours counts every hop

    return Redirects()
