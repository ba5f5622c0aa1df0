"""How old each source is and what is known to be doubtful: the ground every report stands on."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from reports import figures, words
from reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Fold,
    Items,
    Light,
    Prose,
    Section,
    Source,
    Table,
    Value,
    note,
)
from reports.marts import Marts, Row

NAMES = {"jira": "Jira", "github": "GitHub", "mlflow": "MLflow", "sheets": "Sheets"}
AREAS = {**NAMES, "sheets": "The program sheet", "identities": "People's accounts", "program": "The program's figures", "delivery": "Delivery figures"}  # fmt: skip
"""What people call an area that checks look at."""
CONCERNS = {
    "delivery": ("jira", "github", "delivery", "issue_of_several_initiatives", "initiative_without_issues"),
    "model_health": ("mlflow", "model_unknown"),
    "responsible_ai": ("waiver_run_out", "model_unknown", "mlflow"),
    "budget": ("bad_cell", "tab_unreadable", "amount_never_readable", "budget_row_without_month", "budget_line_twice", "cost_of_no_initiative", "currency_without_rate", "initiative_unknown", "initiative_without_budget", "initiative_without_baseline", "earned_above_budget", "earned_value_fell", "actual_cost_fell", "cost_without_progress", "missing_estimate"),
    "risks": ("trigger_unreadable", "bad_cell", "tab_unreadable", "amount_never_readable", "currency_without_rate", "initiative_unknown", "waiver_run_out", "mapping_without_issue", "initiative_without_issues", "issue_of_several_initiatives", "initiative_without_budget", "initiative_without_baseline", "cost_without_progress", "missing_estimate", "identities", "model_without_initiative", "no_forecast"),
    "capacity": ("identities", "bad_cell", "tab_unreadable", "initiative_unknown"),
}  # fmt: skip
"""By report the checks, or areas of checks, that its figures rest on, those that matter most first; others rest on all."""
SEVERITIES = ("error", "warn", "warning", "info")

FRESHNESS = """
    select source, instance, stream, last_attempt_at, last_success_at, age_hours, is_stale, last_error
    from marts.source_freshness
    order by source, instance, stream
"""
QUALITY = """
    select check_name, area, severity, affected_count, affected_share, example, remedy
    from marts.data_quality
    where affected_count > 0 or affected_count is null
    order by affected_count desc nulls last, check_name, area
"""
CALIBRATION = """
    select backtest_count, p50_hit_share, p80_hit_share, p95_hit_share
    from marts.forecast_calibration
    where scope_kind = 'program'
"""


def called(source: str, instance: str) -> str:
    """An instance of a source as people call it: GitHub acme."""
    return f"{NAMES.get(source, source)} {instance}"


def ages(marts: Marts) -> tuple[Source, ...]:
    """Each source and instance by its oldest stream; the instance is named where a source has several."""
    rows = marts.rows(FRESHNESS)
    instances: dict[str, set[str]] = {}
    for row in rows:
        instances.setdefault(row["source"], set()).add(row["instance"])
    found = []
    for (source, instance), group in groupby(rows, key=lambda row: (row["source"], row["instance"])):
        streams = list(group)
        name = NAMES.get(source, source)
        if len(instances[source]) > 1:
            name = f"{name} {instance}"
        hours = [row["age_hours"] for row in streams]
        oldest = None if any(hour is None for hour in hours) else max(hours)
        late = [row["stream"] for row in streams if row["is_stale"]]
        errors = [row["last_error"] for row in streams if row["is_stale"] and row["last_error"]]
        note = f"Stale: {words.joined(late)}. {errors[0] if errors else ''}".strip() if late else ""
        found.append(Source(name, words.ago(oldest), bool(late), note))
    return tuple(found)


def framed(
    marts: Marts,
    *,
    name: str,
    title: str,
    audience: str,
    verdict: str,
    light: Light | None,
    sections: tuple[Section, ...],
    numbers: Mapping[str, float],
    trusted: Section | None = None,
    is_plain: bool = False,
) -> Document:
    """A report between what stands on each: its moment, the age of its sources, and how far to trust it, unless `trusted` says it."""
    found = ages(marts)
    return Document(
        name=name,
        title=title,
        audience=audience,
        as_of=words.moment(marts.as_of, marts.timezone) if marts.as_of else Value("an unknown time"),
        sources=found,
        verdict=(verdict, stale_sentence(found)),
        light=light,
        sections=(*sections, trusted or (plain_trust(marts) if is_plain else trust(marts, name))),
        numbers=numbers,
    )


def stale_sentence(sources: tuple[Source, ...]) -> str:
    """What a reader must know before trusting anything below; empty when every source is fresh."""
    stale = [source.name for source in sources if source.is_stale]
    if not stale:
        return ""
    verb = "is" if len(stale) == 1 else "are"
    return f" {words.joined(stale)} {verb} out of date, so what depends on {'it' if len(stale) == 1 else 'them'} may be too."


def trust(marts: Marts, report: str) -> Section:
    """How far to trust a report: what the checks of its own figures found, what is absent, and the age of every stream."""
    found = marts.rows(QUALITY)
    places = {row[figures.ROW]: _place(row, report) for row in found}
    rows = [row for row in found if places[row[figures.ROW]] is not None]
    rows.sort(key=lambda row: (places[row[figures.ROW]], severity_rank(row["severity"])))
    blocks: list[Block] = [findings(rows)]
    if len(rows) < len(found):
        others = figures.count(row for row in found if row not in rows)
        blocks.append(note(f"{words.count(others, 'finding concerns', 'findings concern')} other figures than these: see the report Data trust."))  # fmt: skip
    blocks.append(Fold("Age of every stream", (_streams(marts),), is_in_markdown=False))
    return _trusted(marts, blocks)


def remaining(marts: Marts, rows: list[Row]) -> Section:
    """How far to trust a report that has told of its streams and of what to fix first: what else the checks found."""
    return _trusted(marts, [findings(rows, empty="The checks of the data found nothing else.")])


def _trusted(marts: Marts, blocks: list[Block]) -> Section:
    absent = (_absent(marts),) if marts.missing else ()
    return Section("trust", "How far to trust this", (*blocks, *absent))


def _place(row: Row, report: str) -> int | None:
    """How much a finding matters to a report, 0 first; None if its figures do not rest on it."""
    concerns = CONCERNS.get(report)
    if concerns is None:
        return 0
    return next((place for place, one in enumerate(concerns) if one in (row["check_name"], row["area"])), None)


def findings(rows: list[Row], empty: str = "The checks of these figures found nothing to report.") -> Table:
    """What checks found, each with an example and what to do about it."""
    return Table(
        "What makes figures here doubtful, and what to do about it",
        (
            Column("Finding"),
            Column("Area", is_page_only=True),
            Column("Affected", is_number=True),
            Column("Share", is_number=True, is_page_only=True),
            Column("Example"),
            Column("What to do"),
        ),
        [
            (
                words.sentence(words.label(row["check_name"])).rstrip("."),
                AREAS.get(row["area"], row["area"] or ""),
                words.count(row["affected_count"]),
                words.share(row["affected_share"]),
                example(row),
                words.sentence(row["remedy"] or ""),
            )
            for row in rows
        ],
        empty=empty,
        limit=5,
    )


def example(row: Row) -> str:
    """The example of a finding: a sheet's text in our words, any other as it is, for it is a name."""
    said = row["example"] or ""
    return words.told(said) if row["area"] == "sheets" else said


