"""How pages, code and the links between them are read."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.guide.link import Link, link_of, with_commands
from hwstudio.core.guide.page import code_of, filled, page_of

PAGE = "title: Memory\nwords: vram\n\nBefore.\n\n{{here}}\n\nAfter.\n"
CODE = "# title: T\n# words: w\n# needs: torch, numpy\n# tested: X 1\n# purpose: P.\n\nprint(1)\n"


def test_own_numbers_stand_where_the_page_names_them():
    page = page_of("memory", PAGE)
    assert page.places == ("here",)
    assert filled(page, {"here": "24 GiB"}) == "Before.\n\n24 GiB\n\nAfter.\n"


def test_a_place_nobody_fills_is_an_error_not_an_empty_line():
    with pytest.raises(UserError, match="memory asks for here"):
        filled(page_of("memory", PAGE), {})


def test_a_file_with_the_line_ends_of_windows_reads_the_same():
    assert page_of("memory", PAGE.replace("\n", "\r\n")) == page_of("memory", PAGE)


def test_code_is_taken_along_without_its_head_and_with_what_it_was_tested_with():
    code = code_of("mine", CODE)
    assert code.needs == ("torch", "numpy")
    assert code.to_copy == "print(1)\n\n# Tested with X 1.\n"
    assert code.file_name == "mine.py"


@pytest.mark.parametrize("lost", ["title: T", "tested: X 1", "purpose: P."])
def test_a_head_that_leaves_something_out_is_refused(lost):
    with pytest.raises(UserError, match=f"says no {lost.partition(':')[0]}"):
        code_of("mine", CODE.replace(f"# {lost}\n", ""))


def test_a_terminal_is_told_the_command_behind_a_link():
    text = "See [memory](hwstudio:page/memory) and [run it](hwstudio:bench/storage)."
    told = "See memory (hwstudio learn show memory) and run it (hwstudio bench run storage)."
    assert with_commands(text) == told


@pytest.mark.parametrize("url", ["https://example.org", "hwstudio:other/x", "hwstudio:page/../x"])
def test_only_links_of_ours_lead_anywhere(url):
    assert link_of(url) is None
    assert link_of("hwstudio:bench/storage") == Link("bench", "storage")
