"""Ready-made ways to share out a budget. They are starting points, and every share adds up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import CENT
from hwstudio.core.cost.amount import Number, exact
from hwstudio.core.cost.budget.shares import apportion, percents


@dataclass(frozen=True, slots=True)
class Split:
    """One way to cut the money: names with their weights."""

    title: str
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A named plan; each split cuts the same money another way."""

    id: str
    title: str
    about: str
    splits: tuple[Split, ...]
    usual_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """One line of a filled-in split; the per cents of a split sum to 100."""

    split: str
    name: str
    percent: int
    amount: Decimal


TEMPLATES = (
    Template(
        "development",
        "Development, the first 6 months",
        "More cloud than own machines, because needs still change.",
        (
            Split("Where the computing runs", (("Cloud", 60), ("Own machines", 40))),
            Split(
                "What the money is for",
                (("Infrastructure", 30), ("Development time", 60), ("Data collection", 10)),
            ),
        ),
    ),
    Template(
        "production",
        "Production, from then on",
        "Own machines carry the steady load; the cloud takes peaks and backup.",
        (
            Split("Where the computing runs", (("Own machines", 70), ("Cloud", 30))),
            Split(
                "What the money is for",
                (
                    ("Infrastructure maintenance", 20),
                    ("Development and research", 50),
                    ("Operations", 20),
                    ("Backup and disaster recovery", 10),
                ),
            ),
        ),
    ),
    Template(
        "year1",
        "First year, set-up for $3,000",
        "One workstation, tools, some cloud credit and a reserve.",
        (
            Split(
                "What the money is for",
                (
                    ("GPU", 500),
                    ("CPU and mainboard", 600),
                    ("Memory", 150),
                    ("Storage", 200),
                    ("Case and power supply", 300),
                    ("Software and tools", 400),
                    ("Cloud credits", 500),
                    ("Emergency fund", 350),
                ),
            ),
        ),
        Decimal(3000),
    ),
)


def template(template_id: str) -> Template:
    """Return a template by its id.

    Raises:
        UserError: there is none.
    """
    for each in TEMPLATES:
        if each.id == template_id:
            return each
    names = ", ".join(each.id for each in TEMPLATES)
    raise UserError(f"There is no plan template '{template_id}'", "", f"The templates are {names}")


def portions(chosen: Template, total: Number | None = None) -> tuple[Portion, ...]:
    """Fill a template in with money, to the cent.

    Raises:
        UserError: the total is missing, negative or has parts of a cent.
    """
    wanted = chosen.usual_total if total is None else exact(total, "The budget")
    if wanted is None:
        raise UserError("The budget is missing", "", "Say how much there is to share out")
    if wanted != wanted.quantize(CENT):
        raise UserError("The budget has parts of a cent", str(wanted), "Give whole cents")
    rows: list[Portion] = []
    for split in chosen.splits:
        weights = [weight for _, weight in split.parts]
        amounts, shares = apportion(wanted, weights), percents(weights)
        for (name, _), share, amount in zip(split.parts, shares, amounts, strict=True):
            rows.append(Portion(split.title, name, share, amount))
    return tuple(rows)
