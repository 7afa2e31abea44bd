"""How the search finds every page; the commands are made when it opens, not at the start."""

from __future__ import annotations

from functools import partial

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.guide.link import CODE, PAGE
from hwstudio.core.guide.page import Code, Page
from hwstudio.core.project.learn.shelf import shelf
from hwstudio.gui.shell.commands import Command
from hwstudio.gui.shell.context import Context

TAB = "learn"


def page_commands(context: Context) -> tuple[Command, ...]:
    """Return a command for each page and each file of code; none where they are damaged."""
    try:
        found = shelf()
    except HwstudioError as error:
        logger("learn").error("%s", error.sentence)
        return ()
    all_of_them: list[tuple[str, str, Page | Code]] = [
        *((PAGE, "Read", each) for each in found.pages),
        *((CODE, "Code", each) for each in found.codes),
    ]
    return tuple(
        Command(
            f"learn.{kind}.{each.id}",
            f"{verb}: {each.title}",
            partial(open_page, context, f"{kind}/{each.id}"),
            "",
            f"learn {each.words}",
        )
        for kind, verb, each in all_of_them
    )


def open_page(context: Context, place: str) -> None:
    """Show the tab, and in it a page ("page/memory") or code ("code/ddp_torch")."""
    context.open_tab(TAB)
    context.shared.place_wanted.emit(TAB, place)
