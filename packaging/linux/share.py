"""What a Linux desktop needs beside the program: icons, menu entry, file type, manual pages.

The .deb, the AppDir and the tar.xz all take it from here, so that they cannot differ.
"""

from __future__ import annotations

import gzip
import shutil
import sys
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import icons  # noqa: E402
import manpages  # noqa: E402
from product import (  # noqa: E402
    APP_ID,
    LIBRARY_MODE,
    MIME,
    NAME,
    PROGRAM_MODE,
    PROGRAMS,
    ROOT,
    SUMMARY,
    day,
    version,
)


def metainfo() -> str:
    """Return the AppStream text that software centres show."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{APP_ID}</id>
  <name>{NAME}</name>
  <summary>{escape(SUMMARY)}</summary>
  <metadata_license>MIT</metadata_license>
  <project_license>MIT</project_license>
  <description>
    <p>Says what this computer can do for AI work, whether a model fits and how long it takes,
    which computer to buy inside a budget or what to rent, and measures how fast a machine really
    is. Every figure says its unit, source and date.</p>
    <p>Everything works offline. Nothing is sent anywhere.</p>
  </description>
  <launchable type="desktop-id">{NAME}.desktop</launchable>
  <content_rating type="oars-1.1"/>
  <provides>
    <binary>hwstudio</binary>
    <binary>hwstudio-cli</binary>
    <mediatype>{MIME}</mediatype>
  </provides>
  <releases>
    <release version="{version()}" date="{day()}"/>
  </releases>
</component>
"""


def write(share: Path) -> None:
    """Write the files of a share folder (as /usr/share is one)."""
    pictures = share / "build-icons"
    icons.write(pictures)
    for size_px in icons.PNG_PX:
        place = share / "icons" / "hicolor" / f"{size_px}x{size_px}" / "apps"
        place.mkdir(parents=True)
        shutil.copyfile(pictures / f"{NAME}-{size_px}.png", place / f"{NAME}.png")
    shutil.rmtree(pictures)
    copies = {
        icons.DRAWING: f"icons/hicolor/scalable/apps/{NAME}.svg",
        HERE / "hwstudio.desktop": f"applications/{NAME}.desktop",
        HERE / "hwstudio-mime.xml": f"mime/packages/{NAME}.xml",
    }
    for source, target in copies.items():
        (share / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, share / target)
    (share / "metainfo").mkdir()
    text = metainfo()
    (share / "metainfo" / f"{NAME}.metainfo.xml").write_text(text, encoding="utf-8")
    (share / "man" / "man1").mkdir(parents=True)
    for name in PROGRAMS[:2]:
        packed = gzip.compress(manpages.page(name).encode(), 9, mtime=0)
        (share / "man" / "man1" / f"{name}.1.gz").write_bytes(packed)


def write_doc(doc: Path) -> None:
    """Write licence, notices and change log into a package's doc folder."""
    doc.mkdir(parents=True)
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    (doc / "copyright").write_text(f"{licence}\n{notice}", encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_bytes()
    (doc / "NEWS.gz").write_bytes(gzip.compress(changes, 9, mtime=0))


def copy_program(dist: Path, target: Path) -> None:
    """Copy the packaged folder with links kept and only the programs executable.

    Without what a Python that measured in it (the smoke test) compiled there.
    """
    shutil.copytree(dist, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [*target.rglob("*"), target]:
        if path.is_symlink():
            continue
        is_program = path.is_dir() or (path.parent == target and path.name in PROGRAMS)
        path.chmod(PROGRAM_MODE if is_program else LIBRARY_MODE)


def open_modes(folder: Path) -> None:
    """Give folders and plain files the modes everybody can read, whatever the umask was."""
    for path in [*folder.rglob("*"), folder]:
        if not path.is_symlink() and path.is_dir():
            path.chmod(PROGRAM_MODE)
        elif not path.is_symlink() and not path.stat().st_mode & 0o100:
            path.chmod(LIBRARY_MODE)
