# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated radio and its sockets, against real servers on loopback."""

import socket
import ssl
from pathlib import Path

import pytest
from put_server import Server
from tiny_board import JOIN, NETWORK, UTC_MS, TinyBoard, play

from host_tools.certificates import make_authority

CLIENT = (
    JOIN
    + """
import asyncio
async def put(port, size, ssl=None):
    start = time.ticks_ms()
    reader, writer = await asyncio.open_connection("localhost", port, ssl=ssl, server_hostname="localhost")
    writer.write(b"PUT /x HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: %d\\r\\n\\r\\n" % size)
    await writer.drain()
    piece = bytes(range(256)) * 64
    sent = 0
    while sent < size:
        writer.write(piece[: min(len(piece), size - sent)])
        await writer.drain()
        sent += len(piece)
    answer = b""
    while not answer.endswith(b"."):
        answer += await reader.read(1000)
    writer.s.close()
    print(answer.split(b"\\r\\n")[0].decode(), answer.split(b"\\r\\n")[-1].decode(), time.ticks_diff(time.ticks_ms(), start))
def attempt(coroutine):
    try:
        asyncio.run(coroutine)
    except (OSError, ValueError) as error:
        print(error if isinstance(error, ValueError) else error.errno, time.ticks_ms())
"""
)


def test_bandwidth_and_latency_are_charged(tmp_path: Path, server: Server):
    ended = play(tmp_path, CLIENT + f"asyncio.run(put({server.port}, 1_000_000))", wifi={"networks": [NETWORK]})
    assert server.requests == [("/x", 1_000_000)]
    answer, _, ms = ended.printed[0].rpartition(" ")
    assert answer == "HTTP/1.1 200 OK 1000000 bytes."
    # 1 MB at 8 Mbit/s is a second; name, connection and answer take a round trip of 20 ms each.
    assert 1050 <= int(ms) <= 1070


def test_an_upload_takes_the_same_virtual_time_twice(tmp_path: Path, server: Server):
    board = TinyBoard(tmp_path, CLIENT + f"for _ in range(3):\n    asyncio.run(put({server.port}, 300_000))", wifi={"networks": [NETWORK]})
    assert board.boot().printed == board.boot().printed


def tls_client(ca: Path, call: str) -> str:
    der = ssl.PEM_cert_to_DER_cert(ca.read_text())
    return f"""{CLIENT}
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations(cadata={der!r})
{call}
"""


def test_tls_over_the_simulated_link(tmp_path: Path, tls_server: Server, certificates: Path):
    ended = play(
        tmp_path,
        tls_client(certificates / "ca.pem", f"asyncio.run(put({tls_server.port}, 1_000_000, context))"),
        wifi={"networks": [NETWORK]},
    )
    assert tls_server.requests == [("/x", 1_000_000)]
    answer, _, ms = ended.printed[0].rpartition(" ")
    assert answer == "HTTP/1.1 200 OK 1000000 bytes."
    assert 1090 <= int(ms) <= 1130  # two more round trips, and the records' overhead


def test_a_foreign_authority_is_refused(tmp_path: Path, tls_server: Server):
    make_authority(tmp_path)
    ended = play(tmp_path, tls_client(tmp_path / "ca.pem", f"attempt(put({tls_server.port}, 10, context))"), wifi={"networks": [NETWORK]})
    assert ended.printed[1] == "The certificate is not correctly signed by the trusted CA"
    assert tls_server.requests == []


def window(from_s: float, to_s: float) -> dict:
    return {"networks": [{**NETWORK, "windows": [[int(from_s * 1e6), int(to_s * 1e6)]]}]}


def test_a_link_that_ends_in_mid_upload(tmp_path: Path, server: Server):
    ended = play(tmp_path, CLIENT + f"attempt(put({server.port}, 5_000_000))", wifi=window(0, 3))
    assert ended.printed == ["104 3000"]
    assert [row["what"] for row in ended.trace] == ["boot", "wifi_up", "wifi_down", "end"]


def test_a_link_that_ends_in_mid_tls_upload(tmp_path: Path, tls_server: Server, certificates: Path):
    main = tls_client(certificates / "ca.pem", f"attempt(put({tls_server.port}, 5_000_000, context))\nprint('alive', time.ticks_ms())")
    assert play(tmp_path, main, wifi=window(0, 3)).printed == ["104 3000", "alive 3000"]


def test_a_link_that_ends_while_the_last_bytes_are_under_way(tmp_path: Path, server: Server):
    """Whoever waits for the answer hears of it at once, though the answer could not have been there yet."""
    ended = play(tmp_path, CLIENT + f"attempt(put({server.port}, 1_480_000))", wifi=window(0, 3))
    assert ended.printed == ["104 3000"]


