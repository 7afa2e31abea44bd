"""What this machine measured, as the Workload tab reads, adds and forgets it."""

from __future__ import annotations

import os
import threading

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.model.machine import Machine
from hwstudio.core.predict.classic.rates import Ground
from hwstudio.core.predict.fitted.calibrate import Probes, SheetDoubt
from hwstudio.core.predict.fitted.offsets import Observation, Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.project.calibrating import Heard
from hwstudio.core.project.own_limits import NOTHING_TRIED, OwnLimits, own_limits
from hwstudio.core.project.own_measurements import Calibrated
from hwstudio.core.studio import Studio


class OwnMeasurements:
    """The speeds the user told, in the home folder, and the probes, in the history."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def all(self) -> tuple[Observation, ...]:
        """Return the speeds told.

        Raises:
            HostError: the file cannot be read.
        """
        from hwstudio.core.project.measured_speeds import observations

        return observations(self._studio.home.own_speeds_file)

    def readable(self) -> tuple[Observation, ...]:
        """Return them, or none where the file cannot be read: estimates go on without."""
        try:
            return self.all()
        except HwstudioError as error:
            logger("predict").warning("%s", error.sentence)
            return ()

    def add(self, seen: Observation) -> None:
        """Keep one more; what was expected of it is scored by it first.

        Raises:
            HostError: it cannot be kept.
        """
        from hwstudio.core.project.measured_speeds import keep_observation

        self._score(seen)
        keep_observation(self._studio.home.own_speeds_file, seen)

    def _score(self, seen: Observation) -> None:
        from hwstudio.core.project.scoring import predict_and_check

        studio = self._studio
        offsets = Offsets(studio.speed_model, self.all(), self.probes())
        try:
            predict_and_check(studio.home.prediction_log, studio.speed_model, offsets, seen)
        except HwstudioError as error:  # the log is not worth losing a measurement for
            logger("predict").warning("%s", error.sentence)

    def clear(self) -> None:
        """Forget the speeds told.

        Raises:
            HostError: the file cannot be written.
        """
        from hwstudio.core.project.measured_speeds import forget_observations

        forget_observations(self._studio.home.own_speeds_file)

    def probes(self) -> Probes:
        """Return what the newest benchmarks say of this machine's devices."""
        from hwstudio.core.project.own_measurements import readable_calibration

        studio = self._studio
        file = studio.home.calibration_file
        return readable_calibration(
            lambda: studio.history, studio.catalog, studio.speed_model, file
        ).probes

    def limits(self) -> OwnLimits:
        """Return what this computer was found to hold and to prepare; nothing if unreadable."""
        try:
            return own_limits(self._studio.history)
        except HwstudioError as error:
            logger("predict").warning("%s", error.sentence)
            return NOTHING_TRIED

    def processor(self, machine: Machine) -> tuple[DeviceSheet, SheetDoubt] | None:
        """Return this computer's processor as a device; None = not recognised."""
        from hwstudio.core.project.own_processor import own_processor

        return own_processor(machine, self._studio.catalog)

    def classic_ground(self, machine: Machine | None) -> Ground:
        """Return what is known of this computer for classic methods; little before it was found."""
        from hwstudio.core.project.classic_ground import own_ground

        if machine is None:
            return Ground(name="this computer", cores=os.cpu_count() or 1, memory_bytes=None)
        cpu = self._studio.catalog.match_cpu(machine.cpu.name.value or "")
        try:
            return own_ground(machine, cpu, self._studio.history)
        except HwstudioError as error:
            logger("predict").warning("%s", error.sentence)
            return own_ground(machine, cpu, None)

    def forget_probes(self) -> None:
        """Let no benchmark so far calibrate anything.

        Raises:
            HostError: it cannot be kept.
        """
        from hwstudio.core.project.calibration import forget

        forget(self._studio.home.calibration_file, iso_now())

    def measure(self, heard: Heard, cancel: threading.Event) -> Calibrated:
        """Run the probes; takes a minute, so call it in a thread of its own.

        Raises:
            UserError, HostError: no Python with torch, or something cannot be read or written.
        """
        from hwstudio.core.bench.launch import choose_interpreter
        from hwstudio.core.bench.run import Place
        from hwstudio.core.project.own_measurements import Keeping, calibrate

        studio = self._studio
        place = Place(
            interpreter=choose_interpreter(setting=studio.settings.interpreter),
            log_dir=studio.home.run_dir,
            match_gpu=studio.catalog.match_gpu,
        )
        keeping = Keeping(
            studio.history,
            studio.catalog,
            studio.speed_model,
            studio.home.prediction_log,
            self.readable(),
        )
        return calibrate(place, "auto", keeping, heard=heard, cancel=cancel)

    def score_words(self) -> str:
        """Return how good the checked predictions were, in a sentence."""
        from hwstudio.core.project.scoring import score

        try:
            return f"{score(self._studio.home.prediction_log).words}."
        except HwstudioError as error:
            return error.sentence


def newest(probes: Probes) -> str:
    """Return when the newest probe was taken (ISO), or nothing."""
    readings = (each.measured_at for each in probes.readings)
    steps = (each.measured_at for each in probes.steps)
    return max((*readings, *steps), default="")
