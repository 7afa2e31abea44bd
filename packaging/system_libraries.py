"""Libraries PyInstaller takes from the Linux system: their licence texts, and none of the GPL."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

# Under the GPL with no exception for programs that use them; others of Python's own modules need.
GPL = re.compile(r"^lib(readline|history|gdbm|gdbm_compat)\.")
DOCS = Path("/usr/share/doc")


def taken(inside: Path) -> list[str]:
    """Return the names of the libraries that lie beside Python's, where the system's ones go."""
    return sorted(path.name for path in inside.glob("lib*.so*") if not path.is_symlink())


def forbidden(inside: Path) -> list[str]:
    """Return the libraries that may not be passed on with a program under another licence."""
    return [name for name in taken(inside) if GPL.match(name)]


def packages(names: list[str]) -> list[str]:
    """Return the Debian packages these libraries come from; empty on other systems."""
    if shutil.which("dpkg-query") is None or not names:
        return []
    asked = ["dpkg-query", "--search", *(f"*/{name}" for name in names)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    wanted = set(names)
    rows = (line.rpartition(": ") for line in done.stdout.splitlines())
    owners = {owner.partition(":")[0] for owner, _, file in rows if Path(file).name in wanted}
    return sorted(owner for owner in owners if "," not in owner)


def versions(inside: Path) -> dict[str, str]:
    """Return the Debian packages whose libraries went along, with their versions."""
    named = packages(taken(inside))
    if not named:
        return {}
    asked = ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\\n", *named]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    rows = (line.partition(" ") for line in done.stdout.splitlines())
    return {package: version for package, _, version in rows if version}


def write(inside: Path) -> int:
    """Copy the licence text of each such package into licenses/system; return how many."""
    target = inside / "licenses" / "system"
    count = 0
    for package in packages(taken(inside)):
        text = DOCS / package / "copyright"
        if text.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(text, target / f"{package}.txt")
            count += 1
    return count
