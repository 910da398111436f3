# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The ROM of an ESP32: what esptool talks to, and what decides whether there is something to boot."""
