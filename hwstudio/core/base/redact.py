"""Takes out of a text what says whose computer it is from, before a person hands it on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_SHORTEST_NAME = 3  # a user called "a" would blank every "a"
# Names that are no person's and no computer's own, and words the reports themselves use.
_COMMON = frozenset(
    {"root", "user", "admin", "administrator", "ubuntu", "debian", "localhost", "home", "default",
     "hwstudio", "python", "linux", "windows", "darwin", "computer", "runner"}
)  # fmt: skip

_SLASH = r"[\\/]+"
_KEYED = re.compile(
    r"""(?ix)
    (?P<name> [\w.-]* (?: serial(?:[ _-]?(?:number|no))? | password | passwd | secret | passphrase
      | api[ _-]?key | access[ _-]?key(?:[ _-]?id)? | private[ _-]?key | token (?! s)
      | credential s? | authorization ) [\w-]* ["']? \s* [:=] \s* )
    (?P<value> (?: bearer \s+ | basic \s+ )? (?: "[^"\n]*" | '[^'\n]*' | [^\s,;}\]&]+ ) )
    """
)
_RULES: tuple[tuple[str, str], ...] = (
    (r"(?is)-----BEGIN [^-\n]*PRIVATE KEY-----.*?(?:-----END [^-\n]*-----|\Z)", "<key>"),
    (r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", r"\1 <key>"),
    (r"(?i)(://)[^/\s@:]+(?::[^/\s@]*)?@", r"\1<login>@"),
    (r"\b(?:hf|sk|pk|rk|gh[opsur]|github_pat|glpat|xox[abp]|ya29)[-_][A-Za-z0-9_-]{12,}", "<key>"),
    (r"\b(?:AKIA|ASIA|AIza)[A-Za-z0-9_-]{14,}", "<key>"),
    (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?", "<key>"),
    (r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9][A-Za-z0-9.-]*", "<person>@<computer>"),
    (r"(?i)\b(?:GPU|MIG)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<serial>"),
    (r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
    (r"(?i)(?<![0-9a-f:])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![0-9a-f:])", "<network card>"),
    (r"(?<![\d.])(?!127\.)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])",
     "<address>"),
    (r"(?i)(?<![0-9a-f:])(?:fe80|f[cd][0-9a-f]{2}|2[0-9a-f]{3}):[0-9a-f:]{4,}", "<address>"),
    (r"(?i)(?<![0-9a-z])[0-9a-f]{32,}(?![0-9a-z])", "<key or sum>"),
)  # fmt: skip
# The person's folder of any computer: a log may tell of another one.
_HOMES = re.compile(
    r"(?i)(?P<at>[a-z]:(?:\\\\|\\|/)users(?:\\\\|\\|/)|/home/|/Users/)(?P<who>[^/\\\s\"':,<>]+)"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What is to be taken out: folders, the user's names, and this computer's names."""

    folders: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    computers: tuple[str, ...] = ()


def identity() -> Identity:
    """Return who uses this computer, as far as the system says."""
    import getpass
    import os
    import platform
    from pathlib import Path

    users = {os.environ.get(name, "") for name in ("USER", "USERNAME", "LOGNAME", "SUDO_USER")}
    try:
        users.add(getpass.getuser())
    except (OSError, KeyError, ImportError):
        pass  # an account without a name
    folders = {os.environ.get("HOME", ""), os.environ.get("USERPROFILE", "")}
    try:
        folders.add(str(Path.home()))
    except RuntimeError:
        pass  # an account without a home
    node = platform.node()
    computers = {node, node.partition(".")[0], os.environ.get("COMPUTERNAME", "")}
    return Identity(_sorted(folders), _sorted(users), _sorted(computers))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    """The longest first, so that no piece of a name stays."""
    return tuple(sorted({n for n in names if n}, key=lambda n: (-len(n), n)))


def redactor(who: Identity | None = None) -> Callable[[str], str]:
    """Return what takes home folders, names, addresses, serial numbers and keys out of a text."""
    found = identity() if who is None else who
    rules = [*_folder_rules(found.folders)]
    rules += [(re.compile(pattern), put) for pattern, put in _RULES]
    rules += _name_rules(found.computers, "<computer>") + _name_rules(found.users, "<user>")

    def redact(text: str) -> str:
        text = _KEYED.sub(_without_value, text)
        for pattern, put in rules:
            text = pattern.sub(put, text)
        return _HOMES.sub(lambda m: f"{m['at']}<user>", text)

    return redact


def _without_value(found: re.Match[str]) -> str:
    value = found["value"]
    quote = value[0] if value[0] in "\"'" else ""
    is_empty = value.strip("\"'").lower() in {"", "null", "none", "false", "true"}
    return found[0] if is_empty else f"{found['name']}{quote}<taken out>{quote}"


def _folder_rules(folders: Iterable[str]) -> list[tuple[re.Pattern[str], str]]:
    """A folder may be written with either slash, and with "\\" doubled in JSON."""
    rules = []
    for folder in folders:
        pieces = [re.escape(piece) for piece in re.split(r"[\\/]+", folder) if piece]
        if not pieces or pieces == ["root"]:
            continue
        lead = _SLASH if folder[0] in "\\/" else ""
        pattern = lead + _SLASH.join(pieces) + r"(?![\w.-])"
        rules.append((re.compile(pattern, re.IGNORECASE), "<home>"))
    return rules


def _name_rules(names: Iterable[str], put: str) -> list[tuple[re.Pattern[str], str]]:
    good = [n for n in names if len(n) >= _SHORTEST_NAME and n.lower() not in _COMMON]
    return [
        (re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", re.IGNORECASE), put)
        for name in good
    ]
