"""What a source offers to be read: streams of raw records, in pages that can be resumed from.

Not here: how records are stored (warehouse/landing/), how often they are read (pipelines/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Literal, TypeVar

Client = TypeVar("Client")

Record = dict[str, Any]
"""One record exactly as the source returned it; JSON values only."""

Cursor = dict[str, Any]
"""State to continue from; JSON values only. Opaque to everyone but the stream that made it."""


class Deletions(Enum):
    """How a record that vanished at the source is found."""

    FULL_READ = "every read is whole: absent from it means deleted"
    ASKED = "every read is whole: what is absent from it is asked for by name, and deleted if it does not exist"
    SWEEP = "a read that begins without a cursor is whole: absent from it means deleted"
    CENSUS = "the stream's census names the ids that are gone"
    IMPOSSIBLE = "the source never deletes one"
    KEPT = "the source drops old ones in time; what has landed stays"


@dataclass(frozen=True, slots=True)
class Page:
    """Some records and the cursor that is true once they have landed.

    A read that yields no page at all found nothing changed: the old cursor stays and nothing counts as deleted.
    """

    records: list[Record]
    cursor: Cursor
    is_partial: bool = False  # records absent from this read are not deleted, whatever the stream's rule
    total: int | None = None  # records the whole read is expected to bring, for progress; None if the source cannot say


@dataclass(frozen=True, slots=True)
class Census:
    """The ids found deleted, and the cursor that is true once they count as such: a census may need to remember."""

    gone: frozenset[str]
    cursor: Cursor | None = None  # None: the present one stays
    hidden: SourceError | None = None  # tells of what may no longer be read, once the rest counts


@dataclass(frozen=True, slots=True)
class Stream(Generic[Client]):
    """One kind of record of one source. Lands as `<source>_<name>`."""

    name: str
    key: Callable[[Record], str]  # the immutable id of a record
    updated_at: Callable[[Record], datetime | None]  # the source's own time stamp, UTC; None where it keeps none
    read: Callable[[Client, Cursor | None], Iterator[Page]]  # without a cursor: everything there is
    deletions: Deletions
    calls: str  # API calls of a run in which nothing changed, e.g. "1 per project"
    census: Callable[[Client, AbstractSet[str], Cursor | None], Census] | None = (
        None  # of ids that may be gone, those that are
    )
    sweep_from: Callable[[Cursor], Cursor] | None = (
        None  # what of the cursor a read of everything begins with; None: nothing
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `hub check`: what was looked at, how it stands, what to do."""

    level: Literal["ok", "warning", "error"]
    subject: str
    message: str
    remedy: str = ""


class SourceError(Exception):
    """A source could not be read. Two lines: where and why, then what to do. Never holds a secret."""

    def __init__(self, source: str, instance: str, stream: str, cause: str, remedy: str) -> None:
        super().__init__(f"{source} {instance!r}, {stream}: {cause}\n{remedy}")
        self.source, self.instance, self.stream, self.cause, self.remedy = source, instance, stream, cause, remedy
