# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

import vendor

vendor.install()

from hal.drivers import serial_line  # noqa: E402
from hal.esp32 import board, microphone, open_board  # noqa: E402
from hal.esp32.camera import Camera  # noqa: E402
from hal.esp32.card import BounceDevice, Card  # noqa: E402
from hal.esp32.wifi import Wifi  # noqa: E402

LINES = ("pclk_pin", "vsync_pin", "href_pin", "sda_pin", "scl_pin", "xclk_pin")
CAMERA = {"xclk_hz": 20000000, "fb_count": 2, "pins": {"data_pins": [11, 12, 13, 14, 15, 16, 17, 18]}}
for at, line in enumerate(LINES):
    CAMERA["pins"][line] = at + 1
CARD = {"slot": 1, "width": 1, "freq_hz": 20000000, "pins": {"sck": 7, "cmd": 9, "data": [8]}}
CONFIG = {"name": "bench", "camera": CAMERA, "card": CARD, "led": {"pin": 21, "inverted": True}, "wifi": {"hostname": "rec"}}
PROFILE = {"size": "SVGA", "fps": 10, "quality": 85, "grab": "WHEN_EMPTY"}
FOOTAGE = bytes(i % 251 for i in range(20 * 512))
MOUNTED = [("SDCard", 1, 1, 20000000, [("cmd", 9), ("data", [8]), ("sck", 7)]), ("mount", "/sd")]


class Fresh(unittest.TestCase):
    def setUp(self):
        vendor.reset()
        serial_line.StreamReader = lambda stream: stream  # CPython's takes no stream


class BoardTest(Fresh):
    def setUp(self):
        super().setUp()
        self.board = open_board(CONFIG)

    def test_opening_touches_nothing_but_the_light(self):
        self.assertEqual((self.board.name, vendor.calls), ("bench", [("Pin", 21, 3, 1)]))

    def test_reset_causes_have_names(self):
        causes = []
        for number in range(7):
            vendor.Machine.cause = number
            causes.append(self.board.reset_cause())
        self.assertEqual(causes, ["unknown", "power_on", "hard", "watchdog", "deep_sleep", "soft", "unknown"])

    def test_a_number_that_was_never_kept_is_zero(self):
        self.assertEqual(self.board.nvs_get("boot"), 0)

    def test_a_number_is_kept_over_a_boot(self):
        self.board.nvs_set("boot", 7)
        self.assertEqual(open_board(CONFIG).nvs_get("boot"), 7)

    def test_a_text_is_kept_over_a_boot(self):
        never = self.board.nvs_get_text("hung")
        self.board.nvs_set_text("hung", "x" * 70)
        vendor.NVS.stored["alien"] = b"\xff"
        again = open_board(CONFIG)
        self.assertEqual([never, again.nvs_get_text("hung"), again.nvs_get_text("alien")], ["", "x" * 64, ""])

    def test_what_the_chip_knows(self):
        self.assertEqual((self.board.unique_id(), self.board.temperature_c()), (b"\x24\x58\x7c\xd1\x0a\x01", 48))

    def test_the_chips_clock_takes_unix_time(self):
        asked, time = [], board.time
        board.time = vendor.Names(gmtime=lambda s: asked.append(s) or (2026, 11, 23, 12, 30, 45, 0, 327))
        vendor.calls.clear()
        self.board.set_rtc(1795437045)
        board.time = time
        self.assertEqual((asked, vendor.calls), ([848752245], [("RTC", (2026, 11, 23, 0, 12, 30, 45, 0))]))

    def test_the_chips_clock_tells_unix_time(self):
        asked, time = [], board.time
        board.time = vendor.Names(mktime=lambda fields: asked.append(fields) or 848752245)
        told_ms = self.board.rtc_unix_ms()
        board.time = time
        self.assertEqual((asked, told_ms), ([(2026, 11, 23, 12, 30, 45, 0, 0, 0)], 1795437045_678))

    def test_the_chip_is_told_to_stop(self):
        vendor.calls.clear()
        self.board.reset()
        self.board.deep_sleep()
        self.board.deep_sleep(900_000)
        self.assertEqual(vendor.calls, ["reset", "deepsleep", ("deepsleep", 900_000)])

    def test_a_gauge_answers_or_is_left_out(self):
        with_gauge = dict(CONFIG, gauge={"chip": "max17048", "scl": 6, "sda": 5})
        found = [open_board(CONFIG).gauge, open_board(with_gauge).gauge]
        vendor.I2C.words = {0x02: 0xB9A0, 0x04: 0x5380, 0x08: 0x0012, 0x16: 0x0030}
        gauge = open_board(with_gauge).gauge
        gauge.read()
        told = gauge.battery_mv, gauge.percent, gauge.external
        self.assertEqual((found, told, ("I2C", 0, 6, 5) in vendor.calls), ([None, None], (3712, 83, True), True))


