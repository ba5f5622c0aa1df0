"""The real server as partner: what people do to models and runs through MLflow's client is what lands, step by step."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from click.testing import CliRunner

from connectors.mlflow import STREAMS, MlflowSettings, connect
from pipelines import sources
from pipelines.sync import Options, sync
from tests.sql_models import Compiled
from warehouse import build, landing, raw

MONDAY = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


class Partner:
    """A client that acts and a landing zone that watches: one sync an hour, each with all streams of the server."""

    def __init__(self, url: str, folder, name: str) -> None:
        from mlflow import MlflowClient

        self.actor = MlflowClient(url)
        self.zone = landing.Zone(folder / "landing")
        self.settings = MlflowSettings("lab", url, experiments=(name,), models=(f"{name}*",))
        self.syncs = 0

    def sync(self, *, census: bool = False) -> dict[str, tuple[int, int]]:
        """Versions landed and records marked as deleted, of the streams where something happened."""
        at = MONDAY + timedelta(hours=self.syncs)
        self.syncs += 1
        with connect(self.settings) as client:
            results = list(
                sync("mlflow", "lab", client, STREAMS, self.zone, synced_at=at, options=Options(census=census))
            )
        assert [result.error for result in results if result.error] == []
        return {r.stream: (r.landed_count, r.deleted_count) for r in results if r.landed_count or r.deleted_count}

    def landed(self, table: str, columns: str) -> list[tuple]:
        """Every landed version as the SQL models see it: the hour it was seen, columns, the hour it was gone."""
        with duckdb.connect() as connection:
            raw.load(connection, self.zone, MONDAY + timedelta(days=9), tables=[table], history=frozenset({table}))
            hour = f"date_diff('hour', timestamp '{MONDAY:%Y-%m-%d %H:%M}', {{}})"
            query = f"""
                select {hour.format("valid_from")}, {columns}, {hour.format("deleted_at")}
                from raw.{table} order by id, valid_from
            """
            return connection.execute(query).fetchall()


@pytest.fixture
def partner(server, tmp_path):
    return Partner(server.url, tmp_path, "partner")


def test_the_landed_versions_are_what_was_done_to_a_model(partner):
    """Created, promoted, re-aliased, described, a version deleted, the model deleted and made again under its name."""
    actor = partner.actor
    info = actor.create_run(actor.create_experiment("partner")).info
    run, source = info.run_id, f"{info.artifact_uri}/model"
    actor.set_terminated(run)
    actor.create_registered_model("partner-model", tags={"hub.owner": "ada"})
    actor.create_model_version("partner-model", source, run_id=run)
    assert partner.sync() == {
        "experiments": (1, 0),
        "runs": (1, 0),
        "registered_models": (1, 0),
        "model_versions": (1, 0),
    }
    actor.set_registered_model_alias("partner-model", "champion", "1")
    assert partner.sync() == {"registered_models": (1, 0)}
    assert partner.sync() == {}
    actor.create_model_version("partner-model", source, run_id=run)
    actor.set_registered_model_alias("partner-model", "champion", "2")
    actor.set_registered_model_alias("partner-model", "rollback", "1")
    assert partner.sync() == {"registered_models": (1, 0), "model_versions": (1, 0)}
    actor.set_model_version_tag("partner-model", "2", "hub.privacy_review", "passed")
    assert partner.sync()["model_versions"] == (1, 0)
    actor.delete_model_version("partner-model", "1")  # the server drops the alias that pointed to it
    assert partner.sync() == {"registered_models": (1, 0), "model_versions": (0, 1)}
    actor.delete_registered_model("partner-model")
    assert partner.sync() == {"registered_models": (0, 1), "model_versions": (0, 1)}
    actor.create_registered_model("partner-model", description="once more")
    assert partner.sync() == {"registered_models": (1, 0)}

    aliases = """
        list_sort(list_transform(coalesce(from_json(payload -> '$.aliases', '[{"alias": "VARCHAR", "version": "VARCHAR"}]'), []),
        lambda pair: pair.alias || ' ' || pair.version)), payload ->> '$.description'
    """
    assert partner.landed("mlflow_registered_models", aliases) == [
        (0, [], None, None),
        (1, ["champion 1"], None, None),
        (3, ["champion 2", "rollback 1"], None, None),
        (4, ["champion 2", "rollback 1"], None, None),  # a model's record shows its latest version, tags included
        (5, ["champion 2"], None, None),
        (6, ["champion 2"], None, 6),
        (7, [], "once more", None),
    ]
    assert partner.landed("mlflow_model_versions", "payload ->> '$.version', payload ->> '$.tags[0].value'") == [
        (0, "1", None, None),
        (5, "1", None, 5),
        (3, "2", None, None),
        (4, "2", "passed", None),
        (6, "2", "passed", 6),
    ]


@pytest.fixture
def gc(server, monkeypatch) -> Callable[..., None]:
    """The command `mlflow gc` on the server's store: removes for good what was deleted. What MLflow warns of itself is not ours."""
    with warnings.catch_warnings(action="ignore"):
        from mlflow.cli import cli
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.url)

    def run(**ids: list[str]) -> None:
        named = [word for option, those in ids.items() for word in (f"--{option}-ids", ",".join(those))]
        with warnings.catch_warnings(action="ignore"):
            done = CliRunner().invoke(cli, ["gc", "--backend-store-uri", f"sqlite:///{server.database}", *named])
        assert done.exit_code == 0, done.output

    return run


