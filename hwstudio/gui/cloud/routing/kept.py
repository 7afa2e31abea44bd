"""The job the user typed, kept as a job file in the home between two starts."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.base.paths import Home
from hwstudio.core.cloud.routing.job import Job
from hwstudio.core.cloud.routing.job_file import job_of_toml, toml_of_job


def kept_file(home: Home) -> Path:
    """Return where the job is kept."""
    return home.root / "routing-job.toml"


def load_job(home: Home) -> Job | None:
    """Return the kept job; None where there is none. One that cannot be read is set aside."""
    file = kept_file(home)
    try:
        return job_of_toml(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, UserError) as error:
        logger("routing").warning("%s could not be read: %s", file.name, error)
        try:
            file.replace(file.with_suffix(".damaged.toml"))
        except OSError:
            pass
        return None


def save_job(home: Home, job: Job) -> None:
    """Keep the job, whole or not at all.

    Raises:
        HostError: it cannot be written.
    """
    file = kept_file(home)
    part = file.with_suffix(".part")
    try:
        part.write_text(toml_of_job(job), "utf-8")
        part.replace(file)
    except OSError as error:
        raise HostError(
            "The job could not be kept", error.strerror or str(error), f"Check {file.parent}"
        ) from error
