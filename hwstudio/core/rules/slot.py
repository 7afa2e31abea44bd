"""Where cards sit: slot positions, thickness, the room between them and to the case's end.

No source gives slot positions, only the number of long slots and the smallest gap between
those fed by the processor. So each question is asked twice: surely possible (slots as close as
the smallest gap) and surely impossible (as far apart as the board's size allows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate

from hwstudio.core.rules.lane import best_widths
from hwstudio.core.rules.rule import Rule, Said, error, unknown, warning
from hwstudio.core.rules.size import board_size
from hwstudio.core.rules.subject import Subject, airflow, thickness
from hwstudio.core.rules.words import count

# Slot positions a board of this size can have (20.32 mm apart).
_POSITIONS = {"Mini-ITX": 1, "Mini DTX": 2, "Micro ATX": 4, "XL ATX": 9}
_ATX_POSITIONS = 7
_OPEN = ("Use riser cables in an open frame, thinner (2-slot blower or liquid) cards, or fewer "
         "cards.")  # fmt: skip


def thicknesses(subject: Subject) -> list[int] | None:
    """Return the slots each card covers, thinnest first; None when one is not known."""
    found = [thickness(card) for card in subject.each_card()]
    known = [slots for slots in found if slots is not None]
    return sorted(known) if len(known) == len(found) else None


def positions(subject: Subject) -> int:
    """Return how many slot positions the board has room for."""
    form = subject.value("motherboard.form_factor")
    slots = subject.value("motherboard.x16_slots_physical") or 1
    most = _POSITIONS.get(board_size(form), _ATX_POSITIONS) if form else _ATX_POSITIONS
    return max(most, int(slots))


def slot_starts(subject: Subject) -> list[int] | None:
    """Return the positions of the long slots if they are as close as the source says."""
    slots, pitch = (
        subject.value("motherboard.x16_slots_physical"),
        subject.value("motherboard.gpu_slot_pitch"),
    )
    if slots is None or pitch is None:
        return None
    return [1 + round(index * pitch) for index in range(int(slots))]


def placed(thick: list[int], starts: list[int]) -> list[int] | None:
    """Return a position for each card, top to bottom, thinnest first; None if they don't fit."""
    taken, found = 0, []
    for slots in thick:
        start = next((position for position in starts if position > taken), None)
        if start is None:
            return None
        found.append(start)
        taken = start + slots - 1
    return found


def can_never_fit(thick: list[int], most: int) -> bool:
    """Return whether the last card would start below the last position, slots wherever."""
    starts = [0, *accumulate(thick[:-1])]
    return starts[-1] + 1 > most


def _usable_slots(subject: Subject) -> Iterator[Said]:
    cards, slots = subject.card_count, subject.board.x16_slots_physical
    if cards > slots + (subject.value("motherboard.x8_slots") or 0):
        yield error(
            f"{count(cards, 'card')} for {count(slots, 'long slot')}: there is no slot for "
            f"{count(cards - slots, 'card')}.",
            "Choose a motherboard with more long slots, or fewer cards.",
        )
        return
    if cards < 2 or subject.is_on_risers:
        return
    thick = thicknesses(subject)
    if thick is None:
        yield unknown("Not checked: whether the cards cover each other's slots. Not known: the "
                      "thickness of the card.")  # fmt: skip
        return
    yield from _covered(subject, thick)


def _covered(subject: Subject, thick: list[int]) -> Iterator[Said]:
    most, starts = positions(subject), slot_starts(subject)
    if can_never_fit(thick, most):
        yield _certain(subject)(
            f"{len(thick)} cards of {_range(thick)} slots need {sum(thick[:-1]) + 1} slot "
            f"positions, the motherboard has {most}: "
            f"at most {_most_cards(thick, most)} of them fit.",
            _OPEN,
        )
    elif starts is None:
        yield unknown(
            "Not checked: how far apart the motherboard's slots are; thick cards may cover the "
            "slot the next one needs.",
            "Look at a picture of the board.",
        )
    elif placed(thick, starts) is None and _is_exact(subject, starts):
        yield error(
            f"{len(thick)} cards of {_range(thick)} slots cover each other's slots on this board.",
            _OPEN,
        )
    elif placed(thick, starts) is None:
        yield unknown(
            f"Cards of {_range(thick)} slots may cover the slot the next one needs: the smallest "
            f"gap on this board is {count(subject.value('motherboard.gpu_slot_pitch'), 'slot')}.",
            "Check the slot positions on the maker's page.",
        )


def _certain(subject: Subject) -> Callable[[str, str], Said]:
    """A board of which neither size nor spacing is known may be meant for riser cables."""
    known = ("motherboard.form_factor", "motherboard.gpu_slot_pitch")
    is_known = any(subject.value(path) is not None for path in known)
    return error if is_known or subject.around.card_spacing_slots is not None else warning


