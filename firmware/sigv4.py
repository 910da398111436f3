# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""AWS Signature Version 4, the part S3 needs.

signer = Signer(access_key, secret_key, "us-east-1")
target, headers = signer.sign("PUT", "store.example:8334", "/bucket/key", {}, headers, payload_sha256, unix_s)
"""

import hashlib

from firmware.compat import hexlify
from firmware.timekeeper import compact

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_BLOCK = 64


def hmac_sha256(key, message):
    """HMAC from two hashes: the board has no hmac module and its hashes cannot be copied."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    key = key + bytes(_BLOCK - len(key))
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key))
    inner.update(message)
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in key))
    outer.update(inner.digest())
    return outer.digest()


def quote(text, safe=b""):
    """Percent-encode as SigV4 wants it: all but the unreserved characters."""
    kept = _UNRESERVED + safe
    return "".join(chr(b) if b in kept else "%%%02X" % b for b in text.encode())


def canonical_query(query):
    """`query` is a dict of unquoted names and values."""
    return "&".join("%s=%s" % pair for pair in sorted((quote(name), quote(value)) for name, value in query.items()))


def canonical_headers(headers):
    """(canonical block, signed names) of (name, value) pairs; runs of blanks count as one."""
    pairs = sorted((name.lower(), " ".join(value.split())) for name, value in headers)
    return "".join("%s:%s\n" % pair for pair in pairs), ";".join(name for name, _ in pairs)


class Signer:
    """Signs requests for one key and region; the key of a day is derived once."""

    def __init__(self, access_key, secret_key, region):
        self._access_key = access_key
        self._secret_key = secret_key
        self._region = region
        self._day = None
        self._day_key = b""

    def sign(self, method, host, path, query, headers, payload_sha256, unix_s):
        """(target, headers to send): what was given, with host, date, payload hash and signature."""
        now = compact(unix_s)
        target_path, arguments = quote(path, b"/"), canonical_query(query)
        headers = headers + [("host", host), ("x-amz-date", now), ("x-amz-content-sha256", payload_sha256)]
        block, names = canonical_headers(headers)
        request = "\n".join((method, target_path, arguments, block, names, payload_sha256))
        scope = "%s/%s/s3/aws4_request" % (now[:8], self._region)
        signature = self._signature(now, scope, request)
        value = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (self._access_key, scope, names, signature)
        return target_path + ("?" + arguments if arguments else ""), headers + [("authorization", value)]

    def _signature(self, now, scope, request):
        text = "\n".join(("AWS4-HMAC-SHA256", now, scope, hexlify(hashlib.sha256(request.encode()).digest())))
        return hexlify(hmac_sha256(self._key(now[:8]), text.encode()))

    def _key(self, day):
        if day != self._day:
            key = ("AWS4" + self._secret_key).encode()
            for part in (day, self._region, "s3", "aws4_request"):
                key = hmac_sha256(key, part.encode())
            self._day, self._day_key = day, key
        return self._day_key
