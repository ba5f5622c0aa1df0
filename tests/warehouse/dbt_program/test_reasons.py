"""What the measures of the status say in words: full sentences, in every number. Not here: which colour they give (test_status.py)."""

from __future__ import annotations

import pytest


def details(tables, model: str, name: str) -> list[tuple]:
    """What is said of a measure now."""
    tables.make(model)
    return tables.rows(
        f"select value, detail from intermediate.{model} where measure = '{name}' and moment_at = meta.as_of()"
    )


@pytest.mark.parametrize(
    ("gates", "failed", "unknown"),
    [
        ({"m": ([], [])}, "No required release gate failed", "Every required release gate has evidence"),
        ({"m": (["Privacy review"], []), "n": ([], ["Owner"])},
         "A required release gate failed: Privacy review (m)", "A required release gate has no evidence: Owner (n)"),
        ({"m": (["Privacy review", "Owner", "Model card"], []), "n": (["Owner"], ["A", "B", "C", "D", "E"])},
         "4 required release gates failed: Privacy review, Owner and Model card (m), Owner (n)",
         "5 required release gates have no evidence: A, B, C and 2 more (n)"),
    ],
)  # fmt: skip
def test_release_gates_are_told_in_a_sentence(tables, gates, failed, unknown):
    """How many and which, with the model behind them; at most three of a model."""
    tables.given(
        "intermediate.int_models__coloured",
        *(
            {"initiative_id": "A", "model_id": name, "model_name": name, "champion_model_version_id": name, "status": "green",
             "failed_gate_count": len(bad), "failed_gate_titles": bad, "unknown_gate_count": len(open_), "unknown_gate_titles": open_}
            for name, (bad, open_) in gates.items()
        ),
    )  # fmt: skip
    assert [said for _, said in details(tables, "int_portfolios__measured", "failed_gate_count")] == [failed]
    assert [said for _, said in details(tables, "int_portfolios__measured", "unknown_gate_count")] == [unknown]


@pytest.mark.parametrize(
    ("count", "overdue", "stale", "fired"),
    [
        (0, "No open risk is past its due date", "Every open risk was reviewed in time", "No trigger of an open risk has fired"),
        (1, 'An open risk is past its due date: R1 "No 1"', 'An open risk was not reviewed in time: R1 "No 1"',
         'The trigger of an open risk has fired: R1 "No 1"'),
        (2, '2 open risks are past their due dates: R1 "No 1" and R2 "No 2"',
         '2 open risks were not reviewed in time: R1 "No 1" and R2 "No 2"', '2 triggers of open risks have fired: R1 "No 1" and R2 "No 2"'),
        (5, '5 open risks are past their due dates: R1 "No 1", R2 "No 2", R3 "No 3" and 2 more',
         '5 open risks were not reviewed in time: R1 "No 1", R2 "No 2", R3 "No 3" and 2 more',
         '5 triggers of open risks have fired: R1 "No 1", R2 "No 2", R3 "No 3" and 2 more'),
    ],
)  # fmt: skip
def test_risks_are_told_in_sentences_with_their_titles(tables, count, overdue, stale, fired):
    """One more stands in the register, in order."""
    tables.given("intermediate.int_initiatives__at_moments", {"initiative_id": "A", "name": "A"})
    risks = [
        {"risk_id": f"R{number}", "title": f"No {number}", "initiative_id": "A", "is_open": True, "is_late": number <= count}
        for number in range(1, max(count, 1) + 1)
    ]  # fmt: skip
    told = {"risk_id", "title", "initiative_id", "is_open"}
    tables.given(
        "intermediate.int_risks__assessed",
        *(
            {key: row[key] for key in told} | {"is_overdue": row["is_late"], "is_stale": row["is_late"]}
            for row in risks
        ),
    )
    tables.given(
        "intermediate.int_risks__triggered",
        *({key: row[key] for key in told} | {"is_triggered": row["is_late"]} for row in risks),
    )
    tables.given("intermediate.int_measures__observed")
    assert details(tables, "int_risks__measured", "overdue_risk_count") == [(count, overdue)]
    assert details(tables, "int_risks__measured", "unreviewed_risk_count") == [(count, stale)]
    assert details(tables, "int_measures__collected", "triggered_risk_count") == [(count, fired)]


@pytest.mark.parametrize(
    ("stands", "schedule", "cost"),
    [
        ({"actual_months": 8, "earned_schedule_months": 8.4, "eac_amount": 1_256_411},
         "at the end of April 2026, after 8 months, it had done what was planned for 8.4",
         "at this rate it costs 1,256,411 EUR instead of 980,000 EUR"),
        ({"actual_months": 1, "earned_schedule_months": 0.5, "eac_amount": 984_800},
         "at the end of April 2026, after 1 month, it had done what was planned for 0.5",
         "at this rate it costs about the 980,000 EUR that were planned"),
    ],
)  # fmt: skip
def test_plan_and_cost_are_told_in_words(tables, stands, schedule, cost):
    """Ahead of the plan as well as behind it, of an initiative and of the program; what is nearly level is not told as two amounts."""
    tables.given("intermediate.int_initiatives__at_moments", {"initiative_id": "A", "name": "A"})
    row = {
        "month_date": "2026-04-01", "is_closed": True, "spi_t": 1, "cpi": 1,
        "ac_amount": 765_568, "ev_amount": 597_143, "bac_amount": 980_000, **stands,
        "vac_amount": 980_000 - stands["eac_amount"], "vac_tolerance_amount": 4_900,
    }  # fmt: skip
    tables.given("intermediate.int_scopes__earned", {**row, "scope_id": "A"}, {**row, "scope_id": "*"})
    tables.make("int_schedules__measured", "int_budgets__measured")
    now = "and moment_at = meta.as_of()"
    assert (
        tables.rows(f"select detail from intermediate.int_schedules__measured where measure = 'spi_t' {now}")
        == [(schedule,)] * 2
    )
    spent = "by the end of April 2026 765,568 EUR were spent for work worth 597,143 EUR"
    assert (
        tables.rows(f"select detail from intermediate.int_budgets__measured where measure = 'cpi' {now}")
        == [(f"{spent}; {cost}",)] * 2
    )
