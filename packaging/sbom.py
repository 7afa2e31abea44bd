"""The list of parts of the app (SBOM, CycloneDX 1.6): ``python packaging/sbom.py --out FILE``.

Taken from what is installed, as the licence page is. The same environment gives the same bytes.
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

import bundle
import licences
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


def document(libraries: list[licences.Library]) -> dict[str, Any]:
    """Return the whole list; its serial number comes from its content."""
    parts = [component(one) for one in libraries]
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
    options = parser.parse_args()
    text = json.dumps(document(licences.product(options.edition)), indent=2) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
