# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The microphone of a computer, with real programs in the place of arecord."""

import sys

import pytest

from hal.linux.microphone import Microphone

SAMPLES = bytes(range(256)) * 40


def microphone(script: str) -> Microphone:
    return Microphone({"program": [sys.executable, "-c", script, "{rate_hz}"], "rate_hz": 8000})


def heard(source: Microphone, until: int, block: int = 800) -> bytes:
    """What it gives, in reads of an even number of bytes, until so many have come."""
    buffer, out = memoryview(bytearray(block)), b""
    while len(out) < until:
        size = source.readinto(buffer)
        assert size % 2 == 0
        out += buffer[:size]
    return out


def write(pieces: str, then: str = "sys.stdin.read()") -> str:
    return f"import sys\nfor piece in {pieces}:\n sys.stdout.buffer.write(piece); sys.stdout.buffer.flush()\n{then}"


def test_all_that_the_program_writes_is_heard_in_whole_samples():
    source = microphone(write("[(bytes(range(256)) * 40)[at:at + 7] for at in range(0, 10240, 7)]", "import time; time.sleep(99)"))
    source.open()
    found = heard(source, len(SAMPLES))
    source.close()
    assert found == SAMPLES


def test_the_program_is_told_the_rate_and_nothing_waits_for_it():
    source = microphone("import sys, time; sys.stdout.write(sys.argv[1]); sys.stdout.flush(); time.sleep(99)")
    source.open()
    found = heard(source, 4), source.readinto(memoryview(bytearray(8)))
    source.close()
    assert found == (b"8000", 0)


def test_one_that_ends_is_said_to_have():
    source = microphone(write("[b'1234']", ""))
    source.open()
    heard(source, 4)
    with pytest.raises(OSError, match="has ended"):
        heard(source, 1)
    source.close()
    source.close()


def test_why_it_has_ended_is_said():
    source = microphone("import sys; sys.stderr.write('ALSA\\n' * 999 + 'arecord: main:831: audio open error: No such file\\n\\n')")
    source.open()
    with pytest.raises(OSError, match=r"has ended: audio open error: No such file$"):
        heard(source, 2)
    source.close()


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(OSError, match="the program no-such-program cannot be started"):
        Microphone({"program": ["no-such-program"], "rate_hz": 8000}).open()
