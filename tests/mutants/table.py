# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Deliberate bugs in storage and upload, and the tests of which at least one must fail because of each.

`make mutants` puts them in, one at a time; a mutant that no test notices is a missing test.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` stands exactly once in the file; each of `tests` is what pytest is given, the likeliest first."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


RUNNER = "tests/host/test_runner.py"
CUTS = f"{RUNNER}::test_whenever_the_power_goes_everything_is_explained"
BAD_CARDS = "tests/host/test_bad_cards.py"
LIES = f"{BAD_CARDS} -k lie"
BAD_STORES = "tests/firmware/test_bad_stores.py"
COMPUTER_CUTS = "tests/host/test_computer_runs.py -k power_cut"
FOLDER_CUTS = "tests/host/test_computer_cuts.py -k promise"
LEDGER = "tests/firmware/test_ledger.py"
RECORDER = "tests/firmware/test_recorder.py"
TRACK = "tests/firmware/test_track.py"
RECOVERY = "tests/firmware/test_recovery.py"
RETENTION = "tests/firmware/test_retention.py"
S3 = "tests/firmware/test_s3.py"
SEGMENT = "tests/firmware/test_segment.py"
SEGMENTS = "tests/firmware/test_segments.py"
UPLOADER = "tests/firmware/test_uploader.py"

MUTANTS = (
    # -- what is written, and when it is durable
    Mutant(
        "a commit does not sync",
        "firmware/segment.py",
        "        self._file.flush()\n        self._read_back()\n",
        "        self._read_back()\n",
        (CUTS,),
    ),
    Mutant(
        "what the card kept is not read back",
        "firmware/segment.py",
        "        self._file.flush()\n        self._read_back()\n",
        "        self._file.flush()\n",
        (LIES,),
    ),
    Mutant(
        "a short write on a full card passes",
        "firmware/segment.py",
        "        if self._file.write(data) != len(data):\n            raise OSError(28)",
        "        if self._file.write(data) < 0:\n            raise OSError(28)",
        (SEGMENT,),
    ),
    Mutant(
        "a segment outgrows its summary",
        "firmware/segment.py",
        " <= self.limit_bytes and self.summary.has_room()",
        " <= self.limit_bytes",
        (SEGMENT,),
    ),
    Mutant(
        "commits end anywhere in a sector",
        "firmware/mcap.py",
        "    return short if short == 0 or short >= PREFIX_BYTES else short + SECTOR",
        "    return 0",
        (SEGMENT,),
    ),
    Mutant(
        "commits come too late",
        "firmware/roll.py",
        "self._settings.commit_interval_ms // 2",
        "self._settings.commit_interval_ms * 2",
        (RECORDER,),
    ),
    # -- losses
    Mutant(
        "an error of the card is swallowed",
        "firmware/recorder.py",
        "            self._turn(self._keeper.uptime_ms())  # opening may have taken long\n        except OSError as error:\n"
        "            self._card_failed(error, now_ms)",
        "            self._turn(self._keeper.uptime_ms())  # opening may have taken long\n        except OSError:\n            pass",
        (RECORDER,),
    ),
    Mutant(
        "a card error leaves no gap",
        "firmware/roll.py",
        "        self._gaps.open(cause, self.durable_ms, now_ms)\n",
        "",
        (RECORDER,),
    ),
    Mutant(
        "a gap begins when it is noticed, not where footage ends",
        "firmware/roll.py",
        "        self._gaps.open(cause, self.durable_ms, now_ms)\n",
        "        self._gaps.open(cause, now_ms, now_ms)\n",
        (RECORDER,),
    ),
    Mutant(
        "what a lost chunk had to tell is forgotten",
        "firmware/roll.py",
        "        self._notes.take_back()\n",
        "",
        (RECORDER,),
    ),
    Mutant(
        "a pause hides a loss that was not told",
        "firmware/roll.py",
        "        if is_all_told:",
        "        if True:",
        (RECORDER,),
    ),
    Mutant(
        "a stream beside the camera does not wait for the next segment with its keyframe",
        "firmware/track.py",
        "                self._holds = is_over and self._source.keyframe() and not self._is_broken\n",
        "                self._holds = False\n",
        (TRACK,),
    ),
    Mutant(
        "what waited for the next segment is safe no sooner for that",
        "firmware/roll.py",
        "        self._sealed_ms -= held_ms\n",
        "",
        (TRACK,),
    ),
    Mutant(
        "a stream beside the camera goes on after another segment has begun as if it had a keyframe",
        "firmware/track.py",
        "        self._is_broken, self._holds = not self._holds, False\n",
        "        self._holds = False\n",
        (TRACK,),
    ),
    Mutant(
        "without its camera a recorder records nothing else",
        "firmware/recorder.py",
        "        return self._beside.is_any() and (self._roll.is_open() or self._open_segment(now_ms))\n",
        "        return False\n",
        (TRACK,),
    ),
    Mutant(
        "a pause between two segments, while the camera is away, leaves the screen on",
        "firmware/recorder.py",
        ' or self.state == "recording" or self._lacks_camera:',
        ' or self.state == "recording":',
        (TRACK,),
    ),
    Mutant(
        "how a boot ended is forgotten before footage tells of it",
        "firmware/ledger.py",
        "            self._position.notes[last_boot, 0] = last_kind\n",
        "            pass\n",
        (SEGMENTS,),
    ),
    # -- recovery
    Mutant(
        "a torn tail is not wrapped",
        "firmware/recovery.py",
        "    at = _wrap(file, size, found.end)\n",
        "    at = size\n",
        (RECOVERY,),
    ),
    Mutant(
        "the CRC of a chunk is not looked at",
        "firmware/recovery.py",
        "    return crc == expected\n",
        "    return True\n",
        (RECOVERY,),
    ),
    Mutant(
        "recovery writes no gap",
        "firmware/recovery.py",
        '    chunk.add_json(channels.GAPS, gap["from_uptime_ms"] or 0, json.dumps(gap).encode())\n',
        "",
        (RECOVERY,),
    ),
    Mutant(
        "a segment of which nothing is left leaves no gap",
        "firmware/recovery.py",
        "            gap = unknown_gap(why, boot)\n",
        "            gap = None\n",
        (RECOVERY,),
    ),
    # -- on a computer
    Mutant(
        "a new file is synced and its name is not",
        "firmware/durable.py",
        "            if self._folder:\n                settle(self._folder)\n",
        "            if self._folder:\n",
        (FOLDER_CUTS,),
    ),
    Mutant(
        "a folder is made and not kept",
        "firmware/files.py",
        '        os.mkdir(path)\n        settle(path.rpartition("/")[0])\n',
        "        os.mkdir(path)\n",
        (FOLDER_CUTS,),
    ),
    Mutant(
        "a removed segment may come back",
        "firmware/segment_files.py",
        "            os.remove(path)\n            settle(self._folder(boot, segment // PER_FOLDER))\n",
        "            os.remove(path)\n",
        (FOLDER_CUTS,),
    ),
    # -- the journal and the index
    Mutant(
        "a journal record is not synced",
        "firmware/journal.py",
        '                raise OSError(ENOSPC, "full")  # FatFs reports a full card as a short write\n            self._file.flush()\n',
        '                raise OSError(ENOSPC, "full")  # FatFs reports a full card as a short write\n',
        (COMPUTER_CUTS,),
    ),
    Mutant(
        "the CRC of a journal record is not looked at",
        "firmware/journal.py",
        ' or struct.unpack("<I", data[-4:])[0] != binascii.crc32(data[:-4])',
        "",
        (SEGMENTS,),
    ),
    Mutant(
        "the CRC of the index is not looked at",
        "firmware/index.py",
        '        if file.read(4) != struct.pack("<I", binascii.crc32(noted, crc)):\n            return None\n',
        "",
        (LEDGER,),
    ),
    Mutant(
        "a file is made before the journal knows of it",
        "firmware/segments.py",
        '        self.ledger.note(j.OPEN, self.boot, number)\n        file = open(self.path(self.boot, number), "w+b")\n',
        '        file = open(self.path(self.boot, number), "w+b")\n        self.ledger.note(j.OPEN, self.boot, number)\n',
        (SEGMENTS,),
    ),
    Mutant(
        "chunks behind an end that a cut has moved are written over",
        "firmware/recovery.py",
        "        if end > size:\n",
        "        if end < 0:\n",
        ("tests/host/test_crash.py::test_a_file_whose_size_is_torn_keeps_its_footage",),
    ),
    Mutant(
        "a boot counts as stopped because its journal is lost",
        "firmware/ledger.py",
        "            self._doubt_the_end()\n",
        "",
        (LEDGER,),
    ),
    Mutant(
        "frames skipped right before the end are told by nobody",
        "firmware/roll.py",
        "        self._gaps.close(now_ms)  # also a stretch in which the camera had failed\n",
        "",
        (RECORDER,),
    ),
    Mutant(
        "a boot number is used again",
        "firmware/segments.py",
        "        return highest if highest and highest == self._going_on else highest + 1\n",
        "        return highest or 1\n",
        (SEGMENTS,),
    ),
    Mutant(
        "a removal that a cut broke off is not finished",
        "firmware/ledger.py",
        "        self._finish_removal(entry)\n",
        "",
        (LEDGER,),
    ),
    # -- retention
    Mutant(
        "a file is removed before the journal knows of it",
        "firmware/segments.py",
        "        self.ledger.note(kind, boot, segment, text)\n        self.files.remove(boot, segment)\n",
        "        self.files.remove(boot, segment)\n        self.ledger.note(kind, boot, segment, text)\n",
        (SEGMENTS,),
    ),
    Mutant(
        "a full card deletes what is not stored",
        "firmware/segments.py",
        "_STORED_FIRST + (_THEN_UNSENT if overwrite else ())",
        "_STORED_FIRST + _THEN_UNSENT",
        (RETENTION,),
    ),
    Mutant(
        "the newest goes first",
        "firmware/index.py",
        "        at = min([self._next(state, 0) for state in states])\n        return at if at < _MOST_ROWS else -1\n",
        "        return max([self.states.rfind(bytes((state,))) for state in states])\n",
        (RETENTION,),
    ),
    Mutant(
        "what is kept goes like any other",
        "firmware/segments.py",
        "_STORED_FIRST = ((j.STORED,), (j.STORED | KEPT_BIT,))",
        "_STORED_FIRST = ((j.STORED, j.STORED | KEPT_BIT),)",
        (RETENTION,),
    ),
    # -- custody
    Mutant(
        "any 2xx is a success",
        "firmware/s3.py",
        "        if reply.status != 200 or reply.body.strip():\n",
        "        if reply.status >= 300:\n",
        (S3,),
    ),
    Mutant(
        "the ETag is not compared",
        "firmware/s3.py",
        "        if self._etag_is_md5 and etag != expected:\n",
        "        if False:\n",
        (S3,),
    ),
    Mutant(
        "the ETag of a whole upload is not compared",
        "firmware/s3.py",
        '        if self._etag_is_md5 and etag not in ("", expected):\n',
        "        if False:\n",
        (S3,),
    ),
    Mutant(
        "a 200 with an error inside completes an upload",
        "firmware/s3.py",
        "        if reply.status != 200 or not markup.is_whole(document, expected_root):\n",
        "        if reply.status != 200:\n",
        (S3,),
    ),
    Mutant(
        "marked as stored before anything was compared",
        "firmware/uploader.py",
        "            etag = await Transfer(clients, info, key, upload_id, note)",
        '            self._store.mark_stored(info, "")\n            etag = await Transfer(clients, info, key, upload_id, note)',
        (UPLOADER,),
    ),
    Mutant(
        "what exists already counts as proven",
        "firmware/transfer.py",
        "        return await send(parts, True)\n",
        "        return multipart_etag(self._info.parts)\n",
        (UPLOADER,),
    ),
    Mutant(
        "a part of other bytes is not sent again",
        "firmware/transfer.py",
        "have.get(number) != (part.size, etags[number - 1])",
        "number not in have",
        (UPLOADER,),
    ),
    Mutant(
        "a multipart upload is not journalled",
        "firmware/transfer.py",
        "        self._upload_id = upload_id\n        self._note(upload_id)\n",
        "        self._upload_id = upload_id\n",
        (UPLOADER,),
    ),
    Mutant(
        "two contents may have one key",
        "firmware/transfer.py",
        "hexlify(sha256)[:16]",
        '"0" * 16',
        (UPLOADER,),
    ),
    Mutant(
        "what the card gives is not compared with what was recorded",
        "firmware/transfer.py",
        "    info.hashed = info.sha256 == recorded_sha256 or not recorded_sha256\n",
        "    info.hashed = True\n",
        (BAD_STORES,),
    ),
    Mutant(
        "another card gets the mark",
        "firmware/uploader.py",
        "        if self._store is not self._storage.store:\n            raise OSError(ENODEV)\n",
        "        self._store = self._storage.store\n",
        (BAD_STORES,),
    ),
    Mutant(
        "a fault of the store sets segments aside",
        "firmware/s3_errors.py",
        'SEGMENT_KINDS = ("digest", ',
        'SEGMENT_KINDS = ("server", "throttled", "auth", "digest", ',
        (UPLOADER,),
    ),
)
