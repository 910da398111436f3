# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""S3 client that believes a store only when it proves what it has.

    client = S3Client(settings, link.names, now_unix_s, bytearray(16384))
    etag = await client.put_object(key, Part(file, 0, size, sha256, md5))

Every body is sent with its signed SHA-256 and its Content-MD5, and the ETag that comes back is compared
with our MD5. Objects are only ever created: `If-None-Match: *`. Anything but an explicit
success raises HttpError or its S3Error.
"""

import binascii
import hashlib

from firmware import markup
from firmware.compat import hexlify
from firmware.http import BytesBody, Connection, HttpError
from firmware.s3_errors import as_text, failure, refusal
from firmware.sigv4 import EMPTY_SHA256, Signer

_CREATE_ONLY = ("if-none-match", "*")


class Part:
    """A stretch of a file with the digests taken while it was recorded."""

    def __init__(self, file, offset, size, sha256, md5):
        self.file, self.offset, self.size = file, offset, size
        self.sha256, self.md5 = sha256, md5


class FileBody:
    """Reads a part slice by slice through one buffer; a slice is valid until the next."""

    def __init__(self, part, buffer):
        self.size = part.size
        self._part = part
        self._view = memoryview(buffer)

    def slices(self):
        try:
            self._part.file.seek(self._part.offset)
            left = self.size
            while left:
                count = self._part.file.readinto(self._view[: min(left, len(self._view))])
                if not count:
                    raise OSError("the file ends early")
                yield self._view[:count]
                left -= count
        except OSError as error:
            raise HttpError("card", "a segment cannot be read from the card (%s)" % error) from None


def base64(data):
    return binascii.b2a_base64(data).strip().decode()


def _number(document, tag):
    digits = markup.text(document, tag)
    if not digits.isdigit():
        raise failure("not_s3", "%s is no number" % tag)
    return int(digits)


def multipart_etag(parts):
    """The ETag S3 gives an object uploaded in parts: MD5 of their MD5s, and their number."""
    return "%s-%d" % (hexlify(hashlib.md5(b"".join(md5 for _, md5 in parts)).digest()), len(parts))


class S3Client:
    """One bucket of one store. `buffer` holds a slice of a file; `now_unix_s()` dates the signatures."""

    def __init__(self, settings, names, now_unix_s, buffer):
        self._connection = Connection(settings["endpoint"], names, settings.get("ca_pem", ""))
        self._signer = Signer(settings["access_key"], settings["secret_key"], settings["region"])
        self._bucket = settings["bucket"]
        self._etag_is_md5 = settings.get("etag_is_md5", True)
        self._now_unix_s = now_unix_s
        self._buffer = buffer

    def close(self):
        self._connection.close()

    async def put_object(self, key, part, metadata=()):
        """Store a whole object; returns its ETag. S3Error of kind "exists" if it is there already."""
        reply = await self._send_part(key, {}, part, list(metadata) + [_CREATE_ONLY])
        return self._checked_etag(reply.headers.get("etag", ""), hexlify(part.md5))

    async def create_multipart(self, key, metadata=()):
        """Begin an upload in parts; returns its id."""
        headers = list(metadata) + [("x-amz-checksum-algorithm", "SHA256")]
        document = await self._document("POST", key, {"uploads": ""}, "InitiateMultipartUploadResult", headers)
        upload_id = markup.text(document, "UploadId")
        if not upload_id:
            raise failure("not_s3", "no upload id")
        return upload_id

    async def upload_part(self, key, upload_id, number, part):
        reply = await self._send_part(key, {"partNumber": str(number), "uploadId": upload_id}, part, [])
        self._checked_etag(reply.headers.get("etag", ""), hexlify(part.md5))

    async def list_parts(self, key, upload_id):
        """{part number: (size, ETag)} of what the store has; more than the 1000 it lists are never ours."""
        document = await self._document("GET", key, {"uploadId": upload_id}, "ListPartsResult")
        return {
            _number(part, "PartNumber"): (_number(part, "Size"), markup.text(part, "ETag").strip('"'))
            for part in markup.blocks(document, "Part")
        }

    async def complete(self, key, upload_id, parts):
        """Make one object of `parts`, [(sha256, md5)]; returns its ETag. May be repeated after a lost reply."""
        body = "".join(
            '<Part><PartNumber>%d</PartNumber><ETag>"%s"</ETag><ChecksumSHA256>%s</ChecksumSHA256></Part>'
            % (number, hexlify(md5), base64(sha256))
            for number, (sha256, md5) in enumerate(parts, 1)
        )
        body = '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">%s</CompleteMultipartUpload>' % body
        document = await self._document(
            "POST", key, {"uploadId": upload_id}, "CompleteMultipartUploadResult", [_CREATE_ONLY], body.encode()
        )
        etag = multipart_etag(parts)
        # Ceph 16 leaves the ETag empty here. Each part's was compared, and the result element is explicit.
        return self._checked_etag(markup.text(document, "ETag") or etag, etag)

    async def abort(self, key, upload_id):
        """Drop an upload and its parts."""
        reply = await self._request("DELETE", key, {"uploadId": upload_id}, [], EMPTY_SHA256)
        if reply.status != 204:
            raise refusal(reply)

    async def _send_part(self, key, query, part, headers):
        headers = headers + [("content-md5", base64(part.md5)), ("x-amz-checksum-sha256", base64(part.sha256))]
        reply = await self._request("PUT", key, query, headers, hexlify(part.sha256), FileBody(part, self._buffer))
        if reply.status != 200 or reply.body.strip():
            raise refusal(reply)
        return reply

    async def _document(self, method, key, query, expected_root, headers=(), body=b""):
        """The XML of an answer; a 200 with another root is a failure."""
        digest = hashlib.sha256(body).digest()
        headers = list(headers)
        if body:
            headers.append(("content-md5", base64(hashlib.md5(body).digest())))
        reply = await self._request(method, key, query, headers, hexlify(digest), BytesBody(body))
        document = as_text(reply.body)
        if reply.status != 200 or markup.root(document) != expected_root:
            raise refusal(reply)
        return document

    async def _request(self, method, key, query, headers, payload_sha256, body=None):
        path = "/%s/%s" % (self._bucket, key)
        host = self._connection.authority
        target, headers = self._signer.sign(method, host, path, query, headers, payload_sha256, self._now_unix_s())
        return await self._connection.request(method, target, headers, body)

    def _checked_etag(self, etag, expected):
        etag = etag.strip('"')
        if not etag:
            raise failure("not_s3", "no ETag")
        if self._etag_is_md5 and etag != expected:
            raise failure("digest", "ETag %s, not %s" % (etag, expected))
        return etag
