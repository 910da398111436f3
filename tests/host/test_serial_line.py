# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the unix MicroPython writes, as a board would."""

from hypothesis import given
from hypothesis import strategies as st

from sim.serial_line import SerialLine


def heard(*parts: bytes) -> bytes:
    line = SerialLine()
    return b"".join(line.from_device(part) for part in parts)


def test_bare_line_feeds_get_a_carriage_return():
    assert heard(b"a\nb\r\nc\n\n") == b"a\r\nb\r\nc\r\n\r\n"


def test_a_pair_may_be_split_between_two_reads():
    assert heard(b"a\r", b"\nb", b"\n", b"\n") == b"a\r\nb\r\n\r\n"


def test_a_frame_passes_untouched_until_the_host_replies():
    line = SerialLine()
    assert line.from_device(b"x\n\x18\x01\n\n") == b"x\r\n\x18\x01\n\n"
    line.from_host(b"\x18")
    assert line.from_device(b"\n") == b"\n"
    line.from_host(b"reply")
    assert line.from_device(b"\n") == b"\r\n"


def test_the_frame_without_a_reply_ends_by_itself():
    assert heard(b"\x18\x05\n\n") == b"\x18\x05\n\r\n"
    assert heard(b"\x18", b"\x05", b"\n", b"\n") == b"\x18\x05\n\r\n"


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_nothing_is_lost_however_it_is_cut(parts: list[bytes]):
    assert heard(*parts) == heard(b"".join(parts))
    assert heard(*parts).replace(b"\r\n", b"\n") == b"".join(parts).replace(b"\r\n", b"\n")
