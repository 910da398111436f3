# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import struct
import unittest

from peers import run

from firmware import datagram, names
from firmware.names import Names, NoAddress, parse, question

HOST = "store.example"
STAMP = b"id"
POINTER = b"\xc0\x0c"  # to the name in the question
ALIAS = POINTER + struct.pack("!HHIH", 5, 1, 60, 6) + b"\x01x" + b"\xc0\x12\x00\x00"
BASE = b"\x03cdn" + POINTER


def record(address=(192, 0, 2, 7), valid_s=3600, owner=POINTER, family=1):
    return owner + struct.pack("!HHIH", 1, family, valid_s, len(address)) + bytes(address)


def answer(*records, code=0, host=HOST, stamp=STAMP, flags=0x80):
    return stamp + bytes([flags | 1, 0x80 | code]) + struct.pack("!HHHH", 1, len(records), 0, 0) + question(host) + b"".join(records)


def read(packet):
    """What is made of an answer: (address, seconds), None, or the words of a refusal."""
    try:
        return parse(packet, STAMP, question(HOST), HOST)
    except NoAddress as refusal:
        return str(refusal)


class ParseTest(unittest.TestCase):
    def test_the_first_address_counts_whatever_comes_before(self):
        packets = [
            answer(record()),
            answer(ALIAS, record(owner=BASE)),
            answer(record(family=0x8001)),
            answer(record(), record((1, 2, 3, 4))),
        ]
        self.assertEqual([read(packet) for packet in packets], [("192.0.2.7", 3600)] * 4)

    def test_an_answer_to_something_else_is_none(self):
        others = [answer(record(), host="other.example"), answer(record(), stamp=b"di"), answer(record(), flags=0), b"", b"id", b"id\x80"]
        self.assertEqual([read(packet) for packet in others], [None] * len(others))

    def test_an_answer_cut_short_is_none(self):
        whole = answer(ALIAS, record())
        self.assertEqual([read(whole[:size]) for size in range(len(whole))], [None] * len(whole))

    def test_refusals_are_put_into_words(self):
        absent = "the name store.example has no address here"
        words = [read(answer(code=3)), read(answer()), read(answer(record(bytes(16)))), read(answer(code=2))]
        self.assertEqual(words, [absent, absent, absent, "this network's name server fails for store.example (code 2)"])

    def test_what_cannot_be_a_name(self):
        for host in ("", "a..b", "x" * 64 + ".example", "example." * 40):
            with self.assertRaises(NoAddress):
                question(host)


class Network:
    """In the place of datagram.ask: `replies` in turn, each bytes without its stamp, or an exception. It remembers who was asked."""

    def __init__(self, *replies):
        self.replies, self.asked = list(replies), []

    async def ask(self, address, port, packet, accept, limit_ms):
        self.asked.append((address, port, limit_ms))
        found = self.replies.pop(0) if self.replies else datagram.Silence()
        if isinstance(found, Exception):
            raise found
        return accept(bytes(packet[:2]) + found[2:])


def ask(network, hosts, server="10.0.0.1", uptimes=()):
    """The address found for each host, one after the other, or why there is none."""
    uptimes = list(uptimes)
    found = Names(lambda: server, lambda: uptimes[0] if uptimes else 0)

    async def each():
        seen = []
        for host in hosts:
            if host is None:
                found.doubt(HOST)
                continue
            try:
                seen.append(await found.address(host))
            except (NoAddress, OSError) as error:
                seen.append(str(error))
            if uptimes:
                uptimes.pop(0)
        return seen

    original, datagram.ask = datagram.ask, network.ask
    try:
        return run(each())
    finally:
        datagram.ask = original


class NamesTest(unittest.TestCase):
    def test_an_address_is_its_own(self):
        network = Network()
        self.assertEqual((ask(network, ["192.0.2.9"]), network.asked), (["192.0.2.9"], []))

    def test_a_name_is_asked_for_once(self):
        network = Network(answer(record(valid_s=3600)))
        self.assertEqual(ask(network, [HOST] * 3, uptimes=[0, 1000, 3_599_999]), ["192.0.2.7"] * 3)
        self.assertEqual(network.asked, [("10.0.0.1", 53, 1000)])

    def test_a_short_life_is_not_taken_literally(self):
        network = Network(answer(record(valid_s=1)), answer(record((192, 0, 2, 8), valid_s=10**9)))
        seen = ask(network, [HOST] * 4, uptimes=[0, 299_999, 300_000, 300_000 + 86_399_999])
        self.assertEqual(seen, ["192.0.2.7"] * 2 + ["192.0.2.8"] * 2)

    def test_a_silent_name_server_is_asked_three_times(self):
        network = Network()
        self.assertEqual(ask(network, [HOST]), ["no name server of this network answers for store.example"])
        self.assertEqual([limit for _, _, limit in network.asked], [1000, 2000, 4000])

    def test_an_old_address_is_better_than_none(self):
        network = Network(answer(record()), OSError(113), answer(code=2))
        self.assertEqual(ask(network, [HOST, None, HOST, HOST]), ["192.0.2.7"] * 3)
        self.assertEqual(len(network.asked), 3)

    def test_who_is_asked(self):
        network = Network()
        ask(network, ["nas.local"])
        self.assertEqual(network.asked[0][:2], names.EVERYBODY)
        self.assertEqual(ask(Network(), [HOST], server=""), ["this network has named no name server"])


if __name__ == "__main__":
    unittest.main()
