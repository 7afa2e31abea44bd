"""Which source pays which payment: money that expires first is used as far as it can be used.

Sources are taken in the order given (soonest to expire first). For each, payments that an earlier
source already covers may be handed over to free room, so no source's use is smaller than it could
be after those before it. Whole cents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise


def allocate(
    payments: Sequence[int], sources: Sequence[int], may_pay: Callable[[int, int], bool]
) -> list[dict[int, int]]:
    """Return for each source {payment: cents}. ``may_pay(source, payment)`` says what is allowed.

    No payment is paid twice and no source gives more than it has.
    """
    given: list[dict[int, int]] = [{} for _ in sources]
    open_cents = list(payments)
    for source in range(len(sources)):
        left = sources[source]
        while left > 0:
            path = _path(source, open_cents, given, may_pay)
            if path is None:
                break
            amount = min(left, _room(path, open_cents, given))
            _hand_over(path, amount, given)
            open_cents[path[-1][1]] -= amount
            left -= amount
    return given


_Path = list[tuple[int, int]]  # (source, payment it takes on); each next source gives that one up


def _path(
    start: int,
    open_cents: Sequence[int],
    given: Sequence[dict[int, int]],
    may_pay: Callable[[int, int], bool],
) -> _Path | None:
    """Return the shortest way from a source to a payment that is still open."""
    waiting: list[_Path] = [[]]
    heads = [start]
    seen_payments: set[int] = set()
    while waiting:
        path, head = waiting.pop(0), heads.pop(0)
        for payment in range(len(open_cents)):
            if payment in seen_payments or not may_pay(head, payment):
                continue
            seen_payments.add(payment)
            longer = [*path, (head, payment)]
            if open_cents[payment] > 0:
                return longer
            for other, paid in enumerate(given):
                if other != head and paid.get(payment, 0) > 0:
                    waiting.append(longer)
                    heads.append(other)
    return None


def _room(path: _Path, open_cents: Sequence[int], given: Sequence[dict[int, int]]) -> int:
    room = open_cents[path[-1][1]]
    for (_, payment), (other, _) in pairwise(path):
        room = min(room, given[other][payment])
    return room


def _hand_over(path: _Path, amount: int, given: Sequence[dict[int, int]]) -> None:
    for number, (source, payment) in enumerate(path):
        given[source][payment] = given[source].get(payment, 0) + amount
        if number + 1 < len(path):
            other = path[number + 1][0]
            given[other][payment] -= amount
