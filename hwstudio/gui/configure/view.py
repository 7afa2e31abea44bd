"""The Configure tab: wishes on the left, the answer and its reasons on the right."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.project.answer import Alternative, Answer
from hwstudio.core.project.judging import Job
from hwstudio.core.project.share import as_markdown, as_text
from hwstudio.core.project.state import Choice
from hwstudio.core.project.wizard import same_wishes
from hwstudio.gui.configure import saving
from hwstudio.gui.configure.answer import AnswerCard
from hwstudio.gui.configure.builds import BuildStrip
from hwstudio.gui.configure.detail import Detail
from hwstudio.gui.configure.ground import is_growing
from hwstudio.gui.configure.guides.menu import add_guides
from hwstudio.gui.configure.making import make_guides, make_model, offered_by
from hwstudio.gui.configure.page import LatePage, Page
from hwstudio.gui.configure.power_limit import PowerLimit, Tariff
from hwstudio.gui.configure.rail.rail import StepRail
from hwstudio.gui.configure.rows import PartRow
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.configure.style import sheet
from hwstudio.gui.configure.todo.acting import act
from hwstudio.gui.configure.todo.after_model import AfterModel
from hwstudio.gui.configure.todo.growth_page import GrowthPage
from hwstudio.gui.configure.todo.lists_page import ListsPage
from hwstudio.gui.configure.whatif.making import whatif_pages
from hwstudio.gui.kit.icon import IconButton
from hwstudio.gui.kit.screen import Screen
from hwstudio.gui.kit.text import label
from hwstudio.gui.shell.commands import Command
from hwstudio.gui.shell.context import Context

_NARROW = 1150  # px: below, the four figures stand in two rows
_GAP = 12
# Links of the steps and of pages, where the names differ.
_GUIDE_OF = {"builds": "ready", "setup": "tree", "chooser": "tree"}


class ConfigureView(QWidget):
    """Layout and wiring; the thinking is the view model's."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.model = make_model(context, self)
        self._shown: ConfigureState | None = None
        self._has_new_wishes = True
        self._build()
        self._connect()
        self._restyle()
        self._show(self.model.state)
        self.model.start()
        self._take_jobs()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.frame = Screen(
            "Configure", "The best computer for a job within a budget.", has_controls=False
        )
        box.addWidget(self.frame)
        offered = offered_by(self._context.studio)
        self.rail = StepRail(self.model, offered)
        self.controls = self.rail.controls
        self.answer = AnswerCard()
        self.builds = BuildStrip()
        limit = PowerLimit(self._job_of, self._tariff)
        self.detail = Detail(limit, offered.parts, self._pages())
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.rail)  # it scrolls itself, so that Back and Next stay in sight
        row.addWidget(self._scrolled(self.answer, self.builds, self.detail), 1)
        self.frame.answer.addLayout(row)
        self._build_head()

    def _pages(self) -> tuple[Page, ...]:
        """Return the pages beside parts, checks and power; each is made when first looked at."""

        def lists() -> QWidget:
            page = ListsPage(self._per_kwh, AfterModel(self._context.studio, self))
            page.ticked.connect(self.model.tick)
            page.rows.acted.connect(partial(act, self._context, self))
            return page

        self.growth, self.lists = LatePage(GrowthPage), LatePage(lists)
        return (
            Page("Room to grow", self.growth),
            Page("To do", self.lists),
            *whatif_pages(self._context, self.model),
        )

    def open_after_buying(self) -> None:
        """Show the list after buying."""
        self.detail.turn_to("To do")
        if isinstance(self.lists.page, ListsPage):
            self.lists.page.show_after()

    def _job_of(self, answer: Answer) -> Job:
        studio = self._context.studio
        asked = answer.asked
        now = studio.predictors.now()
        return Job(answer.workload, asked.mains, now, asked.tax_pct, asked.owned)

    def _tariff(self) -> Tariff:
        settings = self._context.studio.settings
        return Tariff(Decimal(str(settings.electricity_per_kwh)), settings.currency)

    def _per_kwh(self, answer: Answer) -> Decimal:
        typed = answer.asked.usage.tariff_per_kwh
        return self._tariff().per_kwh if typed is None else typed

    def _scrolled(self, *widgets: QWidget) -> QScrollArea:
        """Stack widgets, the last one growing; a bar appears only where a window is too low."""
        self._holder = QWidget()
        box = QVBoxLayout(self._holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(_GAP)
        for widget in widgets:
            box.addWidget(widget)
        box.setStretchFactor(widgets[-1], 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._holder)
        return area

    @Slot()
    def _fit_height(self) -> None:
        """Wrapped text needs its height at the present width; a layout only guesses it."""
        width = self._holder.width()
        answer = self._shown.answer if self._shown is not None else None
        is_nothing = answer is None or answer.chosen is None
        self.answer.keep_height(width, is_new=self._has_new_wishes or is_nothing)
        self._has_new_wishes = False
        strip = self.builds.minimumSizeHint().height() + _GAP if self.builds.isVisible() else 0
        text = self.answer.minimumHeight()
        self._holder.setMinimumHeight(text + strip + _GAP + self.detail.minimumHeight())

    def _build_head(self) -> None:
        muted = self._context.theme.tokens.muted
        self.file_name: QLabel = label("", "muted")
        self.undo = IconButton("undo", "Undo", muted)
        self.redo = IconButton("redo", "Redo", muted)
        self.frame.head.addWidget(self.file_name)
        self.frame.head.addWidget(self.undo)
        self.frame.head.addWidget(self.redo)
        self.best = self.frame.set_primary("Find best build")
        self.best.setToolTip("Look again, keeping only the locked rows (Ctrl+Return)")
        self.best.setShortcut("Ctrl+Return")
        self.new_action = self.frame.add_more("New project", "Ctrl+N")
        self.open_action = self.frame.add_more("Open…", "Ctrl+O")
        self.save_action = self.frame.add_more("Save", "Ctrl+S")
        self.save_as_action = self.frame.add_more("Save as…", "Ctrl+Shift+S")
        self.versions_action = self.frame.add_more("Earlier versions…")
        self.frame.menu.addSeparator()
        self.text_action = self.frame.add_more("Copy as text", "Ctrl+Shift+C")
        self.markdown_action = self.frame.add_more("Copy as Markdown")
        self.page_action = self.frame.add_more("Save as web page…")
        self.report_action = self.frame.add_more("Report…")
        self.frame.menu.addSeparator()
        self.guides = make_guides(self._context, self.model, self)
        add_guides(self.frame.menu, self.guides)
        self._undo_action = self._shortcut("Undo", QKeySequence.StandardKey.Undo)
        self._redo_action = self._shortcut("Redo", QKeySequence("Ctrl+Shift+Z"))
        self._back_action = self._shortcut("Step back", QKeySequence.StandardKey.Back)
        self._next_action = self._shortcut("Next step", QKeySequence.StandardKey.Forward)
        self._redo_action.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])

    def _shortcut(self, text: str, keys: QKeySequence | QKeySequence.StandardKey) -> QAction:
        action = QAction(text, self)
        action.setShortcut(keys)
        self.addAction(action)
        return action

    def _connect(self) -> None:
        model = self.model
        model.changed.connect(self._show)
        model.changed.connect(self.guides.refresh)
        self._context.theme.changed.connect(self._restyle)
        self._context.shared.speeds_changed.connect(model.refresh)
        self.best.clicked.connect(model.find_best)
        self.undo.clicked.connect(model.undo)
        self.redo.clicked.connect(model.redo)
        self._undo_action.triggered.connect(model.undo)
        self._redo_action.triggered.connect(model.redo)
        self._back_action.triggered.connect(self.rail.go_back)
        self._next_action.triggered.connect(self.rail.go_on)
        self.answer.reshaped.connect(self._fit_height)
        self.detail.reshaped.connect(self._fit_height)
        self.answer.remedy_chosen.connect(model.apply)
        self.builds.chosen.connect(model.choose_build)
        self.detail.alternatives_wanted.connect(self._on_row_opened)
        self.detail.alternatives.why.asked.connect(model.ask_why_not)
        self.detail.alternatives.closed.connect(model.look_away)
        self.detail.alternatives.chosen.connect(self._on_part_chosen)
        self.detail.parts.locked.connect(self._on_locked)
        self.detail.parts.prices.price_given.connect(model.set_own_price)
        self.detail.parts.prices.price_cleared.connect(model.clear_own_price)
        self.detail.power.limit.chosen.connect(model.set_power_limit)
        self._context.shared.job_wanted.connect(self._take_jobs)
        self._context.shared.place_wanted.connect(self._on_place_wanted)
        self.rail.guide_wanted.connect(self._on_guide)
        self._connect_menu()

    @Slot(str)
    def _on_guide(self, name: str) -> None:
        """Open what a link of the steps names."""
        if name == "workload":
            self._context.open_tab("workload")
        else:
            self.guides.open(_GUIDE_OF.get(name, name))

    @Slot(str, str)
    def _on_place_wanted(self, tab: str, place: str) -> None:
        if tab == "configure":
            self._on_guide(place)

    @Slot()
    def _take_jobs(self) -> None:
        """Plan for the jobs another tab asked for."""
        for text, is_further in self._context.shared.take_jobs():
            if is_further:
                self.model.add_job(text)
            else:
                self.model.set_workload(text)

    def _connect_menu(self) -> None:
        self.new_action.triggered.connect(self.model.new_project)
        self.open_action.triggered.connect(self._on_open)
        self.save_action.triggered.connect(self._on_save)
        self.save_as_action.triggered.connect(self._on_save_as)
        self.versions_action.triggered.connect(self.show_versions)
        self.text_action.triggered.connect(self.copy_text)
        self.markdown_action.triggered.connect(self.copy_markdown)
        self.page_action.triggered.connect(self._on_save_page)
        self.report_action.triggered.connect(self.open_report)
        for command in (
            Command("configure.open", "Open a project", self._on_open, "", "hws file load"),
            Command("configure.save", "Save the project", self._on_save, "", "hws file"),
            Command("configure.copy", "Copy the build as text", self.copy_text, "", "clipboard"),
            Command("configure.next", "Next step of Configure", self.rail.go_on, "", "wizard"),
            Command("configure.back", "Step back in Configure", self.rail.go_back, "", "wizard"),
            Command(
                "configure.after",
                "After buying: check this computer",
                self.open_after_buying,
                "",
                "xmp expo trim driver temperature baseline list to do",
            ),
            Command("configure.find", "Find the best build", self.model.find_best, "", "solve"),
        ):
            self._context.commands.add(command)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.answer.set_narrow(is_narrow=event.size().width() < _NARROW)

    def leave(self) -> None:
        """Write what is open; called when the window closes."""
        self.guides.close_all()
        if isinstance(self.lists.page, ListsPage):
            self.lists.page.after.stop()
        self.model.leave()

    @Slot(object)
    def _show(self, state: ConfigureState) -> None:
        old, self._shown = self._shown, state
        has_new_project = old is None or old.project is not state.project
        has_new_answer = old is None or old.answer is not state.answer
        # Redrawing only what changed keeps the window quick while a solver has the processor.
        has_new_curve = old is not None and old.frontier is not state.frontier
        if has_new_project or has_new_answer or has_new_curve:
            self.rail.show_state(state)
        is_firm_now = has_new_curve and not is_growing(state)
        is_busy_now = old is not None and old.is_updating is not state.is_updating
        if has_new_answer or is_busy_now or is_firm_now:
            self.answer.show_state(state)
        if has_new_answer:
            self.builds.show_state(state)
        if has_new_answer or has_new_project or _looks_elsewhere(old, state):
            self.detail.show_state(state)
        self._show_head(state)
        self._show_trouble(state)
        self._has_new_wishes = has_new_answer and not _is_richer_or_poorer(old, state)
        self._fit_height()
        chosen = state.answer.chosen if state.answer is not None else None
        build = chosen.build if chosen is not None else None
        if build != self._context.shared.build:
            self._context.shared.set_build(build)
        self._context.shared.set_main_job(state.project.workload_id)
        self._context.shared.set_use(state.project.usage.hours_per_week)

    def _show_trouble(self, state: ConfigureState) -> None:
        """Bad news stands in place; good news goes to the status line, so nothing jumps."""
        trouble = state.trouble
        if trouble is not None and trouble.kind in ("error", "warn"):
            self.frame.notice.say(trouble.kind, trouble.text)
            return
        self.frame.notice.clear()
        if trouble is not None:
            self._context.status(trouble.text)

    def _show_head(self, state: ConfigureState) -> None:
        name = state.file.name if state.file is not None else state.project.name
        line = state.timeline
        is_fresh = state.file is None and not line.past
        self.file_name.setText(name if state.is_saved or is_fresh else f"{name}, not saved")
        for button, verb, step in (
            (self.undo, "Undo", line.undo_name),
            (self.redo, "Redo", line.redo_name),
        ):
            button.setEnabled(bool(step))
            button.setToolTip(f"{verb}: {step}" if step else f"{verb}: nothing yet")
        has_build = state.answer is not None and state.answer.chosen is not None
        self.text_action.setEnabled(has_build)
        self.markdown_action.setEnabled(has_build)
        self.page_action.setEnabled(has_build)
        self.report_action.setEnabled(has_build)

    def open_file(self, name: str) -> None:
        """Open a .hws file named on the command line."""
        self.model.open_file(Path(name))

    @Slot()
    def _restyle(self) -> None:
        colours = self._context.theme.tokens
        self.setStyleSheet(sheet(colours))
        self.undo.recolour(colours.muted)
        self.redo.recolour(colours.muted)

    @Slot(object)
    def _on_part_chosen(self, row: object) -> None:
        if isinstance(row, Alternative):
            kind = row.part.kind
            choice = Choice(kind.value, row.part.id, row.part.name, row.quantity)
            self.model.use_part(kind, choice, self.model.state.looking_at)

    @Slot(object)
    def _on_row_opened(self, row: object) -> None:
        if isinstance(row, PartRow):
            self.model.look_at(row.kind, row.place)

    @Slot(object, bool)
    def _on_locked(self, kind: object, is_locked: bool) -> None:
        self.model.set_locked(kind, is_locked=is_locked)  # type: ignore[arg-type]

    @Slot()
    def _on_open(self) -> None:
        folder = saving.folder_of(self.model)
        name, _ = QFileDialog.getOpenFileName(self, "Open a project", folder, saving.FILTER)
        if name:
            self.model.open_file(Path(name))

    @Slot()
    def _on_save(self) -> None:
        saving.save(self.model, self)

    @Slot()
    def _on_save_as(self) -> None:
        saving.save_as(self.model, self)

    @Slot()
    def show_versions(self) -> None:
        """Show earlier versions of the project; one can be taken back."""
        from hwstudio.gui.configure.versions import show_versions

        show_versions(self._context.studio, self.model, self)

    @Slot()
    def _on_save_page(self) -> None:
        start = saving.suggested(self.model, ".html")
        name, _ = QFileDialog.getSaveFileName(self, "Save as web page", start, "Web page (*.html)")
        if name:
            self.save_page(saving.with_ending(name, (".html", ".htm")))

    def save_page(self, path: Path) -> None:
        """Write the build as one web page: nothing is loaded by it and nothing is sent."""
        from hwstudio.core.report.build_sheet import Sheet, build_sheet
        from hwstudio.core.report.write import write_document

        answer = self.model.state.answer
        if answer is None or answer.chosen is None:
            return
        date = self._context.studio.catalog.as_of
        sheet = Sheet(answer, answer.chosen, today(), self._per_kwh(answer), date)
        try:
            write_document(path, build_sheet(sheet))
        except HwstudioError as error:
            self.model.tell("error", error.sentence)
            return
        self.model.tell("ok", f"Saved as {path.name}.")

    @Slot()
    def open_report(self) -> None:
        """Show the build, or the builds side by side, as a report to save or print."""
        from hwstudio.gui.report.choices import build_choices
        from hwstudio.gui.report.dialog import show_report

        answer = self.model.state.answer
        if answer is not None and answer.chosen is not None:
            studio = self._context.studio
            show_report(build_choices(studio, answer, self._per_kwh(answer)), self)

    @Slot()
    def copy_text(self) -> None:
        """Put the build on the clipboard as plain text."""
        if self.model.state.answer is not None:
            QGuiApplication.clipboard().setText(as_text(self.model.state.answer))
            self._context.status("The build was copied as text.")

    @Slot()
    def copy_markdown(self) -> None:
        """Put the build on the clipboard as Markdown."""
        if self.model.state.answer is not None:
            QGuiApplication.clipboard().setText(as_markdown(self.model.state.answer))
            self._context.status("The build was copied as Markdown.")


def _is_richer_or_poorer(old: ConfigureState | None, new: ConfigureState) -> bool:
    """Return whether two answers are builds for the same wishes at two budgets."""
    before = old.answer if old is not None else None
    if before is None or new.answer is None:
        return False
    if (before.chosen is None) is not (new.answer.chosen is None):
        return False
    asked = new.answer.asked
    return same_wishes(
        replace(before.asked, budget=asked.budget, parts=asked.parts, ticked=asked.ticked), asked
    )


def _looks_elsewhere(old: ConfigureState | None, new: ConfigureState) -> bool:
    return old is not None and (
        old.looking_at is not new.looking_at
        or old.alternatives is not new.alternatives
        or old.why is not new.why
    )
