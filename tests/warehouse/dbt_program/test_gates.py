"""Release gates: each kind of evidence, bounds slice by slice, waivers, obligations, and what it adds up to."""

from __future__ import annotations

import hashlib
import math
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.dbt_program.conftest import IN_FORCE, INSTANCE

FULL = {
    "hub.model_card": "https://wiki/m",
    "hub.bias_evaluation": "passed",
    "hub.privacy_review": "passed",
    "hub.security_review": "passed",
    "hub.approved_by": "ann",
}
"""Tags with which every required gate but the owner's passes."""


def version(tables, tags=None, metrics=None, *, number="1", also=(), **model) -> None:
    """The only model, m, with its champion (and other versions beside it)."""
    described = {"model_id": "m", "model_name": "M", "champion_version": "1", "latest_version": "1", "tags": {}}
    tables.given("intermediate.int_models__at_moments", described | model)
    one = {
        "model_version_id": f"m/{number}",
        "model_id": "m",
        "version": number,
        "tags": tags or {},
        "metrics": metrics or {},
    }
    tables.given("intermediate.int_model_versions__at_moments", one, *also)


def gates(tables, *columns: str) -> dict:
    """What each gate came to."""
    tables.make("release_gates", "release_gate_metrics")
    told = ", ".join(columns or ("status",))
    return {
        row[0]: row[1] if len(row) == 2 else row[1:]
        for row in tables.rows(f"select gate, {told} from marts.release_gates")
    }


@pytest.fixture
def tables(tables):
    """No Jira issue, person, decision or waiver unless a test gives one."""
    for relation in (
        "marts.issues",
        "intermediate.int_people__gathered",
        "staging.stg_sheets__decisions",
        "staging.stg_sheets__waivers",
    ):
        tables.given(relation)
    tables.look()
    return tables


def test_an_address_in_a_tag_is_shown_as_a_person(tables):
    """By the id that reports name people by; of a stranger what stands before the @; an address of a page stays."""
    ann = "person-" + hashlib.md5(b"ann@acme.example", usedforsecurity=False).hexdigest()[:12]
    tables.given("intermediate.int_people__gathered", {"person_id": ann, "display_name": "Ann"})
    approved = {"hub.approved_by": "Ann@acme.example", "hub.rollback_version": "bo@acme.example"}
    version(tables, {**approved, "hub.model_card": "https://wiki/@ann"})
    assert {gate: told for gate, told in gates(tables, "evidence").items() if told} == {
        "human_approval": f"tag hub.approved_by = {ann}",
        "rollback_version": "tag hub.rollback_version = bo",
        "documented": "tag hub.model_card = https://wiki/@ann",
    }


def test_a_gate_is_called_by_its_title(tables):
    """Where people read of it; the seed's own name stays its key."""
    version(tables, FULL)
    titles = gates(tables, "title")
    assert (titles["documented"], titles["review_planned"]) == ("Model card", "Next review planned")
    assert all(titles.values())


def test_every_kind_of_evidence_passes_its_gate(tables):
    """A tag, a metric within bounds, an issue that is done, a closed decision, a row of the models tab."""
    version(
        tables,
        {
            "hub.model_card": "https://wiki/m",
            "hub.privacy_review_issue": "PLT-7",
            "hub.security_review_decision": "d 3",
        },
        {"fairness/young": 0.93},
        owner_person_id="ann",
        declared_purpose="Who leaves",
        sheet_row="Models row 4",
    )
    tables.given(
        "marts.issues",
        {
            "issue_id": "a:1",
            "instance": INSTANCE,
            "issue_key": "PLT-7",
            "created_at": "2026-01-05",
            "done_at": "2026-06-01",
        },
    )
    tables.given(
        "staging.stg_sheets__decisions",
        {"decision_key": "D.3", "status": "Closed", **IN_FORCE, "row_number": 9},
    )
    found = gates(tables, "status", "evidence")
    assert {gate: told for gate, told in found.items() if told[0] == "passed"} == {
        "documented": ("passed", "tag hub.model_card = https://wiki/m"),
        "bias_evaluation": ("passed", "fairness/young 0.93 within 0.8..1.25"),
        "privacy_review": ("passed", "issue PLT-7, done"),
        "security_review": ("passed", "decision D.3, closed"),
        "owner": ("passed", "owner ann, Models row 4"),
        "intended_purpose": ("passed", "purpose Who leaves, Models row 4"),
    }


