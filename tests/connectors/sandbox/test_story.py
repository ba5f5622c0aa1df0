"""The story is the same each time, stays in the past, and says what facts.py promises: recomputed here from entities alone."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import isfinite, isinf, isnan
from zoneinfo import ZoneInfo

import pytest

from connectors.sandbox.program import STATUSES, Program
from connectors.sandbox.story import TABS, tell
from connectors.sandbox.story.facts import FACTS, HOLDS_MOST, MODEL_COLOURS, OVER_ALLOCATED

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
OTHER_NOWS = [
    datetime(2026, 9, 1, 4, 30, tzinfo=UTC),  # hours after a month's end
    datetime(2027, 1, 3, 22, tzinfo=UTC),  # a Sunday after the holidays
    datetime(2027, 3, 29, 7, tzinfo=UTC),  # the day after clocks changed
    datetime(2028, 2, 29, 12, tzinfo=UTC),
]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def program() -> Program:
    return tell(NOW)


@pytest.fixture(scope="module", params=[NOW, *OTHER_NOWS], ids=str)
def any_program(request) -> Program:
    return tell(request.param)


def rows(program: Program, kind: str, edition: int = -1) -> list[dict]:
    """The data rows of a tab by header, blank rows and notes left out."""
    tab = next(tab for tab in program.spreadsheet_versions[edition].tabs if tab.title == TABS[kind])
    first = 2 if kind == "budget" else 0
    header = tab.rows[first]
    return [dict(zip(header, row, strict=False)) for row in tab.rows[first + 1 :] if len(row) > 2]


def month_start(now: datetime, offset: int) -> datetime:
    local = now.astimezone(BERLIN)
    index = local.year * 12 + local.month - 1 + offset
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=BERLIN).astimezone(UTC)


def linked(program: Program, initiative: str) -> list:
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


def spent(program: Program, initiative: str) -> float:
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
def test_money_and_schedule_come_out_as_told(any_program, initiative):
    """CPI and SPI(t) at the last closed month, from points, baseline and actuals alone."""
    end = month_start(any_program.now, 0)
    total, done = scope(linked(any_program, initiative), end)
    planned = {
        row["Month"]: row["Planned"] for row in rows(any_program, "baselines") if row["Initiative"] == initiative
    }
    months = sorted(planned)
    earned = sum(planned.values()) * done / total
    elapsed = sum(month < end.astimezone(BERLIN).date() for month in months)
    fact = FACTS[initiative]
    assert fact.cpi[0] <= earned / spent(any_program, initiative) <= fact.cpi[1]
    assert fact.spi_t[0] <= earned_schedule([planned[month] for month in months], earned) / elapsed <= fact.spi_t[1]


@pytest.mark.parametrize("initiative", FACTS)
def test_scope_grows_where_the_story_says_so(any_program, initiative):
    """Only INI-1's scope grew by more than a tenth in four weeks."""
    issues = linked(any_program, initiative)
    now, before = (scope(issues, at)[0] for at in (any_program.now, any_program.now - timedelta(weeks=4)))
    lowest, highest = FACTS[initiative].growth_in_4_weeks
    assert lowest <= now / before - 1 <= highest


@pytest.mark.parametrize("initiative", FACTS)
def test_the_last_milestone_is_out_of_reach_only_where_scope_grew(any_program, initiative):
    """What is left, at the initiative's own pace of the last twelve weeks, against the last target."""
    now = any_program.now
    work = [one for one in linked(any_program, initiative) if one.type not in ("Epic", "Sub-task")]
    open_count = sum(
        one.value("status", now) != "Done" and not (one.deleted_at and one.deleted_at <= now) for one in work
    )
    then = now - timedelta(weeks=12)
    finished = sum(
        one.value("resolution", now) == "Done" and (one.created_at > then or one.value("status", then) != "Done")
        for one in work
    )
    target = [row["Target"] for row in rows(any_program, "roadmap") if row["Initiative ID"] == initiative][-1]
    weeks_left = (target - now.date()).days / 7
    if initiative == "INI-1":
        assert open_count / (finished / 12) > 1.5 * weeks_left
    else:
        assert open_count / (finished / 12) < 0.95 * weeks_left


def test_points_cover_nearly_all_work(program):
    """More than four fifths of each initiative's items have points, so progress is by points."""
    for initiative in FACTS:
        work = [
            one for one in linked(program, initiative) if one.type not in ("Epic", "Sub-task") and not one.deleted_at
        ]
        assert sum(one.value("points", NOW) is not None for one in work) > 0.82 * len(work)


