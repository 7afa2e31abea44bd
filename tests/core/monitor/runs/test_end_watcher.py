"""The recorder looks seldom, reads runs only when something changed, and survives a bad disk."""

from __future__ import annotations

from hwstudio.core.base.errors import HostError
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.runs.end_watcher import LOOK_EVERY_S, EndWatcher
from tests.core.monitor.runs.test_watch import Clock, Shelf, a_run


class Counted(Shelf):
    """Counts how often it is read."""

    reads = 0

    def open(self):
        self.reads += 1
        return super().open()


def made(shelf, clock, alive, stamps):
    return EndWatcher(shelf, lambda: stamps[-1], started_of=alive.get, clock=clock)


def seconds(watcher, clock, count):
    for _ in range(count):
        clock.now_s += 1.0
        watcher.watch(Sample(clock.now_s, {}))


def test_unchanged_runs_are_read_once_and_their_end_is_noticed():
    shelf, clock, alive, stamps = Counted(a_run()), Clock(), {7: 890.0}, [1]
    watcher = made(shelf, clock, alive, stamps)
    seconds(watcher, clock, 60)
    assert shelf.reads == 1
    alive.clear()
    gone_s = clock.now_s
    seconds(watcher, clock, 6)
    assert gone_s < shelf.runs["r"].ended_s <= gone_s + LOOK_EVERY_S


def test_without_a_history_nothing_is_read():
    shelf, clock = Counted(a_run()), Clock()
    seconds(made(shelf, clock, {}, [None]), clock, 20)
    assert shelf.reads == 0


def test_runs_that_cannot_be_read_are_said_once_and_tried_again(caplog):
    class Broken(Shelf):
        is_broken = True

        def open(self):
            if self.is_broken:
                raise HostError("The runs could not be read", "locked")
            return super().open()

    shelf, clock, alive = Broken(a_run()), Clock(), {7: 890.0}
    watcher = made(shelf, clock, alive, [1])
    seconds(watcher, clock, 20)
    assert len([line for line in caplog.messages if "could not be read" in line]) == 1
    shelf.is_broken = False
    seconds(watcher, clock, 6)
    alive.clear()
    seconds(watcher, clock, 6)
    assert not shelf.runs["r"].is_open
