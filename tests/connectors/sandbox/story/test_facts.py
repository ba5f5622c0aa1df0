"""The initiatives stand as facts.py says: recomputed here from the entities alone, for several moments."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.sandbox.program import Program
from connectors.sandbox.story.facts import FACTS, HOLDS_MOST

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def month_start(now: datetime, offset: int) -> datetime:
    local = now.astimezone(BERLIN)
    index = local.year * 12 + local.month - 1 + offset
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=BERLIN).astimezone(UTC)


def linked(program: Program, initiative: str, rows) -> list:
    """Issues of an initiative by the roadmap's mapping: epic, component, label, version, project."""
    now, found = program.now, []
    mappings = {
        part
        for row in rows(program, "roadmap")
        if row["Initiative ID"] == initiative
        for part in row["Jira mapping"].split(", ")
    }
    issues = {one.id: one for one in program.issues}
    for issue in program.issues:
        root = issues[issue.value("parent", now)] if issue.value("parent", now) else issue
        names = {f"component:{name}" for name in root.value("components", now)}
        names |= {f"label:{name}" for name in root.value("labels", now)}
        names |= {f"version:{name}" for name in root.value("fix_versions", now)}
        names |= {f"epic:{issues[one].key}" for one in (root.value("epic", now), root.id) if one}
        names.add("project:" + issue.value("key", now).split("-")[0])
        if mappings & names:
            found.append(issue)
    return found


def scope(issues: list, at: datetime) -> tuple[float, float]:
    """Points in scope and done at a moment."""
    total = done = 0.0
    for issue in issues:
        is_gone = issue.deleted_at and issue.deleted_at <= at
        if issue.created_at < at and not is_gone and issue.value("resolution", at) not in ("Won't Do", "Duplicate"):
            points = issue.value("points", at) or 0
            total += points
            done += points if issue.value("status", at) == "Done" else 0
    return total, done


def amount(value: object) -> float:
    return float(value.replace(".", "").replace(",", ".")) if isinstance(value, str) else float(value or 0)


def spent(program: Program, initiative: str, rows) -> float:
    """All actuals in euros; a row that went bad keeps its last good value."""
    rates = {(row["Currency"], row["Month"]): row["Rate"] for row in rows(program, "rates")}
    good = {(row["Line ID"], row["Month"]): row["Actual"] for row in rows(program, "budget", 5)}
    total = 0.0
    for row in rows(program, "budget"):
        if row["Initiative"] == initiative:
            value = good[row["Line ID"], row["Month"]] if row["Actual"] == "12k" else row["Actual"]
            total += amount(value) * rates.get((row["Currency"], row["Month"]), 1.0)
    return total


def earned_schedule(planned: list[float], earned: float) -> float:
    """Lipke 2003: whole months earned, plus the part of the next one."""
    cumulated = [sum(planned[: index + 1]) for index in range(len(planned))]
    whole = sum(value <= earned for value in cumulated)
    before = cumulated[whole - 1] if whole else 0.0
    return whole + (earned - before) / (cumulated[whole] - before)


@pytest.mark.parametrize("initiative", FACTS)
def test_money_and_schedule_come_out_as_told(any_program, initiative, rows):
    """CPI and SPI(t) at the last closed month, from points, baseline and actuals alone."""
    end = month_start(any_program.now, 0)
    total, done = scope(linked(any_program, initiative, rows), end)
    planned = {
        row["Month"]: row["Planned"] for row in rows(any_program, "baselines") if row["Initiative"] == initiative
    }
    months = sorted(planned)
    earned = sum(planned.values()) * done / total
    elapsed = sum(month < end.astimezone(BERLIN).date() for month in months)
    fact = FACTS[initiative]
    assert fact.cpi[0] <= earned / spent(any_program, initiative, rows) <= fact.cpi[1]
    assert fact.spi_t[0] <= earned_schedule([planned[month] for month in months], earned) / elapsed <= fact.spi_t[1]


@pytest.mark.parametrize("initiative", FACTS)
def test_scope_grows_where_the_story_says_so(any_program, initiative, rows):
    """Only INI-1's scope grew by more than a tenth in four weeks."""
    issues = linked(any_program, initiative, rows)
    now, before = (scope(issues, at)[0] for at in (any_program.now, any_program.now - timedelta(weeks=4)))
    lowest, highest = FACTS[initiative].growth_in_4_weeks
    assert lowest <= now / before - 1 <= highest


