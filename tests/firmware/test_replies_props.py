# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A peer may answer anything at all: there is a reply of bounded size or an error in words, in time; and nothing counts as
stored that is not."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from memory_peer import MemoryPeer
from peers import NoNames, reply
from upload_bench import Bench, Bucket, Info, Shelf, refusal, remove_files, xml

from firmware import markup
from firmware.http import Connection, HttpError
from firmware.names import NoAddress, parse, question
from firmware.replies import BODY_BYTES, HEAD_BYTES
from firmware.store_clock import unix_s_of

KINDS = {"lost", "timeout", "not_http"}
numbers = st.sampled_from(["0", "5", "05", "-1", "²", "5, 5", "0x5", "99999", "9" * 40, ""])
bodies = st.binary(max_size=40) | st.integers(0, 3).map(lambda n: bytes(n * BODY_BYTES // 2))
chunks = st.tuples(
    st.sampled_from([b"5", b"0", b"-5", b"zz", b"5;x", b"ffffffff"]), st.binary(max_size=6), st.sampled_from([b"\r\n", b"\n", b"x"])
)
lines = st.sampled_from(
    ["etag: 5", "connection: close", "transfer-encoding: chunked", "transfer-encoding: gzip", "no colon", ": ", "x: y" * 3000]
)
lines = lines | numbers.map(lambda n: "content-length: " + n)
starts = st.sampled_from(
    ["HTTP/1.1 200 OK", "HTTP/1.0 200", "HTTP/1.1 100 Continue", "HTTP/1.1 204", "HTTP/1.1 99", "HTTP/1.1 ²²²", "HTTP/2 200"]
)


@st.composite
def replies(draw):
    """Bytes that look a little like a reply."""
    head = "\r\n".join([draw(starts), *draw(st.lists(lines, max_size=4)), "", ""]).encode()
    chunked = b"".join(b"\r\n".join(chunk) for chunk in draw(st.lists(chunks, max_size=3)))
    whole = head + chunked + draw(bodies)
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.booleans()) else whole


def ask(data, is_silent):
    """What comes of one request that is answered by these bytes, and what is kept of them in memory."""

    async def talk():
        with MemoryPeer(lambda request: data) as peer:
            peer.cut_answer_at, peer.is_silent = len(data), is_silent
            connection = Connection("http://store.example", NoNames(), reply_s=0.005)
            try:
                return await asyncio.wait_for(connection.request("GET", "/", []), 5)
            finally:
                connection.close()

    return asyncio.run(talk())


@settings(max_examples=400)
@given(st.binary(max_size=60) | replies(), st.booleans())
def test_any_answer_ends_in_a_reply_or_in_words(data, is_silent):
    try:
        found = ask(data or b"?", is_silent)
        assert found.status >= 200 and len(found.body) <= BODY_BYTES
        assert sum(len(name) + len(found.headers[name]) for name in found.headers) <= HEAD_BYTES
    except HttpError as error:
        assert error.kind in KINDS and "store.example" in error.text


# -- at any step of an upload ------------------------------------------------------------------

ROOTS = ("InitiateMultipartUploadResult", "ListPartsResult", "CompleteMultipartUploadResult", "Error", "html")
CODES = ("InternalError", "SlowDown", "PreconditionFailed", "NoSuchUpload", "BadDigest", "RequestTimeTooSkewed", "AccessDenied")
inside = st.sampled_from(["", "<UploadId>u9</UploadId>", '<ETag>"0"</ETag>', "<Part><PartNumber>1</PartNumber></Part>", "<Code>X</Code>"])
etags = st.sampled_from(["", '"0"', '"%s"' % ("0" * 32), '"%s-3"' % ("0" * 32)])
documents = st.tuples(st.sampled_from(ROOTS), inside).map(lambda pair: xml(*pair))
inventions = st.builds(lambda status, body, etag: reply(status, body, etag=etag), st.integers(100, 599), documents | st.just(b""), etags)
refusals = st.builds(refusal, st.sampled_from([200, 400, 403, 404, 409, 412, 500, 503]), st.sampled_from(CODES))
# What becomes of one exchange: the store does what it is asked, and its answer arrives as it is or is spoilt; or it
# never hears of it, and somebody else answers.
spoils = st.tuples(st.just("spoil"), st.integers(0, 400), st.binary(max_size=3))
others = st.tuples(st.just("other"), inventions | refusals | replies())
again = st.tuples(st.sampled_from(["honest", "twice", "deaf", "stale"]))


class Unreliable:
    """A bucket behind a line that plays a list of these; afterwards it is honest."""

    def __init__(self, events):
        self.bucket, self._events, self._before = Bucket(), list(events), reply(200)
        self.peer = MemoryPeer(self)

    def __call__(self, request):
        kind, *what = self._events.pop(0) if self._events else ("honest",)
        answer = self._answer(kind, what, request)
        if answer is not None and kind != "honest":  # nothing more is coming: whoever waits for more need not wait long
            self.peer.cut_answer_at = self.peer.answered + len(answer)
        return answer

    def _answer(self, kind, what, request):
        if kind == "other":
            return what[0]
        if kind == "stale":
            return self._before
        answer = self.bucket(request)
        self._before = answer
        if kind == "spoil":
            at, junk = what
            return answer[:at] + junk + answer[at + len(junk) :]
        return {"honest": answer, "twice": answer * 2, "deaf": None}[kind]


async def upload(line, shelf, steps):
    bench = Bench(shelf, None)
    with line.peer:
        for _ in range(steps):
            await bench.uploader.step()
        bench.uploader._drop_clients()


@settings(max_examples=300, deadline=None)
@given(st.lists(again | spoils | others, max_size=14))
def test_nothing_is_marked_stored_that_the_store_does_not_have(events):
    infos, kept = [Info(1, 25, part_bytes=10), Info(2, 7, part_bytes=10)], []
    shelf, line = Shelf(*infos), Unreliable(events)
    shelf.part_bytes = 10
    shelf.on_stored = lambda info: kept.append(info.data in line.bucket.objects.values())
    asyncio.run(upload(line, shelf, 8))
    remove_files()
    assert kept == [True] * len(kept)


# -- the parsers -------------------------------------------------------------------------------


@given(st.text(alphabet="<>/ABab ?!&;\"'\n", max_size=60), st.sampled_from(["A", "AB", "a"]))
def test_markup_takes_any_text(document, tag):
    markup.root(document)
    markup.is_whole(document, tag)
    assert all(isinstance(inside, str) for inside in [*markup.blocks(document, tag), markup.text(document, tag)])


@given(st.binary(max_size=80), st.booleans())
def test_a_name_server_may_answer_anything(junk, in_place):
    asked = question("store.example")
    answer = b"id\x81\x80" + junk[:8].ljust(8, b"\0") + asked + junk[8:] if in_place else junk
    try:
        found = parse(answer, b"id", asked, "store.example")
    except NoAddress:
        return
    assert found is None or found[0].count(".") == 3


@given(st.text(max_size=40) | st.from_regex(r"Mon, \d\d [JFND][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", fullmatch=True))
def test_a_date_may_be_any_text(text):
    assert unix_s_of(text) is None or isinstance(unix_s_of(text), int)
