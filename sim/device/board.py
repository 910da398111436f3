# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Builds the world's board inside this interpreter: parts, vendor modules, file system, heap.

The world is a dict, written by sim/world.py:

    board                     the whole board file, its `sim` table too
    image, image_offset/_size the flash image and the place of its file system
    card                      None, or {image, undo, sectors}, and for a bad one {faults: see card_faults.py, second: {image, undo}}
    reel, profile in sim      what the camera sees, and at which profile's rate if several have the size
    boot_index, produced      which boot this is; frames that earlier boots produced
    now_us, utc_at_zero_ms    virtual time at power-on; Unix time at virtual 0
    realtime, raw_repl        follow the host's clock; skip main.py
    seed, patience_ms         of all chance; how long, in real time, a real peer is waited for
    cut_at_us, stop_at_us     when the power is cut (or None), and the end of the run
    heap_bytes, reset_cause, unique_id, nvs (a JSON file that outlives the boot)
    frozen_bytes              bytecode that is part of the board's MicroPython and takes nothing of the heap; 0: it is loaded from flash
    console                   {in: [[at_us, text]]}
    wifi                      {networks: [what air.py understands, ...]}
    rtc                       {file, present, drift_ppm}: see rtc.py
    trace, truth, control     files to append to, and the pipe that is told how the boot ended
    power                     absent: nothing of it is modelled; else what supply.py takes
    button                    [[at_us, for how many ms it is pressed]]
    activity, still           [[from_us, percent]] of the frames' usual size; [[from_us, to_us]] when the scene does not change
    log                       None, or a file that gets every write which outlives a power cut: see write_log.py
