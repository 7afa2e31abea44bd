"""From a detected machine to the rows of the parts list, in words."""

from __future__ import annotations

from hwstudio.core.model.machine import Machine
from hwstudio.core.report.machine_facts import machine_facts
from hwstudio.gui.machine.state import Found


def found_rows(machine: Machine) -> tuple[Found, ...]:
    """Return every part with how it was found; unknown ones with the reason."""
    facts = machine_facts(machine)
    return tuple(Found(fact.what, fact.value, fact.how, fact.is_known) for fact in facts)
