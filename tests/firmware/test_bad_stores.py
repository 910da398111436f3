# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whatever goes wrong at whichever request: it is tried again, and stored only when the store has it."""

import unittest

from peers import Server, reply
from upload_bench import NOON_MS, Case, Info, Shelf, Slot, refusal, step, xml

from firmware import http
from firmware.store_clock import unix_s_of
from firmware.uploader import ATTEMPTS

REQUESTS = 6  # of two segments: one in three parts, then a small one
MOST_STEPS = 16
MANY = 60


class Faults:
    """What can happen to one exchange with a bucket; each returns what the recorder is sent."""

    def __init__(self, bucket):
        self._bucket = bucket
        self._last = b""

    def honest(self, request):
        self._last = self._bucket(request)
        return self._last

    def request_lost(self, request):
        return Server.HANG_UP

    def reply_lost(self, request):
        self._bucket(request)
        return Server.HANG_UP

    def reply_twice(self, request):
        return self.honest(request) * 2

    def reply_of_before(self, request):
        self._bucket(request)
        return self._last or Server.HANG_UP

    def done_and_denied(self, request):
        self._bucket(request)
        return refusal(500, "InternalError")

    def error_inside_200(self, request):
        return refusal(200, "InternalError")

    def slow_down(self, request):
        return refusal(503, "SlowDown")

    def conflict(self, request):
        return refusal(409, "OperationAborted")

    def exists_it_says(self, request):
        return refusal(412, "PreconditionFailed")

    def unknown_it_says(self, request):
        return refusal(404, "NoSuchUpload")

    def nothing_kept(self, request):
        return reply(200)

    def other_etag(self, request):
        return reply(200, etag='"%s"' % ("0" * 32))

    def login_page(self, request):
        return reply(200, b"<!DOCTYPE html><html>Welcome</html>", content_type="text/html", etag='"x"')

    def redirect(self, request):
        return reply(302, b"<html/>", location="http://login.example/")

    def empty_result(self, request):
        return reply(200, xml("CompleteMultipartUploadResult", ""))


NAMES = sorted(name for name in dir(Faults) if name[0] != "_" and name != "honest")


class OneFaultTest(Case):
    def play(self, name, at):
        """Two segments go to the store, with a fault at one request; what was kept when each was marked."""
        self.bucket.__init__()
        faults, infos, kept = Faults(self.bucket), [Info(1, 2500), Info(2, 900)], []
        shelf = Shelf(*infos)
        shelf.on_stored = lambda info: kept.append(self.bucket.objects.get(self.key(info)) == info.data)
        script = [faults.honest] * at + [getattr(faults, name)] * 2 + [faults.honest] * MANY
        step(shelf, script, MOST_STEPS)
        return [entry[0] for entry in shelf.log if entry[0] != "uploading"], kept

    def test_any_fault_at_any_request(self):
        seen = {(name, at): self.play(name, at) for name in NAMES for at in range(REQUESTS)}
        expected = (["stored", "stored"], [True, True])
        self.assertEqual({case: seen[case] for case in seen if seen[case] != expected}, {})


class DigestTest(Case):
    """The store says that it received other bytes: is it the card?"""

    def spoil(self, info, at):
        with open(info.path, "r+b") as file:
            file.seek(at)
            file.write(bytes([info.data[at] ^ 1]))

    def test_a_byte_that_the_card_gives_wrong_for_good(self):
        info = Info(1, 900)
        self.spoil(info, 500)
        shelf = Shelf(info, Info(2, 10))
        bench, server, _ = step(shelf, [self.bucket] * MANY, ATTEMPTS + 1)
        self.assertEqual([entry[:2] for entry in shelf.log], [("uploading", 1), ("aside", 1), ("uploading", 2), ("stored", 2)])
        said = [event[3] for event in bench.health.events if event[2] == "set_aside"]
        self.assertTrue(said[0].endswith("the card gives other bytes than were recorded; it may be failing: copy it and replace it"), said)
        self.assertEqual(len(server.requests), 2)  # wrong bytes were sent once, and refused

    def test_a_byte_that_the_card_gives_wrong_once(self):
        info = Info(1, 2500)
        self.spoil(info, 1500)

        def mended(request):
            with open(info.path, "wb") as file:
                file.write(info.data)
            return self.bucket(request)

        shelf = Shelf(info)
        step(shelf, [self.bucket, self.bucket, mended] + [self.bucket] * MANY, 3)
        self.assertEqual((shelf.log[-1][:2], self.bucket.objects), (("stored", 1), {self.key(info): info.data}))

    def test_parts_of_another_size_than_they_were_recorded_in(self):
        for part_bytes, steps in ((800, 1), (1200, 2), (3000, 1)):  # 1200: the number of parts does not tell
            self.bucket.__init__()
            shelf = Shelf(Info(1, 2500))
            shelf.part_bytes = part_bytes
            step(shelf, [self.bucket] * MANY, steps)
            self.assertEqual((shelf.log[-1][:2], list(self.bucket.objects.values())), (("stored", 1), [Info(1, 2500).data]))


