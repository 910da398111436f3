# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a store's refusal means: its kind, and plain words that say what to do."""

from firmware import markup
from firmware.http import HttpError


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
_KIND_OF_STATUS = {401: "auth", 403: "auth", 413: "segment", 429: "throttled", 503: "throttled", 507: "quota"}


def failure(kind, detail=""):
    """An S3Error in words."""
    return S3Error(kind, WORDS[kind] + (" (%s)" % detail if detail else ""))


def refusal(reply):
    """The S3Error for an answer that is not a success, also one inside a 200."""
    document = as_text(reply.body)
    code = markup.text(document, "Code") if markup.root(document) == "Error" else ""
    return failure(_kind(reply, code), _detail(reply.status, code, document))


def _kind(reply, code):
    if code:
        return _KIND_OF_CODE.get(code) or ("server" if reply.status >= 500 else "segment")
    if reply.status >= 500 or not reply.body:
        return _KIND_OF_STATUS.get(reply.status) or ("server" if reply.status >= 500 else "not_s3")
    return "not_s3"


def _detail(status, code, document):
    message = markup.text(document, "Message")[:120] if code else ""
    return ": ".join(part for part in (code or "HTTP %d" % status, message) if part)


def as_text(body):
    """A body as str; what is not text is none of an S3 store."""
    try:
        return body.decode()
    except UnicodeError:
        return ""
