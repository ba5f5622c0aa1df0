"""From an instance in hub.toml to an open client of its connector. Secrets are resolved here, at the moment of opening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from connectors import github, jira, mlflow, sheets
from connectors.stream import Finding, Stream
from pipelines.settings import GitHub, Jira, Mlflow, Secret, Settings, Sheets

Instance = Jira | GitHub | Mlflow | Sheets

STREAMS: dict[str, tuple[Stream[Any], ...]] = {
    "jira": jira.STREAMS,
    "github": github.STREAMS,
    "mlflow": mlflow.STREAMS,
    "sheets": sheets.STREAMS,
}


class Client(Protocol):
    """What the pipelines use of any connector's client."""

    calls: int  # requests sent so far, retries included
    calls_left: int | None  # of the vendor's budget; None where it does not tell


def raw_tables() -> list[str]:
    """The name of every table that a source can land."""
    return [f"{source}_{stream.name}" for source, streams in STREAMS.items() for stream in streams]


def instances(settings: Settings, source: str) -> list[Instance]:
    """The configured instances of a source."""
    return [instance for name, instance in settings.instances() if name == source]


@contextmanager
def opened(instance: Instance) -> Iterator[Any]:
    """A client of the instance, closed afterwards."""
    with _connect(instance) as client:
        yield client


def findings(settings: Settings, instance: Instance) -> Iterator[Finding]:
    """What `hub check` says of an instance; of a spreadsheet also which landed version stays in force."""

    def days(kind: str) -> dict[tuple[str, str], date]:
        from warehouse import landing
        from warehouse.landing import last_good

        found = last_good.by_cell(landing.Zone(settings.landing_uri), instance.name, kind)
        return {cell: moment.astimezone(ZoneInfo(settings.timezone)).date() for cell, moment in found.items()}

    checks: dict[type[Instance], Callable[[Any], Iterator[Finding]]] = {
        Jira: jira.check,
        GitHub: github.check,
        Mlflow: mlflow.check,
        Sheets: partial(sheets.check, last_good=days),
    }
    with opened(instance) as client:
        yield from checks[type(instance)](client)


def _connect(instance: Instance) -> Any:
    match instance:
        case Jira():
            return jira.connect(
                jira.JiraSettings(
                    name=instance.name,
                    url=instance.url,
                    token=_token(instance.token) or "",
                    projects=tuple(instance.projects),
                    email=instance.email,
                    jql=instance.jql,
                    verify=instance.verify or True,
                    fields={str(role): field_id for role, field_id in instance.fields.items()},
                )
            )
        case GitHub():
            return github.connect(
                github.GitHubSettings(
                    name=instance.name,
                    url=instance.url,
                    token=_token(instance.token),
                    app_id=instance.app_id,
                    installation_id=instance.installation_id,
                    private_key=_value(instance.private_key),
                    repositories=tuple(instance.repositories),
                    organizations=tuple(instance.organizations),
                    verify=instance.verify or True,
                )
            )
        case Mlflow():
            return mlflow.connect(
                mlflow.MlflowSettings(
                    name=instance.name,
                    tracking_uri=instance.tracking_uri,
                    username=instance.username,
                    password=_value(instance.password),
                    token=_token(instance.token),
                    experiments=tuple(instance.experiments),
                    models=tuple(instance.models),
                    metric_history=tuple(instance.metric_history),
                )
            )
        case Sheets():
            return sheets.connect(
                sheets.SheetsSettings(
                    name=instance.name,
                    spreadsheet=instance.spreadsheet,
                    tabs={str(kind): title for kind, title in instance.tabs.items()},
                    credentials=_value(instance.credentials),
                    url=instance.url,
                    fiscal_start=instance.fiscal_year_start_month or 1,
                )
            )


def _value(secret: Secret | None) -> str | None:
    return secret.resolve() if secret else None


def _token(secret: Secret | None) -> str | None:
    return secret.token() if secret else None