def weeks_to_go(program: Program, initiative: str, rows) -> tuple[float, float]:
    """How many weeks the open work takes at the pace of the last twelve, and how many there are until the last target."""
    now = program.now
    work = [one for one in linked(program, initiative, rows) if one.type not in ("Epic", "Sub-task")]
    open_count = sum(
        one.value("status", now) != "Done" and not (one.deleted_at and one.deleted_at <= now) for one in work
    )
    then = now - timedelta(weeks=12)
    finished = sum(
        one.value("resolution", now) == "Done" and (one.created_at > then or one.value("status", then) != "Done")
        for one in work
    )
    target = [row["Target"] for row in rows(program, "roadmap") if row["Initiative ID"] == initiative][-1]
    return open_count / (finished / 12), (target - now.date()).days / 7


@pytest.mark.parametrize("initiative", FACTS)
def test_the_last_milestone_is_out_of_reach_only_where_scope_grew(any_program, initiative, rows):
    """What is left, at the initiative's own pace of the last twelve weeks, against the last target."""
    weeks_needed, weeks_left = weeks_to_go(any_program, initiative, rows)
    if initiative == "INI-1":
        assert weeks_needed > 1.5 * weeks_left
    else:
        assert weeks_needed < 0.95 * weeks_left


def test_what_is_recommended_can_be_kept(any_program, rows):
    """With its scope frozen INI-1 needs more than the weeks left, and less than with five months more."""
    [decision] = [row for row in rows(any_program, "decisions") if row["ID"] == "D-01"]
    assert decision["Recommendation"] == "Freeze the scope and move the target by five months"
    assert decision["Recommendation"] in decision["Alternatives"].split("; ")
    weeks_needed, weeks_left = weeks_to_go(any_program, "INI-1", rows)
    assert 1.5 * weeks_left < weeks_needed < weeks_left + 5 * 52 / 12


def test_the_platform_finishes_as_much_as_before(any_program, rows):
    """INI-3's items per week of the last four weeks are not a third fewer than in the eight before: nothing slows it down."""
    now = any_program.now
    work = [one for one in linked(any_program, "INI-3", rows) if one.type not in ("Epic", "Sub-task")]
    ages = [
        (now - max(change.at for change in one.changes if change.field == "status")).days
        for one in work
        if one.value("status", now) == "Done"
    ]
    recent, former = sum(age < 28 for age in ages) / 4, sum(28 <= age < 84 for age in ages) / 8
    assert recent / former - 1 > -0.33


def test_points_cover_nearly_all_work(program, rows):
    """More than four fifths of each initiative's items have points, so progress is by points."""
    for initiative in FACTS:
        work = [
            one
            for one in linked(program, initiative, rows)
            if one.type not in ("Epic", "Sub-task") and not one.deleted_at
        ]
        assert sum(one.value("points", NOW) is not None for one in work) > 0.82 * len(work)


def test_another_team_blocks_ini_4(any_program, rows):
    """Open items of INI-4 wait for more than five days for an open issue of PLT that belongs to no initiative."""
    now = any_program.now
    issues = {one.id: one for one in any_program.issues}
    blocked = [
        (one, issues[other])
        for one in linked(any_program, "INI-4", rows)
        for kind, direction, other in one.value("links", now - timedelta(days=6))
        if (kind, direction) == ("Blocks", "inward") and one.value("status", now) != "Done"
    ]
    assert len(blocked) == 2
    for one, blocker in blocked:
        assert blocker.project == "PLT"
        assert blocker.value("status", now) == "In Progress"
        assert one.value("status", now) == "Blocked"
        assert not any(blocker in linked(any_program, initiative, rows) for initiative in FACTS)


def test_ini_3_is_undisturbed(any_program, rows):
    """Nothing of the healthy initiative is flagged, blocked or stalled, nothing in its repository waits for a week."""
    now = any_program.now
    for issue in linked(any_program, "INI-3", rows):
        if issue.type != "Epic" and issue.value("status", now) not in ("Done", "To Do", "Selected"):
            assert not issue.value("flagged", now)
            assert issue.value("status", now) != "Blocked"
            assert issue.updated_at(now) > now - timedelta(days=5)
    repository = next(one for one in any_program.repositories if one.name == "recommender")
    waiting = [one for one in any_program.pull_requests if one.repository_id == repository.id and not one.closed_at]
    assert all(one.created_at > now - timedelta(days=7) for one in waiting)


def test_one_person_holds_most_of_ini_4s_open_work(any_program, rows):
    """More than half of the open items, and nobody does so elsewhere."""
    now, (name, initiative) = any_program.now, HOLDS_MOST
    for one in FACTS:
        open_items = [
            issue
            for issue in linked(any_program, one, rows)
            if issue.type != "Epic"
            and issue.value("status", now) != "Done"
            and not (issue.deleted_at and issue.deleted_at <= now)
        ]
        held = Counter(person.name for issue in open_items if (person := issue.value("assignee", now)))
        share = max(held.values()) / len(open_items)
        assert (share > 0.5) is (one == initiative)
        if one == initiative:
            assert held.most_common(1)[0][0] == name