class WatchdogTest(Fresh):
    def test_it_is_fed_only_after_it_was_started(self):
        watchdog = board.Watchdog()
        watchdog.feed()
        watchdog.start(30000)
        watchdog.feed()
        self.assertEqual(vendor.calls, [("WDT", 30000), "feed", "feed"])

    def test_who_hangs_has_the_last_call_once(self):
        calls, watchdog = [], board.Watchdog()
        watchdog.start(30000, lambda: calls.append(second))
        for second in range(35):
            if second == 9:
                watchdog.feed()
            vendor.Timer.running(None)
        self.assertEqual((calls, vendor.calls[1]), ([33], ("Timer", 1, 1000)))

    def test_nobody_is_called_at_the_prompt(self):
        watchdog = board.Watchdog()
        watchdog.start(30000, lambda: None)
        watchdog.start(600000)
        self.assertEqual(vendor.Timer.running, None)


class ButtonTest(Fresh):
    def test_it_tells_once_that_it_was_pressed_and_not_that_it_bounced(self):
        button, told = board.Button({"pin": 0}), []
        for level in (1, 0, None):
            if level is not None:
                vendor.Pin.level = level
                button._pin.fall()
            told.append(button.was_pressed())
        self.assertEqual((told, vendor.calls), ([False, True, False], [("Pin", 0, 1, 2), ("irq", 0, 2)]))

    def test_it_wakes_the_board(self):
        sleeper = open_board(dict(CONFIG, button={"pin": 0}))
        sleeper.deep_sleep(1000)
        self.assertEqual(vendor.calls[-2:], [("wake_on_ext0", 0, False), ("deepsleep", 1000)])

    def test_a_board_may_have_none(self):
        button = board.Button({})
        button.wakes()
        self.assertEqual((button.was_pressed(), vendor.calls), (False, []))


class LedTest(Fresh):
    def test_an_inverted_light_is_lit_by_a_low_level(self):
        led = board.Led({"pin": 21, "inverted": True})
        led.set(True)
        led.set(False)
        self.assertEqual(vendor.calls, [("Pin", 21, 3, 1), ("level", 0), ("level", 1)])

    def test_a_light_starts_dark(self):
        board.Led({"pin": 4}).set(True)
        self.assertEqual(vendor.calls, [("Pin", 4, 3, 0), ("level", 1)])

    def test_a_board_may_have_none(self):
        board.Led({}).set(True)
        self.assertEqual(vendor.calls, [])


