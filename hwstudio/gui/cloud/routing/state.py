"""What the page shows, as immutable values: the job, its ways, typical jobs, recorded ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from hwstudio.core.assess.routing.replay import Replay
from hwstudio.core.cloud.routing.job import Job
from hwstudio.core.cloud.routing.option import Route, RouteOption

BUILD, MACHINE = "build", "machine"


@dataclass(frozen=True, slots=True)
class WayRow:
    """One row of the table of ways."""

    option: RouteOption
    verdict: str
    is_choice: bool


@dataclass(frozen=True, slots=True)
class PresetRow:
    """A typical job with its computed choice; ``route`` None: it could not be worked out."""

    id: str
    name: str
    words: str
    route: Route | None
    why_none: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingState:
    """Everything on the page. ``route`` None: not worked out yet, or refused (``problem``)."""

    job: Job
    own_key: str
    own_choices: tuple[tuple[str, str], ...]
    gpus: tuple[tuple[str, str], ...]
    units_word: str
    usual_units: float | None
    places: tuple[str, ...] = ("home",)
    preset_id: str = ""
    route: Route | None = None
    problem: str = ""
    is_busy: bool = False
    presets: tuple[PresetRow, ...] = field(default=())
    replay: Replay | None = None

    @property
    def rows(self) -> tuple[WayRow, ...]:
        """Return the ways in the order they are reckoned."""
        route = self.route
        if route is None:
            return ()
        return tuple(
            WayRow(
                option,
                "chosen" if option is route.choice else route.lost.get(option.kind, ""),
                option is route.choice,
            )
            for option in route.options
        )
