"""How a sync shows that it moves: a bar on a terminal, plain lines elsewhere, nothing in tests.

The only file that knows tqdm. Lines are few on purpose: they end up in logs that are kept for
years.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, NoReturn, Protocol, TextIO

if TYPE_CHECKING:
    from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """What the stages tell while they work."""

    def begin(self, what: str, total: int) -> None:
        """Begin a piece of work with so many steps."""
        ...

    def advance(self, name: str) -> None:
        """One step is done; `name` says which."""
        ...

    def end(self) -> None: ...


class Silent:
    """Shows nothing."""

    def begin(self, what: str, total: int) -> None: ...

    def advance(self, name: str) -> None: ...

    def end(self) -> None: ...


class Bar:
    """A bar that is gone when the work is done."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm[NoReturn] | None = None

    def begin(self, what: str, total: int) -> None:
        # Imported only for a terminal: a sync by a timer begins sooner without.
        from tqdm import tqdm

        self.end()
        self._bar = tqdm(total=total, desc=what, file=self._stream, leave=False, unit="")

    def advance(self, name: str) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str(name, refresh=False)
            self._bar.update()

    def end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Lines:
    """A line when a piece of work begins, one every few seconds, and one when it took longer."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._what = ""
        self._total = self._done = 0
        self._told = 0.0

    def begin(self, what: str, total: int) -> None:
        self._what, self._total, self._done = what, total, 0
        self._told = time.monotonic()
        self._say(f"{what}: {total} to do")

    def advance(self, name: str) -> None:
        self._done += 1
        if time.monotonic() - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            self._say(f"{self._what}: {self._done} of {self._total}, {name}")

    def end(self) -> None:
        self._say(f"{self._what}: {self._done} of {self._total} done")

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


def show_progress(stream: TextIO | None = None) -> Progress:
    """Choose how to show progress on a stream (standard error unless told otherwise)."""
    stream = sys.stderr if stream is None else stream
    return Bar(stream) if stream.isatty() else Lines(stream)
