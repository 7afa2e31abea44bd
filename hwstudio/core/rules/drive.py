"""Drives: bays, M.2 slots, SATA ports, and what an M.2 slot speaks."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.rules.fact_around import m2_length_mm
from hwstudio.core.rules.rule import Rule, Said, error, unknown, warning
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import count, listed, mm

_USUAL_M2_MM = 80


def _is_m2(form_factor: str) -> bool:
    return form_factor.upper().startswith("M.2")


def _bays(subject: Subject) -> Iterator[Said]:
    forms = [drive.form_factor for drive in subject.drives]
    large = sum(form.startswith("3.5") for form in forms)
    small = sum(form.startswith("2.5") for form in forms)
    bays_35, bays_25 = subject.value("case.bays_35"), subject.value("case.bays_25")
    if bays_35 is not None and large > bays_35:
        yield error(
            f"{count(large, '3.5 inch drive')}, but the case has {count(bays_35, 'bay')} for them.",
            "Choose a case with more bays, or fewer and larger drives.",
        )
    elif (large and bays_35 is None) or (small and bays_25 is None):
        yield unknown("Not checked: whether the drives find a bay. Not known: the case's bays.")
    elif small > (bays_25 or 0) + (bays_35 or 0) - large:
        yield error(
            f"{count(small, '2.5 inch drive')}, but the case has "
            f"{count(bays_25 or 0, 'bay')} for them and {(bays_35 or 0) - large} larger ones free.",
            "Choose M.2 drives, or a case with more bays.",
        )


def _m2_slots(subject: Subject) -> Iterator[Said]:
    drives = sum(_is_m2(drive.form_factor) for drive in subject.drives)
    slots = subject.value("motherboard.m2_slots")
    if drives == 0:
        return
    if slots is None:
        if not subject.around.m2_protocols:
            yield unknown("Not checked: whether there is an M.2 slot for each drive.")
    elif drives > slots:
        yield error(
            f"{count(drives, 'M.2 drive')} for {count(slots, 'M.2 slot')}.",
            "Choose a board with more M.2 slots, or put drives on a PCIe card.",
        )


def _m2_protocol(subject: Subject) -> Iterator[Said]:
    is_sata = any(
        _is_m2(drive.form_factor) and "SATA" in drive.interface.upper() for drive in subject.drives
    )
    speaks = {protocol.upper() for protocol in subject.around.m2_protocols}
    if is_sata and speaks and "SATA" not in speaks:
        yield error(
            "The drive is M.2 with SATA, the motherboard's M.2 slots only speak NVMe (PCIe): it "
            "is not recognised.",
            "Choose an NVMe drive.",
        )
    elif is_sata and not speaks:
        yield unknown(
            "Not checked: whether an M.2 slot of this board still speaks SATA; many do not.",
            "Prefer an NVMe drive.",
        )
    if any("U.2" in drive.interface.upper() for drive in subject.drives):
        yield warning(
            "A U.2 drive needs a U.2 or OCuLink port, or an adapter.", "Check the board's ports."
        )


def _m2_lengths(subject: Subject) -> Iterator[Said]:
    """Boards take drives of 80 mm in nearly every slot; only longer ones need a look."""
    drives = sorted((m2_length_mm(d.form_factor) for d in subject.drives if _is_m2(d.form_factor)),
                    reverse=True)  # fmt: skip
    slots = sorted(subject.around.m2_lengths_mm, reverse=True)
    if not slots:
        if drives and drives[0] > _USUAL_M2_MM:
            yield unknown(
                f"Not checked: whether an M.2 slot takes a drive of {mm(drives[0])}. Not known: "
                "the longest drive each slot takes.",
                "Look for 22110 in the board's manual.",
            )
        return
    short = [(drive, slot) for drive, slot in zip(drives, slots, strict=False) if drive > slot]
    if short:
        drive, slot = short[0]
        yield error(
            f"The M.2 drive is {mm(drive)} long, the slot left for it takes {mm(slot)}: "
            f"{mm(drive - slot)} too long.",
            f"Choose a drive of {mm(slot)} or less.",
        )


def _m2_sharing(subject: Subject) -> Iterator[Said]:
    """The slot beside the processor shares nothing; the further ones often do."""
    drives = sum(_is_m2(drive.form_factor) for drive in subject.drives)
    shares = subject.around.m2_shares
    if not shares:
        if drives > 1:
            yield unknown(
                f"Not checked: whether {count(drives, 'M.2 drive')} switch off other ports. Not "
                "known: which M.2 slots share lanes with SATA ports or PCIe slots.",
                "Read the table of M.2 slots in the board's manual.",
            )
        return
    lost = [what for what in sorted(shares)[:drives] if what]
    if lost:
        yield warning(
            f"{count(drives, 'M.2 drive')} use slots that share lanes: {listed(lost)} is switched "
            "off or slowed.",
            "Fill the slots that share nothing first, or leave those ports empty.",
        )


def _sata_ports(subject: Subject) -> Iterator[Said]:
    drives = sum(drive.interface.upper().startswith("SATA") for drive in subject.drives)
    ports = subject.value("motherboard.sata_ports")
    if drives and ports is None:
        yield unknown("Not checked: whether there is a SATA port for each drive.")
    elif drives and drives > ports:
        yield error(
            f"{count(drives, 'SATA drive')} for {count(ports, 'SATA port')}.",
            "Add a SATA card, or choose fewer and larger drives.",
        )


_BOARD = "Motherboard specifications and manuals"

RULES = (
    Rule(
        id="R23",
        asks="whether the drives find a bay",
        parts=("storage", "case"),
        fields=("storage.form_factor",),
        judge=_bays,
        source="Case specifications",
        skips_open_frame=True,
    ),
    Rule(
        id="R38",
        asks="whether the drives find an M.2 slot",
        parts=("storage", "motherboard"),
        fields=("storage.form_factor",),
        judge=_m2_slots,
        source=_BOARD,
    ),
    Rule(
        id="R38",
        asks="whether the M.2 slots speak the drives' protocol",
        parts=("storage", "motherboard"),
        fields=("storage.form_factor", "storage.interface"),
        judge=_m2_protocol,
        source=_BOARD,
    ),
    Rule(
        id="R38",
        asks="whether the drives are short enough for the M.2 slots",
        parts=("storage", "motherboard"),
        fields=("storage.form_factor",),
        judge=_m2_lengths,
        source=_BOARD,
    ),
    Rule(
        id="R38",
        asks="whether M.2 drives take lanes from other ports",
        parts=("storage", "motherboard"),
        fields=("storage.form_factor",),
        judge=_m2_sharing,
        source=_BOARD,
    ),
    Rule(
        id="R38",
        asks="whether there is a SATA port for each drive",
        parts=("storage", "motherboard"),
        fields=("storage.interface",),
        judge=_sata_ports,
        source=_BOARD,
    ),
)
