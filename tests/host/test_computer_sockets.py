# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""asyncio over the simulated network of a computer, against real servers on loopback."""

import asyncio
import io
import select
import socket
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from put_server import Server

from firmware import compat, datagram, streams
from firmware.names import Names, NoAddress
from firmware.sntp import ask
from host_tools.certificates import make_authority
from sim.device.clock import Clock
from sim.device.trace import Trace
from sim.linux import transport
from sim.linux.faults import Faults
from sim.linux.network import Network
from sim.linux.vtime import Loop, Time

UTC_MS = 1_767_254_400_000
HOME: dict[str, Any] = {"ssid": "home", "rssi": -58, "windows": [[0, 1 << 50]], "bandwidth_bps": 8_000_000, "latency_us": 20_000}
UP_US = 1_500_000  # when its owner's computer has joined


class Computer:
    """One whose owner looks after the network; it runs one thing after the other."""

    def __init__(self, root: Path, patience_ms: int = 10_000, **network: Any) -> None:
        self.clock, self._trace = Clock(0, UTC_MS), io.StringIO()
        world = {"wifi": {"networks": [{**HOME, **network}]}, "config": {"wifi": {"manager": "none"}}, "root": str(root)}
        seeds = {"seed": 1, "boot_index": 1, "patience_ms": patience_ms}
        self.network = Network({**world, **seeds}, self.clock, Trace(self._trace, self.clock), Faults([], 0, 1))
        self.network.install()
        self.clock.advance_to(UP_US)
        self.loop = Loop(self.clock, self.network.settle)
        compat.time = Time(self.clock)  # type: ignore[assignment]

    def run(self, work: Coroutine[Any, Any, Any]) -> tuple[Any, int]:
        """What came of it, or the error's number, and after how many ms."""
        since_us = self.clock.now_us
        try:
            result = self.loop.run_until_complete(work)
        except OSError as error:
            result = error.errno
        return result, (self.clock.now_us - since_us) // 1000


Make = Callable[..., Computer]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.setattr(asyncio, "open_connection", asyncio.open_connection)
    monkeypatch.setattr(datagram, "socket", datagram.socket)
    monkeypatch.setattr(compat, "time", compat.time)
    return lambda *given, **network: Computer(tmp_path, *given, **network)


