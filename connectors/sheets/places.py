"""Where the rows and cells of a tab stand, apart from what they hold: one record for the tab.

A row inserted in the middle moves every cell below it and changes none. So a row's record holds no address; this one
holds them all, and is the only one that changes with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.sheets.grid import letters
from connectors.stream import Record

PLACES_RECORD = "_places"
"""Key of the record of a tab's addresses."""


@dataclass(slots=True)
class Places:
    """The addresses of a tab read well, filled row by row.

    Most rows have their cells in the same columns, so each names one of a few `shapes`: of every column the letters, or a
    whole reference where the cell stands in another row (a merged text, the header that names the month).
    """

    tab: str
    title: str
    _shapes: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    _rows: dict[str, tuple[int, int]] = field(default_factory=dict)

    def put(self, key: str, row: int, cells: dict[str, tuple[int, int]]) -> None:
        """Note the row of a record and where its cells are; both count from 0."""
        shape = tuple(
            (name, letters(at) if number == row else reference(number, at)) for name, (number, at) in cells.items()
        )
        self._rows[key] = row + 1, self._shapes.setdefault(shape, len(self._shapes))

    def row(self, key: str) -> int:
        """The number of a record's row, as the sheet shows it."""
        return self._rows[key][0]

    def address(self, key: str, column: str) -> str:
        """A cell's name as people say it: "Budget FY27!D17"."""
        row, shape = self._rows[key]
        place = dict(list(self._shapes)[shape])[column]
        return f"{self.title}!{place}" + ("" if place[-1].isdigit() else str(row))

    def record(self) -> Record:
        """All of it as it lands: `rows` names each row's number and shape by the key of its record."""
        return {
            "tab": self.tab,
            "title": self.title,
            "key": PLACES_RECORD,
            "shapes": [dict(shape) for shape in self._shapes],
            "rows": {key: list(place) for key, place in self._rows.items()},
        }


def reference(row: int, column: int) -> str:
    """A cell's letters and number, of counts from 0: "D17"."""
    return f"{letters(column)}{row + 1}"
