"""What a second red team tried against the redactor, after its rules. ``«…»`` as in `planted`."""

from pathlib import Path

_RANDOM = {
    "<A>": "f7Gk2LmQ9xZr4TbW6vNc8Yd1",
    "<B>": "0b8f4e2a91c7d35e6f08a4b2c9d17e53",
    "<C>": "1dY8cNv6WbT4rZx9QmL2kG7f",
    "<D>": "0b8f4e2a",
    "<NL>": "\n",
}
"""Written into the shapes of the file, so that it contains nothing that looks like a real secret."""


def second_look() -> list[str]:
    """Return the texts."""
    text = (Path(__file__).parent / "second_look.txt").read_text()
    found = text.splitlines()
    for name, value in _RANDOM.items():
        found = [one.replace(name, value) for one in found]
    return found
