"""Judges the rows that describe parts, by the very rules the reviewed text is held to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.checks import CellError
from hwstudio.core.catalog.intake.amount import words
from hwstudio.core.catalog.intake.columns import part_kind
from hwstudio.core.catalog.intake.judge import Judged
from hwstudio.core.catalog.intake.preview import Accepted
from hwstudio.core.catalog.intake.table import Row, Table, plain
from hwstudio.core.catalog.overlay import mine, own_part
from hwstudio.core.catalog.overlay.journal import Change
from hwstudio.core.catalog.overlay.known import Known, Named
from hwstudio.core.catalog.overlay.mine import OwnPart
from hwstudio.core.catalog.overlay.own_part import columns_of, squeezed
from hwstudio.core.catalog.overlay.rows import OWN_ID, own_part_row
from hwstudio.core.model.part import PartKind

_NUMBERS = {"int", "real", "money"}
_MOST_SHOWN = 200


def judge_parts(table: Table, so_far: Judged) -> None:
    """Judge a table of parts; GPUs first, so that a card may name one of the same file."""
    rows = list(table.rows())
    gpus = [row for row in rows if part_kind(row.words("partkind")) is PartKind.GPU]
    first = {id(row) for row in gpus}
    judge = _PartJudge(so_far)
    so_far.each(table, [*gpus, *(row for row in rows if id(row) not in first)], judge.judge)


class _PartJudge:
    def __init__(self, so_far: Judged) -> None:
        self._so_far = so_far
        self._kept: dict[str, OwnPart] = {part.id: part for part in so_far.overlay.own_parts()}
        self._ids = set(self._kept)  # those of this file too

    def judge(self, row: Row) -> None:
        """Take a part in.

        Raises:
            CellError, UserError: it cannot be taken, with why.
        """
        part = self._part(row)
        built = own_part.as_part(part, self._so_far.known.gpus)  # what is taken in can be used
        content = f"{part.name}: {_told(part.values)}"
        if not self._so_far.is_first(row, ("part", part.kind.value, squeezed(part.name)), content):
            return
        before = self._kept.get(part.id)
        named = Named(part.id, part.name, part.kind, part.maker, is_own=True)
        self._so_far.known.add(named, built if part.kind is PartKind.GPU else None)
        self._ids.add(part.id)
        if before is not None and own_part_row(before) == own_part_row(part):
            self._so_far.is_kept(row)
            return
        changed = (
            Change("own_part", part.id, own_part_row(before) if before else None,
                   own_part_row(part)),
        )  # fmt: skip
        old, new = _difference(before, part)
        sheet = row.table.sheet.name
        self._so_far.accepted.append(
            Accepted(sheet, row.number, "part", part.id, part.name, old, new, changed)
        )

    def _part(self, row: Row) -> OwnPart:
        kind = self._kind(row)
        cells = {name: self._text(row, kind, name, cell) for name, cell in row.specs().items()}
        name = next((text for key, text in cells.items() if squeezed(key) == "name"), "")
        part_id = self._id(row, mine.clean(name), kind)
        day = row.date("date", self._so_far.options.last_day)
        kept = self._kept.get(part_id)
        sources = (row.words(each) for each in ("source", "source_ref", "note"))
        part = own_part.from_text(
            kind,
            cells,
            part_id=part_id,
            as_of=day or self._so_far.options.last_day,
            source_note="; ".join(text for text in sources if text),
            gpu_id_of=lambda text: _gpu_id(text, self._so_far.known),
        )
        if kept is not None and not day and _is_same(kept, part):
            return kept  # only a day that was not said is another
        return part

    def _kind(self, row: Row) -> PartKind:
        said = row.words("partkind")
        kind = part_kind(said) if said else self._so_far.options.kind
        if kind is None:
            known = ", ".join(each.value for each in PartKind)
            raise CellError(f"its kind '{said}' is none of {known}" if said else "it has no kind")
        return kind

    def _text(self, row: Row, kind: PartKind, name: str, cell: Any) -> str:
        column = columns_of(kind).get(squeezed(name))
        if column is None or column.type not in _NUMBERS:
            return words(cell)
        place = next(n for n, each in row.table.layout.specs.items() if each == name)
        try:
            return plain(cell, row.table.point_at(place))
        except CellError as error:
            raise CellError(f"{name}: {error}") from None

    def _id(self, row: Row, name: str, kind: PartKind) -> str:
        """Return the id of the user's part meant, or a new one."""
        known = self._so_far.known
        said = row.words("id")
        if said in self._kept:
            if self._kept[said].kind is not kind:
                raise CellError(f"your part {said} is a {self._kept[said].kind.value}")
            return said
        same = known.called(name, kind) if name else []
        for each in same:
            if each.is_own:
                return each.id
            raise CellError(f"the catalogue has it as {each.id}; give yours another name")
        is_free = said.startswith(OWN_ID) and said not in self._ids and said not in known
        return said if is_free else own_part.new_id(name, {*self._ids, *(p.id for p in known)})


def _is_same(one: OwnPart, other: OwnPart) -> bool:
    """Say whether two parts are the same but for their day."""
    rows = own_part_row(one), own_part_row(other)
    return rows[0] | {"as_of": ""} == rows[1] | {"as_of": ""}


def _told(values: Any) -> str:
    text = ", ".join(f"{name} {value}" for name, value in values.items())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _difference(before: OwnPart | None, after: OwnPart) -> tuple[str, str]:
    """Return what a part says now and what it would say, as far as they differ."""
    if before is None:
        return "", _told(after.values)
    old, new = dict(before.values), dict(after.values)
    for name in ("name", "maker", "source_note", "as_of"):
        old[name], new[name] = getattr(before, name), getattr(after, name)
    differ = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return (
        _told({name: old.get(name, "unknown") for name in differ}),
        _told({name: new.get(name, "unknown") for name in differ}),
    )


def described(
    kind: PartKind, cells: Sequence[tuple[str, str]], source_note: str, known: Known
) -> OwnPart:
    """Return a part from columns and their values as typed, to be saved; dated today.

    One with the name of an own part takes its place.

    Raises:
        UserError: a column is said twice, or the part breaks a rule.
    """
    said = dict(cells)
    if len({squeezed(name) for name, _ in cells}) < len(cells):
        raise UserError("A column is said twice", "", "Say each column once")
    name = mine.clean(next((text for key, text in cells if squeezed(key) == "name"), ""))
    same = known.called(name, kind) if name else []
    if same and not same[0].is_own:
        raise UserError(
            f"The catalogue has {name} already", f"it is {same[0].id}", "Give yours another name"
        )
    part_id = same[0].id if same else own_part.new_id(name, known)
    part = own_part.from_text(
        kind,
        said,
        part_id=part_id,
        as_of=today().isoformat(),
        source_note=source_note,
        gpu_id_of=lambda text: _gpu_id(text, known),
    )
    own_part.as_part(part, known.gpus)
    return part


def _gpu_id(text: str, known: Known) -> str:
    found = known.find(text, PartKind.GPU)
    if found.part is None:
        raise CellError(found.why_not(text))
    return found.part.id
