# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the messages of a segment with pictures and sound hold, as far as they are ours."""

from foxglove_schemas_protobuf.CompressedImage_pb2 import CompressedImage
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from foxglove_schemas_protobuf.RawAudio_pb2 import RawAudio
from google.protobuf.message import DecodeError

from firmware.chunk import VIDEO_HEAD
from host_tools.segment_file import CAMERA, Sample

_VIDEO = slice(14, 28)  # of a message of the camera: what it is, after its timestamp


def sound_of(sample: Sample) -> RawAudio | None:
    """What a message of the microphone holds; None if it is not one of ours."""
    try:
        sound = RawAudio.FromString(sample.data)
    except DecodeError:
        return None
    is_ours = (sound.format, sound.number_of_channels, len(sound.data) % 2) == ("pcm-s16", 1, 0) and sound.sample_rate
    return sound if is_ours else None


def is_video(sample: Sample) -> bool:
    return sample.topic != CAMERA or sample.data[_VIDEO] == VIDEO_HEAD[_VIDEO]


def frame_of(sample: Sample) -> bytes | None:
    """The bytes of the frame in a message with a picture; None if it is not a message of this kind."""
    try:
        return (CompressedVideo if is_video(sample) else CompressedImage).FromString(sample.data).data
    except DecodeError:
        return None
