"""Drawings of flow that are no lines over time: dots, bands, stacked bars and the fan of a forecast.

What they mean is words of the report around them; like charts.py they draw fixed words and numbers only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from reports.document import Picture
from reports.drawing.charts import (
    BOTTOM,
    COLOURS,
    HEIGHT,
    LABEL_GAP,
    LABEL_WIDTH,
    RIGHT,
    TOP,
    dates_below,
    label_ends,
    months_below,
    picture,
)

SPANS = (
    (1 / 24, "1 h"), (0.25, "6 h"), (1, "1 d"), (3, "3 d"), (7, "1 wk"), (14, "2 wk"), (30, "1 mo"), (91, "3 mo"), (365, "1 yr"), (1096, "3 yr"),
)  # fmt: skip
"""Days that people have a word for: the ticks of an axis of durations."""

Level = tuple[float, str]
"""A line across: days, and a fixed word for it."""


def scatter(points: Sequence[tuple[date, float]], levels: Sequence[Level], *, salt: str) -> Picture:
    """A dot per finished item: the day it was done and the days it took, on a scale on which an hour and a month both show."""
    days, taken = [day for day, _ in points], [max(value, SPANS[0][0]) for _, value in points]

    def paint(axes: Any) -> None:
        axes.set_yscale("log")
        axes.plot(days, taken, "o", markersize=3.4, markeredgewidth=0, color=COLOURS["accent"], alpha=0.55)
        for value, _ in levels:
            axes.axhline(value, color=COLOURS["muted"], linewidth=1, linestyle=(0, (4, 3)))
        _durations(axes.yaxis, min(taken), max(taken))
        axes.set_ylim(min(taken) * 0.8, max(taken) * 1.25)
        axes.grid(axis="y", color=COLOURS["rule"], linewidth=0.8)
        _over(axes, days)
        label_ends(axes, [(value, word, COLOURS["muted"]) for value, word in levels])

    return picture(paint, salt=salt, right=LABEL_WIDTH)


def ages(items: Sequence[tuple[float, bool]], levels: Sequence[Level], *, salt: str) -> Picture:
    """A dot per item in progress over its age in days, one upon another where they are equally old; those in trouble are red crosses."""
    top = max([SPANS[0][0], *(value for value, _ in [*items, *levels])]) * 1.08
    step = top / 44
    gap = LABEL_GAP / (HEIGHT - TOP - BOTTOM)

    def paint(axes: Any) -> None:
        height: Counter[int] = Counter()
        for value, is_in_trouble in sorted(items):
            column = int(value / step)
            height[column] += 1
            axes.plot(
                (column + 0.5) * step,
                height[column],
                "X" if is_in_trouble else "o",
                markersize=7.2 if is_in_trouble else 6.4,
                markeredgewidth=0,
                color=COLOURS["red" if is_in_trouble else "accent"],
            )
        tallest = max(height.values())
        # The words stand in the upper third.
        axes.set_ylim(0, max(tallest * 1.5, tallest + 2.2, 6))
        for place, (value, word) in enumerate(sorted(levels)):
            axes.axvline(value, ymax=0.99 - gap * place, color=COLOURS["muted"], linewidth=1, linestyle=(0, (4, 3)))
            is_at_the_edge = value > 0.9 * top  # where its word would be cut off
            axes.annotate(
                word,
                (value, 0.99 - gap * place),
                xycoords=axes.get_xaxis_transform(),
                xytext=(-4 if is_at_the_edge else 4, 0),
                textcoords="offset points",
                color=COLOURS["muted"],
                va="top",
                ha="right" if is_at_the_edge else "left",
            )
        axes.set_xlim(0, top)
        axes.set_yticks([])
        axes.axhline(0, color=COLOURS["rule"], linewidth=1.6)
        nice = next((size for size in (1, 2, 5, 7, 14, 28, 56, 91, 182) if top / size <= 7), 365)
        marks = range(0, int(top) + 1, nice)
        axes.set_xticks(list(marks), [f"{mark} d" for mark in marks])

    return picture(paint, salt=salt)


def bands(days: Sequence[date], layers: Sequence[Sequence[float]], *, salt: str) -> Picture:
    """Layers upon each other over days, the lowest first; the axis begins where the lowest did, so that thin ones show."""
    floor = min(layers[0], default=0.0)

    def paint(axes: Any) -> None:
        base = [0.0] * len(days)
        for place, layer in enumerate(layers):
            upper = [low + value for low, value in zip(base, layer, strict=True)]
            role, alpha = _shade(place, len(layers))
            axes.fill_between(
                days, base, upper, facecolor=(COLOURS[role], alpha), edgecolor=COLOURS["ground"], linewidth=0.7
            )
            base = upper
        axes.set_ylim(floor, max([*base, floor + 1]) + 1)
        axes.yaxis.set_major_locator(_whole())
        axes.grid(axis="y", color=COLOURS["rule"], linewidth=0.8)
        axes.set_axisbelow(False)
        _over(axes, days, edge=timedelta())

    return picture(paint, salt=salt)


def _shade(place: int, count: int) -> tuple[str, float]:
    """What is done is soft, what waits at the end of the line grey, what is between them strong, each a little less than the one below."""
    if place == 0:
        return "soft", 1.0
    if place == count - 1 and count > 2:
        return "muted", 0.7
    return "accent", max(0.65, 0.95 - 0.15 * (place - 1))


def stacked(days: Sequence[date], parts: Sequence[tuple[str, Sequence[float]]], *, salt: str) -> Picture:
    """Bars of a month each, made of parts whose fixed words stand beside the last one."""
    roles = (("soft", 1.0), ("muted", 0.75), ("accent", 1.0), ("accent", 0.7), ("ink", 0.75))

    def paint(axes: Any) -> None:
        base = [0.0] * len(days)
        ends = []
        for place, (word, values) in enumerate(parts):
            role, alpha = roles[place % len(roles)]
            axes.bar(
                range(len(days)),
                values,
                bottom=base,
                width=0.66,
                facecolor=(COLOURS[role], alpha),
                edgecolor=COLOURS["ground"],
                linewidth=0.7,
            )
            if values and values[-1] > 0:
                ends.append((base[-1] + values[-1] / 2, word, COLOURS["muted"]))
            base = [low + value for low, value in zip(base, values, strict=True)]
        axes.set_ylim(0, max([*base, 0.1]) * 1.06)
        axes.yaxis.set_major_locator(_whole())
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} d")
        axes.grid(axis="y", color=COLOURS["rule"], linewidth=0.8)
        names = months_below(days)
        axes.set_xticks(
            [days.index(first) for first in names[0] if first in days],
            [name for first, name in zip(*names, strict=True) if first in days],
        )
        axes.set_xlim(-0.6, len(days) - 0.4)
        label_ends(axes, ends)

    return picture(paint, salt=salt, right=LABEL_WIDTH)


def fan(
    past: Sequence[tuple[date, float]],
    ends: Sequence[date],
    *,
    target: date | None,
    salt: str,
) -> Picture:
    """Open items of the past, and from today on the fan of the days (even odds, eight in ten, 95 in 100) on which none may be left."""
    today, still_open = past[-1]
    likely, safe, late = ends

    def paint(axes: Any) -> None:
        axes.plot([day for day, _ in past], [value for _, value in past], color=COLOURS["ink"], linewidth=2)
        axes.fill(
            [today, likely, late],
            [still_open, 0, 0],
            facecolor=(COLOURS["soft"], 0.55),
            edgecolor=COLOURS["soft"],
            linewidth=1,
        )
        axes.plot([today, likely], [still_open, 0], color=COLOURS["accent"], linewidth=1.2, linestyle=(0, (4, 3)))
        axes.plot([today, safe], [still_open, 0], color=COLOURS["accent"], linewidth=2)
        axes.plot([today], [still_open], "o", markersize=4.5, color=COLOURS["ink"])
        axes.plot(
            [likely], [0], "o", markersize=6, color=COLOURS["soft"], markeredgecolor=COLOURS["accent"], clip_on=False
        )
        axes.plot([safe], [0], "o", markersize=6, color=COLOURS["accent"], clip_on=False)
        shown = [past[0][0], late]
        if target is not None:
            is_missed = target < safe
            axes.axvline(target, color=COLOURS["red" if is_missed else "muted"], linewidth=1.4, linestyle=(0, (2, 2)))
            shown.append(target)
        top = max(value for _, value in past)
        axes.set_ylim(0, max(top, 1) * 1.1)
        axes.yaxis.set_major_locator(_whole())
        axes.grid(axis="y", color=COLOURS["rule"], linewidth=0.8)
        _over(axes, [min(shown), max(shown)])

    return picture(paint, salt=salt, right=RIGHT)


def _over(axes: Any, days: Sequence[date], *, edge: timedelta = timedelta(days=4)) -> None:
    """The axis of days, with months or days named below."""
    axes.set_xticks(*dates_below([min(days), max(days)], timedelta(days=1)))
    axes.set_xlim(min(days) - edge, max(days) + edge)


def _durations(axis: Any, least: float, most: float) -> None:
    """Ticks at spans that people have a word for."""
    shown = [span for span in SPANS if least * 0.8 <= span[0] <= most * 1.25] or [SPANS[2]]
    axis.set_ticks([value for value, _ in shown], [word for _, word in shown])
    axis.set_ticks([], minor=True)


def _whole() -> Any:
    """Three or four whole numbers."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, integer=True)
