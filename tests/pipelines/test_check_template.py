"""`hub check --template` writes the sheets' contract as a spreadsheet, without any settings, and over nobody's work."""

import openpyxl
from click.testing import CliRunner

from pipelines.cli import main


def test_a_template_is_written_and_never_over_a_file(tmp_path, monkeypatch):
    """One tab per kind; a file that is there may be one that somebody filled in."""
    monkeypatch.setenv("HUB_CONFIG", str(tmp_path / "absent.toml"))
    path = tmp_path / "program.xlsx"
    written = CliRunner().invoke(main, ["check", "--template", str(path)])
    assert (written.exit_code, "Google Drive" in written.output) == (0, True)
    assert len(openpyxl.load_workbook(path).sheetnames) == 14
    again = CliRunner().invoke(main, ["check", "--template", str(path)])
    assert (again.exit_code, "there is a file already" in again.output) == (2, True)


def test_a_template_needs_the_ending_that_spreadsheets_know(tmp_path):
    """And a folder that exists."""
    for name, reason in (("program.ods", "ends in .xlsx"), ("absent/program.xlsx", "cannot be written")):
        refused = CliRunner().invoke(main, ["check", "--template", str(tmp_path / name)])
        assert (refused.exit_code, reason in refused.output) == (2, True)
