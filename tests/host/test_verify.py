# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Verdicts: lossless, lossy but explained, damaged; with and without the truth of a simulated run."""

import json
from pathlib import Path

import pytest
from fat_images import image_of_folder
from recordings import PERIOD_MS, Segment, frames, gap, jpeg, truth_rows, write_all, write_truth

from host_tools import cli
from host_tools.verify import Report, verify


def verdict_of(root: Path, *segments: Segment) -> tuple[str, list[str]]:
    report = verify(write_all(root, segments))
    return report.verdict, report.problems


def test_a_whole_recording_is_lossless(tmp_path):
    root = write_all(tmp_path, [Segment(frames(1, 10)), Segment(frames(11, 20), number=2), Segment(frames(1, 5, boot=2), boot=2)])
    undated = [{"boot": boot, "how": "order", "utc": None, "earliest": None, "latest": None} for boot in (1, 2)]
    assert verify(root) == Report("lossless", 3, 25, 2.5, dates=undated)


def test_a_gap_that_counts_the_missing_makes_it_lossy(tmp_path):
    rows = [*frames(1, 10), gap("card_stall", 3, 1000, 1400), *frames(14, 20)]
    assert verdict_of(tmp_path, Segment(rows)) == ("lossy", [])


def test_a_hole_without_a_gap_is_damage(tmp_path):
    rows = [*frames(1, 10), *frames(14, 20)]
    assert verdict_of(tmp_path, Segment(rows)) == ("damaged", ["boot 1: 3 frames missing after frame 10 and no gap says why"])


@pytest.mark.parametrize(
    "unfit", [gap("card_stall", 2, 1000, 1400), gap("card_stall", 3, 5000, 9000), gap("card_stall", 3, 1000, 1400, boot=9)]
)
def test_a_gap_explains_only_as_many_frames_as_it_counts_where_it_is(tmp_path, unfit):
    verdict, problems = verdict_of(tmp_path, Segment([*frames(1, 10), unfit, *frames(14, 20)]))
    assert (verdict, len(problems)) == ("damaged", 1)


def test_one_gap_does_not_explain_two_holes(tmp_path):
    rows = [*frames(1, 10), gap("card_stall", 2, 1000, 1600), *frames(13, 13), *frames(16, 20)]
    assert verdict_of(tmp_path, Segment(rows)) == ("damaged", ["boot 1: 2 frames missing after frame 13 and no gap says why"])


def test_a_missing_segment_is_seen(tmp_path):
    segments = [Segment(frames(1, 10)), Segment(frames(21, 30), number=3)]
    assert verdict_of(tmp_path, *segments) == ("damaged", ["boot 1: 10 frames missing after frame 10 and no gap says why"])


def test_a_missing_beginning_is_seen_unless_one_segment_was_asked_for(tmp_path):
    path = Segment(frames(5, 10)).write(tmp_path)
    assert [verify(where).verdict for where in (tmp_path, path)] == ["damaged", "lossless"]


def test_silence_needs_a_gap_even_if_no_number_is_missing(tmp_path):
    quiet = [*frames(1, 10), *frames(11, 20, start_ms=5000)]
    told = [*frames(1, 10), gap("overflow", None, 1000, 6000), *frames(11, 20, start_ms=5000)]
    verdicts = [verdict_of(tmp_path / name, Segment(rows)) for name, rows in (("quiet", quiet), ("told", told))]
    assert verdicts == [("damaged", ["boot 1: no frame for 5.1 s after frame 10 and no gap says why"]), ("lossy", [])]


def test_an_unclosed_end_is_a_loss_explained(tmp_path):
    report = verify(write_all(tmp_path, [Segment(frames(1, 10)), Segment(frames(11, 15), number=2, closed=False)]))
    assert (report.verdict, [(g["boot"], g["cause"], g["from_uptime_ms"]) for g in report.gaps]) == ("lossy", [(1, "not_closed", 1500)])


