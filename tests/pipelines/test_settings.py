"""hub.toml is one typed tree: everything wrong with it is told at once, and no secret is ever printed."""

from pathlib import Path

import pytest

from pipelines import settings
from pipelines.settings import Secret, SettingsError
from warehouse import build
from warehouse.landing import Zone

GOOD = """
timezone = "Europe/Berlin"
[[jira]]
name = "acme"
url = "https://acme.atlassian.net/"
email = "hub@acme.example"
token = "env:HUB_TEST_JIRA"
projects = ["CORE"]
[[github]]
name = "acme"
token = "env:HUB_TEST_GITHUB"
repositories = ["acme/core"]
[[mlflow]]
name = "acme"
tracking_uri = "http://127.0.0.1:5000"
[[sheets]]
name = "acme"
spreadsheet = "1abc"
[sheets.tabs]
budget = "Budget FY27"
"""


def load(folder: Path, text: str) -> settings.Settings:
    file = folder / "hub.toml"
    file.write_text(text)
    return settings.load(file)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, text)
    return caught.value.faults


def test_a_good_file_becomes_typed_settings_with_absolute_paths(tmp_path):
    program = load(tmp_path, GOOD)
    assert program.jira[0].url == "https://acme.atlassian.net"
    assert program.jira[0].token == Secret("HUB_TEST_JIRA")
    assert program.warehouse == tmp_path / ".hub" / "warehouse.duckdb"
    assert program.landing_uri == str(tmp_path / ".hub" / "landing")


def test_every_fault_is_told_at_once_with_file_key_and_remedy(tmp_path):
    told = faults(
        tmp_path,
        GOOD.replace("Europe/Berlin", "Europe/Berln")
        .replace("email", "e_mail")
        .replace('projects = ["CORE"]', "projects = 7")
        .replace('name = "acme"\ntracking_uri', 'name = "A B"\ntracking_uri')
        .replace("budget =", "bugdet ="),
    )
    assert len(told) == 5
    assert all(fault.startswith("hub.toml: ") for fault in told)
    text = "\n".join(told)
    assert "did you mean 'Europe/Berlin'?" in text
    assert "jira[0].e_mail: unknown key; did you mean email?" in text
    assert "jira[0].projects" in text
    assert "mlflow[0].name: 'A B' is wrong: expected lower-case letters" in text
    assert "sheets[0].tabs.bugdet" in text


def test_a_secret_written_into_the_file_is_refused_and_not_repeated(tmp_path):
    told = faults(tmp_path, GOOD.replace("env:HUB_TEST_JIRA", "ATATT-very-secret"))
    assert len(told) == 1
    assert 'use "env:NAME"' in told[0]
    assert "very-secret" not in told[0]


def test_missing_secrets_are_all_listed_with_the_name_to_export(tmp_path, monkeypatch):
    monkeypatch.delenv("HUB_TEST_JIRA", raising=False)
    monkeypatch.setenv("HUB_TEST_GITHUB", "x")
    program = load(tmp_path, GOOD)
    assert program.missing_secrets(("jira", "github")) == [
        "[[jira]] acme: token names HUB_TEST_JIRA, which is not set; export HUB_TEST_JIRA"
    ]


def test_two_instances_of_one_name_are_refused_because_they_would_share_a_table(tmp_path):
    told = faults(tmp_path, GOOD + '\n[[mlflow]]\nname = "acme"\ntracking_uri = "http://127.0.0.1:5001"\n')
    assert told == ["hub.toml: mlflow: 2 instances are named 'acme'; give each its own name"]


def test_a_file_that_is_no_toml_says_where(tmp_path):
    assert "line 2" in faults(tmp_path, "a = 1\nb = = 2\n")[0]


def test_a_missing_file_names_the_variable_to_set(tmp_path):
    with pytest.raises(SettingsError, match="HUB_CONFIG"):
        settings.load(tmp_path / "absent.toml")


