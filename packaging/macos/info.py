"""What macOS is told about the app: the Info.plist, and who signs it (nobody, unless asked)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from product import APP_ID, NAME, version

IDENTIFIER = APP_ID
PROJECT_TYPE = f"{APP_ID}.project"
OLDEST_MACOS = "13.0"  # Qt 6.11 asks for it


def identity() -> str | None:
    """Return the signing identity when one is given; without it the app is signed ad hoc."""
    return os.environ.get("HWSTUDIO_MACOS_IDENTITY") or None


def plist() -> dict[str, Any]:
    """Return what goes into Info.plist beside what PyInstaller writes."""
    return {
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleShortVersionString": version(),
        "CFBundleVersion": version(),
        "CFBundlePackageType": "APPL",
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": OLDEST_MACOS,
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,  # dark windows are allowed
        "NSHumanReadableCopyright": "hwstudio contributors, MIT licence",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "hwstudio project",
                "CFBundleTypeRole": "Editor",
                "CFBundleTypeIconFile": "hwstudio.icns",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [PROJECT_TYPE],
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": PROJECT_TYPE,
                "UTTypeDescription": "hwstudio project",
                "UTTypeConformsTo": ["public.data", "public.zip-archive"],
                "UTTypeTagSpecification": {"public.filename-extension": ["hws"]},
            }
        ],
    }
