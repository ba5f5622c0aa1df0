"""One asset per report: rendered from the published warehouse, shown in the Dagster UI and written as one HTML file."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

import reports
from pipelines.settings import Settings

FRONT_PAGE = dg.AssetKey(["reports", "index"])
WEEKLY_PACK = dg.AssetKey(["reports", "weekly_steering_pack"])


def build(settings: Settings, name: str) -> dg.AssetsDefinition:
    """The asset of one report; its page shows the report itself and plots its numbers over time."""

    @dg.asset(
        key=["reports", name],
        deps=["published_warehouse"],
        group_name="reports",
        kinds={"markdown", "html"},
        owners=["team:program-management"],
        description=reports.describe(name),
    )
    def report() -> dg.MaterializeResult[None]:
        rendered = reports.render(name, settings.warehouse, links=settings.links)
        file = reports.write(rendered, settings.reports_dir)
        return dg.MaterializeResult(
            metadata={
                "report": dg.MetadataValue.md(rendered.markdown),
                "file": dg.MetadataValue.path(str(file)),
                **_presented(settings, name),
                **{name.replace("_", " "): dg.MetadataValue.float(value) for name, value in rendered.numbers.items()},
            }
        )

    return report


def _presented(settings: Settings, name: str) -> dict[str, dg.MetadataValue[Any]]:
    """The slides of a report that has some."""
    if name not in reports.PRESENTED:
        return {}
    file = reports.export(name, settings.warehouse, settings.reports_dir, kind="pptx", links=settings.links)
    return {"slides": dg.MetadataValue.path(str(file))}


def front_page(settings: Settings) -> dg.AssetsDefinition:
    """The page that people bookmark."""

    @dg.asset(
        key=FRONT_PAGE,
        deps=[["reports", name] for name in reports.REPORTS],
        group_name="reports",
        kinds={"html"},
        owners=["team:program-management"],
        description="The front page: how old the sources are, and each report with its one sentence and its link.",
    )
    def index() -> dg.MaterializeResult[None]:
        file = reports.index(settings.warehouse, settings.reports_dir, links=settings.links)
        return dg.MaterializeResult(metadata={"file": dg.MetadataValue.path(str(file))})

    return index


def weekly_pack(settings: Settings, clock: Callable[[], datetime]) -> dg.AssetsDefinition:
    """The steering pack as it stood on a day, page and slides, in a folder of that day which no later run touches."""

    @dg.asset(
        key=WEEKLY_PACK,
        deps=[["reports", "steering_pack"]],
        group_name="reports",
        kinds={"html"},
        owners=["team:program-management"],
        description="The steering pack as the committee saw it, kept for every week: the others are written anew each hour.",
    )
    def weekly_steering_pack() -> dg.MaterializeResult[None]:
        day = clock().astimezone(ZoneInfo(settings.timezone)).date()
        folder = settings.reports_dir / "packs" / day.isoformat()
        page, slides = reports.export_all(
            ["steering_pack"], settings.warehouse, folder, links=settings.links, beside=()
        )
        return dg.MaterializeResult(
            metadata={"page": dg.MetadataValue.path(page), "slides": dg.MetadataValue.path(slides)}
        )

    return weekly_steering_pack
