# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from fakes import Trace

from sim.device.air import Air
from sim.device.clock import Clock
from sim.device.network import NetworkModule
from sim.device.portal import PAGE, Portal
from sim.device.radio import BEACON_TIMEOUT, CONNECTING, GOT_IP, IDLE, NO_AP_FOUND, WRONG_PASSWORD, Radio

HOME = {
    "ssid": "home",
    "key": "secret",
    "rssi": -50,
    "windows": [[0, 10_000_000], [30_000_000, 40_000_000]],
    "bandwidth_bps": 8_000_000,
    "latency_us": 20_000,
}


class TestRadio(unittest.TestCase):
    def setUp(self):
        self.clock, self.trace = Clock(0, 0), Trace()
        self.radio = Radio([HOME], self.clock, self.trace)

    def statuses_at(self, *seconds):
        found = []
        for at_s in seconds:
            self.clock.advance_to(at_s * 1_000_000)
            found.append(self.radio.status)
        return found

    def test_joining_leaving_reach_and_coming_back(self):
        self.radio.join("home", "secret")
        self.assertEqual(self.statuses_at(1, 2, 11, 29, 36), [CONNECTING, GOT_IP, BEACON_TIMEOUT, NO_AP_FOUND, GOT_IP])
        self.assertEqual([row[0] for row in self.trace.told], ["wifi_up", "wifi_down", "wifi_up"])

    def test_a_wrong_key(self):
        self.radio.join("home", "guess")
        self.assertEqual(self.statuses_at(1, 2, 9), [CONNECTING, WRONG_PASSWORD, WRONG_PASSWORD])

    def test_leaving_ends_the_trying(self):
        self.radio.join("elsewhere", "")
        self.clock.advance_us(5_000_000)
        self.radio.leave()
        self.assertEqual(self.statuses_at(6, 60), [IDLE, IDLE])

    def test_who_must_know_is_told(self):
        told = []
        self.radio.on_down.append(lambda: told.append(self.clock.now_us))
        self.radio.join("home", "secret")
        self.clock.advance_to(20_000_000)
        self.radio.leave()
        self.assertEqual(told, [10_000_000])

    def test_all_wlan_objects_are_one_station(self):
        network = NetworkModule(self.radio, self.clock)
        first, second = network.WLAN(network.WLAN.IF_STA), network.WLAN()
        first.active(True)
        second.connect("home", "secret")
        self.clock.advance_us(2_000_000)
        self.assertEqual((first.isconnected(), first.status("rssi"), first.config("hostname")), (True, -50, "mpy-esp32s3"))
        second.active(False)
        self.assertEqual((first.active(), first.isconnected()), (False, False))

    def test_a_signal_that_fades_ends_the_link(self):
        fades = dict(HOME, rssi=[[0, -50], [4_000_000, -80], [6_000_000, -95], [8_000_000, -60]])
        self.radio = Radio([fades], self.clock, self.trace)
        self.radio.join("home", "secret")
        self.assertEqual(self.statuses_at(2, 5, 7, 9), [GOT_IP, GOT_IP, BEACON_TIMEOUT, GOT_IP])

    def test_the_strongest_of_one_name_is_joined(self):
        near = dict(HOME, rssi=-40)
        self.radio = Radio([HOME, near], self.clock, self.trace)
        self.radio.join("home", "secret")
        self.statuses_at(2)
        self.assertEqual(self.radio.network["rssi"], -40)

    def test_without_an_address_it_goes_on_connecting_and_hears_the_network(self):
        self.radio = Radio([dict(HOME, dhcp_fails=[[0, 5_000_000]])], self.clock, self.trace)
        wlan = NetworkModule(self.radio, self.clock).WLAN()
        wlan.active(True)
        wlan.connect("home", "secret")
        found = []
        for at_s in (3, 6):
            self.clock.advance_to(at_s * 1_000_000)
            found.append((wlan.status(), wlan.status("rssi")))
        self.assertEqual(found, [(CONNECTING, -50), (GOT_IP, -50)])

    def test_a_scan_blocks_and_hears_a_hidden_network_without_its_name(self):
        weak, hidden = dict(HOME, rssi=-95), dict(HOME, hidden=True, rssi=-70)
        wlan = NetworkModule(Radio([hidden, weak, dict(HOME, key="")], self.clock, self.trace), self.clock).WLAN()
        wlan.active(True)
        self.assertEqual([(row[0], row[3], row[4]) for row in wlan.scan()], [(b"home", -50, 0), (b"", -70, 3)])
        self.assertEqual(self.clock.now_us, 2_000_000)

    def test_an_inactive_station_refuses(self):
        wlan = NetworkModule(self.radio, self.clock).WLAN()
        for call in (wlan.scan, wlan.disconnect, lambda: wlan.connect("home", "secret"), lambda: wlan.status("rssi")):
            with self.assertRaises(OSError):
                call()


