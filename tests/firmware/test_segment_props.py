# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from foxglove_schemas_protobuf import CompressedImage_pb2, CompressedVideo_pb2, RawAudio_pb2
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.reader import NonSeekingReader, SeekingReader
from mcap_protobuf.decoder import DecoderFactory
from mcap_protobuf.schema import build_file_descriptor_set

sys.path.insert(0, str(Path(__file__).parent))
from test_segment import jpeg, write_segment

from firmware.schemas import COMPRESSED_IMAGE, COMPRESSED_VIDEO, RAW_AUDIO


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([0, 1, 2, 19, 20, 21, 150]), st.sampled_from([4096, 60000, 1 << 22]))
def test_official_readers_give_the_frames_back(frames, part_bytes):
    data = write_segment(frames, part_bytes)[0].content
    for reader in (SeekingReader, NonSeekingReader):
        decoded = reader(io.BytesIO(data), validate_crcs=True, decoder_factories=[DecoderFactory()])
        messages = list(decoded.iter_decoded_messages(topics=["/camera"]))
        seen = [(m.message.sequence, m.message.log_time, m.decoded_message.data, m.decoded_message.format) for m in messages]
        assert seen == [(n + 1, (1_000_000 + 100 * n) * 1_000_000, jpeg(n), "jpeg") for n in range(frames)]
        stamps = [m.decoded_message.timestamp.ToNanoseconds() for m in messages]
        assert stamps == [m.message.log_time for m in messages]


def test_summary_counts_what_is_there():
    data = write_segment(50)[0].content
    summary = SeekingReader(io.BytesIO(data), validate_crcs=True).get_summary()
    assert summary and summary.statistics
    assert summary.statistics.channel_message_counts == {1: 50, 3: 1}
    assert [m.name for m in SeekingReader(io.BytesIO(data)).iter_metadata()] == ["daylog.segment"]


@pytest.mark.parametrize(
    ("published", "ours"),
    [
        (CompressedImage_pb2.CompressedImage, COMPRESSED_IMAGE),
        (CompressedVideo_pb2.CompressedVideo, COMPRESSED_VIDEO),
        (RawAudio_pb2.RawAudio, RAW_AUDIO),
    ],
)
def test_the_schema_is_the_published_one(published: Any, ours: bytes):
    assert build_file_descriptor_set(published).SerializeToString() == ours
