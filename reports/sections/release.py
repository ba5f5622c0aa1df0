"""Whether versions may be released, as parts of a report: what is missing, what the law asks, fairness slice by slice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from reports import figures, words
from reports.document import Bar, Block, Cell, Column, Light, Status, Table, Value, note, rank_of, status_of
from reports.marts import Marts, Row

LIGHTS: dict[str, Status] = {"passed": "green", "waived": "amber", "failed": "red"}
WORST = ("failed", "unknown", "waived", "passed")
NO_GATES = (
    "No gate of a version in use or on trial is known: no model is registered, or none has a champion or a version."
)
NO_VERSION = "No version is in use or on trial: no model is registered, or none has a champion or a version."

KINDS = {
    "fairness": "ratio",
    "disparate_impact": "ratio",
    "bias": "difference",
    "statistical_parity_difference": "difference",
    "equal_opportunity_difference": "difference",
}
"""What a metric of a slice says, by the first part of its name; the patterns of the seed gate_metrics begin so."""

_PERSON = re.compile(r"\bperson-[0-9a-f]+\b")
_TAG = re.compile(r"\btag (\S+) = ")
_SLICE = re.compile(r"(?<!\S)[a-z_]+/(\w+)(?= (?:-?\d|is |was |has ))")  # as findings of bounds begin


def title_of(row: Row) -> str:
    """What people call a gate; its key in words where it has no title."""
    return row["title"] or words.label(row["gate"] or "").capitalize()


def titles_of(gates: list[Row]) -> dict[str, str]:
    """What people call each gate."""
    return {row["gate"]: title_of(row) for row in gates if row["gate"]}


def said(row: Row, people: dict[str, str]) -> str:
    """The evidence of a gate in words, with the names of people in the place of their ids."""
    return _named(_TAG.sub(lambda found: f"the tag {found[1]} says ", words.told(row["evidence"] or "")), people)


def said_plainly(row: Row, people: dict[str, str]) -> Value:
    """The evidence for people who know no tags and metrics by name; as it stands on hover."""
    told = _TAG.sub("recorded as ", words.told(row["evidence"] or ""))
    text, exact = _named(_SLICE.sub(lambda found: words.ranged(found[1]), told), people), said(row, people)
    return Value(text, exact if exact != text else "")


def _named(text: str, people: dict[str, str]) -> str:
    """A text with the names of people in the place of their ids."""
    return _PERSON.sub(lambda found: people.get(found[0], found[0]), text)


def state(row: Row) -> str:
    """Whether a gate passed; what is none of our words is unknown."""
    return row["status"] if row["status"] in WORST else "unknown"


def required(rows: list[Row]) -> list[Row]:
    """The gates that must pass."""
    return [row for row in rows if row["is_required"]]


def remedy(row: Row) -> Value | str:
    """What closes a gate."""
    return words.sentence(row["remedy"] or "") or words.UNKNOWN


def plain_remedy(row: Row) -> Value | str:
    """What closes a gate, for people who set no tags; which tag it is on hover."""
    return Value(row["plain_remedy"], row["remedy"] or "") if row["plain_remedy"] else remedy(row)


def open_gates(
    judged: list[Row],
    used: dict[str, str],
    marts: Marts,
    *,
    evidence: Callable[[Row], Value | str],
    what_to_do: Callable[[Row], Value | str],
) -> Table:
    """Required gates that failed or lack evidence, with what would close them."""
    rows = [row for row in required(judged) if state(row) in ("failed", "unknown")]
    rows.sort(key=lambda row: (WORST.index(state(row)), list(used).index(row["model_version_id"])))
    shown: list[tuple[Cell, ...]] = [
        (
            (Value(title_of(row)), Value(used[row["model_version_id"]], tone="under")),
            (
                Light(LIGHTS.get(state(row), "white"), is_narrow=True),
                " failed" if state(row) == "failed" else " no evidence",
            ),
            (evidence(row) if row["evidence"] else "none was found", *_expired(row, marts)),
            what_to_do(row),
            row["framework_reference"] or words.UNKNOWN,
        )
        for row in rows
    ]
    return Table(
        "Required gates of versions in use or on trial that failed or have no evidence",
        (
            Column("Gate"),
            Column("State"),
            Column("Evidence"),
            Column("What to do"),
            Column("Asked for by", is_page_only=True),
        ),
        shown,
        empty="Every required gate of the versions in use or on trial has passed or holds a waiver."
        if judged
        else NO_GATES,
    )


def _expired(row: Row, marts: Marts) -> tuple[Value, ...]:
    """That a waiver of the gate has ended."""
    if not _has_ended(row, marts):
        return ()
    return (Value(f"its waiver ended on {words.day(row['waiver_until_date']).text}", tone="under"),)


def _has_ended(row: Row, marts: Marts) -> bool:
    until = row["waiver_until_date"]
    return until is not None and marts.today is not None and until < marts.today


def ended_waivers(gates: list[Row], marts: Marts) -> dict[str, date]:
    """By version the day on which the last of its waivers ended, of gates that are open again."""
    ends: dict[str, date] = {}
    for row in required(gates):
        if _has_ended(row, marts) and state(row) in ("failed", "unknown"):
            ends[row["model_version_id"]] = max(
                row["waiver_until_date"], ends.get(row["model_version_id"], row["waiver_until_date"])
            )
    return ends


def readiness(rows: list[Row], used: dict[str, str], titles: dict[str, str], ended: dict[str, date]) -> Table:
    """One row per version in use or on trial: ready or not, what is missing, until when waivers hold or held, which obligations bind already."""
    shown: list[tuple[Cell, ...]] = [
        (
            (Value(used[row["model_version_id"]]), Value(f"risk tier {row['risk_tier'] or 'not given'}", tone="under")),
            (Light(status_of(row["status"]), is_narrow=True), _verdict(row)),
            f"{words.count(row['passed_count'])} of {words.count(row['required_count'])}",
            _missing(row, titles),
            _waived(row, ended.get(row["model_version_id"])),
            _obligations(row, titles),
        )
        for row in sorted(
            (row for row in rows if row["model_version_id"] in used),
            key=lambda row: (rank_of(row["status"]), list(used).index(row["model_version_id"])),
        )
    ]
    return Table(
        "Versions in use or on trial: may they be released?",
        (
            Column("Version"),
            Column("Ready"),
            Column("Gates passed", is_number=True, explain="Of those that are required"),
            Column("Missing"),
            Column("Waived until", is_page_only=True),
            Column("Binding but not met", explain="Gates that an obligation asks for today", is_page_only=True),
        ),
        shown,
        empty=NO_VERSION,
    )  # fmt: skip


def _waived(row: Row, ended: date | None) -> Value:
    if row["waived_gates"]:
        return words.day(row["next_waiver_end_date"])
    return Value("no waiver", tone="quiet") if ended is None else Value(f"ended {words.day(ended).text}")


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


def slices(rows: list[Row], used: dict[str, str]) -> tuple[Block, ...]:
    """Each slice of each version in use or on trial against its bounds, what is outside first, and how the bars are read."""
    order = ("failed", "unknown", "passed")
    found = sorted(
        (row for row in rows if row["model_version_id"] in used),
        key=lambda row: (order.index(row["status"]) if row["status"] in order else 1, figures.plain(used[row["model_version_id"]]), row["metric"]),
    )  # fmt: skip
    shown: list[tuple[Cell, ...]] = [
        (
            (Value(words.ranged(row["slice"] or row["metric"])), Value(used[row["model_version_id"]], tone="under")),
            _place(row),
            _bounds(row),
            _judged(row),
        )
        for row in found
    ]
    table = Table(
        "Measured slices of versions in use or on trial against their bounds, those outside first",
        (Column("Slice"), Column(_measured_as(found)), Column("Bounds", is_number=True), Column("Verdict")),
        shown,
        empty="No version in use or on trial has a fairness metric: log fairness/<slice>, the ratio of the slice to everybody.",
        limit=15,
    )
    if not any(isinstance(cells[1], Bar) for cells in shown):
        return (table,)
    key = "The upright lines are the bounds: a bar should end between the two. If there is only one, it should end beyond a lower bound, or short of an upper one."
    return (table, note(key, is_page_only=True))


def _measured_as(rows: list[Row]) -> str:
    """What the values are, as their metrics are called."""
    kinds = {KINDS.get(row["metric"].partition("/")[0], "") for row in rows}
    if not kinds or "" in kinds:
        return "Value"
    return f"{' or '.join(sorted(kinds, reverse=True)).capitalize()} to everybody"


def _place(row: Row) -> Cell:
    """Where the value lies on a scale of its bounds: two stand at its thirds, one alone in its middle."""
    value, low, high = row["value"], row["minimum"], row["maximum"]
    if value is None:
        return Value("not measured", row["finding"] or "", tone="quiet")
    text = words.number(value).text
    is_over, full = row["status"] == "failed", row["finding"] or ""
    if low is not None and high is not None and high > low:
        span = high - low
        share = min(1.0, max(0.0, (value - low + span) / (3 * span)))
        return Bar(share, text, 1 / 3, is_over=is_over, full=full, upper_share=2 / 3)
    alone = low if high is None else high if low is None else None
    if alone is None or alone <= 0 or value < 0:
        return text  # without a bound, or with one that is no distance from nothing, there is no scale
    return Bar(min(1.0, value / alone / 2), text, 1 / 2, is_over=is_over, full=full)


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
