"""hub.toml as one typed tree, and the only place that reads the environment.

Secrets are named in the file ("env:JIRA_TOKEN") and resolved when a client opens, never earlier and never printed.
What a source needs to be read is turned into its connector's own settings by pipelines/sources.py.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pipelines import setting_faults, setting_rules

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT_CONFIG = CHECKOUT / "hub.toml"
SOURCES = ("jira", "github", "mlflow", "sheets")


class SettingsError(Exception):
    """All that is wrong with the settings, one fault a line: file, key, what is wrong, what to do."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Secret:
    """The name of a secret, not its value."""

    variable: str

    @property
    def is_set(self) -> bool:
        """Whether the environment holds a value."""
        return bool(os.environ.get(self.variable))

    def resolve(self) -> str:
        """The value now; raises SettingsError if the environment does not hold it."""
        value = os.environ.get(self.variable, "").strip()
        if not value:
            raise SettingsError([f"environment: {self.variable} is not set; export it before the source is read"])
        return value

    def token(self) -> str:
        """The value as a token, which is sent in a header; raises SettingsError also if it holds what no token does."""
        value = self.resolve()
        if not all("!" <= letter <= "~" for letter in value):
            fault = "holds a character that no token has, such as a line break, a blank or an accented letter"
            raise SettingsError([f"environment: {self.variable} {fault}; export the token alone, as its page shows it"])
        return value


def _secret(text: str) -> Secret:
    if not text.startswith("env:") or not text.removeprefix("env:").isidentifier():
        raise ValueError('a secret is named, never written here: use "env:NAME" and export NAME')
    return Secret(text.removeprefix("env:"))


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), 1)
        raise ValueError("not a time zone of the IANA database" + (f"; did you mean {near[0]!r}?" if near else ""))
    return name


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/@]+(/[^@]*)?$"), AfterValidator(setting_rules.base)]
Text = Annotated[str, StringConstraints(min_length=1)]
SecretName = Annotated[Any, AfterValidator(lambda text: _secret(str(text)))]
TabKind = Literal[
    "budget",
    "baselines",
    "rates",
    "roadmap",
    "risks",
    "allocations",
    "objectives",
    "decisions",
    "models",
    "waivers",
    "overrides",
    "increments",
    "people",
]


FieldRole = Literal["story_points", "sprint", "epic_link", "team", "flagged"]


class Jira(_Tree):
    """A Jira site, Cloud (with an e-mail) or Data Center (without). `fields` names custom fields that discovery gets wrong."""

    name: Name
    url: Annotated[Url, AfterValidator(setting_rules.jira_site)]
    token: SecretName
    projects: Annotated[list[Text], Field(min_length=1)]
    email: str | None = None
    jql: str | None = None
    verify: str | None = None
    fields: dict[FieldRole, Annotated[str, StringConstraints(pattern=r"^customfield_\d+$")]] = {}


class GitHub(_Tree):
    """github.com or an Enterprise server, read with a token or as an App.

    `repositories` takes names ("acme/core"), patterns ("acme/ml-*") and exceptions to patterns and organisations
    ("!acme/ml-old"). An App for which nothing is listed reads every repository that it is installed on.
    """

    name: Name
    url: Annotated[Url, AfterValidator(setting_rules.github_api)] = "https://api.github.com"
    token: SecretName = None
    app_id: int | None = None
    installation_id: int | None = None
    private_key: SecretName = None
    repositories: list[Annotated[str, StringConstraints(pattern=r"^[^/\s]+/[^/\s]+$")]] = []
    organizations: list[str] = []
    verify: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> GitHub:
        app = (self.app_id, self.installation_id, self.private_key)
        if self.token is None and None in app:
            raise ValueError("needs token, or app_id with installation_id and private_key")
        if self.token is not None and any(part is not None for part in app):
            raise ValueError("has a token and an App's keys; keep one of them")
        named = [name for name in self.repositories if not name.startswith("!")]
        if not named and not self.organizations and self.app_id is None:
            raise ValueError("names nothing to read; list repositories or organizations")
        return self


class Mlflow(_Tree):
    """An MLflow tracking server with its registry."""

    name: Name
    tracking_uri: Url
    username: str | None = None
    password: SecretName = None
    token: SecretName = None
    experiments: list[str] = ["*"]
    models: list[str] = ["*"]
    metric_history: list[str] = []  # metrics of which every value is read, not only each run's last

    @model_validator(mode="after")
    def _signs_in_one_way(self) -> Mlflow:
        if (self.username is None) != (self.password is None):
            raise ValueError("has one of username and password; give both, or the server is asked without either")
        if self.token is not None and self.username is not None:
            raise ValueError("has username and password and a token, which would not be used; keep one of them")
        return self


