# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board of the esp32 port: its sensor behind the `camera` module, its card behind machine.SDCard, its vendor modules."""

from sim.device.camera import CameraModule
from sim.device.esp32 import Esp32Module
from sim.device.i2c import make_i2c
from sim.device.i2s import CRYSTAL_PPM, make_i2s
from sim.device.machine import MachineModule
from sim.device.network import NetworkModule
from sim.device.sensor import Sensor
from sim.device.supply import Mains, on_the_bus
from sim.device.write_log import NVS

EPOCH_S = 946684800  # 2000-01-01


class Port:
    """`modules`: what the firmware may import; `parts` is the Board."""

    def __init__(self, parts, world, board_time, buttons):
        board, clock, trace, supply = world["board"], parts.clock, parts.trace, parts.supply
        choice = board["sim"].get("profile", board["default_profile"])
        about = board["profiles"], choice, board["camera"]["fb_count"], parts.reel, clock, parts.truth
        self.sensor = Sensor(*about, world["boot_index"], world.get("produced", 0), parts.scene)
        self.card = parts.make_card(clock)
        chips = on_the_bus(board.get("gauge"), supply.power if supply else Mains()) if supply or "rails" in board["camera"] else {}
        bus = make_i2c(_bus_pins(board), chips, clock)
        i2s = make_i2s(board.get("microphone"), clock, CRYSTAL_PPM if world["seed"] % 2 else -CRYSTAL_PPM, trace)
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

    @property
    def wake_pin(self):
        """The pin that wakes it from the sleep it has gone into, if any."""
        return self._esp32.wake_pin


def _bus_pins(board):
    gauge = board.get("gauge", {})
    return gauge.get("scl"), gauge.get("sda")


def _supplied(camera, chips):
    """Whether the rails of the camera give what it needs; a chip that has rails is its board's only one."""
    rails = camera.get("rails", {})
    return all(chip.rail_mv(name) == rails[name] for chip in chips.values() for name in rails)
