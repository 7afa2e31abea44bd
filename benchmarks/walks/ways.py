"""Two ways to do the same things in the window: with the mouse, and with the keyboard only.

The mouse never uses Tab or a shortcut; only text nobody can click (an amount, a file's name) is
typed. The keyboard never moves the pointer: Tab, arrows, Space, Enter, Escape and shortcuts.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod

from hands import Hands, Item, WalkError

_MOST_TABS = 150
_MOST_STEPS = 400  # of an arrow key in a long list
_MOST_ROWS = 60
_ALL = "."


class Way(ABC):
    """What a person does; how is the subclass's."""

    name = ""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands

    def _file_name(self) -> Item:
        """Return the field of a file dialog's name."""
        return self.hands.find("fileNameEdit", "entry")

    @abstractmethod
    def press(self, pattern: str) -> None:
        """Press a button, a link or a tick."""

    @abstractmethod
    def choose(self, field: str, option: str) -> None:
        """Choose from a list of choices."""

    @abstractmethod
    def fill(self, field: str, text: str) -> None:
        """Type over what stands in a field."""

    @abstractmethod
    def open_tab(self, title: str) -> None:
        """Open one of the tabs on top."""

    @abstractmethod
    def turn_to(self, title: str) -> None:
        """Turn to another of the pages of a screen that stand in a row of tabs."""

    @abstractmethod
    def command(self, words: str, keys: str) -> None:
        """Run an entry of the "more actions" menu, or its shortcut."""

    @abstractmethod
    def pick_row(self, table: str, row: str) -> None:
        """Put the cursor on a row of a table."""

    @abstractmethod
    def page(self, title: str) -> None:
        """Turn to a page below the answer."""

    @abstractmethod
    def command_best(self) -> None:
        """Look for the best build."""

    @abstractmethod
    def undo(self) -> None:
        """Take the last change back."""

    @abstractmethod
    def say_file(self, path: str) -> None:
        """Type a path into the file dialog and accept it."""


class ByMouse(Way):
    """Pointer and left button, wheel where something is out of sight."""

    name = "mouse"

    def press(self, pattern: str) -> None:
        self.hands.click(self._in_sight(pattern))

    def _in_sight(self, pattern: str, role: str = "button") -> Item:
        """Find something, turning the wheel over the steps where it is out of sight."""
        for turns in (0, -30, 8, 8, 8, 8, 8):
            if turns:
                areas = self.hands.all("^Steps$", "other")
                if not areas:
                    break
                self.hands.wheel(areas[0], turns)
            found = [i for i in self.hands.all(pattern, role) if i["rect"][3] >= 12]
            if found:
                return found[0]
        return self.hands.find(pattern, role)

    def choose(self, field: str, option: str) -> None:
        box = self._in_sight(field, "choice")
        x, y, width, height = box["rect"]
        self.hands.click({"rect": [x + width - 20, y, 16, height]})  # the arrow
        time.sleep(0.25)
        self.hands.click(self.hands.find(option, "row", owner=""))

    def fill(self, field: str, text: str) -> None:
        self.hands.click(self._in_sight(field, "entry"), times=3)
        self.hands.type(text)

    def open_tab(self, title: str) -> None:
        self.hands.click(self.hands.find(f"^{title}$", "tab"))

    def turn_to(self, title: str) -> None:
        self.hands.click(self.hands.find(f"^{title}", "tab"))

    def command(self, words: str, keys: str) -> None:  # noqa: ARG002 - a mouse has no shortcut
        more = [i for i in self.hands.all("^More actions$", "button") if i["rect"][1] > 35]
        if not more:
            raise WalkError("There is no menu of more actions.")
        self.hands.click(more[0])
        time.sleep(0.3)
        self.hands.click(self.hands.find(words, "entry"))

    def pick_row(self, table: str, row: str) -> None:
        for turns in (0, -100, *[3] * 60):
            if turns:
                self.hands.wheel(self.hands.find(table, "list"), turns)
            found = self.hands.all(row, "row", owner=table.strip("^$"), out_of_sight=False)
            if found:
                self.hands.click(found[0])
                return
        raise WalkError(f"No row {row!r} in {table!r}.")

    def page(self, title: str) -> None:
        self.press(f"^{title}")

    def command_best(self) -> None:
        self.press("^Find best build$")

    def undo(self) -> None:
        self.press("^Undo$")
        time.sleep(0.5)

    def say_file(self, path: str) -> None:
        entry = self._file_name()
        self.hands.click(entry, times=3)
        self.hands.type(path)
        time.sleep(0.2)
        for _ in range(2):  # the first click may only close the list of names that fit
            buttons = self.hands.all("^(Save|Open)$", "button", window=entry["window"])
            if buttons:
                self.hands.click(buttons[0])
                time.sleep(0.4)