class TestAir(unittest.TestCase):
    def setUp(self):
        self.enter({"names": {"store.test": "127.0.0.1"}, "names_fail": [[5_000_000, 6_000_000]]})

    def enter(self, more):
        """Join home as it is with these differences."""
        self.clock, home = Clock(0, 0), dict(HOME)
        home.update(more)
        radio = Radio([home], self.clock, Trace())
        self.air = Air(radio, self.clock)
        radio.join("home", "secret")
        self.clock.advance_to(2_000_000)

    def test_bytes_occupy_it_one_after_the_other(self):
        self.assertEqual([self.air.send(1000), self.air.send(1000)], [2_001_000, 2_002_000])
        self.clock.advance_to(3_000_000)
        self.assertEqual(self.air.send(1000), 3_001_000)

    def test_what_is_received_counts_the_same_however_it_is_cut(self):
        ends = []
        for pieces in ([3000], [1000, 1000, 1000], [1] * 3000):
            self.setUp()
            for size in pieces:
                self.air.receive(size)
            ends.append(self.air.send(1000))
        self.assertEqual(ends, [2_003_920] * 3)  # two whole packets of 1460 bytes, and what was sent

    def test_bandwidth_and_loss_change_in_steps(self):
        self.enter(
            {"bandwidth_bps": [[0, 8_000_000], [3_000_000, 80_000]], "loss_percent": [[0, 0], [4_000_000, 4]], "latency_us": 500_000}
        )
        found = []
        for at_s in (2, 3, 4):
            self.clock.advance_to(at_s * 1_000_000)
            found.append(self.air.bandwidth_bps())
        self.assertEqual(found, [8_000_000, 80_000, 76_800])  # 96 % of it
        self.enter({"loss_percent": 4, "latency_us": 500_000})
        self.assertEqual(self.air.bandwidth_bps(), 142_496)  # what loss leaves of a fast line with a long way

    def test_some_datagrams_get_lost(self):
        self.enter({"loss_percent": 30})
        lost = sum(self.air.loses() for _ in range(1000))
        self.assertTrue(250 < lost < 350, lost)

    def test_a_captive_network_leads_every_name_to_its_gateway_and_tells_no_time(self):
        self.enter({"captive": "login"})
        self.assertEqual((self.air.resolve("store.test"), self.air.ntp_error_ms()), ("10.0.0.1", None))

    def test_names(self):
        self.assertEqual((self.air.resolve("store.test"), self.clock.now_us), ("127.0.0.1", 2_020_000))
        with self.assertRaises(OSError) as caught:
            self.air.resolve("elsewhere.test")
        self.assertEqual(caught.exception.args[0], -202)

    def test_a_silent_name_server_blocks_whoever_asks_as_the_vendor_does(self):
        self.clock.advance_to(5_500_000)
        with self.assertRaises(OSError):
            self.air.resolve("store.test")
        self.assertEqual(self.clock.now_us, 19_500_000)


class TestPortal(unittest.TestCase):
    def heard(self, kind, request):
        """What comes back for a request in two pieces: bytes, None for nothing yet, or the number of an error."""
        portal, heard, buffer = Portal(kind), [], memoryview(bytearray(1000))
        for piece in (request[:5], request[5:]):
            portal.send(piece)
            try:
                size = portal.readinto(buffer)
                heard.append(size if size is None else bytes(buffer[:size]))
            except OSError as error:
                heard.append(error.args[0])
        return heard

    def test_a_login_page_or_a_reset(self):
        self.assertEqual(self.heard("login", b"PUT / HTTP/1.1\r\n\r\n"), [None, PAGE])
        self.assertEqual(self.heard("login", b"\x16\x03\x01\x00\x05hello"), [104, 104])
        self.assertEqual(self.heard("reset", b"PUT / HTTP/1.1\r\n\r\n"), [104, 104])


if __name__ == "__main__":
    unittest.main()
