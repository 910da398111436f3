# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from firmware.trust import Trust


def judged(*happened):
    """Why the network is left after these, in turn: kinds of failures, or what speaks for it."""
    trust, found = Trust(), []
    for what in happened:
        if what in ("tells_time", "has_store"):
            getattr(trust, what)()
        else:
            trust.failed(what)
        found.append(trust.why)
    return found


class TrustTest(unittest.TestCase):
    def test_a_page_in_the_place_of_the_store_is_enough(self):
        self.assertEqual([judged("not_s3"), judged("tells_time", "not_s3")], [["captive"], ["", "captive"]])

    def test_silence_has_to_be_heard_three_times(self):
        cases = [("lost", "timeout", "connect"), ("time", "time", "time"), ("dns", "dns", "dns"), ("tls", "tls", "not_http")]
        self.assertEqual([judged(*case) for case in cases], [["", "", why] for why in ("no_way", "no_time", "no_names", "no_way")])

    def test_where_the_time_is_told_the_store_may_be_down(self):
        self.assertEqual(judged("lost", "tells_time", "lost", "connect", "tls"), [""] * 5)

    def test_what_only_a_store_says_speaks_for_the_network(self):
        self.assertEqual(judged("lost", "throttled", "not_s3", "lost", "lost"), [""] * 5)

    def test_what_goes_wrong_on_this_side_says_nothing(self):
        self.assertEqual(judged("card", "memory", "settings", "not_s3"), ["", "", "", "captive"])
