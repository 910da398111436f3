# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Arguments and options that several commands share, so that they are spelt alike everywhere."""

import rich_click as click

source_argument = click.argument("where", metavar="PATH|s3://BUCKET/PREFIX")
store_option = click.option("--store", "store_file", metavar="FILE", type=click.Path(dir_okay=False), help="store.json of the S3 store.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, for programs.")
