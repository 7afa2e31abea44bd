"""Free services: what the quota, the session and the terms leave of a job."""

from __future__ import annotations

from hwstudio.core.assess.routing.data_cost import data_parts, waits_of
from hwstudio.core.assess.routing.finish import Finish
from hwstudio.core.assess.routing.ground import FreeService, Ground
from hwstudio.core.assess.routing.pace import Pace, pace_on
from hwstudio.core.assess.routing.verdict import About, reckoned, refused
from hwstudio.core.cloud.routing.choose import cheapest, spell
from hwstudio.core.cloud.routing.job import HOME, Job
from hwstudio.core.cloud.routing.option import FREE, NOTHING, CostPart, RouteOption


def free_option(ground: Ground, job: Job) -> RouteOption:
    """Return the best of the free services; refused with a reason where none will do."""
    about = About(kind=FREE, name="free services")
    if not job.rules.may_leave_home:
        return refused(about, "the job must stay at home")
    if not job.rules.may_be_free:
        return refused(about, "free services are left out")
    every = [_option(ground, job, service) for service in ground.free]
    if not every:
        return refused(about, "no free service with a GPU is known")
    nearest = min(every, key=lambda one: (one.cost is None, one.sure_hours or float("inf")))
    return cheapest(every) or nearest


def _option(ground: Ground, job: Job, service: FreeService) -> RouteOption:
    note = "; ".join(filter(None, (service.limits, f"limits as of {service.as_of}")))
    about = About(kind=FREE, name=service.name, note=note, source=service.source)
    quota = service.quota
    if quota is None:
        return refused(about, "its limits are not known in numbers")
    if service.keeps_gb is not None and job.data.out_gb > service.keeps_gb:
        return refused(about, f"it keeps {service.keeps_gb:g} GB, the results have {job.data.out_gb:g}")  # fmt: skip # noqa: E501
    paces = [(gpu, count, pace_on(ground, job.task, gpu, count)) for gpu, count in service.gpus]
    able = [one for one in paces if one[2].hours is not None]
    if not able:
        why = paces[0][2].why_not if paces else "its GPU is not known"
        return refused(about, why)
    gpu, count, pace = min(able, key=_typical)
    work = pace.hours
    if work is None:
        return refused(about, pace.why_not)
    session = quota.session_hours[0]
    waits = waits_of(job.data, service.name)
    finish = Finish(sum(hours for _, hours in waits), work, quota, job.rules.restart_s / 3600)
    if finish.work_hours(job.rules.confidence) > session and not _can_continue(job):
        return refused(about, f"one session lasts {spell(session)} and the job cannot be continued in another")  # fmt: skip # noqa: E501
    known = About(
        kind=FREE, name=f"{service.name}, {count} x {gpu.name}", note=note, source=service.source,
        evidence=pace.evidence,
    )  # fmt: skip
    paid = data_parts(ground, job.data, HOME, finish.band)
    parts = (CostPart("rent", NOTHING, "free within its limits"), *paid)
    return reckoned(known, job.rules, finish, parts, waits)


def _typical(one: tuple[object, int, Pace]) -> float:
    return one[2].hours.median if one[2].hours else 0.0


def _can_continue(job: Job) -> bool:
    return job.rules.is_interruptible and bool(job.rules.checkpoint_s)