def test_the_same_moment_and_seed_tell_the_same_story():
    """Identical when told again, another one with another seed."""
    told = tell(NOW)
    assert told == tell(NOW)
    assert told != tell(NOW, 8)


def test_nothing_happens_after_now(any_program):
    """Every moment told lies in the past, in order; only sprints, versions and targets look ahead."""
    now, told = any_program.now, []
    for issue in any_program.issues:
        moments = [change.at for change in issue.changes]
        assert moments == sorted(moments)
        told += [issue.created_at, *moments, *(comment.at for comment in issue.comments), issue.deleted_at]
        assert min(moments, default=now) >= issue.created_at
    for request in any_program.pull_requests:
        told += [request.created_at, request.merged_at, request.closed_at, request.draft_until, request.reopened_at]
        told += [one.at for one in (*request.reviews, *request.comments)] + [
            one.committed_at for one in request.commits
        ]
        assert request.merged_at is None or request.created_at < request.merged_at == request.closed_at
    for deployment in any_program.deployments:
        told += [deployment.created_at, *(at for at, _ in deployment.statuses)]
    for run in any_program.runs:
        told += [run.started_at, run.ended_at, run.deleted_at, *(metric[3] for metric in run.metrics)]
    for model in any_program.registered_models:
        told += [model.created_at, *(one.at for one in model.changes), *(one.created_at for one in model.versions)]
    told += [version.at for version in any_program.spreadsheet_versions]
    assert all(moment <= now for moment in told if moment is not None)
    assert all(moment.tzinfo is UTC for moment in told if moment is not None)


def test_the_program_has_its_size(any_program):
    """Four initiatives, about 650 issues, 450 pull requests, 430 runs, six models, eight editions of the sheet."""
    assert 600 <= len(any_program.issues) <= 720
    assert 420 <= len(any_program.pull_requests) <= 500
    assert 400 <= len(any_program.runs) <= 450
    assert len(any_program.registered_models) == len(any_program.experiments) == 6
    assert len(any_program.repositories) == 5
    assert {tab.title for tab in any_program.spreadsheet_versions[-1].tabs} == set(TABS.values())
    assert len(any_program.spreadsheet_versions) == 8
    assert any_program.spreadsheet_versions[0].at > any_program.now - timedelta(weeks=9)
    teams = Counter(person.team for person in any_program.people if person.team)
    assert all(teams[team] >= 5 for team in ("Forecasting", "Search", "Fraud", "Platform"))


def test_ids_are_unique(any_program):
    """Keys at any time, ids of every kind."""
    keys = [one.key for one in any_program.issues]
    keys += [change.new for one in any_program.issues for change in one.changes if change.field == "key"]
    assert len(keys) == len(set(keys))
    for things in ("issues", "pull_requests", "deployments", "releases", "sprints", "versions", "repositories"):
        ids = [one.id for one in getattr(any_program, things)]
        assert len(ids) == len(set(ids))
    numbers = [(one.repository_id, one.number) for one in any_program.pull_requests]
    assert len(numbers) == len(set(numbers))
    shas = [one.merge_sha for one in any_program.pull_requests if one.merge_sha]
    assert len(shas) == len(set(shas))
    run_keys = [one.key for one in any_program.runs]
    assert len(run_keys) == len(set(run_keys))
    branches = [(one.repository_id, one.head_branch) for one in any_program.pull_requests if not one.closed_at]
    assert len(branches) == len(set(branches))


def test_references_point_to_something(any_program):
    """Parents, epics, links, sprints, statuses, versions' runs and deployments' commits exist."""
    issues = {one.id: one for one in any_program.issues}
    sprints = {one.id for one in any_program.sprints}
    statuses = {one.name for one in STATUSES}
    for issue in any_program.issues:
        values = [(name, value) for name, value in issue.initial.items()]
        values += [(change.field, change.new) for change in issue.changes]
        for name, value in values:
            if name in ("parent", "epic") and value:
                assert issues[value].created_at <= issue.created_at
            if name == "links":
                assert all(other in issues for _, _, other in value)
            if name == "sprints":
                assert set(value) <= sprints
            if name == "status":
                assert value in statuses
    merged = {one.merge_sha for one in any_program.pull_requests}
    assert {one.sha for one in any_program.deployments} <= merged
    runs = {one.key for one in any_program.runs}
    assert {version.run for model in any_program.registered_models for version in model.versions} - {None} <= runs
    assert {run.parent for run in any_program.runs} - {None} <= runs


