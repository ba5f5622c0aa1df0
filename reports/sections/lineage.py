"""Where model versions come from, as parts of a report: hops that are missing, data sets, and what was done to the registry."""

from __future__ import annotations

from reports import words
from reports.document import Cell, Column, Table, Value
from reports.marts import Marts, Row

HOPS = """
    select model_version_id, model_id, version, hop, hop_rank, state, remedy
    from marts.model_lineage
    where is_broken
    order by model_version_id, hop_rank
"""
DATA_SETS = """
    select model_version_id, model_id, version, data_set, digest, champion_digests, comparison, shared_model_ids
    from marts.model_data_sets
    where role = 'challenger' or (role is not null and len(shared_model_ids) > 0)
    order by model_id, data_set, model_version_id
"""
HISTORY = """
    select model_id, version, what, name, old_value, new_value, happened_at, not_before_at, seen_at
    from marts.registry_history
    where not is_first_look and model_id is not null and what <> 'status'
    order by seen_at desc, model_id, version nulls first, what, name
    limit 60
"""


def broken(marts: Marts, names: dict[str, str], used: dict[str, str]) -> Table:
    """Hops that the chain from version to initiative lacks; versions in use first."""
    rows = sorted(marts.rows(HOPS), key=lambda row: row["model_version_id"] not in used)
    shown: list[tuple[Cell, ...]] = [
        (
            (
                Value(f"{words.label(row['hop'])} is {row['state']}"),
                Value(f"{names.get(row['model_id']) or row['model_id']} {_version(row, used)}", tone="under"),
            ),
            words.sentence(row["remedy"] or ""),
        )
        for row in rows
    ]
    return Table(
        "Links that are missing between version, run, commit, pull request, issue and initiative",
        (Column("What is missing"), Column("What mends it")),
        shown,
        empty="Every version leads back to run, commit, pull request, issue and initiative.",
        limit=10,
    )


def _version(row: Row, used: dict[str, str]) -> str:
    return f"v{row['version']}, {used.get(row['model_version_id'], 'not in use')}"


def data_sets(marts: Marts, names: dict[str, str]) -> Table:
    """What challengers were trained on beside their champions, and data that several models share."""
    shown: list[tuple[Cell, ...]] = []
    for row in marts.rows(DATA_SETS):
        champion = ", ".join(row["champion_digests"] or [])
        shown.append(
            (
                (
                    Value(row["data_set"]),
                    Value(f"{names.get(row['model_id']) or row['model_id']} v{row['version']}", tone="under"),
                ),
                Value(row["digest"], tone="quiet") if row["digest"] and row["comparison"] != "left out" else words.UNKNOWN,
                Value(champion, tone="quiet") if champion else words.UNKNOWN,
                Value("left out", tone="bad") if row["comparison"] == "left out" else row["comparison"] or Value("the champion itself", tone="quiet"),
                words.joined([names.get(one, one) for one in row["shared_model_ids"] or []]) or Value("no other", tone="quiet"),
            )
        )  # fmt: skip
    return Table(
        "Data of challengers beside their champion's, and data sets that several models share",
        (
            Column("Data set"),
            Column("Digest"),
            Column("Champion's", is_page_only=True),
            Column("Against the champion"),
            Column("Also used by"),
        ),
        shown,
        empty="No challenger has logged its data, and no data set is shared by several models.",
        limit=12,
        is_caption_shown=True,
    )


def history(marts: Marts, names: dict[str, str], people: dict[str, str]) -> Table:
    """The registry's newest changes, people by their names; MLflow keeps no such list."""
    shown: list[tuple[Cell, ...]] = []
    for row in marts.rows(HISTORY):
        number = f" v{row['version']}" if row["version"] else ""
        shown.append(
            (
                (Value(names.get(row["model_id"]) or row["model_id"]), Value(number, tone="quiet")),
                _change(row, people),
                _when(row, marts),
                marts.day(row["seen_at"]),
            )
        )
    return Table(
        "The newest changes of the model registry",
        (Column("Model"), Column("Change"), Column("Happened"), Column("Seen")),
        shown,
        empty="Nothing in the registry has changed since the hub first looked.",
        limit=12,
        is_caption_shown=True,
    )


def _change(row: Row, people: dict[str, str]) -> Cell:
    """The change in words, with the value that was and the one that is."""
    if row["what"] in ("created", "deleted"):
        return str(row["what"])
    subject = f"{row['what']} {row['name']}" if row["name"] else str(row["what"])
    old, new = (people.get(one, one) for one in (row["old_value"], row["new_value"]))
    if new is None:
        return (f"{subject} removed ", Value(f"was {old}", tone="quiet"))
    if row["what"] == "alias":
        return (f"{subject} → v{new} ", Value(f"was v{old}" if old else "new", tone="quiet"))
    return (f"{subject} set to ", Value(new), Value(f" was {old}" if old else "", tone="quiet"))


def _when(row: Row, marts: Marts) -> Value:
    if row["happened_at"] is not None:
        return marts.day(row["happened_at"])
    if row["not_before_at"] is not None:
        return Value(f"after {marts.day(row['not_before_at']).text}", "MLflow does not say when", tone="quiet")
    return words.UNKNOWN
