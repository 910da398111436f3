# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Accidents inside the firmware: put before its main.py, they make a call of its parts fail now and then.

Chance is that of the world's seed and boot. What happened is printed, so that it can be counted.
"""

import random
import time

from firmware.link import Link
from firmware.recorder import Recorder
from firmware.segment import SegmentWriter
from firmware.segments import SegmentStore
from firmware.uploader import Uploader

HANG_S = 100  # longer than a watchdog bears
ONE_IN = 15  # as powers of two: how seldom a call fails that is made about once a second


def seldom(owner, name, bits, what):
    """Let one in 2**bits calls of a method come to grief."""
    real = getattr(owner, name)

    def call(*args):
        if not random.getrandbits(bits):
            print("accident: %s in %s" % (what.__name__, name))
            what()
        return real(*args)

    setattr(owner, name, call)


def fault():
    raise RuntimeError("an accident")


def no_memory():
    raise MemoryError("memory allocation failed")


def hang():
    time.sleep(HANG_S)


seldom(Recorder, "_look", ONE_IN + 1, no_memory)
seldom(SegmentWriter, "commit", ONE_IN, fault)
seldom(SegmentWriter, "put", ONE_IN + 1, hang)
seldom(SegmentStore, "open_next", ONE_IN - 6, fault)
seldom(SegmentStore, "closed", ONE_IN - 6, no_memory)
seldom(Uploader, "_obstacle", ONE_IN - 2, fault)
seldom(Link, "_wanted", ONE_IN, no_memory)
