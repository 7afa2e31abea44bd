"""Lengths, heights and board sizes: what goes into the case."""

from __future__ import annotations

from collections.abc import Iterator

from hwstudio.core.rules.rule import Rule, Said, error, info, unknown, warning
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import listed, mm

_CASE = "Case maker's clearance figures"
_COOLER_MARGIN_MM = 3
_PSU_MARGIN_MM = 10
# A front radiator takes 27 mm, its fans 25 mm more.
_FRONT_RADIATOR_MM = 52
_FULL_EATX_MM = 300
# A 16-pin cable must leave its plug straight for this long (cable makers' advice).
_BEND_MM = 35
# Boards whose screw holes are a subset of the next one's.
_NESTED = ("Mini-ITX", "Mini DTX", "Micro ATX", "ATX")
_SPELLINGS = {
    **dict.fromkeys(("eatx", "extendedatx"), "EATX"),
    **dict.fromkeys(("matx", "microatx", "uatx"), "Micro ATX"),
    **dict.fromkeys(("mitx", "miniitx", "itx"), "Mini-ITX"),
    **dict.fromkeys(("ssiceb", "ceb"), "SSI CEB"),
    **dict.fromkeys(("ssieeb", "eeb"), "SSI EEB"),
    "minidtx": "Mini DTX",
    "xlatx": "XL ATX",
    "atx": "ATX",
}


def board_size(name: str) -> str:
    """Return a board size in the catalogue's spelling."""
    key = "".join(letter for letter in name.lower() if letter.isalnum())
    return _SPELLINGS.get(key, name)


def _cooler_height(subject: Subject) -> Iterator[Said]:
    if str(subject.value("cooler.cooler_type") or "air").lower() != "air":
        return
    height, limit = subject.value("cooler.height_mm"), subject.value("case.max_cooler_height_mm")
    if height is None or limit is None:
        missing = "the cooler's height" if height is None else "the tallest cooler the case takes"
        yield unknown(
            f"Not checked: whether the cooler fits under the side panel. Not known: {missing}."
        )
    elif height > limit:
        yield error(
            f"The cooler is {mm(height)} tall, the case takes {mm(limit)}: "
            f"{mm(height - limit)} too tall.",
            f"Choose a cooler up to {mm(limit)}, or a wider case.",
        )
    elif limit - height <= _COOLER_MARGIN_MM:
        yield warning(
            f"The cooler is {mm(height)} tall, the case takes {mm(limit)}: only "
            f"{mm(limit - height)} left.",
            "Check the height with fan and memory in place.",
        )


def _board_in_case(subject: Subject) -> Iterator[Said]:
    board = board_size(subject.board.form_factor)
    listed_sizes = [board_size(name) for name in subject.case.mb_form_factors]
    if board in listed_sizes or _is_nested(board, listed_sizes):
        return
    is_full = "full" in str(subject.case.form_factor or "").lower()
    text = f"The motherboard is {board}, the case lists {listed(listed_sizes)}"
    yield _misfit(board, set(listed_sizes), text, is_full=is_full)


def _is_nested(board: str, sizes: list[str]) -> bool:
    """A smaller board of the ATX family screws into a case for a larger one."""
    if board not in _NESTED:
        return False
    larger = {*_NESTED[_NESTED.index(board) :], "EATX", "SSI CEB", "SSI EEB", "XL ATX"}
    return any(size in larger for size in sizes)


