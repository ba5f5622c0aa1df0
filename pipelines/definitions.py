"""What Dagster loads: assets, checks, jobs, schedules and sensors for the program that hub.toml names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import dagster as dg

import reports
from pipelines import jobs, report_assets, settings, sources, sql_models, stream_assets


def now() -> datetime:
    """The present, UTC."""
    return datetime.now(UTC)


def build_defs(program: settings.Settings, clock: Callable[[], datetime] = now) -> dg.Definitions:
    """The definitions for given settings; tests hand in their own, and the moment they play at."""
    definitions, schedules, sensors = jobs.build(program)
    return dg.Definitions(
        assets=[
            *(stream_assets.build(program, source, clock) for source in sources.STREAMS),
            *sql_models.assets(program, clock),
            *(report_assets.build(program, name) for name in reports.REPORTS),
            report_assets.front_page(program),
            report_assets.weekly_pack(program, clock),
        ],
        jobs=definitions,
        schedules=schedules,
        sensors=sensors,
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions for HUB_CONFIG, or this checkout's hub.toml."""
    return build_defs(settings.load())
