"""What a release needs beside its files: ``python packaging/release.py notes|sums|check``.

notes [VERSION]   cut the part of CHANGELOG.md for a version (the current one by default)
sums FOLDER       write SHA256SUMS for every file in a folder
check TAG         is the tag the version of the code, and has it notes?
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from product import ROOT, version

SUMS = "SHA256SUMS"


def notes(changelog: str, wanted: str) -> str:
    """Return what stands under a version's heading, without the heading itself."""
    heading = re.compile(rf"^## \[?{re.escape(wanted)}\]?(\s.*)?$", re.MULTILINE)
    found = heading.search(changelog)
    if found is None:
        raise SystemExit(f"CHANGELOG.md has no heading '## {wanted}'. Add it before releasing.")
    rest = changelog[found.end() :]
    following = re.search(r"^## ", rest, re.MULTILINE)
    text = rest[: following.start()] if following else rest
    if not text.strip():
        raise SystemExit(f"Nothing stands under '## {wanted}' in CHANGELOG.md.")
    return text.strip() + "\n"


def sums(folder: Path) -> str:
    """Return a line for each file, as sha256sum --check reads it."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    if not files:
        raise SystemExit(f"There are no files in {folder}.")
    lines = []
    for path in files:
        with path.open("rb") as content:
            lines.append(f"{hashlib.file_digest(content, 'sha256').hexdigest()}  {path.name}\n")
    return "".join(lines)


def check(tag: str, changelog: str) -> None:
    """Stop when a tag is not the version of the code, or nothing is written about it."""
    if tag.removeprefix("v") != version():
        raise SystemExit(f"The tag is {tag}, the code says {version()}. Make them agree.")
    notes(changelog, version())


def main(arguments: list[str]) -> int:
    """Do what the command line asks."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    match arguments:
        case ["notes"]:
            print(notes(changelog, version()), end="")
        case ["notes", wanted]:
            print(notes(changelog, wanted), end="")
        case ["sums", folder]:
            (Path(folder) / SUMS).write_text(sums(Path(folder)), encoding="utf-8", newline="\n")
        case ["check", tag]:
            check(tag, changelog)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
