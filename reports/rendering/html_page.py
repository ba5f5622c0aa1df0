"""A report as one self-contained HTML page: no script, no external resource; jinja2 escapes every text."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import figures
from reports.document import LETTERS, WORDS, Cell, Document, Light, Picture, Spark, Value
from reports.rendering import plain_text
from reports.rendering.neutral import visible

TEMPLATES = Path(__file__).parent / "templates"
SPARK_WIDTH, SPARK_HEIGHT = 96.0, 22.0
MOST_SHORT, LEAST_LONG = 14, 26
MOST_ON_PAPER = 15
"""Of the rows that a screen folds away: a longer rest is left out where it cannot be opened."""

MOST_ROWS = 200
"""Of one table: a page of thousands of rows is slow to open and read by nobody; the warehouse holds them all."""


MOST_WHOLE = 24
"""Signs of a name that stays on one line."""

# Where a long word may break: behind its punctuation, else after twenty letters.
_LONG = re.compile(rf"\S{{{MOST_WHOLE + 1},}}")
_BREAK = re.compile(r"[_/.:-](?=[^\W_])|[^\W_]{20}(?=[^\W_])|[^\w\s]{20}(?=\S)")

# Keys, and names such as promo-uplift v2 or hub.baseline_version that stand between spaces.
_KEY = re.compile(
    r"(?<![\w/.#-])([A-Z][A-Z0-9]{0,9}-\d{1,6}(?![\w-])|SR \d+-\d+(?![\w-])|PI \d{4}-\d{2}(?![\w-])"
    r"|(?<![^\s(“‘])[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+(?: v\d+)?(?![^\s,;:.!?)”’]|[,;:.!?]\S))"
)


def write(document: Document, titles: dict[str, str]) -> str:
    """The page. `titles` names all reports, each a file beside this one."""
    page = _environment().get_template("page.html.j2")
    return page.render(document=document, titles=titles, css=Markup((TEMPLATES / "page.css").read_text()))  # noqa: S704 - our own style sheet


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    environment.globals |= {
        "LETTERS": LETTERS,
        "WORDS": WORDS,
        "MOST_ROWS": MOST_ROWS,
        "MOST_ON_PAPER": MOST_ON_PAPER,
        "attribute": attribute,
    }
    environment.filters |= {
        "picture": picture,
        "css_text": css_text,
        "points": points,
        "percent": percent,
        "shown": shown,
        "plain": figures.plain,
    }
    environment.tests["short"] = is_short
    environment.tests["long"] = is_long
    environment.tests["strip"] = is_strip
    environment.tests["several"] = lambda cell: isinstance(cell, tuple)
    return environment


def shown(text: str) -> Markup:
    """A text whose long words may break, so that dates and amounts never have to, and whose figures name their origin."""
    whole = figures.said(text, text)
    return Markup("").join(
        Markup('<span data-of="{}">{}</span>').format(origin, piece) if origin else _breakable(piece)
        for origin, piece in figures.pieces(whole)
    )


def _breakable(text: str) -> Markup:
    """Long words may break; keys such as CUS-195, letters such as SR 11-7 and short names may not, though they have a hyphen."""
    parts = _KEY.split(str(visible(text)))
    return Markup("").join(
        Markup('<span class="key">{}</span>').format(part) if place % 2 and len(part) <= MOST_WHOLE else _broken(part)
        for place, part in enumerate(parts)
    )


def _broken(text: str) -> Markup:
    broken = _LONG.sub(lambda word: _BREAK.sub(lambda found: f"{found[0]}\0", word[0]), text)
    return Markup("<wbr>").join(broken.split("\0"))


def attribute(name: str, text: str) -> Markup:
    """A text as an attribute, which people see on hover or hear; beside it where its figures stand, and their origins."""
    if not text:
        return Markup()
    shown, places = "", []
    for origin, piece in figures.pieces(figures.said(text, text)):
        if origin:
            places.append(f"{len(shown)}:{len(piece)}:{origin}")
        shown += visible(piece)
    written = Markup(' {}="{}"').format(name, shown)
    return written + Markup(' data-{}-of="{}"').format(name, ";".join(places)) if places else written


def css_text(text: str) -> Markup:
    """A text within the quotes of a style sheet: each sign but letters, digits and spaces by its number."""
    return Markup("").join(  # every sign that means something to HTML or CSS is a number now
        Markup(sign if sign.isascii() and (sign.isalnum() or sign == " ") else f"\\{ord(sign):x} ")  # noqa: S704
        for sign in visible(text)
    )


def is_strip(one: Cell) -> bool:
    """Whether a cell is a row of colours, which should stay on one line."""
    return isinstance(one, tuple) and sum(isinstance(part, Light) and part.is_narrow for part in one) > 1


def is_short(one: Cell) -> bool:
    """Whether a cell is a word or two, which should stay on one line."""
    text = one.text if isinstance(one, Value) else one
    return isinstance(text, str) and 0 < len(visible(text)) <= MOST_SHORT


def is_long(one: Cell) -> bool:
    """Whether a cell is a sentence or a list, which should not become a column of single words."""
    return len(plain_text.cell(one)) > LEAST_LONG


def picture(drawn: Picture, alternative: str) -> Markup:
    """Our own drawing with the sentence a screen reader says for it."""
    opening = Markup('<svg role="img"{} ').format(attribute("aria-label", alternative))
    return Markup(drawn.page.replace("<svg ", opening, 1))  # noqa: S704 - charts.py draws fixed words and numbers only


def points(spark: Spark) -> list[str]:
    """The curve of a spark as polylines, one per stretch without a gap."""
    known = [value for value in spark.values if value is not None]
    if not known:
        return []
    low, high = min(known), max(known)
    reach = (high - low) or 1.0
    step = SPARK_WIDTH / max(1, len(spark.values) - 1)
    lines: list[list[str]] = [[]]
    for index, value in enumerate(spark.values):
        if value is None:
            lines.append([])
            continue
        height = SPARK_HEIGHT - 3 - (value - low) / reach * (SPARK_HEIGHT - 6)
        lines[-1].append(f"{index * step:.1f},{height:.1f}")
    return [" ".join(line) for line in lines if line]


def percent(share: float) -> str:
    """A position or length within its box; what passes the edge stays on it."""
    return f"{min(1.0, max(0.0, share)) * 100:.1f}%"
