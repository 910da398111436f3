# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import asyncio
import os

from peers import Server, reply, run
from upload_bench import NOON_MS, Bench, Case, Info, Link, Shelf, lines, refusal, step

from firmware.compat import hexlify, sleep_ms
from firmware.transfer import object_key
from firmware.uploader import ASIDE_IN_A_ROW, ATTEMPTS


class UploaderTest(Case):
    def test_segments_go_oldest_first_and_are_marked_when_proven(self):
        infos = [Info(1, 900), Info(2, 10)]
        shelf = Shelf(*infos)
        bench, _, pauses = step(shelf, [self.bucket] * 2, 3)
        self.assertEqual(self.bucket.objects, {self.key(info): info.data for info in infos})
        expected = [("uploading", 1, NOON_MS // 1000, ""), ("stored", 1, hexlify(infos[0].parts[0][1]))]
        expected += [("uploading", 2, NOON_MS // 1000, ""), ("stored", 2, hexlify(infos[1].parts[0][1]))]
        self.assertEqual(shelf.log, expected)
        self.assertEqual((pauses[:2], pauses[2] > 0, bench.uploader.state), ([0, 0], True, "all stored"))
        self.assertEqual(bench.health.counters, {"stored": 2, "stored_bytes": 910})

    def test_a_large_segment_goes_in_parts(self):
        info = Info(1, 2500)
        shelf = Shelf(info)
        _, server, _ = step(shelf, [self.bucket] * 5, 1)
        self.assertEqual(
            lines(server),
            [
                "POST?uploads=",
                "PUT?partNumber=1&uploadId=u1",
                "PUT?partNumber=2&uploadId=u1",
                "PUT?partNumber=3&uploadId=u1",
                "POST?uploadId=u1",
            ],
        )
        self.assertEqual(self.bucket.objects, {self.key(info): info.data})
        self.assertEqual([entry[:2] + entry[3:] for entry in shelf.log[:2]], [("uploading", 1, ""), ("uploading", 1, "u1")])
        self.assertTrue(shelf.log[2][2].endswith("-3"))

    def test_after_a_dead_link_only_missing_parts_are_sent(self):
        shelf = Shelf(Info(1, 2500))
        bench, server, pauses = step(shelf, [self.bucket] * 2 + [Server.HANG_UP] * 2 + [self.bucket] * 4, 2)
        self.assertEqual(
            lines(server)[4:], ["GET?uploadId=u1", "PUT?partNumber=2&uploadId=u1", "PUT?partNumber=3&uploadId=u1", "POST?uploadId=u1"]
        )
        self.assertEqual((pauses[0] > 0, pauses[1], bench.health.counters["upload_errors"], bench.health.problems), (True, 0, 1, {}))

    def test_a_part_the_store_has_wrong_is_sent_again(self):
        shelf = Shelf(Info(1, 2500))
        shelf.notes[1] = (NOON_MS // 1000, "u1")
        self.bucket.uploads["u1"] = {1: b"something else", 2: shelf.infos[0].data[1000:2000]}
        _, server, _ = step(shelf, [self.bucket] * 4, 1)
        self.assertEqual(
            lines(server), ["GET?uploadId=u1", "PUT?partNumber=1&uploadId=u1", "PUT?partNumber=3&uploadId=u1", "POST?uploadId=u1"]
        )

    def test_a_lost_reply_to_the_last_request_costs_no_second_upload(self):
        def complete_and_vanish(request):
            self.bucket(request)
            return Server.HANG_UP

        shelf = Shelf(Info(1, 2500))
        _, server, _ = step(shelf, [self.bucket] * 4 + [complete_and_vanish] * 2 + [self.bucket] * 5, 2)
        self.assertEqual(lines(server)[5:], ["POST?uploadId=u1"] + ["GET?uploadId=u1", "POST?uploadId=u1"] * 2)
        self.assertEqual((shelf.log[-1][:2], shelf.infos), (("stored", 1), []))

    def test_an_upload_the_store_forgot_begins_anew(self):
        shelf = Shelf(Info(1, 1500))
        shelf.notes[1] = (NOON_MS // 1000, "gone")
        _, server, _ = step(shelf, [self.bucket] * 6, 2)
        self.assertEqual(lines(server)[:3], ["GET?uploadId=gone", "POST?uploadId=gone", "POST?uploads="])
        self.assertEqual(shelf.log[-1][:2], ("stored", 1))

    def test_what_exists_already_is_proven_by_sending_it_again(self):
        for size in (500, 1500):
            info = Info(1, size)
            shelf = Shelf(info)
            self.bucket.objects[self.key(info)] = b"whatever bears its name"
            step(shelf, [self.bucket] * 6, 1)
            self.assertEqual((shelf.log[-1][:2], self.bucket.objects), (("stored", 1), {self.key(info): info.data}))
            self.bucket.objects.clear()

    def test_what_recovery_closed_is_hashed_first(self):
        for size in (1, 999, 1000, 1001, 2500):
            shelf = Shelf(Info(1, size, hashed=False))
            info = shelf.infos[0]
            step(shelf, [self.bucket] * 6, 1)
            self.assertEqual((info.sha256, info.parts), info.digests())
            self.assertEqual(shelf.log[-1][:2], ("stored", 1))

    def test_the_date_is_that_of_the_recording(self):
        cases = [
            (Info(1, 10, utc_start_ms=0), 7, "2026/11/23/20261123T120100Z-"),  # of this boot: 60 s after it
            (Info(2, 10, utc_start_ms=0), 8, "undated/"),
        ]
        for info, boot, date in cases:
            shelf = Shelf(info)

            def prepare(bench, boot=boot):
                bench.keeper.boot = boot

            step(shelf, [self.bucket], 1, prepare)
            self.assertIn(self.key(info, date), self.bucket.objects)

    def test_a_date_once_chosen_stays(self):
        info = Info(1, 10, utc_start_ms=0)
        shelf = Shelf(info)
        shelf.notes[1] = (0, "")
        step(shelf, [self.bucket], 1)
        self.assertIn(self.key(info, "undated/"), self.bucket.objects)

    def test_keys(self):
        sha256 = bytes(range(32))
        self.assertEqual(object_key("/a/b/", "dev", 1, 2, sha256, 0), "a/b/dev/undated/000001-000002-0001020304050607.mcap")
        self.assertEqual(object_key("", "dev", 1, 2, sha256, 86400), "dev/1970/01/02/19700102T000000Z-000001-000002-0001020304050607.mcap")


class FailureTest(Case):
    def test_an_error_of_the_store_never_sets_a_segment_aside(self):
        answers = [
            refusal(403, "SignatureDoesNotMatch"),
            refusal(403, "QuotaExceeded"),
            reply(200, b"<html>"),
            refusal(503, "SlowDown"),
            refusal(500, "InternalError"),
        ]
        shelf = Shelf(Info(1, 10))
        bench, _, pauses = step(shelf, answers * 2, 10)
        self.assertEqual([entry[0] for entry in shelf.log], ["uploading"])
        self.assertTrue(all(pause > 0 for pause in pauses))
        self.assertEqual((len(shelf.infos), bench.health.counters, list(bench.health.problems)), (1, {"upload_errors": 10}, ["store"]))

    def test_a_segment_that_is_refused_for_itself_is_set_aside_visibly(self):
        shelf = Shelf(Info(1, 10), Info(2, 10))
        bench, _, _ = step(shelf, [refusal(400, "BadDigest")] * ATTEMPTS + [self.bucket], ATTEMPTS + 1)
        self.assertEqual(
            shelf.log[1:], [("aside", 1), ("uploading", 2, NOON_MS // 1000, ""), ("stored", 2, hexlify(Info(2, 10).parts[0][1]))]
        )
        event = next(event for event in bench.health.events if event[2] == "set_aside")
        self.assertEqual((event[1], event[3].startswith("segment 7/1 is set aside: ")), ("error", True))

    def test_when_every_segment_is_refused_it_is_not_the_segments(self):
        shelf = Shelf(*[Info(n, 10) for n in range(1, 6)])
        tries = ATTEMPTS * (ASIDE_IN_A_ROW + 1)
        step(shelf, [refusal(400, "BadDigest")] * tries, tries)
        self.assertEqual(len(shelf.infos), 5 - ASIDE_IN_A_ROW)

    def test_an_unreadable_segment_is_set_aside(self):
        infos = [Info(1, 10), Info(2, 10)]
        os.remove(infos[0].path)
        shelf = Shelf(*infos)
        step(shelf, [self.bucket], ATTEMPTS + 1)
        self.assertEqual([entry[:2] for entry in shelf.log], [("aside", 1), ("uploading", 2), ("stored", 2)])

    def test_a_journal_that_cannot_be_read_is_no_segments_fault(self):
        class Unreadable(Shelf):
            def next_pending(self):
                if len(self.infos) == 1:
                    raise OSError(5)
                return Shelf.next_pending(self)

        shelf = Unreadable(Info(1, 10), Info(2, 10))
        bench, _, _ = step(shelf, [self.bucket], ATTEMPTS + 2)
        self.assertEqual(([entry[:2] for entry in shelf.log], list(bench.health.problems)), ([("uploading", 1), ("stored", 1)], ["store"]))

    def test_pauses_grow_and_a_kick_ends_them(self):
        shelf = Shelf(Info(1, 10))
        bench, _, pauses = step(shelf, [refusal(500, "InternalError")] * 9, 9)
        limits = [min(2000 * 2**n, 300_000) for n in range(9)]
        self.assertTrue(all(limit // 2 <= pause <= limit for pause, limit in zip(pauses, limits)), pauses)
        bench.uploader.kick()
        self.assertTrue(bench.uploader._backoff.next_ms() <= 2000)

    def test_a_store_that_is_down_is_said_and_cleared(self):
        async def play():
            shelf = Shelf(Info(1, 10))
            async with Server([]) as server:
                endpoint = server.endpoint
            bench = Bench(shelf, None)
            bench.settings.store["endpoint"] = endpoint
            await bench.uploader.step()
            said = bench.health.problems.get("store", "")
            async with Server([self.bucket]) as server:
                bench.settings.store = dict(bench.settings.store, endpoint=server.endpoint)
                await bench.uploader.step()
                bench.uploader._drop_clients()
            return said, bench.health.problems

        said, after = run(play())
        self.assertEqual(("is the store up" in said, after), (True, {}))

    def test_nothing_is_tried_before_it_can_work(self):
        def no_store(bench):
            bench.settings.store = None

        def off(bench):
            bench.uploader.enabled = False

        def no_time(bench):
            bench.keeper.utc_known = False

        seen = [step(Shelf(Info(1, 10)), [], 1, prepare)[0].uploader.state for prepare in (no_store, off, no_time)]
        self.assertEqual(seen, ["no store in the settings", "switched off", "waiting for the time of day"])

    def test_it_starts_when_the_link_comes_up(self):
        async def play():
            shelf = Shelf(Info(1, 10))
            async with Server([self.bucket]) as server:
                bench = Bench(shelf, server, Link(up=False))
                task = asyncio.create_task(bench.uploader.run())
                await sleep_ms(5)
                before = bench.uploader.state, list(shelf.log)
                bench.link.for_footage.set()
                while shelf.infos:
                    await sleep_ms(1)
                task.cancel()
                bench.uploader._drop_clients()
            return before

        self.assertEqual(run(play()), ("waiting for a known Wi-Fi network", []))
