"""A home that may use the network, and one refresh of it from a server of prices."""

from __future__ import annotations

import pytest

from hwstudio.core.base.network import Network
from hwstudio.core.cloud.refresh.gather import Asked, gather
from hwstudio.core.cloud.refresh.overlay import FreshPrices
from hwstudio.core.cloud.refresh.refresh import take
from hwstudio.core.cloud.refresh.registry import source_named


class Desk:
    """A home, the offers in use in it, and refreshes."""

    def __init__(self, home, catalog):
        self.home, self._catalog = home, catalog
        self.fresh = FreshPrices(home.cloud_prices_file)
        self.network = Network(home, lambda: True)

    def offers(self):
        """Return what every screen would show."""
        return self.fresh.laid_over(self._catalog.offers(), lambda *_: None)

    def offer(self, provider, instance, region):
        """Return one of them."""
        wanted = (provider, instance, region)
        return next(o for o in self.offers() if (o.provider, o.instance, o.region) == wanted)

    def take(self, hauls, as_of="2026-11-20"):
        """Judge and keep what was brought."""
        return take(hauls, self.home.cloud_prices_file, self.offers, as_of)

    def refresh(self, source_id, url, total_s=5.0):
        """Ask one source at an address."""
        asked = [Asked(source_named(source_id), url)]
        return self.take(gather(asked, self.network, total_s=total_s))


@pytest.fixture
def desk(home, catalog):
    return Desk(home, catalog)
