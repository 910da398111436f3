# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""S3 client that believes a store only when it proves what it has.

    client = S3Client(settings, link.names, now_unix_s, bytearray(16384))
    etag = await client.put_object(key, Part(file, 0, size, sha256, md5))

Every body is sent with its signed SHA-256 and its Content-MD5, and the ETag that comes back is compared
with our MD5. Objects are only created, by `If-None-Match: *`, unless they are to be written once more with
the same bytes. Anything but an explicit success raises HttpError or its S3Error.
"""

import binascii
import hashlib

from firmware import markup
from firmware.compat import hexlify
from firmware.http import BytesBody, Connection, HttpError
from firmware.replies import number
from firmware.s3_errors import as_text, failure, refusal
from firmware.sigv4 import Signer

_CREATE_ONLY = (("if-none-match", "*"),)


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
        file, at, end = self._part.file, self._part.offset, self._part.offset + self.size
        try:
            while at < end:
                file.seek(at)  # another part of the same file may be sent at the same time
                count = file.readinto(self._view[: min(end - at, len(self._view))])
                if not count:
                    raise OSError("the file ends early")
                yield self._view[:count]
                at += count
        except OSError as error:
            raise HttpError("card", "a segment cannot be read from the card (%s)" % error) from None


def base64(data):
    return binascii.b2a_base64(data).strip().decode()


def _number(document, tag):
    value = number(markup.text(document, tag))
    if value is None:
        raise failure("not_s3", "%s is no number" % tag)
    return value


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

    async def put_object(self, key, part, metadata=(), again=False):
        """Store a whole object; returns its ETag. S3Error of kind "exists" if it is there already and is not to be sent `again`."""
        reply = await self._send_part(key, {}, part, metadata if again else metadata + _CREATE_ONLY)
        return self._proven(reply, part)

    async def create_multipart(self, key, metadata=()):
        """Begin an upload in parts; returns its id."""
        headers = metadata + (("x-amz-checksum-algorithm", "SHA256"),)
        document = await self._document("POST", key, {"uploads": ""}, "InitiateMultipartUploadResult", headers)
        upload_id = markup.text(document, "UploadId")
        if not upload_id:
            raise failure("not_s3", "no upload id")
        return upload_id

    async def upload_part(self, key, upload_id, part_number, part):
        """Store one part; returns its ETag, which `complete` wants to hear again."""
        reply = await self._send_part(key, {"partNumber": str(part_number), "uploadId": upload_id}, part)
        return self._proven(reply, part)

    async def list_parts(self, key, upload_id):
        """{part number: (size, ETag)} of what the store has; more than the 1000 it lists are never ours."""
        document = await self._document("GET", key, {"uploadId": upload_id}, "ListPartsResult")
        return {
            _number(part, "PartNumber"): (_number(part, "Size"), markup.text(part, "ETag").strip('"'))
            for part in markup.blocks(document, "Part")
        }

    async def complete(self, key, upload_id, parts, etags, again=False):
        """Make one object of `parts`, [(sha256, md5)]; returns its ETag, which Ceph 16 leaves empty. `again` as in `put_object`."""
        body = "".join(
            '<Part><PartNumber>%d</PartNumber><ETag>"%s"</ETag><ChecksumSHA256>%s</ChecksumSHA256></Part>' % (place, etag, base64(sha256))
            for place, (etag, (sha256, _)) in enumerate(zip(etags, parts), 1)
        )
        body = '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">%s</CompleteMultipartUpload>' % body
        document = await self._document(
            "POST", key, {"uploadId": upload_id}, "CompleteMultipartUploadResult", () if again else _CREATE_ONLY, body.encode()
        )
        etag, expected = markup.text(document, "ETag").strip('"'), multipart_etag(parts)
        if self._etag_is_md5 and etag not in ("", expected):
            raise failure("digest", "ETag %s, not %s" % (etag, expected))
        return etag

    async def _send_part(self, key, query, part, headers=()):
        headers += (("content-md5", base64(part.md5)), ("x-amz-checksum-sha256", base64(part.sha256)))
        reply = await self._request("PUT", key, query, headers, hexlify(part.sha256), FileBody(part, self._buffer))
        if reply.status != 200 or reply.body.strip():
            raise refusal(reply)
        return reply

    async def _document(self, method, key, query, expected_root, headers=(), body=b""):
        """The XML of an answer; a 200 with another root is a failure."""
        digest = hashlib.sha256(body).digest()
        if body:
            headers += (("content-md5", base64(hashlib.md5(body).digest())),)
        reply = await self._request(method, key, query, headers, hexlify(digest), BytesBody(body))
        document = as_text(reply.body)
        if reply.status != 200 or not markup.is_whole(document, expected_root):
            raise refusal(reply)
        return document

    async def _request(self, method, key, query, headers, payload_sha256, body=None):
        path = "/%s/%s" % (self._bucket, key)
        host = self._connection.authority
        target, headers = self._signer.sign(method, host, path, query, list(headers), payload_sha256, self._now_unix_s())
        return await self._connection.request(method, target, headers, body)

    def _proven(self, reply, part):
        """The ETag of what was sent, once a checksum that came back is ours: the ETag itself, or, of a store that encrypts,
        the SHA-256 beside it."""
        etag, expected = reply.headers.get("etag", "").strip('"'), hexlify(part.md5)
        if not etag:
            raise failure("not_s3", "no ETag")
        if self._etag_is_md5 and etag != expected:
            raise failure("digest", "ETag %s, not %s" % (etag, expected))
        if not self._etag_is_md5 and reply.headers.get("x-amz-checksum-sha256") != base64(part.sha256):
            raise failure("digest", "no x-amz-checksum-sha256, or another one")
        return etag
