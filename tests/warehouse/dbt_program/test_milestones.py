"""Milestones: the baseline and where it is from, and the days by which they slip."""

from __future__ import annotations

from datetime import date, timedelta

from tests.warehouse.dbt_program.conftest import Tables
from tests.warehouse.dbt_program.jira_site import issue, roadmap

BASELINE = "2026-06-01"


def test_slip_days_count_from_the_baseline_to_the_day_reached_else_forecast_else_target(tables: Tables) -> None:
    """Late is above zero, early below; null where nothing says from when or until when."""
    told = {
        # id: baseline, target, done, P80, days of slip
        "done late": (BASELINE, "2026-06-10", "2026-06-15", None, 14),
        "done early": (BASELINE, "2026-06-01", "2026-05-27", None, -5),
        "done on the day": (BASELINE, "2026-06-10", BASELINE, "2026-09-01", 0),
        "forecast late": (BASELINE, "2026-06-10", None, "2026-07-01", 30),
        "forecast early": ("2026-08-01", "2026-08-10", None, "2026-07-30", -2),
        "no forecast": (BASELINE, "2026-06-20", None, None, 19),
        "no baseline": (None, "2026-06-20", "2026-06-25", "2026-07-01", None),
        "no end": (BASELINE, None, None, None, None),
    }
    tables.given(
        "intermediate.int_milestones__planned",
        *(
            {"milestone_id": name, "name": name, "baseline_date": baseline, "target_date": target, "done_date": done}
            for name, (baseline, target, done, _, _) in told.items()
        ),
    )
    tables.given(
        "marts.delivery_forecasts",
        *(
            {"scope_kind": "milestone", "scope_id": name, "scenario": scenario, "p80_date": day}
            for name, (_, _, _, p80, _) in told.items()
            for scenario, day in (("base", p80), ("scope frozen", "2026-01-01"))
        ),
    )
    tables.make("milestones")
    assert dict(tables.rows("select milestone_id, slip_days from marts.milestones")) == {
        name: days for name, (*_, days) in told.items()
    }


def test_without_a_baseline_in_the_sheet_the_first_target_that_landed_stands_for_it_and_the_row_says_so(
    tables: Tables,
) -> None:
    """A target that moves later moves no baseline; without any target ever there is none."""
    told = (
        ({"target": "2026-07-01", "baseline": "2026-06-15"}, {"target": "2026-08-01", "baseline": "2026-06-15"}),
        ({"target": "2026-07-01", "baseline": None}, {"target": "2026-08-01", "baseline": None}),
        ({"target": None, "baseline": None}, {"target": "2026-08-01", "baseline": None}),
        ({"target": None, "baseline": None}, {"target": None, "baseline": None}),
    )
    for place, at in enumerate(("2026-05-12", "2026-06-03")):
        for number, versions in enumerate(told, start=1):
            named = {"_key": str(number), "milestone_id": f"M{number}", "milestone": f"M{number}"}
            tables.sheet("roadmap", {**named, "initiative_id": "A", "initiative": "Alpha", **versions[place]}, at=at)
    attempt = {"source": "sheets", "instance": "acme", "stream": "roadmap", "is_success": True}
    tables.versions["hub_sync_attempts", "sheets"] = [("2026-05-12", attempt)]
    tables.make("milestones", "int_milestones__recorded")
    assert tables.rows("select milestone_id, baseline_date, baseline_method from marts.milestones order by 1") == [
        ("M1", date(2026, 6, 15), "roadmap"),
        ("M2", date(2026, 7, 1), "first target"),
        ("M3", date(2026, 8, 1), "first target"),
        ("M4", None, None),
    ]
    # A week before the target was told knows nothing of it.
    assert tables.rows(
        "select milestone_id, baseline_date from intermediate.int_milestones__recorded"
        " where cast(moment_at as date) = '2026-05-31' order by 1"
    ) == [("M1", date(2026, 6, 15)), ("M2", date(2026, 7, 1)), ("M3", None), ("M4", None)]


def test_a_milestone_never_ends_after_the_initiative_whose_open_items_it_shares(tables: Tables) -> None:
    """All of them grow as the whole initiative did, also a milestone whose own items grew faster, now and in past weeks."""
    roadmap(tables, milestone_id="M1", milestone="First", target="2026-07-01", jira_mapping=["component:B"])
    row = {"_key": "2", "initiative_id": "A", "initiative": "Alpha", "jira_mapping": ["component:A"]}
    tables.sheet("roadmap", {**row, "milestone_id": "M2", "milestone": "Second", "target": "2026-08-15"})
    for week in range(13):  # one of the second milestone is done in each week of the history and in that before it
        at = str(date(2026, 3, 12) + timedelta(weeks=week))
        issue(tables, week + 1, "2026-02-01", (at, "status", "To Do", "Done"), status="Done")
    for number in (21, 22):
        issue(tables, number, "2026-02-01", components=["B"])
    for number in (23, 24, 25):
        issue(tables, number, "2026-05-01", components=["B"])
    tables.make("int_forecasts__prepared", "int_milestones__replayed")
    # Of 18 items 15 were there twelve weeks ago: 5 open ones grow to 5 * 18 / 15 = 6. M1 alone grew from 2 to 5.
    assert tables.rows(
        "select scope_id, open_count, remaining_count, weekly_counts from intermediate.int_forecasts__prepared"
        " where scenario = 'base' and scope_kind <> 'epic' order by 1"
    ) == [(scope, 5, 6, [1] * 12) for scope in ("A", "M1", "M2")]
    assert tables.rows(
        "select milestone_id, open_count, remaining_count from intermediate.int_milestones__replayed"
        " where moment_at = meta.as_of() order by 1"
    ) == [("M1", 5, 6), ("M2", 5, 6)]
