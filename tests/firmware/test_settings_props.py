# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A settings file of any bytes: the recorder gets settings that can be right, and keeps what it does not know."""

import json
import tempfile

from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware.settings import TABLE, Settings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
PLAUSIBLE = st.dictionaries(st.sampled_from([*TABLE, "from_a_newer_version"]), JSON, max_size=6)


def loaded(data: bytes) -> Settings:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return Settings.load(file.name)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.one_of(JSON, PLAUSIBLE).map(lambda value: json.dumps(value).encode()))
@example(b"[" * 100_000)
@example(b'{"wifi": [{"ssid": null}]}')
def test_every_setting_can_be_right(data: bytes) -> None:
    found = loaded(data)
    for name, (_, check, _) in TABLE.items():
        assert check(getattr(found, name)), name


@settings(max_examples=100, deadline=None)
@given(PLAUSIBLE)
def test_what_is_saved_is_what_was_loaded(values: dict) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/settings.json"
        with open(path, "w") as file:
            json.dump(values, file)
        Settings.load(path).save()
        with open(path) as file:
            assert json.dumps(json.load(file)) == json.dumps(values)
