"""An attribute that is reckoned when first asked for, without the standard one's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - used as a decorator, like property
    """Keeps the first answer in the instance. For objects that one thread uses for a moment."""

    def __init__(self, reckon: Callable[[Any], T]) -> None:
        self._reckon = reckon
        self._name = reckon.__name__
        self.__doc__ = reckon.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> lazy[T] | T:
        """Reckon once; from then on Python finds the value in the instance itself."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._reckon(instance)
        return value
