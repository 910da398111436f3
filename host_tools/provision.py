# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board that runs Daylog becomes somebody's recorder: its name, its store and its networks, and proof that footage arrives.

outcome = provision("/dev/ttyACM0", Wanted("kitchen", (Network("home", 1),), store_settings), keys, tell)
outcome.passed

Each step looks first whether it is done already: whatever interrupts it, the same call goes on. What is looked at is what the
recorder reports, which is never a secret: a store is known by its access key, and that a network's key is right by joining it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from firmware.networks import REASONS
from firmware.settings import TABLE, without_secrets
from host_tools import settings
from host_tools.console_line import ConsoleLine
from host_tools.errors import DaylogError, UsageError
from host_tools.flashing import greeting

JOIN_S, CLOSE_S, STORE_S, LOOK_S = 90.0, 20.0, 180.0, 0.5
REFUSED = REASONS["wrong_key"][0]
TROUBLE_LOOKS = 10  # in a row: one failure may pass
KEY_FAILURES = 2  # an access point refuses a right key now and then
Tell = Callable[[str, str], None]  # (step, what came of it)


class Keys(Protocol):
    """The keys of the networks, asked for when they are needed."""

    def __call__(self, ssid: str, /) -> str:
        """ "" is that of an open network."""
        ...

    def refused(self, ssid: str) -> None:
        """The network does not take it. Raises DaylogError if there is no other."""
        ...


class ProvisionError(DaylogError):
    """The recorder does not do what it should."""


@dataclass(frozen=True)
class Network:
    """The one of higher priority is preferred."""

    ssid: str
    priority: int = 0


@dataclass(frozen=True)
class Wanted:
    """`store` as the recorder is given it."""

    name: str
    networks: tuple[Network, ...]
    store: dict[str, Any]


@dataclass
class Outcome:
    """`problem` and `hint` say why it is not `passed`."""

    name: str
    passed: bool = False
    steps: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    hint: str = ""


def check_name(name: str) -> None:
    """Raises UsageError."""
    _, is_name, what = TABLE["device_id"]
    if not name or not is_name(name):
        raise UsageError(f"{name or 'nothing'} cannot be a recorder's name", what.partition("; ")[0])


def provision(port: str, wanted: Wanted, keys: Keys, tell: Tell) -> Outcome:
    """Go through all steps, or up to the one that fails."""
    outcome = Outcome(wanted.name)

    def note(step: str, words: str) -> None:
        outcome.steps[step] = words
        tell(step, words)

    try:
        with ConsoleLine(port) as console:
            restarts = Visit(console, wanted, keys, note).teach()
        if restarts:
            note("restart", greeting.wait(port))
        with ConsoleLine(port) as console:
            Visit(console, wanted, keys, note).prove()
    except DaylogError as error:
        outcome.problem, outcome.hint = error.message, error.hint
    outcome.passed = not outcome.problem
    return outcome


class Visit:
    """One connection with the recorder. All its methods raise DaylogError."""

    def __init__(self, console: ConsoleLine, wanted: Wanted, keys: Keys, tell: Tell) -> None:
        self._console, self._wanted, self._keys, self._tell = console, wanted, keys, tell

    # --- what it is told --------------------------------------------------------------------------------------

    def teach(self) -> bool:
        """Everything that it does not know yet; returns whether it restarts then: it proves what it has kept, and joins anew."""
        wanted = self._wanted
        news = [
            self._set("name", "device_id", wanted.name, lambda: wanted.name),
            self._set("store", "store", without_secrets(wanted.store), lambda: wanted.store),
            self._set("networks", "wifi", without_secrets(self._networks(lambda ssid: "some")), self._networks),
        ]
        restarts = any(news) or self._console.ask("status")["device"] != wanted.name
        if restarts:
            self._console.ask("reboot")
        return restarts

    def _set(self, step: str, name: str, shown: Any, value: Callable[[], Any]) -> bool:
        """Whether that was news: it did not show what it shows then."""
        is_news = settings.get(self._console, name) != shown
        if is_news:
            settings.put(self._console, name, value())
        self._tell(step, "set" if is_news else "known already")
        return is_news

    def _networks(self, key: Callable[[str], str] | None = None) -> list[dict[str, Any]]:
        """As the recorder is given them."""
        key = key or self._keys
        return [{"ssid": one.ssid, "key": key(one.ssid), "priority": one.priority} for one in self._wanted.networks]

    # --- what it proves ---------------------------------------------------------------------------------------

    def prove(self) -> None:
        """A network is joined, a picture taken, and a segment stored, which it says once the store has returned the checksum."""
        self._console.ask("sync now")
        self._join()
        self._store(self._snap())

    def _join(self) -> None:
        refused: Counter[str] = Counter()

        def joined(wifi: dict[str, Any]) -> bool:
            if wifi["link"]["rssi_dbm"] is not None:
                return True
            for row in wifi["networks"]:
                if row["why"] == REFUSED and row["failures"] >= refused[row["ssid"]] + KEY_FAILURES:
                    refused[row["ssid"]] = row["failures"]
                    self._correct(row["ssid"])
            return False

        wifi = self._until(joined, "wifi", JOIN_S)
        link = wifi["link"]
        if link["rssi_dbm"] is None:
            raise ProvisionError(f"no network was joined: {link['state']}", _reasons(wifi["networks"]))
        self._tell("link", f"{link['state']}, {link['rssi_dbm']} dBm")

    def _correct(self, ssid: str) -> None:
        self._tell("link", f"{ssid} {REFUSED}")
        self._keys.refused(ssid)
        settings.put(self._console, "wifi", self._networks())

    def _snap(self) -> str:
        """Of what segment its picture is."""
        picture = self._console.ask("camera snap")
        if not picture["whole"]:
            raise ProvisionError("the camera gives no whole picture", "is its cable fast? Then try another camera")
        self._tell("camera", f"{picture['width']}x{picture['height']}, {picture['size']:,} bytes")
        return f"{picture['boot']}/{picture['segment']}"

    def _store(self, segment: str) -> None:
        self._close(segment)
        looks_in_trouble = 0

        def ended(found: dict[str, Any]) -> bool:
            nonlocal looks_in_trouble
            looks_in_trouble = looks_in_trouble + 1 if self._trouble() else 0
            return found["state"] in ("stored", "set_aside") or looks_in_trouble == TROUBLE_LOOKS

        found = self._until(ended, f"segments get {segment}", STORE_S)
        if found["state"] != "stored":
            raise ProvisionError(f"segment {segment} does not reach the store", self._trouble() or "daylog status says more")
        self._tell("upload", f"segment {segment} is stored, {found['size']:,} bytes")

    def _trouble(self) -> str:
        """With the store, in the recorder's words."""
        return self._console.ask("status")["problems"].get("store", "")

    def _close(self, segment: str) -> None:
        """By a pause, which ends by itself if we do not end it."""
        self._console.ask("pause 1")
        self._until(lambda found: found["state"] != "open", f"segments get {segment}", CLOSE_S)
        self._console.ask("resume")

    def _until(self, ended: Callable[[dict[str, Any]], bool], command: str, limit_s: float) -> dict[str, Any]:
        """The answer with which it has ended, or the one when the time is up."""
        answer = self._console.ask(command)
        for _ in range(int(limit_s / LOOK_S)):
            if ended(answer):
                break
            self._console.rest(LOOK_S)
            answer = self._console.ask(command)
        return answer


def _reasons(networks: list[dict[str, Any]]) -> str:
    return "; ".join(f"{row['ssid']} {row['why'] or 'is not here'}" for row in networks)
