# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One boot of a simulated computer: python -m sim.linux.boot WORLD.json

The firmware and hal/linux are those of the real one; what they ask of the system is answered here. As with a simulated board, the
world's end of the boot goes to the control pipe, and nothing of the firmware runs after it.
"""

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from firmware import compat
from hal.linux import board, encoder, microphone, programs, service, system, watchdog
from sim import reel
from sim.device.clicks import crystal_ppm
from sim.device.clock import NEVER_US, Clock
from sim.device.trace import Trace
from sim.linux.disk import OF_THE_CARD, OF_THE_SYSTEM, Disk
from sim.linux.faults import Fault, Faults
from sim.linux.files import Call, Files
from sim.linux.network import Network
from sim.linux.programs import Programs
from sim.linux.show import Show, Unit
from sim.linux.syncs import Syncs
from sim.linux.tape import Recording
from sim.linux.vtime import Loop, Signal, Time

CAMERA = ""  # among the streams, of which the others have a name
NEVER_FULL = 1 << 40
ENDINGS = {0: "deep_sleep", board.RESTART: "reset"}

THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"


class Machine:
    """The computer of one boot."""

    def __init__(self, world: dict[str, Any]) -> None:
        self._world = world
        self.clock = Clock(world["now_us"], world["utc_at_zero_ms"])
        self._trace = Trace(open(world["trace"], "a", buffering=1), self.clock)
        self._truth = open(world["truth"], "a", buffering=1)
        encoders = {command[0] for command in world["config"]["encoders"].values()}
        self._faults = self._faults_of(CAMERA)
        self.disk = self._disk(world["config"]["card"]["folder"], world["card_bytes"], *OF_THE_CARD)
        self._own_disk = self._disk(world["config"]["state"], NEVER_FULL, *OF_THE_SYSTEM)
        told = Syncs(self._trace, world["folders"][0], self._recording().add).heard
        self.files = Files(Path(world["out"]), world["folders"], self._refuse, told)
        self._trace.add("boot", boot=world["boot_index"], cause=world["reset_cause"])
        self.network = Network(world, self.clock, self._trace, self._faults)
        self.shows = {name: self._show(name, about) for name, about in world["shows"].items()}
        beside = {tuple(about["command"]): self.shows[name] for name, about in world["shows"].items() if name != CAMERA}
        self.programs = Programs(encoders, self.shows[CAMERA], beside, self._ears(), self.network.programs)

    def _faults_of(self, stream: str) -> Faults:
        mine = [fault for fault in self._world["faults"] if fault.get("stream", CAMERA) == stream]
        return Faults(mine, self._world["now_us"], self._world["seed"])

    def _show(self, name: str, about: dict[str, Any]) -> Show:
        reels = [reel.Reel(Path(path)) for path in about["reels"]]
        faults = self._faults if name == CAMERA else self._faults_of(name)
        return Show(reels, self.clock, faults, about["produced"], lambda unit: self._tell(unit, name))

    def _ears(self) -> dict[str, Any]:
        """The board's microphone, of which the crystal is as wrong as can be, one way or the other."""
        return {**self._world["config"].get("microphone", {}), "ppm": crystal_ppm(self._world["seed"])}

    def _recording(self) -> Recording:
        return Recording(Path(self._world["tape"]), lambda: self.clock.now_us)

    def _tell(self, unit: Unit, stream: str) -> None:
        ticks_ms = (unit.at_us - self.clock.boot_us) // 1000
        print(unit.number, self._world["boot_index"], ticks_ms, unit.what, len(unit.data), "captured", *stream.split(), file=self._truth)

    def _tell_of_disk(self, fault: Fault) -> None:
        self._trace.add("card_fault", kind=fault["kind"], until_us=fault.get("to_us", NEVER_US))

    def _disk(self, folder: str, size: int, *kinds: str) -> Disk:
        return Disk(Path(folder), size, self._faults.of(*kinds), self.clock, self._tell_of_disk)

    def _refuse(self, call: Call) -> None:
        (self.disk if call.path.startswith(self._world["folders"][0]) else self._own_disk).check(call)

    def install(self) -> None:
        """Take the place of the system below the HAL."""
        random.seed(self._world["seed"] + self._world["boot_index"])
        virtual = Time(self.clock)
        compat.time = board.time = virtual  # type: ignore[assignment]
        watchdog.signal = Signal(self.clock)  # type: ignore[assignment]
        encoder.subprocess = microphone.subprocess = programs.subprocess = self.programs  # type: ignore[assignment]
        board.os = _Exits(self.end)  # type: ignore[assignment]
        system.root = self._world["root"]
        system.is_mount_point = lambda fd: self.disk.is_there()
        self.files.install()
        self.disk.install()
        self.network.install()
        for name, at_us in (("cut", self._world["cut_at_us"]), ("running", self._world["stop_at_us"])):
            if at_us is not None:
                self.clock.at(at_us, lambda name=name: self.end(name))
        for fault in self._faults.of("clock"):
            self.clock.at(fault["from_us"], lambda step_ms=int(fault["value"] * 1000): self._step(step_ms))
        for fault in self._faults.of("weak-supply"):
            self.clock.at(fault["from_us"], lambda: self._alarm("50005"))
            self.clock.at(fault["to_us"], lambda: self._alarm("50000"))
        typed, keys = os.pipe()
        os.dup2(typed, 0)
        for at_us, text in self._world["console"]["in"]:
            if at_us >= self.clock.now_us:
                self.clock.at(at_us, lambda text=text: os.write(keys, text.encode()))

    def _step(self, step_ms: int) -> None:
        self.clock.utc_at_zero_ms += step_ms

    def _alarm(self, bits: str) -> None:
        """What the firmware of a Raspberry Pi says of its supply."""
        (Path(system.root) / THROTTLED).write_text(bits + "\n")

    def end(self, reason: str) -> None:
        """Tell the runner, and stop for ever."""
        self._trace.add("end", reason=reason)
        details = {"end": reason, "now_us": self.clock.now_us, "produced": {name: show.produced for name, show in self.shows.items()}}
        with open(self._world["control"], "w") as control:
            control.write(json.dumps(details) + "\n")
        os._exit(0)


class _Exits:
    """The module `os` of a process that cannot end by itself."""

    def __init__(self, end: Any) -> None:
        self._end = end

    def _exit(self, code: int) -> None:
        self._end(ENDINGS[code])

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def main(path: str) -> None:
    world = json.loads(Path(path).read_text())
    machine = Machine(world)
    machine.install()
    loop = Loop(machine.clock, machine.network.settle)
    try:
        loop.run_until_complete(service.record(world["config"], world["settings"]))
    except Exception as error:  # whatever the firmware raises is the world's business
        print(repr(error), flush=True)
        raise
    machine.end("left")


if __name__ == "__main__":
    main(sys.argv[1])
