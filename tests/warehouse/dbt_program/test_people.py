"""Whose account is whose: certain matches are joined, doubtful ones stay apart and are proposed."""

from __future__ import annotations

import pytest

from tests.warehouse.dbt_program import jira_site


def seen(source: str, account: str, name: str | None = None, email: str | None = None, **more) -> dict:
    """An account as a source tells of it."""
    return {
        "source": source,
        "instance": "acme",
        "account": account,
        "name": name,
        "email": email,
        "is_bot": False,
        **more,
    }


def identified(
    tables, people: list[dict], *accounts: dict, at: str = "2026-01-05"
) -> dict[str, tuple[str | None, str]]:
    """Person and method by account. A person is called by the first account that is theirs."""
    tables.sheet("people", *({"_key": str(number), **row} for number, row in enumerate(people)), at=at)
    tables.given("intermediate.int_accounts__seen", *accounts)
    tables.make("identities", "people", "identity_suggestions")
    rows = tables.rows("select account, person_id, method from marts.identities order by account")
    first: dict[str, str] = {}
    for account, person, _ in rows:
        first.setdefault(person, account)
    return {account: (first[person] if person else None, method) for account, person, method in rows}


def test_an_e_mail_joins_accounts_of_all_sources(tables):
    """Case does not matter; the people tab need not know the person."""
    assert identified(
        tables,
        [{"name": "Ann Lee", "email": "Ann@x.org"}],
        seen("jira", "a1", "A. Lee", "ann@x.org"),
        seen("mlflow", "ann@x.org", None, "ann@x.org"),
        seen("jira", "b1", "Bo", "bo@x.org"),
        seen("sheets", "bo@x.org", "bo@x.org", "bo@x.org"),
    ) == {"a1": ("a1", "e-mail"), "ann": ("a1", "e-mail"), "b1": ("b1", "e-mail"), "bo": ("b1", "e-mail")}


def test_a_mail_address_stays_in_the_build_file(tables):
    """Its account is what stands before the @; two that read alike stay two, each with its person."""
    accounts = [
        seen("mlflow", account, None, account if "@" in account else None) for account in ("bo", "bo@x.org", "bo@y.org")
    ]
    found = identified(tables, [], *accounts)
    assert list(found) == ["bo", "bo #2", "bo #3"]
    assert tables.rows("select count(distinct person_id) from marts.identities") == [(3,)]
    tables.make("identity_suggestions")
    assert tables.rows("select count(*) from marts.identity_suggestions where suggestion_id like '%@%'") == [(0,)]


def test_a_login_of_the_people_tab_goes_before_a_name(tables):
    """The operator's row wins over what an account calls itself."""
    found = identified(
        tables,
        [{"name": "Ann Lee", "email": "ann@x.org", "github": ["annie"]}, {"name": "Bo Ek", "email": "bo@x.org"}],
        seen("github", "Annie", "Bo Ek"),
        seen("jira", "0", "Ann Lee", "ann@x.org"),
    )
    assert found["Annie"] == ("0", "login")


def test_a_name_joins_only_if_one_person_has_it(tables):
    """Accents, case and spaces do not tell people apart; two of the same name stay apart."""
    found = identified(
        tables,
        [{"name": "Zoë Müller", "email": "z@x.org"}, {"name": "Cy Poe", "email": "c1@x.org"}, {"name": "Cy Poe", "email": "c2@x.org"}],
        seen("jira", "1", None, "z@x.org"),
        seen("github", "zm", "zoe  MULLER"),
        seen("github", "cp", "Cy Poe"),
    )  # fmt: skip
    assert found["zm"] == ("1", "name")
    assert found["cp"] == ("cp", "account")


def test_two_accounts_of_one_name_in_one_source_are_not_joined_by_it(tables):
    """Which of them it is cannot be told."""
    found = identified(
        tables, [{"name": "Ann Lee", "email": "ann@x.org"}], seen("jira", "1", "Ann Lee"), seen("jira", "2", "Ann Lee")
    )
    assert {method for _, method in found.values()} == {"account"}
    assert len({person for person, _ in found.values()}) == 2


