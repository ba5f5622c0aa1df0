"""What a weekly series says, in words: the last four weeks against the eight before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

RECENT, BEFORE = 4, 8
STEADY = 0.15
"""A change of the median below this share is called steady."""


def compare(values: Sequence[float | None]) -> tuple[float, float] | None:
    """The median week of the last four and of the eight before; None with fewer than two and three known weeks."""
    recent = [value for value in values[-RECENT:] if value is not None]
    before = [value for value in values[-RECENT - BEFORE : -RECENT] if value is not None]
    if len(recent) < 2 or len(before) < 3:
        return None
    return median(recent), median(before)


def change(values: Sequence[float | None]) -> float | None:
    """The relative change between both spans; None where it cannot be told."""
    found = compare(values)
    if found is None or found[1] == 0:
        return None
    return found[0] / found[1] - 1


def message(subject: str, values: Sequence[float | None], say: Callable[[float], str]) -> str:
    """A chart's title: "Cycle time up by half in four weeks: 9 days, was 6 days"."""
    known = [value for value in values if value is not None]
    if not known:
        return f"{subject}: not enough data yet"
    found = compare(values)
    if found is None:
        return f"{subject}: {say(known[-1])} in the last week known"
    now, then = found
    if now == then or (then and abs(now / then - 1) < STEADY):
        return f"{subject} steady at {say(now)}"
    if not then:
        return f"{subject} up to {say(now)} from {say(then)}"
    return f"{subject} {_moved(now / then)}: {say(now)}, was {say(then)}"


def stock(subject: str, now: float, values: Sequence[float | None], say: Callable[[float], str]) -> str:
    """A chart's title for what there is now, against the median of the twelve weeks before: "... doubled: 12, was 6"."""
    before = [value for value in values[-RECENT - BEFORE :] if value is not None]
    if len(before) < 3:
        return f"{subject}: {say(now)}"
    then = median(before)
    if then and abs(now / then - 1) < STEADY:
        return f"{subject} steady at {say(now)}"
    return f"{subject} {_moved(now / then)}: {say(now)}, was {say(then)}" if then else f"{subject} up to {say(now)}"


def has_grown(now: float, values: Sequence[float | None]) -> bool:
    """Whether there is more now than in the twelve weeks before, beyond what is called steady."""
    before = [value for value in values[-RECENT - BEFORE :] if value is not None]
    return len(before) >= 3 and now > median(before) * (1 + STEADY)


def _moved(ratio: float) -> str:
    if ratio >= 1.9:
        return "doubled" if ratio < 2.5 else "tripled" if ratio < 3.5 else f"is {ratio:.0f} times as high"
    if 0.4 < ratio <= 0.55:
        return "halved"
    return f"up by {ratio - 1:.0%}" if ratio > 1 else f"down by {1 - ratio:.0%}"
