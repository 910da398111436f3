# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The recording path against the calls it cannot avoid, on MicroPython: micropython bench/record.py

Both sides take the same frames to the same kind of file (FAT on an image in /tmp) in the same process, in turn: one copy, the
hashes, the CRC, the file write. The whole path is the recorder itself, fed as fast as it can take frames. Prints one line of JSON.
"""

import binascii
import gc
import hashlib
import json
import os
import sys
import time

sys.path.insert(0, __file__.rsplit("/bench/", 1)[0])

from firmware.recorder import Recorder
from firmware.segment import SLICE_BYTES
from firmware.segments import SegmentStore

FRAME_BYTES = 33_000
QUICK = "quick" in sys.argv  # once, and with few frames: whether it works at all, and what takes no time
FRAMES = 100 if QUICK else 400
ROUNDS = 1 if QUICK else 7
CARD_BYTES = 4_096_000_000
IMAGE = "/tmp/daylog-bench-card.img"
PERIOD_MS = 100
PROFILE = {"fps": 10, "chunk_bytes": 262144}
PART_BYTES = 8 * 1024 * 1024


class Image:
    """A card without a model: a file."""

    def __init__(self, file):
        self._file = file

    def readblocks(self, sector, buffer):
        self._file.seek(sector * 512)
        self._file.readinto(buffer)

    def writeblocks(self, sector, buffer):
        self._file.seek(sector * 512)
        self._file.write(buffer)

    def ioctl(self, operation, argument):
        return CARD_BYTES // 512 if operation == 4 else 512 if operation == 5 else 0


class Keeper:
    """Time as the bench wants it."""

    boot, generation, offset_ms, utc_known, source, rtc_boot_ms = 1, 0, 0, False, "", 0
    now_ms = 0

    def uptime_ms(self):
        return self.now_ms


class Health:
    def __init__(self):
        self.listeners = []

    def event(self, *_):
        pass

    count = set_problem = clear_problem = event


class Settings:
    segment_ms, commit_interval_ms, part_bytes = 1 << 40, 2000, PART_BYTES
    paused = overwrite_unsent = adaptive = microphone = False


class Camera:
    """Always has the next of a few frames."""

    def __init__(self, frames):
        self._frames, self._next = frames, 0

    def open(self, profile):
        pass

    close = release = lambda self: None

    def available(self):
        return True

    def capture(self):
        self._next = (self._next + 1) % len(self._frames)
        return self._frames[self._next]


def mount(image):
    """A new file system on a file, as /sd."""
    import vfs

    device = Image(open(image, "r+b"))
    vfs.VfsFat.mkfs(device)
    vfs.mount(vfs.VfsFat(device), "/sd")


class Slot:
    """What is left of firmware.storage when the card is good."""

    def __init__(self, store):
        self.store = store

    def take_gaps(self):
        return ()


class Whole:
    """The recorder, fed one frame a poll."""

    def __init__(self, frames, part_bytes=PART_BYTES, root="/sd"):
        self.store = store = SegmentStore(root, 0, part_bytes)
        store.load()
        self.keeper = Keeper()
        self.keeper.boot = store.boot
        identity = [("device", "bench")]
        settings = Settings()
        settings.part_bytes = part_bytes
        self.recorder = Recorder(Camera(frames), Slot(store), self.keeper, Health(), settings, {"bench": PROFILE}, "bench", identity)
        self.recorder.poll(0)

    def frames(self, count):
        recorder, keeper = self.recorder, self.keeper
        for _ in range(count):
            keeper.now_ms += PERIOD_MS
            recorder.poll(keeper.now_ms)

    def end(self):
        self.recorder.stop()
        self.recorder.poll(self.keeper.now_ms)


def bare(frames, count, number):
    """What no recorder can do without, in slices of the same size, flushed as often."""
    chunk = memoryview(bytearray(PROFILE["chunk_bytes"]))
    whole, part, md5 = hashlib.sha256(), hashlib.sha256(), hashlib.md5()
    with open("/sd/bare%d" % number, "wb") as file:
        for i in range(count):
            frame = frames[i % len(frames)]
            chunk[: len(frame)] = frame
            binascii.crc32(chunk[: len(frame)])
            for at in range(0, len(frame), SLICE_BYTES):
                piece = chunk[at : min(at + SLICE_BYTES, len(frame))]
                whole.update(piece)
                part.update(piece)
                md5.update(piece)
                file.write(piece)
            if i % 10 == 9:
                file.flush()
    os.remove("/sd/bare%d" % number)


def timed(work):
    gc.collect()
    start = time.ticks_us()
    work()
    return time.ticks_diff(time.ticks_us(), start)


def ratio(frames):
    """Median over rounds of bare time / whole time."""
    ratios = []
    for i in range(ROUNDS):
        whole = Whole(frames)
        spent = timed(lambda: whole.frames(FRAMES))  # noqa: B023
        whole.end()
        ratios.append(timed(lambda: bare(frames, FRAMES, i)) / spent)  # noqa: B023
    return sorted(ratios)[ROUNDS // 2]


class Canary:
    """Dies in a collection, and says so."""

    deaths = 0

    def __del__(self):
        Canary.deaths += 1


def allocation(frames):
    """(heap bytes per frame in the steady state, collections inside a segment)."""
    whole = Whole(frames)
    whole.frames(50)
    gc.collect()
    Canary.deaths = 0
    Canary()
    before = gc.mem_alloc()
    whole.frames(FRAMES)
    grown = gc.mem_alloc() - before
    deaths = Canary.deaths
    whole.end()
    return grown / FRAMES, deaths


def overhead(frames):
    """Bytes on the card / bytes of JPEG, over one segment of a minute."""
    whole = Whole(frames)
    recorder = whole.recorder
    whole.frames(600)
    whole.end()
    count = recorder.sequence  # with those that waited in the camera at the end
    return os.stat(whole.store.path(whole.store.boot, 1))[6] / (count * len(frames[0]))


def main():
    with open(IMAGE, "wb") as file:
        file.seek(CARD_BYTES - 512)
        file.write(bytes(512))
    mount(IMAGE)
    source = os.urandom(FRAME_BYTES + 4096)
    frames = [memoryview(source)[i * 64 : i * 64 + FRAME_BYTES] for i in range(16)]
    per_frame, collections = allocation(frames)
    results = {"record_ratio": ratio(frames), "overhead_ratio": overhead(frames)}
    results["alloc_per_frame_bytes"], results["collections_in_segment"] = per_frame, collections
    print(json.dumps(results))


if __name__ == "__main__":
    main()