def test_a_secret_shows_its_name_and_never_its_value(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_TEST_JIRA", "very-secret")
    program = load(tmp_path, GOOD)
    assert "very-secret" not in repr(program)
    assert program.jira[0].token.resolve() == "very-secret"


def test_the_file_that_ships_is_good():
    assert settings.load(settings.DEFAULT_CONFIG).jira


def test_what_the_figures_go_by_is_told_to_the_sql_models(tmp_path):
    """Each key as SQL takes it; what is left out leaves the rules of the seeds in force."""
    silent = load(tmp_path, GOOD).variables
    assert (silent["deployment_source"], silent["percent_complete_from"]) == ("auto", "points")
    assert (silent["compute_cost_per_hour"], silent["obligation_dates"], silent["incident_rules"]) == (None, "{}", "{}")
    told = """
    deployment_source = "releases"
    percent_complete_from = "counts"
    compute_cost_per_hour = 2
    [incidents]
    issue_types = ["Outage"]
    labels = []
    reverts = false
    [obligations]
    eu_high_risk = 2027-12-02
    """
    variables = load(tmp_path, told + GOOD.replace('timezone = "Europe/Berlin"', "")).variables
    assert (variables["deployment_source"], variables["percent_complete_from"]) == ("releases", "counts")
    assert variables["compute_cost_per_hour"] == 2
    assert variables["obligation_dates"] == '{"eu_high_risk": "2027-12-02"}'
    assert variables["incident_rules"] == '{"issue_type": ["Outage"], "label": [], "revert": []}'
    assert set(variables) == set(build.DEFAULTS)


def test_what_the_figures_cannot_go_by_is_refused(tmp_path):
    """A misspelt obligation would bind nobody, a misspelt kind of incident would count as ever."""
    wrong = """
    deployment_source = "workflows"
    compute_cost_per_hour = -1
    [incidents]
    label = ["sev1"]
    """
    told = "\n".join(faults(tmp_path, wrong + GOOD.replace('timezone = "Europe/Berlin"', "")))
    assert "deployment_source: 'workflows' is wrong" in told
    assert "compute_cost_per_hour: -1 is wrong" in told
    assert "incidents.label: unknown key; did you mean labels?" in told
    (fault,) = faults(tmp_path, GOOD + "[obligations]\neu_hihg_risk = 2027-12-02\n")
    assert fault.startswith(
        "hub.toml: obligations.eu_hihg_risk: obligations.csv has no such row; known are eu_high_risk, "
    )


def test_no_metric_history_is_read_unless_it_is_asked_for(tmp_path):
    """A training loop logs thousands of values that nobody looks at."""
    address = 'tracking_uri = "http://127.0.0.1:5000"'
    assert load(tmp_path, GOOD).mlflow[0].metric_history == []
    named = GOOD.replace(address, address + '\nmetric_history = ["val_*"]')
    assert load(tmp_path, named).mlflow[0].metric_history == ["val_*"]


def test_superseded_versions_are_kept_for_two_years_unless_settings_say_otherwise(tmp_path):
    assert load(tmp_path, GOOD).privacy.retention_days == 730
    assert load(tmp_path, GOOD + "\n[privacy]\nretention_days = 90\n").privacy.retention_days == 90
    told = faults(tmp_path, GOOD + "\n[privacy]\nretention_day = 90\n")
    assert told == ["hub.toml: privacy.retention_day: unknown key; did you mean retention_days?"]


def test_custom_fields_are_named_by_role_and_id(tmp_path):
    """An unknown role or something that is no id is told."""
    program = load(
        tmp_path, GOOD.replace('projects = ["CORE"]', 'projects = ["CORE"]\nfields = { sprint = "customfield_1" }')
    )
    assert program.jira[0].fields == {"sprint": "customfield_1"}
    told = faults(tmp_path, GOOD.replace('projects = ["CORE"]', 'projects = ["CORE"]\nfields = { sprint = "Sprint" }'))
    assert told == [
        "hub.toml: jira[0].fields.sprint: 'Sprint' is wrong: expected the id of a custom field such as customfield_10016"
    ]


def test_an_app_may_leave_open_what_it_reads(tmp_path):
    """Then it is all that it is installed on; a token's reach is too wide for that."""
    app = 'app_id = 7\ninstallation_id = 8\nprivate_key = "env:HUB_TEST_KEY"\nrepositories = ["!acme/old"]'
    program = load(tmp_path, GOOD.replace('token = "env:HUB_TEST_GITHUB"\nrepositories = ["acme/core"]', app))
    assert program.github[0].repositories == ["!acme/old"]
    assert "names nothing to read" in faults(tmp_path, GOOD.replace('"acme/core"', '"!acme/core"'))[0]


def test_a_password_in_an_address_is_refused(tmp_path):
    told = faults(tmp_path, GOOD.replace("http://127.0.0.1:5000", "http://hub:pw@127.0.0.1:5000"))
    assert "holds no password" in told[0]


def test_a_certificate_is_looked_for_beside_the_file(tmp_path):
    text = GOOD.replace('projects = ["CORE"]', 'projects = ["CORE"]\nverify = "ca.pem"')
    assert "verify names" in faults(tmp_path, text)[0]
    (tmp_path / "ca.pem").write_text("certificate")
    assert load(tmp_path, text).jira[0].verify == str(tmp_path / "ca.pem")


def test_a_secret_with_a_trailing_newline_is_read_without_it(monkeypatch):
    monkeypatch.setenv("HUB_TEST_JIRA", "token\n")
    assert Secret("HUB_TEST_JIRA").resolve() == "token"


@pytest.mark.parametrize("value", ["geheim-schlüssel", "first\nsecond", "Bearer token", "tab\ttoken", "\u0442oken"])
def test_a_token_with_what_no_token_holds_is_told_by_its_variable(monkeypatch, value):
    """Sent, it would break off with words about headers or codecs."""
    monkeypatch.setenv("HUB_TEST_JIRA", value)
    with pytest.raises(SettingsError) as caught:
        Secret("HUB_TEST_JIRA").token()
    (fault,) = caught.value.faults
    assert fault.startswith("environment: HUB_TEST_JIRA holds a character that no token has")
    assert value not in fault


def test_addresses_that_work_are_taken_as_they_are(tmp_path):
    """A context path on Data Center, a server behind a prefix, an Enterprise server; names that differ by a dash alone."""
    text = GOOD.replace("https://acme.atlassian.net/", "https://tools.acme.example/projects/jira/")
    text = text.replace(
        'token = "env:HUB_TEST_GITHUB"', 'token = "env:HUB_TEST_GITHUB"\nurl = "https://git.acme.example/api/v3"'
    )
    text = text.replace("http://127.0.0.1:5000", "http://127.0.0.1:5000/mlflow/")
    text += '[[mlflow]]\nname = "a-b"\ntracking_uri = "http://127.0.0.1:1"\n[[mlflow]]\nname = "a_b"\ntracking_uri = "http://127.0.0.1:2"'
    for place in ("s3://bucket/landing", "abfss://landing@acme.dfs.core.windows.net/hub", "file:///srv/landing"):
        program = load(tmp_path, f'landing = "{place}"\n{text}')
        assert program.landing_uri == place
    assert program.jira[0].url == "https://tools.acme.example/projects/jira"
    assert program.mlflow[0].tracking_uri == "http://127.0.0.1:5000/mlflow"
    folders = {str(Zone(tmp_path).open(one.name, "mlflow_runs").uri) for one in program.mlflow}
    assert len(folders) == 3


def test_a_home_folder_is_meant_by_a_tilde(tmp_path, monkeypatch):
    """A folder that is named ~ beside hub.toml would be found by nobody."""
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    program = load(tmp_path, 'data_dir = "~/hub"\nlanding = "~/landed"\n' + GOOD)
    assert (program.data_dir, program.landing_uri) == (str(tmp_path / "me" / "hub"), str(tmp_path / "me" / "landed"))
    monkeypatch.setenv("HUB_CONFIG", "~/hub.toml")
    assert settings.config_path() == tmp_path / "me" / "hub.toml"


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"it cannot be read \(Is a directory\)"):
        settings.load(tmp_path)


