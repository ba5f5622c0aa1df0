"""Every figure on every page is the mart's: each names its origin, and that origin gives it again, to its last digit."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

import reports
from reports import figures, words
from reports.pages import front
from tests.reports.conftest import Render

PAGES = (*reports.REPORTS, front.NAME)
REPORTS = Path(reports.__file__).parent
MONTHS = {name: number for number, name in enumerate(words.MONTHS, 1)}
DAY = re.compile(r"(?:(\d+) )?([A-Z][a-z]{2})(?: (\d{4}))?(?:, (\d\d):(\d\d))?")
HEARD = {"title", "aria-label", "aria-description", "alt"}
"""Attributes that people see on hover, or hear."""

SIGNS = {"+": float.__add__, "-": float.__sub__, "*": float.__mul__, "/": float.__truediv__}


@dataclass
class Figure:
    """A text of the page with the origin that it names."""

    origin: str
    text: str


class Figures(HTMLParser):
    """The figures of a page and of its hovers, and its text without them.

    What is drawn is left out: it stands in the table beneath, and test_charts reads it off by its axis.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Figure] = []
        self.rest: list[str] = []
        self.labels: set[str] = set()
        self.heads: set[str] = set()
        self._head: list[str] | None = None
        self._depth = 0
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        for name in HEARD.intersection(known):
            self._attribute(known[name], known.get(f"data-{name}-of", ""))
        if "data-label" in known:
            self.labels.add(known["data-label"])
        if known.get("scope") == "col":
            self._head = []
        origin = known.get("data-of")
        if origin:
            self.found.append(Figure(origin, ""))
        self._depth += bool(origin) or (self._depth > 0 and tag == "span")
        self._hidden += tag in ("style", "svg", "title")
        if tag in ("td", "th", "p", "li", "summary", "h2", "h3", "dd", "dt", "caption", "strong"):
            self.rest.append("\n")

    def _attribute(self, text: str, places: str) -> None:
        """Its figures by place, length and origin; the rest as a line of its own."""
        at = 0
        self.rest.append("\n")
        for place in filter(None, places.split(";")):
            begin, length, origin = place.split(":", 2)
            end = int(begin) + int(length)
            self.found.append(Figure(origin, text[int(begin) : end]))
            self.rest.append(text[at : int(begin)])
            at = end
        self.rest += [text[at:], "\n"]

    def handle_endtag(self, tag: str) -> None:
        self._depth -= self._depth > 0 and tag == "span"
        self._hidden -= tag in ("style", "svg", "title")
        if tag == "th" and self._head is not None:
            self.heads.add("".join(self._head))
            self._head = None

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._head is not None:
            self._head.append(data)
        if self._depth:
            self.found[-1].text += data
        else:
            self.rest.append(data)


