"""The licence page of the packaged app, from what is installed: ``python packaging/licences.py``.

A library whose licence is unknown, or is GPL or AGPL without another choice, stops the build.
``--out FILE`` writes the page; without it the libraries are listed.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import re
import sys
import sysconfig
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
OUR_TEXTS = ROOT / "resources" / "licenses"
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
    """Return the files with a package's licence texts.

    They lie in its metadata; where none do, the text is one of ours (Qt brings none of its own)
    or the comment at the top of its one module (NVIDIA's).
    """
    listed = [(file, Path(str(file.locate()))) for file in package.files or []]
    files = [
        place
        for file, place in listed
        if TEXT.search(file.name) and ".dist-info" in file.parts[0] and place.is_file()
    ]
    if not files and "LGPL-3.0" in licence(package):
        # The LGPL adds to the GPL and is read together with it.
        files = [OUR_TEXTS / "LGPL-3.0.txt", OUR_TEXTS / "GPL-3.0.txt"]
    if not files:
        modules = [place for file, place in listed if re.fullmatch(r"\w+\.py", str(file))]
        files = [place for place in modules if "Copyright" in licence_text(place)]
    return tuple(sorted(files))


def licence_text(file: Path) -> str:
    """Return a licence text; of a module it is the comment at its top."""
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix != ".py":
        return text.strip()
    comment = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return "\n".join(line.strip("#").strip() for line in comment).strip()


def python_text() -> Path:
    """Return the file with the licence of the Python that goes into the app.

    Raises:
        LicenceError: it is in none of the places where systems put it.
    """
    base, name = Path(sys.base_prefix), f"python{sys.version_info[0]}.{sys.version_info[1]}"
    library, debian = Path(sysconfig.get_path("stdlib")), Path("/usr/share/doc")
    places = (library / "LICENSE.txt", base / "LICENSE.txt", debian / name / "copyright")
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise LicenceError(
            f"The licence text of Python is in none of {', '.join(map(str, places))}."
        )
    return found


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


def check_texts(libraries: list[Library]) -> None:
    """Stop when a library brings no licence text: it may be passed on only together with it."""
    without = [f"{one.name} {one.version}: {one.licence}" for one in libraries if not one.texts]
    if without:
        raise LicenceError("No licence text was found of:\n  " + "\n  ".join(without))
    python_text()


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
    named = [(f"Python {python}", python_text())]
    named += [(f"{one.name} {one.version}", file) for one in libraries for file in one.texts]
    for name, file in named:
        parts.append(f"{'=' * 78}\n{name}: {file.name}\n\n{licence_text(file)}")
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Check and write; 1 when a library may not be passed on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    try:
        libraries = product()
        check(libraries)
        check_texts(libraries)
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
