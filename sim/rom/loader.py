# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The loader on the serial line of a chip in download mode: first the ROM's, then the stub's that was uploaded to it.

loader = Loader(ROMS["esp32s3"], flash)
answer = loader.feed(bytes_from_the_host)
loader.runs         # the host has sent it into the application
"""

from sim.rom import slip
from sim.rom.chips import Rom
from sim.rom.commands import SYNC, Commands
from sim.rom.nor import NorFlash
from sim.rom.packets import Refused, Reply, Request
from sim.rom.registers import Registers
from sim.rom.rom_commands import RomCommands
from sim.rom.stub_commands import HELLO, StubCommands

SYNC_START = b"\xc0\x00\x08\x24\x00"
_SYNC_REPLIES = 8


class Unplugged(Exception):
    """The cable was pulled, as asked for."""


class Loader:
    """`packets_left`: the cable is pulled when so many packets have come, None: never."""

    def __init__(self, rom: Rom, flash: NorFlash, packets_left: int | None = None) -> None:
        self._rom, self._flash = rom, flash
        self._registers = Registers(rom, flash.size)
        self._deframer = slip.Deframer()
        self._commands: Commands = RomCommands(rom, flash, self._registers)
        self.packets_left = packets_left

    @property
    def runs(self) -> bool:
        return self._commands.runs

    def feed(self, data: bytes) -> bytes:
        """What the chip answers. Raises Unplugged."""
        return b"".join(slip.frame(packet) for taken in self._deframer.feed(data) for packet in self._take(taken))

    def _take(self, packet: bytes) -> list[bytes]:
        self._count()
        if isinstance(self._commands, StubCommands) and self._commands.reading:
            return self._stream(self._commands, packet)
        request = Request.parse(packet)
        return self._answer(request) if request else []

    def _count(self) -> None:
        if self.packets_left is not None:
            self.packets_left -= 1
            if self.packets_left < 0:
                raise Unplugged

    def _answer(self, request: Request) -> list[bytes]:
        commands, reply, refused = self._commands, Reply(), None
        try:
            reply = commands.run(request)
        except Refused as error:
            refused = error.status
        answers = [reply.packet(request.command, commands.status(refused))]
        if request.command == SYNC and not refused:
            return answers * _SYNC_REPLIES
        return answers + self._consequences(commands)

    def _consequences(self, commands: Commands) -> list[bytes]:
        if commands.restarts:
            self._commands = RomCommands(self._rom, self._flash, self._registers)
        elif isinstance(commands, RomCommands) and commands.stub_runs:
            self._commands = StubCommands(self._rom, self._flash, self._registers)
            return [HELLO]
        elif isinstance(commands, StubCommands) and commands.reading:
            return commands.reading.packets()
        return []

    def _stream(self, commands: StubCommands, packet: bytes) -> list[bytes]:
        assert commands.reading
        commands.reading.acknowledge(packet)
        packets = commands.reading.packets()
        if commands.reading.done:
            commands.reading = None
        return packets
