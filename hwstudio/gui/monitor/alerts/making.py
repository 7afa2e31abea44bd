"""Puts together what the Alerts page needs out of what the Monitor's pages are handed."""

from __future__ import annotations

import time

from hwstudio.core.monitor.alerts.notify import Notifier
from hwstudio.core.monitor.recorder_control import own_recorder
from hwstudio.gui.monitor.alerts.sources import Sources
from hwstudio.gui.monitor.alerts.window_watch import WindowWatch
from hwstudio.gui.monitor.services import MonitorServices


def watch_of(services: MonitorServices) -> WindowWatch | None:
    """Return the window's own watch of the rules, where the tab has made one."""
    found = getattr(services, "watch", None)
    return found if isinstance(found, WindowWatch) else None


def sources_of(services: MonitorServices) -> Sources:
    """Return where the page gets things from."""
    home, sampler = services.context.studio.home, services.sampler
    return Sources(
        home=home,
        recorder=services.recorder,
        sample=lambda: sampler.sample,
        watch=watch_of(services),
        tell=Notifier().tell,
        wall=time.time,
        start_recorder=lambda: own_recorder(home),
    )