def _misfit(board: str, sizes: set[str], text: str, *, is_full: bool) -> Said:
    """Say how bad it is that a size is not listed; case makers list server sizes carelessly."""
    if board == "SSI CEB" and sizes & {"EATX", "SSI EEB"}:
        return info(f"{text}: SSI CEB uses the same screw holes and is smaller than E-ATX.")
    if board == "SSI CEB" and is_full:
        return unknown(
            f"{text}: SSI CEB has ATX screw holes but is 23 mm deeper, and nobody states whether "
            "this full tower has the room.",
            "Ask the case maker.",
        )
    if board == "SSI CEB":
        return warning(f"{text}: SSI CEB has ATX screw holes but is 23 mm deeper.", "Measure it.")
    if board == "EATX" and "SSI EEB" in sizes:
        return info(f"{text}: a case for SSI EEB has the room for E-ATX.")
    if (board in ("SSI EEB", "XL ATX") and "EATX" in sizes) or (is_full and board != "XL ATX"):
        return warning(
            f"{text}: room or screw holes may differ by a few.",
            "Ask the case maker, or be ready to move a standoff.",
        )
    return error(f"{text}: the board does not fit.", f"Choose a case that lists {board}.")


def _board_depth(subject: Subject) -> Iterator[Said]:
    depth, limit = subject.around.board_depth_mm, subject.around.max_board_depth_mm
    form = subject.value("motherboard.form_factor")
    if depth is not None and limit is not None:
        if depth > limit:
            yield error(
                f"The motherboard is {mm(depth)} deep, the case takes {mm(limit)}: "
                f"{mm(depth - limit)} too deep.",
                "Choose a deeper case.",
            )
    elif depth is not None and depth > _FULL_EATX_MM:
        yield warning(
            f"The motherboard is {mm(depth)} deep; many cases that say E-ATX stop at 277 mm.",
            "Check the tray's depth and standoffs in the case's manual.",
        )
    elif depth is None and subject.has("case") and board_size(str(form)) == "EATX":
        yield unknown(
            "Not checked: the board's depth. E-ATX means anything from 257 to 330 mm.",
            "Compare the board's depth with the case's tray.",
        )


def _card_length(subject: Subject) -> Iterator[Said]:
    front = subject.around.front_radiator_mm or 0.0
    limit = subject.case.max_gpu_length_mm or 0.0
    room = limit - front
    behind = f" behind the {mm(front)} radiator" if front else ""
    for group in subject.cards:
        length = group.card.length_mm or 0.0
        if length > room:
            yield error(
                f"The card is {mm(length)} long, the case takes {mm(room)}{behind}: "
                f"{mm(length - room)} too long.",
                f"Choose a card up to {mm(room)}, or a longer case.",
            )
        elif not front and _is_tight_with_radiator(subject, room - length):
            yield info(
                f"The card leaves {mm(room - length)} at the front: a radiator there needs about "
                f"{_FRONT_RADIATOR_MM} mm.",
                "Mount the radiator at the top.",
            )


def _is_tight_with_radiator(subject: Subject, left_mm: float) -> bool:
    is_liquid = str(subject.value("cooler.cooler_type") or "").upper() == "AIO"
    return is_liquid and left_mm < _FRONT_RADIATOR_MM


def _card_height(subject: Subject) -> Iterator[Said]:
    height, room = subject.around.card_height_mm, subject.around.side_clearance_mm
    bend = _BEND_MM if any(subject.values("gpu_card.conn_16pin")) else 0
    if height is None or room is None:
        if bend and subject.has("case"):
            missing = {"the card's height": height, "the room up to the side panel": room}
            words = listed([what for what, value in missing.items() if value is None])
            yield unknown(
                f"Not checked: whether the card's 16-pin cable, which needs {mm(bend)} to bend, "
                f"fits behind the side panel. Not known: {words}.",
                "Look them up on the card maker's and the case maker's page.",
            )
        return
    if height + bend > room:
        yield warning(
            f"The card is {mm(height)} high and its cable needs {mm(bend)} more, the side panel "
            f"is {mm(room)} away: {mm(height + bend - room)} short.",
            "Use a 90 degree plug or a wider case; never bend the cable at the plug.",
        )


