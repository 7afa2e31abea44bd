"""The only place that knows the source tree, the wheel, the frozen app and the user's home."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.safe_mode import is_safe_mode

_PACKAGE = Path(__file__).resolve().parents[2]


def is_frozen() -> bool:
    """Say whether this is the packaged app rather than a Python installation."""
    return bool(getattr(sys, "frozen", False))


def resource_dir() -> Path:
    """Return the folder that holds ``icons``, ``fonts``, ``qss``, ``catalog`` and so on."""
    if is_frozen():
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent)) / "resources"
    inside = _PACKAGE / "_resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def resource_bytes(name: str) -> bytes:
    """Return a bundled file.

    Raises:
        HostError: it is missing or cannot be read.
    """
    try:
        return (resource_dir() / name).read_bytes()
    except OSError as error:
        raise HostError(
            f"hwstudio's own file {name} cannot be read",
            error.strerror or str(error),
            "Install hwstudio again",
        ) from error


def named_catalog() -> Path | None:
    """Return the catalogue ``HWSTUDIO_CATALOG`` names (tests, repair), which beats every other."""
    named = os.environ.get("HWSTUDIO_CATALOG")
    return Path(named) if named else None


def bundled_catalog() -> Path:
    """Return the catalogue that came with hwstudio; nothing but the compiler writes there."""
    if is_frozen():
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent)) / "catalog.db"
    inside = _PACKAGE / "_resources" / "catalog.db"
    return inside if inside.is_file() else _PACKAGE.parent / "catalog.db"


def catalog_file() -> Path:
    """Return the bundled catalogue, or the one ``HWSTUDIO_CATALOG`` names.

    One that the user took as an update is found by ``catalog.in_use``.
    """
    return named_catalog() or bundled_catalog()


def worker_root() -> Path:
    """Return the folder to put on ``sys.path`` so that ``hwstudio.worker`` imports as plain .py.

    In the frozen app this is a folder of sources that an outside Python can read.
    """
    if is_frozen():
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent)) / "worker_src"
    return _PACKAGE.parent


def bundled_worker() -> Path | None:
    """Return the packaged app's own worker where it holds torch (the full edition), else None."""
    inside = Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent))
    if not is_frozen() or not (inside / "torch").is_dir():
        return None
    return Path(sys.executable).with_name(
        "hwstudio-worker.exe" if os.name == "nt" else "hwstudio-worker"
    )


def measuring_lock() -> Path:
    """Return the file held while something is measured: one for the whole computer.

    ``HWSTUDIO_MEASURING_LOCK`` names another one (tests).
    """
    named = os.environ.get("HWSTUDIO_MEASURING_LOCK")
    if named:
        return Path(named)
    import tempfile  # it brings shutil and two compressors: half a megabyte in the recorder

    return Path(tempfile.gettempdir()) / "hwstudio-measuring.lock"


