# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boot the simulated board: micropython -X heapsize=N boot.py WORLD.json

Puts the vendor modules of the world's board in the place of the real ones, mounts the flash image as `/`, leaves
the firmware exactly the board's heap, and runs boot.py and main.py from the image as the real part would.
"""

import gc
import json
import os
import sys
import vfs

sys.path.insert(0, __file__.rsplit("/sim/device/", 1)[0])

from sim.device.camera import CameraModule, Reel, Sensor
from sim.device.card import CardModel
from sim.device.clock import Clock
from sim.device.console import SysModule, TypedInput
from sim.device.ending import Ending
from sim.device.esp32 import Esp32Module
from sim.device.machine import MachineModule
from sim.device.radio import NetworkModule, Radio
from sim.device.sockets import Link, SocketModule
from sim.device.trace import Trace
from sim.device.vtime import install

HEAP_SAMPLE_US = 5_000_000
NO_WORLD = 70  # exit code: the world could not be built


class Flash:
    """The file system partition of the flash image."""

    def __init__(self, file, offset, size):
        self._file, self._offset, self._blocks = file, offset, size // 4096

    def readblocks(self, block, buffer, offset=0):
        self._file.seek(self._offset + block * 4096 + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        self._file.seek(self._offset + block * 4096 + offset)
        self._file.write(buffer)

    def ioctl(self, operation, argument):
        return {4: self._blocks, 5: 4096}.get(operation, 0)


class Heap:
    """Gives the firmware the board's heap and no more, and watches how much of it is used."""

    def __init__(self, limit, clock, sensor):
        gc.collect()
        self._ballast = bytearray(max(0, gc.mem_free() - limit))
        self.limit = gc.mem_free()
        self.peak = 0
        self.per_frame = None
        self._clock, self._sensor = clock, sensor
        self._used = self._frames = 0
        self._sample()

    def _sample(self):
        used, frames = self.limit - gc.mem_free(), self._sensor.produced
        self.peak = max(self.peak, used)
        if used > self._used and frames > self._frames:  # no collection in between
            grown = (used - self._used) // (frames - self._frames)
            self.per_frame = grown if self.per_frame is None else min(self.per_frame, grown)
        self._used, self._frames = used, frames
        self._clock.at(self._clock.now_us + HEAP_SAMPLE_US, self._sample)

    def report(self):
        return {"limit": self.limit, "peak": self.peak, "per_frame": self.per_frame}


class FencedOs:
    """`os` without the doors out of the image."""

    _CLOSED = ("VfsPosix", "system", "getenv", "putenv", "unsetenv")

    def __init__(self, real):
        self._real = real  # our own name for it: at the prompt, which shares our globals, `import os` takes the other

    def __getattr__(self, name):
        if name in FencedOs._CLOSED:
            raise AttributeError(name)
        return getattr(self._real, name)


def build(world):
    """Make the world's parts and put the vendor modules in place; returns how a boot ends."""
    board = world["board"]
    clock = Clock(world["now_us"], world["utc_at_zero_ms"], world.get("realtime", False))
    trace = Trace(open(world["trace"], "a"), clock)
    ending = Ending(open(world["control"], "w"), clock, trace)
    trace.add("boot", boot=world["boot_index"], cause=world.get("reset_cause", "power_on"))
    sensor = _sensor(world, board, clock, trace, ending)
    card = _card(world, board, clock, trace, ending)
    radio = Radio(world["wifi"]["networks"], clock, trace)
    link = Link(radio, clock)
    nvs = open(world["nvs"], "r+")
    realtime = clock.realtime
    typed = None if realtime else TypedInput(world["console"]["in"], clock)
    image = open(world["image"], "r+b")
    board_time = install(clock, link)
    _install_vendor(
        machine=MachineModule(board, clock, card, ending, trace, board_time, world),
        camera=CameraModule(sensor),
        network=NetworkModule(radio, clock),
        esp32=Esp32Module(nvs),
        socket=SocketModule(link),
        sys=SysModule(sys, typed),
        os=FencedOs(os),
    )
    _mount(image, world)
    heap = Heap(world["heap_bytes"], clock, sensor)
    _set_alarms(world, clock, ending, heap, sensor)
    return ending


def _sensor(world, board, clock, trace, ending):
    truth = open(world["truth"], "a")
    sensor = Sensor(board, Reel(world["reel"]), clock, trace, truth, world["boot_index"], world.get("produced", 0))
    ending.before(sensor.break_off)
    ending.before(truth.flush)
    return sensor


def _card(world, board, clock, trace, ending):
    if not world.get("card"):
        return None
    about = world["card"]
    files = open(about["image"], "r+b"), open(about["undo"], "w+b")
    card = CardModel(files[0], files[1], about["sectors"], board["sim"]["card"], clock, trace, world["seed"] + world["boot_index"])
    ending.before(card.settle)
    return card


def _install_vendor(**modules):
    for name in modules:
        sys.modules[name] = modules[name]


def _mount(image, world):
    flash = vfs.VfsLfs2(Flash(image, world["image_offset"], world["image_size"]))
    vfs.umount("/")
    vfs.mount(flash, "/")
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]


def _set_alarms(world, clock, ending, heap, sensor):
    ending.details = lambda: {"heap": heap.report(), "produced": sensor.produced}
    if world.get("cut_at_us") is not None:
        clock.at(world["cut_at_us"], lambda: ending.end("cut"))
    clock.at(world["stop_at_us"], lambda: ending.end("stop"))


def run(name):
    """Run a file of the image as the interpreter does at start-up."""
    try:
        with open(name) as file:
            code = file.read()
    except OSError:
        return
    exec(compile(code, name, "exec"), {"__name__": "__main__"})


def main():
    with open(sys.argv[1]) as file:
        world = json.load(file)
    try:
        ending = build(world)
    except Exception as error:
        sys.print_exception(error)
        sys.exit(NO_WORLD)  # a prompt here would have the host's files as its root
    try:
        run("/boot.py")
        if not world.get("raw_repl"):
            run("/main.py")
    except Exception as error:
        sys.print_exception(error)
        if not world.get("realtime"):
            ending.end("crash", error=repr(error))
    if not world.get("realtime"):
        ending.end("left")


main()
