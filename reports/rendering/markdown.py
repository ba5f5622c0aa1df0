"""A report as Markdown for a narrow column: GitHub tables and images, no raw HTML; every text is escaped.

Dagster's metadata dialog is about 540 px wide and shows neither HTML nor Mermaid.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace

from reports.document import (
    LETTERS,
    WORDS,
    WORST_FIRST,
    Bar,
    Block,
    Cell,
    Charts,
    Document,
    Fold,
    Heading,
    Inline,
    Item,
    Items,
    Light,
    Matrix,
    Prose,
    Section,
    Spark,
    Status,
    Table,
    Tile,
    Tiles,
    Track,
    Value,
)
from reports.rendering.neutral import visible

DISCS: dict[Status, str] = {"green": "🟢", "amber": "🟡", "red": "🔴", "white": "⚪"}
MOST_BYTES = 90_000
"""Above this the report is written again with less in it: Dagster keeps each one in its event log."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#|~!$])")
_SPACE = re.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
_LEADING = re.compile(r"^(\s*)([-+=:]|\d+[.)])")


@dataclass
class _Room:
    """How much is shown of each list and table, and how many more charts."""

    rows: int
    charts: int


_ROOMS = ((20, 8), (15, 6), (10, 4), (6, 2), (3, 0), (1, 0))


