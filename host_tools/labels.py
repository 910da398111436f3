# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Labels for recorders, on a page to print: each its name, in letters and as a QR code."""

from collections.abc import Iterable
from html import escape

import segno

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Daylog labels</title>
<style>
  body {{ margin: 10mm; font: 4mm monospace; display: flex; flex-wrap: wrap; gap: 4mm }}
  figure {{ margin: 0; padding: 2mm; border: 0.2mm dashed #999; width: 34mm; text-align: center; break-inside: avoid }}
  svg {{ width: 26mm; height: 26mm }}
</style>
{labels}
</html>
"""


def page(names: Iterable[str]) -> str:
    """HTML that needs nothing else."""
    return _PAGE.format(labels="\n".join(map(label, names)))


def label(name: str) -> str:
    code = segno.make_qr(name, error="m").svg_inline(omitsize=True)
    return f"<figure>{code}<figcaption>{escape(name)}</figcaption></figure>"
