# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from firmware.card_guard import SYNC, CardGuard

SECTORS = 1 << 17  # 64 MiB


class Device:
    """A card of which only the sectors written are kept; `real` sectors, then it begins anew. `flips` readings are wrong."""

    def __init__(self, real=SECTORS):
        self.real, self.flips, self.error = real, 0, 0
        self.sectors = {0: b"\xeb" + bytes(511)}
        self.calls = []

    def readblocks(self, sector, buffer):
        self.calls.append(("read", sector, len(buffer) // 512))
        self.fail()
        for at in range(len(buffer) // 512):
            buffer[at * 512 : at * 512 + 512] = self.sectors.get((sector + at) % self.real, bytes(512))
        if self.flips:
            self.flips -= 1
            buffer[self.flips] ^= 1
        return 0

    def writeblocks(self, sector, buffer):
        self.calls.append(("write", sector, len(buffer) // 512))
        self.fail()
        self.sectors[sector % self.real] = bytes(buffer[:512])
        return 0

    def fail(self):
        if self.error:
            raise OSError(self.error)

    def ioctl(self, operation, argument):
        return {4: SECTORS}.get(operation, 0)


class CardGuardTest(unittest.TestCase):
    def guarded(self, **options):
        self.device = Device(**options)
        guard = CardGuard(self.device)
        guard.examine()
        self.device.calls.clear()
        return guard

    def error_of(self, call, *args):
        with self.assertRaises(OSError) as raised:
            call(*args)
        return raised.exception.args[0]

    def test_what_is_written_is_read(self):
        guard, buffer = self.guarded(), bytearray(1024)
        guard.writeblocks(5, b"a" * 512)
        guard.readblocks(5, buffer)
        self.assertEqual((bytes(buffer), self.device.calls), (b"a" * 512 + bytes(512), [("write", 5, 1), ("read", 5, 2)]))

    def test_a_sector_of_a_directory_waits_until_all_before_it_is_kept(self):
        guard = self.guarded()
        self.device.ioctl = lambda operation, _argument: self.device.calls.append(operation) or 0
        guard.writeblocks(5, bytes(1024))
        guard.writeblocks(2, bytes(512))
        self.assertEqual(self.device.calls, [("write", 5, 2), SYNC, ("write", 2, 1)])

    def test_a_single_sector_is_read_until_two_readings_agree(self):
        for flips, readings in ((0, 2), (1, 3), (2, 4), (3, 5)):
            guard = self.guarded()
            self.device.flips = flips
            self.assertEqual((guard.sector(0)[0], len(self.device.calls)), (0xEB, readings))

    def test_readings_that_never_agree_are_an_error(self):
        guard = self.guarded()
        self.device.flips = 99
        self.assertEqual((self.error_of(guard.sector, 0), guard.trouble), (5, "read"))

    def test_it_says_what_the_card_could_not_do(self):
        guard, troubles = self.guarded(), []
        self.device.error = 5
        for call in (guard.readblocks, guard.writeblocks):
            self.error_of(call, 0, bytearray(512))
            troubles.append(guard.trouble)
        self.device.error = 0
        guard.sector(0)
        self.assertEqual(troubles + [guard.trouble], ["read", "write", ""])

    def test_a_card_that_begins_anew_is_recognised_by_reading(self):
        for real in (1 << 15, 1 << 16):
            guard = self.guarded(real=real)
            self.assertEqual((guard.sectors, guard.says_sectors), (real, SECTORS))
            guard.writeblocks(real - 1, bytes(512))
            self.device.calls.clear()
            self.assertEqual((self.error_of(guard.writeblocks, real - 1, bytes(1024)), self.device.calls), (27, []))

    def test_an_honest_card_has_what_it_says(self):
        guard = self.guarded()
        self.assertEqual(guard.sectors, SECTORS)

    def test_an_erased_card_tells_nothing(self):
        device = Device()
        device.sectors = {}
        guard = CardGuard(device)
        guard.examine()
        self.assertEqual(guard.sectors, SECTORS)

    def test_it_knows_its_card_again(self):
        guard, known = self.guarded(), []
        known.append(guard.is_same())
        self.device.sectors[0] = b"other" + bytes(507)
        known.append(guard.is_same())
        self.device.error = 19
        known.append(guard.is_same())
        self.assertEqual(known, [True, False, False])


if __name__ == "__main__":
    unittest.main()
