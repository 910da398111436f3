# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A camera that is off between two pictures, for profiles with `every_s`; with any other profile it is the camera itself.

    camera = Lapse(board.camera, keeper.uptime_ms)    # a Camera as hal/contract.pyi has it, but what it is told lasts until the reset

A sensor that has just started gives pictures of any brightness: the newest one is taken after a while, and the others were never
wanted. A sensor that does not start gives no picture, as one does that has lost its ribbon.
"""

from firmware.compat import const

SETTLE_MS = const(600)  # until exposure and white balance have found their way (estimate)


class Lapse:
    def __init__(self, camera, uptime_ms):
        self._camera, self._uptime_ms = camera, uptime_ms
        self._profile = None
        self._every_ms = self._due_ms = self._started_ms = 0
        self._is_on = False
        self._told = {}  # by knob

    def open(self, profile):
        self._every_ms = profile.get("every_s", 0) * 1000
        self._profile = dict(profile, grab="LATEST") if self._every_ms else profile
        self._due_ms = self._uptime_ms()
        if not self._every_ms:
            self._start()

    def _start(self):
        self._camera.open(self._profile)
        self._is_on, self._started_ms = True, self._uptime_ms()
        for knob in self._told:
            try:
                self._camera.tune(knob, self._told[knob])
            except OSError:  # it does not do that: a picture that looks otherwise is better than none
                pass

    def tune(self, knob, value):
        """Now, if it is on, and whenever it starts. Raises OSError when it is on and does not do that."""
        if self._is_on:
            self._camera.tune(knob, value)
        self._told[knob] = value

    def close(self):
        self._camera.close()
        self._is_on = False

    def available(self):
        return self._camera.available() if not self._every_ms else self._has_settled() and self._camera.available()

    def _has_settled(self):
        """Starts the sensor when it is time; that blocks as opening does."""
        if not self._is_on and self._uptime_ms() >= self._due_ms:
            try:
                self._start()
            except OSError:
                return False
        return self._is_on and self._uptime_ms() - self._started_ms >= SETTLE_MS

    def capture(self):
        return self._camera.capture()

    def keyframe(self):
        return self._camera.keyframe()

    def waited_ms(self):
        return self._camera.waited_ms()

    def release(self):
        self._camera.release()
        if self._every_ms:
            self.close()
            self._due_ms = self._started_ms + self._every_ms
