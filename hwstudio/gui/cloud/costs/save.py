"""Writes what the page "Cost of owning" shows to a file the user named."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.report.cost_workbook import write_cost_workbook
from hwstudio.gui.cloud.costs.viewmodel import CostsState


def save_csv(path: Path, text: str) -> None:
    """Write a table.

    Raises:
        HostError: it cannot be written.
    """
    try:
        path.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise HostError(f"{path} cannot be written", error.strerror or str(error)) from error


def save_workbook(path: Path, state: CostsState) -> None:
    """Write inputs and sums with live formulas.

    Raises:
        UserError: there is no answer yet.
        HostError: it cannot be written.
    """
    if state.answer is None:
        raise UserError("There is nothing to save yet", "the inputs give no answer")
    write_cost_workbook(state.sheet, state.inputs, state.answer, path)
