"""The status of past weeks: what was known then, by the same rules, and nothing that was learned later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.warehouse.dbt_program.conftest import AS_OF, INSTANCE, Tables
from tests.warehouse.dbt_program.jira_site import STATUSES, SUNDAYS, end_of, issue, roadmap, site


def status_at(tables: Tables, day: date, dimension: str, initiative: str = "A") -> tuple[Any, ...] | None:
    """Status, value and reason of an initiative at the end of the week that ends on that day."""
    found = tables.connection.execute(
        "select status, value, reason from marts.program_status_weekly"
        " where week_date = cast(? as date) - 6 and dimension = ? and initiative_id = ?",
        [day, dimension, initiative],
    ).fetchall()
    return found[0] if found else None


def test_a_week_is_judged_by_what_the_register_said_then(tables):
    """A risk that became overdue, and one that was entered later: each week shows its own register."""
    roadmap(tables)
    risk = {
        "_key": "R1",
        "risk_id": "R1",
        "title": "one",
        "initiative": "A",
        "probability": 0.5,
        "impact": 10,
        "due": "2026-05-27",
    }
    tables.sheet("risks", risk, at="2026-05-20")
    tables.sheet("risks", {**risk, "due": "2026-07-01"}, at="2026-06-03")
    tables.make("program_status_weekly", "program_status")
    assert [status_at(tables, day, "risk")[:2] for day in SUNDAYS] == [("green", 0), ("amber", 1), ("green", 0)]
    assert status_at(tables, date(2026, 5, 17), "risk")[0] == "white"


def test_what_nobody_had_read_yet_is_white_and_says_so(tables):
    """Before the first look at the spreadsheet its parts are unknown; the work is told by its changelog."""
    roadmap(tables, at="2026-06-04")
    issue(tables, 1, "2026-01-05")
    tables.make("program_status_weekly")
    assert status_at(tables, SUNDAYS[1], "budget") == (
        "white", None, "cost performance cannot be judged: the spreadsheet had not been read by then",
    )  # fmt: skip
    assert status_at(tables, SUNDAYS[1], "scope")[0] == "green"


def test_an_initiative_tells_how_its_scope_grew(tables):
    """The same figure as its status reads."""
    roadmap(tables)
    for number, created in enumerate(["2026-01-05", "2026-01-05", "2026-06-01"], start=1):
        issue(tables, number, created)
    tables.make("initiatives", "int_measures__collected")
    assert tables.rows("select scope_growth_share_4w from marts.initiatives") == [(0.5,)]
    assert tables.rows("select value from intermediate.int_measures__collected where measure = 'scope_growth_share_4w' and moment_at = meta.as_of()") == [
        (0.5,)
    ]  # fmt: skip


def test_all_that_came_in_stands_behind_the_growth(tables):
    """Whoever reads "25 items came in" finds 25."""
    roadmap(tables)
    for number in range(30):
        issue(tables, number, "2026-01-05" if number < 5 else "2026-06-01")
    tables.make("int_initiatives__grown")
    row = tables.row("select evidence, detail from intermediate.int_initiatives__grown where moment_at = meta.as_of()")
    assert len(set(row["evidence"])) == 25
    assert row["detail"].startswith("25 items came in, from 5 to 30 items")


def test_an_initiative_has_no_status_before_it_was_on_the_roadmap(tables):
    """Once there is a roadmap, a week shows the initiatives of that week."""
    roadmap(tables)
    tables.sheet("roadmap", {"_key": "2", "initiative_id": "B", "initiative": "Beta"}, at="2026-06-02")
    tables.make("program_status_weekly")
    assert status_at(tables, SUNDAYS[1], "overall", "B") is None
    assert status_at(tables, SUNDAYS[2], "overall", "B") is not None


def test_work_is_as_it_was_in_the_week(tables):
    """Points, done and assignee come from the changelog: a reopened issue was done, a later estimate was none."""
    roadmap(tables)
    site(tables)
    issue(
        tables, 1, "2026-05-01",
        ("2026-05-26", "status", "To Do", "Done"), ("2026-06-02", "status", "Done", "In Progress"), ("2026-06-03", "points", 3, 8),
        status="In Progress", points=8,
    )  # fmt: skip
    tables.make("int_work_items__spanned")
    assert tables.rows(
        "select story_points, is_done, cast(done_at as date), cast(from_at as date) from intermediate.int_work_items__spanned order by from_at"
    ) == [
        (3, False, None, date(2026, 5, 1)),
        (3, True, date(2026, 5, 26), date(2026, 5, 26)),
        (3, False, None, date(2026, 6, 2)),
        (8, False, None, date(2026, 6, 3)),
    ]  # fmt: skip


def closed_and_reopened(tables: Tables) -> None:
    """One that was dropped in the first week and taken up again after the last, one that was done then and is dropped by now: both weigh much."""
    issue(
        tables, 60, "2026-04-02",
        ("2026-05-15", "status", "To Do", "Done"), ("2026-05-15", "resolution", None, "Won't Do"),
        ("2026-06-09", "status", "Done", "To Do"), ("2026-06-09", "resolution", "Won't Do", None), points=20,
    )  # fmt: skip
    issue(
        tables, 61, "2026-04-02", ("2026-05-15", "status", "To Do", "Done"), ("2026-05-15", "resolution", None, "Done"),
        ("2026-06-09", "resolution", "Done", "Duplicate"), status="Done", resolution="Duplicate", points=30,
    )  # fmt: skip


def test_what_a_resolution_meant_is_taken_from_the_week(tables):
    """Dropped and taken up again, done and dropped later: neither changes what was in and what was done before."""
    roadmap(tables)
    site(tables)
    closed_and_reopened(tables)
    tables.make("int_work_items__spanned")
    found = "select issue_key, cast(from_at as date), is_done, is_delivered, cast(removed_at as date) from intermediate.int_work_items__spanned"
    assert tables.rows(f"{found} order by issue_key, from_at") == [
        ("P-60", date(2026, 4, 2), False, True, None),
        ("P-60", date(2026, 5, 15), True, False, date(2026, 5, 15)),
        ("P-60", date(2026, 6, 9), False, True, None),
        ("P-61", date(2026, 4, 2), False, True, None),
        ("P-61", date(2026, 5, 15), True, True, None),
        ("P-61", date(2026, 6, 9), True, False, date(2026, 6, 9)),
    ]


def test_progress_of_a_past_month_uses_the_points_of_that_month(tables):
    """An issue estimated anew in May leaves the earned value of April as it was."""
    roadmap(tables)
    site(tables)
    tables.sheet(
        "budget",
        *({"_key": f"A-{month}", "initiative": "A", "month": f"2026-0{month}-01", "planned": 100, "actual": 100} for month in range(3, 8)),
    )  # fmt: skip
    issue(tables, 1, "2026-03-01", ("2026-03-20", "status", "To Do", "Done"), status="Done", points=2)
    issue(tables, 2, "2026-03-01", ("2026-05-04", "points", 2, 14), points=14)
    tables.make("earned_value")
    assert tables.rows(
        "select month(month_date), percent_complete_share from marts.earned_value where scope_id = 'A' and is_closed order by 1"
    ) == [(3, 2 / 4), (4, 2 / 4), (5, 2 / 16)]


def test_a_past_week_equals_the_warehouse_as_of_its_sunday(tables):
    """What a build as of that day calls the present is what a later build says of the week: nothing learned later counts."""
    roadmap(tables, milestone_id="M1", milestone="First", target="2026-05-15")
    changed_roadmap(tables)
    roadmap(tables, milestone_id="M1", milestone="First", target="2026-08-15", at="2026-06-05")
    site(tables)
    for number in range(1, 13):
        done = f"2026-0{3 + number // 5}-{10 + number:02}"
        issue(tables, number, "2026-02-01", (done, "status", "To Do", "Done"), status="Done", points=1 + number % 3)
    for number in range(20, 28):
        issue(tables, number, f"2026-05-{number}", ("2026-06-08", "points", 1, 5), points=5, assignee="ann")
    closed_and_reopened(tables)
    budget = [
        {"_key": f"A-{month}", "initiative": "A", "month": f"2026-0{month}-01", "planned": 100, "actual": 90 + month if month < 6 else None}
        for month in range(2, 9)
    ]  # fmt: skip
    tables.sheet("budget", *budget, *costs("Beta", "Gamma"), at="2026-05-02")
    tables.sheet("budget", *costs("Beta", "Delta"), at="2026-06-02")
    tables.sheet("budget", *({**row, "actual": 140} for row in budget), at="2026-06-09")
    tables.sheet(
        "risks",
        {"_key": "R1", "risk_id": "R1", "title": "one", "initiative": "A", "probability": 0.5, "impact": 50, "due": "2026-06-04", "trigger": "cpi < 2"},
        at="2026-05-28",
    )  # fmt: skip
    registry(tables)
    looks(tables)
    # As many trials for the past as for the present: else a forecast may differ by its luck.
    tables.rule("thresholds", "value = 1000 where name in ('forecast_trials', 'backtest_trials')")
    tables.make("program_status_weekly")
    columns = "scope_id, dimension, status, rule, value, threshold, reason"
    for day in SUNDAYS:
        told = tables.connection.execute(
            f"select {columns} from marts.program_status_weekly where week_date = cast(? as date) - 6 order by all",
            [day],
        ).fetchall()
        dimensions = {row[1] for row in told}
        assert {
            "overall",
            "schedule",
            "budget",
            "scope",
            "delivery",
            "risk",
            "model_health",
            "compliance",
        } <= dimensions
        assert told == _present_as_of(tables, end_of(day), columns)
    assert [status_at(tables, day, "model_health")[0] for day in SUNDAYS] == ["amber", "red", "red"]
    assert ["auc" in status_at(tables, day, "model_health")[2] for day in SUNDAYS] == [False, True, False]
    assert "price" in status_at(tables, SUNDAYS[2], "model_health")[2]
    assert [status_at(tables, day, "compliance")[0] for day in SUNDAYS] == ["amber", "green", "red"]


def changed_roadmap(tables: Tables) -> None:
    """B goes after the second week, C is given another name and other work, one issue goes from C to A; their costs are told by name."""
    gone = {"_key": "2", "initiative_id": "B", "initiative": "Beta", "jira_mapping": ["component:B"]}
    renamed = {"_key": "3", "initiative_id": "C", "initiative": "Gamma", "jira_mapping": ["component:C"]}
    tables.sheet("roadmap", gone, renamed)
    tables.land("sheets_roadmap", "2", None, "2026-06-01")
    tables.sheet("roadmap", {**renamed, "initiative": "Delta", "jira_mapping": ["label:d"]}, at="2026-06-02")
    for number in range(40, 46):
        issue(tables, number, "2026-05-04", components=["B"], points=3)
    for number in range(50, 58):
        done = (("2026-05-22", "status", "To Do", "Done"),) if number % 2 else ()
        issue(
            tables, number, "2026-05-04", *done, ("2026-05-28", "labels", "", "d") if number % 3 else ("2026-05-28", "component", "C", "A"),
            components=["C"] if number % 3 else ["A"], labels=["d"] if number % 3 else [], status="Done" if done else "To Do", points=2,
        )  # fmt: skip
    rate = {"_key": "USD", "currency": "USD", "month": "2026-01-01", "rate": 0.5}
    tables.sheet("rates", rate)
    tables.sheet("rates", {**rate, "rate": 0.9}, at="2026-06-04")


def costs(*names: str) -> list[dict[str, Any]]:
    """Two months of two initiatives, in dollars."""
    return [
        {"_key": f"{place}-{month}", "initiative": name, "month": f"2026-0{month}-01", "planned": 100, "actual": 60, "currency": "USD"}
        for place, name in enumerate(names) for month in (4, 5)
    ]  # fmt: skip


LOOKS = {"jira": ("issues", ["2026-05-20", "2026-06-03"]), "mlflow": ("runs", ["2026-05-19", "2026-06-02"])}
"""When the sources that tell their own history were read: by source, the stream and the days."""


def looks(tables: Tables) -> None:
    """What came between a look and the end of a week nobody knew in that week."""
    for source, (stream, days) in LOOKS.items():
        attempt = {"source": source, "instance": INSTANCE, "stream": stream, "is_success": True}
        tables.versions["hub_sync_attempts", source] = [(day, {**attempt, "n": day}) for day in days]


def known_at(source: str, moment: datetime) -> datetime:
    """The last look at a source before a moment."""
    return max(day for day in map(datetime.fromisoformat, LOOKS[source][1]) if day <= moment)


def registry(tables: Tables) -> None:
    """Model ranker of A: an old champion, one that is worse, one that is better; its gates are passed, then a waiver runs out."""
    required = {"hub.model_card": "https://wiki/m", "hub.bias_evaluation": "passed", "hub.security_review": "passed"}
    tags = {"hub.initiative": "A", "hub.owner": "ann", "hub.metric.auc": "higher", **required}
    tables.version("ranker", 1, "r1", at="2026-05-12")
    tables.version("ranker", 2, "r2", at="2026-05-20")
    tables.version("ranker", 3, "r3", at="2026-06-01")
    tables.run("r1", "2026-05-10", metrics={"auc": 0.9})
    tables.run("r2", "2026-05-18", metrics={"auc": 0.7}, logged="2026-05-18")
    tables.run("r2", "2026-05-18", metrics={"auc": 0.97}, logged="2026-06-09", landed="2026-06-09")
    tables.run("r3", "2026-05-30", metrics={"auc": 0.95, "drift/price": 0.9}, logged="2026-05-30")
    tables.run("r4", "2026-06-09", metrics={"auc": 0.1})
    tables.model("ranker", at="2026-05-12", aliases={"champion": "1"}, tags=tags)
    approved = {**tags, "hub.approved_by": "ann"}
    tables.model("ranker", at="2026-05-26", aliases={"champion": "2"}, tags=approved)
    tables.model("ranker", at="2026-06-02", aliases={"champion": "3"}, tags=approved)
    tables.model(
        "ranker", at="2026-06-09", aliases={"champion": "2"}, tags={**approved, "hub.privacy_review": "passed"}
    )
    waiver = {"_key": "1", "model": "ranker", "gate": "privacy review", "reason": "pilot", "until": "2026-06-03"}
    tables.sheet("waivers", waiver, at="2026-05-27")
    tables.sheet("waivers", {**waiver, "until": "2027-01-01"}, at="2026-06-09")


def _present_as_of(tables: Tables, moment: datetime, columns: str) -> list[tuple[Any, ...]]:
    """The status that the warehouse has as of a moment; the connection tells of AS_OF again afterwards."""
    earlier = Tables(tables.standing)
    earlier.given("intermediate.int_evidence__located")
    for record, versions in tables.versions.items():
        if record[0].startswith("jira_"):
            told = [("2026-01-05", _issue_as_of(payload, known_at("jira", moment))) for _, payload in versions]
        else:
            until = known_at("mlflow", moment) if record[0] == "mlflow_runs" else moment
            told = [(at, payload) for at, payload in versions if datetime.fromisoformat(at) <= until]
        earlier.versions[record] = told
    tables.stand_at(moment)
    earlier.make("program_status")
    found = tables.rows(f"select {columns} from marts.program_status order by all")
    tables.stand_at(AS_OF)
    return found


def _issue_as_of(payload: dict[str, Any] | None, moment: datetime) -> dict[str, Any] | None:
    """The issue as Jira told it then: without later changes, points and status as they were. None if it was not there yet."""
    if payload is None or "changelog" not in payload:
        return payload
    if datetime.fromisoformat(payload["fields"]["created"]).replace(tzinfo=None) > moment:
        return None
    histories = payload["changelog"]["histories"]
    later = [one for one in histories if datetime.fromisoformat(one["created"]).replace(tzinfo=None) > moment]
    fields = dict(payload["fields"])
    for item in (item for one in reversed(later) for item in one["items"]):
        if item["fieldId"] == "status":
            category = STATUSES[item["fromString"]][1]
            fields["status"] = {"id": item["from"], "name": item["fromString"], "statusCategory": {"key": category}}
        elif item["fieldId"] == "resolution":
            fields["resolution"] = item["fromString"] and {"name": item["fromString"]}
        elif item["fieldId"] == "labels":
            fields["labels"] = item["fromString"].split()
        elif item["fieldId"] == "components":
            fields["components"] = [{"name": item["fromString"]}]
        else:
            assert item["fieldId"] == "customfield_1", "the test changes nothing else that late"
            fields["customfield_1"] = float(item["fromString"])
    return {**payload, "fields": fields, "changelog": {"histories": [one for one in histories if one not in later]}}


def test_the_present_forecast_and_that_of_a_past_week_are_prepared_alike(tables):
    """Both start from the same remaining items and the same weekly counts."""
    roadmap(tables, milestone_id="M1", milestone="First", target="2026-08-15")
    for number in range(1, 13):
        done = f"2026-0{3 + number // 5}-{10 + number:02}"
        issue(tables, number, "2026-02-01", (done, "status", "To Do", "Done"), status="Done")
    for number in range(20, 28):
        issue(tables, number, f"2026-05-{number}")
    tables.make("int_milestones__replayed", "int_forecasts__prepared")
    assert tables.rows(
        "select remaining_count, weekly_counts, throughput_factor from intermediate.int_milestones__replayed where moment_at = meta.as_of()"
    ) == tables.rows(
        "select remaining_count, weekly_counts, throughput_factor from intermediate.int_forecasts__prepared"
        " where scope_kind = 'milestone' and scenario = 'base'"
    )


def test_a_site_that_is_added_later_takes_nothing_back_from_the_weeks_before(tables):
    """Weeks that were known stay so, by their own looks; of the new site nothing was known in them. Only before the first site was read at all is the past told by time stamps."""
    read = {"acme": ["2026-05-20", "2026-05-27", "2026-06-03"], "second": ["2026-06-04"]}
    tables.given(
        "staging.stg_hub__sync_attempts",
        *(
            {"source": "jira", "instance": site, "stream": "issues", "attempted_at": day, "is_success": True}
            for site, days in read.items() for day in days
        ),
        {"source": "github", "instance": "acme", "stream": "issues", "attempted_at": "2026-06-05", "is_success": True},
        {"source": "sheets", "instance": "acme", "stream": "roadmap", "attempted_at": "2026-05-12", "is_success": True},
    )  # fmt: skip
    tables.make("int_looks__at_moments")
    found = tables.rows(
        "select cast(moments.week_date + 6 as date), looks.instance, cast(looks.known_at as date), moments.basis"
        " from intermediate.int_looks__at_moments as looks inner join intermediate.int_moments as moments using (moment_at)"
        " where looks.moment_at > '2026-05-12' order by looks.moment_at, looks.instance"
    )
    assert found == [
        (date(2026, 5, 17), "acme", date(2026, 5, 17), "reconstructed"),
        (date(2026, 5, 17), "second", date(2026, 5, 17), "reconstructed"),
        (date(2026, 5, 24), "acme", date(2026, 5, 20), "known"),
        (date(2026, 5, 31), "acme", date(2026, 5, 27), "known"),
        (date(2026, 6, 7), "acme", date(2026, 6, 3), "known"),
        (date(2026, 6, 7), "second", date(2026, 6, 4), "known"),
        (None, "acme", date(2026, 6, 10), "known"),
        (None, "second", date(2026, 6, 10), "known"),
    ]
