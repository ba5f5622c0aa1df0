"""The steering pack is kept once a week, before the committee meets, and is not touched afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._utils.schedules import cron_string_iterator

from pipelines import jobs, report_assets
from pipelines.settings import Settings
from tests.reports.believable_plan import program as believable
from tests.reports.published import ABOUT, write

SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
"""Monday already in Berlin."""


def test_a_schedule_keeps_the_pack_on_mondays_in_the_programs_time() -> None:
    """Next on Monday at six, Berlin time."""
    _, schedules, _ = jobs.build(Settings(timezone="Europe/Berlin"))
    [weekly] = [schedule for schedule in schedules if schedule.name == "weekly_steering_pack"]
    assert weekly.job_name == jobs.KEEP_PACK
    following = next(cron_string_iterator(SUNDAY_NIGHT.timestamp(), weekly.cron_schedule, weekly.execution_timezone))
    assert following == datetime(2026, 11, 23, 6, tzinfo=ZoneInfo("Europe/Berlin"))


def test_the_pack_of_a_week_stays_beside_those_of_other_weeks(tmp_path: Path) -> None:
    """Page and slides in a folder of the local day; a week later there are two."""
    settings = Settings(data_dir=str(tmp_path), timezone="Europe/Berlin")
    write(settings.warehouse, believable(), ABOUT)
    for week, day in enumerate(("2026-11-23", "2026-11-30")):
        moment = SUNDAY_NIGHT.replace(day=SUNDAY_NIGHT.day + 7 * week)
        kept = dg.materialize([report_assets.weekly_pack(settings, lambda: moment)])  # noqa: B023  # called at once
        assert kept.success
        folder = settings.reports_dir / "packs" / day
        assert {file.name for file in folder.iterdir()} == {"steering_pack.html", "steering_pack.pptx"}
    assert len(list((settings.reports_dir / "packs").iterdir())) == 2
    assert 'href="delivery.html"' not in (folder / "steering_pack.html").read_text()
