"""A bounded memory that forgets what was least lately used; for several threads.

Its measure is the cost that each value is put with, so that one common word weighs as much as it
takes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Values by key, of at most so much cost in all."""

    def __init__(self, room: int) -> None:
        self._most = self._room = room
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Give a value, and count it as just used."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, cost: int) -> None:
        """Keep a value, and forget others for it; one that would take half the room is not kept."""
        if 2 * cost > self._most:
            return
        with self._lock:
            if key in self._values:
                return
            self._values[key] = (value, cost)
            self._room -= cost
            while self._room < 0:
                _, (_, freed) = self._values.popitem(last=False)
                self._room += freed
