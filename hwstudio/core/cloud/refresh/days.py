"""The day a price is of, when clocks disagree: ours, the source's, or both may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hwstudio.core.cloud.age import first_day

_SLACK = timedelta(days=2)  # time zones, and a clock that is a little off
OLDEST = date(2006, 1, 1)  # nothing was rented by the hour before


@dataclass(frozen=True, slots=True)
class Days:
    """``today`` by this computer's clock; ``floor`` the newest day known to have been.

    The catalogue in use was made on some day, so today cannot lie before it: a computer whose
    clock was set back would else take every fresh price for an old one.
    """

    today: date
    floor: date | None = None

    @property
    def now(self) -> date:
        """Return the day it is at the least."""
        return max(self.today, self.floor) if self.floor else self.today

    @property
    def is_clock_behind(self) -> bool:
        """Say whether this computer's clock stands before a day that has been."""
        return self.floor is not None and self.today < self.floor

    def judged(self, as_of: str, valid_from: str) -> tuple[str, str, str]:
        """Return the day a price was read, the day it began to hold, and a doubt in words.

        A day in the future is no day of a price: it is taken for the day of the refresh.
        """
        read, doubt = as_of.strip()[:10], ""
        day = first_day(read)
        if day is None or day < OLDEST:
            read = self.now.isoformat()
        elif day > self.now + _SLACK:
            doubt = f"the source dates it {read}, which is yet to come"
            read = self.now.isoformat()
        began = valid_from.strip()[:10]
        first = first_day(began)
        is_sound = first is not None and OLDEST <= first <= self.now + _SLACK
        return read, began if is_sound else read, doubt
