"""Checks of personal keys: whether people can connect them, and whether they can be decrypted and used."""

from collections.abc import Iterator
from contextlib import closing

from bot.domain import Person
from bot.domain.errors import BotError, DSSError
from bot.dss import DSSClient
from bot.ops.dss_checks import trouble
from bot.ops.findings import FIX, OK, Finding
from bot.settings import Settings
from bot.store.encryption import Encryption
from bot.store.opening import open_for_reading
from bot.store.personal_keys import Counts, PersonalKey, PersonalKeyStore

_SUBJECT = "personal keys"


def check_personal_keys(settings: Settings) -> Iterator[Finding]:
    """Check whether personal keys are on, and whether those in the database can be decrypted."""
    if settings.access != "dss":
        return  # nobody's key is used
    counts = _counts(settings)
    if not settings.encryption_keys:
        if counts.connected:
            detail = (
                f"{_people(counts.connected)} connected, but DSS_BOT_ENCRYPTION_KEYS is not set, so their "
                "keys aren't used. Set it to what the keys were encrypted with"
            )
            yield Finding(level=FIX, subject=_SUBJECT, detail=detail)
        else:
            detail = "off: `dss-bot keys generate` prints a key for DSS_BOT_ENCRYPTION_KEYS"
            yield Finding(level=OK, subject=_SUBJECT, detail=detail)
    elif counts.undecryptable:
        detail = (
            f"{counts.undecryptable} of {counts.connected} can't be decrypted. Add the key that they were "
            "encrypted with at the end of DSS_BOT_ENCRYPTION_KEYS. If it is lost, their owners type "
            "/dss-jobs connect again"
        )
        yield Finding(level=FIX, subject=_SUBJECT, detail=detail)
    else:
        refused = f", {counts.refused} of them with a key that DSS refused" if counts.refused else ""
        yield Finding(
            level=OK, subject=_SUBJECT, detail=f"on: {_people(counts.connected)} connected{refused}"
        )


def trace_key(settings: Settings, client: DSSClient, person: Person, instance: str) -> Finding | None:
    """Return how a person acts by the key that they connected; ``None`` if they connected none.

    Args:
        settings: everything that was configured.
        client: a client of the instance.
        person: the person.
        instance: its name.
    """
    key = _key_of(settings, instance, person.user_id)
    if key is None:
        return None
    again = "They connect a new one with /dss-jobs connect"
    subject = f"DSS {instance}"
    if key.refused:
        detail = f"refused: DSS no longer accepts the personal key of {key.login}. {again}"
        return Finding(level=FIX, subject=subject, detail=detail)
    if key.key is None:
        detail = f"refused: the personal key of {key.login} can't be decrypted. {again}"
        return Finding(level=FIX, subject=subject, detail=detail)
    try:
        acting = client.with_key(key.key.reveal(), lambda error: error).read_auth_info().auth_identifier
    except (DSSError, ValueError) as exc:
        said = trouble(exc, client.host) if isinstance(exc, DSSError) else str(exc)
        return Finding(level=FIX, subject=subject, detail=f"the personal key of {key.login}: {said} {again}")
    detail = (
        f"{person.name} acts as {acting}, by personal key. What {acting} may do in a project is up to DSS"
    )
    return Finding(level=OK, subject=subject, detail=detail)


def _counts(settings: Settings) -> Counts:
    """Count the keys; none if the database can't be read, which is a finding of `database_check`."""
    try:
        with closing(open_for_reading(settings.store.database_url)) as store:
            return PersonalKeyStore(store.database, Encryption(settings.encryption_keys)).counts()
    except BotError:
        return Counts()


def _key_of(settings: Settings, instance: str, user_id: str) -> PersonalKey | None:
    if not settings.encryption_keys:
        return None
    try:
        with closing(open_for_reading(settings.store.database_url)) as store:
            rows = PersonalKeyStore(store.database, Encryption(settings.encryption_keys))
            return rows.find(instance, user_id)
    except BotError:
        return None


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
