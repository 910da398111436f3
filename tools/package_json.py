# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Write package.json, by which `mip` installs the firmware: python -m tools.package_json"""

import json

from host_tools.packages import ROOT, mip_package


def main() -> None:
    package = mip_package()
    urls = ",\n".join(f"    {json.dumps(url)}" for url in package["urls"])
    (ROOT / "package.json").write_text(f'{{\n  "version": "{package["version"]}",\n  "deps": [],\n  "urls": [\n{urls}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
