# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Lines for a simulated board: `attempt(what)` prints whether it was accepted, or which error it raised."""

ATTEMPT = """
import machine
def attempt(what):
    try:
        what()
        print("accepted")
    except (AttributeError, TypeError, ValueError, OSError) as error:
        print(type(error).__name__)
"""
