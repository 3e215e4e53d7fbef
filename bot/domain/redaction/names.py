"""Whether a name, such as ``DB_PASSWORD`` or ``maxTokens``, says that its value is a secret."""

import enum
import re
from functools import lru_cache


class Secrecy(enum.IntEnum):
    """What a name says about its value."""

    NONE = 0
    """Nothing: ``max_tokens``, ``password_policy``, ``primary key``."""
    IF_RANDOM = 1
    """A secret if it looks like one: ``session``, ``signature``, ``key``."""
    IF_NO_WORD = 2
    """A secret unless it's a plain word or a number: ``token``."""
    ALWAYS = 3
    """A secret, whatever it looks like: ``password``, ``apiKey``."""


FIND = re.compile(
    r"(?i)pass(?:w(?:or[dt]|d|rd|ort)?|[ _-]?phrase|code|(?![a-z]))|pw(?:d|or[dt]|\b)|psw[d]?\b|"
    r"kennwort|wachtwoord"
    r"|mot[ _]de[ _]passe|mdp\b|senha|contrase[nñ]a|\bclave\b|has[lł]o|l[oö]senord|salasana|парол"
    r"|密[码碼]|口令"
    r"|パスワード|暗証番号|비밀번호|secret|geheim|token|jeton|ticket|cred(?:s\b|ential)|signature"
    r"|(?<![a-z])sig(?![a-z])"
    r"|(?<![a-z])sas(?![a-z])|cookie|jwt|sess(?:ion)?(?:[ _-]?id|[ _-]?key)?(?![a-z])|"
    r"(?<![a-z])sid(?![a-z])"
    r"|connection[ _]?string|assertion|mnemonic|recovery[ _-]?phrase|(?<![a-z])psk(?![a-z])|"
    r"(?<![a-z])otp(?![a-z])"
    r"|[cx]srf|auth(?![a-z])|masterauth|(?<![a-z])pat(?![a-z])|(?<![a-z])dsn(?![a-z])|key(?:s|"
    r"id)?(?![a-z])|bearer"
    r"|(?<=[a-z])(?:Pass|PASS|Pwd|Token|Secret|Key)(?![a-z])"
)
"""Finds the places that may be part of such a name. `secrecy` decides about the whole name."""

