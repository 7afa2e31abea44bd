"""Print what the shipped model says of its own errors, as Markdown for docs/predict.md.

python benchmarks/predict/error_table.py
"""

from __future__ import annotations

import sys
from statistics import fmean

from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.predict.fitted.model import SpeedModel

CASES = {
    "seen": "pair", "model": "model", "device": "device", "both": "both", "software": "software",
}  # fmt: skip
# Their units mean something else for every model: answered with a wide range, not in the mean.
OWN_UNITS = ("speech training", "other training", "time to target")


def main() -> int:
    """Print errors by kind and split, the means over kinds, and how often intervals held."""
    about = SpeedModel.from_bytes(resource_bytes("predict/speed.npz")).about
    found = {(e["kind"], e["devices"], e["case"]): e for e in about["errors"]}
    for devices in ("one", "several"):
        print(f"\n| Kind of work, {devices} device(s) | " + " | ".join(CASES.values()) + " |")
        print("|---|" + "---:|" * len(CASES))
        kinds = sorted({kind for kind, number, _ in found if number == devices})
        for kind in kinds:
            cells = (_cell(found.get((kind, devices, case))) for case in CASES)
            print(f"| {kind} | " + " | ".join(cells) + " |")
        speeds = [k for k in kinds if ":" not in k and k not in OWN_UNITS]
        means = []
        for case in CASES:
            told = [found[k, devices, case] for k in speeds if (k, devices, case) in found]
            means.append(f"{fmean(e['median'] for e in told):.1%}")
        print("| **mean over kinds of speed** | " + " | ".join(f"**{m}**" for m in means) + " |")
    print("\n| Group | left out | rows | 90 % interval held | units apart | half-width |")
    print("|---|---|---:|---:|---:|---:|")
    for line in about["coverage"]:
        apart = f"{line['apart']:.1%}" if "apart" in line else "–"
        print(
            f"| {line['group']} | {CASES[line['case']]} | {line['rows']:,} | "
            f"{line['held']:.1%} | {apart} | x{line['half_width']:.2f} |"
        )
    asked = sum(each["rows"] for each in about["groups"].values())
    refused = sum(e["rows"] * e["refused_of_new_models"] for e in about["groups"].values())
    print(f"\nRefused had the model been unseen: {refused / asked:.2%} of {asked:,} rows")
    return 0


def _cell(line: dict[str, float] | None) -> str:
    if line is None:
        return "–"
    return f"{line['median']:.1%} ({line['p90']:.0%}; {line['rows']:,})"


if __name__ == "__main__":
    sys.exit(main())
