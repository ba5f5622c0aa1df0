"""From the money to the model and back: what each hop is known by, and which one is missing."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
HOPS = ["budget_line", "initiative", "issue", "pull_request", "run"]
MONEY = {"budget_line_id": "B-1", "is_in_force": True}


def whole(tables, *missing: str) -> None:
    """Version m/1 of run r of commit c, merged by pull request p for issue i of initiative A, paid by B-1; less what is missing."""
    there = {hop: hop not in missing for hop in HOPS}
    tables.given("intermediate.int_initiatives__gathered", {"initiative_id": "A", "name": "Alpha"})
    tables.given(
        "intermediate.int_budget_lines__converted",
        *([{**MONEY, "initiative_id": "A", "initiative_as_given": "a"}] if there["budget_line"] else []),
    )
    tables.given("marts.issues", {"issue_id": "i", "is_work_item": True, "is_finished": True})
    tables.given(
        "intermediate.int_issues__linked_to_initiatives",
        # Another issue keeps the initiative from being one without work.
        *({"issue_id": one, "initiative_id": "A", "method": "label"} for one in ("i", "other") if one == "other" or there["initiative"]),
    )  # fmt: skip
    tables.given("marts.pull_requests", {"pull_request_id": "p", "merged_at": "2026-05-01", "is_bot": False})
    tables.given(
        "marts.pull_request_issues",
        *(
            [{"pull_request_id": "p", "issue_id": "i", "evidence": "commit", "confidence": 0.8}]
            if there["issue"]
            else []
        ),
    )
    tables.given(
        "intermediate.int_commits__in_pull_requests",
        *([{"sha": "c", "pull_request_id": "p", "method": "head commit"}] if there["pull_request"] else []),
    )
    tables.given(
        "marts.mlflow_runs", {"mlflow_run_id": "r", "git_commit": "c", "is_deleted": False, "started_at": "2026-05-02"}
    )
    tables.given(
        "intermediate.int_model_versions__traced",
        {"model_version_id": "m/1", "model_id": "m", "mlflow_run_id": "r", "git_commit": "c", "has_run": there["run"], "is_run_deleted": False},
    )  # fmt: skip
    tables.given("intermediate.int_models__described", {"model_id": "m"})


def chains(tables, where: str = "true") -> list[dict]:
    """Rows of the chain."""
    tables.make("evidence_chain")
    cursor = tables.connection.execute(f"from marts.evidence_chain where {where} order by chain_id")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_a_whole_chain_names_how_each_hop_is_known(tables):
    """And is as sure as all its hops together: 1 x 0.9 x 0.8 x 0.95 x 1."""
    whole(tables)
    (row,) = chains(tables)
    assert {hop["hop"]: (hop["method"], hop["confidence"]) for hop in row["hop_methods"]} == {
        "budget_line": ("id", 1), "initiative": ("label", 0.9), "issue": ("commit", 0.8), "pull_request": ("head commit", 0.95),
        "run": ("registry", 1),
    }  # fmt: skip
    assert row["confidence"] == pytest.approx(0.9 * 0.8 * 0.95)
    assert (row["chain_id"], row["reaches"], row["broken_at"], row["remedy"]) == (
        "A > i > p > m/1",
        "model_version",
        None,
        None,
    )
    assert row["budget_line_ids"] == ["B-1"]


@pytest.mark.parametrize("hop", HOPS)
def test_a_version_breaks_at_the_hop_that_is_missing_and_says_what_mends_it(tables, hop):
    """One after the other."""
    whole(tables, hop)
    (row,) = chains(tables, "model_version_id is not null")
    assert row["broken_at"] == hop
    assert row["remedy"]


def test_a_deleted_run_is_nothing_to_look_at(tables):
    """The version is there, what trained it is not."""
    whole(tables)
    tables.connection.execute("update intermediate.int_model_versions__traced set is_run_deleted = true")
    (row,) = chains(tables, "model_version_id is not null")
    assert (row["broken_at"], row["mlflow_run_id"]) == ("run", None)


def test_a_tag_on_the_version_says_more_than_its_commit(tables):
    """The issue is known for certain, though the pull request names none."""
    whole(tables, "issue")
    tables.given("staging.stg_jira__issues", {"issue_id": "i", "issue_key": "P-1"})
    tables.connection.execute("update intermediate.int_model_versions__traced set tags = map {'hub.issue': 'p-1'}")
    (row,) = chains(tables, "model_version_id is not null")
    assert (row["issue_id"], row["broken_at"]) == ("i", None)
    assert {"hop": "issue", "method": "tag hub.issue", "confidence": 1.0} in row["hop_methods"]


def test_where_the_issue_is_of_no_initiative_the_models_own_is_shown_and_the_break_with_it(tables):
    """The models tab says whose the model is, but not who paid for the work."""
    whole(tables, "initiative")
    tables.given(
        "intermediate.int_models__described", {"model_id": "m", "initiative_id": "A", "initiative_method": "models tab"}
    )
    (row,) = chains(tables, "model_version_id is not null")
    assert (row["initiative_id"], row["broken_at"]) == ("A", "initiative")


def test_an_initiative_named_by_its_name_is_less_sure_than_by_its_id(tables):
    """People rename things."""
    whole(tables)
    tables.given(
        "intermediate.int_budget_lines__converted", {**MONEY, "initiative_id": "A", "initiative_as_given": "Alpha"}
    )
    assert chains(tables)[0]["confidence"] == pytest.approx(0.9 * 0.9 * 0.8 * 0.95)


def no_version(tables) -> None:
    tables.given("intermediate.int_model_versions__traced")


def test_work_that_led_to_no_version_ends_at_its_run(tables):
    """The newest run of its commits stands for all of them; ending there is no break."""
    whole(tables)
    no_version(tables)
    run = {"git_commit": "c", "is_deleted": False}
    tables.given(
        "marts.mlflow_runs",
        {**run, "mlflow_run_id": "old", "started_at": "2026-05-02"},
        {**run, "mlflow_run_id": "new", "started_at": "2026-05-03"},
        {**run, "mlflow_run_id": "gone", "started_at": "2026-05-04", "is_deleted": True},
    )
    (row,) = chains(tables)
    assert (row["reaches"], row["mlflow_run_id"], row["run_count"], row["broken_at"]) == ("run", "new", 2, None)


def test_code_that_trains_nothing_ends_at_its_pull_request(tables):
    """That is no break."""
    whole(tables, "pull_request")
    no_version(tables)
    assert [(row["reaches"], row["broken_at"]) for row in chains(tables)] == [("pull_request", None)]


def test_a_merged_pull_request_without_an_issue_breaks_there(tables):
    """And the finished issue that nothing was merged for is a way of its own."""
    whole(tables, "issue")
    no_version(tables)
    assert [(row["chain_id"], row["broken_at"]) for row in chains(tables)] == [
        ("? > ? > p > r", "issue"),
        ("A > i > ? > ?", "pull_request"),
    ]


@pytest.mark.parametrize("pull", [{"is_bot": True}, {"merged_at": None}, {"deleted_at": "2026-05-02"}])
def test_pull_requests_of_bots_open_and_deleted_ones_are_no_way(tables, pull):
    """Nobody was paid for them, or they brought nothing."""
    whole(tables)
    no_version(tables)
    tables.given("marts.pull_requests", {"pull_request_id": "p", "merged_at": "2026-05-01", "is_bot": False, **pull})
    assert [row["pull_request_id"] for row in chains(tables)] == [None]


def test_an_initiative_without_work_and_money_without_an_initiative_are_told(tables):
    """Both ends of the chain that hang in the air."""
    whole(tables)
    tables.given("intermediate.int_initiatives__gathered", {"initiative_id": "A"}, {"initiative_id": "B"})
    tables.given(
        "intermediate.int_budget_lines__converted", {**MONEY, "initiative_id": None, "initiative_as_given": "Shared"}
    )
    assert [(row["chain_id"], row["broken_at"]) for row in chains(tables)] == [
        ("A > i > p > m/1", "budget_line"), ("B > ? > ? > ?", "issue"), ("B-1 > ? > ? > ?", "initiative"),
    ]  # fmt: skip


def test_an_open_issue_is_no_broken_way(tables):
    """It may still get its pull request."""
    whole(tables, "issue", "pull_request")
    no_version(tables)
    tables.given("marts.issues", {"issue_id": "i", "is_work_item": True, "is_finished": False})
    assert [row["chain_id"] for row in chains(tables)] == ["? > ? > p > ?"]


@QUICK
@given(missing=st.sets(st.sampled_from(HOPS)))
def test_whatever_is_missing_a_version_has_one_row_that_says_the_first_break(tables, missing):
    """From the version towards the money; its confidence is the product of the hops that stand."""
    whole(tables, *missing)
    (row,) = chains(tables, "model_version_id is not null")
    assert row["broken_at"] == next((hop for hop in reversed(HOPS) if hop in missing), None)
    known = [hop["confidence"] for hop in row["hop_methods"]]
    assert row["confidence"] == (pytest.approx(prod(known)) if known else None)
    assert all(0 < one <= 1 for one in known)
    if not missing:
        assert [hop["hop"] for hop in row["hop_methods"]] == HOPS
