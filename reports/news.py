"""What turned since people were last told: colours of the program and its initiatives, and sources that grew old.

Here are the words and the comparison; sending them, and remembering what was told, is the caller's work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from reports import words
from reports.document import Status, rank_of, status_of
from reports.figures import plain
from reports.marts import Marts, Row, reading
from reports.sections import sources, status

MOST_REASONS = 3


@dataclass(frozen=True)
class News:
    """One thing that turned: its new colour, what it is about, why, and the report that tells more."""

    colour: Status
    subject: str
    text: str
    report: str


def since(told: Mapping[str, str], warehouse: Path) -> tuple[list[News], dict[str, str]]:
    """What the published file says that people were not told, the worst first, and all that they know afterwards.

    A colour seen for the first time has not turned; a source that is stale at first sight is news.
    Raises warehouse.query.WarehouseMissing when nothing has been published yet.
    """
    with reading(warehouse, {}) as marts:
        colours, names = marts.rows(status.STATUS), marts.initiatives()
        fresh = marts.rows(sources.FRESHNESS)
        found = [*_turned(told, colours, names), *_aged(told, fresh, marts)]
    known: dict[str, str] = {_colour_key(row): status_of(row["status"]) for row in colours}
    known |= {_source_key(*at): "stale" if _late(list(streams)) else "fresh" for at, streams in _by_instance(fresh)}
    said = [replace(news, subject=plain(news.subject), text=plain(news.text)) for news in found]
    return sorted(said, key=lambda news: rank_of(news.colour)), {**told, **known}


def _colour_key(row: Row) -> str:
    return f"status/{row['initiative_id'] or ''}/{row['dimension']}"


def _turned(told: Mapping[str, str], colours: list[Row], names: dict[str, str]) -> Iterator[News]:
    """Each initiative with all of its colours that turned; the program by its overall colour alone."""
    turned = [
        row for row in colours if told.get(_colour_key(row), status_of(row["status"])) != status_of(row["status"])
    ]
    for initiative in dict.fromkeys(row["initiative_id"] for row in turned):
        rows = [row for row in turned if row["initiative_id"] == initiative]
        overall = next((row for row in rows if row["dimension"] == "overall"), None)
        parts = sorted((row for row in rows if row["dimension"] != "overall"), key=lambda row: rank_of(row["status"]))
        if initiative is None:
            if overall is not None:
                light, why = status.verdict(colours, names)
                said = " ".join(part for part in why if isinstance(part, str))
                yield News(light.status, status.PROGRAM, f"{_change(overall, told)}. {said}", "program_status")
            continue
        worst = overall or parts[0]
        reasons = [
            f"{status.DIMENSIONS.get(row['dimension'], row['dimension'])} {_change(row, told)}: {_why(row)}"
            for row in parts
        ]
        left = len(reasons) - MOST_REASONS
        said = " ".join([*([f"{_change(overall, told)}."] if overall else []), *reasons[:MOST_REASONS]])
        said += f" {words.count(left, 'more colour')} turned." if left > 0 else ""
        yield News(status_of(worst["status"]), status.title(initiative, names), said, "program_status")  # fmt: skip


def _change(row: Row, told: Mapping[str, str]) -> str:
    """As in "turned red, was amber"; white is said as what it means."""
    said = {"white": "unknown"}
    now, before = status_of(row["status"]), told[_colour_key(row)]
    return f"turned {said.get(now, now)}, was {said.get(before, before)}"


def _why(row: Row) -> str:
    return words.sentence(row["reason"] or "No reason was recorded")


def _by_instance(fresh: list[Row]) -> Iterator[tuple[tuple[str, str], Iterator[Row]]]:
    yield from groupby(fresh, key=lambda row: (row["source"], row["instance"]))


def _source_key(source: str, instance: str) -> str:
    return f"source/{source}/{instance}"


def _late(streams: list[Row]) -> list[Row]:
    return [row for row in streams if row["is_stale"]]


def _aged(told: Mapping[str, str], fresh: list[Row], marts: Marts) -> Iterator[News]:
    """Sources that went stale, with the oldest read and its error, and those that are fresh again."""
    for (source, instance), group in _by_instance(fresh):
        streams = list(group)
        late, before = _late(streams), told.get(_source_key(source, instance), "fresh")
        name = sources.called(source, instance)
        if late and before != "stale":
            oldest = min(late, key=lambda row: row["last_success_at"] or row["last_attempt_at"])
            since = words.moment(oldest["last_success_at"], marts.timezone).text if oldest["last_success_at"] else ""
            read = f"last read {since}" if since else "never read"
            named = words.joined([words.label(row["stream"]) for row in late], most=3)
            error = next((row["last_error"] for row in late if row["last_error"]), None)
            why = f" {words.sentence(error)}" if error else ""
            yield News("amber", name, f"is out of date: {named} {read}.{why}", "data_trust")
        elif not late and before == "stale":
            yield News("green", name, "is up to date again.", "data_trust")
