"""Charts as small SVG: one drawing, coloured by the page around it in HTML and on a light ground of its own in Markdown.

No name from a source is ever drawn: titles and names are text of the report, so that fonts cannot fail on them.
matplotlib is imported inside the functions: it costs over a second.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from statistics import fmean
from typing import Any

from reports import months, words
from reports.document import Picture, Series
from reports.figures import plain

__all__ = [
    "Series",
    "dates_below",
    "drawn",
    "is_of_days",
    "label_ends",
    "months_below",
    "over_time",
    "picture",
    "spread",
]

WIDTH, HEIGHT = 460, 210
PLAIN_WIDTH = 490
FONT_SIZE = 11.5
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 12, 38
BELOW = 16
"""From the axis to the dates beneath: on a phone, where letters are larger, the first one keeps clear of the lowest value."""
LABEL_WIDTH = 92
LARGE = 16
"""The letters of a phone, as page.css has them, in the points of a drawing: words one upon another keep as far apart."""

LABEL_GAP = LARGE + 2
DAYS_BELOW = 4
LONG = 36
"""Months of an axis on which the year turns at almost every name."""

# Role -> the colour of the plain variant. The page replaces each by its variable of the same name.
COLOURS = {
    "ink": "#1b1f24",
    "muted": "#59616d",
    "rule": "#dfe2e7",
    "accent": "#1d5fa6",
    "soft": "#7294c2",
    "red": "#b3261e",
    "ground": "#ffffff",
}


def over_time(
    days: Sequence[date],
    series: Sequence[Series],
    *,
    say: Callable[[float], str],
    salt: str,
    today: date | None = None,
    limit: float | None = None,
    is_from_zero: bool = True,
) -> Picture:
    """Series over days. `say` words a value of the y axis; `salt` keeps ids of several charts on a page apart.

    The y axis begins at zero unless `is_from_zero` is false: bars need that, scores between 0.8 and 0.9 do not.
    """
    labelled = [one for one in series if one.label and one.style != "bars"]

    def paint(axes: Any) -> None:
        for one in series:
            _draw(axes, days, one)
        if limit is not None:
            axes.axhline(limit, color=COLOURS["muted"], linewidth=1, linestyle=(0, (2, 3)))
        known = [value for one in series for value in one.values if value is not None]
        _span(axes, [*known, *([] if limit is None else [limit])], is_from_zero=is_from_zero)
        _frame(axes, days, series, say)
        if today is not None and days and days[0] <= today <= days[-1]:
            axes.axvline(today, color=COLOURS["muted"], linewidth=0.8, linestyle=(0, (1, 3)))
        label_ends(axes, _ends(labelled))

    return picture(paint, tuple(days), tuple(series), salt=salt, right=LABEL_WIDTH if labelled else RIGHT)


def picture(
    paint: Callable[[Any], None],
    days: tuple[date, ...] = (),
    series: tuple[Series, ...] = (),
    *,
    salt: str,
    right: int = RIGHT,
) -> Picture:
    """What `paint` draws on the axes it is given, once that is needed."""
    return Picture(partial(drawn, paint, salt=salt, right=right), days, series)


def drawn(paint: Callable[[Any], None], *, salt: str, right: int = RIGHT) -> tuple[str, str]:
    """Both variants of what `paint` draws on the axes it is given; `right` points are left free beside them."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style = {
        "svg.fonttype": "none",  # text stays text: small, and readable by a screen reader
        "svg.hashsalt": salt,  # equal data, equal bytes
        "text.parse_math": False,  # "$" is a currency here
        "font.family": "sans-serif",
        "font.size": FONT_SIZE,
        "path.simplify": True,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        axes: Any = figure.add_axes(
            (LEFT / WIDTH, BOTTOM / HEIGHT, (WIDTH - LEFT - right) / WIDTH, (HEIGHT - BOTTOM - TOP) / HEIGHT)
        )
        axes.tick_params(length=0, labelcolor=COLOURS["muted"], pad=7)
        axes.tick_params(axis="x", pad=BELOW)
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_visible(False)
        paint(axes)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _variants(written.getvalue())


