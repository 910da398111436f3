# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A recorder on a serial line, without a board: the firmware's line editor echoes, and answers come from a table. Time passes while
nothing is said."""

from collections.abc import Callable, Mapping, Sequence

from firmware.console.knock import Knock
from firmware.console.lineedit import LineEditor
from host_tools.console_line import LISTEN_S, PROMPT, ConsoleLine

EVENT = "[    12.345] warn wifi: no known network"


class FakeRecorder:
    """`noisy(data)`: what becomes of what is written to it. An event comes when `event_at` is typed. `questions` are asked before the
    answer, each twice, for an event comes between; `hidden` is what was replied."""

    def __init__(
        self,
        answers: Mapping[str, str] | Callable[[str], str | None],
        noisy: Callable[[bytes], bytes] = bytes,
        event_at: str = "",
        prompt: str = PROMPT,
        questions: Sequence[str] = (),
    ) -> None:
        self.now_s = 0.0
        self.entered: list[str] = []
        self.hidden: list[str] = []
        self._answer_to = answers if callable(answers) else answers.get
        self._noisy, self._event_at, self._questions = noisy, event_at, list(questions)
        self._editor, self._knock = LineEditor(prompt), Knock(0)
        self._editor.open()
        self._asked, self._typed = False, ""
        self._said = b""

    def console(self) -> ConsoleLine:
        return ConsoleLine("/dev/x", line=self, clock=lambda: self.now_s)

    @property
    def in_waiting(self) -> int:
        return len(self._said)

    def read(self, size: int = 1, /) -> bytes:
        if not self._said:
            self.now_s += LISTEN_S
        data, self._said = self._said[:size], self._said[size:]
        return data

    def write(self, data: bytes, /) -> int:
        for code in self._noisy(data):
            self._reply(code) if self._asked else self._edit(code)
        return len(data)

    def close(self) -> None: ...

    def _edit(self, code: int) -> None:
        assert not self._knock.heard(code, int(self.now_s * 1000), not self._editor.text, lambda: False), "it has left to the Python prompt"
        line = self._editor.feed(code)
        if self._event_at and self._editor.text == self._event_at:
            self._editor.print_above(EVENT)
        self._said += self._editor.take_echo()
        if line is not None:
            self.entered.append(line)
            self._go_on()

    def _reply(self, code: int) -> None:
        if code != 0x0D:
            self._typed += chr(code)
            return
        self.hidden.append(self._typed)
        self._typed, self._asked = "", False
        self._said += b"\r\n"
        self._go_on()

    def _go_on(self) -> None:
        """Ask the next question, or answer."""
        if self._questions:
            question = self._questions.pop(0)
            self._said += f"{question}\r{EVENT}\r\n{question}".encode()
            self._asked = True
            return
        answer = self._answer_to(self.entered[-1])
        if answer is not None:
            self._said += answer.replace("\n", "\r\n").encode()
            self._editor.open()
            self._said += self._editor.take_echo()
