"""One asset per stream of a source; one op per source, so that a source's streams share a client and a pool."""

import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import dagster as dg

from connectors.stream import Stream
from pipelines import liveness, sources, steps, sync
from pipelines.expected import KIND, SECONDS, of_earlier_runs, told
from pipelines.settings import Settings
from warehouse import landing, publish

KINDS = {"jira": "jira", "github": "github", "mlflow": "mlflow", "sheets": "googlesheets"}

COLUMNS = dg.TableSchema(
    columns=[
        dg.TableColumn("id", "string", "The record's immutable id at the source; _cursor for the control row."),
        dg.TableColumn("payload", "string", "The record as the source returned it, JSON."),
        dg.TableColumn("source_updated_at", "timestamp", "The source's own time stamp, UTC; null where it keeps none."),
        dg.TableColumn("synced_at", "timestamp", "When the hub read this version, UTC."),
        dg.TableColumn("payload_hash", "string", "Hash by which a new version is told from an old one."),
        dg.TableColumn("is_deleted", "boolean", "True for a tombstone: the record was gone at synced_at."),
    ]
)


class SyncConfig(dg.Config):
    """How a sync run reads; the defaults are what the schedule does every hour."""

    full: bool = False  # forget the cursors and read everything
    census: bool = False  # also look for records that were deleted at the source
    confirm_shrink: bool = False  # believe a read that brings fewer than half of the known records


def op_name(source: str) -> str:
    """The op that reads a source, as run configuration names it."""
    return f"read_{source}"


def build(
    settings: Settings, source: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> dg.AssetsDefinition:
    """The assets of all streams of one source."""
    streams = sources.STREAMS[source]

    @dg.multi_asset(
        name=op_name(source),
        specs=[_spec(source, stream) for stream in streams],
        can_subset=True,
        pool=source,
        description=f"Reads {source} into the landing zone. Only versions that differ are stored.",
    )
    def sync_source(context: dg.AssetExecutionContext, config: SyncConfig) -> Iterator[dg.MaterializeResult[None]]:
        liveness.claim(context.run.run_id)
        wanted = [stream for stream in streams if _key(source, stream.name) in context.selected_asset_keys]
        options = sync.Options(**config.model_dump())
        instances, synced_at = sources.instances(settings, source), clock()
        kind = _kind(config)
        expected = {
            stream.name: of_earlier_runs(context.instance, _key(source, stream.name), kind) for stream in wanted
        }
        context.log.info("expected time of this run: %s", _in_words(expected))
        try:
            with steps.landing_zone(settings) as zone, ThreadPoolExecutor(max(1, len(instances))) as threads:
                reads = [
                    threads.submit(
                        sync.sync_instance,
                        source,
                        instance,
                        wanted,
                        zone,
                        synced_at=synced_at,
                        options=options,
                        progress=told(context.log.info),
                    )
                    for instance in instances
                ]
                results = [result for read in reads for result in read.result()]
        except publish.Busy as busy:
            raise dg.Failure(str(busy)) from busy
        for stream in wanted:
            read = [result for result in results if result.stream == stream.name]
            if all(result.error is None for result in read):
                yield _materialized(source, stream.name, read, zone, kind=kind, expected=expected[stream.name])
        failed = [result.error for result in results if result.error]
        for error in failed:
            context.log.error(error)
        if failed:
            raise dg.Failure(
                f"{len(failed)} of {len(results)} reads failed; the rest has landed.\n\n" + "\n\n".join(failed)
            )

    return sync_source


def _kind(config: SyncConfig) -> str:
    """What a run reads, in words: only runs of one kind take alike."""
    what = "everything" if config.full else "what changed"
    return f"{what}, and what is gone" if config.census else what


def _in_words(expected: dict[str, float | None]) -> str:
    """The time of all streams together, which are read one after another; unknown if that of one is."""
    seconds = [each for each in expected.values() if each is not None]
    if len(seconds) < len(expected):
        return f"unknown, as {len(expected) - len(seconds)} of {len(expected)} streams were never read so"
    return f"{sum(seconds):,.0f} s"


def _key(source: str, stream: str) -> dg.AssetKey:
    return dg.AssetKey(["landing", f"{source}_{stream}"])


def _spec(source: str, stream: Stream[object]) -> dg.AssetSpec:
    about = inspect.getdoc(stream.read) or ""
    return dg.AssetSpec(
        _key(source, stream.name),
        description=f"{about}\n\nDeletions: {stream.deletions.value}.\n\nCalls when nothing changed: {stream.calls}.",
        group_name=source,
        kinds={KINDS[source], "deltalake"},
        owners=["team:data-platform"],
        metadata={"dagster/column_schema": COLUMNS},
        skippable=True,
    )


def _materialized(
    source: str,
    stream: str,
    results: list[sync.Result],
    zone: landing.Zone,
    *,
    kind: str,
    expected: float | None,
) -> dg.MaterializeResult[None]:
    """What the asset's page shows of one read, all instances together; the expected time is null where no run was before."""
    metadata: dict[str, dg.MetadataValue | int | float | str] = {
        "dagster/row_count": sum(zone.open(result.instance, result.table).count for result in results),
        "records read": sum(result.record_count for result in results),
        "versions landed": sum(result.landed_count for result in results),
        "deletions found": sum(result.deleted_count for result in results),
        "calls": sum(result.calls for result in results),
        KIND: kind,
        SECONDS: max((result.seconds for result in results), default=0.0),  # instances are read side by side
        "expected seconds": dg.MetadataValue.null() if expected is None else expected,
    }
    left = [result.calls_left for result in results if result.calls_left is not None]
    if left:
        metadata["calls left"] = min(left)
    return dg.MaterializeResult(asset_key=_key(source, stream), metadata=metadata)
