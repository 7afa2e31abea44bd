"""A job that is to run somewhere, with what its owner wishes. Hours, GB (10^9), USD inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

HOME = "home"
DEFAULT_UPLOAD_MBIT_S = 20.0
DEFAULT_DOWNLOAD_MBIT_S = 100.0
DEFAULT_CHECKPOINT_S = 60.0
DEFAULT_RESTART_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How much work: units of a workload, or hours on a named GPU.

    ``hours`` counts when it is given; the workload then only says how speeds compare.
    """

    workload_id: str = ""
    units: float | None = None  # None with a workload and no hours: the workload's usual job
    hours: float | None = None
    device: str = ""  # the GPU the hours were counted on
    count: int = 1
    memory_bytes: int | None = None  # each GPU must have at least this


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What the job reads and leaves. ``place``: home, or the provider where the data lie."""

    in_gb: float = 0.0
    out_gb: float = 0.0  # comes home at the end
    place: str = HOME
    kept_days: float = 0.0  # how long it stays in the cloud after the job
    left_this_month_gb: float = 0.0  # egress is billed over the calendar month
    upload_mbit_s: float = DEFAULT_UPLOAD_MBIT_S
    download_mbit_s: float = DEFAULT_DOWNLOAD_MBIT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What must hold. ``budget`` None: no limit."""

    deadline_hours: float = 168.0
    confidence: float = 0.9  # how sure the deadline and the budget must be kept, 0.5 to 0.99
    may_leave_home: bool = True
    is_interruptible: bool = True
    may_be_free: bool = True  # free services may be used: each wants an account of yours
    checkpoint_s: float | None = DEFAULT_CHECKPOINT_S  # None: the job saves nothing on its way
    restart_s: float = DEFAULT_RESTART_S
    hours_between_interruptions: float | None = None  # None: the usual scenarios
    budget: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """The own machine. None = as detected or from the settings."""

    device: str = ""
    count: int = 1
    queue_hours: float = 0.0  # work that is queued there already
    price_per_kwh: float | None = None
    power_w: float | None = None  # at the wall while it works
    wear_per_hour: float | None = None  # None: paid already, so not counted
    prefer_pct: float = 0.0  # how much dearer home may be and is still chosen
    grid_g_per_kwh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Hours that are paid already. The shape is one of the catalogue's offers, or typed in."""

    free_hours: float
    provider: str = ""
    instance: str = ""
    device: str = ""
    count: int = 1
    price_per_hour: float | None = None  # of hours beyond; None: the offer's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that decides where a job runs."""

    name: str = "Your job"
    task: Task = field(default_factory=Task)
    data: Data = field(default_factory=Data)
    rules: Rules = field(default_factory=Rules)
    local: Local = field(default_factory=Local)
    reserved: Reserved | None = None
