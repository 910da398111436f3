# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The way of the footage: a network, names, and a store that takes what is written."""

import hashlib
import io

from firmware.compat import const, sleep_ms
from firmware.console import words
from firmware.console.checks import FAIL, PASS, SKIP, WARN, failed, passed, warned
from firmware.console.errors import CommandError
from firmware.http import HttpError, split_endpoint
from firmware.link import SCAN_MS
from firmware.names import NoAddress
from firmware.s3 import Part, S3Client

_WEAK_DBM = const(-75)
JOIN_MS = 30_000
_LOOK_MS = const(500)
_BUFFER_BYTES = const(256)
_MARK = b"written by doctor\n"
_BEFORE_TLS = ("settings", "dns", "connect", "lost", "timeout")  # what a store cannot be blamed for, nor its certificate


async def wifi(app, say):
    """Join a known network, if none is joined: the radio then stays on for as long as something is to be stored."""
    if not app.settings.wifi:
        return failed("No network is in the settings.", "Type wifi add.")
    if app.last_words.is_safe:
        raise CommandError("The radio is off in safe mode.", "Type reboot.")
    if not app.link.up.is_set():
        await _join(app, say)
    rssi_dbm = app.link.rssi()
    if rssi_dbm is None:
        return failed(app.link.state, _why_none(app.link.networks.table()))
    said = "%s, %d dBm" % (app.link.state, rssi_dbm)
    return passed(said) if rssi_dbm >= _WEAK_DBM else warned(said + ": weak", "Bring it nearer to the access point.")


async def _join(app, say):
    app.power.want_radio()
    app.link.kick()
    told = ""
    for _ in range(JOIN_MS // _LOOK_MS):
        if app.link.up.is_set():
            return
        if told != app.link.state:
            told = app.link.state
            say(told)
        await sleep_ms(_LOOK_MS)


def _why_none(networks):
    reasons = ["%s %s" % (row["ssid"], row["why"] or "was not heard") for row in networks]
    return "%s. Is this the place? wifi add corrects a key." % ", ".join(reasons)


def hear(app):
    """{ssid: dBm} of what is in reach."""
    if app.recorder.quiet_ms() < SCAN_MS:
        raise CommandError("A scan would stop the recorder for two seconds.", "Type pause first, and resume afterwards.")
    return app.link.scan()


async def scan(app, _say):
    heard = hear(app)
    if heard is None:
        return failed("The radio fails.", "Switch it off and on; if that does not help the board is broken.")
    known = [network["ssid"] for network in app.settings.wifi if network["ssid"] in heard]
    said = "hears %s, of them known: %s" % (words.count(len(heard), "network"), ", ".join(known) or "none")
    return passed(said) if known else warned(said, "Is this a place where it should be in reach? A hidden one is not heard.")


async def dns(app, _say):
    """The address of the store's host."""
    host = split_endpoint(_need_store(app)["endpoint"])[1]
    _need_link(app)
    try:
        return passed("%s is %s" % (host, await app.link.names.address(host)))
    except NoAddress as error:
        return failed("%s." % error, "Is the store's endpoint spelled right, and does this network lead to it?")


async def store(app, say):
    """Two findings: that nobody in between can read or change what is sent, and that the store keeps what is written."""
    settings = _need_store(app)
    _need_link(app)
    if not app.keeper.unix_ms():
        raise CommandError("Without the time nothing can be signed.", "It comes with Wi-Fi; or type time set.")
    say("writing a few bytes to the store")
    try:
        await _write(app, settings)
    except HttpError as error:
        return [_secrecy(settings, error), _written(error)]
    return [_secrecy(settings, None), (PASS, "it took what was written, and gave back the right checksum", "")]


async def _write(app, settings):
    """The same object each time. Raises HttpError unless its checksum came back."""
    client = S3Client(settings, app.link.names, lambda: app.keeper.unix_ms() // 1000, bytearray(_BUFFER_BYTES))
    digests = hashlib.sha256(_MARK).digest(), hashlib.md5(_MARK).digest()
    key = "/".join([part for part in (settings["prefix"].strip("/"), app.device, "doctor") if part])
    try:
        await client.put_object(key, Part(io.BytesIO(_MARK), 0, len(_MARK), *digests), again=True)
    finally:
        client.close()


def _secrecy(settings, error):
    if not settings["endpoint"].startswith("https:"):
        return WARN, "TLS: none, for the endpoint begins with http", "Anybody on the way can read the footage; use https."
    if error is None or error.kind not in _BEFORE_TLS + ("tls",):
        return PASS, "TLS: the store's certificate is good", ""
    if error.kind == "tls":
        return FAIL, "TLS: " + error.text, "Check ca_pem in the store's settings, and type time."
    return SKIP, "TLS: it came to no connection", ""


def _written(error):
    if error.kind == "tls":
        return SKIP, "nothing is sent to a store that may be another", ""
    return FAIL, error.text, "Compare endpoint, bucket and keys: settings get store."


CHECKS = (("wifi", wifi), ("dns", dns), ("store", store))


def _need_store(app):
    if not app.settings.store:
        raise CommandError("There is no store in the settings.", "daylog provision, on a computer, puts it in.")
    return app.settings.store


def _need_link(app):
    if not app.link.for_footage.is_set():
        raise CommandError("No network is joined that may carry footage.", "Type doctor wifi.")
