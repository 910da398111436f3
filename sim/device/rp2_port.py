# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board of the rp2 port: an OV5640 on PIO and DMA, a card on SPI, a CYW43, and what hangs on their pins.

Its non-volatile memory is a file of the flash, and no pin wakes it from a sleep without an end.
"""

from sim.device.chips.ov5640 import Ov5640
from sim.device.chips.sd_spi import SpiCard
from sim.device.i2c import make_buses
from sim.device.rp2.machine import MachineModule
from sim.device.rp2.network import NetworkModule
from sim.device.rp2.pins import Pins
from sim.device.rp2.rp2_module import Rp2Module
from sim.device.rp2.sensor import ParallelSensor
from sim.device.rp2.spi import make_spi
from sim.device.supply import on_the_bus

EPOCH_S = 0  # 1970-01-01
OV5640_ADDRESS = 0x3C
COOL_C = 31  # of a chip whose warmth is not modelled


class Port:
    """`modules`: what the firmware may import; `parts` is the Board."""

    wake_pin = None

    def __init__(self, parts, world, board_time, buttons):
        board, clock, supply = world["board"], parts.clock, parts.supply
        pins = Pins(parts.trace, buttons)
        rp2 = Rp2Module(clock)
        chip = Ov5640(lambda: self.sensor.look())
        about = board, chip, parts.reel, parts.scene, rp2, pins, clock, parts.truth
        self.sensor = ParallelSensor(*about, world["boot_index"], world.get("produced", 0))
        _wire_camera(board["camera"]["pins"], chip, pins)
        spi_card = SpiCard(clock, parts.make_card) if world.get("card") else None
        self.card = spi_card and spi_card.card
        i2c = _buses(board, {OV5640_ADDRESS: chip}, on_the_bus(board.get("gauge"), supply.power) if supply else {}, clock)
        spi = _card_bus(board["card"], spi_card, pins, clock)
        about = pins, spi, i2c, clock, parts.ending, board_time, world["reset_cause"], parts.unique_id
        die_c = (lambda: supply.power.die_c) if supply else (lambda: COOL_C)
        self.modules = {"machine": MachineModule(*about, die_c), "rp2": rp2, "network": NetworkModule(parts.radio, clock)}


def _wire_camera(wired, chip, pins):
    pins.on_clock[wired["xclk_pin"]] = chip.clock
    for name, line in (("powerdown_pin", chip.powerdown), ("reset_pin", chip.reset)):
        if name in wired:
            pins.on_level[wired[name]] = line


def _buses(board, sensors, gauges, clock):
    """`machine.I2C`: which of the two it is follows from the pins."""
    camera, gauge = board["camera"]["pins"], board.get("gauge", {})
    of_pins = {(camera["scl_pin"], camera["sda_pin"]): sensors, (gauge.get("scl"), gauge.get("sda")): gauges}

    buses = make_buses(of_pins, clock)

    def i2c(id, *, scl, sda, freq=400_000):
        if scl._number // 2 % 2 != id:
            raise ValueError("bad SCL pin")
        return buses(id, scl=scl, sda=sda, freq=freq)

    return i2c


def _card_bus(card, spi_card, pins, clock):
    wired = card["pins"]
    if spi_card is not None:
        pins.on_level[wired["cs"]] = spi_card.select
    return make_spi((card["slot"], wired["sck"], wired["mosi"], wired["miso"]), spi_card, clock)
