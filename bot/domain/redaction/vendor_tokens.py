r"""Tokens that can be recognized by their format.

Prefixes, alphabets and lengths are facts from the vendors' documentation and from the rules of gitleaks
(MIT license, https://github.com/gitleaks/gitleaks); no text of theirs is used. See docs/security.md.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]


class Format(NamedTuple):
    """How a vendor's tokens look."""

    prefix: str
    """Stays visible. The line must contain it, exactly, before the pattern is tried."""
    rest: str
    """A pattern for what follows."""


_ANY = r"[A-Za-z0-9_-]"
_HEX = r"[0-9a-f]"

FORMATS = (
    # Slack
    *(Format(f"xox{kind}-", r"[\w.-]{3,}+") for kind in "abceoprsd"),
    *(Format(prefix, r"[\w.-]{3,}+") for prefix in ("xapp-", "xwfp-", "xoxe.xox")),
    # GitHub, GitLab, Bitbucket, Atlassian
    *(Format(f"gh{kind}_", r"[A-Za-z0-9_]{16,}+") for kind in "pousr"),
    Format("github_pat_", r"\w{20,}+"),
    *(
        Format(prefix, r"[\w.=-]{16,}+")
        for prefix in (
            "glpat-",
            "gldt-",
            "glrt-",
            "glcbt-",
            "glptt-",
            "glft-",
            "glsoat-",
            "glagent-",
            "gloas-",
            "glimt-",
        )
    ),
    Format("GR1348941", r"[\w-]{16,}+"),
    Format("ATATT3", r"[\w=-]{20,}+"),
    Format("ATBB", r"[A-Za-z0-9]{20,}+"),
    Format("ATCTT3", r"[\w=-]{20,}+"),
    # AWS, Google, Azure, Alibaba, Tencent, DigitalOcean, Heroku, Cloudflare, Fly.io
    *(Format(prefix, r"[A-Z2-7]{16}(?![A-Za-z0-9])") for prefix in ("AKIA", "ASIA", "ABIA", "ACCA")),
    *(Format(prefix, r"[A-Z0-9]{16}(?![A-Za-z0-9])") for prefix in ("AKIA", "ASIA", "AROA", "AIDA", "AGPA")),
    Format("ABSK", r"[A-Za-z0-9+/]{60,}+={0,2}"),
    Format("AIza", r"[\w-]{30,}+"),
    Format("ya29.", r"[\w.-]{16,}+"),
    Format("1//0", r"[\w-]{30,}+"),
    Format("GOCSPX-", r"[\w-]{20,}+"),
    Format("GOOG", r"[\w]{10,}+(?<=[\dA-Z]{10})"),
    Format("LTAI", r"[A-Za-z0-9]{12,}+"),
    Format("AKID", r"[A-Za-z0-9]{28,}+"),
    *(Format(f"{kind}_v1_", r"[a-f0-9]{32,}+") for kind in ("dop", "doo", "dor")),
    Format("HRKU-", r"[\w-]{20,}+"),
    *(Format(prefix, r"[A-Za-z0-9_+/=,-]{20,}+") for prefix in ("fo1_", "fm2_")),
    Format("v1.0-", r"[a-f0-9]{24}-[a-f0-9]{40,}+"),
    # Data platforms
    Format("dapi", r"[0-9a-f]{30,}+(?:-\d)?"),
    Format("dose", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
    Format("dkea", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
    *(Format(prefix, r"[\w-]{16,}+") for prefix in ("dkuaps-", "dkupaps-", "dkugaps-", "dkuapi-", "dkuadm-")),
    Format("dbtc_", r"[\w-]{20,}+"),
    Format("dbtu_", r"[\w-]{20,}+"),
    Format("ver:1-hint:", r"[^\s\"']{20,}+"),
    Format("cflt", r"[\w/+]{40,}+"),
    Format("pscale_", r"(?:tkn|pw|oauth)_[\w=.-]{20,}+"),
    Format("sbp_", r"[a-f0-9]{32,}+"),
    Format("sb_secret_", r"[\w-]{16,}+"),
    Format("napi_", r"[a-z0-9]{32,}+"),
    Format("AVNS_", r"[\w-]{12,}+"),
    Format("pnu_", r"\w{30,}+"),
    Format("pul-", r"[a-f0-9]{32,}+"),
    # Models
    Format("sk-", r"[\w-]{16,}+"),
    Format("sess-", r"[A-Za-z0-9]{30,}+"),
    Format("hf_", r"[A-Za-z0-9]{16,}+"),
    Format("api_org_", r"[A-Za-z]{30,}+"),
    Format("gsk_", r"[A-Za-z0-9]{20,}+"),
    Format("xai-", r"[A-Za-z0-9]{40,}+"),
    Format("r8_", r"[A-Za-z0-9]{30,}+"),
    Format("pplx-", r"[A-Za-z0-9]{30,}+"),
    Format("nvapi-", r"[\w-]{30,}+"),
    Format("fw_", r"[A-Za-z0-9]{22,}+"),
    Format("lsv2_", r"(?:pt|sk)_[a-f0-9_]{30,}+"),
    Format("tvly-", r"[\w-]{20,}+"),
    Format("pcsk_", r"[\w-]{30,}+"),
    Format("wandb_v1_", r"[\w-]{20,}+"),
    Format("jina_", r"[\w-]{30,}+"),
    # Payments, shops
    *(
        Format(f"{kind}_{mode}_", r"[A-Za-z0-9]{8,}+")
        for kind in ("sk", "rk", "pk")
        for mode in ("live", "test", "prod")
    ),
    Format("whsec_", r"[A-Za-z0-9+/=]{20,}+"),
    *(Format(f"shp{kind}_", r"[a-fA-F0-9]{30,}+") for kind in ("at", "ca", "pa", "ss", "ua")),
    *(Format(f"sq0{kind}-", r"[\w-]{20,}+") for kind in ("atp", "csp", "idp", "ids")),
    Format("EAAA", r"[\w-]{50,}+"),
    Format("EAAC", r"[A-Za-z0-9]{16,}+"),
    Format("EAAG", r"[A-Za-z0-9]{16,}+"),
    Format("AQE", r"[\w+/-]{10,}+~[\w+/-]{16,}+"),
    Format("FLWSECK", r"[\w-]{12,}+"),
    # Mail, telephone, chat
    Format("SG.", r"[\w-]{12,}+\.[\w-]{12,}+"),
    Format("SK", r"[0-9a-f]{32}(?![A-Za-z0-9])"),
    Format("key-", r"[0-9a-z]{32}(?![A-Za-z0-9])"),
    Format("pubkey-", r"[0-9a-z]{32}(?![A-Za-z0-9])"),
    Format("xkeysib-", r"[a-f0-9]{40,}+-\w{8,}+"),
    Format("re_", r"[A-Za-z0-9]{6,}+_[A-Za-z0-9]{16,}+"),
    Format("mlsn.", r"[a-f0-9]{40,}+"),
    Format("PMAK-", r"[a-f0-9]{24}-[a-f0-9]{30,}+"),
    Format("AGE-SECRET-KEY-1", r"[A-Z0-9]{40,}+"),
    Format("intra-", r"[\w-]{40,}+"),
    # Packages, builds, deployments
    Format("npm_", r"[A-Za-z0-9]{30,}+"),
    Format("pypi-", r"[\w-]{30,}+"),
    Format("rubygems_", r"[a-f0-9]{30,}+"),
    Format("oy2", r"[a-z0-9]{43}(?![a-z0-9])"),
    Format("cio", r"[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
    Format("dckr_", r"(?:pat|oat)_[\w-]{20,}+"),
    Format("cmVmdGtu", r"[A-Za-z0-9]{50,}+"),
    Format("AKCp", r"[A-Za-z0-9]{50,}+"),
    Format("CCIPAT_", r"\w{20,}+"),
    Format("CFPAT-", r"[\w-]{30,}+"),
    Format("bkua_", r"[a-z0-9]{30,}+"),
    *(Format(f"sq{kind}_", r"[a-f0-9]{40}") for kind in ("p", "a", "u")),
    Format("vercel_", r"[A-Za-z0-9]{20,}+"),
    Format("nfp_", r"[A-Za-z0-9_]{30,}+"),
    Format("rnd_", r"[A-Za-z0-9]{24,}+"),
    Format("dp.", r"(?:pt|st|ct|sa|scim|audit)\.[\w.-]{20,}+"),
    Format("tskey-", r"[\w-]{16,}+"),
    Format("ops_ey", r"[\w-]{40,}+"),
    *(Format(prefix, r"[\w.-]{20,}+") for prefix in ("hvs.", "hvb.", "hvr.")),
    Format(".atlasv1.", r"[\w=-]{40,}+"),
    Format("eyJ", r"[\w-]{8,}+\.[\w-]{6,}+(?:\.[\w-]*+){0,3}"),
    Format("sha256~", r"[\w-]{40,}+"),
    # Watching, tracking
    Format("sntrys_", r"[\w+/=-]{20,}+"),
    Format("sntryu_", r"[a-f0-9]{30,}+"),
    *(Format(f"gl{kind}_", r"[A-Za-z0-9_+/=]{20,}+") for kind in ("sa", "c")),
    Format("eyJrIjoi", r"[A-Za-z0-9]{30,}+={0,2}"),
    *(
        Format(f"dt0{kind}.", r"[A-Z0-9]{12,}+\.[A-Z0-9]{20,}+")
        for kind in ("c01", "s01", "s02", "s04", "s06", "s16")
    ),
    *(Format(f"NRA{kind}-", r"[A-Za-z0-9]{20,}+") for kind in "KLA"),
    *(Format(f"NRI{kind}-", r"[\w-]{20,}+") for kind in "IQ"),
    Format("NRJS-", r"[a-f0-9]{16,}+"),
    Format("phc_", r"[A-Za-z0-9]{30,}+"),
    Format("phx_", r"[A-Za-z0-9]{30,}+"),
    Format("pdus+_", r"[\w+-]{16,}+"),
    Format("LaunchDarkly-", r"[\w-]{20,}+"),
    *(Format(prefix, r"[a-f0-9]{8}-[a-f0-9-]{20,}+") for prefix in ("sdk-", "mob-", "api-")),
    # Work
    Format("lin_api_", r"[A-Za-z0-9]{16,}+"),
    Format("lin_oauth_", r"[A-Za-z0-9]{16,}+"),
    Format("secret_", r"[A-Za-z0-9]{40,}+"),
    Format("ntn_", r"[A-Za-z0-9]{40,}+"),
    Format("figd_", r"[\w-]{30,}+"),
    Format("shippo_", r"(?:live|test)_[a-f0-9]{30,}+"),
    Format("duffel_", r"(?:live|test)_[\w=-]{30,}+"),
    Format("EZ", r"[AT]K[A-Za-z0-9]{50,}+"),
    Format("fio-u-", r"[\w=-]{40,}+"),
    Format("pat-", r"(?:na|eu)\d-[0-9a-f]{8}-[0-9a-f-]{20,}+"),
    Format("00D", r"[A-Za-z0-9]{12,15}![\w.]{40,}+"),
    Format("sk.eyJ", r"[\w-]{20,}+\.[\w-]{16,}+"),
    Format("ion_", r"[\w-]{32,}+"),
    Format("p8e-", r"[\w-]{30,}+"),
)

BARE = (
    # Without a prefix to keep: Azure client secrets and storage keys, Telegram, Mailchimp, Firebase, Discord.
    ("Q~", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])"),
    ("==", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}=="),
    ("AzS", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{52}AzS(?:e|b)[A-Za-z0-9+/]{4,30}={0,2}"),
    ("AAAA", r"(?<!\w)AAAA[\w-]{7}:[\w-]{100,200}"),
    (":AA", r"(?<![\w:])\d{8,10}:AA[\w-]{30,40}(?![\w-])"),
    ("-us", r"(?<!\w)[0-9a-f]{32}-us\d{1,2}(?!\w)"),
    ("iscord", r"(?<![\w.-])[MNO][A-Za-z0-9_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w.-])"),
    ("AQICAH", r"(?<![\w+/])AQICAH[A-Za-z0-9+/]{40,2000}+={0,2}"),
    ("AgE", r"(?<![\w+/])AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,1000}+"),
)


def _start(prefix: str) -> str:
    return r"(?<![A-Za-z0-9])" if prefix[0].isalnum() else ""


def _finder(pattern: str) -> Finder:
    compiled = re.compile(pattern)

    def find(line: str) -> Iterator[Span]:
        for found in compiled.finditer(line):
            yield found.span(1)

    return find


RULES: tuple[tuple[tuple[str, ...], Finder], ...] = (
    *(
        ((prefix,), _finder(f"{_start(prefix)}{re.escape(prefix)}(?!\\[)({rest})"))
        for prefix, rest in FORMATS
    ),
    *(((needle,), _finder(f"({pattern})")) for needle, pattern in BARE),
)
"""What the line must contain, exactly, and what finds the secrets then."""
