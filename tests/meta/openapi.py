"""docs/sandbox-openapi.yaml, made from the routes of the control interface.

``python -m tests.meta.openapi`` updates it.
"""

import yaml

from bot.sandbox.page.openapi import document
from tests.meta.tree import ROOT

FILE = ROOT / "docs" / "sandbox-openapi.yaml"
HEAD = "# Made from the code by `python -m tests.meta.openapi`; a test compares them.\n"


def expected() -> str:
    """Return the file as it should be."""
    return HEAD + yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)


if __name__ == "__main__":
    FILE.write_text(expected(), encoding="utf-8")
