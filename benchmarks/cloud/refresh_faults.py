"""Refreshing prices from servers that do everything wrong, with the real window open beside it.

    python -m benchmarks.cloud.refresh_faults [--only hang,bomb] [--json OUT.json]

For each fault it prints how long the refresh took, the longest time the window's event loop did
not turn, whether the old prices stayed, and the age shown. The bar: the window turns at least once
a second whatever the server does, old prices stay, their age is shown. No internet is used: the
server is on this computer. Takes about a minute and a half; a busy machine makes pauses longer.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.cloud.price_server import (
    GOOD,
    bomb,
    document,
    drip,
    gpuhunt,
    hang,
    loop,
    page,
    serving,
    zipped,
)

BAR_S = 1.0
_TURN_MS = 10
_MOST_S = 60.0

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one fault did."""

    fault: str
    took_s: float
    longest_pause_s: float
    old_prices_stay: bool
    age: str
    said: str


def _all(answer: object) -> Answers:
    return {"*": answer}


def _good(table: str = GOOD, version: str = "20261120-7") -> Answers:
    return gpuhunt({}, "aws", zipped(aws=table), version)


def _one_404() -> Answers:
    return _good(GOOD.replace("60.5", "61.5"), "20261127")


def _sentinels() -> Answers:
    rows = "".join(f"tpu-{n},us,700.0,1,1,1,v6e-1,0,False,1\n" for n in range(2000))
    return _good(GOOD + rows, "20261127")


def _large() -> Answers:
    regions, machines = range(25), range(800)
    rows = "".join(
        f"m{m},r{r},{2.5 + r / 100},8,64,1,A100,80,False,1\n" for m in machines for r in regions
    )
    return _good(GOOD + rows, "20261127")


# Fault: the source that is asked, what its server answers.
FAULTS: dict[str, tuple[str, Callable[[], Answers]]] = {
    "hanging server": ("akamai", lambda: _all(hang)),
    "slow drip": ("akamai", lambda: _all(drip)),
    "404 on all but one provider": ("gpuhunt", _one_404),
    "truncated zip": ("gpuhunt", lambda: gpuhunt({}, "aws", zipped(aws=GOOD)[:-30])),
    "1 GB zip bomb": ("gpuhunt", lambda: gpuhunt({}, "aws", bomb(1000))),
    "web page instead of CSV": ("gpuhunt", lambda: gpuhunt({}, "aws", page)),
    "2,000 sentinel rows": ("gpuhunt", _sentinels),
    "clock skew (dated 2031)": ("gpuhunt", lambda: _good(version="20310101")),
    "redirect loop": ("gpuhunt", lambda: _all(loop)),
    "wrong JSON": ("azure", lambda: _all(b'{"Items": [1, null, {"a": {"b": []}}], "Next')),
    "JSON of another form": ("vast", lambda: _all(document({"offers": {"x": 1}}))),
    "20,000 sound rows": ("gpuhunt", _large),
}


