# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import asyncio
import os
import socket
import struct
import unittest

from peers import NoNames, run

from firmware import sntp
from firmware.compat import sleep_ms
from firmware.health import Health
from firmware.names import NoAddress
from firmware.sntp import Clock, NoTime, unix_ms_at_arrival
from firmware.timekeeper import Timekeeper
from firmware.trust import Trust

NOON_S = 1_795_435_200  # 2026-11-23T12:00:00Z
TO_NTP_S = 2_208_988_800
STAMP = b"12345678"


def answer(unix_s=NOON_S, flags=0x24, stratum=2, stamp=STAMP, sent_ms=0, thought_ms=0):
    """`sent_ms` after the full second, `thought_ms` after the question had come."""
    return bytes([flags, stratum]) + bytes(22) + stamp + ntp(unix_s, sent_ms - thought_ms) + ntp(unix_s, sent_ms)


def ntp(unix_s, ms):
    return struct.pack("!II", (unix_s + ms // 1000 + TO_NTP_S) & 0xFFFFFFFF, (ms % 1000 << 32) // 1000)


class AnswerTest(unittest.TestCase):
    def test_half_the_trip_is_added(self):
        seen = [unix_ms_at_arrival(answer(sent_ms=500), STAMP, trip_ms) - NOON_S * 1000 for trip_ms in (0, 80)]
        self.assertEqual(seen, [500, 540])

    def test_the_time_the_server_took_is_no_part_of_the_trip(self):
        self.assertEqual(unix_ms_at_arrival(answer(thought_ms=250), STAMP, 350), NOON_S * 1000 + 50)

    def test_the_era_after_2036(self):
        later = 2_085_978_496 + 86400  # a day after the NTP seconds begin at 0 again
        self.assertEqual(unix_ms_at_arrival(answer(later), STAMP, 0), later * 1000)

    def test_what_is_no_time(self):
        cases = [
            answer()[:40],
            answer(stamp=b"87654321"),
            answer(flags=0x23),  # a client's packet
            answer(flags=0xE4),  # clock not synchronised
            answer(stratum=0),  # kiss of death
            answer(stratum=16),
            answer(unix_s=1_000_000_000),
        ]
        for case in cases:
            with self.assertRaises(NoTime):
                unix_ms_at_arrival(case, STAMP, 0)


def udp_server():
    """(socket, port) on loopback."""
    while True:
        port = 20000 + int.from_bytes(os.urandom(2), "little") % 40000
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.setblocking(False)
        try:
            server.bind(socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_DGRAM)[0][-1])
            return server, port
        except OSError:
            server.close()


class AskTest(unittest.TestCase):
    def test_over_a_real_socket(self):
        async def talk():
            server, port = udp_server()
            question = asyncio.create_task(sntp.ask("127.0.0.1", port))
            packet = None
            while packet is None:
                try:
                    packet, client = server.recvfrom(64)
                except OSError:  # not there yet
                    await sleep_ms(1)
            server.sendto(answer(stamp=packet[40:48]), client)
            unix_ms, _ = await question
            server.close()
            return packet[0], len(packet), 0 <= unix_ms - NOON_S * 1000 < 1000

        self.assertEqual(run(talk()), (0x23, 48, True))


class Link:
    names = NoNames()

    def __init__(self):
        self.trust = Trust()
        self.told_time = 0

    def tells_time(self):
        self.told_time += 1


class Settings:
    ntp_host = "time.example"


def clock_of(*answers):
    """A Clock whose server says these things in turn; returns it, its keeper and health, and the ticks."""
    ticks = [0]
    keeper = Timekeeper(1, lambda: ticks[0])
    health = Health(keeper)
    left = list(answers)

    async def ask(address):
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found, sntp.ticks_ms()

    return Clock(keeper, health, Link(), Settings, ask), keeper, health


NOON_MS = NOON_S * 1000


class ClockTest(unittest.TestCase):
    def test_the_first_answer_sets_the_time(self):
        clock, keeper, health = clock_of(NOON_MS)
        self.assertEqual(run(clock.step()), sntp.AGAIN_MS)
        self.assertTrue(0 <= keeper.unix_ms() - NOON_MS < 1000)
        self.assertEqual((keeper.source, health.events[-1][3]), ("ntp", "it is 2026-11-23T12:00:00Z, says time.example"))

    def test_no_answer_is_a_problem_until_there_is_one(self):
        clock, keeper, health = clock_of(NoTime("no answer"), OSError(113), NOON_MS)
        pauses = [run(clock.step()) for _ in range(2)]
        self.assertTrue(1000 <= pauses[0] <= 2000 <= pauses[1] <= 4000, pauses)
        self.assertIn("does this network let NTP through?", health.problems["clock"])
        run(clock.step())
        self.assertEqual((keeper.utc_known, health.problems), (True, {}))

    def test_the_link_hears_whether_it_leads_to_a_time_server(self):
        """Silence speaks against a network only as long as nobody else has told the time."""
        clock, _, _ = clock_of(NoTime("no answer"), NoAddress("no name"), OSError(113), NOON_MS, *[NoTime("no answer")] * 3)
        seen = []
        for _ in range(4):
            run(clock.step())
            seen.append((clock._link.trust.why, clock._link.told_time))
        clock._link.trust = Trust()
        for _ in range(3):
            run(clock.step())
        self.assertEqual((seen, clock._link.trust.why), ([("", 0), ("", 0), ("no_time", 0), ("no_time", 1)], ""))

    def test_the_store_is_believed_before_a_time_server(self):
        clock, keeper, health = clock_of(NOON_MS + 3_600_000, NOON_MS + 3_600_000, NOON_MS + 40_000, NOON_MS + 40_000)
        keeper.set_utc(NOON_MS, "store")
        seen = []
        for _ in range(4):
            run(clock.step())
            seen.append((keeper.source, round((keeper.unix_ms() - NOON_MS) / 1000), list(health.problems)))
        self.assertEqual(seen, [("store", 0, ["clock"])] * 2 + [("store", 0, []), ("ntp", 40, [])])

    def test_a_large_step_has_to_be_seen_twice(self):
        hour = 3_600_000
        clock, keeper, _ = clock_of(NOON_MS, NOON_MS + hour, NOON_MS, NOON_MS + hour, NOON_MS + hour)
        seen = []
        for _ in range(5):
            run(clock.step())
            seen.append(round((keeper.unix_ms() - NOON_MS) / hour))
        self.assertEqual(seen, [0, 0, 0, 0, 1])
        self.assertEqual(keeper.generation, 2)
