"""Cells typed by their column: what people type as text, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sheets.cells import (
    Amount,
    OutOfRangeError,
    UnreadableError,
    currency_of,
    decimal_mark,
    serial_day,
    typed,
)
from connectors.sheets.contract import Column, Kind

AMOUNT = Column("planned", Kind.AMOUNT)
SHARE = Column("share", Kind.SHARE, low=0, high=1)
DATE = Column("due", Kind.DATE)
MONTH = Column("month", Kind.MONTH)


@pytest.mark.parametrize(
    ("cell", "locale", "amount"),
    [
        (1200, "en_US", Amount(1200.0)),
        (-0.5, "de_DE", Amount(-0.5)),
        ("1200", "en_US", Amount(1200.0)),
        ("1.234,50", "de_DE", Amount(1234.5)),
        ("1.234,50", "en_US", Amount(1234.5)),
        ("1,234.50", "de_DE", Amount(1234.5)),
        ("€ 1,200", "en_GB", Amount(1200.0, "EUR")),
        ("1.200 €", "de_DE", Amount(1200.0, "EUR")),
        ("$1,200.00", "en_US", Amount(1200.0, "USD")),
        ("EUR 1 200", "fr_FR", Amount(1200.0, "EUR")),
        ("1 200,5 chf", "fr_CH", Amount(1200.5, "CHF")),
        ("1\u202f234\u00a0567", "fr_FR", Amount(1234567.0)),
        ("1'234.50", "de_CH", Amount(1234.5)),
        ("1.234.567", "de_DE", Amount(1234567.0)),
        ("(1,200)", "en_US", Amount(-1200.0)),
        ("1,200-", "en_US", Amount(-1200.0)),
        ("\u2212 12,5", "de_DE", Amount(-12.5)),
        ("-$5", "en_US", Amount(-5.0, "USD")),
        ("12,5", "en_US", Amount(12.5)),
        ("0.125", "en_US", Amount(0.125)),
        ("1234.567", "en_US", Amount(1234.567)),
        (" 7 ", "en_US", Amount(7.0)),
    ],
)
def test_an_amount_is_read_where_only_one_reading_is_possible(cell, locale, amount):
    """Numbers, and texts with separators, currency or sign as people of several countries type them."""
    assert typed(cell, AMOUNT, locale) == amount


@pytest.mark.parametrize(
    ("cell", "locale"),
    [
        ("12k", "en_US"),
        ("#N/A", "en_US"),
        ("#REF!", "en_US"),
        ("tbd", "en_US"),
        ("12 %", "en_US"),
        ("1,200", "de_DE"),  # twelve hundred or one and a fifth
        ("1.200", "en_US"),
        ("12 34", "en_US"),
        ("1,23,456", "en_US"),
        ("1.23.4", "de_DE"),
        ("1.234,5,6", "de_DE"),
        ("1e3", "en_US"),
        ("€ 5 USD", "en_US"),
        ("TSD 5", "de_DE"),
        ("(5", "en_US"),
        ("€", "en_US"),
        (".", "en_US"),
        ("5-3", "en_US"),
        (True, "en_US"),
    ],
)
def test_what_could_be_another_number_or_none_is_refused(cell, locale):
    """A guess would be a wrong budget; a fault is a cell somebody corrects."""
    with pytest.raises(UnreadableError):
        typed(cell, AMOUNT, locale)


@pytest.mark.parametrize("dash", ["-", "–", "—", " - "])
def test_a_dash_says_that_there_is_nothing(dash):
    """Accountants write it for nothing; it is unknown, not zero."""
    assert typed(dash, AMOUNT, "en_US") is None


@pytest.mark.parametrize(
    ("cell", "share"), [(0.25, 0.25), ("25 %", 0.25), ("12,5%", 0.125), (0, 0.0), (1, 1.0), ("0.3", 0.3)]
)
def test_a_share_is_a_number_up_to_its_limit_or_a_percentage(cell, share):
    """Percent signs divide; bare numbers are shares already."""
    assert typed(cell, SHARE, "en_US") == pytest.approx(share)


@pytest.mark.parametrize("cell", [25, "25", -0.1, "120 %"])
def test_a_share_beyond_its_limit_is_refused_not_scaled(cell):
    """25 in a column of shares may be 25 percent or a typing error."""
    with pytest.raises(OutOfRangeError):
        typed(cell, SHARE, "en_US")


@pytest.mark.parametrize(
    ("cell", "locale", "day"),
    [
        (46023, "en_US", "2026-01-01"),
        (46023.75, "en_US", "2026-01-01"),
        ("2026-03-01", "en_US", "2026-03-01"),
        ("2026-03-01T10:00:00Z", "en_US", "2026-03-01"),
        ("01.03.2026", "en_US", "2026-03-01"),
        ("1. März 2026", "de_DE", "2026-03-01"),
        ("1 Mar 2026", "en_GB", "2026-03-01"),
        ("Mar 1st, 2026", "en_US", "2026-03-01"),
        ("03/04/2026", "en_US", "2026-03-04"),
        ("03/04/2026", "en_GB", "2026-04-03"),
        ("13/04/2026", "en_US", "2026-04-13"),
    ],
)
def test_a_date_is_a_serial_number_or_a_text_that_names_a_day(cell, locale, day):
    """A serial date counts days from 1899-12-30 and is the day the sheet shows: it has no zone."""
    assert typed(cell, DATE, locale) == day


@pytest.mark.parametrize("cell", [2026, 5, True, "2026-02-30", "Q3 2026", "soon", "31.04.2026", 1e9])
def test_what_is_no_day_is_refused(cell):
    """A year is not a serial date, and the 30th of February no day."""
    with pytest.raises(UnreadableError):
        typed(cell, DATE, "en_US")


@pytest.mark.parametrize(
    "cell", ["Mar 2026", "2026-03", "03/2026", "März 26", "2026M03", 202603, "Mar '26", 46096, "2026-03-17"]
)
def test_a_month_is_its_first_day(cell):
    """However it is written, and also where a day of the month stands for it."""
    assert typed(cell, MONTH, "en_US") == "2026-03-01"


def test_texts_lists_and_choices():
    """Numbers become texts as the sheet shows them; lists part at commas, semicolons and lines; choices know synonyms."""
    assert typed(12.0, Column("id"), "en_US") == "12"
    assert typed(" a ", Column("id"), "en_US") == "a"
    assert typed("a, b;c\nd ,", Column("x", Kind.LIST), "en_US") == ["a", "b", "c", "d"]
    status = Column("status", Kind.CHOICE, choices=(("amber", "yellow", "gelb"), ("red", "rot")))
    assert typed("Gelb ", status, "en_US") == "amber"
    assert typed("14", Column("days", Kind.INTEGER), "en_US") == 14
    for cell, column in (("blue", status), (1.5, Column("days", Kind.INTEGER)), ("#N/A", Column("id"))):
        with pytest.raises(UnreadableError):
            typed(cell, column, "en_US")


@given(
    number=st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False),
    locale=st.sampled_from(["en_US", "de_DE", "fr_FR", "de_CH"]),
)
def test_a_number_as_its_locale_writes_it_is_read_back(number, locale):
    """Thousands and decimals of a locale, with two places, come back as the same number."""
    decimal = decimal_mark(locale)
    thousands = {"en_US": ",", "de_DE": ".", "fr_FR": "\u202f", "de_CH": "’"}[locale]
    shown = f"{number:,.2f}".replace(",", "#").replace(".", decimal).replace("#", thousands)
    assert typed(shown, AMOUNT, locale) == Amount(float(number))


@given(
    cell=st.text(max_size=12) | st.floats() | st.integers() | st.booleans(), locale=st.sampled_from(["en_US", "de_DE"])
)
def test_any_cell_is_typed_or_refused(cell, locale):
    """Nothing people can type breaks the reader, and what it returns for an amount is finite where the cell was."""
    for kind in Kind:
        try:
            typed(cell, Column("x", kind), locale)
        except UnreadableError:
            continue


@given(day=st.dates(min_value=date(1981, 1, 1), max_value=date(2100, 1, 1)), time=st.floats(0, 0.999))
def test_a_serial_date_is_the_day_it_counts_to(day, time):
    """Whatever the time of day behind it."""
    assert serial_day((day - date(1899, 12, 30)) / timedelta(days=1) + time) == day


@pytest.mark.parametrize(
    ("pattern", "currency"),
    [
        ("[$€-407]#,##0.00", "EUR"),
        ("#,##0.00 [$€-1]", "EUR"),
        ('"€"#,##0', "EUR"),
        ("$#,##0.00;($#,##0.00)", "USD"),
        ("[$CHF] #,##0.00", "CHF"),
        ('#,##0" USD"', "USD"),
        ("[$US$-1009]#,##0", "USD"),
        ('"Total "£#,##0', "GBP"),
        ("#,##0.00", None),
        ("[$-407]d. mmm yyyy", None),
        ('0" pcs"', None),
        ("", None),
    ],
)
def test_the_currency_of_a_number_format(pattern, currency):
    """As a locale's sign, a code in brackets or quotes; a unit or a language is none."""
    assert currency_of(pattern) == currency