def escape(text: str) -> str:
    """A text that Markdown shows as it is, on one line, inside a table cell too."""
    text = _SPACE.sub(" ", str(visible(text))).strip()
    text = _SPECIAL.sub(r"\\\1", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LEADING.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", text)


def write(document: Document) -> str:
    """The report; charts are images in it. What has no room stays in the page, and the text says so."""
    written = ""
    for rows, charts in _ROOMS:
        written = _write(document, _Room(rows, charts))
        if len(written.encode()) <= MOST_BYTES:
            break
    return written


def _write(document: Document, room: _Room) -> str:
    parts = [f"# {escape(document.title)}", f"As of {escape(document.as_of.text)}", _sources(document)]
    verdict = "".join(inline(part) for part in document.verdict)
    parts.append(f"**{inline(document.light)}** · {verdict}" if document.light else verdict)
    for section in document.sections:
        parts.append(f"## {escape(section.title)}")
        parts += [written for one in section.blocks if (written := block(one, room))] or _left_out(section)
    parts.append("“–” means that no source provided the value, or too little to tell it.")
    return "\n\n".join(parts) + "\n"


def _left_out(section: Section) -> list[str]:
    """What a section holds that is in the page alone: no heading stands over nothing."""
    return [f"{escape(one.summary)}: in the page." for one in section.blocks if isinstance(one, Fold)]


def _sources(document: Document) -> str:
    if not document.sources:
        return "No source has been read yet."
    return " · ".join(
        f"{escape(source.name)} {inline(source.age)}{' ⚠ **stale**' if source.is_stale else ''}"
        for source in document.sources
    )


def inline(one: Inline) -> str:
    """A piece of text, with its colour's letter or its link; what is only drawn has its words elsewhere."""
    if isinstance(one, Light):
        word = LETTERS[one.status] if one.is_narrow else WORDS[one.status]
        return f"{DISCS[one.status]}\N{NO-BREAK SPACE}{escape(word)}"
    if isinstance(one, Spark | Track):
        return ""
    if isinstance(one, Value):
        return _value(one)
    return _spaced(one.text if isinstance(one, Bar) else one)


def _value(one: Value) -> str:
    text = _spaced(one.text)
    if not text.strip():
        return text
    if one.href:
        return f"[{text}](<{one.href.replace('<', '%3C').replace('>', '%3E')}>)"
    if one.tone == "fine":
        return ""
    if one.tone == "under":
        return f" · {text}"
    return f"**{text}**" if one.tone in ("strong", "bad") and text == text.strip() else text


def _spaced(text: str) -> str:
    """Escaped, with the space that parts it from its neighbours."""
    if not text.strip():
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{escape(text)}{' ' if text[-1].isspace() else ''}"


def cell(one: Cell) -> str:
    """The text of one table cell."""
    if isinstance(one, tuple):
        return "".join(inline(part) for part in one).strip()
    return inline(one).strip()


def block(one: Block, room: _Room) -> str:
    """One block; charts as images, folds open."""
    match one:
        case Heading():
            written = f"### {escape(one.text)}"
        case Prose():
            written = "" if one.is_page_only else "".join(inline(part) for part in one.parts).strip()
        case Table():
            written = _table(one, room)
        case Matrix():
            written = _matrix(one, room)
        case Items():
            written = _items(one, room)
        case Tiles():
            written = "\n".join(_tile(tile) for tile in one.tiles)
        case Charts():
            written = _charts(one, room)
        case Fold():
            written = _fold(one, room)
    return written


def _tile(one: Tile) -> str:
    name = " ".join(filter(None, (inline(one.light) if one.light else "", escape(one.label))))
    remark = f" ({escape(one.note)})" if one.note else ""
    return f"- {name}: **{escape(one.value.text)}**{remark}"


def _charts(one: Charts, room: _Room) -> str:
    shown = one.charts[: max(0, room.charts)]
    room.charts -= len(shown)
    drawn = [
        f"**{escape(chart.title)}** ({escape(chart.unit)})\n\n"
        f"![{escape(chart.alternative)}](data:image/svg+xml;base64,{base64.b64encode(chart.picture.plain.encode()).decode()})"
        for chart in shown
    ]
    left = len(one.charts) - len(shown)
    return "\n\n".join(
        [*drawn, *([f"… and {left} more {'chart' if left == 1 else 'charts'} in the page."] if left else [])]
    )


def _fold(one: Fold, room: _Room) -> str:
    if not one.is_in_markdown:
        return ""
    return "\n\n".join([f"**{escape(one.summary)}**", *filter(None, (block(each, room) for each in one.blocks))])


def _table(one: Table, room: _Room) -> str:
    if not one.rows:
        return escape(one.empty)
    # What is drawn has its words in the neighbouring columns: the column is left out here.
    kept = [
        index
        for index, column in enumerate(one.columns)
        if not column.is_page_only and not all(isinstance(row[index], Track | Spark) for row in one.rows)
    ]
    head = "| " + " | ".join(escape(one.columns[index].title) for index in kept) + " |"
    rule = "|" + "|".join(" ---: " if one.columns[index].is_number else " --- " for index in kept) + "|"
    rows = ["| " + " | ".join(cell(row[index]) for index in kept) + " |" for row in one.rows[: room.rows]]
    left = len(one.rows) - len(rows)
    more = f"\n\n… and {left} more in the page." if left else ""
    return "\n".join([head, rule, *rows]) + more


def _matrix(one: Matrix, room: _Room) -> str:
    """One line per subject, its colours from the worst on: a grid of ten columns is too wide here."""
    if not one.rows:
        return escape(one.empty)
    lines = []
    for title, lights in one.rows[: room.rows]:
        groups = []
        for status in WORST_FIRST:
            named = [
                f"{escape(name.lower())}{'*' if light.is_overridden else ''}"
                for name, light in zip(one.dimensions[1:], lights[1:], strict=True)
                if light is not None and light.status == status
            ]
            if named:
                groups.append(f"{WORDS[status].lower()}: {', '.join(named)}")
        overall = f"{inline(replace(lights[0], is_narrow=False))} " if lights and lights[0] else ""
        lines.append(f"- {overall}**{escape(title)}**  \n  {' · '.join(groups) or 'nothing was judged'}")
    left = len(one.rows) - len(lines)
    return "\n".join(lines) + (f"\n\n… and {left} more in the page." if left else "")


def _items(one: Items, room: _Room) -> str:
    if not one.items:
        return escape(one.empty)
    shown = [_item(item) for item in one.items[: room.rows]]
    left = len(one.items) - len(shown)
    return "\n".join(shown) + (f"\n\n… and {left} more in the page." if left else "")


def _item(one: Item) -> str:
    light = f"{inline(one.light)} " if one.light else ""
    head = "".join(inline(part) for part in one.head).strip()
    lines = "".join(f"  \n  {''.join(inline(part) for part in line).strip()}" for line in one.lines)
    return f"- {light}**{head.replace('**', '')}**{lines}"
