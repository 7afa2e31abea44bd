"""Start the packaged app as a user would and look at what it says.

``python packaging/smoke.py [--dist FOLDER] [--interpreter PYTHON_WITH_TORCH] [--only WORD]``.
``--own-torch``: the full edition measures with the PyTorch inside it.

Builds that succeed and then die at start are the usual failure of packaging, so no build counts
without this.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(Path(__file__).resolve().parent))

from checks import commands, person, windows  # noqa: E402
from checks.product_under_test import LeftOutError, Product, SmokeError  # noqa: E402

Check = Callable[[Product], str]
FAULTS = (SmokeError, OSError, LookupError, ValueError, TypeError, subprocess.SubprocessError)


def checks() -> list[Check]:
    """Return the checks of this system, quick ones first."""
    found: list[Check] = [
        commands.check_version,
        commands.check_assess,
        commands.check_catalogue,
        commands.check_plan,
        commands.check_prediction,
        commands.check_report,
        commands.check_pages,
        commands.check_worker,
        commands.check_reentry,
        windows.check_offscreen,
        windows.check_tabs,
        commands.check_recorder,
        commands.check_matmul,
        commands.check_ddp,
        commands.check_cancel,
    ]
    if sys.platform.startswith("linux"):
        found += [windows.check_no_screen, windows.check_x11]
        found += [person.check_walk, person.check_cancel_in_window]
    return found


def run(check: Check, product: Product) -> str:
    """Make one check and say how it went; returns "ok", "failed" or "left out"."""
    began = time.perf_counter()
    try:
        answer = check(product)
    except LeftOutError as reason:
        print(f"left out {check.__name__}: {reason}", flush=True)
        return "left out"
    except FAULTS as error:
        print(f"FAILED {check.__name__}: {type(error).__name__}: {error}", flush=True)
        return "failed"
    seconds = time.perf_counter() - began
    print(f"ok     {check.__name__} ({seconds:.1f} s): {answer}", flush=True)
    return "ok"


def main() -> int:
    """Make every check; 0 when none failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist" / "hwstudio")
    parser.add_argument("--interpreter", default=sys.executable, help="a Python that has torch")
    parser.add_argument("--own-torch", action="store_true", help="the full edition's own PyTorch")
    parser.add_argument("--only", default="", help="only checks with this in their name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        # A user's folder may have a space, a quote and letters outside ASCII in its name.
        place = Path(home) / "Zoë's Ордер"
        place.mkdir()
        python = "" if options.own_torch else options.interpreter
        product = Product(options.dist.resolve(), place, python)
        listed = [check for check in checks() if options.only in check.__name__]
        results = [run(check, product) for check in listed]
    failures, gaps = results.count("failed"), results.count("left out")
    end = f"{failures} of {len(listed)} checks failed" if failures else "The packaged app works"
    print(f"{end}: {results.count('ok')} ok, {gaps} left out.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
