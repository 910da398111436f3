# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""PIO: its assembler, and a state machine that runs what was assembled, clock by clock (RP2350 datasheet, chapter 11).

    @asm_pio(push_thresh=8, autopush=True)
    def take_bytes(): ...
    run = Run(take_bytes, in_base=0)
    for levels in waveform:            # of all pins, as bits
        run.clock(levels)
    run.pushed                         # [0xFF, 0xD8, ...]

As much of the instruction set as taking in the bytes of a sensor may need; everything else raises PIOASMError.
"""

SHIFT_LEFT, SHIFT_RIGHT = 0, 1
JOIN_NONE, JOIN_TX, JOIN_RX = 0, 1, 2
MOST_INSTRUCTIONS = 32
_JMP, _WAIT, _IN, _NOP = 0x0000, 0x2000, 0x4000, 0xA042
_KIND = 0xE000
_GPIO, _PIN = 0, 1
_PINS, _NULL = 0, 3
_ALWAYS, _JMP_PIN = 0, 6


class PIOASMError(Exception):
    pass


class Program:
    """Sixteen-bit words, and how the state machine is to be set up."""

    def __init__(self, in_shiftdir, autopush, push_thresh, fifo_join):
        self.words = []
        self.wrap_target, self.wrap = 0, None
        self.shifts_right = in_shiftdir == SHIFT_RIGHT
        self.push_thresh = push_thresh if autopush else 0
        self.joins_rx = fifo_join == JOIN_RX


class _Assembler:
    """The words that a program's function finds instead of its module's names."""

    def __init__(self, program):
        self._program, self._labels, self._open = program, {}, []

    def words(self):
        return {
            "gpio": _GPIO, "pin": 6, "pins": _PINS, "null": _NULL, "wait": self._wait, "in_": self._in, "nop": self._nop, "jmp": self._jmp,
            "label": self._label, "wrap_target": self._wrap_target, "wrap": self._wrap,
        }  # fmt: skip

    def _put(self, word):
        self._program.words.append(word)
        if len(self._program.words) > MOST_INSTRUCTIONS:
            raise PIOASMError("out of program memory")

    def _wait(self, polarity, source, index):
        if source not in (_GPIO, 6) or polarity not in (0, 1) or not 0 <= index < 32:
            raise PIOASMError("wait(%r, %r, %r) is not modelled" % (polarity, source, index))
        self._put(_WAIT | polarity << 7 | (_PIN if source == 6 else _GPIO) << 5 | index)

    def _in(self, source, count):
        if source not in (_PINS, _NULL) or not 0 < count <= 32:
            raise PIOASMError("in_(%r, %r) is not modelled" % (source, count))
        self._put(_IN | source << 5 | count & 0x1F)

    def _nop(self):
        self._put(_NOP)

    def _jmp(self, condition, label=None):
        if label is None:
            condition, label = _ALWAYS, condition
        if condition not in (_ALWAYS, _JMP_PIN):
            raise PIOASMError("jmp(%r) is not modelled" % condition)
        self._open.append((len(self._program.words), label))
        self._put(_JMP | condition << 5)

    def _label(self, name):
        self._labels[name] = len(self._program.words)

    def _wrap_target(self):
        self._program.wrap_target = len(self._program.words)

    def _wrap(self):
        self._program.wrap = len(self._program.words) - 1

    def finish(self):
        for at, label in self._open:
            if label not in self._labels:
                raise PIOASMError("unknown label " + label)
            self._program.words[at] |= self._labels[label]
        if self._program.wrap is None:
            self._wrap()


def asm_pio(*, in_shiftdir=SHIFT_LEFT, autopush=False, push_thresh=32, fifo_join=JOIN_NONE):
    """As the rp2 port's: the function is called once, with the assembler's words in the place of its globals."""

    def assemble(function):
        program = Program(in_shiftdir, autopush, push_thresh, fifo_join)
        assembler, names = _Assembler(program), function.__globals__
        kept = dict(names)
        names.update(assembler.words())
        try:
            function()
        finally:
            names.clear()
            names.update(kept)
        assembler.finish()
        return program

    return assemble


class Run:
    """A state machine with this program. Each instruction takes a clock, and a `wait` as many as it waits for."""

    def __init__(self, program, in_base, jmp_pin=0):
        self._program, self._in_base, self._jmp_pin = program, in_base, jmp_pin
        self._at = self._shifted = self._count = 0
        self.pushed = []

    def clock(self, levels):
        """`levels`: of pin 0 in bit 0, and so on."""
        word, program = self._program.words[self._at], self._program
        kind, argument = word & _KIND, word & 0x1F
        if kind == _WAIT and not self._is_met(word, levels):
            return
        target = program.wrap_target if self._at == program.wrap else self._at + 1
        if kind == _IN:
            self._shift(levels >> self._in_base if word >> 5 & 7 == _PINS else 0, argument or 32)
        elif kind == _JMP and (word >> 5 & 7 == _ALWAYS or levels >> self._jmp_pin & 1):
            target = argument
        self._at = target

    def _is_met(self, word, levels):
        index = word & 0x1F
        number = index if word >> 5 & 3 == _GPIO else self._in_base + index
        return levels >> number & 1 == word >> 7 & 1

    def _shift(self, value, count):
        value &= (1 << count) - 1
        if self._program.shifts_right:
            self._shifted = self._shifted >> count | value << 32 - count
        else:
            self._shifted = (self._shifted << count | value) & 0xFFFFFFFF
        self._count += count
        if self._program.push_thresh and self._count >= self._program.push_thresh:
            self.pushed.append(self._shifted)
            self._shifted = self._count = 0
