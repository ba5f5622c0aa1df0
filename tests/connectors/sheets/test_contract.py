"""The contract of the tabs: complete, free of contradictions, and understood as it is written."""

from __future__ import annotations

import pytest

from connectors.sheets import STREAMS
from connectors.sheets.contract import KINDS, Kind, contracts
from connectors.sheets.grid import Grid, letters
from connectors.sheets.headers import find_layout
from connectors.sheets.wording import normalised

COLUMNS = {
    "budget": "initiative month planned actual; line_id category forecast currency reserve",
    "baselines": "initiative version approved_date month planned; currency",
    "rates": "currency month rate;",
    "roadmap": "initiative_id initiative milestone_id milestone target; start baseline done sponsor owner objective_id"
    " business_value time_criticality risk_reduction job_size jira_mapping repositories",
    "risks": "risk_id title probability impact; initiative owner response contingency_plan contingency_amount"
    " residual_probability due review status trigger",
    "allocations": "person initiative month share; capacity skill",
    "objectives": "objective_id objective key_result baseline target; current source",
    "decisions": "id kind text; owner due status initiative options recommendation",
    "models": "model; initiative owner objective_metric direction target tolerance staleness_days purpose risk_tier"
    " next_review",
    "waivers": "model gate reason until;",
    "overrides": "initiative dimension status reason until;",
    "increments": "increment start end; team planned_value actual_value",
    "people": "name email; jira github mlflow team skills",
}
"""The published contract: required columns first, optional ones behind the semicolon."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_columns_are_the_published_ones(kind):
    """Required and optional, and nothing else."""
    required, optional = (set(names.split()) for names in COLUMNS[kind].split(";"))
    columns = contracts()[kind].columns
    assert {column.name for column in columns if column.is_required} == required
    assert {column.name for column in columns if not column.is_required} == optional


def test_there_is_a_stream_per_tab():
    """Thirteen tabs, thirteen streams of the same names."""
    assert [stream.name for stream in STREAMS] == list(KINDS) == list(COLUMNS)


@pytest.mark.parametrize("kind", KINDS)
def test_keys_and_months_name_columns(kind):
    """A tab's key, the columns that spread over months, and the month they need."""
    tab = contracts()[kind]
    names = {column.name for column in tab.columns}
    assert {*tab.key, *tab.own_key, *tab.monthly} <= names
    assert not tab.monthly or tab.column("month").kind is Kind.MONTH


@pytest.mark.parametrize("kind", KINDS)
def test_no_alias_stands_twice_for_one_column(kind):
    """A repeated spelling within a column is a slip of the pen."""
    for column in contracts()[kind].columns:
        spellings = [normalised(spelling) for spelling in (column.name, *column.aliases)]
        assert len(set(spellings)) == len(spellings), column.name


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_of_canonical_names_is_understood(kind):
    """Each column is the one that its own name says, in any order."""
    names = [column.name for column in contracts()[kind].columns]
    for order in (names, names[::-1]):
        headers = [name.replace("_", " ").title() for name in order]
        layout = find_layout(Grid("T", 1, [headers]), contracts()[kind])
        assert [field.name for field in layout.fields] == order
        assert layout.missing == ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_alias_leads_to_its_column(kind):
    """With all other columns under their own names, unless an alias is another column's own name."""
    tab = contracts()[kind]
    names = [column.name for column in tab.columns]
    for index, column in enumerate(tab.columns):
        for alias in column.aliases:
            if normalised(alias) in {normalised(name) for name in names}:
                continue
            headers = [*names[:index], alias.capitalize(), *names[index + 1 :]]
            layout = find_layout(Grid("T", 1, [headers]), tab)
            assert [field.name for field in layout.fields] == names, alias


def test_columns_have_letters():
    """A to Z, then AA."""
    assert [letters(column) for column in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