NEEDLES = (
    "pass pwd pw psw kennwort wachtwoord mdp senha contrase clave has losenord lösenord "
    "salasana парол 密码 密碼 口令 "
    "パスワード 暗証番号 비밀번호 secret geheim token jeton ticket cred sig sas cookie jwt sess "
    "sid connection string "
    "assertion mnemonic phrase psk otp csrf xsrf auth pat dsn key bearer"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[A-Z]{1,200}(?=[A-Z][a-z])|[A-Z]?[a-z]++|[A-Z]++|\d++|[^\W\d_A-Za-z]{1,200}[^\W\d_]*+")

_PASSWORD = re.compile(
    r".{0,200}(?:password|passwd|passphrase|passcode|pwd|passwrd|passwort|kennwort|wachtwoord|"
    r"motdepasse|senha|contrase[nñ]a|"
    r"l[oö]senord|salasana|пароль|пароля|密[码碼]|口令|パスワード|暗証番号|비밀번호)s?|(?!(?:com|by|tres|over|"
    r"under|encom|sur|multi|single|first|last|one|two|high|low|band)pass)[a-z]{0,60}pass|masterauth|[a-z]{0,20}pw|psw|"
    r"pswd|passw|mdp|clave|has[lł]o|psk|mnemonic|recoveryphrase|seedphrase|connectionstring|"
    r"geheim(?:nis|wort)?"
)
_SECRET = re.compile(
    r".{0,200}secret|secrets|creds?|credentials?|.{0,200}(?:credential|jobticket|apiticket|dkuticket)"
)
_TOKEN = re.compile(r".{0,200}(?:token|jeton)|jwt|bearer|pat|otp")
_WEAK = re.compile(
    r".{0,200}(?:ticket|signature|cookies?|session|sess|sessid|sessionid|sessionkey|assertion|"
    r"[cx]srf)|sig|sas|sid|auth|dsn|tokens"
)
_STRONG_KEYS = _words(
    """
    api access account private shared encryption storage signing secret master subscription
    functions function auth fernet license licence decryption deploy consumer aes hmac jwt dss dku
    dataiku service symmetric instrumentation ingestion ingest crypt cipher rsa webhook security hec
    x integration appl application
    """
)
_WEAK_WORDS_BEFORE_KEY = _words(
    """
    cache cached hash partition row sort group grouping join primary foreign object blob dedup
    dedupe idempotency bucket project issue lookup merge index cluster clustering routing shard
    sharding dist distribution public registry event message record surrogate natural business
    composite unique candidate order map dict config option property column dataset table range hot
    cold lock metric label tag feature state storage_class translation i18n sorting ordering reduce
    shuffle bloom missing duplicate unknown invalid the a this by for
    """
)
_GLUED_KEY = re.compile(
    r".{0,200}(api|access|account|private|shared|encryption|storage|signing|secret|master|"
    r"subscription|auth|fernet|consumer|"
    r"license|symmetric)keys?"
)
_HARMLESS_BEFORE_TOKEN = _words(
    """
    pad eos bos unk sep cls mask special unexpected image input output prompt completion max min num
    per total continuation page pagination sync cursor delta cancellation cancel syntax parse word
    sub first last start end stop previous illegal unknown terminal next padding number of each mean
    avg average
    """
)
_HARMLESS_AFTER = _words(
    """
    count counts counter type types limit limits length lengths len size sizes url urls uri endpoint
    expiry expires expiration expire expired ttl age policy policies name names class classname
    provider providers file files filename path paths location dir directory folder manager version
    format algorithm alg field fields column columns col required require enable enabled disabled
    rotation interval timeout strength prefix suffix scope scopes min max regex pattern hint reset
    used usage rate index indices budget header headers param params mode status state valid
    validity validation validator check checks checker changed update updated at date time seconds
    ms days hours minutes bytes per ref refs alias description label title backend engine encoder
    encoding generator factory host port login email callback handler filter interceptor parser
    bucket logprobs embedding embeddings probability attention position vocab dim overlap window ids
    issuer audience protection method methods mechanism needed missing invalid not spec store domain
    samesite secure httponly jar policy renewal renewer renew lifetime cnt kind scheme module
    handling authority is ok failed error errors exception count1 distribution order cardinality
    space range groups group
    """
)
_SOFT_AFTER = _words(
    """
    id user username server env hash hint source cache service client arn
    """
)


def words_of(name: str) -> list[str]:
    """Split a name into lowercase words: ``fs.s3a.secretKey`` → ``fs s 3 a secret key``."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(4096)
def secrecy(name: str) -> Secrecy:
    """Return what a name says about its value. ``name`` is the whole identifier, with dots and dashes."""
    words = words_of(name)
    found, at, width = Secrecy.NONE, -1, 1
    for place, word in enumerate(words):
        one, wide = _of_word(words, place, word)
        if one is not Secrecy.NONE:
            found, at, width = one, place, wide
    if at < 0:
        return Secrecy.NONE
    after = words[at + width :]
    if after and after[-1] in {"content", "contents", "value", "plaintext"}:
        return found
    if any(word in _HARMLESS_AFTER for word in after):
        return Secrecy.NONE
    if any(word in _SOFT_AFTER for word in after):
        return Secrecy.IF_RANDOM
    return found


def _of_word(words: list[str], at: int, word: str) -> tuple[Secrecy, int]:
    before = words[at - 1] if at else ""
    if word == "phrase" and before == "pass":
        return Secrecy.ALWAYS, 1
    if _PASSWORD.fullmatch(word) or _PASSWORD.fullmatch(before + word):
        return Secrecy.ALWAYS, 1
    if _SECRET.fullmatch(word):
        return Secrecy.ALWAYS, 1
    if word in {"string", "passe"} and _PASSWORD.fullmatch("".join(words[max(0, at - 2) : at + 1])):
        return Secrecy.ALWAYS, 1
    if word in {"key", "keys", "keyid"}:
        return _of_key(before, word, at)
    if _GLUED_KEY.fullmatch(word):
        return Secrecy.ALWAYS, 1
    if word == "ticket" and before in {"api", "job", "dku"}:
        return Secrecy.ALWAYS, 1
    if _TOKEN.fullmatch(word):
        harmless = before in _HARMLESS_BEFORE_TOKEN
        return (Secrecy.NONE if harmless else Secrecy.IF_NO_WORD), 1
    return (Secrecy.IF_RANDOM if _WEAK.fullmatch(word) else Secrecy.NONE), 1


def _of_key(before: str, word: str, at: int) -> tuple[Secrecy, int]:
    if before in _STRONG_KEYS:
        return Secrecy.ALWAYS, 1
    if before in _WEAK_WORDS_BEFORE_KEY or word == "keys" or (at == 0 and word != "key"):
        return Secrecy.NONE, 1
    return Secrecy.IF_RANDOM, 1
