"""One other computer as the user entered it: its addresses, how often to read them, its secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from hwstudio.core.base.errors import HostError, UserError

FASTEST_S, SLOWEST_S = 0.5, 3600.0
PAGE_INTERVAL_S, SERVER_INTERVAL_S = 1.0, 15.0
MOST_URLS = 8
MOST_SECRET = 4096  # characters
# name="value", name=~"value", ... as they stand between the braces of a selector
_MATCH = re.compile(r'\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\.)*)"\s*(,|$)')


class Source(StrEnum):
    """What stands at the addresses."""

    PAGE = "metrics"  # a metrics page: hwstudio, node_exporter, DCGM exporter, nvitop-exporter
    SERVER = "prometheus"  # a Prometheus or VictoriaMetrics server that reads such pages


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEntry:
    """A computer to read. Secrets stand in files of their own, so that a list can be shared."""

    name: str
    urls: tuple[str, ...]  # several pages of one computer become one sample; of a server: one
    source: Source = Source.PAGE
    match: str = ""  # of a server: which series are this computer's: 'instance="gpu1:9100"'
    interval_s: float = 0.0  # 0 = what fits the source
    token_file: str = ""
    user: str = ""
    password_file: str = ""

    @property
    def every_s(self) -> float:
        """Seconds between two readings."""
        usual = PAGE_INTERVAL_S if self.source is Source.PAGE else SERVER_INTERVAL_S
        return self.interval_s or usual


def checked(entry: HostEntry) -> HostEntry:
    """Return the entry with whole addresses ("gpu1:9100" becomes "http://gpu1:9100/metrics").

    Raises:
        UserError: it cannot be used.
    """
    what = f'The computer "{entry.name}" cannot be read'
    if not entry.name.strip() or not entry.name.isprintable():
        raise UserError("A computer in the list has no name", "every one needs one")
    most = MOST_URLS if entry.source is Source.PAGE else 1
    if not 0 < len(entry.urls) <= most:
        raise UserError(what, f"it needs at least one address and at most {most}")
    if not (entry.interval_s == 0 or FASTEST_S <= entry.interval_s <= SLOWEST_S):
        raise UserError(what, f"the interval must be {FASTEST_S:g} to {SLOWEST_S:g} seconds")
    if entry.source is Source.SERVER and not is_match(entry.match):
        example = 'say which series are its own, for example instance="gpu1:9100"'
        raise UserError(what, example)
    if bool(entry.user) != bool(entry.password_file) or (entry.user and entry.token_file):
        raise UserError(what, "it takes a token file, or a user and a password file")
    urls = tuple(whole_url(url, entry.source) for url in entry.urls)
    return HostEntry(
        name=entry.name.strip(),
        urls=urls,
        source=entry.source,
        match=entry.match.strip(),
        interval_s=entry.interval_s,
        token_file=entry.token_file,
        user=entry.user,
        password_file=entry.password_file,
    )


def whole_url(text: str, source: Source = Source.PAGE) -> str:
    """Return the whole address of what a person typed.

    Raises:
        UserError: it is no address, or its port is missing.
    """
    text = text.strip()
    url = text if "://" in text else f"http://{text}"
    try:
        place = urlsplit(url)
        port = place.port
    except ValueError:
        raise UserError(f'"{text}" is no address', "", "Enter it like gpu1:9100") from None
    if not place.hostname or place.scheme not in ("http", "https"):
        raise UserError(f'"{text}" is no address', "", "Enter it like gpu1:9100")
    if port is None and "://" not in text:
        why = "its port is missing: 9100 is node_exporter's, 9400 DCGM exporter's"
        raise UserError(f'"{text}" cannot be read', why, "Enter it like gpu1:9100")
    if source is Source.PAGE and place.path in ("", "/"):
        return place._replace(path="/metrics").geturl()
    return url.rstrip("/") if source is Source.SERVER else url


def is_match(text: str) -> bool:
    """Say whether a text is what may stand between the braces of a selector, at least one match."""
    at = 0
    while at < len(text):
        found = _MATCH.match(text, at)
        if found is None:
            return False
        at = found.end()
    return bool(text.strip())


def authorization_of(entry: HostEntry) -> str:
    """Return the header's value for a computer's secret; empty where it has none.

    Raises:
        HostError: a secret's file cannot be read.
        UserError: there is no secret in it.
    """
    if entry.token_file:
        return f"Bearer {secret_of(Path(entry.token_file))}"
    if entry.user:
        import base64

        pair = f"{entry.user}:{secret_of(Path(entry.password_file))}"
        return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
    return ""


def secret_of(file: Path) -> str:
    """Return the one line a secret's file holds.

    Raises:
        HostError: it cannot be read.
        UserError: it is empty, or not one line.
    """
    try:
        with file.expanduser().open(encoding="utf-8") as opened:
            text = opened.read(MOST_SECRET + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise HostError(f"The secret in {file} cannot be read", why) from error
    if not text or len(text) > MOST_SECRET or "\n" in text:
        raise UserError(f"{file} holds no secret", "it must be one line of text")
    return text