def test_links_are_told_at_both_ends(any_program):
    """A link seen from one issue is seen from the other."""
    issues = {one.id: one for one in any_program.issues}
    now = any_program.now
    ends = {
        (issue.id, kind, direction, other)
        for issue in issues.values()
        for kind, direction, other in issue.value("links", now)
    }
    turned = {"inward": "outward", "outward": "inward"}
    assert ends == {(other, kind, turned[direction], issue_id) for issue_id, kind, direction, other in ends}


def test_another_team_blocks_ini_4(any_program):
    """Open items of INI-4 wait for more than five days for an open issue of PLT that belongs to no initiative."""
    now = any_program.now
    issues = {one.id: one for one in any_program.issues}
    blocked = [
        (one, issues[other])
        for one in linked(any_program, "INI-4")
        for kind, direction, other in one.value("links", now - timedelta(days=6))
        if (kind, direction) == ("Blocks", "inward") and one.value("status", now) != "Done"
    ]
    assert len(blocked) == 2
    for one, blocker in blocked:
        assert blocker.project == "PLT"
        assert blocker.value("status", now) == "In Progress"
        assert one.value("status", now) == "Blocked"
        assert not any(blocker in linked(any_program, initiative) for initiative in FACTS)


def test_ini_3_is_undisturbed(any_program):
    """Nothing of the healthy initiative is flagged, blocked or stalled, nothing in its repository waits for a week."""
    now = any_program.now
    for issue in linked(any_program, "INI-3"):
        if issue.type != "Epic" and issue.value("status", now) not in ("Done", "To Do", "Selected"):
            assert not issue.value("flagged", now)
            assert issue.value("status", now) != "Blocked"
            assert issue.updated_at(now) > now - timedelta(days=5)
    repository = next(one for one in any_program.repositories if one.name == "recommender")
    waiting = [one for one in any_program.pull_requests if one.repository_id == repository.id and not one.closed_at]
    assert all(one.created_at > now - timedelta(days=7) for one in waiting)


def test_one_person_holds_most_of_ini_4s_open_work(any_program):
    """More than half of the open items, and nobody does so elsewhere."""
    now, (name, initiative) = any_program.now, HOLDS_MOST
    for one in FACTS:
        open_items = [
            issue
            for issue in linked(any_program, one)
            if issue.type != "Epic"
            and issue.value("status", now) != "Done"
            and not (issue.deleted_at and issue.deleted_at <= now)
        ]
        held = Counter(person.name for issue in open_items if (person := issue.value("assignee", now)))
        share = max(held.values()) / len(open_items)
        assert (share > 0.5) is (one == initiative)
        if one == initiative:
            assert held.most_common(1)[0][0] == name


def test_one_person_is_over_allocated(program):
    """Shares of a month add up to more than one for one person only."""
    totals: Counter = Counter()
    for row in rows(program, "allocations"):
        share = row["Share"]
        number = float(share.strip(" %")) / 100 if isinstance(share, str) else share
        totals[row["Person"], row["Month"]] += number
    assert {person for (person, _), total in totals.items() if total > 1.001} == {OVER_ALLOCATED}


def test_jira_holds_each_odd_case(any_program):
    """Reopened, moved, deleted, flagged, endless, born done, without points, on weekends, with every resolution."""
    now, issues = any_program.now, any_program.issues
    fields = Counter(change.field for issue in issues for change in issue.changes)
    assert set(fields) >= {
        "status", "assignee", "points", "sprints", "priority", "fix_versions", "flagged", "links", "resolution", "key", "due_date",
    }  # fmt: skip
    assert max(len({change.at for change in issue.changes}) for issue in issues) > 40
    assert fields["key"] == 3
    assert sum(issue.deleted_at is not None for issue in issues) == 4
    assert any(change.field == "status" and change.old == "Done" for issue in issues for change in issue.changes)
    assert any(issue.initial["status"] == "Done" for issue in issues)
    assert {issue.value("resolution", now) for issue in issues} == {None, "Done", "Won't Do", "Duplicate"}
    assert {issue.type for issue in issues} == {"Epic", "Story", "Task", "Bug", "Incident", "Sub-task"}
    assert any("incident" in issue.value("labels", now) and issue.type == "Bug" for issue in issues)
    assert sum(bool(issue.value("flagged", now)) for issue in issues) >= 3
    assert any(comment.at.astimezone(BERLIN).weekday() == 5 for issue in issues for comment in issue.comments)
    kinds = {kind for issue in issues for kind, _, _ in issue.value("links", now)}
    assert kinds == {"Blocks", "Relates", "Duplicate"}
    removed = [change for issue in issues for change in issue.changes if change.field == "sprints" and change.new == []]
    assert removed
    summaries = " ".join(issue.initial["summary"] for issue in issues)
    assert "<script>" in summaries
    assert "=HYPERLINK" in summaries


