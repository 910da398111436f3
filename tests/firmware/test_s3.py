# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import binascii
import hashlib
import io
import unittest

from peers import NoNames, Server, reply, run

from firmware.compat import hexlify
from firmware.http import HttpError
from firmware.s3 import Part, S3Client, multipart_etag

DATA = bytes(range(256)) * 8
SHA256, MD5 = hashlib.sha256(DATA).digest(), hashlib.md5(DATA).digest()
ETAG = '"%s"' % hexlify(MD5)
PARTS = [(SHA256, MD5), (SHA256, MD5)]
ETAGS = [hexlify(MD5)] * 2
SHA256_BASE64 = binascii.b2a_base64(SHA256).strip().decode()
NOW_S = 1_795_435_200


def part(data=DATA):
    return Part(io.BytesIO(b"before" + data), 6, len(DATA), SHA256, MD5)


def error(code, message="so it is"):
    return ("<?xml version='1.0'?><Error><Code>%s</Code><Message>%s</Message></Error>" % (code, message)).encode()


def call(script, use, **settings):
    """What `use(client)` returned, or the kind of its error; and the requests that were made."""

    async def talk():
        async with Server(script) as server:
            values = {"endpoint": server.endpoint, "region": "eu-1", "bucket": "b", "access_key": "AK", "secret_key": "SK"}
            values.update(settings)
            client = S3Client(values, NoNames(), lambda: NOW_S, bytearray(300))
            try:
                result = await use(client)
            except HttpError as failure:
                result = failure.kind
            client.close()
            return result, server.requests

    return run(talk())


def put(answer, data=DATA, **settings):
    return call([answer], lambda client: client.put_object("k/ö", part(data), (("x-amz-meta-sha256", "55"),)), **settings)


def refusal(answer):
    """What is said in brackets."""

    async def use(client):
        try:
            await client.put_object("k", part())
        except HttpError as failure:
            return failure.text[failure.text.index("(") :]

    return call([answer], use)[0]


class PutTest(unittest.TestCase):
    def test_everything_that_can_be_checked_is_sent(self):
        result, (request,) = put(reply(200, etag=ETAG))
        self.assertEqual((result, request.method, request.target), (hexlify(MD5), "PUT", "/b/k/%C3%B6"))
        self.assertTrue(request.body == DATA)
        sent = [request.headers[name] for name in ("if-none-match", "x-amz-meta-sha256", "x-amz-content-sha256", "x-amz-date")]
        self.assertEqual(sent, ["*", "55", hexlify(SHA256), "20261123T120000Z"])
        self.assertEqual((len(request.headers["content-md5"]), len(request.headers["x-amz-checksum-sha256"])), (24, 44))
        signed = request.headers["authorization"].split("SignedHeaders=")[1].split(",")[0]
        self.assertEqual(signed, "content-md5;host;if-none-match;x-amz-checksum-sha256;x-amz-content-sha256;x-amz-date;x-amz-meta-sha256")

    def test_only_an_explicit_success_is_one(self):
        cases = [
            (reply(200, etag='"%s"' % ("0" * 32)), "digest"),
            (reply(200), "not_s3"),
            (reply(200, b"<html>Welcome</html>", etag=ETAG), "not_s3"),
            (reply(200, error("InternalError"), etag=ETAG), "server"),
            (reply(201, etag=ETAG), "not_s3"),
            (reply(204, etag=ETAG), "not_s3"),
            (reply(302, b"<html/>", location="http://login"), "not_s3"),
            (reply(301, error("PermanentRedirect")), "region"),
            (reply(307, error("TemporaryRedirect")), "region"),
            (reply(409, error("OperationAborted")), "server"),
            (reply(403, error("SignatureDoesNotMatch")), "auth"),
            (reply(403, error("RequestTimeTooSkewed")), "clock"),
            (reply(403, error("QuotaExceeded")), "quota"),
            (reply(403, b"<html>proxy</html>"), "not_s3"),
            (reply(403), "auth"),
            (reply(404, error("NoSuchBucket")), "bucket"),
            (reply(400, error("BadDigest")), "digest"),
            (reply(400, error("AuthorizationHeaderMalformed")), "region"),
            (reply(400, error("SomethingNew")), "segment"),
            (reply(412, error("PreconditionFailed")), "exists"),
            (reply(412), "not_s3"),
            (reply(412, b"<html/>"), "not_s3"),
            (reply(500, error("SomethingNew")), "server"),
            (reply(502, b"<html>Bad gateway</html>"), "server"),
            (reply(503, error("SlowDown")), "throttled"),
            (reply(507), "quota"),
            (Server.HANG_UP, "lost"),
        ]
        self.assertEqual([put(answer)[0] for answer, _ in cases], [kind for _, kind in cases])

    def test_a_refusal_says_where_to_look(self):
        cases = [
            (
                reply(301, error("PermanentRedirect", "use it"), x_amz_bucket_region="eu-7"),
                "PermanentRedirect: use it: x-amz-bucket-region eu-7",
            ),
            (reply(302, location="http://login/"), "HTTP 302: location http://login/"),
            (reply(403, error("RequestTimeTooSkewed", ""), date="Mon"), "RequestTimeTooSkewed: date Mon"),
            (reply(403, error("AccessDenied", "\x1b[2J" + "x" * 200)), "AccessDenied: ?[2J" + "x" * 116),
        ]
        self.assertEqual([refusal(answer) for answer, _ in cases], ["(%s)" % words for _, words in cases])

    def test_a_store_that_encrypts_has_other_etags(self):
        proofs = ({"x_amz_checksum_sha256": SHA256_BASE64}, {"x_amz_checksum_sha256": "AAAA"}, {})
        seen = [put(reply(200, etag='"other"', **proof), etag_is_md5=False)[0] for proof in proofs]
        self.assertEqual(seen, ["other", "digest", "digest"])

    def test_a_card_that_returns_too_little(self):
        self.assertEqual(put(reply(200, etag=ETAG), DATA[:-1])[0], "card")


