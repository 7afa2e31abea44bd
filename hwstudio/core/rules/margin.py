"""What fits and by how much: the room left where a rule has nothing to object to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.model.finding import Severity
from hwstudio.core.rules.engine import check
from hwstudio.core.rules.slot import thicknesses
from hwstudio.core.rules.subject import Subject
from hwstudio.core.rules.words import number


@dataclass(frozen=True, slots=True)
class Margin:
    """One thing that fits: how much it takes, how much there is, in millimetres or pieces."""

    rule: str
    what: str
    takes: float
    room: float
    unit: str  # "mm", or what is counted

    @property
    def left(self) -> float:
        """Return the room to spare."""
        return self.room - self.takes

    @property
    def words(self) -> str:
        """Return "Card length: 304 of 360 mm, 56 mm to spare"."""
        return (
            f"{self.what}: {number(self.takes)} of {number(self.room)} {self.unit}, "
            f"{number(self.left)}{' mm' if self.unit == 'mm' else ''} to spare"
        )


def margins(build: Build, around: Circumstances | None = None) -> tuple[Margin, ...]:
    """Return the margins that are known, of rules that found no error."""
    subject = Subject(build, around or Circumstances())
    bad = {f.rule for f in check(build, around) if f.severity is Severity.ERROR}
    found = [*_in_case(subject), *_on_board(subject)]
    return tuple(margin for margin in found if margin.left >= 0 and margin.rule not in bad)


def _in_case(subject: Subject) -> Iterator[Margin]:
    if subject.is_open or not subject.has("case"):
        return
    lengths = subject.values("gpu_card.length_mm")
    room = subject.value("case.max_gpu_length_mm")
    if lengths and None not in lengths and room is not None:
        front = subject.around.front_radiator_mm or 0.0
        yield Margin("R18", "Card length", max(lengths), room - front, "mm")
    height, tallest = subject.value("cooler.height_mm"), subject.value("case.max_cooler_height_mm")
    is_air = str(subject.value("cooler.cooler_type") or "air").lower() == "air"
    if is_air and height is not None and tallest is not None:
        yield Margin("R12", "Cooler height", height, tallest, "mm")
    longs, most = subject.values("psu.length_mm"), subject.value("case.max_psu_length_mm")
    if longs and None not in longs and most is not None:
        yield Margin("R22", "Power supply length", max(longs), most, "mm")
    thick, openings = thicknesses(subject), subject.value("case.expansion_slots")
    if thick and openings is not None and not subject.is_on_risers:
        yield Margin("R19", "Card thickness", sum(thick), openings, "slots")


def _on_board(subject: Subject) -> Iterator[Margin]:
    modules, slots = subject.modules, subject.value("motherboard.mem_slots")
    if modules is not None and slots is not None:
        yield Margin("R06", "Memory modules", modules, slots, "slots")
    drives = [str(drive.form_factor or "") for drive in subject.drives]
    places = subject.value("motherboard.m2_slots")
    if drives and all(drives) and places is not None:
        m2 = sum(form.upper().startswith("M.2") for form in drives)
        yield Margin("R38", "M.2 drives", m2, places, "slots")
