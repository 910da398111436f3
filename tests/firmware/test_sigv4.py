# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import hashlib
import unittest

from firmware.compat import hexlify
from firmware.sigv4 import Signer, canonical_headers, canonical_query, hmac_sha256, quote

# The examples of the S3 documentation ("Signature Calculations for the Authorization Header").
SIGNER = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
EMPTY_SHA256 = hexlify(hashlib.sha256(b"").digest())
HOST = "examplebucket.s3.amazonaws.com"
MAY_24_2013_S = 1_369_353_600


def signature(method, path, query, headers):
    target, signed = Signer(*SIGNER).sign(method, HOST, path, query, headers, EMPTY_SHA256, MAY_24_2013_S)
    return target, dict(signed)["authorization"].split("Signature=")[1]


class SigV4Test(unittest.TestCase):
    def test_hmac_of_rfc_4231(self):
        cases = [
            (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                b"\xaa" * 131,
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ]
        self.assertEqual([hexlify(hmac_sha256(key, message)) for key, message, _ in cases], [tag for _, _, tag in cases])

    def test_examples_of_the_documentation(self):
        seen = [
            signature("GET", "/test.txt", {}, [("Range", "bytes=0-9")]),
            signature("GET", "/", {"lifecycle": ""}, []),
            signature("GET", "/", {"prefix": "J", "max-keys": "2"}, []),
        ]
        expected = [
            ("/test.txt", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            ("/?lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            ("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ]
        self.assertEqual(seen, expected)

    def test_the_key_of_the_day_is_derived_again_after_midnight(self):
        signer = Signer(*SIGNER)
        days = [MAY_24_2013_S, MAY_24_2013_S + 86400, MAY_24_2013_S]
        seen = [signer.sign("GET", HOST, "/", {}, [], EMPTY_SHA256, day)[1] for day in days]
        self.assertTrue(seen[0] == seen[2] and seen[0] != seen[1])

    def test_canonical_forms(self):
        self.assertEqual(quote("a b/ü~*", b"/"), "a%20b/%C3%BC~%2A")
        self.assertEqual(canonical_query({"b": "2 3", "a": "", "a-b": "/"}), "a=&a-b=%2F&b=2%203")
        self.assertEqual(canonical_headers([("X-B", " a   b "), ("A", "1")]), ("a:1\nx-b:a b\n", "a;x-b"))
