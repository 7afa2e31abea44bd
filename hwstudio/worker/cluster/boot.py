"""Runs the worker from memory on a computer where nothing of it is installed.

The text of this file arrives on standard input, then the sources, then the part to play. Nothing
is written to a disk, so nothing can be left on one, however the process ends.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import json
import site
import sys
import zlib
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import IO, Any

# The command line of such a process; it holds no sign that a shell would read as its own.
FIRST = "import sys;r=sys.stdin.buffer;exec(r.read(int(r.readline())))"
LAST = "\nstart(r)\n"
PARTS = {
    "agent": "hwstudio.worker.cluster.agent",
    "rank": "hwstudio.worker.kernels.ddp_rank",
    "sweep": "hwstudio.worker.cluster.sweep",
}
SENT: dict[str, bytes] = {}  # what was received, for the processes started from this one


class Sources(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports modules from a table of texts by file name ("hwstudio/worker/loop.py")."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def _file(self, name: str) -> str:
        plain = name.replace(".", "/")
        package = f"{plain}/__init__.py"
        return package if package in self._texts else f"{plain}.py"

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module of ours."""
        del path, target
        if self._file(fullname) not in self._texts:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def is_package(self, fullname: str) -> bool:
        """Say whether it is a package."""
        return self._file(fullname).endswith("/__init__.py")

    def get_source(self, fullname: str) -> str:
        """Return a module's text; tracebacks show their lines from it."""
        return self._texts[self._file(fullname)]

    def get_code(self, fullname: str) -> CodeType:
        """Return a module's code under the name of its file."""
        return compile(self.get_source(fullname), self._file(fullname), "exec", dont_inherit=True)


def start(stream: IO[bytes]) -> None:
    """Take the sources and play the part that is named after them."""
    payload = stream.read(int(stream.readline()))
    texts = json.loads(zlib.decompress(payload))
    part = stream.readline().decode("ascii").strip()
    if sys.prefix == sys.base_prefix:  # -I shut out "pip install --user torch"; let it in again
        site.addsitedir(site.getusersitepackages())
    sys.meta_path.insert(0, Sources(texts))
    kept: Any = importlib.import_module("hwstudio.worker.cluster.boot")
    kept.SENT["payload"] = payload
    sys.exit(importlib.import_module(PARTS[part]).main())


def parcel(boot: str, payload: bytes, part: str) -> bytes:
    """Return the bytes to send ahead of everything else: this file's text, sources, part."""
    text = (boot + LAST).encode("utf-8")
    return b"%d\n%s%d\n%s%s\n" % (len(text), text, len(payload), payload, part.encode("ascii"))
