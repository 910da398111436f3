# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog store`: an S3 store on this machine."""

import json
from pathlib import Path

import rich_click as click

from host_tools import store
from host_tools.options import json_option

folder_option = click.option(
    "--dir",
    "folder",
    default=store.DEFAULT_FOLDER,
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Store folder.",
)


@click.group("store")
def command() -> None:
    """Run SeaweedFS, a real S3 store, on this machine: loopback only, with TLS."""


@command.command("up")
@folder_option
@json_option
def up(folder: Path, as_json: bool) -> None:
    """Start the store; store.json in its folder is what a recorder is given."""
    info = store.up(folder)
    if as_json:
        return click.echo(json.dumps({name: str(value) for name, value in vars(info).items()}))
    click.echo(f"store up at {info.endpoint}")
    click.echo(f"  recorder (write only): {info.store_file}\n  owner (everything):    {info.owner_file}")


@command.command("down")
@folder_option
@json_option
def down(folder: Path, as_json: bool) -> None:
    """Stop the store; what it holds stays."""
    ran = store.down(folder)
    click.echo(json.dumps({"stopped": ran}) if as_json else "store stopped" if ran else "no store was running")


@command.command("ls")
@click.argument("prefix", default="")
@folder_option
@json_option
def ls(prefix: str, folder: Path, as_json: bool) -> None:
    """List what the store holds, with the owner's key."""
    found = list(store.listing(folder, prefix))
    if as_json:
        return click.echo(json.dumps([{"key": one.key, "size": one.size, "modified": one.modified.isoformat()} for one in found]))
    for one in found:
        click.echo(f"{one.modified:%Y-%m-%d %H:%M:%S}  {one.size:>12,}  {one.key}")
    click.echo(f"{len(found)} objects, {sum(one.size for one in found):,} bytes")
