# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is wrong with a card, in words: what happened, what to do."""

from firmware.compat import const
from firmware.fat_format import MARK

SECTOR, MB = const(512), const(1_000_000)
EIO, ENODEV, EFBIG, ENOSPC, EROFS, EBADMSG, ESTALE = const(5), const(19), const(27), const(28), const(30), const(74), const(116)

NONE = "there is no card in the slot, or it does not answer; insert one"
NO_FILES = "the card has no FAT file system; insert another one, or type card format"
FOOTAGE = "the file system is gone, but there is footage: get it off with daylog recover --carve on a computer, or insert another card"
READ = "the card answers with read errors; copy what is on it on a computer, and replace it"
WRITE = "the card takes no writes: it is locked or worn out; insert another one"
LIES = "the card does not give back what is written to it: it is worn out or counterfeit; replace it"
FAILS = "the card answers with errors: it was pulled out, or is worn out; put it in again, or replace it"
GONE = "the card was taken out, or is not what it was"
FULL = "the card is full, and nothing on it may be removed; bring it into Wi-Fi, or insert an empty card"
USED_UP = "all that this counterfeit card has is used; replace it, or type card format"
HALF_FORMATTED = "formatting the card was broken off; type card format to begin again"
COUNTERFEIT = "the card says it has %d MB and has %d MB; no more than that is written: replace it, or type card format to use what it has"
WORN = "the card has failed several times since boot; replace it"
UNKNOWN = "the card fails with error %s; take it out, check it on a computer, replace it"

NO_WRITE = "the card did not take a write; it is opened anew"
NO_READ = "the card did not answer a read; it is opened anew"

_BY_TROUBLE = {"read": READ, "write": WRITE}
_FIRST = {"read": NO_READ, "write": NO_WRITE}
_BY_NUMBER = {EBADMSG: LIES, EFBIG: USED_UP, EIO: FAILS, ENODEV: NO_FILES, ENOSPC: FULL, EROFS: WRITE, ESTALE: GONE}


def failed(error, card):
    """What the first error of a card that was in use means: it may be gone, worn out, or well again when it is opened anew."""
    return _FIRST.get(card.trouble if card else "") or why(error, card)


def why(error, card):
    """Why a card cannot be used, after an OSError; `card` is its guard, or None if none answered."""
    if card is None:
        return error.args[1] if len(error.args) > 1 else NONE  # the port may know where it should be
    if card.first.startswith(MARK):
        return HALF_FORMATTED
    return _BY_TROUBLE.get(card.trouble) or _BY_NUMBER.get(error.args[0]) or UNKNOWN % error.args[0]


def counterfeit(card, used_bytes):
    """What to say of a card whose file system goes beyond what the card has; "" of any other."""
    if used_bytes <= card.sectors * SECTOR:
        return ""
    return COUNTERFEIT % (card.says_sectors * SECTOR // MB, card.sectors * SECTOR // MB)