def test_an_unclosed_segment_with_all_its_frames_in_the_middle_loses_nothing(tmp_path):
    segments = [Segment(frames(1, 10), closed=False), Segment(frames(11, 20), number=2)]
    assert verdict_of(tmp_path, *segments) == ("lossless", [])


def test_a_bad_sector_is_damage(tmp_path):
    segment = Segment(frames(1, 20))
    path = segment.write(tmp_path)
    data = bytearray(path.read_bytes())
    data[segment.chunk_indexes[1].chunk_start_offset + 600] ^= 1
    path.write_bytes(data)
    verdict, problems = verdict_of(tmp_path)
    assert (verdict, len(problems)) == ("damaged", 3)
    assert "crc validation failed" in problems[0]


def test_a_card_image_is_judged_like_its_folder(tmp_path):
    folder = write_all(tmp_path / "card", [Segment([*frames(1, 10), gap("overflow", None, 1000, 1300)])])
    assert verify(image_of_folder(tmp_path / "card.img", folder)) == verify(folder)


class TestTruth:
    def judge(self, tmp_path, rows, segments) -> tuple[str, list[str]]:
        report = verify(write_all(tmp_path / "card", segments), truth=write_truth(tmp_path / "truth.jsonl", rows))
        return report.verdict, report.problems

    def test_every_frame_there(self, tmp_path):
        assert self.judge(tmp_path, truth_rows(range(1, 21)), [Segment(frames(1, 20))]) == ("lossless", [])

    def test_a_recorded_frame_that_is_not_there(self, tmp_path):
        segments = [Segment([*frames(1, 15), gap("power_cut", None, 1500, None)])]
        problems = ["boot 1: 5 frames from 16 to 20 had been recorded and cannot be read back"]
        assert self.judge(tmp_path, truth_rows(range(1, 21)), segments) == ("damaged", problems)

    def test_one_changed_byte(self, tmp_path):
        rows = truth_rows(range(1, 21))
        rows[7] |= {"sha256": "0" * 64}
        verdict, problems = self.judge(tmp_path, rows, [Segment(frames(1, 20))])
        says = ["boot 1: frame 8 is not one that the camera produced", "boot 1: frame 8 had been recorded and cannot be read back"]
        assert (verdict, problems) == ("damaged", says)

    def test_a_drop_inside_a_gap(self, tmp_path):
        rows = [*truth_rows(range(1, 11)), *truth_rows([11, 12], fate="dropped:overflow"), *truth_rows(range(13, 21))]
        told = [*frames(1, 10), gap("overflow", 2, 1000, 1300), *frames(13, 20)]
        assert self.judge(tmp_path, rows, [Segment(told)]) == ("lossy", [])

    def test_the_order_of_the_file_does_not_matter(self, tmp_path):
        rows = [*truth_rows([11], fate="dropped:overflow"), *truth_rows(range(1, 11)), *truth_rows(range(12, 21))]
        told = [*frames(1, 10), gap("overflow", 1, 1000, 1200), *frames(12, 20)]
        assert self.judge(tmp_path, rows, [Segment(told)]) == ("lossy", [])

    def test_a_drop_that_nothing_tells(self, tmp_path):
        rows = [*truth_rows(range(1, 11)), *truth_rows([11, 12], fate="dropped:overflow"), *truth_rows(range(13, 21))]
        unseen = [*frames(1, 10), *[(t, n - 2, ms, data) for t, n, ms, data in frames(13, 20)]]  # the recorder never knew of them
        problems = ["boot 1: 2 frames from 11 to 12 (dropped:overflow) missing and no gap says why"]
        assert self.judge(tmp_path, rows, [Segment(unseen)]) == ("damaged", problems)

    @pytest.mark.parametrize(("lost", "verdict"), [(20, "lossy"), (21, "lossy"), (22, "damaged")])
    def test_a_cut_may_cost_two_seconds_and_not_more(self, tmp_path, lost, verdict):
        rows = [*truth_rows(range(1, 41 - lost)), *truth_rows(range(41 - lost, 41), fate="lost:power_cut")]
        told = [*frames(1, 40 - lost), gap("power_cut", None, (40 - lost) * PERIOD_MS, None)]
        assert self.judge(tmp_path, rows, [Segment(told)])[0] == verdict

    def test_a_cut_without_a_gap(self, tmp_path):
        rows = [*truth_rows(range(1, 11)), *truth_rows([11, 12], fate="lost:power_cut")]
        problems = ["boot 1: 2 frames from 11 to 12 (lost:power_cut) missing and no gap says why"]
        assert self.judge(tmp_path, rows, [Segment(frames(1, 10))]) == ("damaged", problems)

    def test_frames_made_after_the_recording_was_stopped_are_no_loss(self, tmp_path):
        rows = [*truth_rows(range(1, 11)), *truth_rows([11, 12], fate="dropped:stopped")]
        assert self.judge(tmp_path, rows, [Segment(frames(1, 10))]) == ("lossless", [])

    @pytest.mark.parametrize(
        ("fate", "complaint"),
        [
            ("dropped:stopped", ""),
            ("dropped:overflow", ""),
            ("dropped:unexplained", "missing and no gap says why"),
            ("lost:power_cut", "missing and no gap says why"),
            ("recorded", "cannot be read back"),
        ],
    )
    def test_behind_the_last_frame_only_what_has_a_reason_may_be_missing(self, tmp_path, fate, complaint):
        _, problems = self.judge(tmp_path, [*truth_rows(range(1, 11)), *truth_rows([11, 12], fate=fate)], [Segment(frames(1, 10))])
        assert [complaint in problem for problem in problems] == ([True] if complaint else [])

    def test_a_boot_that_kept_nothing_is_no_recording_that_was_stopped(self, tmp_path):
        rows = [*truth_rows(range(1, 11)), *truth_rows(range(1, 4), boot=2, fate="dropped:overflow")]
        problems = ["boot 2: 3 frames from 1 to 3 (dropped:overflow) missing and no gap says why"]
        assert self.judge(tmp_path, rows, [Segment(frames(1, 10))]) == ("damaged", problems)

    def test_a_boot_that_kept_nothing_is_explained_by_a_gap_between_its_neighbours(self, tmp_path):
        lost = truth_rows(range(1, 4), boot=6, fate="lost:power_cut")
        rows = [*truth_rows(range(1, 11), boot=5), *lost, *truth_rows(range(1, 11), boot=8)]
        told = [gap("power_cut", None, None, None, boot=boot) for boot in (6, 9)]
        renamed = [{**row, "boot": {5: 1, 6: 2, 8: 3}[row["boot"]]} for row in rows]
        for which, verdict in ((told[:1], "lossy"), (told[1:], "damaged")):
            segments = [Segment(frames(1, 10, boot=5), boot=5), Segment([*frames(1, 10, boot=8), *which], boot=8)]
            assert self.judge(tmp_path / verdict, renamed, segments)[0] == verdict

    @pytest.mark.parametrize(("first", "verdict"), [(21, "lossy"), (11, "lossy"), (8, "damaged")])
    def test_each_fault_of_a_boot_may_cost_two_seconds(self, tmp_path, first, verdict):
        """A card error at frame 30 costs what was not safe yet; while it lasts nothing can be kept; then all goes well again."""
        lost = truth_rows(range(first, 31), fate="lost:card_error")
        rows = [*truth_rows(range(1, first)), *lost, *truth_rows(range(31, 60), fate="dropped:card_error"), *truth_rows(range(60, 70))]
        told = [*frames(1, first - 1), gap("card_error", None, (first - 1) * PERIOD_MS, 6000), *frames(60, 69)]
        assert self.judge(tmp_path, rows, [Segment(told)])[0] == verdict

    def test_a_card_error_and_the_cut_after_it_are_two_faults(self, tmp_path):
        fates = [(11, 30, "lost:card_error"), (31, 90, "dropped:card_error"), (91, 105, "lost:power_cut")]
        rows = [*truth_rows(range(1, 11)), *(row for first, last, fate in fates for row in truth_rows(range(first, last + 1), fate=fate))]
        told = [*frames(1, 10), gap("power_cut", None, 1000, None)]
        assert self.judge(tmp_path, rows, [Segment(told)]) == ("lossy", [])

    def test_the_world_may_count_boots_from_elsewhere(self, tmp_path):
        rows = [{**row, "boot": 0} for row in truth_rows(range(1, 11), boot=3)]
        rows += [{**row, "boot": 0} for row in truth_rows([11], boot=3, fate="lost:power_cut")]
        told = [*frames(1, 10, boot=3), gap("power_cut", None, 1000, None, boot=3)]
        assert self.judge(tmp_path, rows, [Segment(told, boot=3)]) == ("lossy", [])


