"""Colours: each rule at its limits, what wins, what is unknown, and what people set by hand."""

from __future__ import annotations

import csv
from itertools import permutations

import pytest

from tests.warehouse.dbt_program.conftest import AS_OF, IN_FORCE
from warehouse import build

SEED = list(csv.DictReader((build.PROJECT / "seeds" / "status_rules.csv").read_text(encoding="utf-8").splitlines()))
RULES = [rule for rule in SEED if rule["dimension"] != "*"]
A_LITTLE = 1e-6
TURNS = {
    "<": {-A_LITTLE: True, 0.0: False, A_LITTLE: False},
    "<=": {-A_LITTLE: True, 0.0: True, A_LITTLE: False},
    ">": {-A_LITTLE: False, 0.0: False, A_LITTLE: True},
    ">=": {-A_LITTLE: False, 0.0: True, A_LITTLE: True},
}
"""Whether a measure just under, at and just over a limit has its colour, by operator."""


def initiative(tables, *ids: str) -> None:
    """Initiatives that exist."""
    tables.given("intermediate.int_initiatives__at_moments", *({"initiative_id": one, "name": one} for one in ids))


def measure(dimension: str, name: str, value: float | None, of: str | None = "A", detail: str = "so it is") -> dict:
    """A row of the measures."""
    return {
        "moment_at": AS_OF,
        "initiative_id": of,
        "dimension": dimension,
        "measure": name,
        "value": value,
        "evidence": [f"{name}-evidence"],
        "detail": detail,
    }


def statuses(
    tables, *measures: dict, rules: list[dict] | None = None, located: list[dict] | None = None
) -> dict[tuple[str | None, str], dict]:
    """The status rows that these measures give, by initiative and dimension; `located` is where evidence stands."""
    tables.given("intermediate.int_evidence__located", *(located or []))
    if rules is not None:
        tables.given("rules.status_rules", *rules)
    tables.given("intermediate.int_measures__collected", *measures)
    tables.make("program_status")
    cursor = tables.connection.execute("from marts.program_status")
    names = [column[0] for column in cursor.description or []]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(row["initiative_id"], row["dimension"]): row for row in found}


def rule(
    dimension: str,
    name: str,
    *,
    amber: float | None = 1,
    red: float | None = 2,
    is_required: bool = True,
    rank: int = 1,
) -> dict:
    """A rule: at least `amber` is amber, at least `red` is red."""
    return {
        "rule_rank": rank, "dimension": dimension, "rule": f"{name}_rule", "measure": name, "unit": "count", "operator": ">=",
        "amber": amber, "red": red, "is_required": is_required, "reason_template": f"{name} is {{value}}: {{detail}}",
        "turns_green_template": f"{name} is below {{amber}}",
    }  # fmt: skip


def test_every_rule_of_the_seed_has_a_limit_that_is_tried():
    """A row that the tests below would leave out, or whose limits are in the wrong order, is not a rule."""
    for one in SEED:
        assert one["operator"] in TURNS, one["rule"]
        limits = [float(one[limit]) for limit in ("amber", "red") if one[limit]]
        assert limits, one["rule"]
        assert limits == sorted(limits, reverse=one["operator"] in {"<", "<="}), one["rule"]
        assert "{detail}" in one["reason_template"], one["rule"]


@pytest.mark.parametrize(
    ("one", "limit"),
    [
        pytest.param(rule, limit, id=f"{rule['dimension']}-{rule['rule']}-{limit}")
        for rule in RULES
        for limit in ("amber", "red")
        if rule[limit]
    ],
)
def test_a_rule_of_the_seed_turns_at_its_limit(tables, one, limit):
    """Just under, at and just over each limit the colour is what the operator says."""
    initiative(tables, "A")
    other = "amber" if limit == "red" and one["amber"] else "green"
    for shift, turns in TURNS[one["operator"]].items():
        tables.given(
            "intermediate.int_measures__collected", measure(one["dimension"], one["measure"], float(one[limit]) + shift)
        )
        tables.make("int_rules__judged")
        judged = tables.row(f"from intermediate.int_rules__judged where rule = '{one['rule']}' and initiative_id = 'A'")
        assert judged["status"] == (limit if turns else other), shift
        assert judged["reason"]
        assert "{" not in judged["reason"] + judged["turns_green_when"]


