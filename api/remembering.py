"""What was made of a record, remembered for that very object, up to a bound.

Searches find the same candidacies again and again, and an engine gives the same object for one as
long as it remembers it. What is made of it alone (never of a query) need not be made again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from search.memory import Memory

R = TypeVar("R")
M = TypeVar("M")


class Remembering(Generic[R, M]):
    """A function of one record that remembers what it made; `cost` tells the bytes of that."""

    def __init__(self, make: Callable[[R], M], cost: Callable[[M], int], room: int) -> None:
        self._make = make
        self._cost = cost
        self._memory: Memory[int, tuple[R, M]] = Memory(room)

    def __call__(self, record: R) -> M:
        found = self._memory.get(id(record))
        if found is not None:
            return found[1]
        made = self._make(record)
        # The record is kept beside it, so that no other can have its id meanwhile.
        self._memory.put(id(record), (record, made), self._cost(made))
        return made
