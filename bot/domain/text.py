"""Text from outside that goes into a database or into another message."""


def storable(text: str) -> str:
    """Return text that every database accepts: without NUL and without unpaired surrogates.

    JSON can carry both: a name that was cut inside an emoji ends in half of a character.
    """
    return text.replace("\0", "").encode("utf-8", "replace").decode()
