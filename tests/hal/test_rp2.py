# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The rp2 port with the drivers as they are published, over the simulator's RP2350, OV5640 and SD card."""

import os
import sys
import unittest

from pico import BOARD, CAMERA, CAMERA_PINS, CARD, PROFILE, SECTORS, Bench, number_of

from hal.drivers import serial_line
from hal.rp2 import board as port
from hal.rp2.camera import Camera
from hal.rp2.card import Card
from hal.rp2.nvs import Nvs
from hal.rp2.watchdog import Watchdog
from hal.rp2.wifi import Wifi

NVS_FILE = "/tmp/daylog_test_nvs"
FOOTAGE = bytes(at * 7 % 251 for at in range(16 * 512))


def outcome(call, *arguments):
    try:
        return call(*arguments)
    except OSError as error:
        return error.args[0]


class CameraTest(unittest.TestCase):
    def setUp(self):
        self.bench = Bench()

    def camera(self, profile=PROFILE, config=CAMERA):
        camera = Camera(config, {"small": profile})
        camera.open(profile)
        return camera

    def pass_frames(self, count):
        self.bench.clock.advance_us(count * 100_000)

    def test_the_driver_sets_the_sensor_up_for_the_profile(self):
        self.camera()
        chip = self.bench.sensor_chip
        told = chip.width, chip.height, chip.is_jpeg, chip.quality, chip.is_streaming, round(chip.period_us / 1000)
        self.assertEqual(told, (320, 240, True, 13, True, 100))

    def test_a_lower_rate_is_a_longer_frame(self):
        self.camera(dict(PROFILE, fps=5))
        self.assertEqual(round(self.bench.sensor_chip.period_us / 1000), 200)

    def test_frames_come_whole_and_in_order(self):
        camera, frames = self.camera(), []
        for _ in range(4):
            frames.append(number_of(camera.capture()))
            camera.release()
        self.assertEqual(frames, [0, 1, 2, 3])

    def test_nothing_waits_before_a_frame_has_ended(self):
        camera, waits = self.camera(), []
        for _ in range(3):
            waits.append(camera.available())
            self.pass_frames(1)
        self.assertEqual(waits, [False, False, True])  # it begins at a frame's beginning

    def test_the_oldest_frames_are_kept(self):
        camera = self.camera()
        self.pass_frames(5)
        first = number_of(camera.capture())
        camera.release()
        self.assertEqual((first, number_of(camera.capture())), (0, 1))
        self.assertEqual(self.bench.fates(), ["captured"] * 2 + ["dropped:overflow"] * 2)

    def test_or_the_newest(self):
        camera = self.camera(dict(PROFILE, grab="LATEST"))
        self.pass_frames(5)
        self.assertEqual(number_of(camera.capture()), 3)

    def test_a_frame_in_use_is_not_written_over(self):
        camera = self.camera(dict(PROFILE, grab="LATEST"))
        frame = camera.capture()
        self.pass_frames(6)
        self.assertEqual(number_of(frame), 0)

    def test_a_frame_that_does_not_fit_is_lost_and_no_other(self):
        camera = self.camera(dict(PROFILE, fb_bytes=2700))
        frames = []
        for _ in range(3):
            frames.append(number_of(camera.capture()))
            camera.release()
        self.assertEqual(frames, [0, 1, 3])
        self.assertEqual(self.bench.fates(), ["captured", "captured", "dropped:too_large", "captured"])

    def test_what_is_no_jpeg_is_no_frame(self):
        camera = self.camera()
        self.pass_frames(2)
        camera._buffers[0][0] = 0
        self.assertEqual((camera.capture(), number_of(camera.capture())), (None, 2))  # the one that began meanwhile is not whole

    def test_a_sensor_is_told_by_the_drivers_own_names(self):
        camera = self.camera()
        for knob, value in (("flip_x", 1), ("flip_y", 1), ("test_pattern", 1), ("brightness", -2), ("contrast", 2), ("saturation", -2)):
            self.assertEqual(outcome(camera.tune, knob, value), None)
        self.assertEqual([outcome(camera.tune, *told) for told in (("brightness", 9), ("nonsense", 1))], [22, 22])

    def test_exposure_is_a_target_of_its_own_and_no_colour(self):
        camera, found = self.camera(), []
        colours = [camera._read(register) for register in range(0x5381, 0x5387)]
        for value in (-2, 0, 2, 3):
            found.append((outcome(camera.tune, "exposure", value), camera._read(0x3A0F), camera._read(0x3A10)))
        self.assertEqual(found, [(None, 0x20, 0x18), (None, 0x38, 0x30), (None, 0x50, 0x48), (22, 0x50, 0x48)])
        self.assertEqual([camera._read(register) for register in range(0x5381, 0x5387)], colours)

    def test_a_sensor_that_stops_gives_nothing(self):
        camera = self.camera()
        self.bench.sensor_chip.clock(0)
        self.assertEqual((camera.available(), camera.capture()), (False, None))

    def test_no_sensor(self):
        self.bench.pins.on_clock.clear()
        self.assertEqual(outcome(self.camera), 19)

    def test_lines_that_are_not_in_a_row(self):
        pins = dict(CAMERA_PINS, pclk_pin=9, href_pin=8)
        self.assertEqual(outcome(self.camera, PROFILE, dict(CAMERA, pins=pins)), 22)

    def test_a_size_that_the_driver_has_not(self):
        self.assertEqual(outcome(self.camera, dict(PROFILE, size="FHD")), 22)

    def test_closed_it_sleeps_and_can_be_opened_again(self):
        camera = self.camera()
        camera.close()
        camera.close()
        asleep = self.bench.sensor_chip.is_streaming
        camera.open(PROFILE)
        self.assertEqual((asleep, number_of(camera.capture())), (False, 0))

    def test_the_published_capture_works_too(self):
        camera, buffer = self.camera(), bytearray(8000)
        driver = camera._driver
        camera._capture.continuous_capture_stop()
        self.assertEqual(number_of(driver.capture(buffer)), 0)

    def test_the_lens_is_left_to_focus_by_itself(self):
        firmware = b"\x02" * 4077
        with open(NVS_FILE, "wb") as file:
            file.write(firmware)
        import hal.rp2.camera as module

        module.AUTOFOCUS, kept = NVS_FILE, module.AUTOFOCUS
        self.camera(config=dict(CAMERA, autofocus=True))
        module.AUTOFOCUS = kept
        os.remove(NVS_FILE)
        self.assertEqual(self.bench.sensor_chip.focus, (0, 96))


