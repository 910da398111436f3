# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The world's store, spoken to by the firmware's own client: it believes no more than a real store does."""

import asyncio
import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from firmware.http import HttpError
from firmware.names import Names
from firmware.s3 import Part, S3Client
from sim.world_store import LEAST_PART_BYTES, MOODS, Kept, Mood, WorldStore

NOW_S = 1_767_254_400
KEY = "footage/me/1-2.mcap"
DATA = bytes(range(256)) * 8


class World:
    def __init__(self) -> None:
        self.now_s, self.objects = float(NOW_S), list[Kept]()
        self.store = WorldStore(lambda: self.now_s, self.objects.append)

    def call(self, use: Callable[[S3Client], Any], unix_s: int = NOW_S, **settings: str) -> Any:
        """What `use(client)` returned, or the kind of its error."""

        async def talk() -> Any:
            client = S3Client({**self.store.settings, **settings}, Names(lambda: "", lambda: 0), lambda: unix_s, bytearray(16384))
            try:
                return await use(client)
            except HttpError as error:
                return error.kind
            finally:
                client.close()

        return asyncio.run(talk())


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with world.store:
        yield world


def part(data: bytes = DATA, offset: int = 0, size: int | None = None) -> Part:
    piece = data[offset : offset + (len(data) if size is None else size)]
    return Part(io.BytesIO(data), offset, len(piece), hashlib.sha256(piece).digest(), hashlib.md5(piece).digest())


def whole(data: bytes = DATA) -> tuple[tuple[str, str], ...]:
    return (("x-amz-meta-sha256", hashlib.sha256(data).hexdigest()),)


async def put(client: S3Client) -> Any:
    return await client.put_object(KEY, part(), whole())


def test_it_keeps_what_was_sent_and_says_its_md5(world: World):
    assert world.call(put) == hashlib.md5(DATA).hexdigest()
    assert world.objects == [Kept(KEY, hashlib.sha256(DATA).hexdigest(), DATA)]


def test_it_makes_one_object_of_its_parts(world: World):
    data = bytes(LEAST_PART_BYTES) + DATA
    parts = [part(data, 0, LEAST_PART_BYTES), part(data, LEAST_PART_BYTES)]

    async def in_parts(client: S3Client) -> Any:
        upload_id = await client.create_multipart(KEY, whole(data))
        etags = [await client.upload_part(KEY, upload_id, number, each) for number, each in enumerate(parts, 1)]
        listed = await client.list_parts(KEY, upload_id)
        return etags, listed, await client.complete(KEY, upload_id, [(each.sha256, each.md5) for each in parts], etags)

    md5s = [each.md5 for each in parts]
    etags, listed, etag = world.call(in_parts)
    assert (etags, listed) == ([m.hex() for m in md5s], {n: (each.size, each.md5.hex()) for n, each in enumerate(parts, 1)})
    assert etag == f"{hashlib.md5(b''.join(md5s)).hexdigest()}-2"
    assert [(kept.key, kept.data == data) for kept in world.objects] == [(KEY, True)]


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"secret_key": "another"}, "auth"),
        ({"access_key": "another"}, "auth"),
        ({"region": "another"}, "auth"),
        ({"bucket": "another"}, "auth"),
        ({"unix_s": NOW_S - 901}, "clock"),
        ({"unix_s": NOW_S + 901}, "clock"),
    ],
)
def test_it_believes_only_a_signature_of_now(world: World, how: dict[str, Any], kind: str):
    assert (world.call(put, **how), world.objects) == (kind, [])


def test_bytes_that_are_not_those_that_were_signed_are_refused(world: World):
    async def changed(client: S3Client) -> Any:
        good, bad = part(), part(DATA[:-1] + b"?")
        return await client.put_object(KEY, Part(io.BytesIO(DATA), 0, good.size, good.sha256, bad.md5), whole())

    async def mislabelled(client: S3Client) -> Any:
        return await client.put_object(KEY, part(), whole(b"other"))

    assert [world.call(use) for use in (changed, mislabelled)] == ["digest", "segment"]
    assert world.objects == []


def test_an_object_is_not_written_twice_unless_that_is_asked_for(world: World):
    async def again(client: S3Client) -> Any:
        return await client.put_object(KEY, part(), whole(), again=True)

    etag = hashlib.md5(DATA).hexdigest()
    assert [world.call(use) for use in (put, put, again)] == [etag, "exists", etag]


@pytest.mark.parametrize("mood", MOODS)
def test_in_no_mood_does_the_recorder_believe_it_and_afterwards_all_is_well(world: World, mood: str):
    world.store.moods = [Mood(NOW_S - 10, NOW_S + 10, mood)]
    assert world.call(put) in ("throttled", "server", "auth", "not_s3", "digest", "lost", "not_http")
    assert world.call(put, unix_s=NOW_S + 11) in (hashlib.md5(DATA).hexdigest(), "exists")
    assert [kept.data for kept in world.objects] == [DATA]