def run(*arguments: object) -> int:
    return cli.main(["verify", *map(str, arguments)])


def test_the_command_prints_one_object_and_exits_by_verdict(tmp_path, capsys):
    root = write_all(tmp_path, [Segment([*frames(1, 10), gap("overflow", 2, 1000, 1300), *frames(13, 20)])])
    assert run(root, "--json") == 3
    told = {"boot": 1, "cause": "overflow", "frames": 2, "from_uptime_ms": 1000, "to_uptime_ms": 1300, "text": "", "stream": ""}
    expected = {"verdict": "lossy", "segments": 1, "frames": 18, "duration_s": 2.0, "gaps": [told], "problems": []}
    expected |= {"sound_s": 0, "beside": {}}
    expected["dates"] = [{"boot": 1, "how": "order", "utc": None, "earliest": None, "latest": None}]
    assert json.loads(capsys.readouterr().out) == expected


def test_the_command_speaks_to_people(tmp_path, capsys):
    write_all(tmp_path, [Segment([*frames(1, 10), gap("overflow", 2, 1000, 1300), *frames(14, 20)])])
    assert run(tmp_path) == 4
    assert capsys.readouterr().out.splitlines() == [
        "damaged: 17 frames, 2.0 s, 1 segment",
        "  time of day: 1 boot of which only the order is known",
        "  gap: boot 1, 1.000 s to 1.300 s: 2 frames, overflow",
        "  problem: boot 1: 1 frame missing after frame 10 and no gap says why",
    ]


