"""A server of prices on this computer that does everything wrong a server can do."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEAD = "instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size"
GOOD = (
    f"{HEAD}\n"
    "p5.48xlarge,us-east-1,60.5,192,2048,8,H100,80,False,100\n"
    "p5.48xlarge,us-east-1a,21.5,192,2048,8,H100,80,True,100\n"
    "m5.large,us-east-1,0.096,2,8,0,,,False,100\n"
)


def zipped(**tables: str) -> bytes:
    """Return an archive of tables by name."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.csv", text)
    return body.getvalue()


def bomb(megabytes: int) -> bytes:
    """Return a small archive that unpacks to so many MB."""
    body = io.BytesIO()
    block = b"a,b,c\n" * 170_000  # about 1 MB
    with (
        zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("aws.csv", "w") as member,
    ):
        for _ in range(megabytes):
            member.write(block)
    return body.getvalue()


class PriceServer(ThreadingHTTPServer):
    """``answers``: path (or "*" for all others) to bytes, or to a function of the handler."""

    daemon_threads = True

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.stop = answers, threading.Event()
        self.seen: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers what its server holds."""

    server: PriceServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.seen.append(self.path)
        answer = self.server.answers.get(path, self.server.answers.get("*"))
        with suppress(OSError):  # the client hung up, as it should
            if answer is None:
                self.send_error(404)
            elif callable(answer):
                answer(self)
            else:
                self.reply(answer)

    def reply(self, body: bytes, kind: str = "application/octet-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the benchmark prints its own lines."""


def hang(handler: Handler) -> None:
    """Take the question and never answer."""
    handler.server.stop.wait(60)


def drip(handler: Handler) -> None:
    """Answer a byte at a time."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.stop.wait(0.1):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def loop(handler: Handler) -> None:
    """Send the question on to itself, for ever."""
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def page(handler: Handler) -> None:
    """Answer with a login page, as hotels do."""
    handler.reply(b"<!DOCTYPE html><html><body>Please sign in</body></html>", "text/html")


def gpuhunt(
    answers: dict[str, Any], provider: str, archive: object, version: str = "20261120-7"
) -> dict[str, Any]:
    """Put one provider of a gpuhunt layout among the answers."""
    answers[f"/v3/{provider}/version"] = version.encode()
    answers[f"/v3/{provider}/{version}/catalog.zip"] = archive
    return answers


def document(value: object) -> bytes:
    """Return JSON."""
    return json.dumps(value).encode()


@contextmanager
def serving(answers: dict[str, Any]) -> Iterator[PriceServer]:
    """Yield a running server; ``url`` is where it is."""
    server = PriceServer(answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