class Sheets(_Tree):
    """A Google spreadsheet that holds budget, roadmap, risks and people. Its fiscal year is the program's unless it says so."""

    name: Name
    spreadsheet: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]
    tabs: dict[TabKind, Text]
    credentials: SecretName = None
    url: Url | None = None
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)] | None = None

    @model_validator(mode="after")
    def _has_budget(self) -> Sheets:
        if "budget" not in self.tabs:
            raise ValueError('tabs needs at least budget = "the tab\'s title"')
        return self


class Incidents(_Tree):
    """What counts as an incident. Of a kind that is left out the rows of the seed incident_rules count."""

    issue_types: list[str] | None = None
    labels: list[str] | None = None
    github_labels: list[str] | None = None
    reverts: bool | None = None

    @property
    def rules(self) -> dict[str, list[str]]:
        """The values that count, by the seed's names of the kinds that are told here; a revert needs no value."""
        named = {"issue_type": self.issue_types, "label": self.labels, "github_label": self.github_labels}
        rules = {kind: values for kind, values in named.items() if values is not None}
        return rules if self.reverts is None else rules | {"revert": [""] if self.reverts else []}


class Alerts(_Tree):
    """Where it is told that a colour turned, a source went stale or a run failed, and where its links lead."""

    webhook: SecretName
    dagster_url: Url = "http://127.0.0.1:3000"


class Privacy(_Tree):
    """Whether people are published under pseudonyms, and how long superseded versions are kept."""

    pseudonymise: bool = False
    retention_days: Annotated[int, Field(ge=1)] = 730


class Settings(_Tree):
    """The whole file. Paths are absolute after loading."""

    data_dir: Text = ".hub"
    landing: Annotated[str, AfterValidator(setting_rules.landing_zone)] | None = None
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)] = 1
    publish: Annotated[list[Literal["marts", "staging", "raw"]], AfterValidator(setting_rules.published)] = ["marts"]
    deployment_source: Literal["auto", "deployments", "releases", "merges"] = "auto"
    percent_complete_from: Literal["points", "counts", "spend"] = "points"
    compute_cost_per_hour: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    obligations: dict[str, date] = {}
    incidents: Incidents = Incidents()
    jira: list[Jira] = []
    github: list[GitHub] = []
    mlflow: list[Mlflow] = []
    sheets: list[Sheets] = []
    alerts: Alerts | None = None
    privacy: Privacy = Privacy()

    @property
    def landing_uri(self) -> str:
        """Where the landing zone is: a folder or an object store's URL."""
        return self.landing or str(Path(self.data_dir) / "landing")

    @property
    def warehouse(self) -> Path:
        """The published file."""
        return Path(self.data_dir) / "warehouse.duckdb"

    @property
    def build_file(self) -> Path:
        """The file a build works in; readers never open it."""
        return Path(self.data_dir) / "build.duckdb"

    @property
    def reports_dir(self) -> Path:
        """The folder of the HTML reports."""
        return Path(self.data_dir) / "reports"

    @property
    def variables(self) -> dict[str, str | float | None]:
        """What the SQL models are told besides as_of; JSON where it is more than one value."""
        return {
            "timezone": self.timezone,
            "currency": self.currency,
            "fiscal_year_start_month": self.fiscal_year_start_month,
            "deployment_source": self.deployment_source,
            "percent_complete_from": self.percent_complete_from,
            "compute_cost_per_hour": self.compute_cost_per_hour,
            "obligation_dates": json.dumps({name: day.isoformat() for name, day in self.obligations.items()}),
            "incident_rules": json.dumps(self.incidents.rules),
            "links": json.dumps(self.links),
        }

    @property
    def links(self) -> dict[str, str]:
        """Where people open each instance in a browser, by "<source>/<instance>"; of GitHub only its API's address is set."""
        found = {f"jira/{instance.name}": instance.url for instance in self.jira}
        found |= {f"github/{instance.name}": _web_address(instance.url) for instance in self.github}
        found |= {f"mlflow/{instance.name}": instance.tracking_uri for instance in self.mlflow}
        return found

    def instances(self) -> Iterator[tuple[str, Jira | GitHub | Mlflow | Sheets]]:
        """Every source instance with the name of its source."""
        for source in SOURCES:
            for instance in getattr(self, source):
                yield source, instance

    def secrets(self) -> Iterator[tuple[str, str, str, Secret]]:
        """Every secret that is named: source, instance, key, secret."""
        for source, instance in self.instances():
            for key, value in instance:
                if isinstance(value, Secret):
                    yield source, instance.name, key, value

    def missing_secrets(self, wanted: tuple[str, ...]) -> list[str]:
        """A fault for every secret of these sources that the environment does not hold."""
        return [
            f"[[{source}]] {name}: {key} names {secret.variable}, which is not set; export {secret.variable}"
            for source, name, key, secret in self.secrets()
            if source in wanted and not secret.is_set
        ]

    def missing_webhook(self) -> list[str]:
        """The fault of a webhook that the environment does not hold; a sync needs none."""
        if self.alerts is None or self.alerts.webhook.is_set:
            return []
        variable = self.alerts.webhook.variable
        return [f"[alerts] webhook names {variable}, which is not set; export {variable} or nobody is told anything"]

    def unusable_folders(self) -> list[str]:
        """A fault if nothing can be kept in data_dir; the folder itself need not exist yet."""
        folder = Path(self.data_dir)
        # Not path.exists(): that breaks off where this user may not look.
        there = next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))
        if not there.is_dir():
            return [f"data_dir: {there} is no folder; name another one, or move that file away"]
        if not os.access(there, os.W_OK | os.X_OK):
            return [f"data_dir: {there} cannot be written; let this user write there, or name another folder"]
        return []


