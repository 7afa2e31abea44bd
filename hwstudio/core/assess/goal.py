"""What the machine is wanted for: the goal, and what the groups of jobs weigh for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hwstudio.core.assess.ability import short_title
from hwstudio.core.assess.attribution import whole
from hwstudio.core.assess.reference_job import JobGroup, ReferenceJob, ReferenceJobs
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GB
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.memory import predict_memory

GOAL_WEIGHT, OTHER_WEIGHT = 40.0, 12.0  # of the goal's own group, and of each other; five of them
MOST_WEIGHT = 100.0
_GROUPS = {
    Mode.LORA: "adapters",
    Mode.QLORA: "adapters",
    Mode.FINETUNE: "full",
    Mode.GENERATE: "pictures",
}
# Goals of the library outside the reference list are judged beside it, by these yardsticks.
_YARDSTICKS = {
    Mode.TRAIN: "months",
    Mode.FINETUNE: "night",
    Mode.LORA: "evening",
    Mode.QLORA: "evening",
    Mode.GENERATE: "picture",
}


@dataclass(frozen=True, slots=True)
class Need:
    """A goal. Kept apart from its weights: what can be bought is looked through by it."""

    goal: Workload


def vram_need(goal: Workload, count: int = 1) -> int | None:
    """Return bytes per GPU in the layout that needs least, whatever the card holds."""
    return predict_memory(goal, 1, count).need_bytes


def need_of(goal: Workload) -> Need:
    """Return what the goal asks."""
    return Need(goal)


def group_of(goal: Workload) -> str:
    """Return the group of jobs a goal belongs to."""
    if goal.group == "vision":
        return "vision"
    if goal.mode is Mode.INFERENCE:
        return "chat"
    return _GROUPS.get(goal.mode, "full")


def groups_for(jobs: ReferenceJobs, goal: Workload) -> tuple[JobGroup, ...]:
    """Return the groups; a goal outside the list is added to its own group."""
    if any(job.id == goal.id for group in jobs.groups for job in group.jobs):
        return jobs.groups
    mark = "reading" if goal.writes_text else _YARDSTICKS.get(goal.mode, "evening")
    if goal.group == "vision":
        mark = "night"
    added = ReferenceJob(
        id=goal.id,
        title=goal.title,
        yardstick=jobs.yardsticks[mark],
        disk_bytes=2.0 * goal.weight_bytes + 10 * GB,
        workload=goal,
        said=short_title(goal.id, goal.title),
    )
    mine = group_of(goal)
    return tuple(
        JobGroup(group.id, group.title, group.short, (*group.jobs, added))
        if group.id == mine
        else group
        for group in jobs.groups
    )


def weights_text(weights: Mapping[str, float]) -> str:
    """Return weights as one line of the settings."""
    return ",".join(f"{name}={weight:g}" for name, weight in weights.items())


def weights_from(text: str) -> dict[str, float]:
    """Read weights written "chat=40,vision=10"; nothing for no text.

    Raises:
        UserError: it is written otherwise.
    """
    found: dict[str, float] = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = each.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError as error:
            raise UserError(
                f"'{each}' is not a weight", "", "Write GROUP=NUMBER, as in chat=40"
            ) from error
    return found


def usable_weights(text: str, jobs: ReferenceJobs) -> dict[str, float]:
    """Return the user's kept weights; what another version wrote counts as none."""
    try:
        told = weights_from(text)
    except UserError:
        return {}
    known = {group.id for group in jobs.groups}
    kept = {n: w for n, w in told.items() if n in known and 0 <= w <= MOST_WEIGHT}
    return kept if any(kept.values()) else {}


def weights_for(
    goal: Workload, groups: Sequence[JobGroup], chosen: Mapping[str, float] | None = None
) -> dict[str, int]:
    """Return the points of each group; they add up to 100.

    Args:
        chosen: the user's own weights by group; a group left out has none.

    Raises:
        UserError: an unknown group, a weight outside 0 to 100, or all of them 0.
    """
    if not chosen:
        mine = group_of(goal)
        plain = {g.id: GOAL_WEIGHT if g.id == mine else OTHER_WEIGHT for g in groups}
        return whole(plain, 100)
    known = [group.id for group in groups]
    for name, weight in chosen.items():
        if name not in known:
            remedy = f"Choose from {', '.join(known)}"
            raise UserError(f"There is no group of jobs '{name}'", "", remedy)
        if not 0 <= weight <= MOST_WEIGHT:
            raise UserError(f"The weight of '{name}' is {weight:g}", "", "Give 0 to 100")
    if not any(chosen.values()):
        raise UserError(
            "No group of jobs has a weight", "the score would count nothing", "Give one a weight"
        )
    return whole({name: float(chosen.get(name, 0.0)) for name in known}, 100)
