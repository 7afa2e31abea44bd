"""``hwstudio bench kit``: a file or folder for a USB stick that measures other computers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import duration
from hwstudio.core.bench.kit.build import build_kit
from hwstudio.core.bench.profile import PROFILES, profile


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``kit``."""
    verb = verbs.add_parser(
        "kit",
        help="make a run kit: measures computers without network or installation",
        description="Write a run kit for a USB stick. It runs on any computer with Python 3.10 or "
        "newer (with PyTorch it measures everything) and leaves one result file per run, which "
        "'bench import' reads in.",
        epilog="Example: hwstudio bench kit --out /media/stick/hwstudio",
    )
    verb.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER|FILE.pyz",
        help="a folder with starters to double-click, or only the one file",
    )
    names = ", ".join(PROFILES)
    verb.add_argument("--profile", metavar="NAME", default="quick", help=f"{names} (quick)")
    common(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Write the kit."""
    if not str(arguments.out).strip():
        raise UserError("--out is empty", "", "Name a folder, or a file that ends in .pyz")
    chosen = profile(arguments.profile)
    kit = build_kit(arguments.out, chosen)
    if out.is_json:
        out.document(
            {
                "file": kit.file,
                "files": list(kit.files),
                "size_bytes": kit.size_bytes,
                "profile": chosen.id,
            }
        )
        return 0
    out.line(f"The run kit is in {arguments.out} ({kit.size_bytes / 1e6:.1f} MB).")
    out.line(f"{chosen.title}: about {duration(chosen.expected_s)} on each computer.")
    if len(kit.files) > 1:
        out.line("Double-click the starter for the system, or:")
    out.line(f"  python3 {kit.file.name}")
    out.line("Then read the result files in: hwstudio bench import hwstudio-*.json")
    return 0
