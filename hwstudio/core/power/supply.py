"""Power supplies: efficiency at a load, market sizes, what they stand for a millisecond."""

from __future__ import annotations

from bisect import bisect_left

# 80 PLUS certification floors at 10, 20, 50 and 100 % load (Tom's Hardware's table of the
# programme: 115 V internal; 230 V EU internal). Where a class has no 10 % test, three points
# below its 20 % figure are assumed.
_LOADS = (0.10, 0.20, 0.50, 1.00)
_AT_115_V = {
    "White": (0.77, 0.80, 0.80, 0.80),
    "Standard": (0.77, 0.80, 0.80, 0.80),
    "Bronze": (0.79, 0.82, 0.85, 0.82),
    "Silver": (0.82, 0.85, 0.88, 0.85),
    "Gold": (0.84, 0.87, 0.90, 0.87),
    "Platinum": (0.87, 0.90, 0.92, 0.89),
    "Titanium": (0.90, 0.92, 0.94, 0.90),
}
_AT_230_V = {
    "White": (0.79, 0.82, 0.85, 0.82),
    "Standard": (0.79, 0.82, 0.85, 0.82),
    "Bronze": (0.82, 0.85, 0.88, 0.85),
    "Silver": (0.84, 0.87, 0.90, 0.87),
    "Gold": (0.87, 0.90, 0.92, 0.89),
    "Platinum": (0.89, 0.92, 0.94, 0.90),
    "Titanium": (0.90, 0.94, 0.96, 0.94),
}
ASSUMED_CLASS = "Gold"  # 417 of 779 units in the catalogue
_HIGH_LINE_V = 180.0
MARKET_W = (
    *(300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 1000, 1050, 1200, 1300),
    *(1500, 1600, 1800, 2000),
)
# Share of its rating a unit stands for a millisecond: the ATX 3.x design guide asks for 180 %;
# ATX 2.x names nothing above the rating.
SPIKE_SHARE_ATX3 = 1.80
SPIKE_SHARE_ATX2 = 1.00


def efficiency(label: str | None, load_share: float, volts: float) -> float:
    """Return output over input power of an 80 PLUS class at a share of its rating."""
    table = _AT_230_V if volts >= _HIGH_LINE_V else _AT_115_V
    points = table.get(label or ASSUMED_CLASS, table[ASSUMED_CLASS])
    share = min(max(load_share, _LOADS[0]), _LOADS[-1])
    right = max(1, bisect_left(_LOADS, share))
    left_load, right_load = _LOADS[right - 1], _LOADS[right]
    part = (share - left_load) / (right_load - left_load)
    return points[right - 1] + part * (points[right] - points[right - 1])


def market_size(watts: float) -> tuple[float, int]:
    """Return the total rating and the number of units one buys for ``watts``."""
    units = 1
    while watts / units > MARKET_W[-1]:
        units += 1
    each = next(size for size in MARKET_W if size >= watts / units)
    return float(each * units), units


def is_atx3(spec: str | None) -> bool | None:
    """Return whether a unit follows ATX 3.x; None when nobody says."""
    text = (spec or "").upper().replace("ATX", "").strip(" V")
    if not text[:1].isdigit():
        return None
    return int(text[0]) >= 3
