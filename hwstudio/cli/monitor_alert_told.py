"""``hwstudio monitor alerts test|history``: a test message, and what was told before."""

from __future__ import annotations

import argparse
import time
from datetime import datetime
from typing import Any

from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.alerts.rule_file import RuleFile

_DAY_S = 86400.0


def run_test(args: argparse.Namespace, out: Output) -> int:
    """Make a test message and show it.

    Raises:
        UserError: there is no rule of that name.
    """
    from hwstudio.core.monitor.alerts.event import to_document as event_document
    from hwstudio.core.monitor.alerts.notify import Notifier
    from hwstudio.core.monitor.alerts.rehearse import rehearse
    from hwstudio.core.monitor.recorder_control import RecorderView

    view = RecorderView(out.studio.home)
    try:
        sample = view.look().sample
    finally:
        view.close()
    event = rehearse(RuleFile(out.studio.home.alerts_file).rule(args.name), time.time(), sample)
    is_shown = not args.no_desktop and Notifier().tell(event.title, event.sentence)
    if out.is_json:
        out.document({**event_document(event), "shown_on_desktop": is_shown})
        return 0
    out.line(f"{event.title}: {event.sentence}")
    if not args.no_desktop and not is_shown:
        out.note("It could not be shown on the desktop; the log says why.")
    return 0


def run_history(args: argparse.Namespace, out: Output) -> int:
    """Show what was alerted.

    Raises:
        UserError: the period is empty.
        HostError: the history cannot be read.
    """
    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.monitor.alerts.event import EVENT_KIND

    now_s = time.time()
    to_s = args.to_s if args.to_s is not None else now_s + 1
    from_s = args.from_s if args.from_s is not None else to_s - 30 * _DAY_S
    if from_s >= to_s:
        raise UserError("The period is empty", "its end is not after its beginning")
    history = ReadingHistory.open(out.studio.home.monitor_file)
    try:
        events = [dict(e.document) for e in history.events(EVENT_KIND, from_s, to_s)]
    finally:
        history.close()
    events = [event for event in events if args.rule in (None, event.get("rule"))]
    if out.is_json:
        out.document({"events": events})
        return 0
    if not events:
        out.line("No alert was recorded in this time.")
        return 0
    rows = [
        [_when(e.get("at_s")), str(e.get("kind", "")), str(e.get("severity", "")),
         str(e.get("rule", "")), str(e.get("sentence", ""))]
        for e in events
    ]  # fmt: skip
    out.table(["When", "What", "Severity", "Rule", "Words"], rows)
    return 0


def _when(at_s: Any) -> str:
    if not isinstance(at_s, (int, float)):
        return ""
    return f"{datetime.fromtimestamp(at_s).astimezone():%Y-%m-%d %H:%M:%S}"
