"""What waits for what: links between projects and initiatives, when the blocker is expected, and what holds a milestone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.dbt_program.conftest import ALWAYS

QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def issue(key: str, initiative: str | None = None, **more) -> dict:
    """An open work item that was started on 1 June, nine days before the build."""
    return {
        "issue_id": f"acme:{key}",
        "issue_key": key,
        "project_key": key.split("-", maxsplit=1)[0],
        "initiative_id": initiative,
        "is_work_item": True,
        "is_epic": False,
        "is_finished": "done_at" in more,
        "created_at": "2026-05-20",
        "started_at": "2026-06-01 08:00",
        **more,
    }


def finished(project: str, *days: float) -> list[dict]:
    """Finished items of a project that took so many days."""
    return [
        issue(f"{project}-{900 + number}", done_at="2026-05-01", cycle_time_hours=24 * span, lead_time_hours=24 * span)
        for number, span in enumerate(days)
    ]


def waits(blocked: str, blocker: str, **more) -> dict:
    """The link as the blocked issue shows it."""
    row = {"instance": "acme", "issue_id": f"acme:{blocked}", "linked_issue_id": f"acme:{blocker}"}
    return {**row, "linked_issue_key": blocker, "meaning": "blocked_by", "is_linked_issue_done": False, **more}


def given_program(tables, issues: list[dict], links: list[dict], **milestones: tuple[str, tuple[str, ...]]) -> None:
    """Issues, links, and milestones of initiative A with their targets and the keys of their work."""
    tables.given(
        "intermediate.int_initiatives__gathered", {"initiative_id": "A", "name": "Alpha", "target_date": "2026-09-30"}
    )
    tables.given("marts.issues", *issues)
    tables.given("staging.stg_jira__issue_links", *links)
    tables.given(
        "intermediate.int_milestones__planned",
        *(
            {"milestone_id": one, "initiative_id": "A", "target_date": target}
            for one, (target, _) in milestones.items()
        ),
    )
    tables.given(
        "intermediate.int_issues__linked_to_milestones",
        *(
            {"milestone_id": one, "issue_id": f"acme:{key}", **ALWAYS}
            for one, (_, keys) in milestones.items()
            for key in keys
        ),
    )
    tables.given("marts.delivery_forecasts")


def dependencies(tables) -> dict[tuple[str, str], dict]:
    """Rows by the keys of blocker and blocked."""
    tables.make("dependencies")
    cursor = tables.connection.execute("from marts.dependencies")
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(row["from_issue_key"], row["to_issue_key"]): row for row in rows}


def test_a_link_is_one_dependency_whichever_end_tells_of_it(tables):
    """Both ends of a link hold it, each from its side."""
    other = {**waits("X-1", "A-1"), "meaning": "blocks"}
    given_program(tables, [issue("A-1"), issue("X-1")], [waits("A-1", "X-1"), other])
    assert list(dependencies(tables)) == [("X-1", "A-1")]


def test_only_links_between_projects_or_initiatives_are_dependencies(tables):
    """Within a project two initiatives are two teams; an issue of no initiative is of the same one."""
    issues = [issue("A-1", "A"), issue("A-2", "B"), issue("A-3", "A"), issue("A-4"), issue("X-1", "A")]
    links = [waits("A-1", other) for other in ("A-2", "A-3", "A-4", "X-1")]
    given_program(tables, issues, links)
    assert sorted(dependencies(tables)) == [("A-2", "A-1"), ("X-1", "A-1")]


@pytest.mark.parametrize(
    ("due", "milestones", "expected"),
    [
        ("2026-07-01", {"M1": ("2026-06-20", ("A-1",))}, (date(2026, 7, 1), "due date of A-1")),
        (None, {"M1": ("2026-08-20", ("A-1",)), "M2": ("2026-07-20", ("A-1",))}, (date(2026, 7, 20), "next milestone of A-1")),
        (None, {"M1": ("2026-08-20", ())}, (date(2026, 9, 30), "target of A")),
    ],
)  # fmt: skip
def test_it_is_needed_by_the_due_date_else_the_next_milestone_else_the_target(tables, due, milestones, expected):
    """And it says which of these it is."""
    given_program(tables, [issue("A-1", "A", due_date=due), issue("X-1")], [waits("A-1", "X-1")], **milestones)
    row = dependencies(tables)["X-1", "A-1"]
    assert (row["needed_by_date"], row["needed_by_source"]) == expected


def test_a_blocker_is_compared_with_items_that_took_as_long_as_it_already_has(tables):
    """Nine days old: of items that took 2 and 10 to 17 days the eight long ones count; P80 is 15.6 days, 6.6 from now."""
    issues = [issue("A-1", "A", due_date="2026-06-16"), issue("X-1"), *finished("X", 2, *range(10, 18))]
    given_program(tables, issues, [waits("A-1", "X-1")])
    row = dependencies(tables)["X-1", "A-1"]
    assert (row["p80_date"], row["is_late"], row["late_days"]) == (date(2026, 6, 17), True, 1)
    assert row["p80_source"] == "8 finished items of X that took at least as long"


def test_an_item_not_begun_is_compared_by_lead_time(tables):
    """Created 21 days before the build: it is held against what took at least 21 days from creation to end."""
    issues = [issue("A-1", "A", due_date="2026-07-01"), issue("X-1", started_at=None), *finished("X", *[30] * 8)]
    given_program(tables, issues, [waits("A-1", "X-1")])
    row = dependencies(tables)["X-1", "A-1"]
    assert (row["p80_date"], row["is_late"]) == (date(2026, 6, 19), False)


def test_with_too_few_like_it_what_the_blocker_belongs_to_speaks_for_it(tables):
    """Seven are not enough: the epic's forecast, which holds more than this item, stands for it."""
    issues = [
        issue("A-1", "A", due_date="2026-07-01"),
        issue("X-1", epic_issue_id="acme:X-0"),
        *finished("X", *range(10, 17)),
    ]
    given_program(tables, issues, [waits("A-1", "X-1")])
    tables.given(
        "marts.delivery_forecasts",
        {"scope_kind": "epic", "scope_id": "acme:X-0", "scenario": "base", "p80_date": "2026-08-01"},
    )
    row = dependencies(tables)["X-1", "A-1"]
    assert (str(row["p80_date"]), row["p80_source"], row["is_late"]) == (
        "2026-08-01",
        "forecast of what it belongs to",
        True,
    )


