"""``/dss-build``: what may be typed, and what is answered to mistakes."""

import pytest

from bot.facts import Build, BuildMode, Help, Mistake, OutputKind, WantedOutput
from bot.jobs.grammar import parse_build


def _read(text: str) -> Build:
    request = parse_build(text)
    assert isinstance(request, Build), request
    return request


def _names(text: str) -> list[str]:
    return [f"{output.project}.{output.name}" for output in _read(text).outputs]


def _mistake(text: str) -> Mistake:
    request = parse_build(text)
    assert isinstance(request, Mistake), request
    return request


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("CHURN.scored", ["CHURN.scored"]),
        ("churn.scored", ["churn.scored"]),
        ("CHURN scored features", ["CHURN.scored", "CHURN.features"]),
        ("CHURN.a b SALES.c", ["CHURN.a", "CHURN.b", "SALES.c"]),
        ("CHURN a SALES.b c", ["CHURN.a", "SALES.b", "SALES.c"]),
        ("CHURN.a.b", ["CHURN.a.b"]),
        ('CHURN "a.b"', ["CHURN.a.b"]),
        ('"CHURN.my folder"', ["CHURN.my folder"]),
        ('CHURN."my folder"', ["CHURN.my folder"]),
        ('"CHURN"."a"', ["CHURN.a"]),
        (r'CHURN."say \"hi\" \\"', ['CHURN.say "hi" \\']),
        ("CHURN.a, CHURN.b,CHURN.c ,d", ["CHURN.a", "CHURN.b", "CHURN.c", "CHURN.d"]),
        ("CHURN.a CHURN.a", ["CHURN.a"]),
        ("CHURN.it's", ["CHURN.it's"]),
    ],
)
def test_outputs_are_read_in_every_documented_form(text: str, names: list[str]) -> None:
    """The first dot ends the project, and a word without a dot belongs to the project named last."""
    assert _names(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<http://CHURN.sc|CHURN.sc>", ["CHURN.sc"]),
        ("<http://churn.io|CHURN.io>\u00a0<http://SALES.it|SALES.it>", ["CHURN.io", "SALES.it"]),
        ("CHURN.a\u200b\u2060", ["CHURN.a"]),
        ("\u201cCHURN.my folder\u201d", ["CHURN.my folder"]),
        ("CHURN.\u2018my folder\u2019", ["CHURN.my folder"]),
        ("`CHURN.scored`", ["CHURN.scored"]),
        ("*CHURN.scored*", ["CHURN.scored"]),
        ("*CHURN.scored* *features*", ["CHURN.scored", "CHURN.features"]),
        ('CHURN."*scored*"', ["CHURN.*scored*"]),
        ("CHURN.**", ["CHURN.**"]),
        ("CHURN.a&amp;b", ["CHURN.a&b"]),
        ("CHURN.&lt;b&gt;", ["CHURN.<b>"]),
        ("CHURN.&amp;lt;", ["CHURN.&lt;"]),
    ],
)
def test_what_slack_clients_do_to_text_is_undone(text: str, names: list[str]) -> None:
    """Auto-links, typographic quotes, invisible characters and entities change nothing."""
    assert _names(text) == names


@pytest.mark.parametrize("dashes", ["--", "\u2014", "\u2013", "\u2013-", "\u2014\u2014", "-"])
@pytest.mark.parametrize("form", ["{0}mode all CHURN.x", "CHURN.x {0}MODE All", "CHURN.x {0}mode=ALL"])
def test_options_stand_anywhere_with_any_dash_and_case(dashes: str, form: str) -> None:
    """`--mode all`, `—MODE=All` and their like are the same."""
    assert _read(form.format(dashes)).mode is BuildMode.ALL


def test_all_options_are_read() -> None:
    """Every option of the contract reaches the record."""
    text = "CHURN.a b --partition 2026-11-23|FR --mode modified --type folder --on prod"
    assert _read(text) == Build(
        outputs=tuple(
            WantedOutput(project="CHURN", name=name, kind=OutputKind.FOLDER) for name in ("a", "b")
        ),
        mode=BuildMode.MODIFIED,
        partition="2026-11-23|FR",
        instance="prod",
    )


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("only", BuildMode.ONLY),
        ("modified", BuildMode.MODIFIED),
        ("all", BuildMode.ALL),
        ("missing", BuildMode.MISSING),
        ("recursive_forced_build", BuildMode.ALL),
    ],
)
def test_modes(word: str, mode: BuildMode) -> None:
    """The four words of the contract and DSS's own words are modes; without one it is `only`."""
    assert _read(f"A.b --mode {word}").mode is mode
    assert _read("A.b").mode is BuildMode.ONLY


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("dataset", OutputKind.DATASET),
        ("folder", OutputKind.FOLDER),
        ("FOLDERS", OutputKind.FOLDER),
        ("managed-folder", OutputKind.FOLDER),
        ("model", OutputKind.MODEL),
    ],
)
def test_kinds(word: str, kind: OutputKind) -> None:
    """One type holds for all outputs, in singular, plural or DSS's words."""
    assert {output.kind for output in _read(f"A.b c --type {word}").outputs} == {kind}


