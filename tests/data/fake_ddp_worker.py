"""A worker that tells a data-parallel run worked out by hand; "busy": no round was undisturbed."""

from __future__ import annotations

import json
import sys

PLAIN = [{"step_s": 0.1, "wait_s": 0.0}] * 6
LONE = {"step_s": 0.1, "wait_s": 0.0, "ready_s": [0.05, 0.09], "bucket_bytes": [1000, 1000]}
# Each bucket takes 0.1 s: backward ends at 0.09, sums at 0.05 + 0.2 = 0.25, the rest to 0.26.
POINT = {"bytes": 1000, "queue": 4, "single_s": [0.1] * 3, "row_s": [0.4] * 3}
POINT |= {"beside_s": [0.1] * 3, "slowed_share": [0.0] * 3}
INPUTS = {"nproc": 2, "has_cores": True, "pause_s": 0.05, "link": [POINT]}
INPUTS |= {"alone": [PLAIN] * 2, "crowd": [PLAIN] * 2, "lone": [[LONE] * 6] * 2}
RANK = {"alone_samples_per_s": 10.0, "crowd_samples_per_s": 10.0, "is_disturbed": False}
SHARES = {"efficiency": 0.4, "compute_share": 1.0, "communication_share": 0.4}


def say(event: str, **data: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **data}) + "\n")
    sys.stdout.flush()


def main(manner: str) -> None:
    say("hello", schema=1, python="3", torch="9", pid=1)
    sys.stdin.readline()
    say("condition", name="scaling_inputs", value=INPUTS)
    say("condition", name="ranks", value=[{"rank": rank, **RANK} for rank in range(2)])
    for name, value in SHARES.items():
        clean = [int(manner != "busy")] * 5
        say("series", series=name, unit="1", metric=name, values=[value] * 5, clean=clean)
    say("done")


if __name__ == "__main__":
    main(sys.argv[1])
