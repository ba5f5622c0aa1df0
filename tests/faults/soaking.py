"""How the long variant of the kill tests (`make soak`) differs from the suite's. Imported by tests only."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

ROUNDS = 5
"""Rounds of kills in the suite."""


@dataclass(frozen=True, slots=True)
class Soak:
    """The long variant of the kill tests: what its random instants are drawn from, and how long it goes on."""

    seed: int
    minutes: float

    def rounds(self, *, share: float) -> Iterator[int]:
        """Numbers from 0 on until this share of the minutes has passed, at least as many as in the suite."""
        end = time.monotonic() + self.minutes * 60 * share
        return itertools.takewhile(lambda done: done < ROUNDS or time.monotonic() < end, itertools.count())