@pytest.mark.parametrize("colour", ["green", "white", "amber", "red"])
@pytest.mark.parametrize("one", [rule for rule in SEED if rule["dimension"] == "*"], ids=lambda rule: rule["rule"])
def test_a_rule_of_all_dimensions_gives_the_program_its_worst_initiatives_colour(tables, one, colour):
    """One step under, at and over each limit: ranks of colours lie between nothing."""
    initiative(tables, "A", "B")
    value = {"green": 0, "white": None, "amber": 1, "red": 2}[colour]
    found = statuses(
        tables,
        measure("budget", "b", 0),
        measure("budget", "b", value, of="B"),
        rules=[rule("budget", "b"), {**one, "amber": float(one["amber"]), "red": float(one["red"])}],
    )
    row = found[None, "budget"]
    assert (row["status"], row["rule"]) == (colour, one["rule"])
    assert row["threshold"] == {"red": 2}.get(colour, 1)


@pytest.mark.parametrize(
    "one", [rule for rule in RULES if rule["is_required"] == "true"], ids=lambda rule: rule["rule"]
)
def test_a_required_measure_that_is_unknown_prevents_green(tables, one):
    """Without its measure the dimension is white at best, and so is the initiative."""
    initiative(tables, "A")
    others = [
        measure(
            other["dimension"],
            other["measure"],
            float(other["amber"] or other["red"]) + (1000 if other["operator"] in {"<", "<="} else -1000),
        )
        for other in RULES
        if other is not one
    ]
    found = statuses(tables, *others)
    assert found["A", one["dimension"]]["status"] == "white"
    assert found["A", "overall"]["status"] == "white"
    assert "cannot be judged: " in found["A", one["dimension"]]["reason"]
    assert found["A", one["dimension"]]["turns_green_when"]


def test_red_goes_over_amber_over_white_over_green(tables):
    """The worst dimension gives the colour of the whole, with its reason and evidence."""
    initiative(tables, "A")
    rules = [rule("budget", "b"), rule("risk", "r"), rule("scope", "s"), rule("schedule", "t")]
    green, white, amber, red = (
        measure("budget", "b", 0),
        measure("risk", "r", None),
        measure("scope", "s", 1),
        measure("schedule", "t", 2),
    )
    worst = []
    for measures in ([green], [green, white], [green, white, amber], [green, white, amber, red]):
        present = {row["measure"] for row in measures}
        found = statuses(tables, *measures, rules=[one for one in rules if one["measure"] in present])
        worst.append(found["A", "overall"]["status"])
    assert worst == ["green", "white", "amber", "red"]
    assert found["A", "overall"]["evidence"] == ["t-evidence"]
    assert "schedule is red (t is 2: so it is)" in found["A", "overall"]["reason"]


def test_within_a_dimension_the_worst_rule_gives_value_and_limit(tables):
    """Two rules of one dimension: the red one speaks, the amber one is told after it."""
    initiative(tables, "A")
    found = statuses(
        tables,
        measure("budget", "b", 1),
        measure("budget", "c", 5),
        rules=[rule("budget", "b", rank=1), rule("budget", "c", rank=2)],
    )
    row = found["A", "budget"]
    assert (row["status"], row["rule"], row["value"], row["threshold"]) == ("red", "c_rule", 5, 2)
    assert row["reason"] == "c is 5: so it is; b is 1: so it is"
    assert row["first_reason"] == "c is 5: so it is"
    assert found["A", "overall"]["first_reason"] == found["A", "overall"]["reason"]
    assert sorted(row["evidence"]) == ["b-evidence", "c-evidence"]