class CameraTest(Fresh):
    def setUp(self):
        super().setUp()
        self.camera = Camera(CAMERA)

    def test_the_driver_gets_the_wiring_and_the_profile(self):
        self.camera.open(PROFILE)
        expected = dict(CAMERA["pins"])
        expected.update(xclk_freq=20000000, powerdown_pin=-1, reset_pin=-1, fb_count=2, i2c=None)
        expected.update(pixel_format=4, frame_size=11, jpeg_quality=85, grab_mode=0)
        self.assertEqual(vendor.calls, [("Camera", expected)])

    def test_a_sensor_with_a_lens_shares_its_bus(self):
        """And one that answers nobody records all the same."""
        config = dict(CAMERA, autofocus=True)
        camera = Camera(config)
        for _ in range(2):
            camera.open(PROFILE)
            camera.close()
        wirings = [call[1] for call in vendor.calls if call[0] == "Camera"]
        buses = [call for call in vendor.calls if call[0] == "I2C"]
        self.assertEqual([(w["sda_pin"], w["scl_pin"], type(w["i2c"])) for w in wirings], [(-1, -1, vendor.I2C)] * 2)
        self.assertEqual(buses, [("I2C", 1, CAMERA["pins"]["scl_pin"], CAMERA["pins"]["sda_pin"])])

    def test_a_board_may_wire_power_down_and_reset(self):
        pins = dict(CAMERA["pins"])
        pins.update(powerdown_pin=32, reset_pin=39)
        Camera({"xclk_hz": 20000000, "fb_count": 1, "pins": pins}).open(PROFILE)
        wiring = vendor.calls[0][1]
        self.assertEqual((wiring["powerdown_pin"], wiring["reset_pin"]), (32, 39))

    def test_a_sensor_that_can_be_put_to_rest_is_when_it_stops_or_does_not_start(self):
        camera = Camera({"xclk_hz": 20000000, "fb_count": 1, "pins": dict(CAMERA["pins"], powerdown_pin=32)})
        camera.open(PROFILE)
        camera.close()
        vendor.Sensor.refuses = True
        with self.assertRaises(OSError):
            camera.open(PROFILE)
        self.assertEqual([call for call in vendor.calls if call[0] != "Camera"], ["Camera.deinit", ("Pin", 32, 3, 1), ("Pin", 32, 3, 1)])

    def test_copying_the_signed_view_keeps_the_bytes(self):
        self.camera.open(PROFILE)
        copy = bytearray(6)
        copy[1:5] = self.camera.capture()
        self.assertEqual((self.camera.available(), bytes(copy)), (True, b"\x00\x00\x7f\x80\xff\x00"))

    def test_release_gives_the_buffer_back(self):
        self.camera.open(PROFILE)
        self.camera.release()
        self.assertEqual(vendor.calls[1:], ["free_buffer"])

    def test_the_driver_has_its_own_names_for_what_a_sensor_is_told(self):
        self.camera.open(PROFILE)
        for knob in ("flip_x", "test_pattern", "brightness", "exposure"):
            self.camera.tune(knob, 1)
        found = [getattr(self.camera._camera, name) for name in ("hmirror", "colorbar", "brightness", "ae_level")]
        self.assertEqual(found, [1, 1, 1, 1])

    def test_what_the_driver_refuses_is_an_error_of_the_system(self):
        self.camera.open(PROFILE)
        for knob, value in (("brightness", 9), ("nonsense", 0)):
            with self.assertRaises(OSError):
                self.camera.tune(knob, value)

    def test_closing_twice_stops_it_once(self):
        self.camera.open(PROFILE)
        self.camera.close()
        self.camera.close()
        self.assertEqual(vendor.calls[1:], ["Camera.deinit"])

    def test_a_camera_that_does_not_start_can_be_tried_again(self):
        vendor.Sensor.refuses = True
        with self.assertRaises(OSError):
            self.camera.open(PROFILE)
        self.camera.close()
        vendor.Sensor.refuses = False
        self.camera.open(PROFILE)
        self.assertEqual([call[0] for call in vendor.calls], ["Camera", "Camera"])


class Pmu:
    """A chip that switches rails; `fails`: it has stopped to answer."""

    fails = False

    def rail(self, name, millivolts):
        if self.fails:
            raise OSError(19)
        vendor.calls.append((name, millivolts))


class RailsTest(Fresh):
    """The supply of the sensor is there before the driver asks for it, and gone after."""

    def setUp(self):
        super().setUp()
        self.pmu = Pmu()
        self.camera = Camera(dict(CAMERA, rails={"aldo2": 2800, "aldo1": 1800}), self.pmu)

    def told(self):
        return [call[0] if call[0] == "Camera" else call for call in vendor.calls]

    def test_they_are_on_while_it_runs(self):
        self.camera.open(PROFILE)
        self.camera.close()
        on, off = [("aldo1", 1800), ("aldo2", 2800)], [("aldo1", 0), ("aldo2", 0)]
        self.assertEqual(self.told(), on + ["Camera", "Camera.deinit"] + off)

    def test_a_sensor_that_does_not_start_is_started_cold_the_next_time(self):
        vendor.Sensor.refuses = True
        with self.assertRaises(OSError):
            self.camera.open(PROFILE)
        self.assertEqual(self.told()[-3:], ["Camera", ("aldo1", 0), ("aldo2", 0)])

    def test_a_chip_that_stops_to_answer_costs_current_and_nothing_else(self):
        self.camera.open(PROFILE)
        self.pmu.fails = True
        self.camera.close()
        self.assertEqual(self.told()[-1], "Camera.deinit")

    def test_without_the_chip_there_is_no_camera(self):
        camera = Camera(dict(CAMERA, rails={"aldo1": 1800}), None)
        with self.assertRaises(OSError):
            camera.open(PROFILE)
        self.assertEqual(vendor.calls, [])


