"""A word's postings come back as they were packed, also when memory is short."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import OrderedHashReader, OrderedHashWriter

from search.posting_lists import ROW, pack_list, unpack_counts, unpack_each, unpack_places
from search.rows import DOCUMENT
from search.whoosh_codec import WordPool
from search.whoosh_terms import TermTable


@pytest.mark.parametrize("step", [1, 300, 70_000])
def test_counted_postings_come_back(step: int) -> None:
    row = [number for n in range(1, 50) for number in (n * step, n * step + 1)]
    packed = pack_list(row, placed=False)
    found = unpack_counts(packed.data, packed.length, base=5)
    assert found.documents == [n * step + 5 for n in range(1, 50)]
    assert found.steps == [n * step + 1 for n in range(1, 50)]
    assert unpack_each(packed.data, packed.length) == [b""] * 49


@pytest.mark.parametrize("place", [3, 40_000, 3_000_000])
def test_places_come_back_document_by_document(place: int) -> None:
    packed = pack_list([0, 32, 2, 1, place, 9, 64, 1, place], placed=True)
    assert unpack_counts(packed.data, packed.length) == ([0, 9], [32, 64])
    each = unpack_each(packed.data, packed.length)
    assert [list(array(ROW, one)) for one in each] == [[1, place], [place]]
    numbered = [5 << DOCUMENT | 1, 5 << DOCUMENT | place, 14 << DOCUMENT | place]
    assert list(unpack_places(packed.data, packed.length, base=5)) == numbered


@pytest.mark.parametrize("length", [0, 1, 2, 5, 11])
def test_a_list_that_is_cut_short_is_refused(length: int) -> None:
    packed = pack_list([0, 32, 2, 1, 300, 9, 64, 1, 300], placed=True)
    assert length < len(packed.data)
    with pytest.raises((ValueError, IndexError)):
        unpack_places(packed.data[:length], packed.length)


def gathered(folder: Path, most_bytes: int) -> list[tuple[str, str, list[int]]]:
    pool = WordPool(folder, most_bytes, lambda form: f"run {form}" if form == "running" else "")
    for document in range(200):
        pool.add_counts("word", document, {"running": document + 1, f"w{document}": 32})
        pool.add_places("in_statement", document, {"running": (32, [16, 32])})
    found = [(field, form, list(row)) for field, form, row in pool.iter_postings()]
    pool.cleanup()
    return found


def test_words_that_had_to_wait_in_files_come_out_the_same(tmp_path: Path) -> None:
    whole = gathered(tmp_path, 1 << 20)
    assert gathered(tmp_path, 5_000) == whole
    assert [row[:2] for row in whole] == sorted(row[:2] for row in whole)
    assert ("kin", "run running", [0, 32]) in whole
    assert not list(tmp_path.iterdir())


def test_terms_come_in_order_and_are_read_by_whoosh(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path))
    table = TermTable(OrderedHashWriter(storage.create_file("terms")))
    terms = [(b"\0\0%d" % number, b"value %d" % number) for number in range(10_000, 13_000)]
    table.add_all(terms)
    with pytest.raises(ValueError, match="increase"):
        table.add_all([terms[5]])
    table.close()
    reader = OrderedHashReader.open(storage, "terms")
    assert list(reader.items_from(b"\0\0" + b"11")) == terms[1000:]
    assert [reader[key] for key, _ in terms] == [value for _, value in terms]
    assert b"absent" not in reader
    reader.close()
