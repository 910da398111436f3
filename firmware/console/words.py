# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Numbers and facts as people read them; and the checks of what people type."""

from firmware.console.errors import CommandError

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def size(count):
    """12345678 -> "12.3 MB"."""
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count /= 1000
        unit += 1
    return "%d bytes" % count if unit == 0 else "%.1f %s" % (count, _UNITS[unit])


def duration(duration_ms):
    """A span of time in its two largest units."""
    seconds = duration_ms // 1000
    if seconds < 60:
        return "%d s" % seconds
    if seconds < 3600:
        return "%d min %02d s" % (seconds // 60, seconds % 60)
    return "%d h %02d min" % (seconds // 3600, seconds // 60 % 60)


def count(number, noun):
    return "%d %s%s" % (number, noun, "" if number == 1 else "s")


def table(rows):
    """(name, value) pairs as aligned rows; a pair without a value is left out."""
    shown = [(name, value) for name, value in rows if value not in (None, "")]
    width = max((len(name) for name, _ in shown), default=0)
    return "\n".join("%-*s  %s" % (width, name, value) for name, value in shown)


def log_line(uptime_ms, level, kind, message):
    """One event as one row, such as `[    12.345] warn wifi: no known network`."""
    mark = "" if level == "info" else level + " "
    return "[%6d.%03d] %s%s: %s" % (uptime_ms // 1000, uptime_ms % 1000, mark, kind, " ".join(message.split()))


def event_entry(event):
    """One of the health record, for programs."""
    uptime_ms, level, kind, message, data = event
    return {"uptime_ms": uptime_ms, "level": level, "kind": kind, "text": message, "data": data}


def event_row(entry):
    return log_line(entry["uptime_ms"], entry["level"], entry["kind"], entry["text"])


def at_most(args, number, usage):
    if len(args) > number:
        raise CommandError("Too many words: %s." % " ".join(args[number:]), "Usage: %s" % usage)


def choice(word, known, usage):
    """`word` if it is one of the known ones; else an error that lists them."""
    if word not in known:
        raise CommandError("%s is not known here." % word, "Usage: %s" % usage)
    return word


def whole_number(word, lowest, highest, what):
    if not word.isdigit() or not lowest <= int(word[:9]) <= highest:
        raise CommandError("%s is no %s." % (word, what), "Give a whole number from %d to %d." % (lowest, highest))
    return int(word)


def signed_number(word, lowest, highest, what):
    digits = word[1:] if word[:1] == "-" else word
    if not digits.isdigit() or not lowest <= int(word[:10]) <= highest:
        raise CommandError("%s is no %s." % (word, what), "Give a whole number from %d to %d." % (lowest, highest))
    return int(word)


def segment_name(word):
    """ "12/3" -> (12, 3)"""
    boot, _, segment = word.partition("/")
    if not (boot.isdigit() and segment.isdigit()):
        raise CommandError("%s is no name of a segment." % word, "It is boot/segment, such as 12/3; type segments to see some.")
    return int(boot[:9]), int(segment[:9])


def need(part, what):
    """The part of the recorder a command works on, once it exists."""
    if part is None:
        raise CommandError("%s is not ready yet." % what, "Type status to see what it waits for.")
    return part