def test_the_order_of_rules_does_not_change_a_colour(tables):
    """Ranks decide what is told first, never the status."""
    initiative(tables, "A")
    measures = [measure("budget", "b", 1), measure("budget", "c", None), measure("budget", "d", 0)]
    colours = set()
    for ranks in permutations((1, 2, 3)):
        rules = [rule("budget", name, rank=rank) for name, rank in zip("bcd", ranks, strict=True)]
        colours.add(statuses(tables, *measures, rules=rules)["A", "budget"]["status"])
    assert colours == {"amber"}


def test_a_dimension_of_optional_rules_about_which_nothing_is_known_is_left_out(tables):
    """It is neither faked green nor does it turn the whole white."""
    initiative(tables, "A")
    found = statuses(
        tables, measure("budget", "b", 0), rules=[rule("budget", "b"), rule("risk", "r", is_required=False)]
    )
    assert ("A", "risk") not in found
    assert found["A", "overall"]["status"] == "green"


def test_the_program_is_as_bad_as_its_worst_initiative(tables):
    """By the rule of the dimension *; its evidence is the initiatives that are not green."""
    initiative(tables, "A", "B")
    every = {**rule("*", "worst_initiative_rank"), "rule": "worst_initiative", "reason_template": "{detail}"}
    found = statuses(
        tables, measure("budget", "b", 0), measure("budget", "b", 3, of="B"), rules=[rule("budget", "b"), every]
    )
    assert found[None, "budget"]["status"] == found[None, "overall"]["status"] == "red"
    assert found[None, "budget"]["evidence"] == ["B"]
    assert found[None, "budget"]["reason"] == found[None, "budget"]["first_reason"] == "B is red"


def test_without_any_initiative_the_program_is_white(tables):
    """Nothing known is one white row with what to do, not an empty table."""
    assert [(key, row["status"]) for key, row in statuses(tables).items()] == [((None, "overall"), "white")]


def test_an_override_stands_beside_the_computed_colour_until_it_runs_out(tables):
    """It never replaces the colour; one past its date, or for a name nobody has, is not shown."""
    tables.sheet("roadmap", {"_key": "1", "initiative_id": "A", "initiative": "Alpha"})
    tables.sheet(
        "overrides",
        {"_key": "1", "initiative": "Alpha", "dimension": "budget", "status": "green", "reason": "agreed", "until": "2026-06-10"},
        {"_key": "2", "initiative": "A", "dimension": "risk", "status": "green", "reason": "old", "until": "2026-06-09"},
        {"_key": "3", "initiative": "Nobody", "dimension": "overall", "status": "green", "reason": "lost", "until": "2027-01-01"},
        {"_key": "4", "initiative": None, "dimension": "overall", "status": "amber", "reason": "board", "until": "2027-01-01"},
    )  # fmt: skip
    found = statuses(
        tables, measure("budget", "b", 2), measure("risk", "r", 2), rules=[rule("budget", "b"), rule("risk", "r")]
    )
    assert (found["A", "budget"]["status"], found["A", "budget"]["override_status"]) == ("red", "green")
    assert found["A", "risk"]["override_status"] is None
    assert found[None, "overall"]["override_reason"] == "board"


def test_a_trigger_of_the_register_is_evaluated_on_the_data(tables):
    """A measure, an operator and a number; what cannot be read is unknown, not quiet."""
    tables.sheet("roadmap", {"_key": "1", "initiative_id": "A", "initiative": "Alpha"})
    tables.sheet(
        "risks",
        *(
            {"_key": key, "risk_id": key, "title": key, "initiative": "A", "probability": 0.5, "impact": 1000, "trigger": trigger,
             "status": status}
            for key, trigger, status in (
                ("R1", "cpi < 0.85", "open"), ("R2", "cpi < 0.7", "open"), ("R3", "when it rains", "open"), ("R4", "cpi < 0.85", "Closed"),
            )
        ),
    )  # fmt: skip
    tables.given("intermediate.int_measures__observed", measure("budget", "cpi", 0.8))
    tables.make("risks", "int_measures__collected")
    assert tables.rows("select risk_id, is_triggered, exposure from marts.risks order by 1") == [
        ("R1", True, 500.0), ("R2", False, 500.0), ("R3", None, 500.0), ("R4", False, 500.0),
    ]  # fmt: skip
    assert tables.rows(
        "select value, evidence from intermediate.int_measures__collected where measure = 'triggered_risk_count'"
    ) == [(1, ["R1"])]