class CardTest(Fresh):
    def setUp(self):
        super().setUp()
        self.card = Card(CARD)

    def error_of(self, call, *args):
        with self.assertRaises(OSError) as raised:
            call(*args)
        return raised.exception.args[0]

    def test_open_mount_and_unmount(self):
        self.assertEqual(self.card.mount(self.card.open()), "/sd")
        self.card.unmount()
        self.card.unmount()
        self.assertEqual(vendor.calls, MOUNTED + [("umount", "/sd"), "SDCard.deinit", ("umount", "/sd")])

    def test_a_card_may_be_on_spi_or_on_pins_of_its_own(self):
        for pins in ({"sck": 39, "mosi": 38, "miso": 40, "cs": 9}, {}):
            Card({"slot": 2, "width": 1, "freq_hz": 20000000, "pins": pins}).open()
        spi = [("cs", 9), ("miso", 40), ("mosi", 38), ("sck", 39)]
        self.assertEqual(vendor.calls, [("SDCard", 2, 1, 20000000, spi), ("SDCard", 2, 1, 20000000, [])])

    def test_an_empty_slot(self):
        vendor.SDCard.missing = True
        self.assertEqual((self.error_of(self.card.open), vendor.calls), (19, MOUNTED[:1] + ["SDCard.deinit"]))

    def test_a_card_without_a_file_system_can_still_be_looked_at(self):
        device = self.card.open()
        vendor.Vfs.missing = 19
        self.assertEqual((self.error_of(self.card.mount, device), device.readblocks(0, bytearray(512))), (19, 0))

    def test_a_card_that_is_gone_can_be_unmounted_and_the_next_one_mounted(self):
        self.card.mount(self.card.open())
        vendor.Vfs.missing = 22
        self.card.unmount()
        vendor.Vfs.missing = None
        self.card.mount(self.card.open())
        self.assertEqual(vendor.calls, MOUNTED + ["SDCard.deinit"] + MOUNTED)

    def test_nothing_reaches_the_next_card_from_before(self):
        before = self.card.open()
        self.card.open()
        vendor.calls.clear()
        calls = ((before.readblocks, 0, bytearray(512)), (before.writeblocks, 0, bytearray(512)), (before.ioctl, 3, 0))
        self.assertEqual(([self.error_of(*call) for call in calls], vendor.calls), ([19] * 3, []))


class BounceTest(Fresh):
    def setUp(self):
        super().setUp()
        self.device = BounceDevice(vendor.SDCard(slot=1, width=1, sck=7, cmd=9, data=[8], freq=1), memoryview(bytearray(8192)))
        vendor.calls.clear()

    def test_a_long_transfer_goes_in_pieces(self):
        self.device.writeblocks(3, FOOTAGE)
        self.assertEqual(vendor.calls, [("write", 3, 8192), ("write", 19, 2048)])

    def test_what_was_written_is_read(self):
        for sectors in (1, 15, 16, 17, 20):
            part, read = FOOTAGE[: sectors * 512], bytearray(sectors * 512)
            results = (self.device.writeblocks(3, part), self.device.readblocks(3, read))
            self.assertEqual((results, bytes(read)), ((0, 0), part))

    def test_a_transfer_ends_at_its_end(self):
        self.device.writeblocks(3, FOOTAGE)
        self.assertEqual(bytes(vendor.SDCard.memory), bytes(3 * 512) + FOOTAGE + bytes(41 * 512))

    def test_what_the_card_refuses_is_an_error(self):
        for result in (False, -5):
            vendor.SDCard.result = result
            for transfer in (self.device.readblocks, self.device.writeblocks):
                with self.assertRaises(OSError) as raised:
                    transfer(0, bytearray(512))
                self.assertEqual(raised.exception.args[0], 5)

    def test_the_card_answers_for_its_size(self):
        self.assertEqual([self.device.ioctl(operation, 0) for operation in (4, 5)], [64, 512])


