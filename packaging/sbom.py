"""The list of parts of the app (SBOM, CycloneDX 1.6): ``python packaging/sbom.py --out FILE``.

Taken from what is installed, as the licence page is. ``--dist FOLDER`` adds the libraries of the
Linux system that lie in a packaged folder. The same environment gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import bundle
import licences
import system_libraries
from product import NAME, SUMMARY, epoch_s, version

# One word of the SPDX list, as CycloneDX wants it under "id"; all else is an expression or a name.
SPDX_ID = re.compile(r"(MIT|Apache-2\.0|BSD-[23]-Clause|0BSD|MPL-2\.0|ISC|Zlib|PSF-2\.0)")
SPDX_EXPRESSION = re.compile(r"[A-Za-z0-9.+-]+(\s+(AND|OR|WITH)\s+[A-Za-z0-9.+-]+)+")


def licence_entry(said: str) -> dict[str, Any]:
    """Return a licence as CycloneDX writes it."""
    if SPDX_ID.fullmatch(said):
        return {"license": {"id": said}}
    if SPDX_EXPRESSION.fullmatch(said) and "License" not in said:
        return {"expression": said}
    return {"license": {"name": said}}


def component(one: licences.Library) -> dict[str, Any]:
    """Return one library as a component."""
    name = licences.key(one.name)
    place = f"pkg:pypi/{name}@{one.version}"
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": place,
        "name": name,
        "version": one.version,
        "purl": place,
        "licenses": [licence_entry(one.licence)],
    }
    if one.home.startswith("http"):
        entry["externalReferences"] = [{"type": "website", "url": one.home}]
    return entry


def system_component(package: str, release: str) -> dict[str, Any]:
    """Return a Debian package of which libraries went along; its licence text lies in the app."""
    place = f"pkg:deb/debian/{quote(package)}@{quote(release)}"
    text = f"licenses/system/{package}.txt in the app"
    return {
        "type": "library",
        "bom-ref": place,
        "name": package,
        "version": release,
        "purl": place,
        "licenses": [{"license": {"name": text}}],
    }


def document(
    libraries: list[licences.Library], system: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return the whole list; its serial number comes from its content.

    ``system``: the Debian packages whose libraries went along, with their versions.
    """
    parts = [component(one) for one in libraries]
    parts += [system_component(*pair) for pair in sorted((system or {}).items())]
    python = sys.version.partition(" ")[0]
    runtime = {
        "type": "platform",
        "bom-ref": f"python@{python}",
        "name": "python",
        "version": python,
        "licenses": [{"license": {"id": "PSF-2.0"}}],
    }
    parts.append(runtime)
    root = f"{NAME}@{version()}"
    content = json.dumps([root, parts], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch_s(), UTC).isoformat(),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": NAME,
                "version": version(),
                "description": SUMMARY,
                "licenses": [{"license": {"id": "MIT"}}],
            },
        },
        "components": parts,
        "dependencies": [{"ref": root, "dependsOn": sorted(part["bom-ref"] for part in parts)}],
    }


def main() -> int:
    """Write the list, to a file or the screen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--edition", choices=(bundle.LIGHT, bundle.FULL), default=bundle.LIGHT)
    parser.add_argument("--dist", type=Path, help="a packaged folder")
    options = parser.parse_args()
    inside = options.dist / "_internal" if options.dist else None
    system = system_libraries.versions(inside) if inside else {}
    text = json.dumps(document(licences.product(options.edition), system), indent=2) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
