"""The Workload tab as a person uses it: the answer first, and every knob moves it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hwstudio.core.base.units import gib
from hwstudio.core.model.reading import Reading
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.smallest import smallest_card
from hwstudio.core.project.own_limits import MeasuredFeed, OwnLimits, TriedBatch
from hwstudio.gui.workload.below import Page
from hwstudio.gui.workload.hardware import OWN_PROCESSOR
from hwstudio.gui.workload.reckon import time_words
from hwstudio.gui.workload.tables import HARDWARE_COLUMNS
from hwstudio.gui.workload.view import WorkloadView
from hwstudio.gui.workload.viewmodel import software_key
from hwstudio.gui.workload.wish_parts import Part
from tests.core.assess.test_readiness import machine
from tests.data.probe_results import GPU, product, triad

LLAMA_3B = {
    "model_type": "llama", "hidden_size": 3072, "num_hidden_layers": 28, "vocab_size": 128256,
    "num_attention_heads": 24, "num_key_value_heads": 8, "intermediate_size": 8192,
    "tie_word_embeddings": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _this_computer_is_not_looked_at(monkeypatch):
    """What the tests run on is another every time; a test that wants a machine says which."""
    monkeypatch.setattr("hwstudio.gui.workload.view.detect_machine", lambda _match: None)


@pytest.fixture
def view(qtbot, context):
    made = WorkloadView(context)
    qtbot.addWidget(made)
    made.resize(1280, 640)
    made.show()
    qtbot.waitUntil(lambda: bool(made.model.state.rows), timeout=20_000)
    return made


def settled(qtbot, view):
    """Wait until the newest answer is shown."""
    qtbot.waitUntil(lambda: not view.model.is_busy, timeout=20_000)


def test_the_answer_says_whether_it_fits_how_long_and_what_it_costs(view):
    assert view.shown.sentence.text().startswith("Fits in the 24.0 GiB of GeForce RTX 4090")
    assert "about" in view.shown.sentence.text()
    assert "electricity" in view.shown.sentence.text()
    assert view.shown.memory.accessibleName().startswith("Memory, each GPU: 17.2 GiB")


def test_the_bar_names_every_part_of_the_need(view):
    said = view.shown.bar.accessibleDescription()
    assert said.startswith("weights: 15.0 GiB")
    assert said.count(";") >= 2


def test_the_table_holds_the_whole_catalogue_fastest_first(view, catalog):
    rows = view.below.table.shown_rows()
    shown = {row.gpu.id for row in rows}
    assert {gpu.id for gpu in catalog.gpus()} < shown
    assert len(shown) == len(rows)
    times = [HARDWARE_COLUMNS[4].value(row) for row in rows]
    told = [time for time in times if time is not None]
    assert told == sorted(told)
    assert all(time is None for time in times[len(told) :])  # what it does not fit comes last


def test_choosing_a_row_makes_the_answer_about_it(view, qtbot):
    row = next(r for r in view.below.table.shown_rows() if r.gpu.name == "GeForce RTX 3060 12 GB")
    place = view.below.table.shown_rows().index(row)
    view.below.table.selectRow(place)
    settled(qtbot, view)
    assert view.model.state.chosen.gpu == row.gpu
    assert view.shown.sentence.text().startswith("Does not fit")
    assert view.shown.advice.isVisible()
    assert view.shown.advice.text()


def test_an_advice_is_followed_with_one_click_and_taken_back_with_undo(view, qtbot):
    view.model.choose_mode(Mode.FINETUNE.value)
    settled(qtbot, view)
    asked = view.model.wish.job
    assert "QLoRA instead" in view.shown.advice.text()
    view.shown.do_it.click()
    settled(qtbot, view)
    assert view.model.wish.job.mode is Mode.QLORA
    assert view.model.state.chosen.memory.verdict is Fit.FITS
    view.undo.click()
    assert view.model.wish.job == asked


def test_where_nothing_is_to_be_changed_there_is_nothing_to_click(view):
    assert view.model.state.advised is None
    assert not view.shown.do_it.isVisible()


def test_a_format_of_weights_is_chosen_in_words_the_short_names_first(view, qtbot):
    field = view.inputs.precision
    assert [field.itemText(n)[:6] for n in range(3)] == ["16-bit", "8-bit ", "4-bit "]
    view.model.choose_precision("q2_k")
    settled(qtbot, view)
    assert field.currentText() == "2-bit, GGUF Q2_K"
    assert "llama.cpp" in view.inputs.software.currentText()


def test_an_encoder_can_be_run_on_many_texts_at_once(view, qtbot):
    view.model.choose_kind("understand")
    view.model.choose_mode(Mode.INFERENCE.value)
    settled(qtbot, view)
    assert view.shown.sentence.text().startswith("Fits")
    assert "32 texts at once: " in view.shown.one.text()
    assert view.inputs.batch.isVisible()
    assert not view.inputs.requests.isVisible()


def test_the_rank_of_adapters_is_a_setting_of_lora_alone(view, qtbot):
    more = view.inputs.more
    more.button.setChecked(True)
    assert not more._rows[Part.RANK].isVisible()
    view.model.choose_mode(Mode.LORA.value)
    settled(qtbot, view)
    before = view.model.state.chosen.memory.need_bytes
    assert more._rows[Part.RANK].isVisible()
    more._numbers[Part.RANK].changed.emit(64.0)
    settled(qtbot, view)
    assert view.model.wish.job.recipe.adapter_rank == 64
    assert view.model.state.chosen.memory.need_bytes > before


def test_the_row_of_the_answer_is_the_one_marked_and_sorting_keeps_it(view):
    (marked,) = view.below.table.selected_rows()
    assert marked.gpu == view.model.state.chosen.gpu
    view.below.table.setFocus()
    view.below.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert view.model.wish.gpu_id == marked.gpu.id
    assert view.below.table.selected_rows()[0].gpu == marked.gpu


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (4.4 * 3600, 29 * 3600, "4.4 to 29 h"),
        (3000, 11_160, "50 min to 3.1 h"),
        (26_640, 207_360, "7.4 h to 2.4 days"),
        (1.0, 1.0, "1.0 s"),
    ],
)
def test_a_range_of_time_reads_in_units_that_suit_both_ends(view, low, high, words):
    time = replace(view.model.state.chosen.time, low=low, high=high)
    assert time_words(time) == words


def test_the_smallest_card_it_fits_and_the_largest_batch_are_named(view, qtbot, catalog):
    state = view.model.state
    least = smallest_card(state.workload, catalog.gpus())  # as `predict job` names it
    assert f"smallest card it fits {gib(least.vram_bytes)}, {least.name}" in view.shown.three.text()
    view.model.choose_kind("pictures")
    view.model.choose_mode(Mode.TRAIN.value)
    settled(qtbot, view)
    assert "at once would fit" in view.shown.advice.text()


def test_the_largest_batch_can_be_tried_here_where_benchmark_has_the_network(view, qtbot, context):
    assert not view.shown.attempt.isVisible()  # nothing is trained
    view.model.choose_kind("pictures")
    view.model.choose_mode(Mode.TRAIN.value)
    settled(qtbot, view)
    assert view.shown.attempt.isVisible()
    view.shown.attempt.click()
    assert context.shared.waiting_test == ("largest_batch", {"networks": ["resnet50"]})
    view.model.choose_model("timm-vit_large_patch16_224")
    settled(qtbot, view)
    assert not view.shown.attempt.isVisible()


def test_what_this_computer_was_found_to_hold_and_to_prepare_stands_beside_the_answer(view, qtbot):
    tried = TriedBatch(
        batch=21, beyond=22, precision="FP32", tokens=0, device="processor",
        limit_bytes=2**31, taken_at="2026-11-28T10:00:00Z",
    )  # fmt: skip
    feed = MeasuredFeed(images_per_s=123.4, workers=2, taken_at="2026-11-28T10:00:00Z")
    view.kept.limits = lambda: OwnLimits({"timm-resnet50": tried}, feed)
    view.model.look_again()
    view.model.choose_kind("pictures")
    view.model.choose_mode(Mode.TRAIN.value)
    settled(qtbot, view)
    assert "at once would fit. Tried here 2026-11-28: 21 train, not 22" in view.shown.advice.text()
    assert "would wait for data" in view.shown.supply.text()
    before = view.model.state.chosen.time.median
    view.inputs.more.supply.click()
    settled(qtbot, view)
    assert view.model.wish.job.around.feed_per_s == 123.0
    assert view.model.state.chosen.time.median > before
    assert "waiting for data" in view.shown.limit.text()
    assert not view.shown.supply.isVisible()  # it is counted now


def test_other_weights_make_it_fit_and_faster(view, qtbot):
    before = view.model.state.chosen
    view.model.choose_precision("int4")
    settled(qtbot, view)
    after = view.model.state.chosen
    assert after.memory.need_bytes < before.memory.need_bytes / 2
    assert after.speed.median > before.speed.median


def test_more_to_do_takes_in_proportion_longer(view, qtbot):
    before = view.model.state.chosen.time.median
    view.inputs.samples.edit.setText("2,000,000")
    view.inputs.samples.edit.editingFinished.emit()
    settled(qtbot, view)
    assert view.model.state.chosen.time.median == pytest.approx(2 * before)


def test_the_fields_follow_what_is_done(view, qtbot):
    assert not view.inputs.batch.isVisible()
    view.model.choose_mode(Mode.QLORA.value)
    settled(qtbot, view)
    assert view.inputs.batch.isVisible()
    assert view.inputs.tokens.isVisible()
    view.model.choose_kind("pictures")
    settled(qtbot, view)
    assert view.inputs.batch.isVisible()
    assert not view.inputs.tokens.isVisible()
    assert view.model.state.workload.unit == "images"


@pytest.mark.parametrize("kind", ["text", "understand", "pictures", "generate"])
def test_every_kind_of_model_gets_an_answer(view, qtbot, kind):
    view.model.choose_kind(kind)
    settled(qtbot, view)
    for mode in view.model.modes():
        view.model.choose_mode(mode.value)
        settled(qtbot, view)
        state = view.model.state
        assert any(row.memory.verdict in (Fit.FITS, Fit.TIGHT) for row in state.rows), (kind, mode)
        assert any(row.time.median for row in state.rows), (kind, mode)


def test_the_software_of_the_nearest_measurement_is_taken_and_can_be_left_open(view, qtbot):
    state = view.model.state
    assert state.software_used in state.software
    assert "llama.cpp" in state.software_used.framework
    assert view.inputs.software.currentData() == software_key(state.software_used)
    before = state.chosen.time
    view.model.choose_software("")
    settled(qtbot, view)
    after = view.model.state.chosen.time
    assert after.high / after.low > before.high / before.low


def test_a_model_file_is_taken_in(view, qtbot, tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps(LLAMA_3B))
    view.open_file(file)
    settled(qtbot, view)
    assert view.model.wish.model.params_total == pytest.approx(3_212_749_824, rel=1e-3)
    assert "config.json" in view.inputs.model.currentText()
    assert view.shown.sentence.text().startswith("Fits")


def test_a_bad_model_file_says_why_and_changes_nothing(view, tmp_path):
    file = tmp_path / "weights.pt"
    file.write_bytes(b"\x80\x04")
    before = view.model.wish
    view.open_file(file)
    assert view.model.wish == before
    assert view.notice.isVisible()
    assert "can run code" in view.notice.accessibleName()


def test_only_what_it_fits_can_be_shown(view):
    view.below.only_fitting.setChecked(True)
    assert {row.memory.verdict for row in view.below.table.shown_rows()} == {Fit.FITS}


def test_what_renting_costs_is_one_click_away_cheapest_first(view, qtbot):
    view.below.tabs.setCurrentIndex(Page.RENT)
    settled(qtbot, view)
    rows = view.below.rent.shown_rows()
    assert len(rows) > 800
    told = [row.job_usd.median for row in rows if row.memory.verdict is not Fit.NO]
    told = [cost for cost in told if cost is not None]
    assert told == sorted(told)
    cheap = rows[0]
    hours = cheap.time.median / 3600
    assert cheap.job_usd.median == pytest.approx(hours * float(cheap.offer.price_per_hour))
    view.below.only_fitting.setChecked(True)
    assert {row.memory.verdict for row in view.below.rent.shown_rows()} == {Fit.FITS}


def test_the_measurements_an_answer_leans_on_are_named(view):
    assert re.match(r"Nearest of [23] measured: llama-3-8b on RTX 4090", view.shown.near.text())


def test_the_measured_value_is_shown_where_its_licence_allows_it_else_why_not(view, qtbot):
    assert "value not shown, its publisher states no licence" in view.shown.near.text()
    view.model.choose_kind("pictures")
    settled(qtbot, view)
    assert re.search(r": [\d.,]+ images/s \(", view.shown.near.text())
    assert "Hugging Face, 202" in view.shown.near.text()
    assert view.shown.near.toolTip().count("<tr>") >= 2


def test_the_bottleneck_is_named_with_its_share(view, qtbot):
    # One text at a time reads every weight for every token.
    assert view.shown.limit.text().startswith("Limited most by memory traffic")
    view.model.choose_kind("pictures")
    view.model.choose_mode(Mode.TRAIN.value)
    settled(qtbot, view)
    assert "of the time" in view.shown.limit.text()


def test_three_numbers_of_memory_stand_side_by_side(view):
    memory = view.model.state.chosen.memory
    words = view.shown.three.text()
    assert words.startswith(
        f"Tensors alone about {gib(memory.live_bytes)}; as the driver shows it "
    )
    assert memory.live_bytes < memory.need_bytes


def test_a_chat_says_when_the_first_word_comes_and_how_fast_the_rest_is(view, qtbot):
    assert view.shown.one.text().startswith("First word after ")
    assert "4,096 tokens of prompt" in view.shown.one.text()
    assert "a token every" in view.shown.one.text()
    view.model.choose_kind("pictures")
    settled(qtbot, view)
    assert view.shown.one.text().startswith("32 pictures at once: ")


def test_many_answers_at_once_need_more_memory_and_come_faster_together(view, qtbot):
    one = view.model.state.chosen
    view.model.set_tokens(512)
    view.model.set_batch(8)
    settled(qtbot, view)
    many = view.model.state.chosen
    assert many.speed.median > 2 * one.speed.median
    caches = [i.bytes for i in many.memory.items if i.label.startswith("keys")]
    assert caches == [pytest.approx(512 * 2**20, rel=0.01)]  # 8 x 512 tokens, as one of 4,096


def test_more_settings_are_closed_until_wanted_and_fit_the_kind_of_job(view, qtbot):
    more = view.inputs.more
    assert not more._rows[Part.CACHE].isVisible()
    more.button.setChecked(True)
    assert more._rows[Part.CACHE].isVisible()
    assert not more._rows[Part.OPTIMISER].isVisible()
    view.model.choose_mode(Mode.FINETUNE.value)
    settled(qtbot, view)
    assert more._rows[Part.OPTIMISER].isVisible()
    assert not more._rows[Part.CACHE].isVisible()
    assert not more._rows[Part.SHARING].isVisible()
    view.model.set_count(4)
    assert more._rows[Part.SHARING].isVisible()


def test_another_optimiser_needs_less_memory_and_a_search_more_time(view, qtbot):
    view.model.choose_mode(Mode.FINETUNE.value)
    view.model.set_count(8)
    settled(qtbot, view)
    before = view.model.state.rows
    view.inputs.more._on_set(Part.OPTIMISER, "adamw8bit")
    view.inputs.more._on_set(Part.RUNS, 3.0)
    settled(qtbot, view)
    for old, new in zip(before, view.model.state.rows, strict=True):
        if new.memory.layout is old.memory.layout:
            assert new.memory.need_bytes < old.memory.need_bytes
        if old.time.median is not None:
            assert new.time.median == pytest.approx(3 * old.time.median, rel=0.05)


def test_a_split_the_model_does_not_allow_says_why(view, qtbot):
    view.model.set_count(3)
    view.inputs.more._on_set(Part.SHARING, "tensor")
    settled(qtbot, view)
    assert "32 attention heads cannot be split over 3 GPUs" in view.shown.memory.accessibleName()


def test_how_far_off_estimates_were_is_one_click_away(view, qtbot):
    view.below.tabs.setCurrentIndex(Page.ERRORS)
    assert view.below.errors.isVisible()
    rows = view.below.errors.table.shown_rows()
    assert len(rows) > 20
    assert all(0 < row.median < row.p90 for row in rows)
    assert view.below.errors.plot.dots()  # of the first row, unasked
    view.below.tabs.setFocus()
    qtbot.keyClick(view.below.tabs, Qt.Key.Key_Left)
    assert view.below.ways.isVisible()


def test_several_gpus_of_one_kind_are_named_so(view, qtbot):
    before = view.model.state.chosen.speed.median
    view.model.set_count(2)
    settled(qtbot, view)
    assert "24.0 GiB each of 2 x GeForce RTX 4090" in view.shown.sentence.text()
    # One stream of text runs through the cards in turn: more room, not more speed.
    assert view.model.state.chosen.speed.median == pytest.approx(before)


def test_it_fits_a_small_window(view):
    hint = view.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 640


def test_a_measured_speed_moves_and_narrows_the_answer_and_is_kept(view, qtbot, context):
    before = view.model.state.chosen.speed
    assert not view.forget.isEnabled()
    view.tell_measured(before.median * 0.9)
    settled(qtbot, view)
    after = view.model.state.chosen
    assert after.speed.median == pytest.approx(before.median * 0.9, rel=0.04)
    assert after.speed.high / after.speed.low < before.high / before.low
    assert after.badge == "measured here"
    assert context.studio.home.own_speeds_file.exists()
    assert view.forget.isEnabled()
    view.forget.trigger()
    settled(qtbot, view)
    assert view.model.state.chosen.speed == before


def test_the_other_tabs_hear_when_a_speed_was_measured_or_forgotten(view, qtbot, context):
    settled(qtbot, view)
    with qtbot.waitSignal(context.shared.speeds_changed, timeout=20_000):
        view.tell_measured(view.model.state.chosen.speed.median * 1.2)
    settled(qtbot, view)
    with qtbot.waitSignal(context.shared.speeds_changed, timeout=20_000):
        view.forget.trigger()


def test_other_jobs_on_the_hardware_are_calibrated_by_it(view, qtbot):
    view.tell_measured(view.model.state.chosen.speed.median * 0.8)
    settled(qtbot, view)
    view.model.choose_precision("int8")
    settled(qtbot, view)
    assert view.model.state.chosen.badge == "calibrated"


def test_a_measured_speed_of_a_job_nobody_published_is_said_to_be_of_no_use(view, qtbot):
    view.model.choose_kind("generate")
    settled(qtbot, view)
    view.tell_measured(1.0)
    assert "cannot be compared" in view.notice.accessibleName()


def test_a_file_of_measured_speeds_that_cannot_be_read_does_not_stop_the_estimates(qtbot, context):
    context.studio.home.own_speeds_file.mkdir()  # a folder where a file is wanted
    made = WorkloadView(context)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(made.model.state.rows), timeout=20_000)
    made.tell_measured(50.0)
    assert "cannot be read" in made.notice.accessibleName()


def test_before_the_first_answer_nothing_is_said_not_to_fit(qtbot, context):
    made = WorkloadView(context)
    qtbot.addWidget(made)
    made.below.only_fitting.setChecked(True)
    assert "Reading" in made.below.table._empty.text()


def test_a_network_nobody_measured_still_has_its_memory(view, qtbot):
    view.model.choose_kind("speech")
    settled(qtbot, view)
    assert view.model.state.chosen.memory.need_bytes > 2**30
    assert "How fast it runs is not known: nobody published" in view.shown.sentence.text()
    assert view.shown.time.accessibleName().startswith("Whole job: –")


def test_a_row_of_errors_shows_its_measurements_as_points(view, qtbot):
    view.below.tabs.setCurrentIndex(Page.ERRORS)
    page = view.below.errors
    row = next(
        row
        for row in page.table.shown_rows()
        if (row.kind, row.case, row.devices) == ("vision inference", "device", "one")
    )
    page._on_row(row)
    dots = page.plot.dots()
    assert len(dots) == 60
    assert "predicted" in dots[0].tip
    assert f"of {len(dots)} lie inside the range" in page.note.text()


def test_what_would_save_memory_is_listed_and_a_double_click_uses_it(view, qtbot):
    view.model.choose_mode(Mode.FINETUNE.value)
    view.below.tabs.setCurrentIndex(Page.SAVINGS)
    settled(qtbot, view)
    page = view.below.savings
    eight = next(row for row in page.table.shown_rows() if row.words == "8-bit Adam")
    page._on_activated(eight)
    settled(qtbot, view)
    assert view.model.state.chosen.memory.need_bytes == eight.memory.need_bytes
    assert view.inputs.more._choices[Part.OPTIMISER].value == "adamw8bit"
    assert all(row.words != "8-bit Adam" for row in page.table.shown_rows())


def test_the_ways_to_share_a_job_never_add_memory_up(view, qtbot):
    view.model.choose_mode(Mode.FINETUNE.value)
    view.model.set_count(4)
    view._context.shared.place_wanted.emit("workload", "ways")  # as a link of Learn does
    settled(qtbot, view)
    page = view.below.ways
    assert len(page.table.shown_rows()) == 6
    assert "Each GPU keeps its own memory: it is never added up" in page.note.text()
    assert "PCIe 4.0 x16" in page.note.text()
    assert all(row.way.memory.vram_bytes == 24 * 2**30 for row in page.table.shown_rows())


def test_probes_of_the_chosen_card_calibrate_its_answers_until_they_are_forgotten(
    view, qtbot, context
):
    before = view.model.state.chosen
    past = "2025-01-01T10:00:00Z"
    for each in (
        triad(500e9, GPU, taken_at=past),
        product(80e12, GPU, "bf16 8192", taken_at=past),
    ):
        context.studio.history.add_result(each)
    view.model.look_again()
    settled(qtbot, view)
    after = view.model.state.chosen
    assert after.badge == "calibrated"
    assert after.speed.median < before.speed.median
    assert view.model.state.measured == 0  # nobody told a speed
    view._forget_calibration()
    settled(qtbot, view)
    assert view.model.state.chosen.speed.median == before.speed.median


def test_a_told_speed_is_held_against_what_was_expected(view, qtbot):
    assert view.kept.score_words() == "No prediction was checked by a measurement yet."
    view.tell_measured(view.model.state.chosen.speed.median * 1.1)
    settled(qtbot, view)
    assert view.kept.score_words().startswith("1 prediction checked by a measurement: off by 10%")


def test_measured_computers_and_this_processor_stand_beside_the_cards(view, qtbot):
    names = {row.gpu.name for row in view.below.table.shown_rows()}
    assert "Apple M2 Ultra (76c GPU) 192GB" in names
    found = replace(machine(), cpu=replace(machine().cpu, features=Reading(value=("avx2",))))
    view.model.set_machine(found)
    settled(qtbot, view)
    own = next(row for row in view.model.state.rows if row.gpu.id == OWN_PROCESSOR)
    assert own.is_own
    assert own.speed.high / own.speed.low > 2  # a reckoned sheet is not sure
    if own.gpu.tdp_w == 0:  # the catalogue does not know it
        assert own.power.median is own.energy.median is own.cost.median is None
    view.model.choose_hardware(OWN_PROCESSOR)
    settled(qtbot, view)
    assert view.shown.power.accessibleName().startswith("Processor power")
    assert view.shown.memory.accessibleName().startswith("Memory:")
    view.model.set_count(2)
    settled(qtbot, view)
    shown = {row.gpu.id for row in view.model.state.rows}
    assert OWN_PROCESSOR not in shown  # there is one in a computer
    assert "measured-gaudi-2" in shown


def test_this_computer_is_looked_at_even_if_its_own_tab_was_never_opened(
    qtbot, context, monkeypatch
):
    monkeypatch.setattr("hwstudio.gui.workload.view.detect_machine", lambda _match: machine())
    made = WorkloadView(context)
    qtbot.addWidget(made)
    with qtbot.waitSignal(context.shared.machine_changed, timeout=20_000):
        made.show()
    settled(qtbot, made)
    assert made.model._machine == machine()


def test_hardware_is_chosen_on_the_left_and_its_row_comes_into_sight(view, qtbot):
    hardware = view.inputs.hardware
    assert hardware.currentText() == "GeForce RTX 4090"
    place = hardware.findText("GeForce RTX 3060 12 GB")
    hardware.setCurrentIndex(place)
    hardware.activated.emit(place)
    settled(qtbot, view)
    assert view.model.state.chosen.gpu.name == "GeForce RTX 3060 12 GB"
    table = view.below.table
    assert table.selected_rows()[0].gpu.name == "GeForce RTX 3060 12 GB"
    assert table.viewport().rect().intersects(table.visualRect(table.currentIndex()))


def test_larger_pictures_and_more_at_once_need_more(view, qtbot):
    view.model.choose_kind("generate")
    settled(qtbot, view)
    assert view.inputs.pixels.value == 512
    assert view.inputs.batch.isVisible()
    assert "arithmetic" in view.shown.limit.text()
    small = view.model.state.chosen
    view.model.set_image_px(1021)
    assert view.inputs.pixels.value == 1024  # in steps of eight
    settled(qtbot, view)
    large = view.model.state.chosen
    assert large.memory.live_bytes > 1.4 * small.memory.live_bytes
    assert large.time.median > 3 * small.time.median
    view.model.set_batch(4)
    settled(qtbot, view)
    assert view.model.state.chosen.memory.live_bytes > 1.5 * large.memory.live_bytes


def test_only_the_page_in_sight_is_reckoned(view, qtbot):
    view.below.tabs.setCurrentIndex(Page.RENT)
    settled(qtbot, view)
    assert view.model.state.rent
    view.below.tabs.setCurrentIndex(Page.HARDWARE)
    view.model.set_tokens(1000)
    settled(qtbot, view)
    assert not view.model.state.rent


def test_offers_and_hardware_are_sifted_by_kind_and_maker(view, qtbot):
    view.below.filter.setText("amd rdna")
    found = view.below.table.shown_rows()
    assert found
    assert all(row.gpu.maker == "AMD" for row in found)
    view.below.filter.setText("")
    view.below.kind.set_value("datacenter")
    view.below._show_rows()
    assert {row.gpu.segment for row in view.below.table.shown_rows()} == {"datacenter"}
    view.below.tabs.setCurrentIndex(Page.RENT)
    settled(qtbot, view)
    view.below.offer_kind.set_value("several")
    view.below._show_rows()
    assert min(row.count for row in view.below.rent.shown_rows()) > 1


def test_ctrl_z_takes_the_last_change_back(view, qtbot):
    with qtbot.waitActive(view):
        view.activateWindow()
    assert not view.undo.isEnabled()
    view.model.choose_precision("int4")
    assert view.undo.isEnabled()
    view.below.table.setFocus()
    qtbot.keyClick(view.below.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.model.wish.job.precision == "bf16"
    qtbot.keyClick(view.below.table, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert view.model.wish.job.precision == "int4"
    settled(qtbot, view)


def test_money_is_told_as_a_range_too(view):
    assert re.search(r"\$\d+\.\d\d to \$\d+\.\d\d; [\d.]+ kWh", view.shown.energy.accessibleName())


def test_the_hardware_can_be_filtered_by_its_name(view):
    view.below.filter.setText("4090")
    names = [row.gpu.name for row in view.below.table.shown_rows()]
    assert names
    assert all("4090" in name for name in names)
    view.below.filter.setText("no such card")
    assert view.below.table.shown_rows() == ()
    assert "Nothing is called so" in view.below.table._empty.text()


def names(view):
    """Return the software offered, as its publishers name it."""
    return " ".join(each.framework for each in view.model.state.software)


def test_software_that_does_not_run_the_weights_or_the_hardware_is_not_offered(view, qtbot):
    assert "exllamav2" in names(view)
    view.model.choose_precision("q6_k")
    settled(qtbot, view)
    assert "llama.cpp" in names(view)
    assert "exllamav2" not in names(view)
    view.model.choose_hardware("measured-apple-m3-10c-gpu")
    settled(qtbot, view)
    assert "hip" not in names(view)
    assert not view.inputs.unfit.isVisible()


def test_chosen_software_that_does_not_run_there_has_no_speed_and_is_said_to(view, qtbot):
    view.model.set_batch(8)
    settled(qtbot, view)
    tensorrt = next(s for s in view.model.state.software if "TensorRT" in s.framework)
    view.model.choose_software(software_key(tensorrt))
    view.model.choose_hardware("gpu-radeon-instinct-mi300x")
    settled(qtbot, view)
    assert view.model.state.chosen.time.median is None
    assert "TensorRT-LLM" in view.shown.sentence.text()
    assert "NVIDIA GPUs" in view.inputs.unfit.text()
    assert view.inputs.unfit.isVisible()
    view.model.choose_hardware("gpu-geforce-rtx-4090")
    settled(qtbot, view)
    assert view.model.state.chosen.time.median
    assert not view.inputs.unfit.isVisible()


def test_other_weights_let_go_of_software_that_cannot_run_them(view, qtbot):
    exllama = next(s for s in view.model.state.software if s.framework == "exllamav2")
    view.model.choose_software(software_key(exllama))
    view.model.choose_precision("gptq")
    assert view.model.wish.software == exllama
    view.model.choose_precision("q6_k")
    settled(qtbot, view)
    assert "llama.cpp" in view.model.state.software_used.framework


def test_software_of_many_answers_is_let_go_of_with_one(view, qtbot):
    view.model.set_batch(8)
    settled(qtbot, view)
    tensorrt = next(s for s in view.model.state.software if "TensorRT" in s.framework)
    view.model.choose_software(software_key(tensorrt))
    view.model.set_batch(16)
    assert view.model.wish.software == tensorrt
    view.model.set_batch(1)
    settled(qtbot, view)
    assert "llama.cpp" in view.inputs.software.currentText()


def test_running_and_every_way_of_teaching_stand_side_by_side(view, qtbot):
    view.below.tabs.setCurrentIndex(Page.SAVINGS)
    settled(qtbot, view)
    told = view.below.savings.modes.text()
    words = ("Run it", "QLoRA", "LoRA", "Fine-tune", "Train from scratch")
    assert all(each in told for each in words)
    least = [float(n) for n in re.findall(r"([\d.]+) GiB to", told.replace(",", ""))]
    assert len(least) == 5
    assert min(least) < 16 < 100 < max(least)  # QLoRA of 8 billion to training all of it
