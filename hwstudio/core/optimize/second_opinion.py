"""The wishes of a request once more, for the oracle and the integer programme.

Written from the words of ``Request``, apart from the search's own filters and prices, so that a
slip there is found out.
"""

from __future__ import annotations

from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize.request import Request

HAIR = 1e-9  # relative; questions are often computed, e.g. from a deadline in hours


def is_late(speed: Prediction, request: Request) -> bool:
    """Return whether a speed stays below the one to reach."""
    asked, reached = request.min_per_second, speed.median
    return asked > 0 and (reached is None or asked - reached > asked * HAIR)
