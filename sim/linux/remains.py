# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a power cut leaves of files that a system had in its memory, and of that a part on its disk.

    history = History(before, calls)              # `before`: the folder as the disk held it when the calls began
    history.leave("posix", seed, into)            # the folder as the next boot finds it

A file that was synced has its content, a folder that was synced has its names. What of the rest is there depends on the file system:

    nothing     but what was asked for
    everything  the process was killed, the system was not
    ext4        names change in the order of its journal, which any sync brings up to date (data=ordered); what was appended to a file is
                there up to some page, and any page of what was overwritten
    posix       no more than the standard promises: any of the names, any sector of what was written, zeros where one is missing before
                another; a file may have its new length and not the content
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from sim.linux.files import Call

PAGE, SECTOR = 4096, 512
_CHANCES = (0.1, 0.5, 0.9)


@dataclass(eq=False)
class Node:
    """A file, or a folder; at first it holds what a file on the disk does."""

    source: Path | None = None
    is_folder: bool = False

    @property
    def size(self) -> int:
        return self.source.stat().st_size if self.source else 0


@dataclass(eq=False)
class Effect:
    """What a call changes. In a folder: the name `gone` is no more, `path` is that of the node. Of a file, which is no folder's business:
    bytes, or without `data` all of them are gone."""

    node: Node | None = None
    folder: str | None = None
    gone: str = ""
    path: str = ""
    at: int = 0
    data: bytes | None = None

    @property
    def is_write(self) -> bool:
        return self.data is not None

    @property
    def end(self) -> int:
        return self.at + len(self.data or b"")

    def pieces(self, unit: int) -> "Iterator[Effect]":
        """A write in parts that the disk takes whole or not at all."""
        at = self.at
        while self.data and at < self.end:
            end = min(at - at % unit + unit, self.end)
            yield replace(self, at=at, data=self.data[at - self.at : end - self.at])
            at = end


class History:
    """`calls` since the disk held what is in the folder `before`."""

    def __init__(self, before: Path, calls: Iterable[Call]) -> None:
        paths = sorted(before.rglob("*"))
        self.names = {str(path.relative_to(before)): Node(path if path.is_file() else None, path.is_dir()) for path in paths}
        self.effects: list[Effect] = []
        self._syncs: list[tuple[int, Node | str]] = []  # after so many effects: of a file, or of a folder
        self._now, self._opened = dict(self.names), dict[int, Node]()
        for call in calls:
            _FOLLOW[call.name](self, call)

    # -- following the calls -------------------------------------------------------------

    def _change(self, effect: Effect) -> None:
        if effect.folder is not None:
            _rename(self._now, effect)
        self.effects.append(effect)

    def _enter(self, call: Call, node: Node) -> None:
        self._change(Effect(node, _folder_of(call.path), path=call.path))

    def _mkdir(self, call: Call) -> None:
        self._enter(call, Node(is_folder=True))

    def _make(self, call: Call) -> None:
        self._opened[call.file] = Node()
        self._enter(call, self._opened[call.file])

    def _open(self, call: Call) -> None:
        self._opened[call.file] = self._now[call.path]

    def _remove(self, call: Call) -> None:
        self._change(Effect(None, _folder_of(call.path), gone=call.path))

    def _rename(self, call: Call) -> None:
        if _folder_of(call.path) != _folder_of(call.to):
            raise NotImplementedError("a file that moves to another folder")
        self._change(Effect(self._now[call.path], _folder_of(call.to), gone=call.path, path=call.to))

    def _clear(self, call: Call) -> None:
        self._change(Effect(self._opened[call.file]))

    def _write(self, call: Call) -> None:
        self._change(Effect(self._opened[call.file], at=call.at, data=call.data))

    def _sync(self, call: Call) -> None:
        self._syncs.append((len(self.effects), self._opened[call.file]))

    def _sync_folder(self, call: Call) -> None:
        self._syncs.append((len(self.effects), call.path))

    # -- what is left --------------------------------------------------------------------

    def sure(self, by_journal: bool) -> list[bool]:
        """Of each effect, whether it was asked for; with a journal any sync asks for all that is in it, which is what is no write."""
        found, asked, syncs = [], set[Node | str](), list(self._syncs)
        for number in range(len(self.effects) - 1, -1, -1):
            while syncs and syncs[-1][0] > number:
                asked.add(syncs.pop()[1])
            effect = self.effects[number]
            target = effect.node if effect.folder is None else effect.folder
            found.append(bool(asked) if by_journal and not effect.is_write else target in asked)
        return found[::-1]

    def leave(self, model: str, seed: object, into: Path) -> None:
        """Make the folder `into` what the cut leaves; what was in it is gone."""
        names, contents = dict(self.names), dict[Node, bytearray]()
        for effect in MODELS[model](self, Random(f"{model} {seed}")):
            if effect.folder is not None:
                _rename(names, effect)
            elif effect.node is not None:
                _write(contents, effect.node, effect)
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        for path, node in sorted(names.items()):
            if (into / path).parent.is_dir():  # else there is no way to it
                _lay_down(into / path, node, contents.get(node))


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _rename(names: dict[str, Node], effect: Effect) -> None:
    names.pop(effect.gone, None)
    if effect.node is not None:
        names[effect.path] = effect.node