class ByKeys(Way):
    """Keys only; counts how many it takes to get somewhere."""

    name = "keyboard"

    def reach(self, pattern: str) -> Item:
        """Press Tab until the focus is on something; the way is remembered by its first stop."""
        test, stops = re.compile(pattern, re.IGNORECASE), []
        for _ in range(_MOST_TABS):
            focus = self.hands.eye.look()["focus"]
            if focus is not None:
                words = (focus["name"], focus["text"])
                if any(test.search(word) for word in words):
                    return dict(focus)
                stops.append(focus["name"] or focus["text"] or focus["kind"])
            self.hands.key("Tab")
        raise WalkError(f"Tab never comes to {pattern!r}; it came to {list(dict.fromkeys(stops))}")

    def press(self, pattern: str) -> None:
        self.reach(pattern)
        self.hands.key("space")

    def choose(self, field: str, option: str) -> None:
        self.reach(field)
        self.hands.key("alt+Down")
        time.sleep(0.25)
        self.hands.key("Home")
        for _ in range(_MOST_STEPS):
            now = [row for row in self.hands.all(_ALL, "row", owner="") if row["checked"]]
            if now and re.search(option, now[0]["name"], re.IGNORECASE):
                self.hands.key("Return")
                return
            self.hands.key("Down")
        raise WalkError(f"{field!r} does not offer {option!r}.")

    def fill(self, field: str, text: str) -> None:
        self.reach(field)
        self.hands.key("ctrl+a")
        self.hands.type(text)

    def open_tab(self, title: str) -> None:
        tabs = [item["name"] for item in self.hands.all(_ALL, "tab")]
        self.hands.key(f"ctrl+{tabs.index(title) + 1}")

    def turn_to(self, title: str) -> None:
        row = self.hands.find(f"^{title}", "tab")["owner"]
        self.reach(f"^{row}$")
        for _ in range(len(self.hands.all(_ALL, "tab", owner=row))):
            now = [tab["name"] for tab in self.hands.all(_ALL, "tab", owner=row) if tab["checked"]]
            if now and now[0].startswith(title):
                return
            self.hands.key("Right")
        raise WalkError(f"The arrows never come to {title!r}.")

    def command(self, words: str, keys: str) -> None:
        if keys:
            self.hands.key(keys)
            return
        self.press("^More actions$")
        time.sleep(0.3)
        for _ in range(_MOST_STEPS):
            now = [entry for entry in self.hands.all(_ALL, "entry") if entry["focus"]]
            if now and re.search(words, now[0]["name"], re.IGNORECASE):
                self.hands.key("Return")
                return
            self.hands.key("Down")
        raise WalkError(f"The menu has no entry {words!r}.")

    def pick_row(self, table: str, row: str) -> None:
        self.reach(table)
        for _ in range(2 * _MOST_ROWS):
            rows = self.hands.all(_ALL, "row", owner=table.strip("^$"))
            places = [n for n, r in enumerate(rows) if re.search(row, r["name"], re.IGNORECASE)]
            now = next((n for n, r in enumerate(rows) if r["selected"]), None)
            if now in places:
                return
            is_above = now is not None and bool(places) and places[0] < now
            self.hands.key("Up" if is_above else "Down")
        raise WalkError(f"No row {row!r} in {table!r}.")

    def page(self, title: str) -> None:
        """Tab comes to the chosen page; the arrows go to the others."""
        self.reach("^(Parts|Checks|Power|Room to grow|To do|Compare|What if)\\b(?! list)")
        for arrow in [*["Right"] * 6, *["Left"] * 7]:
            if re.match(title, self.hands.eye.look()["focus"]["name"]):
                return
            self.hands.key(arrow)
        raise WalkError(f"The arrows never come to {title!r}.")

    def command_best(self) -> None:
        self.hands.key("ctrl+Return")

    def undo(self) -> None:
        self.hands.key("ctrl+z")
        time.sleep(0.5)

    def say_file(self, path: str) -> None:
        entry = self._file_name()
        if not entry["focus"]:
            raise WalkError("The file dialog does not begin in the field of the name.")
        self.hands.key("ctrl+a")
        self.hands.type(path)
        self.hands.key("Return")
