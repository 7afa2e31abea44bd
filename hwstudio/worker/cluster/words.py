"""The checks before a run, in words: what is wrong on which computer, why, and what mends it.

Nothing here asks a computer anything: the answers come in as plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FAIL, WARN, OK = "fail", "warn", "ok"


@dataclass(frozen=True)
class Check:
    """One check of one computer."""

    host: str
    check: str
    status: str
    what: str
    why: str = ""
    fix: str = ""

    @property
    def sentence(self) -> str:
        """Return it as one line."""
        head = f"{self.what}: {self.why}." if self.why else f"{self.what}."
        return f"{head} {self.fix}." if self.fix else head


# What the ssh program says, the check it belongs to, why it happens, and what mends it.
_SSH = (
    (
        ("could not resolve hostname", "name or service not known"),
        "resolve",
        "its address is not known here",
        "Write its IP address into the hosts file, or add the name to DNS or to /etc/hosts",
    ),
    (
        ("host key verification failed", "remote host identification has changed"),
        "login",
        "its host key is new or has changed",
        "Connect once by hand with: ssh {address}, and confirm the key after checking it",
    ),
    (
        ("permission denied", "too many authentication failures", "no more authentication"),
        "login",
        "it does not accept the key (a password cannot be asked for here)",
        "Copy your key there with: ssh-copy-id {address}, or name user and key in the hosts file",
    ),
    (
        ("connection refused",),
        "login",
        "nothing listens at the ssh port",
        "Start the ssh server there, or give the right port in the hosts file",
    ),
    (
        ("timed out", "connection timeout", "banner exchange"),
        "login",
        "it does not answer",
        "Check that it is on, that the address is right and that no firewall stands between",
    ),
    (
        ("no route to host", "network is unreachable"),
        "login",
        "there is no way to its network",
        "Check the cable, the address and the gateway",
    ),
    (
        ("identity file", "no such identity", "unprotected private key", "bad permissions"),
        "login",
        "the key file cannot be used",
        "Check the name of the key file in the hosts file, and: chmod 600 KEY",
    ),
    (
        ("cannot open network namespace",),
        "login",
        "there is no such network namespace",
        "Make it, or correct the hosts file",
    ),
)
_NO_PYTHON = ("not found", "no such file", "not recognized", "permission denied")


def why_no_agent(
    host: str, address: str, python: str, code: int | None, tail: Sequence[str]
) -> Check:
    """Return why the agent of a computer did not come up, from what the program said."""
    text = " ".join(tail).strip()
    low = text.lower()
    last = next((line.strip() for line in reversed(tail) if line.strip()), "")
    if code in (126, 127) or (code == 1 and any(word in low for word in _NO_PYTHON)):
        return Check(
            host,
            "python",
            FAIL,
            f"{host} has no Python that can be started as {python!r}",
            last,
            'Give its full path in the hosts file, as in: python = "/opt/torch/bin/python"',
        )
    for signs, check, why, fix in _SSH:
        if any(sign in low for sign in signs):
            return Check(
                host, check, FAIL, f"{host} cannot be reached", why, fix.format(address=address)
            )
    if code is None:
        return Check(
            host,
            "login",
            FAIL,
            f"{host} did not answer in time",
            last or "the connection stands, but Python did not start",
            "Check that it is not overloaded, and that its shell starts without a question",
        )
    return Check(
        host,
        "login",
        FAIL,
        f"{host} could not be used",
        last or f"the connection ended with code {code}",
        f"Try by hand: ssh {address} {python} --version",
    )


_REACH = {
    "refused": (
        "the connection was refused",
        "Let the firewall of {peer} accept TCP from {host} on all ports",
    ),
    "silent": (
        "nothing came back",
        "Open the firewall between them for TCP on all ports, or choose another interface",
    ),
    "no route": (
        "there is no way to that address",
        "Choose an interface that both share, with: interface = NAME in the hosts file",
    ),
}


def unreached(host: str, peer: str, address: str, why: str) -> Check:
    """Return the check of a connection that failed."""
    cause, fix = _REACH.get(why, (why, "Check the network between them"))
    what = f"{host} cannot connect to {peer} at {address}"
    return Check(host, "connect", FAIL, what, cause, fix.format(host=host, peer=peer))


def narrow(host: str, peer: str, mtu_bytes: int) -> Check:
    """Return the check of a path that lets small packets through and swallows full ones."""
    return Check(
        host,
        "mtu",
        FAIL,
        f"Large packets from {host} to {peer} get lost",
        f"its interface sends packets of {mtu_bytes:,} bytes and something on the way takes less",
        "Set the same MTU on every computer and switch (1500 is always safe)",
    )