def test_runs_deleted_restored_and_deleted_for_good(partner, server, gc):
    """Deleting and restoring move no time stamp: the nightly sweep sees them; what gc removes is gone, the rest stays."""
    partner.settings = MlflowSettings("lab", server.url, experiments=("partner runs",), models=())
    actor = partner.actor
    experiment = actor.create_experiment("partner runs")
    kept, gone = (actor.create_run(experiment, start_time=1_600_000_000_000).info.run_id for _ in range(2))
    for run in (kept, gone):
        actor.set_terminated(run, end_time=1_600_000_001_000)
    assert partner.sync()["runs"] == (2, 0)
    actor.delete_run(kept)
    actor.delete_run(gone)
    assert "runs" not in partner.sync()
    assert partner.sync(census=True)["runs"] == (2, 0)
    actor.restore_run(kept)
    gc(run=[gone])
    assert partner.sync(census=True)["runs"] == (1, 1)
    versions = partner.landed("mlflow_runs", "id, payload ->> '$.info.lifecycle_stage'")
    assert sorted(versions, key=lambda row: (row[1] == gone, row[0])) == [
        (0, kept, "active", None),
        (2, kept, "deleted", None),
        (3, kept, "active", None),
        (0, gone, "active", None),
        (2, gone, "deleted", None),
        (3, gone, "deleted", 3),
    ]


def trail(partner: Partner, compiled: Compiled, folder, query: str) -> list[tuple]:
    """What a query finds in the hub's audit trail; `hour(moment)` counts from the first sync."""
    file = folder / "hub.duckdb"
    build.load_raw(partner.zone, file, as_of=MONDAY + timedelta(days=9), tables=sources.raw_tables(), variables={})
    compiled.build(file, ["registry_history"])
    with duckdb.connect(str(file)) as connection:
        since = f"date_diff('hour', timestamp '{MONDAY:%Y-%m-%d %H:%M}', moment)"
        connection.execute(f"create temp macro hour(moment) as {since}")
        return connection.execute(query).fetchall()


REGISTRY = """
    select
        hour(seen_at) as seen,
        concat_ws(' ', 'v' || version, what, name) as change,
        old_value,
        new_value,
        happened_at is not null as is_told_when
    from marts.registry_history
    where what <> 'status' and model_id is not null
    order by seen, subject_kind, version, what = 'created' desc, change
"""
RUNS = """
    select hour(seen_at) as seen, split_part(subject_id, ':', 2) as run, what, hour(not_before_at), is_first_look
    from marts.registry_history
    where subject_kind = 'run'
    order by seen, what, run
"""