class MultipartTest(unittest.TestCase):
    def test_create(self):
        answer = (
            b'<?xml version="1.0"?>\n<InitiateMultipartUploadResult xmlns="x"><UploadId>id&amp;1</UploadId></InitiateMultipartUploadResult>'
        )
        result, (request,) = call([reply(200, answer)], lambda client: client.create_multipart("k"))
        self.assertEqual((result, request.method, request.target), ("id&1", "POST", "/b/k?uploads="))

    def test_upload_part(self):
        result, (request,) = call([reply(200, etag=ETAG)], lambda client: client.upload_part("k", "id&1", 2, part()))
        self.assertEqual(
            (result, request.target, "if-none-match" in request.headers), (ETAGS[0], "/b/k?partNumber=2&uploadId=id%261", False)
        )
        self.assertEqual(call([reply(200, etag='"x"')], lambda client: client.upload_part("k", "id", 2, part()))[0], "digest")

    def test_list_parts(self):
        answer = b"<ListPartsResult>" + b"".join(
            b"<Part><PartNumber>%d</PartNumber><ETag>&quot;e%d&quot;</ETag><Size>%d</Size></Part>" % (n, n, n * 10) for n in (1, 3)
        )
        result, (request,) = call([reply(200, answer + b"</ListPartsResult>")], lambda client: client.list_parts("k", "id"))
        self.assertEqual((result, request.method), ({1: (10, "e1"), 3: (30, "e3")}, "GET"))
        broken = b"<ListPartsResult><Part><PartNumber>?</PartNumber></Part></ListPartsResult>"
        self.assertEqual(call([reply(200, broken)], lambda client: client.list_parts("k", "id"))[0], "not_s3")
        broken = "<ListPartsResult><Part><PartNumber>²</PartNumber></Part></ListPartsResult>".encode()
        self.assertEqual(call([reply(200, broken)], lambda client: client.list_parts("k", "id"))[0], "not_s3")

    def test_complete_believes_only_the_result_element(self):
        etag = multipart_etag(PARTS)
        done = "<CompleteMultipartUploadResult><ETag>%s</ETag></CompleteMultipartUploadResult>"
        cases = [
            (reply(200, (done % ("&quot;%s&quot;" % etag)).encode()), etag),
            (reply(200, b"  \n<?xml version='1.0'?>" + (done % "").encode()), ""),  # Ceph 16
            (reply(200, (done % '"00-2"').encode()), "digest"),
            (reply(200, error("InternalError")), "server"),
            (reply(200, (done % "").encode()[:-5]), "not_s3"),  # cut off before the ETag
            (reply(200, b"   "), "not_s3"),
            (reply(200), "not_s3"),
            (reply(404, error("NoSuchUpload")), "upload_gone"),
            (reply(412, error("PreconditionFailed")), "exists"),
        ]
        self.assertEqual(
            [call([answer], lambda c: c.complete("k", "id", PARTS, ETAGS))[0] for answer, _ in cases], [seen for _, seen in cases]
        )

    def test_complete_sends_every_checksum(self):
        _, (request,) = call([reply(500)], lambda client: client.complete("k", "id", PARTS, ETAGS))
        body = request.body.decode()
        self.assertEqual((body.count(hexlify(MD5)), body.count("<ChecksumSHA256>"), request.headers["if-none-match"]), (2, 2, "*"))

    def test_etag_of_parts(self):
        joined = hashlib.md5(MD5 + MD5).digest()
        self.assertEqual(multipart_etag(PARTS), hexlify(joined) + "-2")
