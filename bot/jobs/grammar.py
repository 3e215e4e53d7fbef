"""The grammar of the two slash commands (DESIGN.md §2): text in, request or mistake out. It never raises.

Every `Mistake` carries an example that can be read, made of all that was right in what was typed.
"""

from bot.jobs.grammar_build import parse_build
from bot.jobs.grammar_jobs import parse_jobs
from bot.jobs.render import as_command

__all__ = ["as_command", "parse_build", "parse_jobs"]
