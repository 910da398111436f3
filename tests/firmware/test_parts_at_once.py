# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Custody with several parts of a segment on their way at the same time."""

import asyncio

from peers import Server, run
from upload_bench import Bench, Case, Info, Shelf, lines, refusal

from firmware.compat import sleep_ms
from firmware.transfer import all_of

LANES = 3


class WhereEachEnds:
    """A store whose answer to a part is what the test says for its number; all else is the bucket's."""

    def __init__(self, bucket, **answers):
        self._bucket, self.answers = bucket, answers
        self.arrived = []

    def __call__(self, request):
        query = request.target.partition("?")[2]
        if not query.startswith("partNumber="):
            return self._bucket(request)
        number = query[len("partNumber=")]
        self.arrived.append(int(number))
        answer = self.answers.pop("part%s" % number, None)
        return answer or self._bucket(request)


def upload(shelf, store, steps=1):
    """(bench, server) after so many steps."""

    async def play():
        async with Server([store] * 40) as server:
            bench = Bench(shelf, server, parts_at_once=LANES)
            for _ in range(steps):
                await bench.uploader.step()
            bench.uploader._drop_clients()
            return bench, server

    return run(play())


class PartsAtOnceTest(Case):
    def test_each_lane_has_a_connection_and_no_part_goes_twice(self):
        info = Info(1, 6500)
        shelf = Shelf(info)
        store = WhereEachEnds(self.bucket)
        _, server = upload(shelf, store)
        self.assertEqual((sorted(store.arrived), server.connections), ([1, 2, 3, 4, 5, 6, 7], LANES))
        self.assertEqual((self.bucket.objects, shelf.log[-1][:2]), ({self.key(info): info.data}, ("stored", 1)))

    def test_a_small_segment_needs_one_connection(self):
        _, server = upload(Shelf(Info(1, 900)), self.bucket)
        self.assertEqual(server.connections, 1)

    def test_what_arrived_out_of_order_is_not_sent_again(self):
        shelf = Shelf(Info(1, 6500))
        self.bucket.uploads["u1"] = {number: shelf.infos[0].data[1000 * number - 1000 : 1000 * number] for number in (2, 5, 6)}
        shelf.notes[1] = (0, "u1")
        store = WhereEachEnds(self.bucket)
        upload(shelf, store)
        self.assertEqual((sorted(store.arrived), shelf.log[-1][:2]), ([1, 3, 4, 7], ("stored", 1)))

    def test_one_part_that_fails_ends_the_others_and_is_sent_again(self):
        info = Info(1, 6500)
        shelf = Shelf(info)
        store = WhereEachEnds(self.bucket, part2=refusal(500, "InternalError"))
        bench, server = upload(shelf, store, steps=2)
        self.assertEqual((bench.health.counters["upload_errors"], lines(server)[-1]), (1, "POST?uploadId=u1"))
        self.assertEqual((self.bucket.objects, shelf.log[-1][:2]), ({self.key(info): info.data}, ("stored", 1)))

    def test_an_upload_is_not_completed_before_all_parts_are_proven(self):
        for number in "123":
            shelf = Shelf(Info(1, 2500))
            bench, _ = upload(shelf, WhereEachEnds(self.bucket, **{"part" + number: refusal(500, "InternalError")}))
            self.assertEqual((self.bucket.objects, len(shelf.infos), list(bench.health.problems)), ({}, 1, ["store"]))


class AllOfTest(Case):
    def test_nothing_goes_on_after_a_failure(self):
        ended = []

        async def long(name):
            try:
                await sleep_ms(5000)
            finally:
                ended.append(name)

        async def short():
            await sleep_ms(1)
            raise ValueError("this one")

        async def play():
            try:
                await all_of([long(1), short(), long(2)])
            except ValueError as error:
                return str(error), list(ended)

        self.assertEqual(run(play()), ("this one", [1, 2]))

    def test_who_is_cancelled_ends_all(self):
        ended = []

        async def work(name):
            try:
                await sleep_ms(5000)
            finally:
                ended.append(name)

        async def play():
            task = asyncio.create_task(all_of([work(1), work(2)]))
            await sleep_ms(5)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                return list(ended)

        self.assertEqual(run(play()), [1, 2])