def _draw(axes: Any, days: Sequence[date], one: Series) -> None:
    colour = COLOURS[one.role]
    if one.style == "bars":
        heights = [value or 0 for value in one.values]
        # In days, as a number: a day and a part of one is the same day to a date.
        axes.bar(days, heights, width=_step(days) / timedelta(days=1) * 0.72, color=colour, linewidth=0)
        return
    heights = [float("nan") if value is None else value for value in one.values]
    dashes: Any = (0, (4, 3)) if one.style == "dashed" else "solid"
    axes.plot(days, heights, color=colour, linewidth=2, linestyle=dashes, solid_capstyle="round")
    _lone(axes, days, one, colour)
    known = [(day, value) for day, value in zip(days, one.values, strict=True) if value is not None]
    if known:
        axes.plot(*known[-1], marker="o", markersize=4.5, color=colour, linestyle="none")


def _step(days: Sequence[date]) -> timedelta:
    """The least distance of two neighbours: what a bar may fill."""
    return min((later - earlier for earlier, later in pairwise(days)), default=timedelta(days=7))


def _lone(axes: Any, days: Sequence[date], one: Series, colour: str) -> None:
    """A value between two gaps as a dot: it has no line to be seen by."""
    padded = [None, *one.values, None]
    lone = [
        (days[index], value)
        for index, value in enumerate(one.values)
        if value is not None and padded[index] is None and padded[index + 2] is None
    ]
    if lone:
        axes.plot(*zip(*lone, strict=True), marker="o", markersize=3, color=colour, linestyle="none")


def _span(axes: Any, known: Sequence[float], *, is_from_zero: bool) -> None:
    """The values that the y axis covers."""
    if is_from_zero or not known:
        axes.set_ylim(min([*known, 0.0]), (max([*known, 0.0]) or 1.0) * 1.08)
        return
    low, high = min(known), max(known)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    axes.set_ylim(low - room, high + room)


def _frame(axes: Any, days: Sequence[date], series: Sequence[Series], say: Callable[[float], str]) -> None:
    """Three or four quiet lines with their values, dates below, no box."""
    from matplotlib.ticker import MaxNLocator

    known = [value for one in series for value in one.values if value is not None]
    whole = all(float(value).is_integer() for value in known)
    ticks = [
        tick
        for tick in MaxNLocator(nbins=3, integer=whole).tick_values(*axes.get_ylim())
        if axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]
    ]
    axes.set_yticks(ticks, [say(tick) for tick in ticks])
    axes.set_xticks(*dates_below(days, _step(days)))
    axes.grid(axis="y", color=COLOURS["rule"], linewidth=0.8)
    if days:
        has_bars = any(one.style == "bars" for one in series)
        edge = max((days[-1] - days[0]) * 0.02, timedelta(days=4), _step(days) / 2 if has_bars else timedelta())
        axes.set_xlim(days[0] - edge, days[-1] + edge)


