# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The deliberate bugs of tests/mutants still fit the code; that each is caught is for `make mutants` to show."""

import pytest

from tests.mutants.run import ROOT, fits
from tests.mutants.table import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_text_stands_once_in_its_file_and_its_tests_are_there(mutant: Mutant):
    assert fits(mutant), f"{mutant.file} has changed: put the bug in anew in tests/mutants/table.py"
    assert mutant.old != mutant.new
    for test in mutant.tests:
        path, _, name = test.split()[0].partition("::")
        assert f"def {name}" in (ROOT / path).read_text(), test


def test_they_are_many_and_each_has_its_name():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20
