# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The device's side of upload.py, on either interpreter: micropython bench/upload_device.py JOB.json

Makes a few segments, on a card in an image file or in a folder, then uploads one for each line on stdin, with the recorder's own
uploader, and prints how many seconds it took.
"""

import asyncio
import json
import sys

sys.path.insert(0, __file__.rsplit("/bench/", 1)[0])

from bench.record import Slot, Whole, mount
from firmware.compat import ticks_diff, ticks_us
from firmware.health import Health
from firmware.names import Names
from firmware.segments import SegmentStore
from firmware.timekeeper import Timekeeper
from firmware.trust import Trust
from firmware.uploader import Uploader


class Link:
    """A link that is up, in a network that has no names."""

    def __init__(self):
        self.names, self.trust = Names(lambda: "", lambda: 0), Trust()
        self.for_footage = asyncio.Event()
        self.for_footage.set()

    def use(self, in_use):
        pass

    def carried(self, size):
        pass


class Settings:
    def __init__(self, store):
        self.store = store


def make_segments(job, frames):
    """Record with the recorder itself, then give each file a plain copy for curl."""
    for _ in range(job["segments"]):
        whole = Whole(frames, job["part_bytes"], job["card"])
        whole.frames(job["frames"])
        whole.end()


def copy_out(store, folder):
    names = []
    for boot, segment, _, _ in store.list("closed"):
        names.append("%s/%d-%d.mcap" % (folder, boot, segment))
        with open(store.path(boot, segment), "rb") as source, open(names[-1], "wb") as target:
            while True:
                data = source.read(65536)
                if not data:
                    break
                target.write(data)
    return names


async def upload_on_request(store, job):
    keeper = Timekeeper(1)
    keeper.set_utc(job["unix_ms"], "bench")
    uploader = Uploader(Slot(store), Settings(job["store"]), "bench", keeper, Health(keeper), Link(), **job["upload"])
    while sys.stdin.readline():
        start = ticks_us()
        await uploader.step()
        print(json.dumps({"s": ticks_diff(ticks_us(), start) / 1e6, "state": uploader.state}))


def main():
    with open(sys.argv[1]) as file:
        job = json.load(file)
    if "image" in job:
        mount(job["image"])
    source = bytes(range(256)) * 160
    make_segments(job, [memoryview(source)[i * 64 : i * 64 + 33_000] for i in range(16)])
    store = SegmentStore(job["card"], 0, job["part_bytes"])
    store.load()
    print(json.dumps({"files": copy_out(store, job["folder"])}))
    asyncio.run(upload_on_request(store, job))


main()
