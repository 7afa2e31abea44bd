"""The alert rules beside a recorder: looks at every sample, keeps its state, follows the file.

What it needs from outside is given: where events are kept and how a person is told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.engine import AlertEngine
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind, Sink, deliver
from hwstudio.core.monitor.alerts.rule import Rule
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.core.monitor.export.whole_file import write_whole

_LOOK_S = 5.0  # how often the rules' file is looked at
_SAVE_S = 300.0  # the state of calm rules changes little; raised and cleared are kept at once


@dataclass(frozen=True, slots=True)
class AlertPlaces:
    """The rules' file and the file of where they stand."""

    rules: Path
    state: Path


class AlertWatcher:
    """Checks samples and delivers what comes of it. One thread calls it.

    Args:
        places: its two files.
        sink: where events are kept, or None.
        tell: shows a title and a sentence to a person; must not block.
        interval_s: seconds between two samples.
        clock: steady seconds.
    """

    def __init__(
        self,
        places: AlertPlaces,
        sink: Sink | None,
        tell: Callable[[str, str], object],
        *,
        interval_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places, self._sink, self._tell, self._clock = places, sink, tell, clock
        self._file = RuleFile(places.rules)
        self.engine = AlertEngine(self._rules(), _read(places.state), interval_s=interval_s)
        self._looked_s = self._saved_s = clock()
        self._has_complained = False

    def watch(self, sample: Sample) -> None:
        """Check a sample; keep and tell what it brings."""
        self.look(sample)

    def look(self, sample: Sample) -> tuple[AlertEvent, ...]:
        """Check a sample; keep, tell and return what it brings."""
        now_s = self._clock()
        events: tuple[AlertEvent, ...] = ()
        if now_s - self._looked_s >= _LOOK_S:
            self._looked_s = now_s
            if self._file.is_changed():
                events = self.engine.use(self._rules(), sample.taken_s)
        events += self.engine.check(sample)
        deliver(events, self._sink, self._tell)
        if any(e.kind is not Kind.REPEATED for e in events) or now_s - self._saved_s >= _SAVE_S:
            self.save()
        return events

    def save(self) -> None:
        """Write where the rules stand; a disk that refuses is logged once and survived."""
        self._saved_s = self._clock()
        try:
            write_whole(self._places.state, json.dumps(self.engine.document()))
        except HwstudioError as error:
            if not self._has_complained:
                logger("alerts").warning("%s", error)
            self._has_complained = True

    def _rules(self) -> Iterable[Rule]:
        try:
            return self._file.load()
        except HwstudioError as error:
            logger("alerts").warning("%s The usual rules are used.", error)
            return default_rules()


def _read(path: Path) -> Any:
    """Return the kept state, or None where there is none that can be read."""
    try:
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        logger("alerts").warning("the state of the alerts cannot be read: %s", error)
        return None
    return raw if isinstance(raw, dict) else None