class MicrophoneTest(Fresh):
    def setUp(self):
        super().setUp()
        microphone.select = vendor.Select()
        config = {"microphone": {"rate_hz": 16000, "pins": {"sck": 41, "ws": 42, "sd": 2}}}
        config.update(CONFIG)
        self.microphone = open_board(config).microphone
        vendor.calls.clear()

    def test_a_board_may_have_none(self):
        self.assertEqual(open_board(CONFIG).microphone, None)

    def test_it_takes_one_channel_and_keeps_a_quarter_of_a_second(self):
        self.microphone.open()
        self.microphone.close()
        self.microphone.close()
        bus = [call for call in vendor.calls if call[0] != "Pin"]
        self.assertEqual((self.microphone.rate_hz, bus), (16000, [("I2S", 0, 41, 42, 2, 0, 16, 0, 16000, 32000), "I2S.deinit"]))

    def test_what_has_been_heard_is_given_and_nothing_waits_for_more(self):
        self.microphone.open()
        vendor.I2S.heard, buffer, found = b"abcdef", memoryview(bytearray(4)), []
        for _ in range(3):
            size = self.microphone.readinto(buffer)
            found.append(bytes(buffer[:size]))
        self.assertEqual(found, [b"abcd", b"ef", b""])


class WifiTest(Fresh):
    def setUp(self):
        super().setUp()
        self.wifi = Wifi({"hostname": "rec"})
        self.wifi.active(True)

    def test_the_radio_is_set_up_when_it_is_switched_on(self):
        self.wifi.active(False)
        self.assertEqual(vendor.calls, [("WLAN", 0), ("active", True), ("config", "rec", 2), ("active", False)])

    def test_a_radio_that_was_never_on_stays_untouched(self):
        vendor.calls.clear()
        wifi = Wifi({})
        wifi.active(False)
        wifi.disconnect()
        self.assertEqual((wifi.state(), wifi.rssi(), vendor.calls), ("idle", 0, []))

    def test_states_are_known_by_name(self):
        states, vendor.WLAN.fails = [], True  # no signal: nobody has let us in yet
        for code in (1000, 1001, 1010, 200, 201, 202, 203, 204, 15):
            vendor.WLAN.answer = code
            states.append(self.wifi.state())
        failures = ["no_ap", "no_ap", "wrong_key", "failed", "wrong_key", "failed"]
        self.assertEqual(states, ["idle", "connecting", "connected"] + failures)

    def test_who_is_let_in_and_has_no_address_can_ask_for_the_signal(self):
        vendor.WLAN.answer = 1001
        self.assertEqual((self.wifi.state(), self.wifi.rssi()), ("no_address", 0))

    def test_power_is_saved_by_name(self):
        Wifi({}).save_power(True)  # never on: nothing to save
        self.wifi.save_power(True)
        self.wifi.save_power(False)
        self.assertEqual(vendor.calls[3:], [("config", 2), ("config", 0)])

    def test_join_and_leave(self):
        self.wifi.connect("home", "secret")
        self.wifi.disconnect()
        self.assertEqual(vendor.calls[3:], [("connect", "home", "secret"), "disconnect"])

    def test_leaving_what_was_not_joined_is_no_error(self):
        vendor.WLAN.fails = True
        self.wifi.disconnect()
        self.assertEqual(vendor.calls[3:], [])

    def test_signal_strength_only_while_connected(self):
        strengths = [self.wifi.rssi()]
        vendor.WLAN.answer = 1010
        strengths.append(self.wifi.rssi())
        vendor.WLAN.fails = True  # the network goes between the two questions
        strengths.append(self.wifi.rssi())
        self.assertEqual(strengths, [0, -61, 0])

    def test_a_name_server_only_while_connected(self):
        vendor.WLAN.answer = 1000
        servers = [Wifi({}).name_server(), self.wifi.name_server()]
        vendor.WLAN.answer = 1010
        self.assertEqual(servers + [self.wifi.name_server()], ["", "", "10.0.0.53"])

    def test_a_scan_takes_any_name(self):
        vendor.WLAN.found = [
            (b"home", b"\x02\x00\x00\x00\x00\x01", 6, -58, 3, False),
            (b"\xfenet", b"\x02\x00\x00\x00\x00\x02", 1, -80, 0, False),
        ]
        self.assertEqual(self.wifi.scan(), [("home", -58, True), ("\\xfenet", -80, False)])


if __name__ == "__main__":
    unittest.main()