def test_what_cannot_be_expected_is_unknown_unless_it_is_needed_already(tables):
    """Unknown is neither late nor in time and says why; what was needed yesterday is late."""
    issues = [issue("A-1", due_date="2026-07-01"), issue("A-2", due_date="2026-06-09"), issue("X-1"), *finished("X", 2)]
    given_program(tables, issues, [waits("A-1", "X-1"), waits("A-2", "X-1")])
    found = dependencies(tables)
    assert (found["X-1", "A-1"]["is_late"], found["X-1", "A-2"]["is_late"]) == (None, True)
    assert found["X-1", "A-1"]["p80_source"] == (
        "unknown: too few finished items of X took this long to say when (0 of the 8 needed)"
    )


@pytest.mark.parametrize("end", ["A-1", "X-1"])
@pytest.mark.parametrize("how", ["done_at", "deleted_at"])
def test_a_dependency_ends_with_either_end(tables, end, how):
    """Done or deleted; it is then neither late nor expected."""
    issues = [
        issue(key, due_date="2026-06-01", **({how: "2026-06-05"} if key == end else {})) for key in ("A-1", "X-1")
    ]
    given_program(tables, issues, [waits("A-1", "X-1")])
    row = dependencies(tables)["X-1", "A-1"]
    assert (row["is_resolved"], row["is_late"], row["p80_date"], row["p80_source"]) == (True, False, None, None)


@pytest.mark.parametrize("is_done", [True, False])
def test_a_blocker_outside_the_synced_projects_is_known_by_its_link_alone(tables, is_done):
    """Its key tells the project, the link whether it is done."""
    given_program(tables, [issue("A-1", due_date="2026-07-01")], [waits("A-1", "EXT-7", is_linked_issue_done=is_done)])
    row = dependencies(tables)["EXT-7", "A-1"]
    assert (row["from_project"], row["is_resolved"]) == ("EXT", is_done)
    assert row["p80_source"] == (None if is_done else "unknown: it is outside the synced projects")


