"""One asset per report: rendered from the published warehouse, shown in the Dagster UI and written as one HTML file."""

import dagster as dg

import reports
from pipelines.settings import Settings


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
        rendered = reports.render(name, settings.warehouse)
        file = reports.write(rendered, settings.reports_dir)
        return dg.MaterializeResult(
            metadata={
                "report": dg.MetadataValue.md(rendered.markdown),
                "file": dg.MetadataValue.path(str(file)),
                **{label: dg.MetadataValue.float(float(value)) for label, value in rendered.numbers.items()},
            }
        )

    return report
