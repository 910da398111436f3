# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board that is flashed and boots, in real time, until the person leaves or the cable is pulled.

serve(options, Path("flash.bin"), announce=print)
"""

from collections.abc import Callable
from pathlib import Path

from host_tools.errors import UsageError
from host_tools.flashing.partition_table import Row
from sim import card_image, runner
from sim.options import Options
from sim.ports import Port
from sim.rom.bridge import RomBridge
from sim.rom.chips import ROMS
from sim.rom.nor import NorError, NorFlash
from sim.shell import Boots, keyboard, signals_end_it
from sim.world import FlashPart, World, without_workings


def serve(options: Options, flash: NorFlash, port: Port, announce: Callable[[str], None], unplug_at: int | None = None) -> None:
    """Switch the board on and serve its port. Raises DaylogError if the board cannot be prepared."""
    with without_workings(options.out), signals_end_it():
        bridge = board(options, flash, port, unplug_at)
        announce(port.path)
        bridge.run()
        card_image.undo(options.out / "card.img", options.out / "undo.log")


def board(options: Options, flash: NorFlash, port: Port, unplug_at: int | None = None) -> RomBridge:
    """A board with that flash at that port, with no power yet. Raises DaylogError."""
    world = World(options, FlashPart(flash.path, 0, 0), runner.surroundings(options), options.out, realtime=True)

    def place(row: Row) -> None:
        world.flash = FlashPart(flash.path, row.offset, row.size)

    return RomBridge(Boots(options, world), ROMS[options.board["mcu"]], flash, place, port, keyboard(), unplug_at)


def flash_of(options: Options, path: Path, erased: bool) -> NorFlash:
    """The board's flash chip in a file, erased if it is new. Raises UsageError."""
    if options.board["mcu"] not in ROMS:
        raise UsageError(f"no ROM of {options.board['mcu']} is simulated", f"there are {', '.join(ROMS)}")
    try:
        return NorFlash.at(path, options.board["flash"]["size_bytes"], erased)
    except NorError as error:
        raise UsageError(str(error), "give another file, or --erased") from error
