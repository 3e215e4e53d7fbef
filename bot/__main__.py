"""``python -m bot`` is the same as ``dss-bot``."""

from bot.cli import main

if __name__ == "__main__":
    main(prog_name="dss-bot")