def test_a_bot_is_no_person(tables):
    """It keeps its row, without a person."""
    assert identified(tables, [], seen("github", "renovate", is_bot=True)) == {"renovate": (None, "bot")}


def test_a_login_that_reads_like_a_mail_is_proposed_and_not_joined(tables):
    """The people tab decides; the proposal names its evidence."""
    found = identified(
        tables,
        [{"name": "Ann Lee", "email": "ann.lee@x.org"}],
        seen("mlflow", "ann.lee"),
        seen("sheets", "Ann Lee", "Ann Lee"),
    )
    assert found["ann.lee"][1] == "account"
    assert tables.row("select account, score, evidence from marts.identity_suggestions") == {
        "account": "ann.lee",
        "score": 0.9,
        "evidence": "the login is the first part of the e-mail address",
    }


def test_a_person_keeps_its_id_when_names_change(tables):
    """The id comes from the mail and shows nothing of it."""
    first = identified(tables, [{"name": "Ann Lee", "email": "ann@x.org"}], seen("jira", "1", "Ann Lee", "ann@x.org"))
    before = tables.row("select person_id from marts.people")["person_id"]
    again = identified(
        tables,
        [{"name": "Ann Lee-Ek", "email": "ann@x.org"}],
        seen("jira", "1", "Ann L.", "ann@x.org"),
        at="2026-02-05",
    )
    assert first == again
    assert tables.row("select person_id from marts.people")["person_id"] == before
    assert "ann" not in before


def test_more_promised_than_there_is_shows_in_the_months_concerned(tables):
    """Shares of several initiatives add up; capacity below a full month counts."""
    tables.sheet("roadmap", *({"_key": one, "initiative_id": one, "initiative": one} for one in "AB"))
    tables.sheet(
        "people",
        {"_key": "1", "name": "Ann Lee", "email": "ann@x.org"},
        {"_key": "2", "name": "Bo Ek", "email": "bo@x.org"},
    )
    tables.sheet(
        "allocations",
        *(
            {"_key": f"{who}{initiative}{month}", "person": who, "initiative": initiative, "month": f"2026-0{month}-01", "share": share,
             "capacity": capacity}
            for who, initiative, month, share, capacity in (
                ("Ann Lee", "A", 6, 0.7, None), ("Ann Lee", "B", 6, 0.6, None), ("Ann Lee", "A", 7, 0.7, None), ("Bo Ek", "A", 6, 0.8, 0.8),
            )
        ),
    )  # fmt: skip
    tables.make("capacity_monthly", "allocations", "int_resources__measured")
    assert tables.rows(
        "select p.display_name, month(month_date), allocated_share, capacity_share, is_over_allocated "
        "from marts.capacity_monthly join intermediate.int_people__gathered p using (person_id) order by 1, 2"
    ) == [("Ann Lee", 6, 1.3, 1.0, True), ("Ann Lee", 7, 0.7, 1.0, False), ("Bo Ek", 6, 0.8, 0.8, False)]
    assert tables.rows(
        "select initiative_id, value, detail from intermediate.int_resources__measured "
        "where measure = 'over_allocated_person_count' order by 1"
    ) == [(one, 1, "Ann Lee is promised for 130 % of full time and has 100 %") for one in ("A", "B")]


@pytest.mark.parametrize(
    ("source", "account", "name", "is_bot"),
    [
        ("mlflow", "svc-training", None, True),
        ("mlflow", "release-bot", None, True),
        ("mlflow", "ann.lee", None, False),
        ("jira", "712020:7f", "Automation for Jira", True),
        ("jira", "712020:80", "Release Bot", True),
        ("jira", "712020:81", "Jan Talbot", False),
        ("github", "release-bot", None, True),
        ("github", "abbott", None, False),
    ],
)
def test_accounts_that_are_no_people_are_known_by_account_or_name(tables, source, account, name, is_bot):
    """The seed bots says how they are called in each source; people whose name ends alike stay people."""
    tables.given("staging.stg_jira__issues")
    tables.given("staging.stg_mlflow__runs")
    tables.given("staging.stg_github__pull_requests")
    row = {"instance": "acme"}
    if source == "jira":
        tables.given("staging.stg_jira__issues", {**row, "assignee_account": account, "assignee_name": name})
    elif source == "mlflow":
        tables.given("staging.stg_mlflow__runs", {**row, "user_account": account})
    else:
        tables.given("staging.stg_github__pull_requests", {**row, "author_login": account})
    tables.make("identities")
    assert tables.rows("select account, method = 'bot' from marts.identities") == [(account, is_bot)]