def test_each_kind_of_evidence_is_found(tables):
    """An issue and a model version have an address under their instance's own and ways to the money; a risk is a row of its tab."""
    links = '{"jira/acme": "https://acme.example/", "mlflow/acme": "https://ml.example/x"}'
    tables.told(links=links)
    initiative(tables, "A")
    tables.given("marts.issues", {"issue_id": "acme:1", "issue_key": "P-1", "initiative_id": "A"})
    tables.given("intermediate.int_models__described", {"model_id": "acme:a b", "model_name": "a b"})
    version = {"model_version_id": "acme:a b/3", "model_id": "acme:a b", "version": "3"}
    tables.given(
        "intermediate.int_model_versions__traced", version, {**version, "model_version_id": "b/3", "model_id": "b"}
    )
    tables.given(
        "marts.evidence_chain",
        {"chain_id": "one", "issue_id": "acme:1", "model_version_id": "acme:a b/3"},
        {"chain_id": "two", "issue_id": "acme:1"},
        {"chain_id": "three", "issue_id": "acme:9"},
    )
    tables.given("staging.stg_sheets__risks", {"risk_id": "R1", "tab_title": "Register", "row_number": 7, **IN_FORCE})
    milestone = {"initiative_id": "A", "milestone_name": "First", "tab_title": "Roadmap", "row_number": 3, **IN_FORCE}
    tables.given("staging.stg_sheets__roadmap", milestone, {**milestone, "milestone_id": "M2", "row_number": 4})
    tables.make("int_evidence__located")
    assert tables.rows("from intermediate.int_evidence__located order by evidence") == [
        ("A", "initiative", None, None, []),
        ("A / First", "milestone", None, "Roadmap row 3", []),
        ("M2", "milestone", None, "Roadmap row 4", []),
        ("P-1", "issue", "https://acme.example/browse/P-1", None, ["one", "two"]),
        ("R1", "risk", None, "Register row 7", []),
        ("acme:a b", "model", "https://ml.example/x/#/models/a%20b", None, []),
        ("acme:a b/3", "model_version", "https://ml.example/x/#/models/a%20b/versions/3", None, ["one"]),
    ]


def test_a_status_says_where_its_evidence_stands(tables):
    """One entry each, and the ways through them to the money; a row of a mart is called by the mart's name."""
    initiative(tables, "A")
    row = statuses(
        tables,
        {**measure("budget", "b", 2), "evidence": ["P-1", "P-2"]},
        {**measure("budget", "c", 2), "evidence": ["R1", "earned_value A 2026-05"]},
        rules=[rule("budget", "b"), rule("budget", "c", rank=2)],
        located=[
            {"evidence": "P-1", "kind": "issue", "url": "https://a/P-1", "chain_ids": ["two", "one"]},
            {"evidence": "P-2", "kind": "issue", "chain_ids": ["two"]},
            {"evidence": "R1", "kind": "risk", "place": "Register row 7", "chain_ids": []},
        ],
    )["A", "budget"]
    assert [tuple(link.values()) for link in row["evidence_links"]] == [
        ("P-1", "issue", "https://a/P-1", None),
        ("P-2", "issue", None, None),
        ("R1", "risk", None, "Register row 7"),
        ("earned_value A 2026-05", "earned_value", None, None),
    ]
    assert row["evidence_chain_ids"] == ["one", "two"]


