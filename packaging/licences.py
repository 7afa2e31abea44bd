"""The licence page of the packaged app, from what is installed: ``python packaging/licences.py``.

A library whose licence is unknown, or is GPL or AGPL without another choice, stops the build.
``--out FILE`` writes the page; without it the libraries are listed.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    packages_distributions,
)
from pathlib import Path

import bundle

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = re.compile(
    r"(MIT|BSD|0BSD|Apache|MPL|Mozilla|LGPL|PSF|Python Software|ISC|Unlicense|Zlib|CC0|BSL-1\.0"
    r"|Public Domain|HPND|Historical)",
    re.IGNORECASE,
)
# Comes into the product as the small starter program, whose licence has an exception for it.
BOOTLOADER = "pyinstaller"
BOOTLOADER_LICENCE = "GPL-2.0-or-later WITH Bootloader-exception"
TEXT = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)


class LicenceError(Exception):
    """A library may not be passed on with the app; the message names all such libraries."""


@dataclass(frozen=True)
class Library:
    """One library of the product: its name, version, licence and the licence texts it brings."""

    name: str
    version: str
    licence: str
    home: str
    texts: tuple[Path, ...]


def key(name: str) -> str:
    """Return the normal form of a package name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(package: Distribution) -> str:
    """Return what a package says its licence is: the SPDX expression first, then older fields."""
    about = package.metadata
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    lines = about.get_all("Classifier") or []
    named = [line.split(" :: ")[-1] for line in lines if line.startswith("License")]
    first_line = (about.get("License") or "").strip().partition("\n")[0]
    return " OR ".join(filter(None, dict.fromkeys((first_line, *named))))


def is_allowed(expression: str) -> bool:
    """Say whether each AND part offers an allowed choice; GPL and AGPL alone never do."""
    parts = re.split(r"\s+AND\s+", expression)
    choices = [re.split(r"\s+OR\s+", part.strip("() ")) for part in parts]
    return bool(expression) and all(any(map(is_choice_allowed, part)) for part in choices)


def is_choice_allowed(choice: str) -> bool:
    """Say whether one licence name is on the list."""
    is_copyleft = re.search(r"(?<!L)(?<!Lesser )(A?GPL|General Public)", choice)
    return bool(ALLOWED.search(choice)) and not is_copyleft


def installed(
    name: str, extras: tuple[str, ...], found: dict[str, Distribution]
) -> dict[str, Distribution]:
    """Collect a package and everything it needs here, leaving out what is not installed."""
    from packaging.requirements import Requirement

    try:
        package = distribution(name)
    except PackageNotFoundError:
        return found
    if key(name) in found:
        return found
    found[key(name)] = package
    for line in package.requires or []:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
            installed(need.name, ("", *need.extras), found)
    return found


def texts(package: Distribution) -> tuple[Path, ...]:
    """Return the licence texts that lie in a package's metadata."""
    files = [
        Path(str(file.locate()))
        for file in package.files or []
        if TEXT.search(file.name) and ".dist-info" in file.parts[0]
    ]
    return tuple(sorted(file for file in files if file.is_file()))


def library(package: Distribution) -> Library:
    """Describe one installed package."""
    about = package.metadata
    pages = [line.partition(",")[2].strip() for line in about.get_all("Project-URL") or []]
    home = about.get("Home-page") or next(iter(pages), "")
    name = str(about["Name"])
    said = BOOTLOADER_LICENCE if key(name) == BOOTLOADER else licence(package)
    return Library(name, package.version, said, str(home), texts(package))


def product(edition: str = bundle.LIGHT) -> list[Library]:
    """Return the libraries of an edition, with the starter program, by name."""
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Distribution] = {}
    lines = list(project["dependencies"])
    if edition == bundle.FULL:
        lines += project["optional-dependencies"]["bench"]
    for line in lines:
        need = Requirement(line)
        if need.marker is None or need.marker.evaluate():
            installed(need.name, ("", *need.extras), found)
            if key(need.name) not in found:
                raise LicenceError(f"{need.name} is not installed, so its licence is unknown.")
    try:
        found[BOOTLOADER] = distribution(BOOTLOADER)
    except PackageNotFoundError:
        pass  # the page of a machine that builds no package
    kept = bundle.TORCH_NEEDS if edition == bundle.FULL else set()
    without = set(map(key, set(bundle.UNUSED) - kept)) - {BOOTLOADER}
    return [library(package) for name, package in sorted(found.items()) if name not in without]


def check(libraries: list[Library]) -> None:
    """Stop when a licence is unknown or does not allow passing the library on."""
    wrong = [
        f"{one.name} {one.version}: {one.licence or 'says no licence'}"
        for one in libraries
        if one.licence != BOOTLOADER_LICENCE and not is_allowed(one.licence)
    ]
    if wrong:
        raise LicenceError("These may not be passed on with the app:\n  " + "\n  ".join(wrong))


def packed(work: Path) -> set[str]:
    """Return the top names of the installed modules that PyInstaller's own lists say are inside."""
    tops = set()
    for file in work.glob("PYZ-*.toc"):
        rows = next(
            part for part in ast.literal_eval(file.read_text("utf-8")) if type(part) is list
        )
        tops |= {name.partition(".")[0] for name, place, _ in rows if "site-packages" in str(place)}
    return tops


def check_packed(work: Path, libraries: list[Library]) -> None:
    """Stop when a library came along that stands neither in our requirements nor on the page."""
    owners = packages_distributions()
    known = {key(one.name) for one in libraries} | {BOOTLOADER, "hwstudio"}
    strangers = {
        top: owners[top]
        for top in packed(work)
        if top in owners and not known & set(map(key, owners[top]))
    }
    if strangers:
        raise LicenceError(
            "These came along and are no requirement of ours; leave them out in bundle.py: "
            + ", ".join(f"{top} ({'/'.join(names)})" for top, names in sorted(strangers.items()))
        )


def page(libraries: list[Library], python: str) -> str:
    """Return the page: a list of all libraries, then the full texts."""
    head = [
        "The libraries inside hwstudio, and their licences",
        "",
        "hwstudio itself: MIT, see LICENSE. The data of the catalogue: see NOTICE.md.",
        f"Python {python}: PSF-2.0.",
        "",
    ]
    head += [f"{one.name} {one.version}: {one.licence}  {one.home}".rstrip() for one in libraries]
    parts = ["\n".join(head)]
    for one in libraries:
        for file in one.texts:
            text = file.read_text(encoding="utf-8", errors="replace").strip()
            parts.append(f"{'=' * 78}\n{one.name} {one.version}: {file.name}\n\n{text}")
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Check and write; 1 when a library may not be passed on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    try:
        libraries = product()
        check(libraries)
    except LicenceError as error:
        print(error)
        return 1
    text = page(libraries, sys.version.partition(" ")[0])
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    print("\n".join(f"{one.name} {one.version}: {one.licence}" for one in libraries))
    return 0


if __name__ == "__main__":
    sys.exit(main())