def _psu_form(subject: Subject) -> Iterator[Said]:
    takes = tuple(form.upper() for form in subject.case.psu_form_factors)
    for psu in dict.fromkeys(subject.psus):
        form = psu.form_factor.upper()
        if form in takes:
            continue
        if form.startswith("SFX") and "ATX" in takes:
            yield info("The small SFX power supply needs an adapter plate in this ATX case.")
        elif str(subject.value("case.psu_ff_source") or "") == "assumed":
            yield warning(
                f"The power supply is {form}; this case probably takes {listed(takes)}.",
                "Check the case maker's page.",
            )
        else:
            yield error(
                f"The power supply is {form}, the case takes {listed(takes)}.",
                f"Choose a {takes[0]} power supply.",
            )


def _psu_length(subject: Subject) -> Iterator[Said]:
    limit = subject.case.max_psu_length_mm or 0.0
    for psu in dict.fromkeys(subject.psus):
        length = psu.length_mm or 0.0
        if length > limit:
            yield error(
                f"The power supply is {mm(length)} long, the case takes {mm(limit)}: "
                f"{mm(length - limit)} too long.",
                "Choose a shorter power supply.",
            )
        elif limit - length < _PSU_MARGIN_MM:
            yield warning(
                f"The power supply is {mm(length)} long, the case takes {mm(limit)}: little room "
                "for the cables.",
                "Prefer a shorter, modular power supply.",
            )


def _back_connect(subject: Subject) -> Iterator[Said]:
    if not subject.board.back_connect:
        return
    case = subject.around.is_back_connect_case
    if case is None:
        yield unknown(
            "Not checked: whether the case has the cut-outs for a board with its connectors on "
            "the back.",
            "Choose a case the maker lists for back-connect boards (BTF, Project Zero, Stealth).",
        )
    elif not case:
        yield error(
            "The motherboard's connectors are on its back and the case has no cut-outs for them.",
            "Choose a back-connect case, or the ordinary version of the board.",
        )


RULES = (
    Rule(
        id="R12",
        asks="whether the cooler fits under the side panel",
        parts=("cooler", "case"),
        fields=(),
        judge=_cooler_height,
        source=_CASE,
        skips_open_frame=True,
    ),
    Rule(
        id="R17",
        asks="whether the motherboard's size fits the case",
        parts=("motherboard", "case"),
        fields=("motherboard.form_factor", "case.mb_form_factors"),
        judge=_board_in_case,
        source="Case maker's list of board sizes",
        skips_open_frame=True,
    ),
    Rule(
        id="R17",
        asks="whether the motherboard is too deep",
        parts=("motherboard",),
        fields=(),
        judge=_board_depth,
        source="Board and case drawings; a 2023 report of a 330 mm board in an E-ATX case",
        skips_open_frame=True,
    ),
    Rule(
        id="R18",
        asks="whether the card fits the case in length",
        parts=("gpu_card", "case"),
        fields=("gpu_card.length_mm", "case.max_gpu_length_mm"),
        judge=_card_length,
        source=_CASE,
        is_essential=True,
        skips_open_frame=True,
    ),
    Rule(
        id="R20",
        asks="whether the card's cable fits behind the side panel",
        parts=("gpu_card",),
        fields=(),
        judge=_card_height,
        source="Cable makers' bend advice for 12V-2x6",
        skips_open_frame=True,
    ),
    Rule(
        id="R21",
        asks="whether the case takes this size of power supply",
        parts=("psu", "case"),
        fields=("psu.form_factor", "case.psu_form_factors"),
        judge=_psu_form,
        source=_CASE,
        skips_open_frame=True,
    ),
    Rule(
        id="R22",
        asks="whether the power supply is too long for the case",
        parts=("psu", "case"),
        fields=("psu.length_mm", "case.max_psu_length_mm"),
        judge=_psu_length,
        source=_CASE,
        skips_open_frame=True,
    ),
    Rule(
        id="R24",
        asks="whether the case suits a back-connect board",
        parts=("motherboard", "case"),
        fields=("motherboard.back_connect",),
        judge=_back_connect,
        source="ASUS BTF, MSI Project Zero and Gigabyte Stealth descriptions",
        skips_open_frame=True,
    ),
)
