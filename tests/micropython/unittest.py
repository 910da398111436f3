# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""As much of `unittest` as the firmware tests use, for MicroPython, which has none built in."""

import sys


class SkipTest(Exception):
    pass


class _Raises:
    def __init__(self, expected):
        self.expected = expected
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if value is None:
            raise AssertionError("%s not raised" % self.expected)
        if not isinstance(value, self.expected):
            return False
        self.exception = value
        return True


class TestCase:
    def setUp(self):
        pass

    def tearDown(self):
        pass

    def fail(self, message="failed"):
        raise AssertionError(message)

    def skipTest(self, reason):
        raise SkipTest(reason)

    def assertEqual(self, first, second, message=None):
        if not first == second:
            raise AssertionError(message or "%r != %r" % (first, second))

    def assertTrue(self, value, message=None):
        if not value:
            raise AssertionError(message or "%r is not true" % (value,))

    def assertFalse(self, value, message=None):
        if value:
            raise AssertionError(message or "%r is not false" % (value,))

    def assertIn(self, member, container, message=None):
        if member not in container:
            raise AssertionError(message or "%r not in %r" % (member, container))

    def assertRaises(self, expected):
        return _Raises(expected)


def _run_one(cls, name):
    case = cls()
    case.setUp()
    try:
        getattr(case, name)()
    finally:
        case.tearDown()


def run_module(module):
    """Run every test of a module; returns (passed, failed, skipped)."""
    passed = failed = skipped = 0
    for cls in [getattr(module, n) for n in sorted(dir(module))]:
        if not (isinstance(cls, type) and issubclass(cls, TestCase) and cls is not TestCase):
            continue
        for name in sorted(n for n in dir(cls) if n.startswith("test")):
            try:
                _run_one(cls, name)
                passed += 1
            except SkipTest as reason:
                skipped += 1
                print("SKIP %s.%s: %s" % (cls.__name__, name, reason))
            except Exception as error:  # any failure of a test is that test's result
                failed += 1
                print("FAIL %s.%s" % (cls.__name__, name))
                sys.print_exception(error)
    return passed, failed, skipped


def main():
    pass