@pytest.mark.filterwarnings("ignore:.*transition_model_version_stage:FutureWarning")
def test_the_audit_trail_is_what_was_done_through_the_client(server, tmp_path, compiled):
    """Created, promoted, staged, re-aliased, tagged, described, deleted, made again: each once, with both values."""
    partner = Partner(server.url, tmp_path, "audited")
    actor, name = partner.actor, "audited-model"
    info = actor.create_run(actor.create_experiment("audited")).info
    source = f"{info.artifact_uri}/model"
    actor.create_registered_model(name, tags={"hub.owner": "ada"})
    actor.create_model_version(name, source, run_id=info.run_id)
    partner.sync()
    actor.set_registered_model_alias(name, "champion", "1")
    actor.transition_model_version_stage(name, "1", "Production")
    partner.sync()
    actor.create_model_version(name, source, run_id=info.run_id, description="with more data")
    actor.set_registered_model_alias(name, "champion", "2")
    actor.set_registered_model_alias(name, "rollback", "1")
    actor.set_model_version_tag(name, "2", "hub.privacy_review", "passed")
    partner.sync()
    actor.update_registered_model(name, description="Who leaves")
    actor.set_registered_model_tag(name, "hub.owner", "kim")
    actor.delete_registered_model_alias(name, "rollback")
    actor.delete_model_version_tag(name, "2", "hub.privacy_review")
    partner.sync()
    actor.delete_model_version(name, "1")
    partner.sync()
    actor.delete_registered_model(name)
    partner.sync()
    actor.create_registered_model(name)
    partner.sync()
    assert trail(partner, compiled, tmp_path, REGISTRY) == [
        (0, "created", None, None, True),
        (0, "tag hub.owner", None, "ada", False),
        (0, "v1 created", None, None, True),
        (1, "alias champion", None, "1", False),
        (1, "v1 stage", None, "Production", True),
        (2, "alias champion", "1", "2", False),
        (2, "alias rollback", None, "1", False),
        (2, "v2 created", None, None, True),
        (2, "v2 description", None, "with more data", False),
        (2, "v2 tag hub.privacy_review", None, "passed", False),
        (3, "alias rollback", "1", None, False),
        (3, "description", None, "Who leaves", True),
        (3, "tag hub.owner", "ada", "kim", False),
        (3, "v2 tag hub.privacy_review", "passed", None, False),
        (4, "v1 deleted", None, None, False),
        (5, "deleted", None, None, False),
        (5, "v2 deleted", None, None, False),
        (6, "created", None, None, True),
    ]


def test_the_audit_trail_tells_of_runs_what_was_done_to_them(server, tmp_path, compiled, gc):
    """Deleted, restored, deleted again and purged: each once, between the census that did not show it and the one that did."""
    partner = Partner(server.url, tmp_path, "bin")
    actor = partner.actor
    experiment = actor.create_experiment("bin")
    binned, kept, lost, fresh = (
        actor.create_run(experiment, start_time=1_600_000_000_000).info.run_id for _ in range(4)
    )
    for run in (binned, kept, lost, fresh):
        actor.set_terminated(run, end_time=1_600_000_001_000)
    actor.delete_run(binned)
    partner.sync(census=True)
    actor.delete_run(kept)
    partner.sync()  # hourly: asks for recent runs only
    partner.sync(census=True)
    actor.restore_run(kept)
    actor.delete_run(lost)
    partner.sync(census=True)
    actor.delete_run(fresh)
    gc(run=[lost, fresh])
    partner.sync(census=True)
    actor.restore_run(binned)
    partner.sync()
    partner.sync(census=True)
    assert trail(partner, compiled, tmp_path, RUNS) == [
        (0, binned, "deleted", None, True),
        (2, kept, "deleted", 0, False),
        (3, lost, "deleted", 2, False),
        (3, kept, "restored", 2, False),
        *sorted([(4, lost, "purged", 3, False), (4, fresh, "purged", 3, False)]),
        (6, binned, "restored", 4, False),
    ]
