"""Install the .deb in a Debian with nothing else, start it, remove it: what is left over?

``sudo python packaging/linux/bare_debian.py FILE.deb [--root FOLDER] [--release bookworm]``. Needs
root, debootstrap, Xvfb and a Debian mirror. The screen is the host's: a server inside would bring
libraries that the package may have forgotten to ask for.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checks.product_under_test import SmokeError, judge
from checks.windows import x_screen

SCREENS = Path("/tmp/.X11-unix")
USER, USER_ID = "someone", 1000
LIMIT_S = 900
# What a package manager itself writes, and the account we made.
OF_THE_SYSTEM = ("var/lib/dpkg/", "var/lib/apt/", "var/log/", "var/cache/", "etc/", "home/", "tmp/")


class Bare:
    """A Debian of its own in a folder, with the host's screen."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str, user: str = "0", **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside and return what came of it."""
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **extra}
        env["HOME"] = "/root" if user == "0" else f"/home/{USER}"
        proxies = {name: os.environ[name] for name in os.environ if name.endswith("_proxy")}
        return subprocess.run(
            ["chroot", f"--userspec={user}:{user}", str(self.root), *command],
            env={**proxies, "DEBIAN_FRONTEND": "noninteractive", **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )

    def must(self, *command: str) -> str:
        """Run a command inside that has to work."""
        done = self.run(*command)
        if done.returncode:
            raise SmokeError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def files(self) -> set[str]:
        """Return every path that a package could have left behind."""
        tops = [name for name in ("usr", "opt", "var", "etc", "srv") if (self.root / name).is_dir()]
        found = {
            str(path.relative_to(self.root))
            for top in tops
            for path in (self.root / top).rglob("*")
        }
        return {name for name in found if not name.startswith(OF_THE_SYSTEM)}


@contextlib.contextmanager
def bare(root: Path, release: str) -> Iterator[Bare]:
    """Give a bare Debian; it is made where the folder is empty. Mounts are undone at the end."""
    if not (root / "usr" / "bin" / "dpkg").exists():
        made = ["debootstrap", "--variant=minbase", release, str(root)]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    inside = Bare(root)
    screens = root / SCREENS.relative_to("/")
    screens.mkdir(parents=True, exist_ok=True)
    mounts = (
        (("-t", "proc", "proc"), root / "proc"),
        (("-t", "sysfs", "-o", "ro", "sysfs"), root / "sys"),
        (("--bind", str(SCREENS)), screens),
    )
    mounted: list[Path] = []
    try:
        for words, target in mounts:
            subprocess.run(["mount", *words, str(target)], check=True)
            mounted.append(target)
        if not (root / "home" / USER).exists():
            inside.must("useradd", "--create-home", "--uid", str(USER_ID), USER)
        yield inside
    finally:
        for target in reversed(mounted):
            subprocess.run(["umount", str(target)], check=False)


def clear(inside: Bare) -> None:
    """Take out what an earlier run that failed left installed."""
    for package in ("hwstudio", "hwstudio-full"):
        inside.run("apt-get", "purge", "--yes", package)
    inside.must("apt-get", "autoremove", "--purge", "--yes")


def install(inside: Bare, deb: Path) -> str:
    """Install the package with apt and nothing it does not ask for; say what came with it."""
    shutil.copyfile(deb, inside.root / "tmp" / deb.name)
    inside.must("apt-get", "update")
    line = ("apt-get", "install", "--yes", "--no-install-recommends", f"/tmp/{deb.name}")
    said = inside.must(*line)
    new = next((row for row in said.splitlines() if "newly installed" in row), "")
    return f"installed: {new}"


def use(inside: Bare, display: str) -> str:
    """Ask the command line and open the window, as a person who is not root."""
    user = str(USER_ID)
    done = inside.run("hwstudio-cli", "assess", "--json", user=user)
    judge(done.returncode, done.stdout, done.stderr)
    score = json.loads(done.stdout)["score"].get("total")
    env = {"HWSTUDIO_READY_LINE": "1", "HWSTUDIO_QUIT_AFTER_MS": "5000", "DISPLAY": display}
    shown = inside.run("hwstudio", user=user, **env)
    judge(shown.returncode, shown.stdout, shown.stderr)
    ready = [line for line in shown.stderr.splitlines() if line.startswith("hwstudio ready")]
    if not ready:
        raise SmokeError(f"no window: {shown.stderr[-1500:]}")
    return f"score {score}; {ready[0]} on an X screen"


def remove(inside: Bare, package: str, before: set[str]) -> str:
    """Remove the package and what came with it; stop where something is left."""
    inside.must("apt-get", "purge", "--yes", package)
    inside.must("apt-get", "autoremove", "--purge", "--yes")
    left = sorted(name for name in inside.files() - before if "hwstudio" in name)
    others = len(inside.files() - before) - len(left)
    if left:
        raise SmokeError(f"left behind: {left[:10]}")
    kept = (inside.root / "home" / USER / ".local" / "share" / "hwstudio").exists()
    if not kept:
        raise SmokeError("the user's own data was removed too")
    return f"removed: 0 files of hwstudio left (of other packages: {others}); the user's data kept"


def main() -> int:
    """Install, use, remove; 1 when one of them went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deb", type=Path)
    parser.add_argument("--root", type=Path, help="where the Debian is, or is to be made")
    parser.add_argument("--release", default="bookworm")
    options = parser.parse_args()
    if os.geteuid():
        print("This needs root: it makes a Debian in a folder and mounts /proc there.")
        return 3
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        root = options.root or Path(work) / "debian"
        try:
            with x_screen() as display, bare(root, options.release) as inside:
                clear(inside)
                before = inside.files()
                print(install(inside, options.deb), flush=True)
                print(use(inside, display), flush=True)
                print(remove(inside, options.deb.name.partition("_")[0], before), flush=True)
        except (SmokeError, OSError, subprocess.SubprocessError) as error:
            print(f"FAILED: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
