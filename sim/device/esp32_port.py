# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board of the esp32 port: its sensor behind the `camera` module, its card behind machine.SDCard, its vendor modules."""

from sim.device.camera import CameraModule
from sim.device.chips.ov5640 import Ov5640
from sim.device.clicks import crystal_ppm
from sim.device.esp32 import Esp32Module
from sim.device.i2c import make_buses
from sim.device.i2s import make_i2s
from sim.device.machine import MachineModule
from sim.device.network import NetworkModule
from sim.device.sensor import Sensor
from sim.device.supply import Mains, on_the_bus
from sim.device.write_log import NVS

SENSOR_ADDRESS = 0x3C
EPOCH_S = 946684800  # 2000-01-01


class Port:
    """`modules`: what the firmware may import; `parts` is the Board."""

    def __init__(self, parts, world, board_time, buttons):
        self._trace, self._focus = parts.trace, None
        board, clock, trace, supply = world["board"], parts.clock, parts.trace, parts.supply
        choice = board["sim"].get("profile", board["default_profile"])
        about = board["profiles"], choice, board["camera"]["fb_count"], parts.reel, clock, parts.truth
        self.sensor = Sensor(*about, world["boot_index"], world.get("produced", 0), parts.scene)
        self.card = parts.make_card(clock)
        chips = on_the_bus(board.get("gauge"), supply.power if supply else Mains()) if supply or "rails" in board["camera"] else {}
        bus = make_buses({_bus_pins(board): chips, _sensor_pins(board): self._sensor_chips(board)}, clock)
        i2s = make_i2s(board.get("microphone"), clock, crystal_ppm(world["seed"]), trace)
        nvs, log, power = open(world["nvs"], "r+"), parts.log and parts.log.part(NVS), supply and supply.power
        self._esp32 = Esp32Module(nvs, board["flash"]["partitions"], board["facts"]["mcu"], log, power)
        self.modules = {
            "machine": MachineModule(
                board, clock, self.card, parts.ending, trace, board_time, bus, i2s, buttons, world["reset_cause"], parts.unique_id
            ),
            "camera": CameraModule(self.sensor, board["camera"], clock, trace, lambda: _supplied(board["camera"], chips)),
            "network": NetworkModule(parts.radio, clock),
            "esp32": self._esp32,
        }

    def _sensor_chips(self, board):
        """Of a sensor with a lens that moves what a driver beside the camera module sees of it."""
        if not board["camera"].get("autofocus"):
            return {}
        chip = Ov5640(lambda: self._tell_of_lens(chip))
        chip.clock(board["camera"]["xclk_hz"])
        return {SENSOR_ADDRESS: chip}

    def _tell_of_lens(self, chip):
        if chip.focus != self._focus:
            self._focus = chip.focus
            self._trace.add("lens", status=chip.focus[0], step=chip.focus[1])

    @property
    def wake_pin(self):
        """The pin that wakes it from the sleep it has gone into, if any."""
        return self._esp32.wake_pin


def _bus_pins(board):
    gauge = board.get("gauge", {})
    return gauge.get("scl"), gauge.get("sda")


def _sensor_pins(board):
    pins = board["camera"]["pins"]
    return pins["scl_pin"], pins["sda_pin"]


def _supplied(camera, chips):
    """Whether the rails of the camera give what it needs; a chip that has rails is its board's only one."""
    rails = camera.get("rails", {})
    return all(chip.rail_mv(name) == rails[name] for chip in chips.values() for name in rails)
