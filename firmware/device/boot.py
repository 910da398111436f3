# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Runs at every reset, also at the soft reset of a tool at the prompt: nothing here may fail."""
