# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a store's refusal means: its kind, and plain words that say what to do."""

from firmware import markup
from firmware.compat import const
from firmware.http import HttpError
from firmware.replies import number

BUSY_S, LONGEST_BUSY_S = const(30), const(900)  # how long a store is left alone that does not say, and at most
_LONGEST_WORDS = const(120)


class S3Error(HttpError):
    """The store answered, but not with a success."""


# kind: what happened and what to do; the store's own words are added in brackets
WORDS = {
    "auth": "the store refused this recorder's key; check access_key, secret_key and what the key may do",
    "clock": "the store refused this recorder's clock; check its time",
    "region": "the store wants another region or endpoint; check region and endpoint",
    "quota": "the store is full or this bucket's quota is used up; make room there",
    "bucket": "the store has no such bucket; check bucket",
    "throttled": "the store is busy and asks for patience",
    "server": "the store has a fault of its own; some say this when they are full or over a quota: check there",
    "exists": "the object exists already",
    "digest": "the bytes the store received are not those that were recorded; the card may be failing",
    "upload_gone": "the store no longer knows this multipart upload",
    "segment": "the store does not accept a segment like this",
    "not_s3": "what answers there is no S3 store; is it this network's login page, or the wrong endpoint?",
}

# Errors of one segment; all others are the store's, the network's or the settings', and so every segment's.
SEGMENT_KINDS = ("digest", "upload_gone", "segment", "card")

_CODES = {
    "auth": "AccessDenied InvalidAccessKeyId SignatureDoesNotMatch AccountProblem ExpiredToken InvalidToken InvalidSecurity",
    "clock": "RequestTimeTooSkewed RequestExpired",
    "region": "PermanentRedirect TemporaryRedirect Redirect AuthorizationHeaderMalformed IllegalLocationConstraintException",
    "quota": "QuotaExceeded InsufficientStorage InsufficientCapacity XMinioStorageFull StorageFull",
    "bucket": "NoSuchBucket InvalidBucketName",
    "throttled": "SlowDown Throttling ThrottlingException RequestLimitExceeded TooManyRequests ServiceUnavailable Busy",
    "server": "InternalError OperationAborted ConditionalRequestConflict RequestTimeout",
    "exists": "PreconditionFailed",
    "digest": "BadDigest InvalidDigest XAmzContentSHA256Mismatch XAmzContentChecksumMismatch IncompleteBody",
    "upload_gone": "NoSuchUpload InvalidPart InvalidPartOrder",
    "segment": "EntityTooLarge EntityTooSmall KeyTooLongError InvalidRequest InvalidArgument MetadataTooLarge",
}
_KIND_OF_CODE = {code: kind for kind, codes in _CODES.items() for code in codes.split()}
# Without a code; "exists" is never guessed, since it counts as stored.
_KIND_OF_STATUS = {401: "auth", 403: "auth", 408: "server", 413: "segment", 429: "throttled", 503: "throttled", 507: "quota"}
_TELLING = {"region": "x-amz-bucket-region", "not_s3": "location", "clock": "date"}  # kind: the header that says where to look


def failure(kind, detail="", headers=None):
    """An S3Error in words."""
    return S3Error(kind, WORDS[kind] + (" (%s)" % detail if detail else ""), headers)


def refusal(reply):
    """The S3Error for an answer that is not a success, also one inside a 200."""
    document = as_text(reply.body)
    code = markup.text(document, "Code") if markup.root(document) == "Error" else ""
    kind = _kind(reply, code)
    details = [code or "HTTP %d" % reply.status, markup.text(document, "Message") if code else ""]
    header = _TELLING.get(kind)
    if header in reply.headers:
        details.append("%s %s" % (header, reply.headers[header]))
    return failure(kind, ": ".join(_plain(detail) for detail in details if detail), reply.headers)


def asked_pause_ms(error):
    """How long the store wants to be left alone, within reason."""
    if error.kind not in ("throttled", "server"):
        return 0
    asked_s = number(error.headers.get("retry-after", ""))
    if asked_s is None:
        asked_s = BUSY_S if error.kind == "throttled" else 0
    return 1000 * min(asked_s, LONGEST_BUSY_S)


def _kind(reply, code):
    if code:
        return _KIND_OF_CODE.get(code) or ("server" if reply.status >= 500 else "segment")
    if reply.status >= 500 or not reply.body:
        return _KIND_OF_STATUS.get(reply.status) or ("server" if reply.status >= 500 else "not_s3")
    return "not_s3"


def _plain(text):
    """What a peer says, as it may be shown on a terminal."""
    return "".join(character if " " <= character <= "~" else "?" for character in text[:_LONGEST_WORDS])


def as_text(body):
    """A body as str; what is not text is none of an S3 store."""
    try:
        return body.decode()
    except UnicodeError:
        return ""
