"""The search box finds actions by title and by synonym."""

from __future__ import annotations

from hwstudio.gui.shell.commands import Command, Commands


def commands_of(*pairs):
    made = Commands()
    for number, (title, words) in enumerate(pairs):
        made.add(Command(f"c{number}", title, list, "", words))
    return made


def test_every_typed_word_must_match():
    made = commands_of(("Switch light or dark", "theme colour"), ("Settings", "preferences"))
    assert [c.title for c in made.find("theme dark")] == ["Switch light or dark"]
    assert made.find("theme nothing") == ()


def test_a_match_in_the_title_comes_before_one_in_the_synonyms():
    made = commands_of(("Go to Monitor", "cloud"), ("Go to Cloud", "rent"))
    assert [c.title for c in made.find("cloud")] == ["Go to Cloud", "Go to Monitor"]


def test_nothing_typed_lists_everything():
    assert len(commands_of(("A", ""), ("B", "")).find("")) == 2