def test_sprints_run_for_two_weeks(any_program):
    """Each board has past sprints, exactly one active and one future one; some were closed late."""
    now = any_program.now
    for board in (11, 12):
        sprints = [one for one in any_program.sprints if one.board_id == board]
        active = [one for one in sprints if one.activated_at and (one.completed_at is None or one.completed_at > now)]
        assert [one.start_at <= now for one in active] in ([True], [True, True])
        assert sum(one.activated_at is None for one in sprints) == 1
        assert len(sprints) > 18
    late = [
        one for one in any_program.sprints if one.completed_at and one.completed_at > one.end_at + timedelta(days=1)
    ]
    assert late


def test_github_holds_each_odd_case(any_program):
    """Bots, drafts, abandoned, reverted, stacked, giant, forgotten, unlinked, generated; failed and repeated deployments."""
    now, requests = any_program.now, any_program.pull_requests
    assert any(one.author.is_bot for one in requests)
    assert any(one.is_draft and one.draft_until is None and not one.closed_at for one in requests)
    assert any(one.is_draft and one.draft_until for one in requests)
    assert sum(one.closed_at is not None and one.merged_at is None for one in requests) >= 10
    reverts = [one for one in requests if one.title.startswith("Revert ")]
    assert len(reverts) == 2
    assert all("#0" not in one.body and one.body.startswith("Reverts lindholm-home/") for one in reverts)
    assert any(one.base_branch != "main" for one in requests)
    assert max(len(one.commits) for one in requests) > 100
    assert max(len(one.reviews) for one in requests) > 100
    assert sum(one.closed_at is None and one.created_at < now - timedelta(days=7) for one in requests) >= 3
    assert any(one.commits[0].authored_at > one.created_at for one in requests)
    assert any(comment.author is one.author for one in requests for comment in one.comments)
    assert any(one.closes for one in requests)
    assert any(path.endswith("_pb2.py") for one in requests for path, _, _ in one.files)
    keyed = [one for one in requests if any(f"{project}-" in one.title for project in ("DEM", "CUS", "PLT"))]
    assert 0.4 < len(keyed) / len(requests) < 0.9
    states = Counter((one.environment, one.statuses[-1][1]) for one in any_program.deployments)
    assert states["production", "FAILURE"] > 3
    assert states["staging", "FAILURE"] > 3
    assert states["production", "SUCCESS"] == 5  # the present one of each repository
    assert any(one.published_at is None for one in any_program.releases)
    assert max(one.id for one in requests) > 2**31


def test_mlflow_holds_each_odd_case(any_program):
    """Every run status, numbers that are none, runs without metrics, children, deleted runs, commits of merged requests."""
    runs = any_program.runs
    assert {one.status for one in runs} == {"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"}
    values = [metric[1] for one in runs for metric in one.metrics]
    assert any(isnan(value) for value in values)
    assert any(isinf(value) for value in values)
    assert any(one.status == "FINISHED" and not one.metrics for one in runs)
    assert any(one.parent for one in runs)
    assert any(one.deleted_at for one in runs)
    merged = {one.merge_sha for one in any_program.pull_requests}
    commits = [one.tags["mlflow.source.git.commit"] for one in runs if "mlflow.source.git.commit" in one.tags]
    assert len(commits) < len(runs)
    assert sum(commit in merged for commit in commits) > 0.9 * len(commits)
    assert all(isfinite(metric[1]) for one in runs if one.experiment == "home-recommender" for metric in one.metrics)


def champion(model) -> int:
    return [one.value for one in model.changes if one.kind == "alias" and one.name in ("champion", "production")][-1]


