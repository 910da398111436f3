# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The encoder of the killed service: a reel (sim/stream.py) in real time, and a log of what was given: python source.py REEL LOG

A line a frame: its number over all boots, and when it was written, by the clock that all processes share. Only of the standard library,
for it is started hundreds of times.
"""

import json
import os
import struct
import sys
import time


def play(reel: str, log_path: str) -> None:
    """Write frames until nobody reads them; a keyframe first."""
    with open(reel, "rb") as file:
        about = json.loads(file.readline())
        places = struct.unpack(f"<{2 * about['frames']}I", file.read(8 * about["frames"]))
        begin, end = about["stamp"]
        with open(log_path, "a+b", buffering=0) as log:
            number = -(-next_number(log) // about["frames"]) * about["frames"]
            due_s = time.monotonic()
            while True:
                index = number % about["frames"]
                file.seek(places[2 * index])
                unit = file.read(places[2 * index + 1])
                os.write(1, unit[:begin] + b"%09d" % number + unit[end:])
                log.write(b"%d %.1f\n" % (number, time.monotonic() * 1000))
                number += 1
                due_s += 1 / about["fps"]
                time.sleep(max(0, due_s - time.monotonic()))


def next_number(log) -> int:
    """After the last that is in the log."""
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - 200))
    lines = log.read().split()
    return int(lines[-2]) + 1 if lines else 0


if __name__ == "__main__":
    try:
        play(*sys.argv[1:])
    except BrokenPipeError:
        os._exit(0)
