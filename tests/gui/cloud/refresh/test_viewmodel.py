"""Refreshing from the window: in a process beside, with the user's answer before and after."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from benchmarks.cloud.price_server import hang, serving
from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.settings import Settings, changed, save_settings
from hwstudio.core.cloud.refresh.chosen import load_chosen
from hwstudio.core.cloud.refresh.process import refresh_in_process
from hwstudio.gui.cloud.refresh.dialog import RefreshDialog
from hwstudio.gui.cloud.refresh.words import flip_words, rest_words, summary_words
from hwstudio.gui.cloud.state import Answer
from hwstudio.gui.cloud.view import CloudView

ROWS = (
    "provider,instance,region,accelerator,accelerator_count,accelerator_memory_gb,"
    "price_usd_per_hour,source_date\n"
    "mycloud,cheap,here,RTX 4090,1,24,0.31,2026-11-27\n"
    "mycloud,broken,here,RTX 4090,1,24,700.0,2026-11-27\n"
)
NOTHING = {
    "added": 0, "changed": 0, "unchanged": 0, "gone": [], "bands": 0, "bands_changed": 0,
    "read": [], "failed": [], "rejected_count": 0, "clock_behind": False,
}  # fmt: skip


@pytest.fixture
def view(qtbot, context):
    made = CloudView(context)
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: not made.model.state.is_waiting, timeout=20_000)
    return made


@pytest.fixture
def dialog(qtbot, view, context):
    made = RefreshDialog(context, view.model, view)
    qtbot.addWidget(made)
    return made


def test_a_files_prices_are_shown_everywhere_and_the_answer_is_compared(
    qtbot, view, dialog, tmp_path
):
    file = tmp_path / "mine.csv"
    file.write_text(ROWS, "utf-8")
    dialog.model.refresh_file(file)
    assert dialog.model.state.is_busy
    assert not dialog.file.isEnabled()
    qtbot.waitUntil(lambda: bool(dialog.model.state.verdict), timeout=60_000)
    assert dialog.sentence.text() == "1 offer is new."
    assert dialog.rejected_rows.shown_rows()[0]["row"] == 2
    assert "owning wins in" in dialog.verdict.text()
    assert any(row.offer.provider == "mycloud" for row in view.model.state.rows)


def test_with_the_network_off_only_a_file_can_be_taken(dialog):
    dialog.model.switch("azure", True)
    assert load_chosen(dialog.model._studio.home.price_sources_file).on == {"azure"}
    assert not dialog.start.isEnabled()
    assert dialog.file.isEnabled()
    assert "may not use the network" in dialog.notice.accessibleName()


def test_an_address_that_is_none_is_refused_in_place(dialog):
    dialog.model.set_address("gpuhunt", "not an address")
    assert "no web address" in dialog.model.state.problem
    assert dialog.model.state.chosen.addresses == {}


def test_a_refresh_that_hangs_can_be_stopped_at_once(home):
    save_settings(home.settings_file, changed(Settings(), network_allowed=True))
    stopped, asked = threading.Event(), threading.Event()
    with serving({"*": hang}) as server:
        words = ("--source", "akamai", "--address", server.url)
        ended: list[object] = []

        def work():
            try:
                refresh_in_process(home, words, stopped=stopped, say=lambda _: asked.set())
            except HostError as error:
                ended.append(error.sentence)

        thread = threading.Thread(target=work)
        thread.start()
        assert asked.wait(60)
        began = monotonic_s()
        stopped.set()
        thread.join(20)
    assert monotonic_s() - began < 10
    assert "you stopped it" in ended[0]


def test_what_the_process_refuses_is_said_in_its_words(home, tmp_path):
    with pytest.raises(UserError) as refused:
        refresh_in_process(
            home, ("--source", "nobody"), stopped=threading.Event(), say=lambda _: None
        )
    assert "There is no price source 'nobody'" in refused.value.sentence


def test_the_sentences_tell_nothing_from_something():
    assert "prices you had stay" in summary_words(NOTHING)
    assert "nothing changed" in summary_words({**NOTHING, "unchanged": 4})
    assert summary_words({**NOTHING, "changed": 2, "added": 1}) == (
        "2 offers have another price, 1 offer is new."
    )
    assert rest_words({**NOTHING, "failed": [{}]}) == (
        "One source gave nothing; the prices known before stay."
    )


def test_a_flip_is_told_as_one(view):
    answer = view.model.state.answer
    assert answer.odds is not None
    mine = replace(answer, odds=replace(answer.odds, owning_wins_share=0.8))
    theirs = replace(answer, odds=replace(answer.odds, owning_wins_share=0.3))
    assert flip_words(mine, theirs).startswith("Your answer flips: renting wins now")
    assert flip_words(mine, mine).startswith("Your answer stays: owning wins")
    none = Answer(sentence="", detail="", kind="info")
    assert flip_words(mine, none).startswith("Own or rent: no answer")
