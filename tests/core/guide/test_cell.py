"""Cells with a tip or a bar: plain Markdown for a window, words and letters in a terminal."""

from __future__ import annotations

from hwstudio.core.guide.cell import Bar, bar_cell, bar_of, tipped
from hwstudio.core.guide.link import links_in, with_commands


def test_a_bar_comes_back_from_its_address():
    bar = Bar(0.25, 0.125, 0.5, True)
    assert bar_of(bar.url) == bar
    assert bar_of("hwstudio:bar/12") is None


def test_a_terminal_gets_the_tip_in_brackets_and_the_bar_in_letters():
    row = f"| {tipped('Good', 'it has (many) units')} | {bar_cell(Bar(0.5, 0.5, 0.5, False))} |"
    assert with_commands(row) == f"| Good (it has (many) units) | {'█' * 12} |"


def test_neither_is_a_link_that_leads_somewhere_and_a_tip_cannot_end_its_cell():
    cell = tipped("a [b]", 'say "x" | y')
    assert "|" not in cell
    assert links_in(f"{cell} {bar_cell(Bar(1, 1, 1, True))}") == ()
    assert with_commands(cell) == "a (b) (say 'x' / y)"
