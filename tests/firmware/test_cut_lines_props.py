# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The line is cut after every single byte of an upload, in both directions: it ends stored, once, and only when it is there."""

import asyncio

import pytest
from memory_peer import NEVER, MemoryPeer
from upload_bench import Bench, Bucket, Info, Shelf, remove_files

PART = 10
MOST_STEPS = 6


@pytest.fixture(autouse=True)
def tidy():
    yield
    remove_files()


class Upload:
    """One segment on its way to a bucket, over a line that is cut once. `size` up to PART: a single PUT, else in parts, over `lanes`."""

    def __init__(self, size, lanes, cut_sent_at=NEVER, cut_answer_at=NEVER):
        self.bucket, info = Bucket(), Info(1, size, part_bytes=PART)
        self.shelf, kept = Shelf(info), []
        self.shelf.part_bytes = PART
        self.shelf.on_stored = lambda info: kept.append([*self.bucket.objects.values()] == [info.data])
        with MemoryPeer(self.bucket) as peer:
            peer.cut_sent_at, peer.cut_answer_at = cut_sent_at, cut_answer_at
            self.bench = Bench(self.shelf, None, parts_at_once=lanes)
            asyncio.run(self._until_stored())
        self.sent, self.answered = peer.sent, peer.answered
        self.outcome = ([entry[0] for entry in self.shelf.log if entry[0] != "uploading"], kept, self.bench.health.problems)

    async def _until_stored(self):
        for _ in range(MOST_STEPS):
            if self.shelf.infos:
                await self.bench.uploader.step()
        self.bench.uploader._drop_clients()


@pytest.mark.parametrize("direction", ["cut_sent_at", "cut_answer_at"])
@pytest.mark.parametrize(("size", "lanes"), [(PART, 1), (3 * PART, 1), (3 * PART, 2)])
def test_the_line_is_cut_after_every_byte(size, lanes, direction):
    whole = Upload(size, lanes)
    cuts = range(1, whole.sent if direction == "cut_sent_at" else whole.answered)
    spoilt = {n: outcome for n in cuts if (outcome := Upload(size, lanes, **{direction: n}).outcome) != (["stored"], [True], {})}
    assert spoilt == {}
