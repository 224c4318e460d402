"""``python -m saddlesurf`` and the command ``saddlesurf``: the dashboard, or with ``atlas`` a measurement."""

import sys
from importlib import import_module

from . import INSTALLED


def main() -> None:
    """Do what the command line says."""
    inside = f"{__package__}." if INSTALLED else ""
    if sys.argv[1:2] == ["atlas"]:
        command = import_module(f"{inside}engine.atlas.__main__")
        raise SystemExit(command.main(sys.argv[2:], prog="saddlesurf atlas"))
    import_module(f"{inside}app.__main__").main()


if __name__ == "__main__":
    main()
