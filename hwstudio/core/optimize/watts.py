"""The power of a build as linear rows: the sums are linear, the supply's limits turn into watts.

A power supply's rating becomes the largest need it is recommended for, and the wall circuit the
largest load at which this supply stays inside it, found by halving. Memory in a workstation draws
a watt a module more than here; the judge sees that and cuts (certify.py).
"""

from __future__ import annotations

from hwstudio.core.model.build import Build
from hwstudio.core.model.card_limit import limited_w
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.part import Cpu, Motherboard, Psu, Ram
from hwstudio.core.optimize.choices import Choices
from hwstudio.core.optimize.programme import INFINITE, Programme
from hwstudio.core.optimize.request import Request
from hwstudio.core.optimize.requirements import Columns
from hwstudio.core.power import draw, supply
from hwstudio.core.power.mains import Mains, read_mains

SAFE_SHARE = 0.80  # of the rating, for hours
SLACK_W = 1e-6  # sums of tenths of watts are not exact in binary; the judge looks again
REGISTERED = ("RDIMM", "LRDIMM")
STEPS = 60


def require_power(programme: Programme, choices: Choices, request: Request) -> None:
    """Add the rows of sustained watts, the makers' minimum, spikes, wall and the user's limit."""
    load = sustained(choices, request.power_limit_w)
    limit = request.power_limit_w
    cards = {c.column: limited_w(c.part.tdp_w, limit) * c.count for c in choices.cards}
    size = {c.column: largest_need_w(c.part.rated_w) for c in choices.psus}
    mains = read_mains(request.mains)

    def at_most(needs: Columns, offers: Columns) -> None:
        terms = needs | {column: -offer for column, offer in offers.items()}
        programme.row(terms, -INFINITE, SLACK_W)

    at_most(load, {c: SAFE_SHARE * watts for c, watts in size.items()})
    at_most(_minimum(choices, request.power_limit_w), size)
    spikes = load | {c: load[c] + (draw.GPU_SPIKE - 1) * watts for c, watts in cards.items()}
    at_most(spikes, {c.column: size[c.column] * _spike_share(c.part) for c in choices.psus})
    if mains.continuous_w is not None:
        at_most(load, {c.column: most_load_w(c.part, mains) for c in choices.psus})
    if request.max_power_w is not None:
        programme.row(load, -INFINITE, request.max_power_w + SLACK_W)


def sustained(choices: Choices, limit_w: float | None = None) -> Columns:
    """Return what each choice adds to the sustained watts; fans and board go with the board."""
    return {
        **{c.column: limited_w(c.part.tdp_w, limit_w) * c.count for c in choices.cards},
        **{c.column: draw.cpu_power_w(Build(cpu=c.part)) or 0.0 for c in choices.cpus},
        **{c.column: _board_w(c.part) for c in choices.boards},
        **{c.column: _module_w(c.part) * c.part.modules * c.count for c in choices.rams},
        **{
            c.column: sum(d.power_active_w or draw.DRIVE_W for d in (c.part, *c.further))
            for c in choices.drives
        },
        **{
            c.column: draw.PUMP_W if c.part.cooler_type.upper() == "AIO" else 0.0
            for c in choices.coolers
        },
    }


def _board_w(board: Motherboard) -> float:
    is_large = draw.is_workstation(Build(motherboard=board), Circumstances())
    return (draw.WORKSTATION_BOARD_W if is_large else draw.BOARD_W) + draw.FANS_W


def _module_w(ram: Ram) -> float:
    return draw.REGISTERED_MODULE_W if ram.dimm_type in REGISTERED else draw.MODULE_W


def _minimum(choices: Choices, limit_w: float | None) -> Columns:
    """Return the makers' minimum by column; cards without one are freed of the processor's part."""
    extra = {c.column: _cpu_extra_w(c.part) for c in choices.cpus}
    most = max(extra.values(), default=0.0)
    out = dict(extra)
    for choice in choices.cards:
        stated = choice.part.gpu.vendor_min_psu_w
        further = (choice.count - 1) * 1.1 * limited_w(choice.part.tdp_w, limit_w)
        out[choice.column] = -most if stated is None else stated + further
    return out


def _cpu_extra_w(cpu: Cpu) -> float:
    return max(0.0, (draw.cpu_power_w(Build(cpu=cpu)) or draw.CPU_W) - draw.CPU_W)


def _spike_share(psu: Psu) -> float:
    is_old = supply.is_atx3(psu.atx_spec) is False
    return supply.SPIKE_SHARE_ATX2 if is_old else supply.SPIKE_SHARE_ATX3


def largest_need_w(rated_w: float) -> float:
    """Return the largest need that is rounded up to no more than this rating."""
    sizes = supply.MARKET_W
    units = 1
    best = 0.0
    while units == 1 or units * sizes[0] <= rated_w:
        for each in sizes:
            total = float(each * units)
            if best < total <= rated_w and supply.market_size(total)[0] <= rated_w:
                best = total
        units += 1
    return best


def most_load_w(psu: Psu, mains: Mains) -> float:
    """Return the largest sustained load whose draw from the wall stays inside the circuit."""
    limit = mains.continuous_w or 0.0

    def wall_w(load: float) -> float:
        return load / supply.efficiency(psu.efficiency, load / psu.rated_w, mains.volts)

    low, high = 0.0, limit
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if wall_w(middle) <= limit else (low, middle)
    return high
