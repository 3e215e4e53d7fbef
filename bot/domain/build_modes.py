"""Build modes and output kinds: the words that DSS uses on the wire, and the words that a person types."""

from enum import StrEnum

from bot.language import mark


class BuildMode(StrEnum):
    """The four job types of the DSS jobs API (DSS-API.md §2.3)."""

    ONLY = "NON_RECURSIVE_FORCED_BUILD"
    MODIFIED = "RECURSIVE_BUILD"
    ALL = "RECURSIVE_FORCED_BUILD"
    MISSING = "RECURSIVE_MISSING_ONLY_BUILD"


DEFAULT_MODE = BuildMode.ONLY

MODE_WORDS: dict[str, BuildMode] = {
    "only": BuildMode.ONLY,
    "modified": BuildMode.MODIFIED,
    "all": BuildMode.ALL,
    "missing": BuildMode.MISSING,
}
"""What a person types after ``--mode``."""


class OutputKind(StrEnum):
    """What a job can build (DSS-API.md §2.4)."""

    DATASET = "DATASET"
    FOLDER = "MANAGED_FOLDER"
    MODEL = "SAVED_MODEL"
    STREAM = "STREAMING_ENDPOINT"
    KNOWLEDGE = "KNOWLEDGE_BANK"
    EVALUATIONS = "MODEL_EVALUATION_STORE"


OUTPUT_KINDS: dict[str, OutputKind] = {
    "dataset": OutputKind.DATASET,
    "folder": OutputKind.FOLDER,
    "model": OutputKind.MODEL,
    "streaming": OutputKind.STREAM,
    "knowledge": OutputKind.KNOWLEDGE,
}
"""What a person types after ``--type``. These are the kinds whose names the bot can look up."""

KIND_NAMES: dict[OutputKind, str] = {
    OutputKind.DATASET: mark("dataset"),
    OutputKind.FOLDER: mark("folder"),
    OutputKind.MODEL: mark("model"),
    OutputKind.STREAM: mark("streaming endpoint"),
    OutputKind.KNOWLEDGE: mark("knowledge bank"),
}
"""What these kinds are called, in English: said with ``t(KIND_NAMES[kind])``."""
