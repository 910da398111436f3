# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What there is to see: how busy the scene is, and when it does not change at all.

scene = Scene(reel, activity, still)
scene.begin("svga10", now_us)
scene.index_of(number, now_us)     # of the reel's frames
"""

from sim.device.steps import end_of_span, next_change_us, value_at

USUAL = 100  # percent


class Scene:
    """`activity` [[from_us, percent]] and `still` [[from_us, to_us]], see sim/device/steps.py."""

    def __init__(self, reel, activity=None, still=None):
        self._reel, self._activity, self._still = reel, activity or USUAL, still or []
        self._profile = ""
        self._until_us = 0

    def begin(self, profile, now_us):
        """From now on as this profile sees it."""
        self._profile = profile
        self._look(now_us)

    def _look(self, now_us):
        """The scene of the moment, and until when it lasts."""
        still_until_us = end_of_span(self._still, now_us)
        name = "%s@%d" % (self._profile, value_at(self._activity, now_us))
        self._first, self._count = self._reel.of(name if still_until_us is None else name + " still")
        changes_us = [next_change_us(self._activity, now_us)] + [start for start, _ in self._still if start > now_us]
        self._until_us = min(changes_us if still_until_us is None else changes_us + [still_until_us])

    def index_of(self, number, now_us):
        if now_us >= self._until_us:
            self._look(now_us)
        return self._first + number % self._count
