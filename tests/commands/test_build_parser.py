"""``/dss-build``: the allowed input, and the answers to mistakes."""

import pytest

from bot.commands.build_parser import parse_build
from bot.domain import Build, BuildMode, Help, Mistake, OutputKind, RequestedOutput


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
        ("CHURN:scored", ["CHURN.scored"]),
        ("scored in CHURN", ["CHURN.scored"]),
        ("a and b from SALES", ["SALES.a", "SALES.b"]),
        ("please build a in SALES", ["SALES.a"]),
        ("please build CHURN.scored and SALES.a", ["CHURN.scored", "SALES.a"]),
        ("run CHURN/scored", ["CHURN.scored"]),
        ("CHURN in SALES", ["CHURN.in", "CHURN.SALES"]),
        ("run build", ["run.build"]),
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
    """The first dot ends the project, and a word without a dot belongs to the last named project."""
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
        ("_CHURN.scored_ ~features~", ["CHURN.scored", "CHURN.features"]),
        ("*CHURN.scored*,*SALES.orders*", ["CHURN.scored", "SALES.orders"]),
        ("```CHURN.scored```", ["CHURN.scored"]),
        ("```\nCHURN.scored features\n```", ["CHURN.scored", "CHURN.features"]),
        ("`CHURN scored features`", ["CHURN.scored", "CHURN.features"]),
        ("\u201cCHURN scored\u201d", ["CHURN.scored"]),
        ("*CHURN.scored features*", ["CHURN.scored", "CHURN.features"]),
        ('*CHURN."my folder"*', ["CHURN.my folder"]),
        ('CHURN *"my folder"*', ["CHURN.my folder"]),
        ("CHURN._tmp_", ["CHURN._tmp_"]),
        ('CHURN "_tmp_"', ["CHURN._tmp_"]),
        ('CHURN."*scored*"', ["CHURN.*scored*"]),
        ("CHURN.**", ["CHURN.**"]),
        ("CHURN.a&amp;b", ["CHURN.a&b"]),
        ("CHURN.&lt;b&gt;", ["CHURN.<b>"]),
        ("CHURN.&amp;lt;", ["CHURN.&lt;"]),
    ],
)
def test_what_slack_clients_do_to_text_is_undone(text: str, names: list[str]) -> None:
    """Automatic links, typographic quotes, invisible characters, and entities change nothing."""
    assert _names(text) == names


@pytest.mark.parametrize("dashes", ["--", "\u2014", "\u2013", "\u2013-", "\u2014\u2014", "-"])
@pytest.mark.parametrize("form", ["{0}mode all CHURN.x", "CHURN.x {0}MODE All", "CHURN.x {0}mode=ALL"])
def test_options_stand_anywhere_with_any_dash_and_case(dashes: str, form: str) -> None:
    """`--mode all`, `—MODE=All`, and the like are the same."""
    assert _read(form.format(dashes)).mode is BuildMode.ALL


