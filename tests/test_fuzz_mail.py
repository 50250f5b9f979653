"""No bytes whatever make a reader of mail raise, or take longer than their length allows.

`python -m bench.fuzz SECONDS` tries far more of them; what it finds is listed here by name.
"""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz_targets import TARGETS, allowed_seconds

TRIES = int(os.environ.get("HUSTINGS_TEST_TRIES", "60"))
PIECES = st.sampled_from(
    [
        b"From ana at example.org  Mon Sep 14 12:00:00 2015\n", b"From: Ana <ana@example.org>\n",
        b"Subject: =?utf-8?q?=5Bnova=5D?= PTL candidacy\n", b"Message-ID: <1@example.org>\n",
        b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Transfer-Encoding: base64\n",
        b"\n--b\n", b"\n\n", b"> quoted\n", b">>>> ", b"On Monday, Ben wrote:\n", b"-- \n", b" * ",
        b"1. ", b"====\n", b"-------------- next part --------------\n", b"<div><p>", b"</div>",
        b"<!--", b"&#x", b"https://example.org/", b"ana@example.org ", b"\x00", b"\xff\xfe", b"=\n",
        b"-----BEGIN PGP SIGNED MESSAGE-----\n", b"I am running for PTL of nova\n", b"(", b"[1] ",
    ]
)  # fmt: skip
INPUTS = st.lists(PIECES | st.binary(max_size=40), max_size=40).map(b"".join)

# A piece said again and again is what makes a regular expression slow.
REPEATED = [
    b"> ", b">", b" ", b"\t\n", b"\n", b"-", b"=\n", b"From ", b"a@", b"=?utf-8?q?=41?= ", b"<a ",
    b"<div>", b"<!--", b"&amp", b"https://", b"(", b"[1]", b" * x\n", b"1. x\n", b"PTL ", b"I am ",
    b"running for ", b"Re: ", b"[nova]", b"On a, b wrote:\n", b"-- \n", b"\x00", b"\xe2\x80\xae",
    b"--b\n", b"References: <a@b>\n", b"A, ", b"not ", b"candidacy ", b"URL: <", b"a-", b"' ",
    b"-----BEGIN PGP SIGNATURE-----\n", b"my name is ", b"nick ana on irc ", b"X: y\n", b"\n ",
]  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_read(name: str) -> None:
    @settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(INPUTS)
    def try_some(data: bytes) -> None:
        TARGETS[name](data)

    try_some()


@pytest.mark.parametrize("name", TARGETS)
def test_a_piece_said_again_and_again_costs_no_more_than_its_length(name: str) -> None:
    slow = {}
    for piece in REPEATED:
        for data in (piece * (60_000 // len(piece)), b"x " + piece * 3000 + b"\nFrom: x\n"):
            began = time.process_time()
            TARGETS[name](data)
            spent = time.process_time() - began
            if spent > allowed_seconds(len(data)):
                slow[piece] = round(spent, 2)
    assert slow == {}
