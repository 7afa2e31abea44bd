"""Power plugs: one for every socket, adapters counted."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.base.packing import can_pack
from hwstudio.core.model.part import GpuCard
from hwstudio.core.rules.rule import Rule, Said, error, info, unknown, warning
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import count, number

# 8-pin plugs a 16-pin adapter needs for a card up to so many watts (NVIDIA product pages).
_ADAPTER = ((300, 2), (450, 3), (600, 4))
# One EPS 8-pin plug carries this much with ordinary cables (4 x 12 V x 7 A, rounded down).
_EPS_W = 300


def _plugs(subject: Subject, field: str) -> int:
    return sum(getattr(psu, field) or 0 for psu in subject.psus)


def adapter_leads(card_w: float) -> int:
    """Return how many 8-pin plugs a 16-pin adapter for a card of ``card_w`` watts takes."""
    return next((leads for most, leads in _ADAPTER if card_w <= most), _ADAPTER[-1][1])


def _adapters(subject: Subject) -> list[int]:
    """Return the 8-pin plugs of each adapter needed; native plugs go to the hungriest cards."""
    needs = sorted(
        (
            adapter_leads(group.card.tdp_w or _ADAPTER[-1][0])
            for group in subject.cards
            for _ in range(group.count * group.card.conn_16pin)
        ),
        reverse=True,
    )
    return needs[_plugs(subject, "conn_16pin") :]


def _native_leads(subject: Subject) -> int:
    """Return the 6- and 8-pin plugs all cards take; a 12-pin socket takes two by its adapter."""
    return sum(_leads_of(group.card) * group.count for group in subject.cards)


def _leads_of(card: GpuCard) -> int:
    return (card.conn_8pin or 0) + (card.conn_6pin or 0) + 2 * (card.conn_12pin or 0)


def _sixteen_pin(subject: Subject) -> Iterator[Said]:
    adapters = _adapters(subject)
    if not adapters:
        return
    what = f"The power supply lacks {count(len(adapters), '16-pin plug')}"
    if any(plugs is None for plugs in subject.values("psu.conn_pcie8")):
        yield unknown(f"{what}; whether it has 8-pin plugs for adapters is not known.")
        return
    free = _plugs(subject, "conn_pcie8") - _native_leads(subject)
    if sum(adapters) > free:
        yield error(
            f"{what}: adapters would take {sum(adapters)} of its 8-pin plugs, "
            f"{max(0, free)} are free.",
            "Choose a power supply with a 16-pin (12V-2x6) plug for each card.",
        )
    else:
        yield info(
            f"{what}: an adapter makes one of several 8-pin plugs, {sum(adapters)} in all.",
            "Prefer a power supply with 16-pin plugs; push adapters in fully.",
        )


def _eight_pin(subject: Subject) -> Iterator[Said]:
    need, plugs = _native_leads(subject), _plugs(subject, "conn_pcie8")
    if need > plugs:
        yield error(
            f"The cards need {count(need, 'PCIe 8-pin plug')}, the power supply has {plugs}: "
            f"{need - plugs} missing.",
            "Choose a power supply with more plugs; never split one for two cards.",
        )
    else:
        yield from _pigtails(subject, need)


def _pigtails(subject: Subject, need: int) -> Iterator[Said]:
    """Two plugs on one cable share its limit; no source states how many cables a unit has."""
    cables = subject.around.pcie_cable_count
    advice = "Use a separate cable for each 8-pin socket."
    if cables is None:
        if need > 1:
            yield unknown(
                f"Not checked: whether each of {need} 8-pin sockets gets a cable of its own. Not "
                "known: how many PCIe cables the power supply has.",
                advice,
            )
    elif need > cables:
        yield warning(
            f"{count(need, '8-pin socket')} on {count(cables, 'PCIe cable')}: "
            f"{count(need - cables, 'socket')} would share a cable with another.",
            f"{advice} Else lower the card's power limit, or choose a unit with more cables.",
        )


def _plugs_of_one_unit(subject: Subject) -> Iterator[Said]:
    """A card fed by two units feeds current from one into the other; plugs do not add up then."""
    groups, units = subject.cards, subject.psus
    if len(units) < 2:
        return
    known = ("psu.conn_16pin", "psu.conn_pcie8")
    needs = [
        (group.card.conn_16pin or 0, adapter_leads(group.card.tdp_w or _ADAPTER[-1][0]), leads)
        for group in groups
        for leads in [_leads_of(group.card)]
    ]

    def holds(box: int, part: tuple[int, ...]) -> bool:
        unit = units[box]
        plugs_16, plugs_8 = unit.conn_16pin or 0, unit.conn_pcie8 or 0
        adapters = sorted(
            (each for n, (sockets, each, _) in zip(part, needs, strict=True)
             for _ in range(n * sockets)),
            reverse=True,
        )[plugs_16:]  # fmt: skip
        natives = sum(n * leads for n, (_, _, leads) in zip(part, needs, strict=True))
        return natives + sum(adapters) <= plugs_8

    if subject.missing(known) and any(sockets or leads for sockets, _, leads in needs):
        yield unknown(
            "Not checked: whether each card can be fed by one power supply alone. Not known: the "
            "plugs of each power supply.",
            "Count the plugs of each unit.",
        )
    elif can_pack(tuple(group.count for group in groups), len(units), holds) is False:
        yield warning(
            f"The plugs of the {len(units)} power supplies cannot be shared out so that each card "
            "is fed by one of them alone.",
            "Choose units with more plugs; never feed one card from two units.",
        )


def _eps(subject: Subject) -> Iterator[Said]:
    plugs = _plugs(subject, "conn_eps8")
    board = int(subject.value("motherboard.eps8") or 0)
    cards = sum((group.card.conn_eps8 or 0) * group.count for group in subject.cards)
    if cards and plugs < cards + max(1, board):
        yield error(
            f"Server cards take {count(cards, 'EPS plug')} and the motherboard "
            f"{max(1, board)}, the power supply has {plugs}.",
            "Choose a power supply with more EPS plugs, or the maker's adapter cable.",
        )
    elif plugs == 0:
        yield error("The power supply has no EPS plug for the processor.", "Choose another.")
    elif plugs < board:
        yield from _half_fed(subject, plugs, board)


def _half_fed(subject: Subject, plugs: int, board: int) -> Iterator[Said]:
    """Boards run with one of two sockets filled as long as the processor is modest."""
    need = subject.value("cpu.max_power_w")
    text = (
        f"The motherboard has {count(board, 'EPS socket')}, the power supply {count(plugs, 'plug')}"
    )
    if need is not None and need > _EPS_W * plugs:
        yield error(
            f"{text}, too little for the processor's {number(need)} W.",
            "Choose a power supply with two EPS plugs.",
        )
    elif need is not None and need <= _EPS_W * plugs / 2:
        yield info(f"{text}: enough for a processor of {number(need)} W.")
    else:
        yield warning(f"{text}: it runs, with less in reserve.", "Prefer two EPS plugs.")


def _sata(subject: Subject) -> Iterator[Said]:
    drives = [d for d in subject.drives if d.interface.upper().startswith("SATA")]
    plugs = _plugs(subject, "conn_sata")
    if len(drives) > plugs:
        yield warning(
            f"{count(len(drives), 'SATA drive')}, but {count(plugs, 'SATA power plug')}.",
            "Add a splitter made of crimped wires, or choose a power supply with more plugs.",
        )


RULES = (
    Rule(
        id="R28",
        asks="whether the power supply has a 16-pin plug for each card",
        parts=("psu", "gpu_card"),
        fields=("gpu_card.conn_16pin", "psu.conn_16pin"),
        judge=_sixteen_pin,
        source="NVIDIA product pages: adapters take three 8-pin plugs at 450 W, four at 600 W",
    ),
    Rule(
        id="R29",
        asks="whether the power supply has an 8-pin plug for each socket",
        parts=("psu", "gpu_card"),
        fields=("gpu_card.conn_8pin", "psu.conn_pcie8"),
        judge=_eight_pin,
        source="Card and power supply specifications",
    ),
    Rule(
        id="R30",
        asks="whether the power supply has enough EPS plugs",
        parts=("psu",),
        fields=("psu.conn_eps8",),
        judge=_eps,
        source="Board manuals; NVIDIA board specifications (A100, A40, A6000 take EPS)",
    ),
    Rule(
        id="R33",
        asks="whether each card can be fed by one power supply",
        parts=("psu", "gpu_card"),
        fields=(),
        judge=_plugs_of_one_unit,
        source="Reports of builds with several power supplies",
    ),
    Rule(
        id="R31",
        asks="whether there is a SATA power plug for each drive",
        parts=("psu", "storage"),
        fields=("psu.conn_sata", "storage.interface"),
        judge=_sata,
        source="Power supply specifications",
    ),
)
