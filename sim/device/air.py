# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The air between the board and its network: who may use it, and how long it is busy.

What is sent occupies the air at the joined network's bandwidth. What is received is charged in whole packets
to whoever sends next: when it is there never depends on how the host has cut it into pieces.

A network has `ssid`, `windows` [[from_us, to_us]], `rssi`, `bandwidth_bps` and `latency_us`, and may have

    key                       without one it is open
    hidden                    a scan hears it without its name
    loss_percent              of the packets
    captive                   "login" or "reset": see portal.py; its time server answers nobody
    dhcp_fails, names_fail    [[from_us, to_us]], when it gives no address, or its name server is silent
    names                     {name: loopback address}
    ntp_error_ms              by which its time server lies

The signal, the bandwidth and the loss are numbers, or steps over time: see steps.py.
"""

from sim.device.chance import Chance
from sim.device.portal import GATEWAY, Portal
from sim.device.steps import end_of_span, value_at

HOSTS = {"localhost": "127.0.0.1", "pool.ntp.org": "192.0.2.1"}  # the latter is an address of no machine
PACKET_BYTES = 1460
MATHIS = 1.22
WINDOW_US = 20_000  # how far ahead of the air the driver takes bytes
NO_NAMES_US = 14_000_000  # how long lwIP asks a name server that is silent
EHOSTUNREACH = 113
EAI_FAIL = -202  # lwIP's, as OSError carries it


class Air:
    def __init__(self, radio, clock, seed=0):
        self.radio, self.clock = radio, clock
        self._chance = Chance(seed)
        self._busy_until_us = 0
        self._received = 0  # bytes not yet charged
        self._connections = []
        self.on_send = None  # called with the time that the transmitter is on for
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
        """By the network's name server; "" if it knows none. A captive one leads everybody to its gateway."""
        if self.radio.network.get("captive"):
            return GATEWAY
        return HOSTS.get(host) or self.radio.network.get("names", {}).get(host, "")

    def names_work(self):
        """Whether the name server answers."""
        return end_of_span(self.radio.network.get("names_fail", ()), self.clock.now_us) is None

    def ntp_error_ms(self):
        """By how much the time server lies; None: it does not answer."""
        network = self.radio.network
        return None if network.get("captive") else network.get("ntp_error_ms", 0)

    def portal(self):
        """What answers in the place of the peer that was meant; None: nobody does."""
        kind = self.radio.network.get("captive")
        return Portal(kind) if kind else None

    def loses(self):
        """Whether the next datagram gets lost."""
        return self._chance.below(100) < self._now("loss_percent", 0)

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

    def bandwidth_bps(self):
        """What a stream gets. Under loss TCP goes at the pace of Mathis et al., "The macroscopic behavior of the TCP congestion
        avoidance algorithm", 1997."""
        bandwidth_bps, loss = self._now("bandwidth_bps"), self._now("loss_percent", 0) / 100
        if not loss:
            return bandwidth_bps
        return int(min(bandwidth_bps * (1 - loss), MATHIS * PACKET_BYTES * 8_000_000 / (self.latency_us() * loss**0.5)))

    def _now(self, key, default=None):
        return value_at(self.radio.network.get(key, default), self.clock.now_us)

    def send(self, size):
        """Occupy the air with `size` bytes; returns when the last of them has left."""
        start_us = max(self._busy_until_us, self.clock.now_us)
        duration_us = size * 8_000_000 // self.bandwidth_bps()
        self.radio.sent += size
        self._busy_until_us = start_us + duration_us
        if self.on_send:
            self.on_send(duration_us)
        return self._busy_until_us

    def receive(self, size):
        self._received += size
        if self._received >= PACKET_BYTES and self.up():
            self.send(self._received // PACKET_BYTES * PACKET_BYTES)
            self._received %= PACKET_BYTES
