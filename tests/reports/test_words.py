"""How dates, amounts and durations are said."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import words
from tests.reports.reading import tidy


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "€0"),
        (950, "€950"),
        (999.6, "€1 k"),
        (1234, "€1.2 k"),
        (38_659.79, "€38.7 k"),
        (340_000, "€340 k"),
        (999_960, "€1 M"),
        (1_234_567, "€1.2 M"),
        (2_400_000, "€2.4 M"),
        (250_000_000, "€250 M"),
        (1.2e9, "€1.2 bn"),
        (-297_000, "−€297 k"),
        (-0.4, "€0"),
    ],
)
def test_amounts_are_rounded_as_people_say_them(value: float, said: str) -> None:
    """Three figures at most, a unit, and the sign in front of the currency."""
    assert tidy(words.amount(value, "EUR").text) == said


@pytest.mark.parametrize(
    ("value", "said"), [(4_321.9, "€4,322"), (99.5, "€99.50"), (-100, "−€100"), (10_000, "€10 k"), (-0.4, "−€0.40")]
)
def test_an_amount_is_told_to_the_unit_where_that_is_asked(value: float, said: str) -> None:
    """Below a hundred to the cent."""
    assert tidy(words.amount(value, "EUR", whole_below=10_000).text) == said


def test_an_amount_keeps_its_cents_behind_it() -> None:
    """The full value is there to be looked at."""
    assert words.amount(1_234_567.891, "EUR").full == "€1,234,567.89"


def test_an_unknown_currency_is_named_by_its_code() -> None:
    """No symbol is guessed."""
    assert tidy(words.amount(1200, "CHF").text) == "CHF 1.2 k"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.001, "less than a minute"),
        (0.2, "12 minutes"),
        (0.999, "1 hour"),
        (1, "1 hour"),
        (47, "47 hours"),
        (48, "2 days"),
        (24 * 9, "9 days"),
        (24 * 21, "3 weeks"),
        (24 * 90, "3 months"),
        (24 * 1461, "4 years"),
        (-48, "−2 days"),
    ],
)
def test_durations_take_the_unit_people_would_choose(hours: float, said: str) -> None:
    """Minutes, hours, days, weeks, months, years."""
    assert tidy(words.duration(hours).text) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(None, "–"), (0, "on the day"), (21, "3 weeks after"), (1, "1 day after"), (-4, "4 days before")],
)
def test_two_days_stand_apart(days: float | None, said: str) -> None:
    """In words that say which is the later one, not whether that is bad."""
    assert tidy(words.apart(days).text) == said


@pytest.mark.parametrize(
    ("days", "said"), [(0, "on time"), (21, "3 weeks late"), (1, "1 day late"), (-4, "4 days early")]
)
def test_slips_say_late_or_early(days: int, said: str) -> None:
    """A slip is a duration and a direction."""
    assert tidy(words.slip(days).text) == said


def test_an_instant_is_told_in_the_programs_zone() -> None:
    """06:00 UTC in November is seven in Berlin, and midnight in Auckland belongs to the next day."""
    instant = datetime(2026, 11, 24, 6, 0)  # noqa: DTZ001 - marts hold naive UTC
    assert tidy(words.moment(instant, "Europe/Berlin").text) == "24 Nov 2026, 07:00"
    assert tidy(words.local_day(datetime(2026, 11, 24, 12, 0), "Pacific/Auckland").text) == "25 Nov 2026"  # noqa: DTZ001 - as above


def test_a_day_keeps_its_iso_form_behind_it() -> None:
    """Day, month, year."""
    said = words.day(date(2026, 11, 24))
    assert (tidy(said.text), said.full) == ("24 Nov 2026", "2026-11-24")


@pytest.mark.parametrize(
    "say", [words.day, words.month, words.duration, words.span, words.slip, words.share, words.number]
)
def test_what_is_unknown_is_a_dash(say) -> None:
    """No function invents a value."""
    assert say(None) == words.UNKNOWN
    assert words.amount(None, "EUR") == words.UNKNOWN


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_values_that_are_no_numbers_are_unknown(value: float) -> None:
    """MLflow logs NaN and infinity."""
    assert (
        words.number(value)
        == words.share(value)
        == words.amount(value, "EUR")
        == words.duration(value)
        == words.UNKNOWN
    )
    assert words.plain(value) == "–"


@given(st.floats(min_value=-1e11, max_value=1e11))
def test_a_rounded_amount_stays_within_five_percent(value: float) -> None:
    """Whatever the amount, its words do not mislead."""
    said = tidy(words.amount(value, "EUR").text).replace("€", "").replace("−", "-")
    number, _, unit = said.partition(" ")
    read = float(number) * {"": 1, "k": 1e3, "M": 1e6, "bn": 1e9}[unit]
    assert abs(read - value) <= max(0.5, abs(value) * 0.05)


@given(st.floats(min_value=1, max_value=1e6))
def test_a_duration_in_words_stays_within_half(hours: float) -> None:
    """Rounding to a unit never loses more than a third of the time."""
    number, unit = tidy(words.duration(hours).text).split()
    unit = unit.removesuffix("s")
    read = float(number) * {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 730.5, "year": 8766}[unit]
    assert abs(read - hours) <= hours / 3


def test_the_meaning_of_an_index_is_said_in_coins() -> None:
    """CPI 0.78 in euros, and in a currency whose coins are not known; nobody says 100 or 103 cents."""
    assert words.earned(0.78, "EUR") == "each euro spent earned 78 cents of planned work"
    assert words.earned(0.996, "EUR") == "each euro spent earned a full euro of planned work"
    assert words.earned(1.03, "GBP") == "each pound spent earned £1.03 of planned work"
    assert words.earned(0.78, "CHF") == "each CHF 1 spent earned CHF 0.78 of planned work"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the limit is 60", "The limit is 60."),
        ("checkout-fraud is red", "checkout-fraud is red."),
        ("due on 2026-12-07", "Due on 7 Dec 2026."),
        ("build 2026-13-41 of 12026-12-07", "Build 2026-13-41 of 12026-12-07."),
        ("Really?", "Really?"),
        ("one holds up; The budget rises; R-2 stays", "One holds up. The budget rises; R-2 stays."),
        ("0.74 outside 0.8..1.25", "0.74 outside 0.8 to 1.25."),
        ('of "Fraud" and "Search"; a 3" pipe', 'Of “Fraud” and “Search”; a 3" pipe.'),
        ('=HYPERLINK("https://example.org","click")', '=HYPERLINK("https://example.org","click").'),
        ("980,000 CHF, 12 SLA and 5 DEM-123", "CHF 980 k, 12 SLA and 5 DEM-123."),
        ("765,568 EUR were spent, 1,256,411 EUR of it by 2 EUR", "€766 k were spent, €1.3 M of it by €2."),
        ('R-1 "Costs 1,253 EUR": 1,253 USD', "R-1 “Costs 1,253 EUR”: $1.3 k."),
        ("each EUR 1 spent earned EUR 0.78 of planned work: x", "Each euro spent earned 78 cents of planned work: x."),
        (
            "each EUR 1 spent earns at least EUR 0.95 of planned work",
            "Each euro spent earns at least 95 cents of planned work.",
        ),
        ("Each EUR 1 spent earned EUR 1.03 of planned work", "Each euro spent earned €1.03 of planned work."),
        ("Each CHF 1 spent earned CHF 0.78 of planned work", "Each CHF 1 spent earned CHF 0.78 of planned work."),
        ("", ""),
    ],
)
def test_a_phrase_of_a_mart_becomes_a_sentence(text: str, said: str) -> None:
    """Names keep their small letter, dates are said in words, what is no date stays."""
    assert tidy(words.sentence(text)) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (21.0, "21"),
        (0.89, "0.89"),
        (17.56, "17.6"),
        (-3, "−3"),
        (0.019, "0.019"),
        (True, "yes"),
        (None, "–"),
        ("text", "text"),
    ],
)
def test_a_value_of_unknown_unit_keeps_three_figures(value: object, said: str) -> None:
    """As a mart's rule states it."""
    assert words.plain(value) == said


