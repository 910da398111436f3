# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The network of a simulated computer: the radio and the air that the simulated boards have, below asyncio and the sockets of CPython.

    network = Network(world, clock, trace, faults)
    network.install()
    Loop(clock, network.settle)

At each moment of virtual time one connection after the other has its turn, in the order in which they were opened, and time stands still
while the one whose turn it is waits for its peer: whose answer comes first never depends on the host. Those who answer are on loopback.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from ssl import SSLContext
from typing import Any

from firmware import datagram
from sim.device.clock import Clock
from sim.device.radio import Radio
from sim.device.trace import Trace
from sim.linux.faults import Faults
from sim.linux.netfiles import NetFiles
from sim.linux.nmcli import Nmcli
from sim.linux.programs import Run
from sim.linux.sockets import Datagrams, LinuxAir, Tcp
from sim.linux.transport import Stream


class Reader(asyncio.StreamReader):
    """Knows whether somebody waits for what it has not got yet."""

    waiting = 0

    @contextmanager
    def wanted(self) -> Iterator[None]:
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def read(self, n: int = -1) -> bytes:
        with self.wanted():
            return await super().read(n)


class Network:
    """`programs` are those by which it is managed; where there are none, its owner has joined the first network of the world."""

    def __init__(self, world: dict[str, Any], clock: Clock, trace: Trace, faults: Faults) -> None:
        networks, wifi = world["wifi"]["networks"], world["config"]["wifi"]
        interface = wifi.get("interface", "wlan0")
        radio = Radio(networks, clock, trace)
        self._air = LinuxAir(radio, clock, world["seed"] + world["boot_index"])
        self._patience_ms = world["patience_ms"]
        self._streams: list[Stream] = []
        self.programs: dict[str, Run] = {}
        NetFiles(Path(world["root"]), radio, clock, interface)
        if wifi["manager"] == "nmcli":
            self.programs["nmcli"] = Nmcli(radio, clock, faults, interface).run
        else:
            radio.join(networks[0]["ssid"], networks[0].get("key", ""))

    def install(self) -> None:
        """Take the place of what firmware/ talks through."""
        asyncio.open_connection = self._open_connection  # type: ignore[assignment]
        datagram.socket = Datagrams(self._air)  # type: ignore[assignment]

    async def _open_connection(
        self, host: str, port: int, ssl: SSLContext | None = None, server_hostname: str = ""
    ) -> tuple[Reader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = Reader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        stream = Stream(Tcp(self._air), lambda: reader.waiting > 0, self._streams.remove)
        self._streams.append(stream)
        try:
            await stream.open(host, port)
            stream.set_protocol(protocol)
            transport = await _secured(stream, reader, ssl, server_hostname) if ssl else stream
        except BaseException:
            stream.abort()
            raise
        protocol.connection_made(transport)
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    def settle(self) -> bool:
        """Do what is due at this moment, one thing at a time; False when there is nothing more before time goes on."""
        acts = (stream.due() for stream in self._streams)
        answers = (stream.heard(self._patience_ms) for stream in self._streams)
        for found in (acts, answers):
            if act := next(filter(None, found), None):
                asyncio.get_running_loop().call_soon(act)
                return True
        return False


async def _secured(stream: Stream, reader: Reader, context: SSLContext, hostname: str) -> asyncio.Transport:
    """Who shakes hands waits for answers, too."""
    with reader.wanted():
        secured = await asyncio.get_running_loop().start_tls(stream, stream.get_protocol(), context, server_hostname=hostname)
    assert secured is not None
    return secured
