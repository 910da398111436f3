# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import unittest

from firmware import markup

PARTS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment --><ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><PartNumberMarker>0</PartNumberMarker>
<Part><PartNumber>1</PartNumber><ETag>&quot;ab&quot;</ETag></Part><Part ><PartNumber>2</PartNumber><ETag>"cd"</ETag></Part>
<Owner/></ListPartsResult>"""


class MarkupTest(unittest.TestCase):
    def test_root(self):
        cases = [(PARTS, "ListPartsResult"), ("<html>", "html"), ("", ""), ("plain", ""), ("<?xml?>", ""), ("<Error/>", "Error")]
        self.assertEqual([markup.root(document) for document, _ in cases], [name for _, name in cases])

    def test_blocks_are_found_by_their_whole_name(self):
        parts = markup.blocks(PARTS, "Part")
        self.assertEqual([(markup.text(p, "PartNumber"), markup.text(p, "ETag")) for p in parts], [("1", '"ab"'), ("2", '"cd"')])

    def test_what_is_missing_or_empty_is_an_empty_text(self):
        self.assertEqual([markup.text(PARTS, tag) for tag in ("Owner", "Nothing", "Par")], ["", "", ""])

    def test_entities_are_decoded_once(self):
        self.assertEqual(markup.text("<M>&lt;a&gt; &amp;quot; b</M>", "M"), "<a> &quot; b")

    def test_a_torn_document_is_no_trap(self):
        for end in range(len(PARTS)):
            markup.root(PARTS[:end])
            markup.blocks(PARTS[:end], "Part")