@pytest.mark.parametrize(
    ("trigger", "is_readable"),
    [
        ("cpi < 0.85", True),
        ("champion_staleness_days>60", True),
        ("CPI <= .9", True),
        ("when it rains", False),
        ("cpo < 0.85", False),
    ],
)
def test_a_trigger_that_nothing_can_evaluate_is_told(tables, trigger, is_readable):
    """Neither a sentence nor a measure that nobody has."""
    tables.given("intermediate.int_measures__observed", measure("model_health", "champion_staleness_days", 3))
    risk = {"_key": "R1", "risk_id": "R1", "title": "one", "probability": 0.5, "impact": 1, "trigger": trigger}
    tables.sheet("risks", risk, {**risk, "_key": "R2", "risk_id": "R2", "trigger": None})
    tables.make("data_quality")
    found = tables.row("from marts.data_quality where check_name = 'trigger_unreadable'")
    assert (found["affected_count"], found["example"]) == ((0, None) if is_readable else (1, f'R1 "{trigger}"'))


def test_a_decision_has_the_options_its_log_lists(tables):
    """Parted by semicolons or lines; without the columns there are none."""
    row = {"_key": "D1", "id": "D1", "kind": "decision", "text": "Freeze or move"}
    tables.sheet(
        "decisions",
        {**row, "options": "Freeze the scope, now;\n Move the target ", "recommendation": "Freeze"},
        {**row, "_key": "D2", "id": "D2", "options": None, "recommendation": None},
        {**row, "_key": "D3", "id": "D3"},
    )
    tables.make("decisions")
    assert tables.rows("select options, recommendation from marts.decisions order by decision_id") == [
        (["Freeze the scope, now", "Move the target"], "Freeze"), ([], None), ([], None),
    ]  # fmt: skip


def test_an_open_row_of_the_log_is_overdue_from_the_day_after_its_due_day(tables):
    """Decisions and actions, issues and assumptions alike, each with its owner; a closed one and one without a day never are."""
    kinds = ("assumption", "issue", "decision", "action")
    rows = [
        (f"{kind} {due}", {"kind": kind, "due": due, "status": "open"})
        for kind in kinds
        for due in ("2026-06-09", "2026-06-10")
    ]
    rows += [
        ("closed", {"kind": "action", "due": "2026-01-01", "status": "closed"}),
        ("some day", {"kind": "action", "due": None}),
    ]
    tables.sheet("people", {"_key": "1", "name": "Ann Lee", "email": "ann@x.org"})
    tables.sheet(
        "decisions", *({"_key": name, "id": name, "text": name, "owner": "Ann Lee", **row} for name, row in rows)
    )
    tables.make("decisions", "people")
    found = tables.rows(
        "select decision_id, is_overdue, display_name from marts.decisions left join marts.people on owner_person_id = person_id"
    )
    assert {name for name, is_overdue, _ in found if is_overdue} == {f"{kind} 2026-06-09" for kind in kinds}
    assert {owner for *_, owner in found} == {"Ann Lee"}
    assert len(found) == len(rows)


@pytest.mark.parametrize(
    ("name", "dimension", "value", "said"),
    [
        ("forecast_overrun_share", "budget", 0.28, "The budget's own forecast is 28 % above the baseline: so it is"),
        ("forecast_overrun_share", "budget", -0.11, "The budget's own forecast is 11 % below the baseline: so it is"),
        ("forecast_overrun_share", "budget", -0.001, "The budget's own forecast is level with the baseline: so it is"),
        ("cpi", "budget", 0.784, "Each EUR 1 spent earned EUR 0.78 of planned work: so it is"),
    ],
)
def test_a_reason_says_on_which_side_a_value_lies_and_in_which_currency(tables, name, dimension, value, said):
    """A share below zero is never named with its sign."""
    initiative(tables, "A")
    tables.given("intermediate.int_measures__collected", measure(dimension, name, value))
    tables.make("int_rules__judged")
    assert tables.rows(
        "select reason from intermediate.int_rules__judged where initiative_id = 'A' and value is not null"
    ) == [(said,)]