class CardTest(Case):
    def test_a_card_that_is_changed_in_mid_upload_gets_no_mark(self):
        shelf, other = Shelf(Info(1, 2500)), Shelf()
        slot = Slot(shelf)

        def use_slot(bench):
            bench.uploader._storage = slot

        def change_card(request):
            slot.store = other
            return self.bucket(request)

        bench, _, _ = step(shelf, [self.bucket] * 2 + [change_card] + [self.bucket] * 9, 2, use_slot)
        self.assertEqual(([entry[0] for entry in shelf.log], other.log), (["uploading", "uploading"], []))
        self.assertEqual((bench.health.problems, bench.uploader.state), ({}, "all stored"))

    def test_a_file_that_ends_early(self):
        info = Info(1, 900)
        with open(info.path, "wb") as file:
            file.write(info.data[:100])
        shelf = Shelf(info)
        step(shelf, [self.bucket] * MANY, ATTEMPTS)
        self.assertEqual([entry[:2] for entry in shelf.log], [("uploading", 1), ("aside", 1)])


class PatienceTest(Case):
    def pauses(self, *answers):
        return step(Shelf(Info(1, 10)), list(answers), len(answers))[2]

    def test_a_busy_store_is_left_alone_for_as_long_as_it_asks(self):
        asked = [("", 30), ("7", 7), ("120", 120), ("86400", 900), ("-5", 30), ("Fri, 31 Dec 1999 23:59:59 GMT", 30)]
        for text, seconds in asked:
            (pause,) = self.pauses(reply(503, xml("Error", "<Code>SlowDown</Code>"), retry_after=text))
            self.assertTrue(0 <= pause - seconds * 1000 - 1000 <= 1000, (text, pause))  # and some more, by chance

    def test_other_errors_wait_no_longer_than_the_back_off(self):
        pauses = [self.pauses(answer)[0] for answer in (refusal(500, "InternalError"), refusal(403, "AccessDenied"), Server.HANG_UP)]
        self.assertTrue(all(1000 <= pause <= 2000 for pause in pauses), pauses)


SKEWED = xml("Error", "<Code>RequestTimeTooSkewed</Code>")
LATER = "Mon, 23 Nov 2026 14:00:00 GMT"


class ClockTest(Case):
    def corrected(self, *dates, **changes):
        """Offsets in hours, from what it was, of the clock after each refusal with such a date; and the last pause."""
        secure = changes.get("secure", True)

        def prepare(bench):
            store = bench.settings.store
            if secure:  # as if it were: peers.py speaks no TLS
                store["endpoint"] = store["endpoint"].replace("http:", "https:")

        original = http.split_endpoint
        http.split_endpoint = lambda endpoint: (False,) + original(endpoint)[1:]
        try:
            hours, pauses = [], []
            for count in range(1, len(dates) + 1):
                answers = [reply(403, SKEWED, date=date) if date else self.bucket for date in dates[:count]]
                bench, _, pauses = step(Shelf(Info(1, 10), Info(2, 10), Info(3, 10)), answers, count, prepare)
                hours.append((bench.keeper.unix_ms() - NOON_MS) / 3_600_000)
                self.bucket.__init__()
        finally:
            http.split_endpoint = original
        return hours, pauses[-1] > 0

    def test_a_plausible_date_corrects_it_and_it_is_tried_again_at_once(self):
        self.assertEqual(self.corrected(LATER), ([2], False))

    def test_no_date_no_tls_or_a_date_out_of_this_world_correct_nothing(self):
        for date in ("nonsense", "Mon, 23 Nov 1998 14:00:00 GMT", "Mon, 23 Nov 2126 14:00:00 GMT", "Mon, 31 Feb 2027 14:00:00 GMT"):
            self.assertEqual(self.corrected(date), ([0], True))
        self.assertEqual(self.corrected(LATER, secure=False), ([0], True))

    def test_it_is_corrected_once_until_something_was_accepted(self):
        later_still = "Mon, 23 Nov 2026 15:00:00 GMT"
        self.assertEqual(self.corrected(LATER, later_still), ([2, 2], True))
        self.assertEqual(self.corrected(LATER, "", later_still), ([2, 2, 3], False))

    def test_dates(self):
        dates = ["Thu, 01 Jan 1970 00:00:00 GMT", "Tue, 29 Feb 2028 23:59:59 GMT", LATER, "Mon, 23 Nov 2026 24:00:00 GMT", LATER[:-4], ""]
        self.assertEqual([unix_s_of(date) for date in dates], [0, 1835481599, NOON_MS // 1000 + 7200, None, None, None])


if __name__ == "__main__":
    unittest.main()