async def put(port: int, size: int, context: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> str:
    """What the server says to so many bytes, sent as the firmware does."""
    reader, writer = await streams.dial(address, port, context, "localhost", 15)
    await streams.send(writer, memoryview(b"PUT /x HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % size), 20)
    piece = memoryview(bytes(range(256)) * 256)
    for at in range(0, size, len(piece)):
        await streams.send(writer, piece[: size - at], 20)
    incoming = streams.Incoming(reader)
    head = [await incoming.line()]
    while head[-1]:
        head.append(await incoming.line())
    length = next(int(line.split(":")[1]) for line in head if line.lower().startswith("content-length"))
    said = (await incoming.exactly(length)).decode()
    streams.hang_up(writer)
    return f"{head[0]} {said}"


SAID = "HTTP/1.1 200 OK 1000000 bytes."


def test_bandwidth_and_latency_are_charged(make: Make, server: Server):
    said, ms = make().run(put(server.port, 1_000_000))
    assert (said, server.requests) == (SAID, [("/x", 1_000_000)])
    assert 1030 <= ms <= 1060  # 1 MB at 8 Mbit/s is a second; connection and answer take a round trip of 20 ms each


def test_connections_share_the_air_and_take_the_same_time_twice(make: Make, server: Server):
    async def together() -> list[str]:
        return await asyncio.gather(*[put(server.port, 1_000_000) for _ in range(3)])

    runs = [make().run(together()) for _ in range(2)]
    assert runs[0] == runs[1] and runs[0][0] == [SAID] * 3
    assert 3030 <= runs[0][1] <= 3070


def trusting(folder: Path) -> ssl.SSLContext:
    return streams.tls_context((folder / "ca.pem").read_text())


def test_tls(make: Make, tls_server: Server, certificates: Path):
    said, ms = make().run(put(tls_server.port, 1_000_000, trusting(certificates)))
    assert (said, tls_server.requests) == (SAID, [("/x", 1_000_000)])
    assert 1060 <= ms <= 1100  # two more round trips, and the records' overhead


def test_a_foreign_authority_is_refused(make: Make, tls_server: Server, tmp_path: Path):
    make_authority(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        make().loop.run_until_complete(put(tls_server.port, 10, trusting(tmp_path)))
    assert tls_server.requests == []


ENDS_US = UP_US + 2_000_000


def test_a_link_that_ends_in_mid_upload(make: Make, server: Server):
    assert make(windows=[[0, ENDS_US]]).run(put(server.port, 5_000_000)) == (104, 2000)


def test_a_link_that_ends_in_mid_tls_upload(make: Make, tls_server: Server, certificates: Path):
    assert make(windows=[[0, ENDS_US]]).run(put(tls_server.port, 5_000_000, trusting(certificates))) == (104, 2000)


def test_a_link_that_ends_while_the_last_bytes_are_under_way(make: Make, server: Server):
    """Whoever waits for the answer hears of it at once, though the answer could not have been there yet."""
    assert make(windows=[[0, ENDS_US]]).run(put(server.port, 1_970_000)) == (104, 2000)


def test_a_link_that_ends_while_a_connection_is_made(make: Make, server: Server):
    assert make(windows=[[0, UP_US + 5_000]]).run(put(server.port, 10)) == (104, 5)


def test_nobody_listens_other_machines_and_no_link_at_all(make: Make, server: Server):
    computer = make(windows=[[0, ENDS_US]])
    refused = [computer.run(put(1, 10)), computer.run(put(80, 10, address="192.0.2.1"))]
    computer.clock.advance_to(ENDS_US)
    assert [*refused, computer.run(put(server.port, 10))] == [(111, 20), (113, 0), (101, 0)]


def test_a_silent_peer_lets_virtual_time_go_on(make: Make):
    async def wait(port: int) -> str:
        reader, _ = await asyncio.open_connection("127.0.0.1", port)
        try:
            return str(await asyncio.wait_for(reader.read(1), 30))
        except asyncio.TimeoutError:
            return "gave up"

    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert make(100).run(wait(silent.getsockname()[1])) == ("gave up", 30_020)


def test_who_was_opened_first_has_the_first_turn(make: Make, monkeypatch: pytest.MonkeyPatch):
    """Whoever's peer is faster: the second one has its answer already, the first one gets it when it is really waited for."""
    peers, order = list[socket.socket](), list[str]()

    class Poll:
        def __init__(self) -> None:
            self._real = select.poll()
            self.register = self._real.register

        def poll(self, limit_ms: int) -> list[tuple[int, int]]:
            peers[0].send(b"!")
            return self._real.poll(limit_ms)

    async def ask(name: str, port: int) -> None:
        reader, _ = await asyncio.open_connection("127.0.0.1", port)
        await reader.read(1)
        order.append(name)

    async def both(port: int) -> None:
        await asyncio.gather(ask("first", port), ask("second", port))

    monkeypatch.setattr(transport, "select", SimpleNamespace(poll=Poll))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        computer = make()
        computer.clock.at(UP_US + 10_000, lambda: (peers.extend(listener.accept()[0] for _ in range(2)), peers[1].send(b"!")))
        computer.run(both(listener.getsockname()[1]))
    assert order == ["first", "second"]


def test_who_has_given_up_has_hung_up(make: Make):
    """A connection that is not made in time leaves nothing behind."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        computer = make(100)
        with pytest.raises(asyncio.TimeoutError):
            computer.loop.run_until_complete(
                streams.dial("127.0.0.1", silent.getsockname()[1], ssl.create_default_context(), "localhost", 15)
            )
        peer = silent.accept()[0]
        assert peer.recv(1)[0] == 0x16  # of the handshake
        while peer.recv(65536):
            pass


async def kept_and_spoken_to(port: int) -> tuple[bool, bool]:
    """Whether a connection is quiet, now and after what the peer has done meanwhile."""
    reader, _ = await asyncio.open_connection("127.0.0.1", port)
    incoming = streams.Incoming(reader)
    before = await incoming.is_quiet()
    await asyncio.sleep(1)
    return before, await incoming.is_quiet()


@pytest.mark.parametrize(("does", "is_quiet"), [(lambda peer: peer.send(b"?"), False), (lambda peer: peer.close(), False), (id, True)])
def test_what_nobody_has_asked_for_is_noticed(make: Make, does: Callable[[socket.socket], Any], is_quiet: bool):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        computer, peers = make(), list[socket.socket]()
        computer.clock.at(UP_US + 500_000, lambda: (peers.append(listener.accept()[0]), does(peers[0])))
        assert computer.run(kept_and_spoken_to(listener.getsockname()[1]))[0] == (True, is_quiet)


# -- datagrams ---------------------------------------------------------------------------------


def test_every_time_server_knows_the_worlds_time(make: Make):
    computer = make()
    (unix_ms, ticks_ms), ms = computer.run(ask("192.0.2.1"))
    assert (ticks_ms, ms) == (UP_US // 1000 + 25, 25)  # it looks each 5 ms
    assert abs(unix_ms - UTC_MS - ticks_ms) <= 5


def test_names_are_those_of_the_network(make: Make):
    async def look_up(*hosts: str) -> list[str]:
        names = Names(lambda: "10.0.0.1", lambda: 0)
        return [await names.address(host) for host in hosts]

    computer = make(names={"store.test": "127.0.0.7"})
    assert computer.run(look_up("store.test", "localhost", "127.0.0.3"))[0] == ["127.0.0.7", "127.0.0.1", "127.0.0.3"]
    with pytest.raises(NoAddress, match=r"the name nobody\.test has no address here"):
        computer.run(look_up("nobody.test"))


def test_a_question_without_a_link_has_no_way(make: Make):
    assert make(windows=[]).run(ask("192.0.2.1")) == (101, 0)


def test_there_is_no_other_socket(make: Make):
    make()
    with pytest.raises(NotImplementedError):
        datagram.socket.socket(socket.AF_INET, socket.SOCK_STREAM)


# -- a captive network -------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "said"), [("login", b"HTTP/1.1 200 OK"), ("reset", 104)])
def test_a_captive_network_answers_in_the_place_of_everybody(make: Make, kind: str, said: bytes | int):
    async def get() -> bytes:
        reader, writer = await asyncio.open_connection("192.0.2.1", 80)
        await streams.send(writer, memoryview(b"GET / HTTP/1.1\r\n\r\n"), 20)
        return (await reader.read(1000)).partition(b"\r\n")[0]

    assert make(captive=kind).run(get())[0] == said


def test_a_captive_network_lets_no_tls_through(make: Make):
    assert make(captive="login").run(streams.dial("192.0.2.1", 443, ssl.create_default_context(), "localhost", 15))[0] == 104
