"""What the Alerts page shows and does, tried without a window."""

from __future__ import annotations

import json

import pytest

from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.event import EVENT_KIND, Kind, to_document
from hwstudio.core.monitor.alerts.rule_file import RuleFile
from hwstudio.core.monitor.alerts.watcher import AlertPlaces, AlertWatcher
from hwstudio.gui.monitor.alerts.rows import fits_words
from hwstudio.gui.monitor.alerts.sources import stored_events
from hwstudio.gui.monitor.alerts.state import DAY_S, Mute
from hwstudio.gui.monitor.alerts.viewmodel import AlertsModel
from hwstudio.gui.monitor.alerts.words import FOR_GOOD_S
from tests.gui.monitor.alerts.scene import BUSY, HOT, NOW, Scene, Watch, event, sample


@pytest.fixture
def scene(home):
    return Scene(home)


@pytest.fixture
def shown(qtbot, scene):
    """Make a model, show it and wait until it has read the history."""
    models = []

    def make():
        model = AlertsModel(scene.sources())
        models.append(model)
        model.failures = []
        model.failed.connect(model.failures.append)
        model.show()
        qtbot.waitUntil(lambda: model._stored is not None, timeout=5000)
        return model

    yield make
    for model in models:
        model.hide()


def _keep(home, *events):
    writer = ReadingWriter.open(home.monitor_file, clock=lambda: NOW)
    for each in events:
        writer.add_event(EVENT_KIND, each.at_s, to_document(each))
    writer.close()


def test_on_the_first_start_the_usual_rules_are_there_and_nobody_watches(shown):
    state = shown().state
    assert [row.rule for row in state.rules] == list(default_rules())
    assert state.headline.sentence == "Nothing is watched at this moment."
    assert not state.is_recording
    assert state.events == ()
    assert "is listed here" in state.events_empty


def test_while_the_window_watches_and_all_is_well_it_says_so(scene, shown):
    scene.watch = Watch()
    headline = shown().state.headline
    assert (headline.kind, headline.sentence) == ("ok", "Nothing needs you now.")


def test_with_every_rule_off_it_does_not_say_that_all_is_well(scene, shown):
    scene.running()
    model = shown()
    for rule in default_rules():
        model.set_enabled(rule.id, is_on=False)
    assert "no rule is switched on" in model.state.headline.sentence


def test_the_gravest_alert_is_the_headline_and_the_others_are_counted(scene, shown):
    scene.watch = Watch([
        event(rule=BUSY, at_s=NOW - 500),
        event(rule=HOT, subject="gpu.0.temperature_c", at_s=NOW - 120),
    ])  # fmt: skip
    RuleFile(scene.home.alerts_file).change(lambda _: [BUSY, HOT])
    state = shown().state
    assert state.headline.kind == "error"
    assert state.headline.sentence == (
        "GPU 0: temperature has been at 88 °C for 2 min; it slows down from 87 °C. 1 more below."
    )
    assert [row.event.rule for row in state.active] == ["hot", "busy"]
    assert state.active[0].since.endswith("(for 2 min)")
    assert [row.is_raised for row in state.rules] == [True, True]


def test_what_a_running_recorder_has_raised_is_read_from_its_state(scene, shown):
    home = scene.home
    RuleFile(home.alerts_file).change(lambda _: [BUSY])
    watcher = AlertWatcher(
        AlertPlaces(home.alerts_file, home.alerts_state_file), None, lambda *_: None
    )
    watcher.watch(sample(NOW - 60, cpu__busy_share=0.95))
    scene.running()
    model = shown()
    assert [row.event.rule for row in model.state.active] == ["busy"]
    watcher.watch(sample(NOW, cpu__busy_share=0.1))
    model.renew()
    assert model.state.active == ()


def test_a_stopped_recorders_old_state_is_not_shown_as_true_now(scene, shown):
    home = scene.home
    RuleFile(home.alerts_file).change(lambda _: [BUSY])
    AlertWatcher(
        AlertPlaces(home.alerts_file, home.alerts_state_file), None, lambda *_: None
    ).watch(sample(NOW - 9e5, cpu__busy_share=0.95))
    assert shown().state.active == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1, "watches": [{"is_raised": true}]}'])
def test_a_damaged_state_shows_nothing_rather_than_failing(scene, shown, text):
    scene.home.alerts_state_file.write_text(text, "utf-8")
    scene.running()
    assert shown().state.active == ()


def test_history_is_newest_first_and_ruled_by_span_and_words(scene, shown):
    _keep(
        scene.home,
        event(at_s=NOW - 20 * DAY_S, rule=HOT, subject="gpu.0.temperature_c"),
        event(at_s=NOW - 100),
        event(Kind.CLEARED, at_s=NOW - 50),
    )
    model = shown()
    assert [row.kind for row in model.state.events] == ["Over", "Raised"]
    assert model.state.events_note == "2 events"
    model.set_span(0.0)
    assert len(model.state.events) == 3
    model.set_text("GPU hot")
    assert [row.subject for row in model.state.events] == ["GPU 0"]
    assert model.state.events_note == "1 of 3 events"
    model.set_text("nothing of the kind")
    assert model.state.events_empty == "No event holds these words."


def test_an_event_of_the_window_and_of_the_history_is_listed_once(scene, shown):
    both = event(at_s=NOW - 10)
    _keep(scene.home, both)
    scene.watch = Watch(events=[both, event(Kind.CLEARED, at_s=NOW - 5)])
    assert len(shown().state.events) == 2


