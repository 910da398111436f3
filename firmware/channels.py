# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The channels of every segment, and the bytes that define them."""

from firmware import mcap
from firmware.compat import const
from firmware.schemas import COMPRESSED_IMAGE, JSON_OBJECT

CAMERA = const(1)
EVENTS = const(2)
GAPS = const(3)
TELEMETRY = const(4)
CLOCK = const(5)
COUNT = const(5)

TOPICS = ((EVENTS, "/daylog/events"), (GAPS, "/daylog/gaps"), (TELEMETRY, "/daylog/telemetry"), (CLOCK, "/daylog/clock"))
SCHEMA_COUNT = const(2)


def definitions():
    """(schema records, channel records): written at the head of a segment and again in its summary."""
    schemas = mcap.schema(1, "foxglove.CompressedImage", "protobuf", COMPRESSED_IMAGE) + mcap.schema(2, "daylog", "jsonschema", JSON_OBJECT)
    channels = mcap.channel(CAMERA, 1, "/camera", "protobuf")
    return schemas, channels + b"".join(mcap.channel(number, 2, topic, "json") for number, topic in TOPICS)