def test_the_mark_with_which_windows_begins_a_file_is_no_fault(tmp_path):
    assert load(tmp_path, "\ufeff" + GOOD).jira


@pytest.mark.parametrize(
    ("good", "wrong", "told"),
    [
        ("[[jira]]", "[jira]", "jira: expected [[jira]] in two brackets"),
        (
            "https://acme.atlassian.net/",
            "https://acme.atlassian.net/browse/CORE-1",
            "'https://acme.atlassian.net/browse/CORE-1' is wrong: the address of a page; give the site's root, https://acme.atlassian.net",
        ),
        (
            "https://acme.atlassian.net/",
            "https://jira.acme.example/jira/browse/X",
            "root, https://jira.acme.example/jira",
        ),
        ("https://acme.atlassian.net/", "https://jira.acme.example/?selectedIssue=X", "https://jira.acme.example"),
        (
            'token = "env:HUB_TEST_GITHUB"',
            'token = "env:HUB_TEST_GITHUB"\nurl = "https://github.com/acme"',
            "github[0].url: 'https://github.com/acme' is wrong: not the address of the API; leave url out",
        ),
        (
            'token = "env:HUB_TEST_GITHUB"',
            'token = "env:HUB_TEST_GITHUB"\nurl = "https://api.github.com/orgs/acme"',
            "leave url out for github.com",
        ),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000/#/experiments/1", "alone, such as http://127.0.0.1:5000"),
        (
            "http://127.0.0.1:5000",
            "http://ml.acme.example/mlflow/#/models?page=2",
            "such as http://ml.acme.example/mlflow",
        ),
        ('timezone = "Europe/Berlin"', 'data_dir = "~nobody-here/hub"', "give the whole path instead of ~"),
        (
            'tracking_uri = "http://127.0.0.1:5000"',
            'tracking_uri = "http://127.0.0.1:5000"\nusername = "hub"',
            "mlflow[0]: has one of username and password; give both",
        ),
        (
            'tracking_uri = "http://127.0.0.1:5000"',
            'tracking_uri = "http://127.0.0.1:5000"\nusername = "hub"\npassword = "env:A"\ntoken = "env:B"',
            "mlflow[0]: has username and password and a token, which would not be used; keep one of them",
        ),
        (
            'budget = "Budget FY27"',
            'budget = "Budget FY27"\nrisks = "Budget FY27"',
            "sheets: the tab 'Budget FY27' is named 2 times, as acme.budget, acme.risks; keep one of them",
        ),
        (
            'timezone = "Europe/Berlin"',
            'landing = "ftp://files.acme.example/landing"',
            "landing: 'ftp://files.acme.example/landing' is wrong: nothing can be landed there; name a folder",
        ),
        ('projects = ["CORE"]', 'projects = "CORE"', "expected a list in brackets"),
        ('spreadsheet = "1abc"', 'spreadsheet = "https://docs.google.com/spreadsheets/d/1abc/edit"', "between /d/ and"),
        (
            'budget = "Budget FY27"',
            'budget = ""',
            "sheets[0].tabs.budget: '' is wrong: expected text that is not empty",
        ),
        (
            "[sheets.tabs]",
            "currency = 'EUR'\n[sheets.tabs]",
            "sheets[0].currency: a key of the whole file; move it above",
        ),
        ('timezone = "Europe/Berlin"', "compute_cost_per_hour = inf", "inf is wrong"),
        ('timezone = "Europe/Berlin"', 'publish = ["staging"]', "marts must be among them"),
        (
            'projects = ["CORE"]',
            'projects = ["CORE"]\nfields = { points = "customfield_1" }',
            "jira[0].fields.points: ",
        ),
    ],
)
def test_a_fault_is_told_as_one_mends_it_in_the_file(tmp_path, good, wrong, told):
    (fault,) = faults(tmp_path, GOOD.replace(good, wrong))
    assert told in fault
