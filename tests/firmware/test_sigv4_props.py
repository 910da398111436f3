# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Our signatures are those of botocore, whatever the key, path, query and headers are."""

from datetime import datetime, timezone
from unittest import mock

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from firmware.sigv4 import Signer, hmac_sha256, quote

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
segments = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1, max_size=20)
paths = st.lists(segments.filter(lambda s: s not in (".", "..")), min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30).map(str.strip)
headers = st.dictionaries(st.from_regex(r"x-amz-[a-z]{1,8}(-[a-z]{1,8})?", fullmatch=True), header_values, max_size=4)
RESERVED = {"x-amz-date", "x-amz-content-sha256"}


def botocore_signature(secret_key, region, method, path, query, headers, payload_sha256, unix_s):
    now = datetime.fromtimestamp(unix_s, timezone.utc).replace(tzinfo=None)
    request = AWSRequest(method, "http://store.example:8333" + quote(path, b"/"), params=query, headers=headers)
    request.headers["X-Amz-Content-SHA256"] = payload_sha256
    request.context["payload_signing_enabled"] = True
    auth = S3SigV4Auth(Credentials("AKID", secret_key), "s3", region)
    with (
        mock.patch("botocore.auth.get_current_datetime", return_value=now),
        mock.patch.object(auth, "payload", return_value=payload_sha256),
    ):
        auth.add_auth(request)
    return request.headers["Authorization"]


@given(
    words,
    st.sampled_from(["us-east-1", "eu-west-3", "garage"]),
    st.sampled_from(["GET", "PUT", "POST", "DELETE"]),
    paths,
    st.dictionaries(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=9), texts, max_size=3),
    headers.map(lambda found: {name: value for name, value in found.items() if name not in RESERVED}),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    st.integers(1_700_000_000, 4_000_000_000),
)
def test_signature_is_botocores(secret_key, region, method, path, query, headers, payload_sha256, unix_s):
    pairs = list(headers.items())
    _, signed = Signer("AKID", secret_key, region).sign(method, "store.example:8333", path, query, pairs, payload_sha256, unix_s)
    ours = dict(signed)["authorization"]
    assert ours == botocore_signature(secret_key, region, method, path, query, headers, payload_sha256, unix_s)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_hmac_is_the_standard_librarys(key, message):
    import hmac

    assert hmac_sha256(key, message) == hmac.digest(key, message, "sha256")