def _write(contents: dict[Node, bytearray], node: Node, effect: Effect) -> None:
    if effect.data is None:
        contents[node] = bytearray()
        return
    if node not in contents:
        contents[node] = bytearray(node.source.read_bytes() if node.source else b"")
    content = contents[node]
    content.extend(bytes(max(0, effect.at - len(content))))
    content[effect.at : effect.end] = effect.data


def _lay_down(path: Path, node: Node, content: bytearray | None) -> None:
    if node.is_folder:
        path.mkdir()
    elif content is None and node.source:
        shutil.copyfile(node.source, path)
    else:
        path.write_bytes(content or b"")


# -- models ----------------------------------------------------------------------------------------


def _nothing(history: History, chance: Random) -> Iterator[Effect]:
    return (effect for effect, is_sure in zip(history.effects, history.sure(False), strict=True) if is_sure)


def _everything(history: History, chance: Random) -> Iterable[Effect]:
    return history.effects


def _ext4(history: History, chance: Random) -> Iterator[Effect]:
    sure = history.sure(by_journal=True)
    in_journal = [effect for effect, is_sure in zip(history.effects, sure, strict=True) if not (is_sure or effect.is_write)]
    kept = set(in_journal[: chance.randint(0, len(in_journal))])
    sizes = {node: node.size for node in history.names.values()}
    grows = dict[Node, bool]()  # whether what comes next of it is there
    share = chance.choice(_CHANCES)
    for effect, is_sure in zip(history.effects, sure, strict=True):
        if is_sure or effect in kept:
            yield effect
        elif effect.is_write and effect.node:
            for piece in effect.pieces(PAGE):
                is_new = piece.end > sizes.get(effect.node, 0)
                grows[effect.node] = grows.get(effect.node, True) and (not is_new or chance.random() < share)
                if grows[effect.node] if is_new else chance.random() < share:
                    yield piece
        if is_sure and effect.is_write and effect.node:
            sizes[effect.node] = max(sizes.get(effect.node, 0), effect.end)


def _posix(history: History, chance: Random) -> Iterator[Effect]:
    ends = dict[Node, int]()
    share = chance.choice(_CHANCES)
    for effect, is_sure in zip(history.effects, history.sure(by_journal=False), strict=True):
        if is_sure:
            yield effect
        elif effect.is_write and effect.node:
            ends[effect.node] = max(ends.get(effect.node, 0), effect.end)
            yield from (piece for piece in effect.pieces(SECTOR) if chance.random() < share)
        elif chance.random() < share:
            yield effect
    yield from (Effect(node, at=end, data=b"") for node, end in ends.items() if chance.random() < share)


Model = Callable[[History, Random], Iterable[Effect]]
MODELS: dict[str, Model] = {"nothing": _nothing, "everything": _everything, "ext4": _ext4, "posix": _posix}
_FOLLOW: dict[str, Callable[[History, Call], None]] = {
    "mkdir": History._mkdir,
    "make": History._make,
    "open": History._open,
    "remove": History._remove,
    "rmdir": History._remove,
    "rename": History._rename,
    "clear": History._clear,
    "write": History._write,
    "sync": History._sync,
    "sync_folder": History._sync_folder,
}
