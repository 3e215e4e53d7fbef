"""A stand-in for a Dataiku DSS instance on loopback: its public jobs API over a small simulated world."""

from bot.sandbox.dss.clock import Clock, ManualClock, RealClock
from bot.sandbox.dss.faults import Fault, Faults
from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.model import Dimension, Item, Key, Project, Recipe, RecipeFailure, Ref, Scenario, User
from bot.sandbox.dss.plan import Step, Target
from bot.sandbox.dss.server import Answered, DssSandbox, Recorded
from bot.sandbox.dss.world import World

__all__ = [
    "Answered",
    "Clock",
    "Dimension",
    "DssSandbox",
    "Fault",
    "Faults",
    "Item",
    "Job",
    "Key",
    "ManualClock",
    "Project",
    "RealClock",
    "Recipe",
    "RecipeFailure",
    "Recorded",
    "Ref",
    "Scenario",
    "Step",
    "Target",
    "User",
    "World",
]
