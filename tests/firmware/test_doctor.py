# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`doctor` and `wifi test`: what each check says of a part that is well, ill, or cannot be looked at."""

import unittest

from console_driver import Listener, do
from fake_app import BATTERY, FakeApp, Named, Talk

from firmware.compat import sleep_ms
from firmware.console.checks import board, network
from firmware.console.commands import camera, card, doctor
from firmware.console.errors import CommandError
from firmware.http import HttpError

PICTURE = {"width": 800, "height": 600, "size": 33_000, "whole": True}
INFO = {"free_bytes": 20 * 10**9, "total_bytes": 30 * 10**9, "unstored_bytes": 10**6, "errors": 0, "stalls": 0}
SPEED = {"write_kbps": 900, "longest_pause_ms": 60, "read_kbps": 1600, "wrong_slices": 0, "profile": "svga10", "bridged_ms": 100}


class FakeClient:
    """A store that takes everything, or fails as it is told."""

    error = None
    written = []  # noqa: RUF012  emptied by each test

    def __init__(self, settings, names, now_unix_s, buffer):
        FakeClient.written.append(now_unix_s())

    async def put_object(self, key, part, metadata=(), again=False):
        FakeClient.written += [key, part.file.read(), again]
        if FakeClient.error:
            raise FakeClient.error

    def close(self):
        FakeClient.written.append("closed")


def answer(value):
    async def run(_app):
        if isinstance(value, Exception):
            raise value
        return value

    return run


class Patient(unittest.TestCase):
    """A recorder that is well; what a test changes of the modules is put back."""

    def setUp(self):
        self.app = FakeApp()
        self.app.keeper.set_utc(1_795_000_000_000, "ntp")
        self.app.last_words.hung = ""
        FakeClient.error = None
        FakeClient.written = []
        self.before = [(module, name, getattr(module, name)) for module, name in self.PATCHED]
        network.S3Client = FakeClient
        camera.snap, card.info = answer(PICTURE), answer(INFO)
        card.check, card.bench = answer({"good": True, "found": [{"good": True, "text": "fine"}]}), answer(dict(SPEED, good_for=["svga10"]))

    PATCHED = (
        (network, "S3Client"),
        (camera, "snap"),
        (card, "info"),
        (card, "check"),
        (card, "bench"),
        (board, "free_bytes"),
        (doctor, "comes_to_rest"),
    )

    def tearDown(self):
        for module, name, value in self.before:
            setattr(module, name, value)

    def doctor(self, line=""):
        return do("doctor " + line, self.app)[0]

    def verdicts(self, line):
        return [row["verdict"] for row in self.doctor(line)["findings"]]

    def rest(self):
        self.app.recorder.state, self.app.recorder.is_paused, self.app.recorder.still_ms = "paused", True, 60_000


class WhileItRecords(Patient):
    def test_all_is_well_and_what_would_cost_frames_is_skipped(self):
        terminal = Listener()
        result, text = do("doctor", self.app, terminal)
        skipped = [row["check"] for row in result["findings"] if row["verdict"] == "SKIP"]
        self.assertEqual((result["good"], text, skipped), (True, "11 PASS, 3 SKIP", ["surface", "speed", "scan"]))
        self.assertTrue("PASS   camera: a picture of 800x600, 33.0 kB" in terminal.rows)

    def test_full_pauses_for_the_rest(self):
        async def resting(_recorder):
            self.rest()
            return True

        doctor.comes_to_rest = resting
        self.assertEqual(self.verdicts("full")[-3:], ["PASS"] * 3)
        self.assertEqual([call for call in self.app.calls if call in ("pause", "resume")], ["pause", "resume"])

    def test_a_recorder_that_does_not_rest_records_on(self):
        async def restless(_recorder):
            return False

        doctor.comes_to_rest = restless
        with self.assertRaises(CommandError):
            self.doctor("full")
        self.assertEqual(self.app.calls[-1], "resume")

    def test_some_checks_only(self):
        self.assertEqual([row["check"] for row in self.doctor("clock battery")["findings"]], ["battery", "clock"])
        with self.assertRaises(CommandError):
            self.doctor("clock nonsense")

    def test_a_part_that_raises_costs_no_other(self):
        card.info = answer(OSError(5))
        first, second = self.doctor("card battery")["findings"]
        self.assertEqual((first["verdict"], first["text"], second["verdict"]), ("FAIL", "The card reports an error.", "PASS"))

    def test_ctrl_c_ends_the_pause_too(self):
        async def for_ever(_app):
            await sleep_ms(3_600_000)

        async def resting(_recorder):
            return True

        card.check, doctor.comes_to_rest = for_ever, resting
        talk = Talk([b"doctor full\r", 200, b"\x03", 20], self.app)
        self.assertEqual((talk.rows[-2:], self.app.calls[-1]), (["Stopped.", "daylog>"], "resume"))


