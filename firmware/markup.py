# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""As much XML as the answers of an S3 store need: leaf elements of a short document."""

_ENTITIES = (("&quot;", '"'), ("&#34;", '"'), ("&apos;", "'"), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def root(document):
    """Name of the outermost element, or "" if this is no XML document."""
    at = 0
    while True:
        at = document.find("<", at)
        if at < 0:
            return ""
        name = _name_at(document, at + 1)
        if name[:1] not in ("?", "!"):
            return name
        at += 1


def is_whole(document, name):
    """Whether this is a document with that outermost element, from its beginning to its end."""
    return root(document) == name and document.rstrip().endswith("</%s>" % name)


def _name_at(document, start):
    end = start
    while end < len(document) and document[end] not in " \t\r\n/>":
        end += 1
    return document[start:end]


def blocks(document, tag):
    """The inside of each element of this name, in order; elements of one name must not nest."""
    found = []
    at = document.find("<" + tag)
    while at >= 0:
        start = document.find(">", at) + 1
        if not start:
            break
        end = start
        if _name_at(document, at + 1) == tag:
            inside = ""
            if document[start - 2] != "/":
                end = document.find("</%s>" % tag, start)
                inside = document[start : end if end >= 0 else len(document)]
            found.append(inside)
        at = document.find("<" + tag, max(end, start))
    return found


def text(document, tag):
    """The text of the first element of this name, or ""."""
    inside = (blocks(document, tag) or [""])[0].strip()
    for entity, character in _ENTITIES:
        inside = inside.replace(entity, character)
    return inside