def chains(tables) -> list[tuple]:
    """Milestone, chain from root to held issue, how many wait, rank."""
    tables.make("dependency_chains")
    return tables.rows(
        "select milestone_id, array_to_string(chain_issue_keys, ' > '), held_issue_count, chain_rank "
        "from marts.dependency_chains order by milestone_id, chain_rank"
    )


def test_the_chain_that_holds_a_milestone_leads_to_its_root(tables):
    """Links within a project count too; the longest way to the root is told, with how many wait for it."""
    issues = [issue(key, "A") for key in ("A-1", "A-2", "A-3")] + [issue("X-1"), issue("X-2")]
    links = [
        waits("A-1", "X-1"),
        waits("A-2", "A-1"),
        waits("X-1", "X-2"),
        waits("A-3", "A-9", is_linked_issue_done=True),
    ]
    given_program(tables, issues, links, M1=("2026-07-01", ("A-1", "A-2", "A-3")), M2=("2026-08-01", ("A-3",)))
    assert chains(tables) == [("M1", "X-2 > X-1 > A-1 > A-2", 2, 1)]


def test_a_milestone_is_held_past_its_target_by_the_latest_of_the_chain(tables):
    """The chain of the latest expected day comes first."""
    issues = [issue("A-1", "A"), issue("X-1"), issue("Y-1"), *finished("X", *[12] * 8), *finished("Y", *[40] * 8)]
    given_program(tables, issues, [waits("A-1", "X-1"), waits("A-1", "Y-1")], M1=("2026-06-20", ("A-1",)))
    tables.make("dependency_chains")
    assert tables.rows("select chain_issue_keys[1], p80_date, is_late from marts.dependency_chains order by chain_rank") == [
        ("Y-1", date(2026, 7, 11), True), ("X-1", date(2026, 6, 13), False),
    ]  # fmt: skip


@QUICK
@given(
    pairs=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12),
    held=st.sets(st.integers(0, 6), min_size=1),
)
def test_every_chain_is_made_of_links_and_passes_no_issue_twice(tables, pairs, held):
    """Whatever is linked with what, circles included, each milestone's chains end and each of its blocked issues is in one."""
    keys = [f"{'AX'[number % 2]}-{number}" for number in range(7)]
    links = [waits(keys[blocked], keys[blocker]) for blocked, blocker in pairs]
    given_program(
        tables, [issue(key) for key in keys], links, M1=("2026-07-01", tuple(keys[number] for number in held))
    )
    tables.make("dependency_chains")
    linked = {(f"acme:{keys[blocker]}", f"acme:{keys[blocked]}") for blocked, blocker in pairs if blocked != blocker}
    blocked = {to for _, to in linked} & {f"acme:{keys[number]}" for number in held}
    found = tables.rows("select chain_issue_ids, held_issue_count from marts.dependency_chains")
    for chain, count in found:
        assert set(pairwise(chain)) <= linked
        assert len(set(chain)) == len(chain)
        assert chain[-1] in blocked
        assert 1 <= count <= len(blocked)
    assert bool(found) == bool(blocked)


@QUICK
@given(ages=st.lists(st.integers(10, 60), min_size=8, max_size=12), due=st.integers(-20, 60))
def test_late_means_needed_before_it_is_expected(tables, ages, due):
    """Whatever the history: the sign of late_days and is_late agree, and nothing is expected before today."""
    needed = date(2026, 6, 10) + timedelta(days=due)
    issues = [issue("A-1", due_date=needed), issue("X-1"), *finished("X", *ages)]
    given_program(tables, issues, [waits("A-1", "X-1")])
    row = dependencies(tables)["X-1", "A-1"]
    assert row["p80_date"] >= date(2026, 6, 10)
    assert row["late_days"] == (row["p80_date"] - needed).days
    assert row["is_late"] == (row["late_days"] > 0)
