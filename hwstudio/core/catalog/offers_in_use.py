"""The cloud offers as every face sees them: refreshed prices laid over the catalogue's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hwstudio.core.catalog.match import GpuNames
from hwstudio.core.model.offer import Offer


class FreshPrices(Protocol):
    """Newer prices of offers, kept elsewhere; ``revision`` is another value after each change."""

    @property
    def revision(self) -> object: ...

    def laid_over(
        self, offers: tuple[Offer, ...], gpu_of: Callable[[str, int | None], str | None], /
    ) -> tuple[Offer, ...]: ...


class OffersInUse:
    """Lays fresh prices over the offers, anew only when they have changed."""

    def __init__(self, fresh: FreshPrices | None) -> None:
        self._fresh = fresh
        self._known: tuple[object, tuple[Offer, ...]] | None = None

    def of(self, offers: tuple[Offer, ...], names: GpuNames) -> tuple[Offer, ...]:
        """Return the catalogue's offers with the fresh prices."""
        if self._fresh is None:
            return offers
        revision = self._fresh.revision
        if self._known is None or self._known[0] != revision:
            self._known = revision, self._fresh.laid_over(offers, names.find)
        return self._known[1]
