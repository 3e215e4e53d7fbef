"""Encryption of single values in the database: Fernet, with rotation."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.domain.errors import BotError
from bot.settings import Secret


class CannotDecrypt(BotError):
    """No key decrypts a value: its key is missing, or the value was changed."""


class Encryption:
    """Encrypts with the newest key, and decrypts with any.

    Args:
        keys: Fernet keys, newest first; without any, nothing can be encrypted or decrypted.
    """

    def __init__(self, keys: Sequence[Secret]) -> None:
        self._fernet = MultiFernet([Fernet(key.reveal()) for key in keys]) if keys else None

    @property
    def is_on(self) -> bool:
        """Whether there is a key."""
        return self._fernet is not None

    def encrypt(self, value: bytes) -> str:
        """Encrypt a value with the newest key.

        Raises:
            ValueError: there is no key. Callers check `is_on` first.
        """
        if self._fernet is None:
            raise ValueError("there is no encryption key")
        return self._fernet.encrypt(value).decode()

    def decrypt(self, token: str) -> bytes:
        """Decrypt a value.

        Raises:
            CannotDecrypt: no key fits.
        """
        if self._fernet is None:
            raise CannotDecrypt("there is no encryption key")
        try:
            return self._fernet.decrypt(token.encode())
        except InvalidToken:
            raise CannotDecrypt("no encryption key fits") from None

    def rotate(self, token: str) -> str:
        """Encrypt a value anew, with the newest key.

        Raises:
            CannotDecrypt: no key fits.
        """
        if self._fernet is None:
            raise CannotDecrypt("there is no encryption key")
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken:
            raise CannotDecrypt("no encryption key fits") from None


def new_key() -> str:
    """Return a new random key."""
    return Fernet.generate_key().decode()
