"""The guides as a person uses them: answers, cards, numbers, and what lands in the plan."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QWidget

from hwstudio.core.base.units import GIB
from hwstudio.core.model.part import PartKind
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.gui.configure.guides.budget_dialog import BudgetDialog
from hwstudio.gui.configure.guides.matrix_dialog import MatrixDialog
from hwstudio.gui.configure.guides.memory_dialog import MemoryDialog
from hwstudio.gui.configure.guides.menu import GUIDES, Guides, add_guides
from hwstudio.gui.configure.guides.priority_dialog import PriorityDialog
from hwstudio.gui.configure.guides.ready_made import PAGES, ReadyMadeDialog
from hwstudio.gui.configure.guides.storage_dialog import StorageDialog
from hwstudio.gui.configure.guides.tree_dialog import TreeDialog


@pytest.fixture
def opened(qtbot, guide_context):
    def make(kind):
        dialog = kind(guide_context)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def texts(widget):
    return "\n".join(line.text() for line in widget.findChildren(QLabel))


def type_into(qtbot, field, text):
    field.edit.setFocus()
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, text)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)


# --- which setup suits me ------------------------------------------------------------------


def test_three_clicks_end_in_wishes_and_something_to_rent(opened, handed):
    dialog = opened(TreeDialog)
    for number in (1, 2, 1):
        assert dialog.leaf is None
        dialog.answers[number].click()
    assert dialog.path == ("hobbyist", "tune", "daily")
    assert "Job: QLoRA fine-tune of an 8B model" in texts(dialog)
    assert dialog.cloud.text().startswith("From $")
    dialog.take.click()
    assert handed.wishes[0].budget == Decimal(4000)
    assert "Put into the plan" in dialog.notice.accessibleName()


def test_the_tree_is_walked_by_number_keys_and_a_beginner_is_shown_free_notebooks(opened, qtbot):
    dialog = opened(TreeDialog)
    for key in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_1):
        qtbot.keyClick(dialog, key)
    assert dialog.path == ("student", "chat", "seldom")
    assert "Kaggle" in dialog.cloud.text()
    assert "none" not in dialog.cloud.text()


def test_the_end_leads_to_the_pages_that_say_why_and_keeps_the_answers(opened, guide_context):
    read = []
    dialog = opened(TreeDialog)
    dialog.context = replace(guide_context, read=read.append)
    for number in (2, 2, 1):
        dialog.answers[number].click()
    titles = [link.text() for link in dialog.reading]
    assert titles[:2] == ["When to rent a TPU", "When to choose a GPU"]
    dialog.reading[0].click()
    assert read == ["choose_tpu"]
    assert not dialog.isVisible()
    dialog.show()
    assert dialog.leaf is not None


def test_going_back_asks_the_question_before_again(opened):
    dialog = opened(TreeDialog)
    assert not dialog.back.isEnabled()
    dialog.answers[0].click()
    dialog.back.click()
    assert dialog.path == ()
    assert len(dialog.answers) == 3
    assert not dialog.take.isVisible()


# --- ready-made builds ---------------------------------------------------------------------


def test_every_card_has_a_button_that_hands_its_wishes_over(opened, handed):
    dialog = opened(ReadyMadeDialog)
    assert [len(page) for page in dialog.buttons_by_page] == [5, 5, 3, 2, 4]
    dialog.buttons_by_page[0]["Enterprise"].click()
    assert handed.wishes[0].budget == Decimal(15000)
    dialog.pages.choose(PAGES.index("Memory size"))
    assert not dialog.notice.isVisible()
    dialog.buttons_by_page[4]["64 GiB, professional"].click()
    assert handed.wishes[1].min_ram_bytes == 64 * GIB
    assert handed.wishes[1].budget is None


def test_a_profile_shows_its_shares_of_the_budget_and_how_far_the_build_is_off(opened):
    dialog = opened(ReadyMadeDialog)
    dialog.pages.choose(PAGES.index("By task"))
    said = texts(dialog.stack.currentWidget())
    assert "40%" in said
    assert "$1,200" in said  # 40 % of $3,000
    assert "points" in said
    assert "Your build" in said


def test_spending_by_shares_puts_a_whole_build_into_the_plan_and_says_how_near_it_is(
    opened, qtbot, handed, guide_context, catalog
):
    planner = ProjectPlanner(catalog)  # the thinned shelf lacks parts near the shares
    dialog = ReadyMadeDialog(replace(guide_context, planner=planner))
    qtbot.addWidget(dialog)
    dialog.followers["Pictures and video"].click()
    qtbot.waitUntil(lambda: bool(handed.projects), timeout=90_000)
    project, name = handed.projects[0]
    assert name == "spend by shares"
    assert project.budget == Decimal(3000)
    assert set(project.locked) == {"gpu_card", "cpu", "ram", "storage"}
    assert len(project.parts) == 8
    assert "within 5 points" in dialog.notice.accessibleName()


def test_a_kind_of_work_is_held_against_the_build_with_examples_from_the_catalogue(opened):
    dialog = opened(ReadyMadeDialog)
    said = texts(dialog.stack.widget(PAGES.index("By kind of work")))
    assert "Intel Core i7 14700K: 20 cores, 28 threads" in said
    assert "L4: 24 GiB, 72 W, no fan of its own" in said
    assert "enough" in said


# --- memory --------------------------------------------------------------------------------


def test_the_sum_and_the_kit_are_both_shown_and_follow_every_change(opened, qtbot, handed):
    dialog = opened(MemoryDialog)
    dialog.choose("research")
    assert dialog.budget.sum_bytes == 84 * GIB
    assert dialog.answer.sum.accessibleName().startswith("Adds up to: 84 GiB")
    before = dialog.answer.wanted.total_bytes
    assert before >= 84 * GIB
    type_into(qtbot, dialog.counts["workers"], "16")
    assert dialog.budget.sum_bytes == 96 * GIB
    type_into(qtbot, dialog.fields["data"], "20.5")
    assert dialog.budget.sum_bytes == round(116.5 * GIB)
    dialog.take.click()
    assert handed.wishes[0].min_ram_bytes == dialog.answer.wanted.total_bytes >= 116 * GIB


def test_reset_brings_the_lines_back(opened, qtbot):
    dialog = opened(MemoryDialog)
    type_into(qtbot, dialog.fields["system"], "20")
    assert dialog.budget.sum_bytes == 28 * GIB
    dialog.reset.click()
    assert dialog.budget.sum_bytes == 16 * GIB
    assert dialog.fields["system"].value == 8


def test_the_room_on_the_plans_board_is_told(opened, plan):
    dialog = opened(MemoryDialog)
    build = plan.chosen.build
    assert build.motherboard.name in dialog.answer.board.text()
    used = build.ram.modules * build.ram_kits
    free = build.motherboard.mem_slots - used
    assert f"{used} of {build.motherboard.mem_slots} slots are used, {free} free" in (
        dialog.answer.slots.text()
    )
    assert "The most one can buy for it" in dialog.answer.largest.text()


def test_a_need_no_kit_holds_is_said_and_cannot_be_used(opened, qtbot):
    dialog = opened(MemoryDialog)
    type_into(qtbot, dialog.fields["data"], "5000")
    assert dialog.answer.wanted is None
    assert not dialog.take.isEnabled()
    assert "No kit" in dialog.answer.kit.accessibleName()


# --- storage -------------------------------------------------------------------------------


def test_the_plan_holds_the_need_and_says_raw_usable_failures_and_cost(opened, qtbot, handed):
    dialog = opened(StorageDialog)
    type_into(qtbot, dialog.form.archive, "20000")
    assert [v.purpose for v in dialog.plan.volumes] == ["Primary", "Secondary"]
    second = dialog.plan.volumes[1]
    assert second.array.usable_bytes >= dialog.need.cold_bytes
    assert second.array.least_failures == 1
    header = dialog.volumes.as_csv().splitlines()[0]
    assert header == "For,Drive,Drives,Level,Raw,Usable,May fail,Cost,Per TB"
    assert "usable of" in dialog.sentence.text()
    dialog.take.click()
    assert handed.wishes[0].min_storage_bytes == dialog.plan.volumes[0].drive.capacity_bytes
    assert "add further drives by hand" in dialog.notice.accessibleName()


def test_without_an_archive_one_fast_drive_is_enough(opened):
    dialog = opened(StorageDialog)
    assert [v.purpose for v in dialog.plan.volumes] == ["Primary"]


def test_data_in_use_beyond_the_nvme_drive_bring_the_advice_to_tier(opened, qtbot, plan):
    dialog = opened(StorageDialog)
    type_into(qtbot, dialog.form.data, "4000")
    assert dialog.tiers.isVisible()
    assert "in use" in dialog.tiers.accessibleName()
    for field in (dialog.form.data, dialog.form.system, dialog.form.models, dialog.form.kept):
        type_into(qtbot, field, "0")
    assert not dialog.tiers.isVisible()


def test_a_number_that_cannot_be_is_told_and_the_answer_stays(opened, qtbot):
    dialog = opened(StorageDialog)
    before = dialog.sentence.text()
    type_into(qtbot, dialog.form.years, "50")
    assert "between 0 and 10" in dialog.notice.accessibleName()
    assert dialog.sentence.text() == before


# --- matrix --------------------------------------------------------------------------------


def test_a_weight_changes_the_winner_and_reset_brings_it_back(opened, qtbot):
    dialog = opened(MatrixDialog)
    assert dialog.verdict.text() == "Balanced wins with 16 points, 4 ahead."
    type_into(qtbot, dialog.weights["large"], "6")
    assert dialog.verdict.text().startswith("Graphics card first wins")
    assert dialog.sums["gpu"].text() == "27"
    type_into(qtbot, dialog.scores["large", "gpu"], "0")
    assert dialog.sums["gpu"].text() == "9"
    dialog.reset.click()
    assert dialog.verdict.text() == "Balanced wins with 16 points, 4 ahead."


def test_the_matrix_is_copied_and_saved_as_csv(opened, tmp_path, monkeypatch):
    dialog = opened(MatrixDialog)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == dialog.matrix.as_csv()
    file = tmp_path / "matrix"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(file), ""))
    dialog.save.click()
    rows = list(csv.reader(io.StringIO((tmp_path / "matrix.csv").read_text())))
    assert rows[-1][0] == "Winner"
    bad = tmp_path / "nowhere" / "matrix.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(bad), ""))
    dialog.save.click()
    assert "cannot be written" in dialog.notice.accessibleName()


# --- money and priority --------------------------------------------------------------------


def test_five_budgets_are_worked_out_filtered_and_one_is_used(opened, qtbot, handed):
    dialog = opened(BudgetDialog)
    qtbot.waitUntil(lambda: len(dialog.table.shown_rows()) == 5, timeout=60_000)
    rows = dialog.table.shown_rows()
    speeds = [row.bought.per_second for row in rows if row.bought.per_second]
    assert speeds == sorted(speeds)
    dialog.filter.setText("$16,000")
    assert [row.budget for row in dialog.table.shown_rows()] == [Decimal(16000)]
    dialog.filter.setText("")
    dialog.table.selectRow(1)
    dialog.take.click()
    assert handed.wishes[0].budget == Decimal(2000)
    assert handed.wishes[0].workload_id == "resnet50_train"


def test_the_next_part_is_named_with_its_gain_and_put_into_the_plan(opened, qtbot, handed):
    dialog = opened(PriorityDialog)
    qtbot.waitUntil(lambda: bool(dialog.ranks), timeout=60_000)
    type_into(qtbot, dialog.most, "1000000")
    qtbot.waitUntil(lambda: bool(dialog.ranks), timeout=60_000)
    best = dialog.ranks[0]
    assert best.kind == "gpu_card"
    assert dialog.sentence.text().startswith("Next: the graphics card.")
    dialog.take.click()
    kind, choice = handed.parts[0]
    assert kind is PartKind.GPU_CARD
    assert (choice.part_id, choice.name) == (best.step.part_id, best.step.name)


# --- all of them ---------------------------------------------------------------------------


def test_the_menu_opens_each_guide_once_and_closes_them_with_the_window(qtbot, guide_context):
    window = QWidget()
    qtbot.addWidget(window)
    menu, guides = QMenu(window), Guides(guide_context, window)
    actions = add_guides(menu, guides)
    assert [a.text() for a in actions][:3] == [
        "Which setup suits me?",
        "Ready-made builds…",
        "Memory calculator…",
    ]
    actions[2].trigger()
    first = guides.dialogs["memory"]
    assert not first.isModal()
    actions[2].trigger()
    assert guides.dialogs == {"memory": first}
    actions[6].trigger()
    assert set(guides.dialogs) == {"memory", "matrix"}
    guides.close_all()
    assert guides.dialogs == {}


@pytest.mark.parametrize(
    "kind", [made for key, _title, made in GUIDES if key not in ("money", "priority")]
)
def test_every_input_has_a_name_fits_a_small_screen_and_escape_closes(opened, qtbot, kind):
    dialog = opened(kind)
    nameless = [
        widget
        for widget in dialog.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []
    assert dialog.minimumSizeHint().width() <= 1240
    assert dialog.minimumSizeHint().height() <= 690
    assert not dialog.leave.hasFocus()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