def test_all_options_are_read() -> None:
    """Every option of the contract is in the record."""
    text = "CHURN.a b --partition 2026-11-23|FR --mode modified --type folder --on prod"
    assert _read(text) == Build(
        outputs=tuple(
            RequestedOutput(project="CHURN", name=name, kind=OutputKind.FOLDER) for name in ("a", "b")
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
    """The contract's four words and DSS's own words are modes; the default is `only`."""
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
    """One type applies to all outputs: singular, plural, or in DSS's words."""
    assert {output.kind for output in _read(f"A.b c --type {word}").outputs} == {kind}


@pytest.mark.parametrize(
    "text", ["", "   ", "help", "HELP", "--help", "\u2014help", "CHURN.x --help", "?", "help me"]
)
def test_help(text: str) -> None:
    """No text, `help`, and `--help` request help."""
    assert parse_build(text) == Help(command="build")


@pytest.mark.parametrize(
    ("text", "part", "example"),
    [
        ("CHURN", "what to build", "/dss-build CHURN.dataset"),
        ("CHURN.x --force", "--force", "/dss-build CHURN.x"),
        ("CHURN.x --recursive --on p", "--recursive", "/dss-build CHURN.x --mode modified --on p"),
        ("CHURN.x --all", "--all", "/dss-build CHURN.x --mode all"),
        ("CHURN.x --folder", "--folder", "/dss-build CHURN.x --type folder"),
        ("CHURN.", "what to build", "/dss-build CHURN.dataset"),
        (".scored", "project is missing", "/dss-build PROJECT.dataset"),
        ("--mode all", "what to build", "/dss-build PROJECT.dataset --mode all"),
        ("CHURN a.b", "isn't clear", "/dss-build CHURN.a.b"),
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
        ("CHURN.x --partition |FR", "empty parts", "/dss-build CHURN.x"),
        ("CHURN.x -- mode all", "directly after", "/dss-build CHURN.x --mode all"),
        ('CHURN.x "abc', "never closed", "/dss-build CHURN.x CHURN.abc"),
        (
            "https://dss.example/projects/K/jobs/n/",
            "cannot be built|can be built",
            "/dss-build PROJECT.dataset",
        ),
        ("..x.y", "project is missing", "/dss-build PROJECT.dataset"),
        ("A...", "the name of an output", "/dss-build PROJECT.dataset"),
    ],
)
def test_a_mistake_says_what_would_have_been_right(text: str, part: str, example: str) -> None:
    """The answer names the problem, and the example keeps everything that was right."""
    mistake = _mistake(text)
    assert any(word in mistake.problem for word in part.split("|"))
    assert mistake.example == example


def test_near_misses_are_named() -> None:
    """Suggestions include the option or word that was probably meant."""
    assert _mistake("CHURN.x --mdoe all").suggestions[0] == "--mode"
    assert _mistake("CHURN.x --mode onyl").suggestions[0] == "only"
    assert _mistake("CHURN.x --force").suggestions == ("--mode only", "--mode all")
    assert _mistake("CHURN.x --mode force").suggestions == ("only", "all")
    assert _mistake("CHURN a.b").suggestions == ("CHURN.a.b", "a.b")


def test_the_limits() -> None:
    """The maximum is 3,000 characters and 20 outputs; one more is a mistake with a short example."""
    assert len(_names("A " + " ".join(f"d{n}" for n in range(20)))) == 20
    many = _mistake("A " + " ".join(f"d{n}" for n in range(21)))
    assert "20" in many.problem
    assert many.example == "/dss-build A.d0 A.d1 A.d2"
    assert _names("A." + "x" * 1_000) == ["A." + "x" * 1_000]
    assert "at most 1,000" in _mistake("A." + "x" * 1_001).problem
    assert "at most 1,000" in _mistake("x" * 1_001).problem
    assert len(_names(" ".join(f"A.{n}{'x' * 990}" for n in range(3)))) == 3
    assert "3000" in _mistake("A." + "x" * 2_999).problem


@pytest.mark.parametrize("text", ["? scored", "?.scored", "CHURN.scored ?.features", "?.scored SALES.orders"])
def test_any_project_is_not_a_key_that_somebody_can_type(text: str) -> None:
    """It stands for a missing project inside the bot: of several outputs, only the first would be built."""
    mistake = parse_build(text)
    assert isinstance(mistake, Mistake)
    assert "isn't a project key" in mistake.problem
    assert not isinstance(parse_build(mistake.example.removeprefix("/dss-build ")), Mistake)


@pytest.mark.parametrize("text", ["? < >", "? < > <", '? "<" ">"'])
def test_an_example_is_never_a_mistake_itself(text: str) -> None:
    """The fuzz test's: the quoted names of the example looked like one quoted text."""
    mistake = parse_build(text)
    assert isinstance(mistake, Mistake)
    assert isinstance(parse_build(mistake.example), Build)
