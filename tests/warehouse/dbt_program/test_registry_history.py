"""The audit trail of the registry: what changed between two landed states, when it was seen, and when it happened where the server says."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MODELS, VERSIONS = "staging.stg_mlflow__registered_models", "staging.stg_mlflow__model_versions"
PEOPLE = "intermediate.int_people__gathered"
TRAIL = "select what, name, old_value, new_value, strftime(seen_at, '%d'), strftime(happened_at, '%d') from marts.registry_history order by seen_at, subject_id, what, name"


@pytest.fixture
def tables(tables):
    """A registry that was looked at every day of February 2026."""
    for relation in (MODELS, VERSIONS, PEOPLE):
        tables.given(relation)
    looks = ((stream, day) for stream in ("registered_models", "model_versions") for day in range(1, 29))
    tables.given("staging.stg_hub__sync_attempts", *(
        {"source": "mlflow", "instance": "a", "stream": stream, "attempted_at": f"2026-02-{day:02}", "is_success": True}
        for stream, day in looks
    ))  # fmt: skip
    return tables


def state(day: int, *, aliases=None, tags=None, updated: int = 1, **changed) -> dict:
    """Model m as it landed on a day."""
    return {
        "model_id": "a:m", "instance": "a", "valid_from": f"2026-02-{day:02}", "created_at": "2026-02-01", "updated_at": f"2026-02-{updated:02}",
        "aliases": [{"alias": alias, "version": version} for alias, version in (aliases or {}).items()], "tags": tags or {},
    } | changed  # fmt: skip


def version_state(day: int, number: int = 1, *, updated: int = 1, **changed) -> dict:
    """A version of m as it landed on a day."""
    return {
        "model_version_id": f"a:m/{number}", "model_id": "a:m", "instance": "a", "version": str(number), "valid_from": f"2026-02-{day:02}",
        "created_at": "2026-02-01", "updated_at": f"2026-02-{updated:02}", "tags": {},
    } | changed  # fmt: skip


def test_each_edit_is_a_row_with_both_values(tables):
    """Aliases, tags and descriptions: set, changed, removed; only a description says when it happened."""
    tables.given(
        MODELS,
        state(2, tags={"owner": "ann"}, description="Old"),
        state(4, aliases={"champion": "1"}, tags={"owner": "bob"}, description="New", updated=3),
        state(6, aliases={"champion": "2", "shadow": "1"}, description="New", updated=3),
        state(8, description="New", updated=3, deleted_at="2026-02-09"),
    )
    tables.make("registry_history")
    assert tables.rows(TRAIL) == [
        ("created", None, None, None, "02", "01"),
        ("description", None, None, "Old", "02", None),
        ("tag", "owner", None, "ann", "02", None),
        ("alias", "champion", None, "1", "04", None),
        ("description", None, "Old", "New", "04", "03"),
        ("tag", "owner", "ann", "bob", "04", None),
        ("alias", "champion", "1", "2", "06", None),
        ("alias", "shadow", None, "1", "06", None),
        ("tag", "owner", "bob", None, "06", None),
        ("deleted", None, None, None, "09", None),
    ]
    assert tables.rows("select distinct is_first_look, strftime(not_before_at, '%d') from marts.registry_history where seen_at = '2026-02-04'") == [
        (False, "03")
    ]  # fmt: skip


def test_an_address_in_a_tag_is_a_person(tables):
    """By the id that reports name people by; of a stranger what stands before the @; what only holds an @ stays."""
    ann = "person-" + hashlib.md5(b"ann@acme.example", usedforsecurity=False).hexdigest()[:12]
    tables.given(PEOPLE, {"person_id": ann, "display_name": "Ann"})
    tables.given(
        MODELS,
        state(2, tags={"by": "bo@acme.example", "card": "https://wiki/@ann"}),
        state(4, tags={"by": " Ann@acme.example", "card": "https://wiki/@ann"}),
    )
    tables.make("registry_history")
    assert tables.rows("select name, old_value, new_value from marts.registry_history where what = 'tag' order by seen_at, name") == [
        ("by", None, "bo"),
        ("card", None, "https://wiki/@ann"),
        ("by", "bo", ann),
    ]  # fmt: skip


def test_a_stage_tells_when_it_moved_unless_something_else_did(tables):
    """Two changes that move the same time stamp leave both times unknown."""
    tables.given(
        VERSIONS,
        version_state(2),
        version_state(5, registry_stage="Production", updated=4),
        version_state(9, registry_stage="Archived", description="Out of use", updated=7),
    )
    tables.make("registry_history")
    assert tables.rows(TRAIL.replace("from marts", "from marts", 1))[1:] == [
        ("stage", None, None, "Production", "05", "04"),
        ("description", None, None, "Out of use", "09", None),
        ("stage", None, "Production", "Archived", "09", None),
    ]


def test_a_model_made_again_under_its_name_is_two_models(tables):
    """Whether the deletion was seen or not: the time of creation tells."""
    tables.given(
        MODELS,
        state(2, tags={"owner": "ann"}),
        state(2, tags={"owner": "ann"}, valid_from="2026-02-03", deleted_at="2026-02-04"),
        state(6, created_at="2026-02-05"),
        state(9, tags={"owner": "eve"}, created_at="2026-02-08"),
    )
    tables.make("registry_history")
    assert [row[:1] + row[4:] for row in tables.rows(TRAIL) if row[0] in ("created", "deleted")] == [
        ("created", "02", "01"),
        ("deleted", "04", None),
        ("created", "06", "05"),
        ("created", "09", "08"),
    ]


def test_roles_come_from_aliases_tags_and_stages_in_that_order(tables):
    """And each stay of champion and challenger is known, whatever gave it."""
    tables.given(
        VERSIONS,
        version_state(2, 1, registry_stage="Production"),
        version_state(2, 2),
        version_state(4, 2, tags={"hub.role": "Champion"}),
        version_state(3, 3, registry_stage="Staging", updated=3),
        version_state(9, 1, registry_stage="Archived", updated=8),
    )
    tables.given(MODELS, state(2), state(6, aliases={"production": "3"}), state(7))
    tables.make("int_model_roles__spanned")
    assert tables.rows(
        "select role, version, evidence, day(seen_at), day(to_at), is_current, is_since_first_sync "
        "from intermediate.int_model_roles__spanned order by role, seen_at"
    ) == [
        ("challenger", "3", "stage staging", 3, None, True, False),
        ("champion", "1", "stage production", 2, 4, False, True),
        ("champion", "2", "tag champion", 4, 6, False, False),
        ("champion", "3", "alias production", 6, 7, False, False),
        ("champion", "2", "tag champion", 7, None, True, False),
    ]


STATES = st.lists(
    st.dictionaries(st.sampled_from(["champion", "x y", "z"]), st.sampled_from("123"), max_size=3),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STATES)
def test_the_trail_replayed_is_what_stands_now(tables, states):
    """Whatever landed: setting and removing what the trail tells, in its order, leads to the last state, and nothing is told twice."""
    tables.given(MODELS, *(state(day, aliases=aliases) for day, aliases in enumerate(states, start=2)))
    tables.make("registry_history", "model_alias_history")
    held: dict[str, str] = {}
    for name, old, new in tables.rows(
        "select name, old_value, new_value from marts.registry_history where what = 'alias' order by seen_at"
    ):
        assert held.get(name) == old != new
        held = {**held, name: new} if new else {one: value for one, value in held.items() if one != name}
    assert held == states[-1]
    assert dict(tables.rows("select alias, version from marts.model_alias_history where is_current")) == states[-1]


def place(run: str, day: int, stage: str = "active", **changed) -> dict:
    """A run as it landed on a day."""
    return {
        "mlflow_run_id": run,
        "instance": "a",
        "lifecycle_stage": stage,
        "valid_from": f"2026-02-{day:02}",
    } | changed


def test_of_runs_the_trail_tells_what_mlflow_forgets(tables):
    """Deleted, restored and purged, since the census that did not show it; never that a run is simply there."""
    tables.given(MODELS)
    tables.given(
        "staging.stg_mlflow__superseded_runs",
        place("back", 2),
        place("back", 5, "deleted"),
        place("gone", 2),
        place("seen again", 2),
        place("seen again", 2, valid_from="2026-02-04", deleted_at="2026-02-04"),
    )
    tables.given(
        "staging.stg_mlflow__runs",
        place("there", 2),
        place("first seen in the bin", 2, "deleted"),
        place("back", 7),
        place("gone", 9, deleted_at="2026-02-09"),
        place("seen again", 6),
    )
    tables.given("staging.stg_hub__sync_attempts", *(
        {"source": "mlflow", "instance": "a", "stream": "runs", "attempted_at": f"2026-02-{day:02}", "is_success": True, "is_census": day % 3 == 0}
        for day in range(1, 29)
    ))  # fmt: skip
    tables.make("registry_history")
    assert tables.rows(
        "select subject_id, what, day(seen_at), day(not_before_at), is_first_look from marts.registry_history"
        " where subject_kind = 'run' order by seen_at, subject_id"
    ) == [
        ("first seen in the bin", "deleted", 2, None, True),
        ("seen again", "purged", 4, 3, False),
        ("back", "deleted", 5, 3, False),
        ("seen again", "restored", 6, 4, False),
        ("back", "restored", 7, 6, False),
        ("gone", "purged", 9, 6, False),
    ]