class Camera(Patient):
    def test_what_is_no_picture_of_this_profile(self):
        found = []
        for picture in (
            dict(PICTURE, whole=False),
            dict(PICTURE, width=640),
            CommandError("No frame was recorded in time.", "Type status."),
        ):
            camera.snap = answer(picture)
            found += self.verdicts("camera")
        self.assertEqual(found, ["FAIL", "FAIL", "SKIP"])

    def test_one_that_is_known_to_fail(self):
        self.app.health.set_problem("camera", "the camera sends no frames")
        self.assertEqual(self.doctor("camera")["findings"][0]["text"], "the camera sends no frames")
        self.assertTrue("cable" in self.doctor("camera")["findings"][0]["hint"])

    def test_one_that_is_a_program_has_no_ribbon_cable(self):
        self.app.config["profiles"]["svga10"]["encoder"] = "webcam"
        self.app.health.set_problem("camera", "the camera has failed: ffmpeg has ended")
        self.assertTrue("plugged in" in self.doctor("camera")["findings"][0]["hint"])


class Card(Patient):
    def test_by_what_is_known(self):
        found = []
        for change in ({}, {"errors": 1}, {"stalls": 2}, {"free_bytes": 10**9}, {"free_bytes": 10**9, "unstored_bytes": 0}):
            card.info = answer(dict(INFO, **change))
            found += self.verdicts("card")
        self.assertEqual(found, ["PASS", "WARN", "WARN", "WARN", "PASS"])

    def test_none(self):
        self.app.store = None
        self.assertEqual([self.verdicts(name) for name in ("card", "surface")], [["FAIL"], ["SKIP"]])

    def test_surface_and_speed(self):
        self.rest()
        found = self.verdicts("surface speed")
        card.check = answer({"good": False, "found": [{"good": True, "text": "fine"}, {"good": False, "text": "worn"}]})
        found += [row["text"] for row in self.doctor("surface")["findings"]]
        for change in ({"good_for": []}, {"good_for": ["svga10"], "wrong_slices": 1}, {"good_for": ["svga10"], "longest_pause_ms": 300}):
            card.bench = answer(dict(SPEED, **change))
            found += self.verdicts("speed")
        self.assertEqual(found, ["PASS", "PASS", "worn", "FAIL", "FAIL", "WARN"])


class Board(Patient):
    def test_battery(self):
        found = []
        for change in ({}, {"percent": 20}, {"percent": 5}, {"percent": 3, "external": True}, {"percent": None}):
            self.app.power.battery = dict(BATTERY, **change)
            found += self.verdicts("battery")
        self.app.power.battery = None
        found += self.verdicts("battery")
        self.app.health.set_problem("gauge", "the battery's gauge does not answer")
        self.assertEqual(found + self.verdicts("battery"), ["PASS", "WARN", "FAIL", "PASS", "PASS", "SKIP", "FAIL"])

    def test_microphone(self):
        found = [self.verdicts("microphone")]
        self.app.settings.microphone = True
        for ear in (None, Named(rate_hz=16000)):
            self.app.board.microphone = ear
            found.append(self.verdicts("microphone"))
        self.app.health.count("lost_sound_ms", 70)
        found.append(self.verdicts("microphone"))
        self.app.health.set_problem("microphone", "nothing is heard")
        self.assertEqual(found + [self.verdicts("microphone")], [[], ["WARN"], ["PASS"], ["WARN"], ["FAIL"]])

    def test_temperature(self):
        found = []
        for chip_c in (41, 75, 85, None):
            self.app.board.temperature_c = lambda chip_c=chip_c: chip_c
            found += self.verdicts("temperature")
        self.assertEqual(found, ["PASS", "WARN", "FAIL", "SKIP"])

    def test_memory(self):
        board.free_bytes = lambda: 1000
        self.assertEqual(self.verdicts("memory"), ["WARN"])

    def test_clock(self):
        found = []
        for utc_ms, source in ((0, ""), (1_795_000_000_000, "rtc"), (1_795_000_000_000, "store")):
            self.app.keeper.set_utc(utc_ms, source)
            found += self.verdicts("clock")
        self.assertEqual(found, ["FAIL", "WARN", "PASS"])

    def test_system(self):
        found = self.verdicts("system")
        self.app.health.count("task_restarts")
        found += self.verdicts("system")
        self.app.last_words.hung = "uploader"
        found.append(self.doctor("system")["findings"][0]["text"])
        self.app.last_words.is_safe = True
        found += self.verdicts("system wifi")
        self.assertEqual(found, ["PASS", "WARN", "The watchdog has reset it, because uploader hung.", "WARN", "SKIP"])


