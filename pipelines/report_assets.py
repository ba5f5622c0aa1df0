"""One asset per report: rendered from the published warehouse, shown in the Dagster UI and written as one HTML file."""

from typing import Any

import dagster as dg

import reports
from pipelines.settings import Settings


def links(settings: Settings) -> dict[str, str]:
    """Where people open each instance in a browser, by "<source>/<instance>"; of GitHub only its API's address is set."""
    found = {f"jira/{instance.name}": instance.url for instance in settings.jira}
    found |= {f"github/{instance.name}": _web_address(instance.url) for instance in settings.github}
    found |= {f"mlflow/{instance.name}": instance.tracking_uri for instance in settings.mlflow}
    return found


def _web_address(api: str) -> str:
    """api.github.com is github.com, api.<tenant>.ghe.com its tenant; a server of one's own has its API under /api/v3."""
    scheme, _, rest = api.partition("://")
    host, _, path = rest.partition("/")
    return f"{scheme}://{host.removeprefix('api.')}" + (
        "" if path in ("", "api/v3", "api") else f"/{path.removesuffix('/api/v3')}"
    )


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
        rendered = reports.render(name, settings.warehouse, links=links(settings))
        file = reports.write(rendered, settings.reports_dir)
        return dg.MaterializeResult(
            metadata={
                "report": dg.MetadataValue.md(rendered.markdown),
                "file": dg.MetadataValue.path(str(file)),
                **_presented(settings, name),
                **{label: dg.MetadataValue.float(float(value)) for label, value in rendered.numbers.items()},
            }
        )

    return report


def _presented(settings: Settings, name: str) -> dict[str, dg.MetadataValue[Any]]:
    """The slides of a report that has some."""
    if name not in reports.PRESENTED:
        return {}
    file = reports.export(name, settings.warehouse, settings.reports_dir, kind="pptx", links=links(settings))
    return {"slides": dg.MetadataValue.path(str(file))}
