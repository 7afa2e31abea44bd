"""Reading Windows' registry: the module late, the keys below one, a value or None."""

from __future__ import annotations

from typing import Any


def open_registry() -> Any:
    """Return Python's own module for it.

    Raises:
        ImportError: this is not Windows.
    """
    import winreg

    return winreg


def subkeys(api: Any, root: Any) -> list[str]:
    """Return the names of the keys below an open one."""
    names: list[str] = []
    while True:
        try:
            names.append(api.EnumKey(root, len(names)))
        except OSError:
            return names


def value_of(api: Any, key: Any, name: str) -> Any:
    """Return a value of an open key, or None where there is none."""
    try:
        return api.QueryValueEx(key, name)[0]
    except OSError:
        return None