class Network(Patient):
    def test_wifi(self):
        found = self.verdicts("wifi")
        self.app.link.rssi = lambda: -80
        found += self.verdicts("wifi")
        self.app.settings.set("wifi", [])
        self.assertEqual(found + self.verdicts("wifi"), ["PASS", "WARN", "FAIL"])

    def test_a_network_is_looked_for(self):
        before, network.JOIN_MS = network.JOIN_MS, 500
        self.app.link.up.clear()
        self.app.link.state = "joining home"
        terminal = Listener()
        try:
            row = do("doctor wifi", self.app, terminal)[0]["findings"][0]
        finally:
            network.JOIN_MS = before
        self.assertEqual(
            (row["verdict"], row["hint"]), ("FAIL", "home was not heard, cafe was not heard. Is this the place? wifi add corrects a key.")
        )
        self.assertEqual((self.app.calls, terminal.rows[0]), (["radio", "look for Wi-Fi"], "       wifi: joining home ..."))

    def test_scan(self):
        found = self.verdicts("scan")
        self.rest()
        for heard in ({"home": -60, "": -80}, {"other": -50}, {}, None):
            self.app.link.scan = lambda heard=heard: heard
            found += self.verdicts("scan")
        self.assertEqual(found, ["SKIP", "PASS", "WARN", "WARN", "FAIL"])

    def test_names(self):
        found = [self.doctor("dns")["findings"][0]["text"]]
        self.app.settings.store["endpoint"] = "https://nowhere"
        found += self.verdicts("dns")
        self.app.link.for_footage.clear()
        self.assertEqual(found + self.verdicts("dns"), ["store.example is 192.0.2.7", "FAIL", "SKIP"])

    def test_the_store_takes_what_is_written(self):
        self.assertEqual(self.verdicts("store"), ["PASS", "PASS"])
        self.assertEqual(FakeClient.written, [1_795_000_000, "p/daylog-abc123/doctor", b"written by doctor\n", True, "closed"])

    def test_what_can_be_wrong_with_a_store(self):
        found = []
        for kind in ("tls", "connect", "clock", "denied"):
            FakeClient.error = HttpError(kind, kind)
            found.append(self.verdicts("store"))
        self.assertEqual(found, [["FAIL", "SKIP"], ["SKIP", "FAIL"], ["PASS", "FAIL"], ["PASS", "FAIL"]])

    def test_a_store_without_tls_is_a_warning(self):
        self.app.settings.store["endpoint"] = "http://store.example"
        self.assertEqual(self.verdicts("store"), ["WARN", "PASS"])

    def test_nothing_is_written_without_store_link_or_time(self):
        found = []
        self.app.keeper.set_utc(0, "")
        found += self.verdicts("store")
        self.app.link.for_footage.clear()
        found += self.verdicts("store")
        self.app.settings.set("store", None)
        self.assertEqual((found + self.verdicts("store"), FakeClient.written), (["SKIP"] * 3, []))

    def test_wifi_test_is_the_way_to_the_store(self):
        result, text = do("wifi test", self.app)
        self.assertEqual(([row["check"] for row in result["findings"]], text), (["wifi", "dns", "store", "store"], "4 PASS"))


class Table(Patient):
    def test_every_failure_says_what_to_do(self):
        self.app.store = self.app.power.battery = None
        self.app.settings.set("store", None)
        self.app.settings.set("wifi", [])
        self.app.settings.microphone = True
        self.app.keeper.set_utc(0, "")
        rows = self.doctor()["findings"]
        self.assertEqual([row["check"] for row in rows if row["verdict"] in ("WARN", "FAIL") and not row["hint"]], [])
        self.assertEqual([row["check"] for row in rows], list(doctor.NAMES))
        self.assertFalse(self.doctor()["good"])


if __name__ == "__main__":
    unittest.main()
