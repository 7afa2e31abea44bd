"""The report dialog: pages first, any form saved, an error said in place; each tab opens it."""

from __future__ import annotations

import sys

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.report.blocks import Document, Heading, Paragraph
from hwstudio.gui.cloud.view import CloudView
from hwstudio.gui.machine.view import MachineView
from hwstudio.gui.report.dialog import FORMS, ReportChoice, ReportDialog, file_stem

ONE_PAGE = (Heading("Part"), Paragraph("Words."))
TWO_PAGES = tuple(Paragraph("Words. " * 600) for _ in range(3))


def _document(title, blocks=ONE_PAGE):
    return Document("test", title, (), blocks, "2026-11-28")


@pytest.fixture
def dialog(qtbot, theme):
    pytest.importorskip("typst")
    choices = (
        ReportChoice("Short", lambda: _document("Short")),
        ReportChoice("Long", lambda: _document("Long", TWO_PAGES)),
    )
    made = ReportDialog(choices)
    qtbot.addWidget(made)
    qtbot.waitUntil(made.save.isEnabled, timeout=20000)
    return made


def test_the_pages_are_shown_and_another_report_replaces_them(dialog, qtbot):
    assert dialog.preview.page_count == 1
    assert dialog.count.text() == "1 page"
    dialog.kind.set_value("1")
    dialog.kind.chosen.emit("1")
    qtbot.waitUntil(lambda: dialog.preview.page_count > 1, timeout=20000)
    assert dialog.count.text() == f"{dialog.preview.page_count} pages"


@pytest.mark.parametrize("ending", [ending for ending, _ in FORMS])
def test_the_report_shown_is_saved_in_every_form(dialog, qtbot, tmp_path, ending):
    out = tmp_path / f"x{ending}"
    dialog.save_to(out)
    qtbot.waitUntil(lambda: dialog.notice.isVisibleTo(dialog), timeout=20000)
    assert dialog.notice.accessibleName() == f"Saved as x{ending}."
    assert out.stat().st_size > 0


def test_a_place_that_cannot_be_written_is_said_in_place(dialog, qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    dialog.save_to(tmp_path / "file" / "x.pdf")
    qtbot.waitUntil(lambda: dialog.notice.isVisibleTo(dialog), timeout=20000)
    assert dialog.notice.property("kind") == "error"
    assert dialog.save.isEnabled()


def test_a_report_that_cannot_be_made_says_why_and_cannot_be_saved(qtbot, theme):
    def refuse():
        raise UserError("There is no build yet", "", "Find a build first")

    made = ReportDialog((ReportChoice("Build", refuse),))
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: made.notice.isVisibleTo(made), timeout=20000)
    assert "Find a build first" in made.notice.accessibleName()
    assert not made.save.isEnabled()


def test_a_copy_without_the_pdf_maker_shows_the_words_and_offers_other_forms(
    qtbot, theme, monkeypatch
):
    monkeypatch.setitem(sys.modules, "typst", None)
    made = ReportDialog((ReportChoice("Short", lambda: _document("Short")),))
    qtbot.addWidget(made)
    qtbot.waitUntil(made.save.isEnabled, timeout=20000)
    assert made.preview.page_count == 0
    assert "Words." in made.preview._words.toPlainText()
    assert ".pdf" not in [made.form.itemData(n) for n in range(made.form.count())]


def test_every_field_has_a_name_and_the_preview_says_its_pages(dialog):
    assert dialog.kind.accessibleName() == "Report"
    assert dialog.paper.accessibleName() == "Paper"
    assert dialog.form.accessibleName() == "Format"
    page = dialog.preview._box.itemAt(0).widget()
    assert page.accessibleName() == "Page 1 of 1"


@pytest.mark.parametrize(
    ("title", "stem"),
    [("Own or rent", "Own or rent"), ("a/b:c*?", "a b c"), ("...", "report"), ("x" * 99, "x" * 80)],
)
def test_the_files_name_is_one_every_system_takes(title, stem):
    assert file_stem(title) == stem


@pytest.mark.parametrize(
    ("tab", "title"), [(MachineView, "What this PC can do"), (CloudView, "Own or rent")]
)
def test_a_tab_opens_its_report_from_the_more_menu(qtbot, context, tab, title):
    view = tab(context)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(view.report.isEnabled, timeout=30000)
    assert view.report in view.menu.actions()
    view.report.trigger()
    (dialog,) = view.findChildren(ReportDialog)
    qtbot.waitUntil(dialog.save.isEnabled, timeout=30000)
    assert dialog._shown.document.title == title
    dialog.reject()