@pytest.mark.parametrize(
    ("issue", "decision"),
    [
        ({"done_at": None}, {"status": "open"}),
        ({"done_at": "2026-06-01", "issue_id": "dropped"}, {"status": None}),
        ({"done_at": "2026-06-01", "deleted_at": "2026-06-02"}, {"status": "Closed", "valid_to": "2026-06-02"}),
    ],
)  # fmt: skip
def test_evidence_that_is_not_there_yet_is_unknown(tables, issue, decision):
    """An open issue, one that was dropped, one that was deleted; an open decision, one that left the sheet."""
    version(tables, {"hub.privacy_review_issue": "PLT-7", "hub.security_review_decision": "D-3"})
    tables.given(
        "marts.issues",
        {"issue_id": "a:1", "instance": INSTANCE, "issue_key": "PLT-7", "created_at": "2026-01-05", **issue},
    )
    tables.given("intermediate.int_issues__discarded", {"issue_id": "dropped", "stay_rank": 1, "from_at": "2026-06-01"})
    tables.given("staging.stg_sheets__decisions", {"decision_key": "D-3", **IN_FORCE, "row_number": 9, **decision})
    found = gates(tables)
    assert (found["privacy_review"], found["security_review"]) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("metrics", "tags", "status", "evidence"),
    [
        ({"fairness/a": 1.0, "fairness/b": 0.79}, {}, "failed", "fairness/b 0.79 outside 0.8..1.25; fairness/a 1 within 0.8..1.25"),
        ({"fairness/a": 1.0, "fairness/b": None}, {}, "unknown", "fairness/b is not a number; fairness/a 1 within 0.8..1.25"),
        ({"bias/a": 0.05, "fairness/a": 1.25}, {}, "passed", "bias/a 0.05 within -0.1..0.1; fairness/a 1.25 within 0.8..1.25"),
        ({"fairness/a": 0.79}, {"hub.bounds.fairness/a": "0.7..1.3"}, "passed", "fairness/a 0.79 within 0.7..1.3"),
        ({"fairness/a": 0.79}, {"hub.bounds.bias_evaluation": "0.7 .."}, "passed", "fairness/a 0.79 within 0.7.."),
        ({"fairness/a": 0.9}, {"hub.bounds.fairness/a": "about one"}, "unknown", "fairness/a has no bounds that can be read"),
        ({"fairness/a": 0.5}, {"hub.bias_evaluation": "passed"}, "failed", "fairness/a 0.5 outside 0.8..1.25; tag hub.bias_evaluation = passed"),
        ({"auc": 0.5, "unfairness": 3.0}, {}, "unknown", None),
    ],
)  # fmt: skip
def test_fairness_is_judged_slice_by_slice(tables, metrics, tags, status, evidence):
    """All slices within bounds pass, one outside fails whatever a tag says; what is no number or has no bounds proves nothing."""
    version(tables, tags, metrics)
    assert gates(tables, "status", "evidence")["bias_evaluation"] == (status, evidence)


def test_a_challenger_answers_for_every_slice_of_its_champion(tables):
    """A slice that was left out has not passed."""
    challenger = {
        "model_version_id": "m/2",
        "model_id": "m",
        "version": "2",
        "tags": {},
        "metrics": {"fairness/young": 1.0},
    }
    version(tables, {}, {"fairness/young": 1.0, "fairness/old": 0.9}, also=[challenger], challenger_version="2")
    tables.make("release_gates", "release_gate_metrics")
    assert tables.rows(
        "select model_version_id, status from marts.release_gates where gate = 'bias_evaluation' order by 1"
    ) == [
        ("m/1", "passed"),
        ("m/2", "unknown"),
    ]
    assert tables.rows("select slice, value, finding from marts.release_gate_metrics where status = 'unknown'") == [
        ("old", None, "fairness/old was not measured, though it was for the champion")
    ]


VALUES = st.one_of(st.none(), st.floats(0.5, 1.6, allow_nan=False))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from("abcde"), VALUES, max_size=5))
def test_the_bias_gate_passes_only_if_every_slice_does(tables, slices):
    """Whatever is logged: one bad slice fails it, else one unknown slice leaves it unknown, and nothing at all is unknown."""
    version(tables, {}, {f"fairness/{name}": value for name, value in slices.items()})
    values = list(slices.values())
    if any(value is not None and not 0.8 <= value <= 1.25 for value in values):
        expected = "failed"
    elif not values or None in values:
        expected = "unknown"
    else:
        expected = "passed"
    tables.make("release_gates")
    assert tables.row("select status from marts.release_gates where gate = 'bias_evaluation'") == {"status": expected}


