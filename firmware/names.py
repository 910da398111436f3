# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Addresses of names (RFC 1035), without ever blocking: the vendor's getaddrinfo stops the whole recorder while a name
server is silent.

    names = Names(wifi.name_server, keeper.uptime_ms)
    await names.address("store.example")    # "192.0.2.7"
    names.doubt("store.example")            # nobody was there: ask again next time

An address is kept for as long as its name server says, within bounds; one that is out of date is still better than none.
Names that end in .local are asked of everybody on the network (RFC 6762, one-shot queries).
"""

import os
import struct

from firmware import datagram
from firmware.compat import const

PORT = const(53)
EVERYBODY = ("224.0.0.251", 5353)
WAITS_MS = (1_000, 2_000, 4_000)
LEAST_S, MOST_S = const(300), const(86_400)
_LONGEST_NAME = const(253)
_LONGEST_LABEL = const(63)
_RECURSIVE = b"\x01\x00"
_ONE_QUESTION = b"\x00\x01\x00\x00\x00\x00\x00\x00"
_A, _IN = const(1), const(1)
_NO_SUCH_NAME = const(3)
_HEAD = const(12)
_RECORD = const(10)  # what each has between its name and its data


class NoAddress(Exception):
    """Why a name has no address, in words."""


class Names:
    """`name_server()` gives the address of the one in charge, "" while there is none; `uptime_ms()` the time."""

    def __init__(self, name_server, uptime_ms):
        self._name_server, self._uptime_ms = name_server, uptime_ms
        self._known = {}  # host: (address, when to ask again)

    async def address(self, host):
        """Raises NoAddress, or OSError from the network."""
        if host.replace(".", "").isdigit():
            return host
        address, until_ms = self._known.get(host, ("", 0))
        if self._uptime_ms() >= until_ms:
            try:
                address, valid_s = await self._look_up(host)
                self._known[host] = (address, self._uptime_ms() + 1000 * min(max(valid_s, LEAST_S), MOST_S))
            except (NoAddress, OSError):
                if not address:
                    raise
        return address

    def doubt(self, host):
        """The address did not lead anywhere."""
        if host in self._known:
            self._known[host] = (self._known[host][0], 0)

    async def _look_up(self, host):
        """(address, seconds it is valid)."""
        server, port = EVERYBODY if host.endswith(".local") else (self._name_server(), PORT)
        if not server:
            raise NoAddress("this network has named no name server")
        stamp = os.urandom(2)
        asked = question(host)
        for wait_ms in WAITS_MS:
            try:
                packet = stamp + _RECURSIVE + _ONE_QUESTION + asked
                return await datagram.ask(server, port, packet, lambda answer: parse(answer, stamp, asked, host), wait_ms)
            except datagram.Silence:
                pass
        raise NoAddress("no name server of this network answers for %s" % host)


def question(host):
    """The question section: the addresses of a host. Raises NoAddress for what cannot be a name."""
    labels = [label.encode() for label in host.rstrip(".").split(".")]
    if len(host) > _LONGEST_NAME or not all(0 < len(label) <= _LONGEST_LABEL for label in labels):
        raise NoAddress("%s is no name" % host)
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\x00" + struct.pack("!HH", _A, _IN)


def parse(answer, stamp, asked, host):
    """(address, seconds it is valid); None if this answers something else. Raises NoAddress."""
    records_at = _HEAD + len(asked)
    if bytes(answer[:2]) != stamp or not answer[2:3] or not answer[2] & 0x80 or bytes(answer[_HEAD:records_at]) != asked:
        return None
    code = answer[3] & 15
    if code not in (0, _NO_SUCH_NAME):
        raise NoAddress("this network's name server fails for %s (code %d)" % (host, code))
    try:
        address, valid_s = _first_address(answer, records_at, struct.unpack("!H", answer[6:8])[0])
    except IndexError:  # it is cut short
        return None
    if not address:
        raise NoAddress("the name %s has no address here" % host)
    return address, valid_s


def _first_address(answer, at, count):
    """("", 0) if there is none. Raises IndexError if the answer is cut short."""
    for _ in range(count):
        at = _after_name(answer, at)
        kind, family, valid_s, size = struct.unpack("!HHIH", _exactly(answer, at, _RECORD))
        at += _RECORD + size
        if kind == _A and family & 0x7FFF == _IN and size == 4:
            return "%d.%d.%d.%d" % (answer[at - 4], answer[at - 3], answer[at - 2], answer[at - 1]), valid_s
    return "", 0


def _exactly(answer, at, size):
    if at + size > len(answer):
        raise IndexError
    return answer[at : at + size]


def _after_name(answer, at):
    while True:
        length = answer[at]
        if length >= 0xC0:
            return at + 2
        at += 1 + length
        if not length:
            return at
