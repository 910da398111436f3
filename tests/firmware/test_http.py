# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from peers import NoNames, Server, reply, run

from firmware import http, streams
from firmware.http import BytesBody, Connection, HttpError


def exchange(script, *requests, **limits):
    """Send (method, target, body) one after the other; returns (what came back, the server)."""

    async def talk():
        async with Server(script) as server:
            connection = Connection(server.endpoint, NoNames(), **limits)
            seen = []
            for request in requests:
                seen.append(await outcome(connection, *request))
            connection.close()
            return seen, server

    return run(talk())


async def outcome(connection, method, target, body=b""):
    try:
        answer = await connection.request(method, target, [("x-test", "yes")], BytesBody(body))
    except HttpError as error:
        return error.kind
    return answer.status, answer.body


GET = ("GET", "/a")
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LARGE = bytes(range(256)) * 1024


class HttpTest(unittest.TestCase):
    def test_requests_share_one_connection(self):
        seen, server = exchange([reply(200, b"one"), reply(404, b"two")], GET, ("PUT", "/b?c=d", b"body"))
        self.assertEqual(seen, [(200, b"one"), (404, b"two")])
        self.assertEqual(
            [(r.method, r.target, r.body, r.headers["x-test"]) for r in server.requests],
            [("GET", "/a", b"", "yes"), ("PUT", "/b?c=d", b"body", "yes")],
        )
        self.assertEqual(server.connections, 1)

    def test_a_connection_gone_stale_is_replaced_once(self):
        seen, server = exchange([reply(200, b"one"), Server.HANG_UP, reply(200, b"two")], GET, GET)
        self.assertEqual((seen, server.connections), ([(200, b"one"), (200, b"two")], 2))

    def test_what_comes_unasked_is_not_the_answer_to_the_next_request(self):
        late = reply(200, b"one") + reply(412, b"of something else")
        seen, server = exchange([late, reply(200, b"two")], GET, GET)
        self.assertEqual((seen, server.connections), ([(200, b"one"), (200, b"two")], 2))

    def test_the_answer_to_a_request_given_up_is_not_that_to_the_next(self):
        seen, server = exchange([("late", reply(412, b"too late")), reply(200, b"two")], GET, GET, reply_s=0.02)
        self.assertEqual((seen, server.connections), (["timeout", (200, b"two")], 2))

    def test_a_fresh_connection_that_dies_is_an_error(self):
        seen, server = exchange([Server.HANG_UP, reply(200)], GET)
        self.assertEqual((seen, server.connections), (["lost"], 1))

    def test_a_large_body_waits_to_be_asked_for(self):
        seen, server = exchange([reply(200)], ("PUT", "/a", LARGE))
        self.assertEqual((seen, server.requests[0].headers["expect"]), ([(200, b"")], "100-continue"))
        self.assertTrue(server.requests[0].body == LARGE)

    def test_a_refusal_before_the_body_is_heard(self):
        seen, server = exchange([("early", reply(403, b"no")), reply(200)], ("PUT", "/a", LARGE), GET)
        self.assertEqual((seen, server.connections), ([(403, b"no"), (200, b"")], 2))

    def test_a_server_that_never_asks_gets_the_body_all_the_same(self):
        seen, server = exchange([("mute", reply(200))] * 2, ("PUT", "/a", LARGE), ("PUT", "/b", LARGE), continue_s=0.05)
        self.assertEqual(seen, [(200, b""), (200, b"")])
        self.assertEqual(["expect" in request.headers for request in server.requests], [True, False])

    def test_bodies_in_chunks_and_interim_answers(self):
        chunked = CHUNKED + b"4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\netag: 5\r\n\r\n"
        seen, _ = exchange([b"HTTP/1.1 102 Processing\r\n\r\n" + chunked, reply(200, b"next")], GET, GET)
        self.assertEqual(seen, [(200, b"Wikipedia"), (200, b"next")])

    def test_a_peer_that_closes_after_its_answer(self):
        seen, _ = exchange([b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", reply(204)], GET, GET)
        self.assertEqual(seen, [(200, b"ok"), (204, b"")])

    def test_an_endless_answer_is_cut_and_its_connection_dropped(self):
        seen, server = exchange([reply(200, b"x" * 100_000), reply(200, b"ok")], GET, GET)
        self.assertEqual([(status, len(body)) for status, body in seen], [(200, 16384), (200, 2)])
        self.assertEqual(server.connections, 2)

    def test_what_is_no_http_is_said_to_be_none(self):
        cases = (
            b"SSH-2.0-OpenSSH\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"x" * 9000,
            b"HTTP/1.1 \xc2\xb2\xc2\xb2\xc2\xb2 OK\r\n\r\n",
            b"HTTP/1.1 -20 OK\r\n\r\n",
            b"HTTP/1.1 20\r\n\r\n",
            OK + b"no header\r\n\r\n",
            OK + b"content-length: -1\r\n\r\n",
            OK + b"content-length: \xc2\xb2\r\n\r\n",
            OK + b"transfer-encoding: gzip\r\n\r\n",
            OK + b"".join(b"x-%d: y\r\n" % n for n in range(1000)) + b"\r\n",
            CHUNKED + b"zz\r\n",
            CHUNKED + b"-5\r\n",
            CHUNKED + b"0x5\r\nWorld\r\n0\r\n\r\n",
            CHUNKED + b"3\r\nWorld\r\n0\r\n\r\n",
            CHUNKED + b"0\r\nno trailer\r\n\r\n",
            b"\xff\xfe\r\n",
        )
        self.assertEqual([exchange([case], GET)[0] for case in cases], [["not_http"]] * len(cases))

    def test_an_answer_that_ends_early_is_none(self):
        cases = (
            b"HTTP/1.1 2",
            OK + b"etag: 5",
            OK + b"content-length: 5\r\n\r\nWorl",
            CHUNKED + b"5\r\nWorld\r\n",
        )
        self.assertEqual([exchange([("last", case)], GET)[0] for case in cases], [["lost"]] * len(cases))

    def test_silence_has_an_end(self):
        silences = (Server.SILENCE, OK, OK + b"content-length: 9\r\n\r\n", CHUNKED + b"5\r\n")
        self.assertEqual([exchange([silence], GET, reply_s=0.02)[0] for silence in silences], [["timeout"]] * len(silences))

    def test_an_answer_that_comes_in_drops_has_an_end(self):
        seen, _ = exchange([("drops", b"HTTP/1.1 102 Processing\r\n\r\n")], GET, reply_s=0.05)
        self.assertEqual(seen, ["timeout"])

    def test_nobody_there(self):
        async def talk():
            async with Server([]) as server:
                port = server.port
            return await outcome(Connection("http://127.0.0.1:%d" % port, NoNames()), *GET)

        self.assertEqual(run(talk()), "connect")

    def test_endpoints(self):
        cases = [("https://store.example", (True, "store.example", 443)), ("http://127.0.0.1:8333/", (False, "127.0.0.1", 8333))]
        self.assertEqual([http.split_endpoint(text) for text, _ in cases], [parsed for _, parsed in cases])
        for wrong in ("store.example", "ftp://x", "http://", "https://x:port", "https://x/path"):
            with self.assertRaises(HttpError):
                http.split_endpoint(wrong)


class CertificatesTest(unittest.TestCase):
    def test_pem_text_becomes_der(self):
        pem = "-----BEGIN CERTIFICATE-----\nAQID\nBAU=\n-----END CERTIFICATE-----\n"
        self.assertEqual(streams.certificates("words\n" + pem + pem.replace("\n", "\r\n")), [b"\x01\x02\x03\x04\x05"] * 2)