def plain_trust(marts: Marts) -> Section:
    """How far to trust the report, for people who decide by it: how forecasts held, and how much of each source is doubtful."""
    groups: dict[str, list[Row]] = {}
    for row in marts.rows(QUALITY):
        groups.setdefault(row["area"] or "", []).append(row)
    found = Table(
        "What the checks of the data found, by where it comes from",
        (
            Column("Where"),
            Column("Checks that found something", is_number=True),
            Column("Most by one check", is_number=True, explain="Records that the check that found most found, and their share of what it looked at"),
        ),
        [
            (AREAS.get(area) or words.label(area).capitalize(), words.count(figures.count(rows)), _widest(rows))
            for area, rows in sorted(groups.items(), key=lambda pair: -len(pair[1]))
        ],
        empty="The checks of the data found nothing to report.",
    )  # fmt: skip
    blocks: list[Block] = [Prose((held,))] if (held := _held(marts)) else []
    blocks.append(found)
    if groups:
        blocks.append(note("The report Data trust lists each with what to do."))
    return _trusted(marts, blocks)


def _widest(rows: list[Row]) -> Cell:
    """How many records the check that found most found, and their share; a rare thing's half alarms nobody."""
    widest = max(rows, key=lambda row: row["affected_count"] or 0)
    share = words.share(widest["affected_share"])
    said = words.count(widest["affected_count"])
    return said if share is words.UNKNOWN else f"{said} ({share.text})"


def _held(marts: Marts) -> str:
    """How often forecast dates were met so far."""
    for row in marts.rows(CALIBRATION):
        if row["backtest_count"] and row["p80_hit_share"] is not None:
            forecasts = words.count(row["backtest_count"], "date forecast", "dates forecast")
            return f"Of {forecasts} at past month ends, {words.share(row['p80_hit_share']).text} were met by the later end of their range; 80% were to be expected."
    return ""


def _absent(marts: Marts) -> Prose:
    return note(
        f"Not in this warehouse: {words.joined(sorted({words.label(name) for name in marts.missing}), most=12)}."
    )


def severity_rank(name: str | None) -> int:
    """Sort key: errors first."""
    return SEVERITIES.index(name) if name in SEVERITIES else len(SEVERITIES)


def _streams(marts: Marts) -> Block:
    rows = marts.rows(FRESHNESS)
    if not rows:
        return Items((), "No source has been read yet.")
    return Table(
        "Age of every stream",
        (Column("Source"), Column("Read"), Column("State"), Column("Last error")),
        [
            (
                f"{called(row['source'], row['instance'])}: {words.label(row['stream'])}",
                _age(row),
                Value("stale", tone="bad") if row["is_stale"] else "fresh",
                row["last_error"] or "",
            )
            for row in rows
        ],
        empty="No source has been read yet.",
        limit=60,
    )


def _age(row: Row) -> Value:
    return words.ago(row["age_hours"])
