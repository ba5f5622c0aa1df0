"""A report's tables as comma-separated values, one beneath the other, with full figures and ISO dates."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from reports.document import WORDS, Block, Charts, Document, Fold, Matrix, Section, Table, Track
from reports.figures import plain
from reports.rendering import plain_text
from reports.rendering.neutral import neutral

# Our own figures, which a spreadsheet should add up: a sign, a currency, digits with commas.
_FIGURE = re.compile(r"(?P<sign>\N{MINUS SIGN}?)(?:[€$£¥₹]|[A-Z]{3}\N{NO-BREAK SPACE})?(?P<digits>\d[\d,]*(?:\.\d+)?)")


def write(document: Document) -> str:
    """Every table, those behind folds and charts included: its section and caption, its headings, its rows."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([neutral(document.title), neutral(f"as of {document.as_of.full or document.as_of.text}")])
    for section in document.sections:
        for one in section.blocks:
            for table in tables(one):
                writer.writerow([])
                writer.writerow([neutral(section.title), neutral(table[0][0])])
                writer.writerows([_field(cell) for cell in row] for row in table[1:])
    return written.getvalue()


def _field(text: str) -> str:
    """A figure as a bare number, anything else as a text that is no formula."""
    text = plain(text)
    if figure := _FIGURE.fullmatch(text):
        return f"{'-' if figure['sign'] else ''}{figure['digits'].replace(',', '')}"
    return neutral(text)


def tables(one: Block | Section) -> Iterator[list[list[str]]]:
    """Each table in a block: a row with its caption, its headings, its rows."""
    match one:
        case Table():
            if one.rows:
                yield _grid(one)
        case Matrix():
            if one.rows:
                rows = [
                    [title, *(WORDS[light.status] if light else "" for light in lights)] for title, lights in one.rows
                ]
                yield [[one.caption], [one.subject, *one.dimensions], *rows]
        case Charts():
            for chart in one.charts:
                yield from tables(chart.table)
        case Fold():
            for inner in one.blocks:
                yield from tables(inner)
        case _:
            return


def _grid(one: Table) -> list[list[str]]:
    drawn = {index for index in range(len(one.columns)) if all(isinstance(row[index], Track) for row in one.rows)}
    kept = [index for index in range(len(one.columns)) if index not in drawn]
    heads = [one.columns[index].title for index in kept]
    return [[one.caption], heads, *([plain_text.exact(row[index]) for index in kept] for row in one.rows)]