def half(path: Path, data: bytes) -> Path:
    path.write_bytes(data[: len(data) // 2])
    return path


@pytest.mark.parametrize(
    ("make", "exit_code"),
    [
        (lambda tmp: tmp / "missing.img", 1),
        (lambda tmp: half(tmp / "empty.img", b""), 1),
        (lambda tmp: half(tmp / "empty.mcap", b""), 1),
        (lambda tmp: tmp, 1),
        (lambda tmp: half(tmp / "garbage.img", jpeg(1) * 20), 1),
        (lambda tmp: half(tmp / "garbage.mcap", jpeg(1) * 20), 4),
        (lambda tmp: half(tmp / "half.mcap", Segment(frames(1, 20)).encode()), 3),
        (
            lambda tmp: half(
                tmp / "half.img", image_of_folder(tmp / "a.img", write_all(tmp / "card", [Segment(frames(1, 20))])).read_bytes()
            ),
            4,
        ),
    ],
    ids=["missing", "empty image", "empty segment", "empty folder", "garbage", "garbage segment", "half a segment", "half an image"],
)
def test_bad_input_has_an_exit_code_and_a_line(tmp_path, capsys, make, exit_code):
    assert run(make(tmp_path)) == exit_code
    output = capsys.readouterr()
    assert "Traceback" not in output.err
    assert output.err.startswith("daylog: ") if exit_code == 1 else output.out


@pytest.mark.parametrize("content", ["not json\n", '{"n": 1}\n', None])
def test_a_truth_file_that_is_none(tmp_path, capsys, content):
    root = write_all(tmp_path / "card", [Segment(frames(1, 3))])
    if content is not None:
        (tmp_path / "truth.jsonl").write_text(content)
    assert run(root, "--truth", tmp_path / "truth.jsonl") == 1
    assert "cannot read the truth file" in capsys.readouterr().err