def _is_exact(subject: Subject, starts: list[int]) -> bool:
    """When there is one gap, or the slots fill the whole board, the smallest gap is every gap."""
    return len(starts) == 2 or starts[-1] >= positions(subject)


def _most_cards(thick: list[int], most: int) -> int:
    return max(n for n in range(1, len(thick) + 1) if not can_never_fit(thick[:n], most))


def _range(thick: list[int]) -> str:
    return str(thick[0]) if thick[0] == thick[-1] else f"{thick[0]} to {thick[-1]}"


def _last_card_in_case(subject: Subject) -> Iterator[Said]:
    if subject.is_on_risers and subject.card_count > 1:
        return
    thick, room = thicknesses(subject), subject.case.expansion_slots or 0
    if thick is None:
        yield unknown("Not checked: whether the cards end inside the case. Not known: the "
                      "thickness of the card.")  # fmt: skip
        return
    starts = slot_starts(subject)
    where = placed(thick, starts) if starts else None
    last = where[-1] + thick[-1] - 1 if where else sum(thick)
    if sum(thick) > room:
        yield error(
            f"The cards cover {count(sum(thick), 'slot')}, the case has {room}: "
            f"{count(sum(thick) - room, 'slot')} short.",
            _OPEN if len(thick) > 1 else "Choose a thinner card or a larger case.",
        )
    elif last > room and starts and _is_exact(subject, starts):
        yield error(
            f"The last card ends at slot {last}, the case has {room} slot openings.",
            "Choose a case with more slot openings, or put a thinner card last.",
        )
    elif last > room:
        yield warning(
            f"The last card may end at slot {last}, and the case has {room} slot openings.",
            "Check the position of the board's last long slot.",
        )


def _spacing(subject: Subject) -> Iterator[Said]:
    cards = subject.card_count
    if cards < 2 or subject.is_on_risers:
        return
    thick = thicknesses(subject)
    if thick is None:
        return  # R34 has said so
    widest = (positions(subject) - 1) // (cards - 1)
    stated = _stated_spacing(subject)
    widest = widest if stated is None else min(widest, int(stated))
    if thick[-2] > widest:
        yield _certain(subject)(
            f"{cards} cards on this board stand {count(widest, 'slot')} apart at most, the cards "
            f"are {count(thick[-2], 'slot')} thick: they collide.",
            _OPEN,
        )
        return
    room = _sure_spacing(subject)
    if room is not None:
        yield from _gap(subject, thick, room)


def _stated_spacing(subject: Subject) -> float | None:
    """Return the spacing as installed, or of a board of which only the spacing is known."""
    if subject.around.card_spacing_slots is not None:
        return subject.around.card_spacing_slots
    pitch: float | None = subject.value("motherboard.gpu_slot_pitch")
    return pitch if subject.value("motherboard.x16_slots_physical") is None else None


def _sure_spacing(subject: Subject) -> int | None:
    """Return how far apart the cards can stand if the slots are as close as the source says."""
    stated = _stated_spacing(subject)
    if stated is not None:
        return int(stated)
    starts = slot_starts(subject)
    if starts is None or len(starts) < subject.card_count:
        return None
    if _is_exact(subject, starts):
        return (starts[-1] - 1) // (subject.card_count - 1)
    return starts[1] - starts[0] if subject.card_count == len(starts) else None


def _gap(subject: Subject, thick: list[int], room: int) -> Iterator[Said]:
    flows = {airflow(group.card) for group in subject.cards}
    if thick[-2] > room:
        widths = best_widths(subject)
        if widths and len([w for w in widths if w]) >= subject.card_count:
            yield warning(
                f"The slots fed by the processor are {count(room, 'slot')} apart, the cards are "
                f"{count(thick[-2], 'slot')} thick: one would have to move to a slower slot.",
                _OPEN,
            )
    elif thick[-2] == room and "open_air" in flows:
        yield warning(
            f"The cards stand {count(room, 'slot')} apart and are as thick: fans blowing against "
            "the next card make both hot and slow.",
            "Leave one slot free, or choose blower cards.",
        )


_BOARD = "Board drawings; card thickness from the makers"

RULES = (
    Rule(
        id="R34",
        asks="whether there is a usable slot for every card",
        parts=("gpu_card", "motherboard"),
        fields=("motherboard.x16_slots_physical",),
        judge=_usable_slots,
        source=_BOARD,
    ),
    Rule(
        id="R35",
        asks="whether the cards stand far enough apart",
        parts=("gpu_card", "motherboard"),
        fields=(),
        judge=_spacing,
        source=f"{_BOARD}; Lambda's advice on open-air cards",
    ),
    Rule(
        id="R19",
        asks="whether the last card ends inside the case",
        parts=("gpu_card", "case"),
        fields=("case.expansion_slots",),
        judge=_last_card_in_case,
        source=_BOARD,
        skips_open_frame=True,
    ),
)
