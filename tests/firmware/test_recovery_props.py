# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Recovery of a segment that was left open, whatever a cut and a bad card have made of it: a boot that dies of that records nothing."""

import io
import re
import sys
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from test_segment import jpeg

from firmware import channels
from firmware.chunk import IDENTITY_BYTES, IDENTITY_MAGIC, ChunkBuffer, picture_heads
from firmware.mcap import PREFIX_BYTES
from firmware.recovery import repair
from firmware.segment import SegmentWriter
from host_tools.segment_file import read_segment

PAIRS = [("device", "pi"), ("boot", "7"), ("segment", "3"), ("utc_offset_ms", "0"), ("commit_interval_ms", "2000"), ("codec", "h264")]
CHUNKS = 4


def left_open() -> bytes:
    """With a stream beside the camera."""
    file = io.BytesIO()
    writer = SegmentWriter(file, [*PAIRS, ("beside", "screen:10")], 1 << 20, 8 << 20, 3)
    chunk = ChunkBuffer(65536, b"pi", 1)
    for number in range(CHUNKS):
        chunk.begin(7, 0, picture_heads(channels.H264, ["screen"]))
        chunk.add_frame(jpeg(number), number + 1, 100 * number)
        chunk.add_frame(jpeg(number), number + 1, 100 * number + 50, channels.FIRST_BESIDE)
        writer.put(chunk)
        while writer.step():
            pass
        writer.commit()
    return file.getvalue()


WHOLE = left_open()
STARTS = [found.start() - PREFIX_BYTES for found in re.finditer(IDENTITY_MAGIC, WHOLE)]
ENDS = [at + IDENTITY_BYTES + int.from_bytes(WHOLE[at + 57 : at + 61], "little") for at in STARTS]  # docs/FORMAT.md
INDEX = WHOLE.rindex(b"\x07" + (6 + 16).to_bytes(8, "little"))  # of the stream beside the camera, in the last chunk


def recovered(data: bytes) -> tuple[object, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "000003.mcap"
        path.write_bytes(data)
        return repair(str(path), "power_on", 7, 3, b"pi")[1], path.read_bytes()


def topics(data: bytes) -> list[str]:
    content = read_segment(io.BytesIO(data))
    assert (content.closed, content.damage) == (True, [])
    return [sample.topic for sample in content.messages]


def test_all_that_was_committed_of_both_is_there():
    assert topics(recovered(WHOLE)[1]) == ["/camera", "/screen"] * CHUNKS + ["/daylog/gaps"]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE)))
@example(STARTS[-1] + IDENTITY_BYTES + 20)  # a chunk's identity is there, and not even the head of the chunk
@example(INDEX + 9)
def test_a_cut_anywhere_leaves_the_chunks_before_it(size: int):
    result, data = recovered(WHOLE[:size])
    if result is not None:
        whole = sum(end <= size for end in ENDS)
        assert topics(data) == ["/camera", "/screen"] * whole + ["/daylog/gaps"]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=64), st.integers(0, len(WHOLE)))
@example(INDEX + 9, b"\xff\xff", 0)  # the index is one of a channel that there is not
@example(INDEX + 1, bytes(8), 0)
def test_no_bytes_are_too_much_for_it(at: int, spoilt: bytes, missing: int):
    data = (WHOLE[:at] + spoilt + WHOLE[at + len(spoilt) :])[: len(WHOLE) - missing % 97]
    assert len(recovered(data)[1]) >= len(data)
