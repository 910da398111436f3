# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The programs of the simulated system, as the module `subprocess` of hal/linux: encoders, one that listens, those of the network, and no
others.

An encoder gives a frame each period of virtual time. Whoever reads its output is a thread of the real interpreter: the clock goes on
only after that thread has taken all there is and waits for more, so that a run is the same each time.
"""

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sim.linux.microphone import Microphone
from sim.linux.process import Process, typed
from sim.linux.show import Show, Unit

PATIENCE_S = 30  # of real time, with a reader that does not come back
NO_CAMERA = "Cannot open video device /dev/video0: No such device"
_STARTING_US = 50_000  # until an encoder knows that there is no camera
_TERMINATED, _KILLED, _FAILED = -15, -9, 1
_LONGEST_LINE = 4096
_START = (b"\0\0\1", b"\0\0\0\1")

Run = Callable[[list[str], str], Process]  # and what it finds on its standard input


class Programs:
    """`shows`: what each command line of an encoder shows; one that is not among them shows what the camera does. `ears`: the board's
    microphone, and how wrong its crystal is. `others` are run by name."""

    DEVNULL, PIPE, STDOUT, TimeoutExpired = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT, subprocess.TimeoutExpired

    def __init__(
        self, encoders: set[str], camera: Show, shows: dict[tuple[str, ...], Show], ears: dict[str, Any], others: dict[str, Run]
    ) -> None:
        self._encoders, self._camera, self._shows, self._ears, self._others = encoders, camera, shows, ears, others

    def Popen(self, command: list[str], **pipes: Any) -> "Encoder | Microphone | Process":
        if command[0] in self._others:
            return self._others[command[0]](command, typed(pipes["stdin"]))
        if command[0] == self._ears.get("program", [""])[0]:
            return Microphone(self._ears["rate_hz"], self._camera.clock, self._ears["ppm"])
        if command[0] not in self._encoders:
            raise FileNotFoundError(2, "No such file or directory")
        return Encoder(self._shows.get(tuple(command), self._camera))


class Encoder:
    """A process that writes frames, each known to be whole when the next one comes; it starts with a keyframe."""

    def __init__(self, show: Show) -> None:
        self._show, self._clock = show, show.clock
        self._since_us, self._given = self._clock.now_us, 0
        self._last: Unit | None = None
        self._is_hung = False
        self.stdout, self.stderr, self.returncode = Pipe(), Pipe(), None
        show.produced += -show.produced % show.frames.frames
        self._alarm = self._clock.at(show.frame_us(self._since_us, 0), self._give)
        for kind, strikes in (("encoder-killed", self._dies), ("encoder-hung", self._hangs)):
            for fault in show.faults.of(kind):
                if fault["from_us"] >= self._since_us:
                    self._clock.at(fault["from_us"], strikes)
        for fault in show.faults.of("camera-gone"):
            if fault["to_us"] > self._since_us:
                self._clock.at(max(fault["from_us"], self._since_us + _STARTING_US), self._loses_camera)

    def _give(self) -> None:
        unit = self._show.next_unit()
        if unit.data.startswith(_START):
            self._is_whole()
            self._last = unit
        elif self._last:  # where nothing begins, the last one goes on
            self._last = replace(self._last, data=self._last.data + unit.data, is_spoilt=True)
        self.stdout.put(unit.data)
        if self.returncode is None:  # whoever reads it may have had enough
            self._given += 1
            self._alarm = self._clock.at(self._show.frame_us(self._since_us, self._given), self._give)

    def _is_whole(self) -> None:
        if self._last:
            self._show.tell(self._last)

    # -- how it ends ---------------------------------------------------------------------

    def _dies(self) -> None:
        self._end(_KILLED)

    def _hangs(self) -> None:
        self._clock.cancel(self._alarm)
        self._is_hung = True

    def _loses_camera(self) -> None:
        if self.returncode is None:
            self.stderr.put(NO_CAMERA.encode() + b"\n")
            self._end(_FAILED)

    def _end(self, code: int) -> None:
        if self.returncode is None:
            self._clock.cancel(self._alarm)
            self.returncode = code
            self.stderr.end()
            self.stdout.end()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            assert timeout is not None
            self._clock.advance_us(int(timeout * 1e6))
            raise subprocess.TimeoutExpired("encoder", timeout)
        return self.returncode

    def terminate(self) -> None:
        if not self._is_hung:
            self._end(_TERMINATED)

    def kill(self) -> None:
        self._end(_KILLED)


class Pipe:
    """`put` returns when the reader has taken it all, and waits again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._data = memoryview(b"")
        self._waits = self._has_ended = False
        self._reader: threading.Thread | None = None

    def put(self, data: bytes) -> None:
        with self._changed:
            self._data = memoryview(data)
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: (not self._data and self._waits) or self._has_ended, PATIENCE_S):
                raise RuntimeError("nobody reads what the encoder writes")

    def readinto(self, room: memoryview) -> int:
        self._reader = threading.current_thread()
        with self._changed:
            self._waits = not self._data
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._data or self._has_ended)
            size = min(len(room), len(self._data))
            room[:size] = self._data[:size]
            self._data, self._waits = self._data[size:], False
            return size

    def __iter__(self) -> Iterator[bytes]:
        """Of lines; each comes in one piece."""
        room = bytearray(_LONGEST_LINE)
        while size := self.readinto(memoryview(room)):
            yield bytes(room[:size])

    def end(self) -> None:
        """Returns when whoever reads it has come to an end too."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
        if self._reader not in (None, threading.current_thread()):
            self._reader.join(PATIENCE_S)
