"""Amounts, percentages, dates and months as each locale writes them are read back. The writing is Babel's, from the CLDR."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sheets.cells import Amount, UnreadableError, decimal_mark, typed
from connectors.sheets.contract import Column, Kind
from connectors.sheets.wording import period_of

LOCALES = st.sampled_from(
    ["en_US", "en_GB", "en_CA", "en_ZA", "de_DE", "de_CH", "de_AT", "fr_FR", "fr_CH", "fr_CA", "es_ES", "es_MX", "it_IT",
     "it_CH", "nl_NL", "pt_BR", "pt_PT", "sv_SE", "da_DK", "nb_NO", "fi_FI", "pl_PL", "cs_CZ", "tr_TR", "ja_JP"]
)  # fmt: skip
NAMED = LOCALES.filter(lambda locale: locale not in {"tr_TR", "ja_JP"})  # whose months nobody here reads
CENTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
AMOUNT, SHARE = Column("planned", Kind.AMOUNT), Column("share", Kind.SHARE)
DATE, MONTH = Column("due", Kind.DATE), Column("month", Kind.MONTH)


@given(number=CENTS, locale=LOCALES)
def test_an_amount_of_cents(number, locale):
    """With the locale's marks for thousands and decimals."""
    assert typed(format_decimal(number, "#,##0.00", locale), AMOUNT, locale) == Amount(float(number))


@given(number=st.integers(-(10**9), 10**9), locale=LOCALES)
def test_a_whole_amount(number, locale):
    """Parted into thousands or not: only the locale can tell 1.200 from one and a fifth."""
    for shape in ("#,##0", "0"):
        assert typed(format_decimal(number, shape, locale), AMOUNT, locale) == Amount(float(number))


@given(
    number=CENTS,
    locale=LOCALES,
    currency=st.sampled_from(["EUR", "USD", "GBP", "CHF", "PLN"]),
    form=st.sampled_from(["standard", "accounting"]),
)
def test_an_amount_with_its_currency(number, locale, currency, form):
    """The sign before or behind, negative ones in parentheses or with a minus somewhere: never another number or currency.

    A few locales write a sign nobody else can read; such a text is a fault, never a guess.
    """
    shown = format_currency(number, currency, locale=locale, format_type=form)
    try:
        read = typed(shown, AMOUNT, locale)
    except UnreadableError:
        assert currency != "EUR"
        return
    assert (read.value, read.currency or currency) == (float(number), currency)


@pytest.mark.parametrize(
    ("locale", "currency"),
    [("sv_SE", "SEK"), ("nb_NO", "NOK"), ("da_DK", "DKK"), ("pl_PL", "PLN"), ("cs_CZ", "CZK"), ("pt_BR", "BRL"),
     ("en_CA", "CAD"), ("es_MX", "MXN"), ("de_CH", "CHF"), ("en_US", "USD"), ("de_DE", "EUR"), ("en_GB", "GBP")],
)  # fmt: skip
def test_a_locales_own_sign_is_its_currency(locale, currency):
    """Kr. is the crown of the sheet's country, $ its dollar."""
    for number in (1234.5, -1234.5):
        shown = format_currency(number, currency, locale=locale)
        assert typed(shown, AMOUNT, locale) == Amount(number, currency)


@given(points=st.integers(0, 1000), locale=LOCALES)
def test_a_percentage(points, locale):
    """12.5 % is an eighth in every locale."""
    shown = format_percent(points / 1000, "0.0 %", locale)
    assert typed(shown, SHARE, locale) == pytest.approx(points / 1000)


@given(day=DAYS, locale=NAMED)
def test_a_day_written_out(day, locale):
    """The month by its name, in the form the language wants."""
    assert typed(format_date(day, "long", locale), DATE, locale) == day.isoformat()


@given(locale=NAMED, month=st.integers(1, 12))
@settings(max_examples=300, derandomize=True)
def test_a_month(locale, month):
    """By name, abbreviation or number."""
    day = date(2026, month, 7)
    for form in ("MMM yyyy", "MMMM yyyy", "MM/yyyy", "yyyy-MM", "LLLL yyyy"):
        assert typed(format_date(day, form, locale), MONTH, locale) == f"2026-{month:02d}-01"


@given(year=st.integers(2000, 2098), number=st.integers(1, 12), start=st.integers(1, 12))
def test_periods_of_a_fiscal_year_follow_one_another(year, number, start):
    """Twelve of them from its first month on, the last in the year it is called by; quarters are three each."""
    period = period_of(f"FY{year % 100:02d} P{number}")
    (month,) = period.months(period.year, start)
    assert (month.month - start) % 12 == number - 1
    (last,) = period_of(f"P12 FY{year}").months(year, start)
    assert last.year == year
    quarter = period_of(f"Q{(number + 2) // 3} FY{year}")
    assert month in quarter.months(year, start)
    assert len(set(quarter.months(year, start))) == 3


@given(text=st.text(max_size=20))
def test_any_text_names_a_period_or_none(text):
    """Nothing people can type breaks the reader."""
    period = period_of(text)
    assert period is None or 1 <= period.first <= period.first + period.count - 1 <= 12


@given(locale=st.text(max_size=6))
def test_an_unknown_locale_has_a_decimal_mark(locale):
    """A locale nobody has heard of reads no amount that could be two."""
    assert decimal_mark(locale) in {".", ","}
