"""Takes out libraries of the Linux system that came along and that nothing in the package needs.

PyInstaller collects what every library it meets names, those too that bundle.py leaves out later:
GLib's file layer for GTK, X extensions for its pointers. What is left of them only weighs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

NEEDED = re.compile(r"NEEDED\s+(\S+)")


def needs(file: Path) -> set[str]:
    """Return the names of the libraries a program or library is linked to."""
    done = subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=False)
    return set(NEEDED.findall(done.stdout))


def system_libraries(inside: Path) -> dict[str, Path]:
    """Return the system's libraries by name: they lie beside Python's, ours lie in folders."""
    return {
        path.name: path
        for path in inside.glob("lib*.so*")
        if not path.is_symlink() and not path.name.startswith("libpython")
    }


def orphans(folder: Path) -> list[Path]:
    """Return the system libraries that nothing else in the packaged folder reaches."""
    inside = folder / "_internal"
    system = system_libraries(inside)
    others = [path for path in inside.rglob("*.so*") if path.name not in system]
    waiting = [*others, *(path for path in folder.iterdir() if path.is_file())]
    reached: set[str] = set()
    while waiting:
        file = waiting.pop()
        if not file.is_file() or file.is_symlink():
            continue
        new = (needs(file) & system.keys()) - reached
        reached |= new
        waiting += [system[name] for name in new]
    return [system[name] for name in sorted(system.keys() - reached)]


def take_out(folder: Path) -> int:
    """Delete them and return their bytes; nothing is touched without objdump (binutils)."""
    if shutil.which("objdump") is None:
        return 0
    freed = 0
    for file in orphans(folder):
        freed += file.stat().st_size
        file.unlink()
    return freed