def dates_below(days: Sequence[date], step: timedelta) -> tuple[list[date], list[str]]:
    """The dates that an axis names: months, or a day every so many steps."""
    if not is_of_days(days):
        return months_below(days)
    every = max(1, -(-(days[-1] - days[0]) // (step * DAYS_BELOW))) * step
    shown = [days[0] + every * number for number in range((days[-1] - days[0]) // every + 1)]
    return shown, [plain(words.short_day(day)) for day in shown]


def is_of_days(days: Sequence[date]) -> bool:
    """Whether an axis is so short that it names days: fewer than three months begin on it, and it is not one of months."""
    return bool(days) and len(_months(days)) < 3 and not all(day.day == 1 for day in days)


def months_below(days: Sequence[date]) -> tuple[list[date], list[str]]:
    """At most six month names below the axis; the first one, and the first one of each later year, carry the year.

    Two years beside each other would touch where there are more than four names: the later one says enough.
    """
    if not days:
        return [], []
    firsts = _months(days) or [days[0]]
    firsts = firsts[:: -(-len(firsts) // (6 if len(firsts) <= LONG else 4))]
    shown = [words.MONTHS[first.month - 1] for first in firsts]
    turns = [0, *(place for place, (one, other) in enumerate(pairwise(firsts), 1) if one.year != other.year)]
    if len(firsts) > 4 and 1 in turns:
        turns.remove(0)
    for place in turns:
        shown[place] += f" {firsts[place].year}"
    return firsts, shown


def _months(days: Sequence[date]) -> list[date]:
    """The first days of the months that begin on an axis, or just before it."""
    return [month for month in months.through(days[0], days[-1]) if month >= days[0] - timedelta(days=3)]


def _ends(series: Sequence[Series]) -> list[tuple[float, str, str]]:
    """The last known value of each line, its label and the label's colour."""
    found = []
    for one in series:
        known = [value for value in one.values if value is not None]
        if known:
            found.append((known[-1], one.label, COLOURS["muted" if one.role == "soft" else one.role]))
    return found


def label_ends(axes: Any, ends: Sequence[tuple[float, str, str]]) -> None:
    """Labels (height, text, colour) at the right edge, pushed apart where they would meet."""
    to_share = axes.transData + axes.transAxes.inverted()
    placed = sorted((float(to_share.transform((0, value))[1]), text, colour) for value, text, colour in ends)
    at = spread([wanted for wanted, *_ in placed], LABEL_GAP / (HEIGHT - TOP - BOTTOM))
    for height, (_, text, colour) in zip(at, placed, strict=True):
        axes.annotate(
            text,
            (1, height),
            xycoords="axes fraction",
            xytext=(5, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            ha="left",
        )


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Ascending heights at least `gap` apart and within 0 and 1: those that would meet stand around their common middle."""
    groups: list[list[float]] = []
    for place, height in enumerate(wanted):
        groups.append([height - place * gap])
        while len(groups) > 1 and fmean(groups[-2]) > fmean(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    free = max(0.0, 1 - (len(wanted) - 1) * gap)
    bases = [min(free, max(0.0, fmean(group))) for group in groups for _ in group]
    return [base + place * gap for place, base in enumerate(bases)]


def _variants(svg: str) -> tuple[str, str]:
    """Both variants: without prologue and ids, numbers to a hundredth."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r' id="[a-z0-9.]+_\d+"| (?:width|height)="[\d.]+pt"| version="1.1"', "", body)
    body = re.sub(r"font-family: [^;\"]*; |<g>\s*</g>|<defs>\s*</defs>| transform=\"rotate\(-0 [^)]*\)\"", "", body)
    # Coordinates only: what stands between tags is said to people.
    body = re.sub(r"<[^>]*>", lambda tag: re.sub(r"\d+\.\d{3,}", _short, tag[0]), body)
    body = re.sub(r">\s+<", "><", body)
    body = re.sub(r"\s*\n\s*", " ", body).strip()
    body = body.replace("<svg ", '<svg stroke-linejoin="round" ', 1)
    page = body
    for role, colour in COLOURS.items():
        page = page.replace(colour, f"var(--{role})")
    # A width of its own: as an image it would else fill whatever holds it.
    head = f'<svg width="{PLAIN_WIDTH}" height="{PLAIN_WIDTH * HEIGHT // WIDTH}" font-family="-apple-system, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif" '
    plain = body.replace("<svg ", head, 1)
    opening = plain.index(">") + 1
    ground = f'<rect width="100%" height="100%" fill="{COLOURS["ground"]}"/>'
    return page, plain[:opening] + ground + plain[opening:]


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