@pytest.mark.parametrize(
    ("name", "said"), [("age_18_25", "age 18–25"), ("age_65_plus", "age 65 plus"), ("new_users", "new users"), ("", "")]
)
def test_a_slice_is_called_by_its_name(name: str, said: str) -> None:
    """Two numbers in a row are a range."""
    assert words.ranged(name) == said


@pytest.mark.parametrize(
    ("days", "said"), [(143.7, "143 days"), (144.0, "144 days"), (1.9, "1 day"), (0.4, "no days"), (None, "–")]
)
def test_an_age_in_days_counts_days_that_have_passed(days: float | None, said: str) -> None:
    """As the marts' reasons say it: never a day more."""
    assert words.days_old(days).replace(words.SPACE, " ") == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (18.1, "days", "18 days"),
        (1.0, "days", "1 day"),
        (0.0, "days", "0 days"),
        (0.2213, "share", "22%"),
        (0.841, "ratio", "0.84"),
        (3.0, "count", "3"),
        (0.9, None, "0.90"),
        (None, "days", "–"),
    ],
)
def test_a_measure_is_said_in_its_unit(value: float | None, unit: str | None, said: str) -> None:
    """Days that have passed, shares in percent, ratios to a hundredth, counts whole."""
    assert tidy(words.measured(value, unit).text) == said
