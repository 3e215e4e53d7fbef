"""What a DSS instance holds besides jobs: projects, flows, users, keys. Plain mutable records."""

from dataclasses import dataclass, field

DATASET = "DATASET"
FOLDER = "MANAGED_FOLDER"
MODEL = "SAVED_MODEL"
STREAM = "STREAMING_ENDPOINT"
KNOWLEDGE_BANK = "KNOWLEDGE_BANK"
NOT_PARTITIONED = "NP"


@dataclass(frozen=True, slots=True)
class Ref:
    """An object in a project that a recipe reads or writes."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One partitioning dimension: ``kind`` is ``time`` (with a ``period``) or ``value``."""

    name: str
    kind: str = "value"
    period: str = ""
    """HOUR, DAY, MONTH, or YEAR for a time dimension."""


@dataclass(slots=True, kw_only=True)
class Item:
    """A dataset, managed folder, saved model, streaming endpoint, or knowledge bank."""

    kind: str
    id: str
    """The name of a dataset or endpoint; otherwise an opaque id of 8 characters."""
    name: str
    type: str = "Filesystem"
    managed: bool = True
    dimensions: tuple[Dimension, ...] = ()
    partitions: list[str] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    records: int = 10_000
    size: int = 1_048_576
    """Bytes per partition."""
    explicit: bool = False
    """Rebuilt only when it is the target itself, as saved models are."""
    changed_at: dict[str, int] = field(default_factory=dict)
    """For each partition, when its data last changed, in ms; absent if never built."""

    @property
    def ref(self) -> Ref:
        """Return the reference that recipes use."""
        return Ref(self.kind, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFailure:
    """The error of a recipe that always fails."""

    message: str
    """Such as ``KeyError: 'amount'``."""
    traceback: str = ""
    """What Python prints to stderr before it exits."""


@dataclass(slots=True, kw_only=True)
class Recipe:
    """A recipe and its running time."""

    name: str
    inputs: tuple[Ref, ...]
    outputs: tuple[Ref, ...]
    type: str = "python"
    engine: str = "DSS"
    seconds: float = 8.0
    failure: RecipeFailure | None = None
    warnings: tuple[tuple[str, str], ...] = ()
    """The (type, message) of each warning of a run."""
    ignores_abort: bool = False
    """A database statement that runs to its end even after an abort."""


@dataclass(slots=True, kw_only=True)
class Scenario:
    """A scenario, as the list shows it, and what it builds."""

    id: str
    name: str
    active: bool = True
    builds: tuple[str, ...] = ()
    """Names of datasets."""


@dataclass(slots=True, kw_only=True)
class Project:
    """A project: its flow and its owner."""

    key: str
    name: str
    owner: str = "admin"
    short_desc: str = ""
    tags: tuple[str, ...] = ()
    items: dict[Ref, Item] = field(default_factory=dict)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    scenarios: list[Scenario] = field(default_factory=list)

    def add(self, item: Item) -> Item:
        """Add an item to the project."""
        self.items[item.ref] = item
        return item

    def add_recipe(self, recipe: Recipe) -> Recipe:
        """Add a recipe to the flow."""
        self.recipes[recipe.name] = recipe
        return recipe

    def producer(self, ref: Ref) -> Recipe | None:
        """Return the recipe that builds ``ref``, or ``None`` for a source."""
        return next((recipe for recipe in self.recipes.values() if ref in recipe.outputs), None)

    def of_kind(self, kind: str) -> list[Item]:
        """Return the items of one kind."""
        return [item for item in self.items.values() if item.kind == kind]

    def dataset(self, name: str) -> Item:
        """Return the dataset with this name.

        Raises:
            KeyError: there is no such dataset.
        """
        return self.items[Ref(DATASET, name)]


@dataclass(slots=True, kw_only=True)
class Rights:
    """The rights of a user or key in one project."""

    read: bool = True
    run: bool = True
    """Start and abort jobs ("write project content")."""


@dataclass(slots=True, kw_only=True)
class User:
    """A user of the instance."""

    login: str
    name: str
    email: str = ""
    enabled: bool = True
    admin: bool = False
    groups: tuple[str, ...] = ("data_team",)
    rights: dict[str, Rights] = field(default_factory=dict)
    """By project key; no entry means the user can't see the project."""


@dataclass(slots=True, kw_only=True)
class Key:
    """An API key: personal (``login``), project, or global."""

    secret: str
    label: str = ""
    login: str | None = None
    project: str | None = None
    admin: bool = False
    rights: dict[str, Rights] = field(default_factory=dict)
    """For a key that is neither personal nor admin."""