"""

import gc
import os
import random
import ssl  # noqa: F401  the firmware finds it loaded
import sys

import vfs

from sim.device.air import Air
from sim.device.button import Button
from sim.device.card import CardModel
from sim.device.card_faults import FaultyCard
from sim.device.clock import Clock
from sim.device.console import SysModule, TypedInput, TypedText
from sim.device.ending import Ending
from sim.device.fence import Fenced, FencedOs
from sim.device.flash import Flash
from sim.device.heap import Heap
from sim.device.ioqueue import VirtualQueue
from sim.device.radio import Radio
from sim.device.rtc import Rtc
from sim.device.scene import Scene
from sim.device.sensor import Reel
from sim.device.sockets import SocketModule, SslModule
from sim.device.supply import Supply
from sim.device.trace import Trace
from sim.device.vtime import install
from sim.device.write_log import CARD, FLASH, WriteLog

PATIENCE_MS = 10_000  # real milliseconds that a real peer may keep virtual time waiting
READ_BYTES = 256  # a board reads 32, but makes no garbage of it; ours would scatter what the firmware keeps over its whole heap
UNIQUE_ID = (0x24, 0x58, 0x7C, 0xD1, 0x0A, 0x01)


class Board:
    """All parts of one boot. Afterwards `/` is the flash image, and imports give the vendor modules."""

    def __init__(self, world):
        board, seed = world["board"], world["seed"] + world["boot_index"]
        self.clock = clock = Clock(world["now_us"], world["utc_at_zero_ms"], world.get("realtime", False))
        self.trace = Trace(open(world["trace"], "a"), clock)
        self.ending = Ending(open(world["control"], "w"), clock, self.trace)
        self.trace.add("boot", boot=world["boot_index"], cause=world["reset_cause"])
        self.log = WriteLog(open(world["log"], "ab"), clock) if world.get("log") else None
        self.radio = Radio(world["wifi"]["networks"], clock, self.trace)
        self.supply = Supply(world["power"], board, clock, self.trace, self.ending) if world.get("power") else None
        self.unique_id = bytes(world.get("unique_id", UNIQUE_ID))
        self.truth = open(world["truth"], "a")
        self.reel = Reel(world["reel"]) if world.get("reel") else None
        self.scene = Scene(self.reel, world.get("activity"), world.get("still"))
        self.make_card = lambda clock: self._card(world, board, seed, clock)
        self._image = open(world["image"], "r+b")
        self._put_modules_in_place(world, board, seed)
        self._mount_flash(world)
        modules_bytes = _load_frozen(board["port"], world["frozen_bytes"]) if world.get("frozen_bytes") else 0
        self.heap = Heap(world["heap_bytes"] - modules_bytes, clock, lambda: self.port.sensor.captured)
        self._set_alarms(world)

    def _card(self, world, board, seed, clock):
        """The card of the world, whose time is that of `clock`; None if the slot is empty."""
        about = world.get("card")
        if not about:
            return None
        arguments = _files(about) + (about["sectors"], board["sim"]["card"], clock, self.trace, seed)
        if not about.get("faults"):
            return CardModel(*arguments)
        return FaultyCard(*arguments, about["faults"], _files(about["second"]) if "second" in about else None)

    def _watch(self, memory, number):
        """Let the log see what is written to a memory, if there is one of each."""
        if self.log is not None and memory is not None:
            memory.observer = self.log.part(number)

    def _put_modules_in_place(self, world, board, seed):
        air, supply = Air(self.radio, self.clock), self.supply
        buttons = {board["button"]["pin"]: Button(world.get("button", []), self.clock)} if "button" in board else {}
        port = __import__("sim.device.%s_port" % board["port"], None, None, ("Port",))
        rtc = Rtc(world.get("rtc"), self.clock, world["reset_cause"] == "power_on", port.EPOCH_S)
        typed = None if self.clock.realtime else TypedText(TypedInput(world["console"]["in"], self.clock))
        make_queue = lambda core, clock: VirtualQueue(core, clock, world.get("patience_ms", PATIENCE_MS))  # noqa: E731
        board_time = install(self.clock, make_queue, rtc, port.EPOCH_S)
        random.seed(seed)
        self.port = port.Port(self, world, board_time, buttons)
        self.ending.before(self.port.sensor.stop)
        self._watch(self.port.card, CARD)
        if supply is not None:
            self.port.sensor.on_power, self.radio.on_power, air.on_send = supply.camera, supply.radio, supply.sends
        common = {
            "socket": SocketModule(air),
            "ssl": SslModule(),
            "sys": SysModule(sys, typed),
            "os": FencedOs(os, seed),
            "vfs": Fenced(vfs, ("VfsPosix",)),
        }
        for modules in (self.port.modules, common):
            for name in modules:
                sys.modules[name] = modules[name]

    def _mount_flash(self, world):
        flash = Flash(self._image, world["image_offset"], world["image_size"])
        self._watch(flash, FLASH)
        root = vfs.VfsLfs2(flash, readsize=READ_BYTES)
        vfs.umount("/")
        vfs.mount(root, "/")
        os.chdir("/")
        sys.path[:] = ["", ".frozen", "/lib"]

    def _set_alarms(self, world):
        self.ending.details = self._report
        if world.get("cut_at_us") is not None:
            self.clock.at(world["cut_at_us"], lambda: self.ending.end("cut"))
        self.clock.at(world["stop_at_us"], lambda: self.ending.end("stop"))

    def _report(self):
        """What every ending tells."""
        told = {"heap": self.heap.report(), "produced": self.port.sensor.produced, "wake_pin": self.port.wake_pin}
        if self.supply:
            told["power"] = self.supply.power.report()
        return told


def _load_frozen(port, bytecode_bytes):
    """Import all modules before the board's heap begins; returns what of that would be in it: all but the bytecode, and half of
    the rest, which is pointers of 8 bytes here and of 4 there."""
    gc.collect()
    before = gc.mem_alloc()
    for name in ("firmware.app", "hal." + port):
        __import__(name)
    gc.collect()
    return (gc.mem_alloc() - before - bytecode_bytes) // 2


def _files(card):
    """The image of a card, and the log of what it has not yet been told to keep."""
    return open(card["image"], "r+b"), open(card["undo"], "w+b")
