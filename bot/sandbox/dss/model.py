"""What a DSS instance holds, without its jobs: projects, flows, users, keys. Mutable plain records."""

from dataclasses import dataclass, field

DATASET = "DATASET"
FOLDER = "MANAGED_FOLDER"
MODEL = "SAVED_MODEL"
STREAM = "STREAMING_ENDPOINT"
KNOWLEDGE_BANK = "KNOWLEDGE_BANK"
NOT_PARTITIONED = "NP"


@dataclass(frozen=True, slots=True)
class Ref:
    """Something a recipe reads or writes, in one project."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a partitioning: ``kind`` is ``time`` (with a ``period``) or ``value``."""

    name: str
    kind: str = "value"
    period: str = ""
    """HOUR, DAY, MONTH or YEAR for a time dimension."""


@dataclass(slots=True, kw_only=True)
class Item:
    """A dataset, managed folder, saved model, streaming endpoint or knowledge bank."""

    kind: str
    id: str
    """The name of a dataset or endpoint, an opaque id of 8 characters otherwise."""
    name: str
    type: str = "Filesystem"
    managed: bool = True
    dimensions: tuple[Dimension, ...] = ()
    partitions: list[str] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    records: int = 10_000
    size: int = 1_048_576
    """Bytes of one partition."""
    explicit: bool = False
    """Rebuilt only when it is the target itself (saved models are)."""
    changed_at: dict[str, int] = field(default_factory=dict)
    """Per partition, when its data last changed, in ms; absent: never built."""

    @property
    def ref(self) -> Ref:
        """Return how recipes name it."""
        return Ref(self.kind, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFailure:
    """How a recipe always fails."""

    message: str
    """Such as ``KeyError: 'amount'``."""
    traceback: str = ""
    """What Python prints on stderr before it gives up."""


@dataclass(slots=True, kw_only=True)
class Recipe:
    """A recipe and how long it takes."""

    name: str
    inputs: tuple[Ref, ...]
    outputs: tuple[Ref, ...]
    type: str = "python"
    engine: str = "DSS"
    seconds: float = 8.0
    failure: RecipeFailure | None = None
    warnings: tuple[tuple[str, str], ...] = ()
    """(type, message) of each warning of a run."""
    ignores_abort: bool = False
    """A database statement that goes on until it ends."""


@dataclass(slots=True, kw_only=True)
class Scenario:
    """A scenario, as the list shows it."""

    id: str
    name: str
    active: bool = True


@dataclass(slots=True, kw_only=True)
class Project:
    """A project: its flow and who it belongs to."""

    key: str
    name: str
    owner: str = "admin"
    short_desc: str = ""
    tags: tuple[str, ...] = ()
    items: dict[Ref, Item] = field(default_factory=dict)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    scenarios: list[Scenario] = field(default_factory=list)

    def add(self, item: Item) -> Item:
        """Put an item into the project."""
        self.items[item.ref] = item
        return item

    def add_recipe(self, recipe: Recipe) -> Recipe:
        """Put a recipe into the flow."""
        self.recipes[recipe.name] = recipe
        return recipe

    def producer(self, ref: Ref) -> Recipe | None:
        """Return the recipe that makes ``ref``, or ``None`` for a source."""
        return next((recipe for recipe in self.recipes.values() if ref in recipe.outputs), None)

    def of_kind(self, kind: str) -> list[Item]:
        """Return the items of one kind."""
        return [item for item in self.items.values() if item.kind == kind]

    def dataset(self, name: str) -> Item:
        """Return a dataset by its name.

        Raises:
            KeyError: there is none.
        """
        return self.items[Ref(DATASET, name)]


@dataclass(slots=True, kw_only=True)
class Rights:
    """What a user or key may do in one project."""

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
    """By project key; none means the project cannot be seen."""


@dataclass(slots=True, kw_only=True)
class Key:
    """An API key: personal (``login``), of one project, or global."""

    secret: str
    label: str = ""
    login: str | None = None
    project: str | None = None
    admin: bool = False
    rights: dict[str, Rights] = field(default_factory=dict)
    """Of a key that is not personal and not admin."""