class Warehouse:
    """What the marts hold, asked for by origin."""

    def __init__(self, path: Path) -> None:
        self.connection = duckdb.connect(str(path), read_only=True)
        self.zone = ZoneInfo("UTC")
        self._columns: dict[str, dict[int, Any]] = {}
        built = self.connection.execute("select as_of, timezone from meta.build").fetchall()
        for moment, zone in built:
            self._columns["build.as_of"] = {0: datetime.fromisoformat(str(moment)).replace(tzinfo=None)}
            self.zone = ZoneInfo(zone)

    def of(self, origin: str) -> Any:
        """The value of an origin: signs stand behind their operands."""
        stack: list[Any] = []
        for one in origin.split(" "):
            if one == "floor":
                stack.append(float(stack.pop() // 1))
            elif one == "len":
                stack.append(len(stack.pop() or ()))
            elif one in (*SIGNS, "days", "hours"):
                second, first = stack.pop(), stack.pop()
                stack.append(self._reckoned(one, first, second))
            else:
                stack.append(self._operand(one))
        [value] = stack
        return value

    def _reckoned(self, sign: str, first: Any, second: Any) -> Any:
        if sign == "hours":
            return (first - second).total_seconds() / 3600
        first, second = (
            one.replace(tzinfo=UTC).astimezone(self.zone).date() if isinstance(one, datetime) else one
            for one in (first, second)
        )
        if sign == "days":
            return first + timedelta(days=float(second))
        if isinstance(first, date):
            return (first - second).days
        return SIGNS[sign](float(first), float(second))

    def _operand(self, one: str) -> Any:
        if "#" not in one:
            return float(one)
        column, numbers = one.split("#")
        rows = [int(number) for number in numbers.split(",")]
        if "." not in column:
            [(known,)] = self.connection.execute(
                f"select count(*) from marts.{column} where rowid in ({numbers})"
            ).fetchall()
            assert known == len(set(rows))
            return len(rows)
        values = [self._column(column)[row] for row in rows]
        return values[0] if len(values) == 1 else sum(float(value) for value in values)

    def _column(self, column: str) -> dict[int, Any]:
        if column not in self._columns:
            mart, name = column.split(".")
            found = self.connection.execute(f'select rowid, "{name}" from marts.{mart}').fetchall()
            self._columns[column] = dict(found)
        return self._columns[column]

    def texts(self) -> Iterator[str]:
        """Every text in the marts that holds a digit and a letter."""
        columns = self.connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts' and data_type like 'VARCHAR%'"
        ).fetchall()
        for mart, column, kind in columns:
            one = f'unnest("{column}")' if kind.endswith("[]") else f'"{column}"'
            for (text,) in self.connection.execute(f"select distinct {one} from marts.{mart}").fetchall():
                if text and re.search(r"\d", text) and re.search(r"[^\W\d]", text):
                    yield text


def is_said(text: str, value: Any, zone: ZoneInfo) -> bool:
    """Whether a text is how the value is said: a date by its parts, a number to the digits that are shown."""
    text = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-").strip()
    if isinstance(value, str):
        if text == value:
            return True
        value = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else float(value)
    if isinstance(value, date):
        shown = DAY.fullmatch(text)
        if shown is None:  # as a hover says it in full
            return text in _in_full(value, zone)
        if isinstance(value, datetime):
            value = value.replace(tzinfo=value.tzinfo or UTC).astimezone(zone)
        parts = [shown[1], MONTHS[shown[2]], shown[3], shown[4], shown[5]]
        whole = [value.day, value.month, value.year, getattr(value, "hour", None), getattr(value, "minute", None)]
        return all(part is None or int(part) == full for part, full in zip(parts, whole, strict=True))
    if text == "no":
        return value == 0
    if text.endswith("%"):
        text, value = text[:-1], float(value) * 100
    number = text.replace(",", "")
    digits = len(number.partition(".")[2])
    return abs(float(number) - float(value)) <= 0.5 * 10**-digits + 1e-9 * abs(float(value))


def _in_full(value: date, zone: ZoneInfo) -> tuple[str, ...]:
    """A day and its month, or a moment of UTC and its local day, as hovers say them."""
    if isinstance(value, datetime):
        local = value.replace(tzinfo=value.tzinfo or UTC).astimezone(zone)
        return (value.isoformat(" ", "seconds"), local.date().isoformat())
    return (value.isoformat(), value.isoformat()[:7])


def own_words() -> list[str]:
    """The texts of the reports' code that hold a digit, such as "8 in 10", the longest first."""
    found: set[str] = set()
    for path in REPORTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\d", node.value):
                found.add(" ".join(node.value.split()))
    return sorted((text for text in found if re.search(r"[^\W\d]", text)), key=len, reverse=True)


def unsourced(rest: str, texts: list[str]) -> Iterator[str]:
    """What holds a digit and is neither a text of the marts nor our own words."""
    for line in (" ".join(line.split()) for line in rest.split("\n")):
        left = line
        for text in texts:
            if re.search(r"\d", left) is None:
                break
            if text in left:
                bounds = [r"(?<!\w)" if text[0].isalnum() else "", r"(?!\w)" if text[-1].isalnum() else ""]
                left = re.sub(bounds[0] + re.escape(text) + bounds[1], "…", left)
        if re.search(r"\d", left):
            yield f"{line}  ->  {left}"


def forms(text: str) -> Iterator[str]:
    """How a report may say a mart's text: as it is, its dates in words, as a sentence, without what stands before its colon."""
    if re.fullmatch("[0-9a-f]{9,}", text):
        yield text[:8]  # of a commit or a digest
    if row := re.fullmatch(r"(\w+) \S+ (\d{4})-(\d\d)", text):
        yield f"{words.label(row[1])}, {words.MONTHS[int(row[3]) - 1]} {row[2]}"  # evidence that is a row of a mart
    address, _, rest = text.partition(":")
    parts = (address, rest, words.told(rest.strip())) if rest else ()
    for said in (text, words.told(text), words.label(text), words.ranged(text), *parts):
        whole = " ".join(said.replace("\N{NO-BREAK SPACE}", " ").split()).rstrip(".")
        if re.search(r"[^\W\d]", whole):  # "B:5" does not allow every 5
            yield whole
            yield whole[0].upper() + whole[1:]


@pytest.fixture(scope="module")
def texts(believable: Path) -> list[str]:
    known = {form for text in Warehouse(believable).texts() for form in forms(text)}
    return sorted({*known, *own_words()}, key=len, reverse=True)


@pytest.fixture
def page_of(rendered: Render, believable: Path, tmp_path: Path) -> Callable[[str], str]:
    """A report's page, or the front page, of the small program."""

    def page(name: str) -> str:
        if name != front.NAME:
            return rendered(name, "believable").html
        return reports.index(believable, tmp_path).read_text(encoding="utf-8")

    return page


def odd(page: Figures, warehouse: Warehouse) -> list[tuple[Figure, Any]]:
    """The figures that their origins do not give."""
    named = [figure for figure in page.found if figure.origin not in (figures.PAGE, figures.RULE)]
    values = [(figure, warehouse.of(figure.origin)) for figure in named]
    return [(figure, value) for figure, value in values if not is_said(figure.text, value, warehouse.zone)]


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_is_its_marts(name: str, page_of: Callable[[str], str], believable: Path) -> None:
    """Whatever it is made of: a cell, a sum, a number of rows, a difference, a share. On hover, it is so in full."""
    page = Figures(page_of(name))
    assert len(page.found) > 10
    assert not odd(page, Warehouse(believable))


@pytest.mark.parametrize("name", PAGES)
def test_no_figure_stands_without_its_origin(name: str, page_of: Callable[[str], str], texts: list[str]) -> None:
    """A digit is a figure with its origin, or in a text of the marts, or in our own words; on hover too."""
    page = Figures(page_of(name))
    assert not list(unsourced("".join(page.rest), texts))
    assert page.labels <= page.heads


def test_a_false_figure_is_found(rendered: Render, believable: Path) -> None:
    """One digit of one figure changed, or its origin moved to another row, does not pass."""
    html = rendered("budget", "believable").html
    changed = re.sub(
        r'(data-of="earned_value.cpi#\d+">0\.)(\d)', lambda found: f"{found[1]}{9 - int(found[2])}", html, count=1
    )
    moved = re.sub(r'data-of="earned_value.cpi#\d+"', 'data-of="earned_value.bac_amount#0"', html, count=1)
    for false in (changed, moved):
        assert false != html
        assert len(odd(Figures(false), Warehouse(believable))) == 1


def test_a_number_without_origin_is_found(rendered: Render, texts: list[str]) -> None:
    html = rendered("risks", "believable").html.replace("</main>", "<p>17 risks are new</p></main>")
    [found] = unsourced("".join(Figures(html).rest), texts)
    assert found.startswith("17 risks are new")