def test_models_stand_as_told(any_program):
    """Stale and regressed, without owner, without run, failed and deleted behind, and one with nothing to complain about."""
    now = any_program.now
    runs = {one.key: one for one in any_program.runs}
    models = {one.name: one for one in any_program.registered_models}
    assert set(models) == set(MODEL_COLOURS)

    def behind(name: str, version: int):
        return runs.get(models[name].versions[version - 1].run)

    def objective(name: str, version: int, metric: str) -> float:
        return next(value for key, value, *_ in behind(name, version).metrics if key == metric)

    for name, model in models.items():
        age = (now - behind(name, champion(model)).ended_at).days
        assert (age > int(model.tags.get("hub.staleness_days", 90))) is (name == "checkout-fraud")
    assert objective("checkout-fraud", 4, "pr_auc") < objective("checkout-fraud", 3, "pr_auc") * 0.98
    assert objective("home-recommender", 6, "recall_at_20") > objective("home-recommender", 5, "recall_at_20")
    assert [name for name, model in models.items() if "hub.owner" not in model.tags] == ["promo-uplift"]
    assert behind("demand-forecast", 1) is None
    assert behind("query-intent", 2).status == "FAILED"
    assert behind("promo-uplift", champion(models["promo-uplift"])).deleted_at
    recent = [one for one in runs.values() if one.started_at > now - timedelta(days=30)]
    failed = Counter(one.experiment for one in recent if one.status == "FAILED")
    assert failed["home-recommender"] == 0
    assert failed["checkout-fraud"] > 0.2 * sum(one.experiment == "checkout-fraud" for one in recent)
    moved = [
        one
        for model in models.values()
        for one in model.changes
        if one.kind == "alias" and one.at > now - timedelta(weeks=8)
    ]
    assert len(moved) > 5
    drift = {key: value for key, value, *_ in behind("checkout-fraud", 3).metrics if key.startswith("drift/")}
    assert sum(value > 0.25 for value in drift.values()) == 3


def test_the_spreadsheet_is_kept_by_people(program):
    """Text for numbers, an error value, a blank row, merged headers, a hidden row, a renamed column, a moved target."""
    budget = program.spreadsheet_versions[-1].tabs[0]
    assert budget.merges
    assert budget.rows[2][0] == "Line ID"
    cells = [cell for tab in program.spreadsheet_versions[-1].tabs for row in tab.rows for cell in row]
    assert {"12k", "#N/A", "tbd", "30%"} <= {cell for cell in cells if isinstance(cell, str)}
    assert any(isinstance(cell, date) for cell in cells)
    assert any(not row for tab in program.spreadsheet_versions[-1].tabs for row in tab.rows)
    assert any(tab.hidden_rows for tab in program.spreadsheet_versions[-1].tabs)
    bad = [index for index in range(8) if any(row["Actual"] == "12k" for row in rows(program, "budget", index))]
    assert bad == [6, 7]
    renamed = [index for index in range(8) if "L" in rows(program, "risks", index)[0]]
    assert renamed == [5]
    closed = [
        next(row["Status"] for row in rows(program, "risks", index) if row["Risk ID"] == "R-06") for index in range(8)
    ]
    assert closed == ["open"] * 5 + ["closed"] * 3
    targets = [
        next(row["Target"] for row in rows(program, "roadmap", index) if row["Milestone ID"] == "INI-1-M3")
        for index in range(8)
    ]
    assert len(set(targets)) == 2
    assert targets == sorted(targets)


def test_actuals_fill_up_month_by_month(program):
    """Each edition has at least the actuals of the one before, and the last one all months before the current."""
    counts = [sum(row["Actual"] is not None for row in rows(program, "budget", index)) for index in range(8)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    current = month_start(NOW, 0).astimezone(BERLIN).date()
    assert all((row["Actual"] is not None) is (row["Month"] < current) for row in rows(program, "budget"))


def test_waivers_and_overrides_ran_out_or_stand(any_program):
    """One of each has ended, one is in force."""
    today = any_program.now.date()
    for kind in ("waivers", "overrides"):
        assert sorted(row["Until"] >= today for row in rows(any_program, kind)) == [False, True]


def test_some_people_match_nobody(program):
    """The contractor is not in the people tab, a login of GitHub belongs to nobody, bots are bots."""
    names = {row["Name"] for row in rows(program, "people")}
    logins = {row["GitHub"] for row in rows(program, "people")}
    authors = {one.author.github_login for one in program.pull_requests}
    assert "Viktor Lang" not in names
    assert {"vlang-data", "kd-7791"} <= authors - logins
    assert sum(person.is_bot for person in program.people) == 2
    assert any(
        issue.value("assignee", NOW) and issue.value("assignee", NOW).name == "Viktor Lang" for issue in program.issues
    )