def waiver(**changed) -> dict:
    """A waiver of the privacy review that holds."""
    return {
        "model": "m",
        "gate": "Privacy_Review",
        "reason": "pilot",
        "until_date": "2026-06-10",
        **IN_FORCE,
    } | changed


@pytest.mark.parametrize(
    ("tag", "changed", "status"),
    [
        (None, {}, "waived"),  # through its last day, which is the day of the build
        ("failed", {}, "waived"),
        ("passed", {"until_date": "2026-01-01"}, "passed"),
        (None, {"until_date": "2026-06-09"}, "failed"),
        (None, {"until_date": None}, "unknown"),
        (None, {"reason": None}, "unknown"),
        ("failed", {"valid_to": "2026-06-02"}, "failed"),
        (None, {"model": "another"}, "unknown"),
    ],
)
def test_a_waiver_has_a_reason_and_an_end(tables, tag, changed, status):
    """Without either it waives nothing; one that ran out fails the gate unless it passed since."""
    version(tables, {"hub.privacy_review": tag} if tag else {})
    tables.given("staging.stg_sheets__waivers", waiver(**changed))
    assert gates(tables)["privacy_review"] == status


def test_obligations_bind_by_risk_tier_and_date(tables):
    """Frameworks are columns; a date is a row of the seed, and one without a date binds nobody here."""
    version(tables, {}, risk_tier="High")
    found = gates(tables, "eu_ai_act", "nist_ai_rmf", "sr_11_7", "obligation", "obligation_from_date")
    assert found["privacy_review"] == ("Article 10", "MEASURE 2.10", "model controls", "eu_high_risk", date(2026, 8, 2))
    assert found["licence"][3] is None
    version(tables, {}, risk_tier="low")
    assert gates(tables, "obligation", "obligation_from_date")["privacy_review"] == (None, None)


def test_a_date_in_the_settings_counts_instead_of_the_seeds(tables):
    """Laws move; an obligation without a date in the seed binds from the day that the settings give it."""
    tables.told(obligation_dates='{"eu_high_risk": "2027-12-02"}')
    version(tables, {}, risk_tier="high")
    assert gates(tables, "obligation", "obligation_from_date")["privacy_review"] == ("eu_high_risk", date(2027, 12, 2))


def readiness(tables) -> dict:
    """The only version's row."""
    tables.given("marts.model_versions", {"model_version_id": "m/1"})
    tables.make("release_readiness")
    return tables.row("from marts.release_readiness")


def test_readiness_adds_up_the_required_gates(tables):
    """Every one passed or waived: ready. The optional ones block nothing."""
    version(tables, FULL, owner_person_id="ann")
    found = readiness(tables)
    assert (found["status"], found["is_ready"], found["role"]) == ("green", True, "champion")
    assert found["required_count"] == found["passed_count"] == 6
    tables.given("staging.stg_sheets__waivers", waiver())
    version(tables, FULL | {"hub.privacy_review": "failed"}, owner_person_id="ann")
    found = readiness(tables)
    assert (found["status"], found["is_ready"], found["waived_gates"]) == ("amber", True, ["privacy_review"])
    assert found["next_waiver_end_date"] == date(2026, 6, 10)


def test_readiness_says_what_is_missing_and_what_the_law_asks(tables):
    """Failed before unknown; obligations that bind already are named even where the gate is optional."""
    tables.rule("obligations", "applies_from_date = '2026-06-10' where obligation = 'eu_high_risk'")
    version(
        tables, {**FULL, "hub.privacy_review": "no", "hub.model_card": "soon"}, owner_person_id="ann", risk_tier="high"
    )
    found = readiness(tables)
    assert (found["status"], found["is_ready"]) == ("red", False)
    assert (found["failed_gates"], found["unknown_gates"]) == (["privacy_review"], ["documented"])
    assert [remedy[:30] for remedy in found["remedies"]] == [
        "Set the tag hub.privacy_review",
        "Set the tag hub.model_card to ",
    ]
    assert found["overdue_obligation_gates"] == [
        "documented", "intended_purpose", "privacy_review", "review_planned", "rollback_version",
    ]  # fmt: skip
    tables.rule("obligations", "applies_from_date = '2027-12-02' where obligation = 'eu_high_risk'")
    found = readiness(tables)
    assert (found["overdue_obligation_gates"], found["next_obligation_date"]) == ([], date(2027, 12, 2))


def test_infinity_is_no_number_for_a_gate(tables):
    """Staging has made it null; a gate given one all the same fails on it rather than passing."""
    version(tables, {}, {"fairness/a": math.inf})
    assert gates(tables)["bias_evaluation"] == "failed"
