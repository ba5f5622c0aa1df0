"""Whether versions may be released, as parts of a report: what is missing, what the law asks, fairness slice by slice."""

from __future__ import annotations

import re

from reports import figures, words
from reports.document import Bar, Cell, Column, Light, Table, Value, rank_of, status_of
from reports.marts import Row

NO_VERSION = "No version is in use: no model is registered, or none has a champion or a version."

_PERSON = re.compile(r"\bperson-[0-9a-f]+\b")
_TAG = re.compile(r"\btag (\S+) = ")


def title_of(row: Row) -> str:
    """What people call a gate; its key in words where a file names no title."""
    return row.get("title") or words.label(row["gate"] or "").capitalize()


def titles_of(gates: list[Row]) -> dict[str, str]:
    """What people call each gate."""
    return {row["gate"]: title_of(row) for row in gates if row["gate"]}


def said(row: Row, people: dict[str, str]) -> str:
    """The evidence of a gate in words, with the names of people in the place of their ids."""
    told = _TAG.sub(lambda found: f"the tag {found[1]} says ", words.told(row["evidence"] or ""))
    return _PERSON.sub(lambda found: people.get(found[0], found[0]), told)


def readiness(rows: list[Row], used: dict[str, str], titles: dict[str, str]) -> Table:
    """One row per version in use: ready or not, what is missing, until when waivers hold, which obligations bind already."""
    shown: list[tuple[Cell, ...]] = [
        (
            (Value(used[row["model_version_id"]]), Value(f"risk tier {row['risk_tier'] or 'not given'}", tone="under")),
            (Light(status_of(row["status"]), is_narrow=True), _verdict(row)),
            f"{words.count(row['passed_count'])} of {words.count(row['required_count'])}",
            _missing(row, titles),
            words.day(row["next_waiver_end_date"]) if row["waived_gates"] else Value("no waiver", tone="quiet"),
            _obligations(row, titles),
        )
        for row in sorted(
            (row for row in rows if row["model_version_id"] in used),
            key=lambda row: (rank_of(row["status"]), list(used).index(row["model_version_id"])),
        )
    ]
    return Table(
        "Versions in use or about to be: may they be released?",
        (
            Column("Version"),
            Column("Ready"),
            Column("Gates passed", is_number=True, explain="Of those that are required"),
            Column("Missing"),
            Column("Waived until", is_page_only=True),
            Column("Binding already", explain="Gates that an obligation asks for today and that are not met", is_page_only=True),
        ),
        shown,
        empty=NO_VERSION,
    )  # fmt: skip


def _verdict(row: Row) -> str:
    if row["is_ready"] is None:
        return " unknown"
    if not row["is_ready"]:
        return " no" if row["failed_gates"] else " not proven"
    return " with waivers" if row["waived_count"] else " yes"


def _called(gates: list[str] | None, titles: dict[str, str]) -> list[str]:
    return [titles.get(gate) or words.label(gate) for gate in gates or []]


def _missing(row: Row, titles: dict[str, str]) -> Cell:
    failed, unknown = _called(row["failed_gates"], titles), _called(row["unknown_gates"], titles)
    parts: list[Value] = []
    if failed:
        parts.append(Value(f"{words.joined(failed, most=9)} failed", tone="bad"))
    if unknown:
        parts.append(Value(f"{words.joined(unknown, most=9)} without evidence", tone="under" if failed else ""))
    return tuple(parts) or Value("nothing", tone="quiet")


def _obligations(row: Row, titles: dict[str, str]) -> Cell:
    gates = _called(row["overdue_obligation_gates"], titles)
    if gates:
        return Value(words.joined(gates, most=9), tone="bad")
    if row["next_obligation_date"] is not None:
        return f"none before {words.day(row['next_obligation_date']).text}"
    return Value("none", tone="quiet")


def slices(rows: list[Row], used: dict[str, str]) -> Table:
    """Each slice of each version in use against its bounds, what is outside first."""
    order = ("failed", "unknown", "passed")
    found = sorted(
        (row for row in rows if row["model_version_id"] in used),
        key=lambda row: (order.index(row["status"]) if row["status"] in order else 1, figures.plain(used[row["model_version_id"]]), row["metric"]),
    )  # fmt: skip
    shown: list[tuple[Cell, ...]] = [
        (
            (Value(words.label(row["slice"] or row["metric"])), Value(used[row["model_version_id"]], tone="under")),
            _place(row),
            _bounds(row),
            _judged(row),
        )
        for row in found
    ]
    return Table(
        "Measured slices of versions in use against their bounds, those outside first",
        (Column("Slice"), Column("Value"), Column("Bounds", is_number=True), Column("Verdict")),
        shown,
        empty="No version in use has logged a fairness metric: log fairness/<slice>, the ratio of the slice to everybody.",
        limit=15,
    )


def _place(row: Row) -> Cell:
    """Where the value lies: the upright line is the bound it is nearest to crossing."""
    value, low, high = row["value"], row["minimum"], row["maximum"]
    if value is None:
        return Value("not measured", row["finding"] or "", tone="quiet")
    text = words.number(value).text
    if low is None or high is None or high <= low:
        return text
    span = high - low
    share = min(1.0, max(0.0, (value - low + span) / (3 * span)))
    bound = 1 / 3 if value - low < high - value else 2 / 3
    return Bar(share, text, bound, is_over=row["status"] == "failed", full=row["finding"] or "")


def _bounds(row: Row) -> Value:
    if row["minimum"] is None and row["maximum"] is None:
        return words.UNKNOWN
    low = "" if row["minimum"] is None else words.number(row["minimum"]).text
    high = "" if row["maximum"] is None else words.number(row["maximum"]).text
    said = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    return Value(said, row["bounds_source"] or "")


def _judged(row: Row) -> Cell:
    match row["status"]:
        case "failed":
            return Value("outside", tone="bad")
        case "passed":
            return "within"
        case _:
            return Value("unknown", row["finding"] or "", tone="quiet")
