"""A laboratory of network namespaces: computers of their own, with stock Debian hosts files.

Needs root, Linux, ``ip`` and, for ssh, ``sshd`` and ``ssh-keygen``. Everything is removed at the
end: namespaces, the bridge, their hosts files, the ssh servers with their keys.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

NET = "10.77.0"
PORT = 2222
BRIDGE = "hwcbr"
CGROUP = Path("/sys/fs/cgroup/memory")


def sh(*words: str, is_checked: bool = True) -> str:
    """Run a program and return what it printed."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if is_checked and done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


class Lab:
    """So many computers on one switch; a context."""

    def __init__(self, count: int, *, is_ssh: bool) -> None:
        self.names = [f"hwc{index}" for index in range(count)]
        self.is_ssh = is_ssh
        self.folder = Path(tempfile.mkdtemp(prefix="hwc-"))
        self._servers: list[subprocess.Popen[bytes]] = []
        self._made_etc = not Path("/etc/netns").exists()

    def __enter__(self) -> Lab:
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def address(self, index: int) -> str:
        """Return the address of one computer."""
        return f"{NET}.{index + 1}"

    def _build(self) -> None:
        sh("ip", "link", "add", BRIDGE, "type", "bridge")
        sh("ip", "addr", "add", f"{NET}.254/24", "dev", BRIDGE)
        sh("ip", "link", "set", BRIDGE, "up")
        for index, name in enumerate(self.names):
            etc = Path("/etc/netns") / name
            etc.mkdir(parents=True, exist_ok=True)
            # What the Debian installer writes: the computer's own name leads to 127.0.1.1.
            (etc / "hosts").write_text(f"127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n", "ascii")
            sh("ip", "netns", "add", name)
            sh("ip", "link", "add", f"{name}v", "type", "veth", "peer", "eth0", "netns", name)
            sh("ip", "link", "set", f"{name}v", "master", BRIDGE, "up")
            sh("ip", "-n", name, "link", "set", "lo", "up")
            sh("ip", "-n", name, "addr", "add", f"{self.address(index)}/24", "dev", "eth0")
            sh("ip", "-n", name, "link", "set", "eth0", "up")
            (CGROUP / name).mkdir(exist_ok=True)
        if self.is_ssh:
            self._serve()

    def _serve(self) -> None:
        for key in ("host", "user"):
            sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / key))
        shutil.copy(self.folder / "user.pub", self.folder / "authorized")
        known = (self.folder / "host.pub").read_text("ascii").rsplit(" ", 1)[0]
        (self.folder / "known").write_text(
            "".join(f"[{self.address(i)}]:{PORT} {known}\n" for i in range(len(self.names)))
        )
        config = self.folder / "sshd_config"
        config.write_text(
            f"Port {PORT}\nHostKey {self.folder}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
            f"AuthorizedKeysFile {self.folder}/authorized\nPasswordAuthentication no\n"
            "PermitRootLogin prohibit-password\nPrintMotd no\nUseDNS no\nMaxStartups 50\n"
        )
        for name in self.names:
            # The folder sshd insists on, in a /run that only this namespace sees.
            script = (
                f"mount -t tmpfs none /run; mkdir /run/sshd; exec /usr/sbin/sshd -D -e -f {config}"
            )
            words = [*self._prefix(name), "sh", "-c", script]
            log = (self.folder / f"{name}.log").open("wb")
            self._servers.append(subprocess.Popen(words, stderr=log, start_new_session=True))
        time.sleep(0.5)

    def hosts_file(self, slots: int = 1) -> Path:
        """Write the list of the computers and return it."""
        lines = [f'python = "{sys.executable}"', f"slots = {slots}"]
        for index, name in enumerate(self.names):
            lines += ["[[host]]", f'name = "{name}"', f'address = "{self.address(index)}"']
            if self.is_ssh:
                known = f'["UserKnownHostsFile={self.folder}/known"]'
                lines += [f"port = {PORT}", 'user = "root"', f'key = "{self.folder}/user"']
                lines += [f"ssh_options = {known}"]
            else:
                lines += ['transport = "command"', f"prefix = {self._prefix(name)!r}"]
        file = self.folder / "hosts.toml"
        file.write_text("\n".join(lines) + "\n")
        return file

    def _prefix(self, name: str) -> list[str]:
        # The group first: inside the namespace /sys is another one, without the groups.
        outer = f'echo $$ > {CGROUP}/{name}/tasks; exec "$@"'
        inner = f'hostname {name}; exec "$@"'
        enter = ["ip", "netns", "exec", name, "unshare", "--uts"]
        return ["sh", "-c", outer, "sh", *enter, "sh", "-c", inner, "sh"]

    def cut(self, index: int, *, is_cable: bool) -> None:
        """Take the network away: unplug the cable, or switch the interface off."""
        name = self.names[index]
        if is_cable:
            sh("ip", "link", "set", f"{name}v", "down")
        else:
            sh("ip", "-n", name, "link", "set", "eth0", "down")

    def mend(self, index: int) -> None:
        """Give the network and the memory back."""
        name = self.names[index]
        sh("ip", "link", "set", f"{name}v", "up")
        sh("ip", "-n", name, "link", "set", "eth0", "up")
        for each in self.names:  # nobody waits for a neighbour that was away a moment ago
            sh("ip", "-n", each, "neigh", "flush", "all")
        time.sleep(1.0)
        with contextlib.suppress(OSError):
            (CGROUP / name / "memory.limit_in_bytes").write_text("-1")

    def starve(self, index: int) -> None:
        """Leave a computer hardly more memory than its processes hold now."""
        group = CGROUP / self.names[index]
        words = (group / "memory.stat").read_text().split()
        limit = int(words[words.index("rss") + 1]) + (4 << 20)
        for _ in range(100):
            try:
                (group / "memory.limit_in_bytes").write_text(str(limit))
            except OSError:  # what is cached of files cannot all be given back
                limit += 4 << 20
            else:
                return

    def starved(self, index: int) -> int:
        """Return how often the system ended a process of a computer for lack of memory."""
        text = (CGROUP / self.names[index] / "memory.oom_control").read_text()
        return int(text.rsplit(" ", 1)[-1])

    def close(self) -> None:
        """Remove all of it."""
        for server in self._servers:
            with contextlib.suppress(OSError):
                os.killpg(server.pid, 15)
            server.wait(5)
        for name in self.names:
            sh("ip", "netns", "del", name, is_checked=False)
            sh("ip", "link", "del", f"{name}v", is_checked=False)
            shutil.rmtree(Path("/etc/netns") / name, ignore_errors=True)
            for _ in range(20):
                with contextlib.suppress(OSError):
                    (CGROUP / name).rmdir()
                if not (CGROUP / name).exists():
                    break
                time.sleep(0.1)
        if self._made_etc:
            with contextlib.suppress(OSError):
                Path("/etc/netns").rmdir()
        sh("ip", "link", "del", BRIDGE, is_checked=False)
        shutil.rmtree(self.folder, ignore_errors=True)
