"""Pictures of Configure's pages for the manual: ``python benchmarks/walks/pages.py FOLDER``."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from hands import at_the_window
from ways import ByMouse

PAGES = ("Power", "Room to grow", "To do", "Compare", "What if")
START = {"schema": 1, "first_run_done": True, "theme": "light", "goal": "resnet50_train"}


def main() -> int:
    """Open each page below the answer, then the list of guides, and keep a picture of each."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        Path(home, "settings.json").write_text(json.dumps(START))
        with at_the_window(Path(home)) as hands:
            way = ByMouse(hands)
            hands.find("Configure", "tab")
            time.sleep(2)
            way.open_tab("Configure")
            hands.find("^Expected speed:", "other")
            hands.give_focus()
            time.sleep(12)  # the ground under the slider fills in
            for page in PAGES:
                way.page(page)
                time.sleep(3)
                hands.picture(folder / f"configure-{page.lower().replace(' ', '-')}.png")
            way.page("Parts")
            way.press("^Step 3 of 6")
            time.sleep(1)
            hands.picture(folder / "configure-budget.png")
            more = [i for i in hands.all("^More actions$", "button") if i["rect"][1] > 35]
            hands.click(more[0])
            time.sleep(0.6)
            hands.picture(folder / "configure-guides.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
