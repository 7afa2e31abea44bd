"""Walk J1 in the real window: first PC for image models within $1,500, by mouse or by keyboard.

    python benchmarks/walks/j1.py mouse|keyboard [--shots FOLDER] [--json FILE]

Real X events on a virtual screen of 1280x720 (see hands.py for what is needed). Every step says how
long it took and what was seen; the walk fails where something is missing or cannot be reached.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hands import Hands, WalkError, at_the_window
from ways import ByKeys, ByMouse, Way

JOB = "Train ResNet-50 on images"
CARD = "RTX 3090"
USED_PRICE, WHERE = "700", "second hand, private sale"


@dataclass
class Walk:
    """The walk so far; figures are kept to compare them after opening the file again."""

    hands: Hands
    way: Way
    home: Path
    shots: Path | None
    rows: list[dict[str, object]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    figures: tuple[str, ...] = ()

    def see(self, pattern: str, role: str = "") -> str:
        """Wait for words on the screen, and note them."""
        item = self.hands.find(pattern, role)
        words = str(item["text"] or item["name"])
        self.said.append(words)
        return words

    def shot(self, name: str) -> None:
        """Keep a picture for the manual."""
        if self.shots is not None:
            time.sleep(0.6)
            self.hands.picture(self.shots / f"{name}.png")

    def settled(self) -> None:
        """Wait until no answer is being worked out and the figures stand still."""
        last: list[object] = []

        def is_still() -> bool:
            seen = [i["name"] for i in self.hands.all("^(Price|Expected speed):", "other")]
            is_busy = bool(self.hands.all("Looking|Updating|Working|checking what fits", "label"))
            still = bool(seen) and seen == last and not is_busy
            last[:] = seen
            time.sleep(0.35)
            return still

        self.hands.until(is_still, "an answer that stands still")

    def numbers(self) -> tuple[str, ...]:
        """Return the big figures and the parts shown."""
        big = [
            i["name"] for i in self.hands.all("^(Price|Expected speed|GPU memory used):", "other")
        ]
        parts = [
            f"{i['cells'].get('Part')} {i['cells'].get('Choice')} {i['cells'].get('Price')}"
            for i in self.hands.all(".", "row", owner="Parts list")
        ]
        return (*big, *parts)


def first_run(walk: Walk) -> None:
    """Answer the three first questions."""
    walk.see("Three short questions", "label")
    walk.see("Everything stays on this computer", "label")
    walk.see("^Skip$", "button")
    walk.way.choose("Who are you", "my own PC")
    walk.way.choose("What do you want to do", JOB)
    walk.way.choose("Your mains socket", "120 V, 15 A")
    walk.shot("j1-welcome")
    walk.way.press("^Start$")
    walk.hands.until(lambda: not walk.hands.all("Three short questions"), "the dialog closed")
    walk.hands.give_focus()


def assess(walk: Walk) -> None:
    """Look at this computer."""
    walk.way.open_tab("This PC")
    walk.see("^(Score for this goal|Readiness):", "other")
    walk.see("(PC|computer) can", "label")
    walk.see("Looked in .* s, nothing was sent", "label")
    walk.hands.until(
        lambda: JOB in [i["text"] for i in walk.hands.all("^Goal$", "choice")],
        "the job of the first questions",
    )
    walk.see("\\$.*\\(20\\d\\d-\\d\\d\\)", "label")
    walk.shot("j1-this-pc")
    walk.way.turn_to("What was found")
    walk.see("not known", "row")
    walk.shot("j1-found")


def wizard(walk: Walk) -> None:
    """Answer the six steps."""
    way = walk.way
    way.open_tab("Configure")
    walk.see("^Step 1 of 6, open", "button")
    way.choose("^Who is it for", "Hobbyist")
    way.press("^Images$")
    walk.shot("j1-step-1")
    way.press("^Next$")
    walk.see("^Step 2 of 6, open", "button")
    way.choose("^Main job$", JOB)
    walk.see("Training: ResNet", "label")
    walk.shot("j1-step-2")
    way.press("^Next$")
    walk.see("^Step 3 of 6, open", "button")
    way.fill("^Budget, ", "1500\n")
    way.choose("^Sales tax", "^8 %")
    walk.settled()
    walk.see("USD.*tax", "label")
    walk.shot("j1-step-3")
    way.press("^Next$")
    walk.see("^Step 4 of 6, open", "button")
    walk.see("Second-hand parts", "choice")
    walk.shot("j1-step-4")
    way.press("^Next$")
    walk.see("^Step 5 of 6, open", "button")
    way.fill("^Hours of work a week", "10\n")
    walk.shot("j1-step-5")
    way.press("^Next$")
    walk.see("^Step 6 of 6, open", "button")
    walk.see("For: Hobbyist", "label")
    walk.see("What for: Images", "label")
    walk.shot("j1-step-6")
    walk.see("parts left", "label")
    walk.settled()
    walk.see("^Price: \\$[\\d,]+ .*likely \\$", "other")
    walk.see("^Expected speed: [\\d,]+ images/s", "other")
    way.press("^Back$")
    way.press("^Back$")
    way.press("^Back$")
    way.press("^Back$")
    walk.see("The build shown holds a batch of [\\d,]+", "label")


def build(walk: Walk) -> None:
    """Find the best build and read what speaks for it."""
    way = walk.way
    way.command_best()
    walk.settled()
    walk.see("Within \\$1,500.*proven best", "label")
    count = len([i for i in walk.hands.eye.look()["items"] if i["kind"] == "BuildButton"])
    if count != 5:
        raise WalkError(f"{count} builds are shown instead of five.")
    walk.said.append(f"{count} builds beside each other")
    walk.see("(estimated|stale|own price).* 20\\d\\d-\\d\\d", "row")
    walk.shot("j1-build")
    way.page("Checks")
    walk.see("unknown|OK|fits", "label")
    walk.shot("j1-checks")
    if walk.hands.all("^Problem", "label"):
        raise WalkError("A check of the best build fails.")
    way.page("To do")
    walk.see("Memory prices move fast", "label")
    walk.shot("j1-todo")
    way.page("Parts")
    walk.figures = walk.numbers()


def swap(walk: Walk) -> None:
    """Put a used 24 GB card in, look at what changes, and take it back."""
    way = walk.way
    way.pick_row("^Parts list$", "Graphics card")
    way.press("^Alternatives$")
    walk.see("Graphics card: \\d+ of \\d+ fit this build", "label")
    way.fill("^Find an alternative$", "24 GB 3090")
    way.pick_row("^Alternatives$", CARD)
    row = next(r for r in walk.hands.all(CARD, "row", owner="Alternatives") if r["selected"])
    walk.said.append(", ".join(f"{k} {v}" for k, v in row["cells"].items()))
    walk.shot("j1-alternatives")
    way.press("^Use this part$")
    walk.settled()
    walk.see(CARD, "row")
    walk.see("^Price: \\$.*over the budget", "other")
    walk.see("^Expected speed:", "other")
    walk.shot("j1-used-card")
    way.page("Checks")
    walk.see("^Warning$", "label")
    walk.see("supply.* W", "label")
    walk.shot("j1-psu")
    way.page("To do")
    walk.see("warranty", "label")
    way.page("Parts")
    way.pick_row("^Parts list$", "Graphics card")
    way.press("^My price$")
    way.fill("Your price for one piece", USED_PRICE)
    way.fill("Where the price is from", WHERE)
    walk.shot("j1-my-price")
    way.press("^Use this price$")
    walk.see("\\$700.*yours, 20\\d\\d", "row")
    walk.settled()
    walk.see("^Price: \\$", "other")
    walk.shot("j1-used-price")
    way.undo()
    way.undo()
    walk.settled()
    walk.hands.until(lambda: walk.numbers() == walk.figures, "the figures from before the swap")


def cloud(walk: Walk) -> None:
    """Own or rent, and what is free."""
    walk.way.open_tab("Cloud")
    walk.see("^Owning pays back after: .*(busy hours|Never|at best)", "other")
    walk.see("h a month", "label")
    walk.see("Free: \\d services with a GPU", "button")
    walk.see("\\d+ (day|month)s?\\b|\\d{4}-\\d\\d-\\d\\d", "row")
    walk.shot("j1-cloud")
    walk.way.press("Free: \\d services with a GPU")
    walk.see("Kaggle", "row")
    walk.shot("j1-free")
    walk.way.open_tab("Configure")


def keep(walk: Walk) -> None:
    """Save, export, copy; a new project; the same numbers after opening again."""
    way = walk.way
    file, page = walk.home / "first.hws", walk.home / "first.html"
    way.command("^Save as", "ctrl+shift+s")
    way.say_file(str(file))
    walk.hands.until(file.exists, "the saved project")
    walk.hands.give_focus()
    way.command("^Save as web page", "")
    way.say_file(str(page))
    walk.hands.until(page.exists, "the web page")
    walk.hands.give_focus()
    words = page.read_text()
    if "http" in re.sub(r"https?://www\.w3\.org\S*", "", re.sub(r"<a [^>]*>", "", words)):
        walk.said.append("the page names web addresses as sources")
    report(walk)
    way.command("^Copy as text", "ctrl+shift+c")
    walk.hands.until(
        lambda: "RTX" in walk.hands.eye.look()["clipboard"], "the build on the clipboard"
    )
    text = walk.hands.eye.look()["clipboard"]
    if not re.search(r"\d{4}-\d\d", text):
        raise WalkError("The text list names no date of a price.")
    walk.said.append(f"text of {len(text.splitlines())} lines; page of {len(words):,} characters")
    way.command("^New project", "ctrl+n")
    walk.settled()
    walk.hands.until(lambda: walk.numbers() != walk.figures, "another build")
    way.command("^Open", "ctrl+o")
    way.say_file(str(file))
    walk.hands.give_focus()
    walk.hands.until(lambda: walk.numbers() == walk.figures, "the same numbers after opening")
    walk.shot("j1-open")


def report(walk: Walk) -> None:
    """Save the build as a PDF file."""
    way, file = walk.way, walk.home / "first.pdf"
    way.command("^Report", "")
    walk.see("^\\d+ pages?", "label")
    walk.shot("j1-report")
    way.press("^Save as")
    way.say_file(str(file))
    walk.hands.until(file.exists, "the PDF file")
    if not file.read_bytes().startswith(b"%PDF-"):
        raise WalkError("The saved report is no PDF file.")
    walk.hands.until(lambda: bool(walk.hands.all("Saved as first.pdf")), "that it was saved")
    walk.hands.give_focus("^Report$")
    way.press("^Close$")
    walk.hands.give_focus()


STEPS: tuple[Callable[[Walk], None], ...] = (
    first_run, assess, wizard, build, swap, cloud, keep,
)  # fmt: skip


def run(way: type[Way], shots: Path | None) -> list[dict[str, object]]:
    """Walk once; return a row for each step."""
    with tempfile.TemporaryDirectory() as folder, at_the_window(Path(folder)) as hands:
        hands.find("Three short questions", "label")
        walk = Walk(hands, way(hands), Path(folder), shots)
        for step in STEPS:
            began, clicks, keys = time.monotonic(), hands.clicks, hands.keys_pressed
            walk.said = []
            try:
                step(walk)
            except WalkError:
                hands.picture(Path(tempfile.gettempdir()) / f"j1-{walk.way.name}-failed.png")
                raise
            row = {
                "step": step.__name__,
                "seconds": round(time.monotonic() - began, 1),
                "clicks": hands.clicks - clicks,
                "keys": hands.keys_pressed - keys,
                "seen": walk.said,
            }
            walk.rows.append(row)
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        return walk.rows


def main() -> int:
    """Walk; 1 when it cannot be walked to the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=("mouse", "keyboard"))
    parser.add_argument("--shots", type=Path, help="keep pictures in this folder")
    parser.add_argument("--json", type=Path, help="write the steps to this file")
    options = parser.parse_args()
    if options.shots is not None:
        options.shots.mkdir(parents=True, exist_ok=True)
    try:
        rows = run(ByMouse if options.way == "mouse" else ByKeys, options.shots)
    except WalkError as error:
        sys.stderr.write(f"The walk ends here: {error}\n")
        return 1
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
