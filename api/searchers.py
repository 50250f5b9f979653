"""The threads that search: few, one queue, and an answer handed back to the loop that asked.

FastAPI's own way to a thread costs a fifth of a short search: limits, contexts and a condition for
each call. How many may be at work is `limits.Turns`'s business; here are as many threads as turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
Work = tuple["asyncio.Future[Any]", Callable[[], Any]]


class Searchers:
    """Threads that do what they are handed, in order; they begin with the first piece of work."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._begun = False

    async def do(self, work: Callable[[], T]) -> T:
        """Do a piece of work on one of the threads; what it raises is raised here."""
        if not self._begun:
            self._begin()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put((future, work))
        return await future

    def _begin(self) -> None:
        self._begun = True
        for number in range(self._count):
            # A daemon: a search that runs when the program ends has nobody left to answer.
            threading.Thread(
                target=_serve, args=(self._queue,), name=f"search-{number}", daemon=True
            ).start()
        weakref.finalize(self, _end, self._queue, self._count)


def _serve(queue: SimpleQueue[Work | None]) -> None:
    while (taken := queue.get()) is not None:
        future, work = taken
        error: BaseException | None = None
        result = None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 handed to the one who asked, whatever it is
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits
            future.get_loop().call_soon_threadsafe(_settle, future, result, error)
        del taken, future, work, result, error  # or the last answer is held until the next


def _settle(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _end(queue: SimpleQueue[Work | None], count: int) -> None:
    for _ in range(count):
        queue.put(None)
