"""The real window, with an eye beside it: ``python benchmarks/walks/window.py HOME EYE``.

EYE is the name of a local socket. Whoever connects and sends a line gets back what can be seen.
"""

from __future__ import annotations

import json
import sys
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from seen import seen
from shiboken6 import isValid

from hwstudio.gui.app import make_app, run


class Eye(QObject):
    """Answers each line with one line of JSON."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._sockets: set[QLocalSocket] = set()
        QLocalServer.removeServer(name)
        self._server.newConnection.connect(self._on_asked)
        if not self._server.listen(name):
            raise OSError(self._server.errorString())

    @Slot()
    def _on_asked(self) -> None:
        socket = self._server.nextPendingConnection()
        self._sockets.add(socket)
        socket.readyRead.connect(partial(self._answer, socket))
        socket.disconnected.connect(partial(self._forget, socket))
        self._answer(socket)  # the line may be here already

    def _forget(self, socket: QLocalSocket) -> None:
        self._sockets.discard(socket)
        if isValid(socket):  # a closing server deletes its sockets first
            socket.deleteLater()

    def _answer(self, socket: QLocalSocket) -> None:
        if socket.canReadLine():
            socket.readLine()
            socket.write(json.dumps(seen()).encode() + b"\n")
            socket.flush()


def main() -> int:
    """Open the window; it stays open until it is closed."""
    home, name = sys.argv[1:3]
    make_app()
    eye = Eye(name)
    code = run(home)
    del eye
    return code


if __name__ == "__main__":
    sys.exit(main())
