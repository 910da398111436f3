# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A simulated board that has been flashed already, with these settings."""

import json
from pathlib import Path
from typing import Any

from host_tools.flashing import partition_table
from sim.image import firmware_files, pack
from sim.options import find_board
from sim.rom.nor import NorFlash
from sim.rom.stand_in import firmware
from tests.host.sim_boards import XIAO, SimBoard


def recorder(folder: Path, **settings: Any) -> SimBoard:
    facts = find_board(XIAO)
    chip = NorFlash.at(folder / "flash.bin", facts["flash"]["size_bytes"])
    chip.program(0, firmware(facts))
    files = {**firmware_files(facts), "settings.json": json.dumps(settings).encode()}
    chip.program(partition_table.of_board(facts)[-1].offset, pack(facts, files).data)
    return SimBoard(folder)
