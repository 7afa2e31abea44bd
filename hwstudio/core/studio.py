"""Opens what a face needs: settings at once; catalogue, prices and history on first use."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from hwstudio.core.base.log import start_log
from hwstudio.core.base.paths import Home, open_home, resource_bytes
from hwstudio.core.base.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from hwstudio.core.base.network import Network
    from hwstudio.core.catalog.overlay.overlay import Overlay
    from hwstudio.core.catalog.reader import Catalog
    from hwstudio.core.cloud.quotes_book import QuoteBook
    from hwstudio.core.cloud.refresh.overlay import FreshPrices
    from hwstudio.core.history.store import History
    from hwstudio.core.predict.fitted.calibrate import Probes
    from hwstudio.core.predict.fitted.model import SpeedModel
    from hwstudio.core.predict.fitted.points import CheckPoints
    from hwstudio.core.project.own_offers import OwnOffers
    from hwstudio.core.project.predictors import Predictors


class Studio:
    """A bag of what is open. Databases are opened late, so that a window can paint first."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.settings = load_settings(home.settings_file)
        self.catalog_notice = ""  # why an updated catalogue was set aside, if it was

    @cached_property
    def overlay(self) -> Overlay:
        """The user's own prices."""
        from hwstudio.core.catalog.overlay.overlay import Overlay

        return Overlay(self.home.overlay_file)

    @cached_property
    def catalog(self) -> Catalog:
        """The bundled catalogue, or a newer one that was taken, under the user's own prices.

        Raises:
            UserError: it is missing, damaged, or made for a newer hwstudio.
        """
        from hwstudio.core.catalog import reader
        from hwstudio.core.catalog.update import in_use

        chosen = in_use.catalog_in_use(self.home)
        self.catalog_notice = chosen.notice
        opened = reader.Catalog(chosen.store(), self.overlay, self.fresh_prices)
        opened.add_offers(self._own_offers)
        return opened

    @cached_property
    def fresh_prices(self) -> FreshPrices:
        """Refreshed prices of rentable machines."""
        from hwstudio.core.cloud.refresh.overlay import FreshPrices

        return FreshPrices(self.home.cloud_prices_file)

    @cached_property
    def _own_offers(self) -> OwnOffers:
        from hwstudio.core.project.own_offers import OwnOffers

        return OwnOffers(self.quotes)

    @cached_property
    def quotes(self) -> QuoteBook:
        """Rented servers and quotes the user typed in."""
        from hwstudio.core.cloud.quotes_book import QuoteBook

        return QuoteBook(self.home.quotes_file)

    @cached_property
    def speed_model(self) -> SpeedModel:
        """The speed of work, fitted on published measurements.

        Raises:
            UserError: its file is missing or damaged.
        """
        from threadpoolctl import threadpool_limits

        from hwstudio.core.predict.fitted.measured import KeptValues
        from hwstudio.core.predict.fitted.model import SpeedModel

        values = KeptValues.from_bytes(resource_bytes("predict/nearest.npz"))
        model = SpeedModel.from_bytes(resource_bytes("predict/speed.npz"), values)
        # numpy is loaded now. Beside a training run two threads that wait for each other take
        # three times as long as one, and alone they hardly save anything.
        threadpool_limits(1, user_api="blas")
        return model

    @cached_property
    def check_points(self) -> CheckPoints:
        """What estimates said of measurements they had never seen.

        Raises:
            UserError: the file is missing or damaged.
        """
        from hwstudio.core.predict.fitted.points import CheckPoints

        return CheckPoints.from_bytes(resource_bytes("predict/points.npz"))

    @cached_property
    def predictors(self) -> Predictors:
        """Who answers how fast a job runs, everywhere in the app."""
        from hwstudio.core.project.predictors import Measured, Predictors

        home = self.home
        log = home.history_file.with_name(home.history_file.name + "-wal")
        watched = (home.calibration_file, home.history_file, log)
        measured = Measured(home.own_speeds_file, watched, self._probes)
        return Predictors(measured, lambda: self.speed_model, self.catalog.gpus)

    def _probes(self) -> Probes:
        """Return what the newest benchmarks say of this machine's devices."""
        from hwstudio.core.predict.fitted.calibrate import NO_PROBES

        if not self.home.history_file.exists():
            return NO_PROBES
        from hwstudio.core.project.own_measurements import readable_calibration

        file = self.home.calibration_file
        return readable_calibration(
            lambda: self.history, self.catalog, self.speed_model, file
        ).probes

    @cached_property
    def history(self) -> History:
        """The user's stored benchmark results.

        Raises:
            UserError: the file belongs to a newer hwstudio.
        """
        from hwstudio.core.history.store import History

        return History.open(self.home.history_file)

    @cached_property
    def network(self) -> Network:
        """The one way out, shut unless the settings allow it."""
        from hwstudio.core.base.network import Network

        return Network(self.home, lambda: self.settings.network_allowed)

    def save_settings(self, settings: Settings) -> None:
        """Keep and write new settings; after a HostError they hold until the end only."""
        self.settings = settings
        save_settings(self.home.settings_file, settings)

    def close(self) -> None:
        """Close the databases that were opened."""
        for name in ("catalog", "history"):
            if name in self.__dict__:
                getattr(self, name).close()


def open_studio(home: str | os.PathLike[str] | None = None) -> Studio:
    """Open everything that must be open before a face starts.

    Raises:
        HostError: the home folder cannot be written.
    """
    place = open_home(home)
    start_log(place.log_dir)
    return Studio(place)
