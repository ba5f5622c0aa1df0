"""Google Sheets: the tabs of a program's spreadsheet, row by row, typed by a contract and with cell addresses."""

from connectors.sheets.checks import check
from connectors.sheets.client import SheetsClient, SheetsSettings, connect
from connectors.sheets.streams import STREAMS

__all__ = ["STREAMS", "SheetsClient", "SheetsSettings", "check", "connect"]
