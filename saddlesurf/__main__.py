"""``python -m saddlesurf`` and the command ``saddlesurf`` serve the dashboard."""

from importlib import import_module

from . import INSTALLED


def main() -> None:
    """Do what the command line says."""
    import_module(f"{__package__}.app.__main__" if INSTALLED else "app.__main__").main()


if __name__ == "__main__":
    main()
