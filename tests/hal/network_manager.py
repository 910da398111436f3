# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A NetworkManager without a radio for the real nmcli, as a template of python-dbusmock: it asks for a key that it misses, and once more
for one that is wrong, as NetworkManager does, and does not go on without an answer.

python3 -m dbusmock --system -t tests/hal/network_manager.py -p '{"networks": {"home": "the key", "open": ""}, "stored": [["home", "old"]]}'

It runs in Debian's Python, which has dbusmock. A line of JSON is said when it is there, and for each key that it was given: [ssid, key].
"""

import itertools
import json

import dbus
import dbusmock
from dbusmock.templates import networkmanager as nm
from gi.repository import GLib

BUS_NAME, MAIN_OBJ, MAIN_IFACE, SYSTEM_BUS, IS_OBJECT_MANAGER = nm.BUS_NAME, nm.MAIN_OBJ, nm.MANAGER_IFACE, True, True
AGENTS, AGENT = ["/org/freedesktop/NetworkManager/" + name for name in ("AgentManager", "SecretAgent")]
AGENTS_IFACE, AGENT_IFACE = ["org.freedesktop.NetworkManager." + name for name in ("AgentManager", "SecretAgent")]
SECURITY = "802-11-wireless-security"
INTERACTIVE, NEW = 1, 2  # NMSecretAgentGetSecretsFlags
NEED_AUTH, ACTIVATED, FAILED = 60, 100, 120  # NMDeviceState
NO_SECRETS = 7  # NMDeviceStateReason
IS_ACTIVATING, IS_ACTIVATED, IS_DEACTIVATED = 1, 2, 4  # NMActiveConnectionState
PSK = nm.NM80211ApSecurityFlags.NM_802_11_AP_SEC_KEY_MGMT_PSK

keys = {}  # of each network
numbers = itertools.count()  # of connections
agents = []  # who has registered, by its name on the bus


def load(mock, parameters):
    mock.AddTemplate("networkmanager", {})
    keys.update(parameters["networks"])
    manager = dbusmock.get_object(nm.MANAGER_OBJ)
    manager.activate_connection, manager.add_and_activate_connection = activate, add_and_activate
    mock.AddObject(AGENTS, AGENTS_IFACE, {}, [])
    device = manager.AddWiFiDevice("radio", "wlan0", nm.DeviceState.DISCONNECTED)
    # A list of networks is waited for until this has changed, and it changes with each look.
    dbusmock.get_object(device).AddProperty(nm.WIRELESS_DEVICE_IFACE, "LastScan", dbus.Int64(-1))
    dbusmock.get_object(device).AddMethod(nm.WIRELESS_DEVICE_IFACE, "RequestScan", "a{sv}", "", "self.scan(self)")
    dbusmock.get_object(device).scan = scan
    for number, (ssid, key) in enumerate(keys.items()):
        manager.AddAccessPoint(device, "ap%d" % number, ssid, "00:11:22:33:44:%02d" % number, 2, 2412, 54000, 80, PSK if key else 0)
    for ssid, key in parameters["stored"]:
        store(manager, device, ssid, {}).key = key
    print("[]", flush=True)


def scan(device):
    device.UpdateProperties(nm.WIRELESS_DEVICE_IFACE, {"LastScan": dbus.Int64(GLib.get_monotonic_time() // 1000)})


def store(manager, device, ssid, settings):
    """A connection of that network, with no key yet."""
    connection = dbusmock.get_object(manager.AddWiFiConnection(device, "c%d" % next(numbers), ssid, ""))
    connection.settings["connection"].update(settings.get("connection", {}))
    if keys[ssid]:
        connection.settings[SECURITY] = {"key-mgmt": "wpa-psk", "auth-alg": "open"}
    connection.ssid, connection.key = ssid, ""
    connection.AddMethod(nm.CSETTINGS_IFACE, "Update2", "a{sa{sv}}ua{sv}", "a{sv}", "ret = self.take(self, args[0])")
    connection.take = take
    return connection


def take(connection, settings):
    """Who says nothing of a key leaves it as it is."""
    given = settings.get(SECURITY, {}).get("psk")
    if given:
        connection.key = said(connection.ssid, str(given))
    return dbus.Dictionary({}, signature="sv")


def said(ssid, key):
    print(json.dumps([ssid, key]), flush=True)
    return key


def add_and_activate(manager, settings, device, point):
    ssid = bytes(dbusmock.get_object(point).Get(nm.ACCESS_POINT_IFACE, "Ssid")).decode()
    connection = store(manager, device, ssid, settings)
    take(connection, settings)
    return dbus.ObjectPath(connection.path), activate(manager, connection.path, device, point)


def activate(manager, connection, device, point):
    active = manager.AddActiveConnection([device], connection, point, "0", dbus.UInt32(IS_ACTIVATING))
    Activation(*[dbusmock.get_object(path) for path in (connection, device, active)]).begin()
    return dbus.ObjectPath(active)


class Activation:
    def __init__(self, connection, device, active):
        self._connection, self._device, self._active = connection, device, active

    def begin(self):
        self._device.UpdateProperties(nm.DEVICE_IFACE, {"State": dbus.UInt32(NEED_AUTH)})
        GLib.idle_add(self._try)  # by then it is answered that this has begun

    def _try(self):
        wanted, key = keys[self._connection.ssid], self._connection.key
        if key == wanted:
            self._end(ACTIVATED, 0, IS_ACTIVATED)
        elif agents:
            self._ask(INTERACTIVE | (NEW if key else 0))
        else:
            self._fail()

    def _ask(self, flags):
        """An agent that may change what is stored is shown what is stored."""
        settings = {name: dict(values) for name, values in self._connection.settings.items()}
        if self._connection.key:
            settings[SECURITY]["psk"] = self._connection.key
        settings = dbus.Dictionary({name: dbus.Dictionary(values, signature="sv") for name, values in settings.items()}, signature="sa{sv}")
        agent = dbus.Interface(self._connection.connection.get_object(agents[-1], AGENT, introspect=False), AGENT_IFACE)
        path, hints = dbus.ObjectPath(self._connection.path), dbus.Array([], signature="s")
        answered = {"reply_handler": self._take, "error_handler": self._fail}
        agent.GetSecrets(settings, path, SECURITY, hints, dbus.UInt32(flags), **answered)

    def _take(self, secrets):
        take(self._connection, secrets)
        self._try()

    def _fail(self, *why):
        self._end(FAILED, NO_SECRETS, IS_DEACTIVATED)

    def _end(self, state, reason, active):
        both = dbus.Struct((dbus.UInt32(state), dbus.UInt32(reason)), signature="uu", variant_level=1)
        self._device.props[nm.DEVICE_IFACE]["StateReason"] = both
        changed = dbus.Dictionary({"State": dbus.UInt32(state, variant_level=1), "StateReason": both}, signature="sv")
        self._device.props[nm.DEVICE_IFACE]["State"] = dbus.UInt32(state)
        self._device.EmitSignal(dbus.PROPERTIES_IFACE, "PropertiesChanged", "sa{sv}as", [nm.DEVICE_IFACE, changed, []])
        self._active.UpdateProperties(nm.ACTIVE_CONNECTION_IFACE, {"State": dbus.UInt32(active)})


@dbus.service.method(AGENTS_IFACE, in_signature="su", out_signature="", sender_keyword="sender")
def RegisterWithCapabilities(self, name, capabilities, sender=None):
    agents.append(sender)


@dbus.service.method(AGENTS_IFACE, in_signature="", out_signature="", sender_keyword="sender")
def Unregister(self, sender=None):
    agents.remove(sender)
