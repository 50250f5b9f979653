"""A mapped file gives what the library's own gives, and copies only what it is asked for."""

from __future__ import annotations

import os
import pickle
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.filedb.structfile import BufferFile

from search.whoosh_mapped import MappedFile, MappedStorage

STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "readline", "seek", "tell", "get"]), st.integers(0, 400)),
    max_size=30,
)


def walk(file: Any, steps: list[tuple[str, int]]) -> list[Any]:
    """Do the steps; give what each gave."""
    does: dict[str, Callable[[int], Any]] = {
        "read": file.read,
        "readline": lambda _: file.readline(),
        "seek": file.seek,
        "tell": lambda _: file.tell(),
        "get": lambda n: file.get(n, 20),
    }
    return [does[name](number) for name, number in steps]


@given(st.binary(max_size=300), STEPS, st.integers(0, 300), st.integers(0, 300))
def test_it_reads_as_the_library_does(
    data: bytes, steps: list[tuple[str, int]], begin: int, length: int
) -> None:
    ours, theirs = MappedFile(memoryview(data), "x"), BufferFile(data, name="x")
    assert walk(ours, steps) == walk(theirs, steps)
    below = ours.subset(begin, length), theirs.subset(begin, length)
    assert walk(below[0], steps) == walk(below[1], steps)


def test_numbers_strings_and_pickles_are_read() -> None:
    words = {"a": [1, 2], "b": "c" * 20_000}
    data = struct.pack("!iqH", 7, 2**40, 3) + b"abc" + pickle.dumps(words, 0) + pickle.dumps(1)
    file = MappedFile(memoryview(data), "x")
    assert (file.read_int(), file.read_long(), file.read_string2()) == (7, 2**40, b"abc")
    assert (file.read_pickle(), file.read_pickle(), file.read()) == (words, 1, b"")
    assert file.get_int(0) == 7
    assert list(file.get_array(0, "i", 1)) == [7]


def test_a_place_before_the_beginning_is_refused() -> None:
    file = MappedFile(memoryview(b"abc"), "x")
    with pytest.raises(ValueError, match="before a file's beginning"):
        file.seek(-4, os.SEEK_END)
    file.seek(-2, os.SEEK_END)
    assert file.read(1) == b"b"


def test_a_segment_is_not_copied_when_it_is_opened(tmp_path: Path) -> None:
    with (tmp_path / "MAIN_1.seg").open("wb") as file:
        file.truncate(64 << 20)
        file.seek(50 << 20)
        file.write(b"here")
    tracemalloc.start()
    try:
        segment = MappedStorage(tmp_path).open_file("MAIN_1.seg")
        inner = segment.subset(40 << 20, 20 << 20).subset(10 << 20, 1 << 20)
        assert inner.read(4) == b"here"
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 20
    segment.close()
