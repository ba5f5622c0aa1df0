"""The values of one tab as the API sends them, with merged cells and cell addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.sheets.cells import is_blank


@dataclass(frozen=True, slots=True)
class Grid:
    """A ragged grid of JSON values; rows and columns count from 0 here and from 1 and A in addresses."""

    title: str
    sheet_id: int
    rows: list[list[Any]]
    merges: tuple[tuple[int, int, int, int], ...] = ()  # first row, end row, first column, end column; ends excluded
    currencies: dict[tuple[int, int], str] = field(default_factory=dict)  # that only a cell's number format names
    _origins: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for first_row, end_row, first_column, end_column in self.merges:
            for row in range(first_row, min(end_row, len(self.rows))):
                for column in range(first_column, end_column):
                    self._origins[row, column] = (first_row, first_column)

    @property
    def width(self) -> int:
        """Columns up to the last one with a value in any row."""
        return max((len(row) for row in self.rows), default=0)

    def value(self, row: int, column: int) -> Any:
        """The value of a cell as received; None beyond the ragged end."""
        cells = self.rows[row] if row < len(self.rows) else []
        return cells[column] if column < len(cells) else None

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """Where the value of a cell stands: in the first cell of its merged range, else in itself."""
        return self._origins.get((row, column), (row, column))

    def seen(self, row: int, column: int) -> Any:
        """The value a reader sees in a cell: that of its merged range."""
        return self.value(*self.origin(row, column))

    def is_blank(self, row: int) -> bool:
        """Whether a row shows nothing."""
        return all(is_blank(value) for value in self.rows[row])

    def address(self, row: int, column: int) -> str:
        """A cell's name as people say it: "Budget FY27!D17"."""
        return f"{self.title}!{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
