# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What several files of these tests stand on."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from put_server import Server

from host_tools import store
from host_tools.certificates import issue, make_authority


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.StoreInfo]:
    info = store.up(tmp_path_factory.mktemp("store"))
    yield info
    store.down(info.folder)


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.http.shutdown()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_authority(folder)
    issue(folder)
    return folder


@pytest.fixture
def tls_server(certificates: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "tls.crt", certificates / "tls.key")
    found = Server(context)
    yield found
    found.http.shutdown()
