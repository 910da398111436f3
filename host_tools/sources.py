# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Where segments can be: a card image, a mounted card or any folder, one file, or an S3 store.

with open_source("card.img") as source:
    for file in source.segments:
        with file.open() as stream:
            ...
"""

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from host_tools.errors import DaylogError
from host_tools.fat import FatVolume

MCAP_MAGIC = b"\x89MCAP0\r\n"
_SUFFIX = ".mcap"
_JOURNAL, _INDEX = ".jnl", ".idx"
_WHERE_TO_LOOK = "give a card image, a mounted card, a folder, an .mcap file or s3://bucket/prefix"
_SPOOL_BYTES = 16 << 20
_OWNER_FILE = "owner.json"


class SourceError(DaylogError):
    """There is nothing to read at this place, or it cannot be reached."""


@dataclass(frozen=True)
class StoredFile:
    """One file of a source: a segment, a generation of the journal or a copy of the index."""

    path: str
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)


@dataclass
class Source:
    """Files, wherever they are; close it to let go of the image or the connection."""

    where: str
    kind: str
    segments: list[StoredFile]
    journals: list[StoredFile] = field(default_factory=list)
    indexes: list[StoredFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@contextmanager
def open_source(where: str | Path, store_file: str | Path | None = None) -> Iterator[Source]:
    """Find the segments at a path or an `s3://bucket/prefix`; `store_file` says how to reach the store."""
    with ExitStack() as cleanup:
        yield _open(str(where), store_file, cleanup)


def _open(where: str, store_file: str | Path | None, cleanup: ExitStack) -> Source:
    if where.startswith("s3://"):
        return _store_source(where, store_file)
    path = Path(where)
    if not path.exists():
        raise SourceError(f"{where} does not exist", _WHERE_TO_LOOK)
    if path.is_dir():
        return _folder_source(path)
    if path.is_file() and path.stat().st_size == 0:
        raise SourceError(f"{where} is empty", _WHERE_TO_LOOK)
    if path.suffix == _SUFFIX or _starts_as_mcap(path):
        return Source(where, "segment", [_disk_file(path, path.name)])
    return _image_source(cleanup.enter_context(FatVolume(path)))


def _starts_as_mcap(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MCAP_MAGIC)) == MCAP_MAGIC


def _sort_files(files: list[StoredFile]) -> tuple[list[StoredFile], list[StoredFile], list[StoredFile]]:
    """Segments, generations of the journal, copies of the index, oldest first; other files are none of ours."""
    files.sort(key=lambda file: file.path)
    segments, journals, indexes = ([file for file in files if file.path.endswith(suffix)] for suffix in (_SUFFIX, _JOURNAL, _INDEX))
    return segments, journals, indexes


def _disk_file(path: Path, name: str) -> StoredFile:
    return StoredFile(name, path.stat().st_size, lambda: path.open("rb"))


def _folder_source(folder: Path) -> Source:
    files = [_disk_file(path, path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()]
    return Source(str(folder), "folder", *_sort_files(files))


def _image_source(volume: FatVolume) -> Source:
    files = [StoredFile(path.lstrip("/"), entry.size, lambda path=path: volume.open(path)) for path, entry in volume.walk()]
    return Source(str(volume.path), "card image", *_sort_files(files), problems=volume.problems)


def read_store_file(store_file: str | Path) -> dict[str, Any]:
    """The store.json that `daylog store up` writes: endpoint, region, bucket, keys, ca_file."""
    try:
        store = json.loads(Path(store_file).read_text())
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot read the store file {store_file}: {error}", "`daylog store up` writes one") from error
    if not isinstance(store, dict):
        raise SourceError(f"{store_file} is not a store file", "`daylog store up` writes one")
    return store


def s3_client(store: dict[str, Any]) -> Any:
    """A boto3 client; what the store file does not say comes from the AWS environment."""
    import boto3  # half a second that only a store costs
    from botocore.config import Config

    path_style = {"addressing_style": "path"} if store.get("endpoint") else {}
    return boto3.client(
        "s3",
        endpoint_url=store.get("endpoint"),
        region_name=store.get("region"),
        aws_access_key_id=store.get("access_key"),
        aws_secret_access_key=store.get("secret_key"),
        verify=store.get("ca_file") or None,
        config=Config(s3=path_style, connect_timeout=5, retries={"max_attempts": 3}),
    )


def _store_source(where: str, store_file: str | Path | None) -> Source:
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, prefix = where.removeprefix("s3://").partition("/")
    client = s3_client(read_store_file(_readers_file(Path(store_file))) if store_file else {})
    try:
        pages = list(client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
    except (BotoCoreError, ClientError) as error:
        raise SourceError(f"cannot list {where}: {error}", _store_hint(error)) from error

    def file_of(entry: dict[str, Any]) -> StoredFile:
        return StoredFile(entry["Key"], entry["Size"], lambda: _download(client, bucket, entry["Key"]))

    return Source(where, "store", *_sort_files([file_of(entry) for page in pages for entry in page.get("Contents", [])]))


def _readers_file(store_file: Path) -> Path:
    """A recorder's key can only write; `daylog store up` puts the owner's beside it."""
    owner = store_file.with_name(_OWNER_FILE)
    return owner if owner.exists() else store_file


def _store_hint(error: Exception) -> str:
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    hints = {
        "AccessDenied": "a recorder's key cannot read: give the owner's store file with --store",
        "NoSuchBucket": "s3:// is followed by the name of the bucket; the store file has it",
    }
    return hints.get(code, "is the store up, and does --store name its store file?")


def _download(client: Any, bucket: str, key: str) -> BinaryIO:
    from botocore.exceptions import BotoCoreError, ClientError

    spool = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # seekable, and gone when it is closed
    try:
        client.download_fileobj(bucket, key, spool)
    except (BotoCoreError, ClientError) as error:
        raise SourceError(f"cannot read s3://{bucket}/{key}: {error}") from error
    spool.seek(0)
    return io.BufferedReader(spool)  # type: ignore[arg-type]