class Desk:
    """The window, a timer that notes how long it did not turn, and the refresh of the Cloud tab."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        from hwstudio.core.base.settings import changed
        from hwstudio.core.studio import open_studio
        from hwstudio.gui.app import make_app, make_window
        from hwstudio.gui.cloud.view import CloudView

        self.studio = open_studio(tempfile.mkdtemp())
        settings = changed(self.studio.settings, first_run_done=True, network_allowed=True)
        self.studio.save_settings(settings)
        self.app = make_app()
        self.window = make_window(self.app, self.studio)
        self.window.show()
        self.window.open_tab("cloud")
        self.view: Any = self.window.findChild(CloudView)
        self.until(lambda: not self.view.model.state.is_waiting)
        self.view.open_prices()
        self.model = self.view._prices.model  # noqa: SLF001 - the window's own refresh
        self.longest_s, self._last = 0.0, time.perf_counter()
        self.timer = QTimer()
        self.timer.timeout.connect(self._turn)
        self.timer.start(_TURN_MS)

    def _turn(self) -> None:
        now = time.perf_counter()
        self.longest_s, self._last = max(self.longest_s, now - self._last), now

    def until(self, is_reached: Callable[[], bool], most_s: float = _MOST_S) -> None:
        """Turn the event loop until something holds."""
        end = time.perf_counter() + most_s
        while not is_reached() and time.perf_counter() < end:
            self.app.processEvents()
            time.sleep(0.002)

    def rest(self, seconds: float) -> None:
        """Turn the event loop for a while."""
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() >= end)

    def ask(self, source: str, url: str) -> float:
        """Refresh from one source; return the seconds it took."""
        for other in tuple(self.model.state.chosen.on):
            self.model.switch(other, False)
        self.model.switch(source, True)
        self.model.set_address(source, url)
        self.rest(0.3)
        self.longest_s, self._last = 0.0, time.perf_counter()
        began = time.perf_counter()
        self.model.refresh()
        self.until(lambda: not self.model.state.is_busy)
        took_s = time.perf_counter() - began
        self.rest(1.5)  # the new answer is worked out in the background
        self.until(lambda: not self.model.is_comparing, 20.0)
        self._turn()  # a pause that lasted to the end counts too
        return took_s

    def prices(self) -> dict[tuple[str, str, str], Any]:
        """Return every price in use."""
        offers = self.studio.catalog.offers()
        return {(o.provider, o.instance, o.region): o.price_per_hour for o in offers}


def measure(desk: Desk, fault: str) -> Outcome:
    """Refresh from one faulty server."""
    source, answers = FAULTS[fault]
    before = desk.prices()
    with serving(answers()) as server:
        took_s = desk.ask(source, server.url)
    after, state = desk.prices(), desk.model.state
    is_kept = all(key in after for key in before)
    if not state.document.get("changed"):
        is_kept = is_kept and all(after[key] == price for key, price in before.items())
    failed = state.document.get("failed") or [{"why": ""}]
    # The server knows one provider only; every other is missing there (404).
    own = [each for each in failed if "404" not in each["why"]] or failed
    said = state.problem or own[0]["why"] or f"{state.document.get('rejected_count')} rejected"
    return Outcome(fault, took_s, desk.longest_s, is_kept, state.age, said)


def main() -> int:
    """Measure all faults; 1 when the window stood still for over a second or a price was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="parts of the faults' names, with commas")
    parser.add_argument("--json", type=Path, help="write the outcomes there")
    args = parser.parse_args()
    wanted = [word for word in args.only.split(",") if word]
    chosen = [f for f in FAULTS if not wanted or any(word in f for word in wanted)]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    desk = Desk()
    with serving(_good()) as server:
        desk.ask("gpuhunt", server.url)  # something to lose
    outcomes = []
    print(f"{'fault':30}{'took, s':>9}{'longest pause, ms':>19}  old stay  said")
    for fault in chosen:
        found = measure(desk, fault)
        outcomes.append(found)
        stay = "yes" if found.old_prices_stay else "NO"
        pause_ms = found.longest_pause_s * 1000
        print(f"{fault:30}{found.took_s:9.1f}{pause_ms:19.0f}  {stay:8}  {found.said[:70]}")
        print(f"{'':30}age shown: {found.age}", flush=True)
    if args.json:
        args.json.write_text(json.dumps([asdict(each) for each in outcomes], indent=1), "utf-8")
    bad = [o for o in outcomes if o.longest_pause_s > BAR_S or not o.old_prices_stay or not o.age]
    worst = max((o.longest_pause_s for o in outcomes), default=0.0)
    verdict = "FAIL" if bad else "pass"
    print(f"longest pause of all: {worst * 1000:.0f} ms (bar {BAR_S * 1000:.0f} ms): {verdict}")
    return 1 if bad else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