def test_the_network_is_there_only_in_its_window(tmp_path: Path):
    main = (
        JOIN
        + """
print(time.ticks_ms())
while wlan.isconnected():
    time.sleep_ms(10)
print(time.ticks_ms(), wlan.status() == network.STAT_BEACON_TIMEOUT)
"""
    )
    assert play(tmp_path, main, wifi=window(60, 70)).printed == ["61500", "70000 True"]


def test_the_station_joins_again_by_itself(tmp_path: Path):
    main = (
        JOIN
        + """
while wlan.isconnected():
    time.sleep_ms(100)
while not wlan.isconnected():
    time.sleep_ms(100)
print(time.ticks_ms())
"""
    )
    twice = {"networks": [{**NETWORK, "windows": [[0, 2_000_000], [20_000_000, 30_000_000]]}]}
    ended = play(tmp_path, main, wifi=twice)
    assert ended.printed == ["20000"]
    assert [row["what"] for row in ended.trace] == ["boot", "wifi_up", "wifi_down", "wifi_up", "end"]


def test_a_wrong_key_and_an_unknown_name(tmp_path: Path):
    main = """
import network, time
wlan = network.WLAN(network.WLAN.IF_STA)
wlan.active(True)
print(wlan.scan()[0][0])
for ssid, key in (("home", "wrong"), ("elsewhere", "")):
    wlan.connect(ssid, key)
    time.sleep(2)
    print(wlan.status())
"""
    assert play(tmp_path, main, wifi={"networks": [NETWORK]}).printed == ["b'home'", "202", "201"]


def test_nobody_listens_and_other_machines_are_out_of_reach(tmp_path: Path):
    main = f"""{CLIENT}
import socket
attempt(put(1, 10))
def call(what):
    try:
        what()
    except OSError as error:
        print(error.errno)
call(lambda: socket.socket().connect(("192.0.2.1", 80)))
call(lambda: socket.getaddrinfo("store.example", 443))
wlan.disconnect()
call(lambda: socket.getaddrinfo("localhost", 80))
call(lambda: socket.socket().connect(("127.0.0.1", 80)))
"""
    assert play(tmp_path, main, wifi={"networks": [NETWORK]}).printed == ["111 1540", "113", "-202", "-202", "113"]


def test_a_silent_peer_lets_virtual_time_go_on(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        main = (
            CLIENT
            + f"""
async def ask():
    reader, writer = await asyncio.open_connection("localhost", {silent.getsockname()[1]})
    writer.write(b"?")
    await writer.drain()
    try:
        await asyncio.wait_for(reader.read(1), 30)
    except asyncio.TimeoutError:
        print("gave up", time.ticks_ms())
asyncio.run(ask())
"""
        )
        ended = play(tmp_path, main, wifi={"networks": [NETWORK]}, patience_ms=100)
    assert ended.printed == ["gave up 31540"]


def test_every_time_server_knows_the_worlds_time(tmp_path: Path):
    main = (
        JOIN
        + """
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
start = time.ticks_ms()
s.sendto(b"\\x1b" + bytes(47), socket.getaddrinfo("pool.ntp.org", 123)[0][-1])
answer = s.recv(48)
seconds, fraction = struct.unpack(">II", answer[40:])
print((seconds - 2208988800) * 1000 + (fraction * 1000 >> 32), time.ticks_ms(), time.ticks_ms() - start)
s.settimeout(0)
try:
    s.recv(48)
except OSError as error:
    print(error.errno)
"""
    )
    ended = play(tmp_path, main, wifi={"networks": [NETWORK]})
    unix_ms, now_ms, took_ms = map(int, ended.printed[0].split(" "))
    assert took_ms == 40  # a round trip for the name, one for the question
    assert abs(unix_ms - (UTC_MS + now_ms - 10)) <= 1
    assert ended.printed[1] == "11"


@pytest.mark.parametrize(("kind", "said"), [("login", ["HTTP/1.1 200 OK Welcome"]), ("reset", ["104"])])
def test_a_captive_network_answers_in_the_place_of_everybody(tmp_path: Path, kind: str, said: list[str]):
    main = (
        CLIENT
        + """
async def get(host):
    reader, writer = await asyncio.open_connection(host, 80)
    writer.write(b"GET / HTTP/1.1\\r\\n\\r\\n")
    await writer.drain()
    answer = await reader.read(1000)
    print(answer.split(b"\\r\\n")[0].decode(), "Welcome" if b"Welcome" in answer else "")
attempt(get("store.example"))
"""
    )
    ended = play(tmp_path, main, wifi={"networks": [{**NETWORK, "captive": kind}]})
    assert [line.removesuffix(" 1560") for line in ended.printed] == said