def test_the_rules_say_when_they_were_raised_last(scene, shown):
    RuleFile(scene.home.alerts_file).change(lambda _: [BUSY, HOT])
    _keep(scene.home, event(at_s=NOW - 9000), event(at_s=NOW - 100), event(Kind.CLEARED))
    busy, hot = shown().state.rules
    assert busy.last_s == NOW - 100
    assert (hot.last_s, hot.last) == (None, "–")


def test_a_damaged_event_is_left_out(scene, shown):
    _keep(scene.home, event(at_s=NOW - 1))
    writer = ReadingWriter.open(scene.home.monitor_file, clock=lambda: NOW)
    writer.add_event(EVENT_KIND, NOW - 2, {"kind": "raised"})
    writer.close()
    assert len(shown().state.events) == 1


@pytest.mark.parametrize(
    ("how", "words"),
    [(Mute.HOUR, "Muted until"), (Mute.TOMORROW, "Muted until"), (Mute.FOR_GOOD, "for good")],
)
def test_a_rule_is_muted_and_speaks_again(shown, how, words):
    model = shown()
    assert model.mute("gpu-hot", how)
    assert words in model.state.rules[0].quiet
    assert model.state.rules[1].quiet == ""
    model.mute("gpu-hot", Mute.OFF)
    assert model.state.rules[0].quiet == ""


def test_an_hour_is_an_hour(shown):
    model = shown()
    model.mute("gpu-hot", Mute.HOUR)
    assert model.rule("gpu-hot").mute_until_s == NOW + 3600
    model.mute("gpu-hot", Mute.FOR_GOOD)
    assert model.rule("gpu-hot").mute_until_s == NOW + FOR_GOOD_S


def test_an_edited_rule_keeps_its_place_and_a_new_one_comes_last(scene, shown):
    RuleFile(scene.home.alerts_file).change(lambda _: [BUSY, HOT])
    model = shown()
    model.save(BUSY.__class__(**{**_fields(BUSY), "title": "Very busy"}))
    model.save(BUSY.__class__(**{**_fields(BUSY), "id": "new"}))
    assert [row.rule.title for row in model.state.rules] == ["Very busy", "Hot", "Busy"]


def _fields(rule):
    return {name: getattr(rule, name) for name in rule.__dataclass_fields__}


def test_what_is_removed_can_be_put_back(scene, shown):
    model = shown()
    gone = []
    model.removed.connect(gone.append)
    assert model.remove("gpu-hot")
    assert model.rule("gpu-hot") is None
    assert model.save(gone[0])
    assert model.rule("gpu-hot") == default_rules()[0]


def test_a_rule_changed_elsewhere_is_taken_over(scene, shown):
    model = shown()
    RuleFile(scene.home.alerts_file).change(lambda _: [BUSY])
    model.renew()
    assert [row.rule.id for row in model.state.rules] == ["busy"]


def test_a_rule_that_makes_no_sense_is_refused_with_words(shown):
    model = shown()
    assert not model.save(BUSY.__class__(**{**_fields(BUSY), "band": -1.0}))
    assert "cannot be negative" in model.failures[0]
    assert model.rule("busy") is None


def test_rules_of_a_newer_version_are_left_alone_and_told(scene, shown):
    scene.home.alerts_file.write_text('{"schema": 9, "rules": []}', "utf-8")
    model = shown()
    assert "newer hwstudio" in model.failures[0]
    assert not model.set_enabled("gpu-hot", is_on=False)
    assert scene.home.alerts_file.read_text("utf-8") == '{"schema": 9, "rules": []}'


def test_a_damaged_rules_file_is_told_and_kept(scene, shown):
    scene.home.alerts_file.write_text("{", "utf-8")
    model = shown()
    assert "could not be read" in model.state.trouble
    assert list(scene.home.root.glob("alerts.damaged*"))


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_test_is_marked_as_one_and_says_whether_the_desktop_showed_it(
    qtbot, scene, shown, is_shown
):
    scene.desktop = is_shown
    model = shown()
    with qtbot.waitSignal(model.tested, timeout=5000) as said:
        model.test("gpu-hot")
    assert scene.told[0][0].startswith("Test: ")
    assert scene.told[0][1].startswith("This is a test. Nothing is wrong.")
    assert said.args[0].startswith("Test: ")
    assert ("did not show it" in said.args[0]) is not is_shown
    (row,) = model.state.events
    assert (row.kind, row.is_test) == ("Test", True)
    assert model.state.rules[0].last_s is None, "a rehearsal raises nothing"


def test_the_recorder_is_started_and_the_page_says_so_meanwhile(qtbot, scene, shown):
    model = shown()
    model.start_recorder()
    assert model.state.is_starting
    qtbot.waitUntil(lambda: not model.state.is_starting, timeout=5000)
    assert scene.started == [1]


def test_hidden_it_looks_at_nothing(scene, shown):
    model = shown()
    model.hide()
    RuleFile(scene.home.alerts_file).change(lambda _: [BUSY])
    model.renew_if_shown()
    assert len(model.state.rules) == len(default_rules())


def test_an_unreadable_history_is_told_and_the_rules_stay(scene, shown):
    scene.home.monitor_file.write_text(json.dumps({"no": "database"}) * 100, "utf-8")
    model = shown()
    assert "could not be read" in model.failures[0]
    assert model.state.rules


def test_a_rule_says_what_it_watches_here():
    assert fits_words(HOT, sample()) == "GPU 0, GPU 1"
    assert fits_words(default_rules()[4], sample()) == "nothing that is here now"
    assert fits_words(HOT, None) == "no readings yet"


def test_of_very_many_events_only_the_newest_are_read(scene):
    _keep(scene.home, *(event(at_s=NOW - age) for age in (30, 20, 10)))
    found = stored_events(scene.home.monitor_file, 2)
    assert [each.at_s for each in found] == [NOW - 20, NOW - 10]
