"""Does a better card ever lower the score? Every pair of the catalogue, with the app's predictor.

``python benchmarks/assess/better_card.py``: prints the pairs in which the card that is at least
as good in every figure scores less, with the rule of ``core/assess/steady.py`` and without it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.assess.machines import App, a_machine, judge_for, opened
from hwstudio.core.assess.steady import SteadySpeeds, outdoes
from hwstudio.core.model.part import Gpu


def main() -> int:
    """Print both counts; 1 when a better card lowers the score."""
    app = opened()
    pairs = [(a, b) for a in app.gpus for b in app.gpus if outdoes(a, b)]
    found = {}
    for name, seen in (("with the rule", app.gpus), ("without", ())):
        points = _points(app, seen)
        worse = [(points[b.id] - points[a.id], a.name, b.name) for a, b in pairs]
        found[name] = sorted((each for each in worse if each[0] > 1e-9), reverse=True)
        print(f"{name}: {len(found[name])} of {len(pairs)} pairs lower the score")
        for loss, better, lesser in found[name][:5]:
            print(f"  {loss:.2f} points: {better} below {lesser}")
    return 1 if found["with the rule"] else 0


def _points(app: App, seen: Sequence[Gpu]) -> dict[str, float]:
    """Return the score of a machine with one of each GPU, before rounding."""
    judge = judge_for(app, SteadySpeeds(app.predictor, seen))
    judge.prepare(app.gpus)
    rows = {gpu.id: gpu for gpu in app.gpus}
    return {gpu.id: judge.score(judge.site(a_machine([gpu]), rows)).exact for gpu in app.gpus}


if __name__ == "__main__":
    raise SystemExit(main())