@dataclass(frozen=True, slots=True)
class Home:
    """Where hwstudio writes. With ``--home DIR`` everything lies under that one folder."""

    root: Path

    @property
    def settings_file(self) -> Path:
        return self.root / "settings.json"

    @property
    def history_file(self) -> Path:
        return self.root / "history.db"

    @property
    def monitor_file(self) -> Path:
        """The recorded readings."""
        return self.root / "monitor.db"

    @property
    def monitor_live_file(self) -> Path:
        """The recorder's newest sample, for whoever looks."""
        return self.root / "monitor-live.bin"

    @property
    def recorder_lock(self) -> Path:
        return self.root / "recorder.lock"

    @property
    def recorder_stop(self) -> Path:
        """While this file is there, the recorder ends."""
        return self.root / "recorder.stop"

    @property
    def alerts_file(self) -> Path:
        return self.root / "alerts.json"

    @property
    def alerts_state_file(self) -> Path:
        return self.root / "alerts-state.json"

    @property
    def own_speeds_file(self) -> Path:
        """The speeds the user measured and told."""
        return self.root / "measured-speeds.json"

    @property
    def calibration_file(self) -> Path:
        """Up to when measurements of this machine no longer calibrate anything."""
        return self.root / "calibration.json"

    @property
    def prediction_log(self) -> Path:
        """What was predicted, and what was then measured."""
        return self.root / "predictions.json"

    @property
    def cost_inputs_file(self) -> Path:
        """What was typed into the sheets about cost."""
        return self.root / "cost-inputs.json"

    @property
    def monitor_pages_file(self) -> Path:
        return self.root / "monitor-pages.json"

    @property
    def quotes_file(self) -> Path:
        """Rented servers and quotes the user typed in."""
        return self.root / "cloud-quotes.json"

    @property
    def offers_page_file(self) -> Path:
        """The filters and figures that stand in the pages of offers."""
        return self.root / "cloud-offers-page.json"

    @property
    def cloud_wish_file(self) -> Path:
        """Return what was typed on the first page of Cloud."""
        return self.root / "cloud-wish.json"

    @property
    def workload_wish_file(self) -> Path:
        """The job last asked about in Workload, and the models opened there."""
        return self.root / "workload-wish.json"

    @property
    def hosts_file(self) -> Path:
        """The list of other computers."""
        return self.root / "hosts.json"

    @property
    def bench_hosts_file(self) -> Path:
        """The computers last measured together."""
        return self.root / "bench-hosts.json"

    @property
    def budgets_file(self) -> Path:
        """Limits, spending, targets, the scaling policy and the plan."""
        return self.root / "budgets.json"

    @property
    def upgrades_file(self) -> Path:
        """The inventory and the upgrade plan."""
        return self.root / "upgrades.json"

    @property
    def overlay_file(self) -> Path:
        return self.root / "my-catalog.db"

    @property
    def cloud_prices_file(self) -> Path:
        """Refreshed prices of rentable machines, and their history."""
        return self.root / "cloud-prices.db"

    @property
    def paid_prices_file(self) -> Path:
        """The electricity price each finished run was reckoned with."""
        return self.root / "paid-prices.json"

    @property
    def price_sources_file(self) -> Path:
        """Which price sources are switched on."""
        return self.root / "price-sources.json"

    @property
    def catalog_dir(self) -> Path:
        """Where catalogues lie that the user took as an update."""
        return self.root / "catalog"

    @property
    def network_log(self) -> Path:
        return self.root / "network.log"

    @property
    def session_file(self) -> Path:
        return self.root / "session.json"

    @property
    def window_file(self) -> Path:
        return self.root / ("window-safe.ini" if is_safe_mode() else "window.ini")

    @property
    def autosave_file(self) -> Path:
        """The open project; in safe mode another file, so that the last project stays as it is."""
        return self.root / ("autosave-safe.hws" if is_safe_mode() else "autosave.hws")

    @property
    def versions_dir(self) -> Path:
        """Earlier versions of the projects."""
        return self.root / "versions"

    @property
    def window_lock(self) -> Path:
        """Held by the one window of this home."""
        return self.root / "window.lock"

    @property
    def inbox_dir(self) -> Path:
        """Where a second start leaves the file it was given, for the window that is open."""
        return self.root / "inbox"

    @property
    def last_run_file(self) -> Path:
        """How the last run of the window went."""
        return self.root / "last-run.json"

    @property
    def log_dir(self) -> Path:
        return self.root / "logs"

    @property
    def run_dir(self) -> Path:
        return self.root / "runs"


def _default_home() -> str:
    import platformdirs

    return platformdirs.user_data_dir("hwstudio", appauthor=False)


def open_home(directory: str | os.PathLike[str] | None = None) -> Home:
    """Return the home folder, made if missing.

    Raises:
        UserError: the name of the folder is empty.
        HostError: the folder cannot be made or written.
    """
    if directory is not None and not str(directory).strip():
        raise UserError("--home needs the name of a folder", "it is empty")
    chosen = directory or os.environ.get("HWSTUDIO_HOME")
    root = Path(chosen or _default_home()).expanduser()
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe = root / f".write-test-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise HostError(
            f"hwstudio cannot write to {root}",
            error.strerror or str(error),
            "Choose a folder you may write to with --home DIR",
        ) from error
    return Home(root.resolve())
