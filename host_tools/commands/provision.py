# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog provision`: a flashed board becomes somebody's recorder; or a hundred of them."""

import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import labels, ports, wifi_keys
from host_tools.batch import PASS, AdapterBench, Batch, UsbBench, work_through
from host_tools.errors import UsageError
from host_tools.options import json_option, port_option
from host_tools.outputs import finished_or_absent
from host_tools.provision import Network, Outcome, Wanted, check_name, provision
from sim.world import recorder_store, store_settings


class NetworkType(click.ParamType):
    """SSID or SSID:PRIORITY."""

    name = "SSID[:PRIORITY]"
    _PRIORITY = re.compile(r"(.+):(-?\d{1,2})")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Network:
        found = self._PRIORITY.fullmatch(value)
        return Network(found[1], int(found[2])) if found else Network(value)


@click.command("provision")
@port_option
@click.option("--store", "store_file", required=True, type=click.Path(dir_okay=False), help="store.json of the S3 store.")
@click.option("--wifi", "networks", required=True, multiple=True, type=NetworkType(), help="A network; the higher priority is preferred.")
@click.option("--name", help="What the recorder is to be called.")
@click.option(
    "--batch", "batch_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV with a column `name`: one board each."
)
@click.option("--labels", "labels_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a page of labels to print, as HTML.")
@click.option(
    "--keys",
    "keys_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f'The networks\' keys, as {{"ssid": "key"}}; else ${wifi_keys.VARIABLE}, else they are asked for.',
)
@json_option
def command(
    given_port: str | None,
    store_file: str,
    networks: tuple[Network, ...],
    name: str | None,
    batch_file: Path | None,
    labels_file: Path | None,
    keys_file: Path | None,
    as_json: bool,
) -> int:
    """Tell a recorder its name, its store and its networks, and have it prove that footage arrives there.

    Interrupted, it can simply be done again. No key is shown, logged, or can be read back.

    Example: daylog provision --name kitchen --store store.json --wifi home --wifi phone:-1

    Exit code: 0 PASS, 1 FAIL.
    """
    if bool(name) == bool(batch_file):
        raise UsageError("give either --name or --batch")
    if name:
        check_name(name)
    batch = Batch(batch_file) if batch_file else None
    if labels_file:
        write_labels(labels_file, batch.names if batch else [name or ""])
    store, keys = store_settings(recorder_store(store_file)), wifi_keys.WifiKeys(wifi_keys.kept(keys_file), asker())

    def make(port: str, name: str) -> Outcome:
        outcome = provision(port, Wanted(name, networks, store), keys, tell_step)
        if not as_json:
            show(outcome)
        return outcome

    if batch:
        bench = AdapterBench(given_port, wait_for_person) if given_port else UsbBench(tell)
        work_through(batch, bench, make, tell)
        click.echo(json.dumps(list(batch.results.values())) if as_json else f"all {len(batch.names)} have passed: {batch.results_file}")
        return 0
    outcome = make(ports.find(given_port), name or "")
    if as_json:
        click.echo(json.dumps(asdict(outcome)))
    return 0 if outcome.passed else 1


def write_labels(file: Path, names: list[str]) -> None:
    with finished_or_absent(file) as path:
        path.write_text(labels.page(names))


def asker() -> wifi_keys.Ask | None:
    """Somebody at the terminal, if there is one."""
    if not sys.stdin.isatty():
        return None
    return lambda ssid: click.prompt(f"key of {ssid} (Enter: it has none)", default="", hide_input=True, show_default=False, err=True)


def wait_for_person() -> None:
    click.prompt("then press Enter", default="", show_default=False, prompt_suffix=" ", err=True)


def tell(words: str) -> None:
    click.echo(words, err=True)


def tell_step(step: str, words: str) -> None:
    tell(f"  {step:9} {words}")


def show(outcome: Outcome) -> None:
    click.secho(PASS if outcome.passed else "FAIL", fg="green" if outcome.passed else "red", bold=True, nl=False)
    click.echo(f": {outcome.name}" + ("" if outcome.passed else f": {outcome.problem}\n  {outcome.hint}"))