@pytest.mark.parametrize(
    "text", ["", "   ", "help", "HELP", "--help", "\u2014help", "CHURN.x --help", "?", "help me"]
)
def test_help(text: str) -> None:
    """Nothing, `help` and `--help` ask for help."""
    assert parse_build(text) == Help(command="build")


@pytest.mark.parametrize(
    ("text", "part", "example"),
    [
        ("CHURN", "what to build", "/dss-build CHURN.dataset"),
        ("scored", "PROJECT.scored", "/dss-build PROJECT.scored"),
        ("scored --mode missing", "PROJECT.scored", "/dss-build PROJECT.scored --mode missing"),
        ("CHURN.x --force", "--force", "/dss-build CHURN.x"),
        ("CHURN.x --recursive --on p", "--recursive", "/dss-build CHURN.x --mode modified --on p"),
        ("CHURN.x --all", "--all", "/dss-build CHURN.x --mode all"),
        ("CHURN.x --folder", "--folder", "/dss-build CHURN.x --type folder"),
        ("CHURN.", "what to build", "/dss-build CHURN.dataset"),
        (".scored", "project is missing", "/dss-build PROJECT.dataset"),
        ("--mode all", "what to build", "/dss-build PROJECT.dataset --mode all"),
        ("CHURN a.b", "not clear", "/dss-build CHURN.a.b"),
        ("CHURN/scored", "dot", "/dss-build CHURN.scored"),
        ("CHURN.x --mode smart", "“smart”", "/dss-build CHURN.x --mode modified"),
        ("CHURN.x --mode mising --on p", "“mising”", "/dss-build CHURN.x --mode missing --on p"),
        ("CHURN.x --mode zzz", "“zzz”", "/dss-build CHURN.x --mode modified"),
        ("CHURN.x --mdoe all", "--mdoe", "/dss-build CHURN.x --mode all"),
        ("CHURN.x --qqq 1", "--qqq", "/dss-build CHURN.x"),
        ("CHURN.x --mode", "needs a value", "/dss-build CHURN.x --mode modified"),
        ('CHURN.x --mode " "', "needs a value", "/dss-build CHURN.x --mode modified"),
        ("CHURN.x --mode --on p", "needs a value", "/dss-build CHURN.x --mode modified --on p"),
        ("CHURN.x --mode all --mode only", "twice", "/dss-build CHURN.x --mode all"),
        ("CHURN.x --type modell", "“modell”", "/dss-build CHURN.x --type model"),
        ("CHURN.x --partition 2026/11/23", "dashes", "/dss-build CHURN.x --partition 2026-11-23"),
        ("CHURN.x -- mode all", "directly after", "/dss-build CHURN.x --mode all"),
        ('CHURN.x "abc', "never closed", "/dss-build PROJECT.dataset"),
        ("https://dss.example/projects/K/datasets/n/explore/", "linked", "/dss-build K.n"),
        (
            "https://dss.example/projects/K/jobs/n/",
            "cannot be built|can be built",
            "/dss-build PROJECT.dataset",
        ),
        ("..x.y", "project is missing", "/dss-build PROJECT.dataset"),
        ("A...", "no name", "/dss-build PROJECT.dataset"),
    ],
)
def test_a_mistake_says_what_would_have_been_right(text: str, part: str, example: str) -> None:
    """The problem is named, and the example keeps all that was right."""
    mistake = _mistake(text)
    assert any(word in mistake.problem for word in part.split("|"))
    assert mistake.example == example


def test_near_misses_are_named() -> None:
    """Suggestions hold the option or word that was probably meant."""
    assert _mistake("CHURN.x --mdoe all").suggestions[0] == "--mode"
    assert _mistake("CHURN.x --mode onyl").suggestions[0] == "only"
    assert _mistake("CHURN.x --force").suggestions == ("--mode only", "--mode all")
    assert _mistake("CHURN.x --mode force").suggestions == ("only", "all")
    assert _mistake("CHURN a.b").suggestions == ("CHURN.a.b", "a.b")


def test_the_limits() -> None:
    """3,000 characters and 20 outputs are the most; one more is a mistake with a short example."""
    assert len(_names("A " + " ".join(f"d{n}" for n in range(20)))) == 20
    many = _mistake("A " + " ".join(f"d{n}" for n in range(21)))
    assert "20" in many.problem
    assert many.example == "/dss-build A.d0 A.d1 A.d2"
    assert _names("A." + "x" * 2_998) == ["A." + "x" * 2_998]
    assert "3000" in _mistake("A." + "x" * 2_999).problem
