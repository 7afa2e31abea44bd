"""Samples, a recorder that runs or not, and the page's sources, for the tests beside it."""

from __future__ import annotations

from hwstudio.core.model.finding import Severity
from hwstudio.core.model.sample import Device, Sample
from hwstudio.core.monitor.alerts.event import AlertEvent, Kind
from hwstudio.core.monitor.alerts.rule import Level, Rule, When
from hwstudio.core.monitor.recorder_control import STOPPED, RecorderState
from hwstudio.gui.monitor.alerts.sources import Sources

GIB = 2**30
NOW = 1_800_000_000.0
DEVICES = (
    Device("gpu.0", "GPU A", "gpu", {"temperature_c": 87.0, "vram_used_bytes": 24.0 * GIB}),
    Device("gpu.1", "GPU B", "gpu", {"temperature_c": 87.0}),
)
BUSY = Rule(id="busy", title="Busy", sensor="cpu.busy_share", when=When.ABOVE, level=Level(0.9))
HOT = Rule(
    id="hot", title="Hot", sensor="gpu.*.temperature_c", when=When.ABOVE,
    level=Level(of_limit=True, margin=2.0), band=5.0, hold_s=30.0, severity=Severity.ERROR,
)  # fmt: skip


def sample(at_s=NOW, **values):
    """A moment of a PC with two GPUs."""
    found = {
        "cpu.busy_share": 0.5,
        "gpu.0.temperature_c": 88.0,
        "gpu.0.throttle_bits": 64.0,
        "gpu.0.vram_used_bytes": 12.0 * GIB,
        "gpu.1.temperature_c": 60.0,
    }
    found.update({name.replace("__", "."): value for name, value in values.items()})
    return Sample(at_s, found, devices=DEVICES)


def event(kind=Kind.RAISED, at_s=NOW, rule=BUSY, **changes):
    """Something that happened."""
    made = {
        "kind": kind, "rule": rule.id, "title": rule.title, "subject": "cpu.busy_share",
        "severity": rule.severity, "at_s": at_s, "since_s": at_s, "held_s": 0.0, "value": 0.95,
        "threshold": 0.9, "sentence": f"{rule.title} {kind.value}.",
    }  # fmt: skip
    return AlertEvent(**{**made, **changes})


class Watch:
    """A window watch that says what it is told to say."""

    def __init__(self, active=(), events=(), is_watching=True):
        self.active, self.events, self.is_watching = tuple(active), tuple(events), is_watching


class Scene:
    """What the page reads and calls, all of it to be changed by a test."""

    def __init__(self, home):
        self.home, self.state, self.watch = home, STOPPED, None
        self.now, self.sample = NOW, sample()
        self.told, self.started, self.desktop = [], [], True

    def running(self):
        """Let a recorder run."""
        self.state = RecorderState(is_running=True, pid=1, sample=sample())

    def tell(self, title, text):
        self.told.append((title, text))
        return self.desktop

    def sources(self):
        return Sources(
            home=self.home,
            recorder=lambda: self.state,
            sample=lambda: self.sample,
            watch=self.watch,
            tell=self.tell,
            wall=lambda: self.now,
            start_recorder=lambda: self.started.append(1),
        )
