"""The projects of the seeded world and their flows."""

from bot.sandbox.dss.model import (
    DATASET,
    FOLDER,
    KNOWLEDGE_BANK,
    MODEL,
    STREAM,
    Dimension,
    Item,
    Project,
    Recipe,
    RecipeFailure,
    Ref,
    Scenario,
)

DAY = Dimension("day", "time", "DAY")
COUNTRY = Dimension("country")
CHURN_EXPORTS = "O2ue6CX3"
CHURN_MODEL = "mDl7Qx2a"
DEFAULT_SECONDS = 8.0
SLOW_SECONDS = 600.0


def churn() -> Project:
    """Return CHURN: a chain of several steps, a dataset that always fails, and one that takes ten minutes."""
    project = Project(key="CHURN", name="Customer churn", owner="alice", tags=("marketing",))
    _sources(project, "crm_customers", "transactions")
    project.add(_dataset("web_events", dimensions=(DAY,)))
    _made(project, "customers_clean", "crm_customers", kind="shaker")
    _made(project, "transactions_clean", "transactions", kind="shaker", seconds=9)
    _made(project, "features", "customers_clean", "transactions_clean", seconds=10, warnings=1)
    _made(project, "scored", "features", kind="prediction_scoring", seconds=17)
    broken = RecipeFailure(message="KeyError: 'amount'")
    _made(project, "features_broken", "customers_clean", "transactions_clean", seconds=7, failure=broken)
    _made(project, "scored_broken", "features_broken")
    _made(project, "scored_history", "features", seconds=SLOW_SECONDS)
    _made(project, "daily_sessions", "web_events", dimensions=(DAY,), seconds=6)
    project.add(Item(kind=FOLDER, id=CHURN_EXPORTS, name="Customer exports"))
    project.add(Item(kind=MODEL, id=CHURN_MODEL, name="Churn prediction", type="PREDICTION", explicit=True))
    exports, trained = Ref(FOLDER, CHURN_EXPORTS), Ref(MODEL, CHURN_MODEL)
    _recipe(project, "export_scored", ["scored"], exports)
    _recipe(project, "train_churn", ["features"], trained, kind="prediction_training", seconds=20)
    project.scenarios.append(Scenario(id="NIGHTLY", name="Nightly scoring", builds=("scored",)))
    return project


def sales() -> Project:
    """Return SALES: partitions by day and by day and country, and SQL that can't be stopped."""
    project = Project(key="SALES", name="Sales reporting", owner="bob", tags=("finance",))
    project.add(_dataset("orders", dimensions=(DAY, COUNTRY), kind="PostgreSQL"))
    _sources(project, "shops")
    _made(project, "orders_clean", "orders", dimensions=(DAY, COUNTRY), seconds=6)
    _made(project, "daily_orders", "orders_clean", dimensions=(DAY,), seconds=5)
    _made(project, "revenue", "daily_orders", "shops", kind="sql_query", seconds=12)
    _made(project, "warehouse_copy", "revenue", kind="sql_query", seconds=40, ignores_abort=True)
    project.add(Item(kind=STREAM, id="live_orders", name="live_orders", type="kafka"))
    project.scenarios.append(Scenario(id="MONTH_END", name="Month end", active=False, builds=("revenue",)))
    return project


def fraud() -> Project:
    """Return FRAUD: a small chain and a recipe with warnings."""
    project = Project(key="FRAUD", name="Fraud detection", owner="alice")
    _sources(project, "payments", "known_fraudsters")
    _made(project, "payments_clean", "payments", warnings=3)
    _made(project, "alerts", "payments_clean", "known_fraudsters", seconds=14)
    project.add(Item(kind=KNOWLEDGE_BANK, id="Kb4nKx19", name="Fraud cases", type="CHROMA"))
    project.add(Item(kind=MODEL, id="fRd0Mq7z", name="Fraud model", type="PREDICTION", explicit=True))
    _recipe(project, "train_fraud", ["payments_clean"], Ref(MODEL, "fRd0Mq7z"), kind="prediction_training")
    return project


def payroll() -> Project:
    """Return PAYROLL, which only a few people can see."""
    project = Project(key="PAYROLL", name="Payroll (restricted)", owner="carol")
    _sources(project, "salaries")
    _made(project, "salary_bands", "salaries")
    return project


def studies() -> Project:
    """Return ETUDES, with names beyond ASCII."""
    project = Project(key="ETUDES", name="Études de marché · 東京", owner="alice", short_desc="Été & hiver")
    _sources(project, "clients_été")
    _made(project, "réponses_nettoyées", "clients_été")
    _made(project, "東京_売上", "réponses_nettoyées")
    project.add(Item(kind=FOLDER, id="Ex9tE0aB", name="Exports d'été"))
    _recipe(project, "exporter", ["réponses_nettoyées"], Ref(FOLDER, "Ex9tE0aB"))
    return project


HOSTILE_NAMES = (
    "<!channel>",
    "<!here> & co",
    "<@U0ALICE>",
    "<https:evil.example|click>",
    "`rm -rf ~`",
    "*bold* _it_ ~gone~",
    "a|b,c",
    "50% off?#1",
    "x" * 200,
)


def hostile() -> Project:
    """Return HOSTILE, whose names contain markup and escape attempts."""
    project = Project(key="HOSTILE", name="<!everyone> ``` & <script>", owner="alice", short_desc="*_~`>")
    _sources(project, "raw")
    for name in HOSTILE_NAMES:
        _made(project, name, "raw", seconds=4)
    failure = RecipeFailure(
        message="ValueError: <!channel> ``` & <https://evil.example|click> " + "y" * 10_000
    )
    _made(project, "hostile_failure", "raw", seconds=4, failure=failure)
    project.add(Item(kind=FOLDER, id="Ho5tIl3F", name="<!channel> exports"))
    _recipe(project, "export_hostile", ["raw"], Ref(FOLDER, "Ho5tIl3F"))
    return project


def _dataset(name: str, *, dimensions: tuple[Dimension, ...] = (), kind: str = "Filesystem") -> Item:
    return Item(kind=DATASET, id=name, name=name, type=kind, dimensions=dimensions)


def _sources(project: Project, *names: str) -> None:
    for name in names:
        project.add(_dataset(name, kind="PostgreSQL")).managed = False


def _made(
    project: Project,
    name: str,
    *inputs: str,
    dimensions: tuple[Dimension, ...] = (),
    kind: str = "python",
    seconds: float = DEFAULT_SECONDS,
    warnings: int = 0,
    failure: RecipeFailure | None = None,
    ignores_abort: bool = False,
) -> None:
    """Add a dataset and the recipe that builds it."""
    project.add(_dataset(name, dimensions=dimensions))
    recipe = _recipe(project, f"compute_{name}", list(inputs), Ref(DATASET, name), kind=kind, seconds=seconds)
    warning = ("INPUT_DATA_BAD_TYPE", "Value 'n/a' of column amount is not a valid double")
    recipe.warnings = (warning,) * warnings
    recipe.failure = failure
    recipe.ignores_abort = ignores_abort


def _recipe(
    project: Project,
    name: str,
    inputs: list[str],
    output: Ref,
    *,
    kind: str = "python",
    seconds: float = DEFAULT_SECONDS,
) -> Recipe:
    return project.add_recipe(
        Recipe(
            name=name,
            inputs=tuple(Ref(DATASET, one) for one in inputs),
            outputs=(output,),
            type=kind,
            engine="SQL" if kind == "sql_query" else "DSS",
            seconds=seconds,
        )
    )
