"""Opens a page in the person's browser, if this machine has one with a screen."""

import os
import sys
import webbrowser

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def show(url: str) -> bool:
    """Open a URL; returns whether a browser took it.

    On Linux without a screen, Python would start a browser for terminals, which would take over this one.
    """
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        return False
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
