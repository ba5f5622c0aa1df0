"""A report's page as a reader sees it: its tables by caption, its text, its links. Parses; renders nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

SPACE = "\N{NO-BREAK SPACE}"


@dataclass
class Grid:
    """A table: headings and the texts of its cells, one space for each no-break space."""

    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def row(self, start: str) -> dict[str, str]:
        """The row whose first cell starts so, by heading."""
        found = [row for row in self.rows if row[0].startswith(start)]
        assert len(found) == 1, f"{len(found)} rows start with {start!r}"
        return dict(zip(self.headings, found[0], strict=True))


class Page(HTMLParser):
    """Everything that tests ask of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, Grid] = {}
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self._texts: list[str] = []
        self._open: list[str] = []
        self._grid = Grid()
        self._row: list[str] = []
        self._cell: list[str] | None = None
        self._caption: list[str] | None = None
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """All text outside the style sheet."""
        return tidy("".join(self._texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._open.append(tag)
        if tag == "table":
            self._grid = Grid()
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "caption":
            self._caption = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption" and self._caption is not None:
            self.tables[tidy("".join(self._caption))] = self._grid
            self._caption = None
        elif tag in ("td", "th") and self._cell is not None:
            self._row.append(tidy("".join(self._cell)))
            self._cell = None
        elif tag == "tr":
            if self._grid.headings:
                self._grid.rows.append(self._row)
            else:
                self._grid.headings = self._row
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self._texts.append(data)
        if self._cell is not None:
            self._cell.append(data)
        if self._caption is not None:
            self._caption.append(data)


def tidy(text: str) -> str:
    """Runs of white space as one space."""
    return " ".join(text.replace(SPACE, " ").split())


def markdown_tokens(text: str) -> list[Token]:
    """Markdown as GitHub reads it. Every address makes a link or an image here, also those a reader would refuse."""
    parser = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    parser.validateLink = lambda _: True  # type: ignore[method-assign]
    return parser.parse(text)