def _web_address(api: str) -> str:
    """api.github.com is github.com, api.<tenant>.ghe.com its tenant; a server of one's own has its API under /api/v3."""
    scheme, _, rest = api.partition("://")
    host, _, path = rest.partition("/")
    return f"{scheme}://{host.removeprefix('api.')}" + (
        "" if path in ("", "api/v3", "api") else f"/{path.removesuffix('/api/v3')}"
    )


def config_path() -> Path:
    """The settings file: HUB_CONFIG, else hub.toml of this checkout."""
    return Path(os.environ.get("HUB_CONFIG") or DEFAULT_CONFIG).expanduser().resolve()


def state_dir() -> Path:
    """Where Dagster keeps runs and events: HUB_STATE, else .dagster of this checkout."""
    return Path(os.environ.get("HUB_STATE") or CHECKOUT / ".dagster").resolve()


def log_level() -> str:
    """HUB_LOG, for example debug; else warning."""
    return (os.environ.get("HUB_LOG") or "warning").upper()


def export(**variables: str) -> None:
    """Sets variables of this process and its children: Dagster and dbt take some settings only that way."""
    os.environ.update(variables)


def load(path: Path | None = None) -> Settings:
    """The settings; raises SettingsError with every fault of the file at once."""
    path = path or config_path()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Windows' editors begin a file with a mark
    except FileNotFoundError:
        raise SettingsError(
            [f"{path}: there is no such file; set HUB_CONFIG or write one as the README shows"]
        ) from None
    except OSError as error:
        raise SettingsError([f"{path}: it cannot be read ({error.strerror}); name a file that can"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: not valid TOML: {error}"]) from None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(
            [f"{path.name}: {setting_faults.said(fault, Settings)}" for fault in error.errors()]
        ) from None
    settings = settings.model_copy(
        update={
            source: [_anchored(instance, path.parent) for instance in getattr(settings, source)]
            for source in ("jira", "github")
        }
    )
    if faults := list(setting_rules.broken(settings)):
        raise SettingsError([f"{path.name}: {fault}" for fault in faults])
    start = {"fiscal_year_start_month": settings.fiscal_year_start_month}
    sheets = [one if one.fiscal_year_start_month else one.model_copy(update=start) for one in settings.sheets]
    landing = settings.landing
    if landing and "://" not in landing:
        landing = _absolute(landing, path.parent)
    return settings.model_copy(
        update={"data_dir": _absolute(settings.data_dir, path.parent), "landing": landing, "sheets": sheets}
    )


def _absolute(named: str, folder: Path) -> str:
    """A path of the file: relative ones are beside hub.toml, ~ is the home folder."""
    try:
        return str((folder / Path(named).expanduser()).resolve())
    except RuntimeError:
        raise SettingsError([f"{named}: nobody knows this home folder; give the whole path instead of ~"]) from None


def _anchored(instance: Any, folder: Path) -> Any:
    """The instance with its certificate file as an absolute path: relative ones are beside hub.toml."""
    return instance.model_copy(update={"verify": _absolute(instance.verify, folder)}) if instance.verify else instance