class CardTest(unittest.TestCase):
    def setUp(self):
        if sys.implementation.name == "cpython":
            self.skipTest("the published driver puts numbers of 32 bits into bytes, which only MicroPython cuts")

    def open(self, *faults, **about):
        self.bench = Bench(faults, **about)
        self.card = Card(CARD)
        return self.card.open()

    def test_what_was_written_is_read(self):
        device, read = self.open(), []
        for sectors in (1, 2, 16):
            part, buffer = FOOTAGE[: sectors * 512], bytearray(sectors * 512)
            device.writeblocks(5, part)
            device.readblocks(5, buffer)
            read.append(bytes(buffer) == part)
        self.assertEqual(read, [True] * 3)

    def test_its_size_is_told_whole(self):
        device = self.open()
        self.assertEqual((device.ioctl(4, 0), device.ioctl(5, 0), device._driver.sectors < SECTORS), (SECTORS, 512, True))

    def test_its_last_sector_is_there(self):
        device, buffer = self.open(), bytearray(512)
        device.writeblocks(SECTORS - 1, FOOTAGE[:512])
        device.readblocks(SECTORS - 1, buffer)
        self.assertEqual(bytes(buffer), FOOTAGE[:512])

    def test_a_block_that_is_refused_is_an_error_and_the_next_is_not(self):
        for sectors in (1, 4):
            device = self.open({"kind": "write-error", "first": 2, "last": 2})
            data = FOOTAGE[: sectors * 512]
            told = [outcome(device.writeblocks, 8 * turn, data) for turn in range(4)]
            self.assertEqual(sorted(told), [0, 0, 0, 5])

    def test_a_card_that_stays_busy_is_not_waited_for(self):
        device = self.open({"kind": "hang", "from_us": 2_000_000})
        self.bench.clock.advance_us(3_000_000)
        began_us = self.bench.clock.now_us
        told = outcome(device.writeblocks, 0, FOOTAGE)
        self.assertEqual((told, (self.bench.clock.now_us - began_us) // 1_000_000), (110, 2))  # once for the block, once for the end

    def test_a_card_that_stalls_is(self):
        device = self.open({"kind": "stall", "value": 0.8, "from_us": 2_000_000})
        self.bench.clock.advance_us(3_000_000)
        self.assertEqual(device.writeblocks(0, FOOTAGE), 0)

    def test_what_cannot_be_read_is_an_error(self):
        device = self.open({"kind": "read-error", "first": 2, "last": 2})
        buffer = bytearray(512)
        self.assertEqual([outcome(device.readblocks, 0, buffer) for _ in range(3)], [0, 5, 0])

    def test_an_empty_slot(self):
        self.assertEqual(outcome(self.open, {"kind": "gone", "from_us": 0, "to_us": 1 << 60}), 19)

    def test_a_card_that_came_back_must_be_opened(self):
        device = self.open({"kind": "gone", "from_us": 2_000_000, "to_us": 3_000_000})
        self.bench.clock.advance_us(2_000_000)
        told = [outcome(device.writeblocks, 0, FOOTAGE[:512])]
        self.bench.clock.advance_us(2_000_000)
        told.append(outcome(device.writeblocks, 0, FOOTAGE[:512]))
        told.append(self.card.open().writeblocks(0, FOOTAGE[:512]))
        self.assertEqual(told, [5, 5, 0])

    def test_nothing_reaches_the_next_card_from_before(self):
        before = self.open()
        self.card.open()
        calls = ((before.readblocks, 0, bytearray(512)), (before.writeblocks, 0, bytes(512)), (before.ioctl, 3, 0))
        self.assertEqual([outcome(*call) for call in calls], [19] * 3)

    def test_it_is_asked_whether_it_has_kept_all(self):
        device = self.open()
        device.writeblocks(0, FOOTAGE)
        before = self.bench.card.card._unsynced_writes
        self.assertEqual((before, device.ioctl(3, 0), self.bench.card.card._unsynced_writes), (16, 0, 0))

    def test_open_mount_and_unmount(self):
        device = self.open()
        mounted = self.bench.modules["vfs"].mounted
        told = [self.card.mount(device), list(mounted)]
        self.card.unmount()
        self.card.unmount()
        self.assertEqual(told + [mounted], ["/sd", ["/sd"], []])


class WatchdogTest(unittest.TestCase):
    def setUp(self):
        self.bench = Bench()
        self.watchdog = Watchdog()

    def hang(self):
        """Until the reset; returns after how many seconds it came."""
        began_us = self.bench.clock.now_us
        with self.assertRaises(SystemExit):
            self.bench.clock.advance_us(1_000_000_000)
        return (self.bench.clock.now_us - began_us) / 1e6

    def test_it_bites_when_it_was_told_to(self):
        for timeout_ms in (5000, 8000, 30_000, 600_000):
            self.setUp()
            self.watchdog.start(timeout_ms)
            self.assertTrue(abs(self.hang() - timeout_ms / 1000) <= 1)
            self.assertEqual(self.bench.ending.reasons, ["watchdog"])

    def test_who_feeds_it_lives(self):
        self.watchdog.start(30_000)
        for _ in range(10):
            self.bench.clock.advance_us(25_000_000)
            self.watchdog.feed()
        self.assertEqual(self.bench.ending.reasons, [])

    def test_who_hangs_has_the_last_call_once(self):
        calls = []
        self.watchdog.start(30_000, lambda: calls.append(self.bench.clock.now_us // 1_000_000))
        self.hang()
        self.assertEqual(calls, [25])

    def test_it_is_fed_only_after_it_was_started(self):
        self.watchdog.feed()
        self.bench.clock.advance_us(100_000_000)
        self.assertEqual(self.bench.ending.reasons, [])


class NvsTest(unittest.TestCase):
    def setUp(self):
        self.tearDown()
        self.nvs = Nvs(NVS_FILE)

    def tearDown(self):
        for path in (NVS_FILE, NVS_FILE + ".new"):
            try:
                os.remove(path)
            except OSError:
                pass

    def test_values_are_kept_over_a_boot(self):
        self.nvs.put_number("boot", 7)
        self.nvs.put_text("hung", "uploader")
        again = Nvs(NVS_FILE)
        self.assertEqual([again.number("boot"), again.text("hung"), again.number("hung"), again.text("never")], [7, "uploader", 0, ""])

    def test_a_text_is_cut_between_two_letters(self):
        self.nvs.put_text("hung", "x" * 63 + "ä")
        self.assertEqual(Nvs(NVS_FILE).text("hung"), "x" * 63)

    def test_a_number_of_more_than_32_bits_is_refused(self):
        self.assertEqual([outcome(self.nvs.put_number, "n", value) for value in ((1 << 31) - 1, 1 << 31)], [None, 22])

    def test_a_spoiled_file_is_none(self):
        self.nvs.put_number("boot", 7)
        with open(NVS_FILE) as file:
            text = file.read()
        found = []
        for spoiled in (text.replace("7", "8", 1), text[:-3], "", "{}"):
            with open(NVS_FILE, "w") as file:
                file.write(spoiled)
            found.append(Nvs(NVS_FILE).number("boot"))
        self.assertEqual(found, [0] * 4)

    def test_a_file_that_was_not_finished_changes_nothing(self):
        self.nvs.put_number("boot", 7)
        with open(NVS_FILE + ".new", "w") as file:
            file.write('{"boot')
        self.assertEqual(Nvs(NVS_FILE).number("boot"), 7)


class WifiTest(unittest.TestCase):
    def setUp(self):
        self.bench = Bench()
        self.wifi = Wifi({"hostname": "rec"})

    def states(self, key):
        self.wifi.active(True)
        self.wifi.connect("home", key)
        told = [self.wifi.state()]
        self.bench.clock.advance_us(2_000_000)
        return told + [self.wifi.state()]

    def test_it_joins(self):
        told = self.states("secret") + [self.wifi.rssi(), self.wifi.name_server(), self.bench.modules["network"].hostname()]
        self.wifi.disconnect()
        self.assertEqual(told + [self.wifi.state(), self.wifi.rssi()], ["connecting", "connected", -58, "10.0.0.1", "rec", "idle", 0])

    def test_a_wrong_key_has_a_name(self):
        self.assertEqual(self.states("guess"), ["connecting", "wrong_key"])

    def test_so_has_a_network_that_is_not_there(self):
        self.bench.radio._networks.clear()
        self.assertEqual(self.states("secret"), ["connecting", "no_ap"])

    def test_and_waiting_for_an_address(self):
        self.states("secret")
        self.bench.radio.status = 1001
        self.assertEqual(self.wifi.state(), "no_address")

    def test_a_radio_that_was_never_on_stays_untouched(self):
        self.wifi.active(False)
        self.wifi.save_power(True)
        self.wifi.disconnect()
        self.assertEqual((self.wifi.state(), self.wifi.rssi(), self.wifi.name_server()), ("idle", 0, ""))

    def test_a_scan_tells_who_wants_a_key(self):
        self.wifi.active(True)
        self.wifi.save_power(False)
        self.assertEqual(self.wifi.scan(), [("home", -58, True)])


class BoardTest(unittest.TestCase):
    def setUp(self):
        serial_line.StreamReader = lambda stream: stream  # CPython's takes no stream
        port.Nvs = lambda: Nvs(NVS_FILE)
        NvsTest.tearDown(self)

    tearDown = NvsTest.tearDown

    def boot(self, cause, **about):
        self.bench = Bench(cause=cause, **about)
        return port.Board(BOARD)

    def ends(self, call, *arguments):
        with self.assertRaises(SystemExit):
            call(*arguments)
        return self.bench.ending.reasons, self.bench.clock.now_us // 1_000_000

    def test_who_resets_says_why(self):
        causes = [self.boot("power_on").reset_cause(), self.boot("watchdog").reset_cause()]
        self.ends(self.boot("hard").reset)
        causes += [self.boot("hard").reset_cause(), self.boot("hard").reset_cause()]
        self.ends(self.boot("power_on").deep_sleep, 5000)
        causes += [self.boot("hard").reset_cause()]
        self.assertEqual(causes, ["power_on", "watchdog", "hard", "watchdog", "deep_sleep"])

    def test_it_sleeps_for_so_long_though_its_watchdog_goes_on(self):
        board = self.boot("power_on")
        board.watchdog.start(30_000)
        self.assertEqual(self.ends(board.deep_sleep, 900_000), (["reset"], 900))

    def test_or_until_somebody_presses_the_button(self):
        board = self.boot("power_on", presses=[60_000])
        self.assertEqual(self.ends(board.deep_sleep, 900_000), (["reset"], 60))

    def test_without_an_end_it_is_left_to_the_chip(self):
        self.assertEqual(self.ends(self.boot("power_on").deep_sleep), (["deep_sleep"], 0))

    def test_what_the_chip_knows(self):
        board = self.boot("power_on")
        board.set_rtc(1_795_437_045)
        self.bench.clock.advance_us(2_000_000)
        self.assertEqual((board.unique_id(), board.rtc_unix_ms()), (b"\x24\x58" + bytes(6), 1_795_437_047_000))
        self.assertTrue(40 <= board.temperature_c() <= 42)

    def test_the_light_hangs_on_the_radio(self):
        self.boot("power_on").led.set(True)
        self.assertEqual(self.bench.pins.levels["LED"], 1)

    def test_words_are_kept(self):
        board = self.boot("power_on")
        board.nvs_set("starts", 3)
        board.nvs_set_text("hung", "link")
        again = self.boot("watchdog")
        self.assertEqual((again.nvs_get("starts"), again.nvs_get_text("hung")), (3, "link"))


if __name__ == "__main__":
    unittest.main()
