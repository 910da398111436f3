# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The channels of every segment, and the bytes that define them."""

from firmware import mcap
from firmware.compat import const
from firmware.schemas import COMPRESSED_IMAGE, COMPRESSED_VIDEO, JSON_OBJECT, RAW_AUDIO

CAMERA = const(1)
EVENTS = const(2)
GAPS = const(3)
TELEMETRY = const(4)
CLOCK = const(5)
MICROPHONE = const(6)  # only in segments of which the metadata says at what rate
COUNT = const(6)  # with it
FIRST_BESIDE = const(7)  # of the streams beside the camera, in the order in which the metadata names them

TOPICS = ((EVENTS, "/daylog/events"), (GAPS, "/daylog/gaps"), (TELEMETRY, "/daylog/telemetry"), (CLOCK, "/daylog/clock"))

JPEG, H264 = "jpeg", "h264"  # what a capture profile may name as its codec; without one its frames are JPEGs
_OF_CAMERA = {JPEG: ("foxglove.CompressedImage", COMPRESSED_IMAGE), H264: ("foxglove.CompressedVideo", COMPRESSED_VIDEO)}


def definitions(codec, has_sound=False, beside=()):
    """(schema records, channel records): written at the head of a segment and again in its summary."""
    name, descriptor = _OF_CAMERA[codec]
    schemas = mcap.schema(1, name, "protobuf", descriptor) + mcap.schema(2, "daylog", "jsonschema", JSON_OBJECT)
    channels = mcap.channel(CAMERA, 1, "/camera", "protobuf")
    channels += b"".join(mcap.channel(number, 2, topic, "json") for number, topic in TOPICS)
    if has_sound:
        schemas += mcap.schema(3, "foxglove.RawAudio", "protobuf", RAW_AUDIO)
        channels += mcap.channel(MICROPHONE, 3, "/microphone", "protobuf")
    for at in range(len(beside)):  # only ever beside a camera of the same codec
        channels += mcap.channel(FIRST_BESIDE + at, 1, "/" + beside[at], "protobuf")
    return schemas, channels