def test_a_row_of_the_people_tab_can_be_taken_back(tables):
    """Joining is reversible: without the row the account is on its own again, under the id it had before."""
    ann = {"_key": "1", "name": "Ann Lee", "email": "ann@x.org"}
    tables.given(
        "intermediate.int_accounts__seen", seen("jira", "1", "Ann Lee", "ann@x.org"), seen("github", "owl", "Night Owl")
    )

    def owners() -> dict[str, tuple[str, str]]:
        tables.make("identities")
        rows = tables.rows("select account, person_id, method from marts.identities")
        return {account: (person, method) for account, person, method in rows}

    tables.sheet("people", ann, at="2026-01-05")
    apart = owners()
    tables.sheet("people", {**ann, "github": ["owl"]}, at="2026-01-12")
    joined = owners()
    tables.sheet("people", {**ann, "github": None}, at="2026-01-19")
    assert joined["owl"] == (apart["1"][0], "login")
    assert apart["owl"][0] != apart["1"][0]
    assert owners() == apart


def test_work_in_progress_is_counted_for_each_person_in_the_present_month(tables):
    """Items somebody is at, not epics, not what waits or is done; of other months nothing is known."""
    tables.given(
        "intermediate.int_people__loaded",
        *(
            {"person_id": who, "month_date": month, "allocated_share": 1.0, "capacity_share": 1.0}
            for who in ("ann", "bo") for month in ("2026-05-01", "2026-06-01", "2026-07-01")
        ),
    )  # fmt: skip
    at_it = {"is_in_progress": True, "is_work_item": True}
    tables.given(
        "marts.issues",
        *(
            {"issue_id": str(number), "assignee_person_id": who, **of}
            for number, (who, of) in enumerate(
                (
                    ("ann", at_it), ("ann", at_it), ("ann", {**at_it, "is_work_item": False}),
                    ("ann", {**at_it, "is_in_progress": False}), ("cy", at_it),
                )
            )
        ),
    )  # fmt: skip
    tables.make("capacity_monthly")
    assert tables.rows("select person_id, month(month_date), wip_count from marts.capacity_monthly order by all") == [
        ("ann", 5, None), ("ann", 6, 2), ("ann", 7, None), ("bo", 5, None), ("bo", 6, 0), ("bo", 7, None),
    ]  # fmt: skip


def concentration(tables) -> list[tuple]:
    """The share of A's open work that one person holds, and what is said of it."""
    tables.make("int_resources__measured")
    return tables.rows(
        "select round(value, 3), detail from intermediate.int_resources__measured"
        " where measure = 'open_work_concentration_share' and initiative_id = 'A'"
        " and moment_at = meta.as_of()"
    )


def test_concentration_is_the_largest_part_of_the_open_work_that_is_assigned(tables):
    """Done work and work of nobody is no part of it; of five items somebody always holds most."""
    jira_site.roadmap(tables)
    jira_site.site(tables)
    for number in range(1, 5):
        jira_site.issue(tables, number, "2026-05-01", assignee="ann")
    jira_site.issue(tables, 5, "2026-05-01", assignee="bo")
    jira_site.issue(tables, 6, "2026-05-01")
    jira_site.issue(tables, 7, "2026-05-01", ("2026-05-08", "status", "To Do", "Done"), status="Done", assignee="bo")
    assert concentration(tables) == [(None, "ann holds 4 of 5 assigned open items")]
    jira_site.issue(tables, 8, "2026-05-01", assignee="bo")
    assert concentration(tables) == [(0.667, "ann holds 4 of 6 assigned open items")]
