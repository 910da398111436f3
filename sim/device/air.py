# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The air between the board and its network: who may use it, and how long it is busy.

What is sent occupies the air at the joined network's bandwidth. What is received is charged in whole packets
to whoever sends next: when it is there never depends on how the host has cut it into pieces.

A network may have `names` {name: loopback address}, `names_fail` [[from_us, to_us]], when its name server is silent, and
`ntp_error_ms`, by which its time server lies.
"""

HOSTS = {"localhost": "127.0.0.1", "pool.ntp.org": "192.0.2.1"}  # the latter is an address of no machine
PACKET_BYTES = 1460
WINDOW_US = 20_000  # how far ahead of the air the driver takes bytes
NO_NAMES_US = 14_000_000  # how long lwIP asks a name server that is silent
EHOSTUNREACH = 113
EAI_FAIL = -202  # lwIP's, as OSError carries it


class Air:
    def __init__(self, radio, clock):
        self.radio, self.clock = radio, clock
        self._busy_until_us = 0
        self._received = 0  # bytes not yet charged
        self._connections = []
        radio.on_down.append(self._drop_all)

    # -- who -----------------------------------------------------------------------------

    def up(self):
        return self.radio.network is not None

    def must_be_up(self):
        if not self.up():
            raise OSError(EHOSTUNREACH)

    def resolve(self, host):
        """The address behind a name. As on the board this blocks, for a round trip or until lwIP gives up; an address needs none."""
        if host.replace(".", "").isdigit():
            return host
        address = self.address_of(host) if self.up() and self.names_work() else ""
        if self.up():
            self.clock.advance_us(self.latency_us() if self.names_work() else NO_NAMES_US)
        if not address:
            raise OSError(EAI_FAIL)
        return address

    def address_of(self, host):
        """By the network's name server; "" if it knows none."""
        return HOSTS.get(host) or self.radio.network.get("names", {}).get(host, "")

    def names_work(self):
        """Whether the name server answers."""
        return not any(start <= self.clock.now_us < end for start, end in self.radio.network.get("names_fail", ()))

    def ntp_error_ms(self):
        """By how much the time server lies."""
        return self.radio.network.get("ntp_error_ms", 0)

    def join(self, connection):
        self._connections.append(connection)

    def leave(self, connection):
        if connection in self._connections:
            self._connections.remove(connection)

    def _drop_all(self):
        for connection in list(self._connections):
            connection.drop()

    # -- how long ------------------------------------------------------------------------

    def latency_us(self):
        """Of a round trip."""
        return self.radio.network["latency_us"]

    def send(self, size):
        """Occupy the air with `size` bytes; returns when the last of them has left."""
        start_us = max(self._busy_until_us, self.clock.now_us)
        self._busy_until_us = start_us + size * 8_000_000 // self.radio.network["bandwidth_bps"]
        return self._busy_until_us

    def receive(self, size):
        self._received += size
        if self._received >= PACKET_BYTES and self.up():
            self.send(self._received // PACKET_BYTES * PACKET_BYTES)
            self._received %= PACKET_BYTES
