"""What was measured, as one table: pytest's summary shows it, with what was before beside what is here."""

from __future__ import annotations

from collections.abc import Iterator

WIDTH = 46  # characters of a measurement

_rows: dict[tuple[str, str], dict[str, str]] = {}


def note(checkout: str, title: str, name: str, said: object) -> None:
    """Put one measurement into the table, and print it at once (pytest shows it with -s)."""
    _rows.setdefault((title, name), {})[checkout] = str(said)
    print(f"{checkout}: {title}, {name}: {said}")


def lines() -> Iterator[str]:
    """The table; nothing if nothing was measured."""
    columns = [name for name in ("before", "here") if any(name in row for row in _rows.values())]
    if not columns:
        return
    yield f"{'':64}" + "".join(f"{name:{WIDTH}}" for name in columns).rstrip()
    last = ""
    for (title, name), row in _rows.items():
        shown, last = "" if title == last else title, title
        cells = "".join(f"{row.get(column, ''):{WIDTH}}" for column in columns)
        yield f"{shown:44}{name:20}{cells}".rstrip()
