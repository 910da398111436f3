# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One error tree for every host tool: what happened, and what to do about it."""


class DaylogError(Exception):
    """Base of every error a user can cause or cure; only `main()` makes an exit code of it."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(DaylogError):
    """An argument that cannot be used; refused before anything is touched."""

    exit_code = 2
