"""How people say dates, amounts, durations and shares. No locale library: the reports are in plain English.

Each function takes None for what is unknown and says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from reports import figures
from reports.document import Value
from reports.figures import more, said
from reports.figures import plain as bare

UNKNOWN = Value("–", "not provided", tone="quiet")
"""Stands in a cell for what no source provided, or too little of; the foot of each report explains the sign."""

_ISO_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_QUOTED = re.compile(r'(?<!\S)"([^"]+)"(?![^\s.,;:?!)])')
_SPAN = re.compile(r"(?<=\d)\.\.(?=\d)")
_RANGE = re.compile(r"(?<=\d)_(?=\d)")
_NEXT = re.compile(r"; (?=[A-Z][a-z]+ )")

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
_PERCENT = re.compile(r"(?<![\w.-])(-?)(\d[\d.,]*) ?%")
HOURS_PER_DAY = 24
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_AMOUNT = re.compile(
    rf"(?<![\w.,])(\d[\d,]*(?:\.\d+)?(?= (?:{'|'.join(SYMBOLS)}))|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?) ([A-Z]{{3}})(?![\w-])"
)
"""Of a currency without a symbol only thousands: other words of three capitals may stand behind a number."""
_QUOTE_OR_AMOUNT = re.compile(rf"“[^”]*”|{_AMOUNT.pattern}")
_EARNED = re.compile(r"(?<=[Ee])ach ([A-Z]{3}) 1 spent (earned|earns at least) \1 (\d+\.\d+) of planned work")
COINS = {"EUR": ("euro", "cents"), "USD": ("dollar", "cents"), "GBP": ("pound", "pence")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | None) -> Value:
    """A date as "24 Nov 2026"."""
    if value is None:
        return UNKNOWN
    return Value(
        said(value, f"{value.day}{SPACE}{MONTHS[value.month - 1]}{SPACE}{value.year}"), said(value, value.isoformat())
    )


def short_day(value: date) -> str:
    """A date inside a known year: "24 Nov"."""
    return said(value, f"{value.day}{SPACE}{MONTHS[value.month - 1]}")


def month(value: date | None) -> Value:
    """A month as "Nov 2026"."""
    if value is None:
        return UNKNOWN
    return Value(said(value, f"{MONTHS[value.month - 1]}{SPACE}{value.year}"), said(value, value.isoformat()[:7]))


def moment(value: datetime | None, zone: str) -> Value:
    """A UTC instant in the program's time zone: "24 Nov 2026, 07:00"; the full value is UTC."""
    if value is None:
        return UNKNOWN
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    local = aware.astimezone(ZoneInfo(zone))
    text = f"{bare(day(local.date()).text)}, {local.hour:02}:{local.minute:02}"
    full = bare(f"{aware.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    return Value(said(value, text), f"{said(value, full)} UTC")


def local_day(value: datetime | None, zone: str) -> Value:
    """The local day of a UTC instant."""
    if value is None:
        return UNKNOWN
    whole = moment(value, zone)
    return Value(said(value, bare(whole.text).rsplit(",", 1)[0]), whole.full)


def count(value: float | None, noun: str = "", plural: str = "") -> str:
    """A number of things: "1 issue", "1,204 issues", "no issues"."""
    if value is None:
        return f"an unknown number of {plural or noun + 's'}" if noun else UNKNOWN.text
    number = f"{value:,.0f}".replace("-", MINUS)
    if not noun:
        return number
    return f"{number if value else said(value, 'no')}{SPACE}{noun if value == 1 else plural or noun + 's'}"


def number(value: float | None, digits: int = 2) -> Value:
    """A bare ratio such as 0.78."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return Value(f"{value:.{digits}f}".replace("-", MINUS), said(value, repr(value)))


def plain(value: object) -> str:
    """A value of unknown unit as a mart states it: three figures or so."""
    if value is None:
        return UNKNOWN.text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return UNKNOWN.text
        digits = 0 if float(value).is_integer() else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
        return f"{value:,.{digits}f}".replace("-", MINUS)
    if isinstance(value, date):
        return day(value).text
    return str(value)


def share(value: float | None) -> Value:
    """A share 0..1 as a percentage; small ones keep a decimal."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    percent = value * 100
    digits = 1 if 0 < abs(percent) < 1 else 0
    return Value(f"{percent:.{digits}f}%".replace("-", MINUS), f"{percent:.4g}%".replace("-", MINUS))


def measured(value: float | None, unit: str | None) -> Value:
    """A measure of a rule in its unit: "18 days", "22%", "0.84"; of an unknown unit as it stands."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    match unit:
        case "days":
            whole = math.floor(value)
            text = f"{whole:,}{SPACE}{'day' if whole == 1 else 'days'}"
            return Value(text.replace("-", MINUS), f"{value:,.1f} days")
        case "share":
            return share(value)
        case "ratio":
            return number(value)
    return Value(plain(value), said(value, repr(value)))


def amount(value: float | None, currency: str, *, whole_below: float = 0.0) -> Value:
    """Money as people say it: "€1.2 M"; the full value keeps every cent.

    What is less than `whole_below` is told to the unit, below a hundred to the cent: in thousands, what differs looks alike.
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    symbol, size = SYMBOLS.get(currency, f"{currency}{SPACE}"), abs(value)
    is_to_the_cent = size < min(whole_below, 100)
    leasts = (0.005 if is_to_the_cent else 0.5, 0.005)
    sign, full_sign = (MINUS if value <= -least else "" for least in leasts)  # nothing has no sign
    full = f"{size:,.2f}"
    text = full if is_to_the_cent else f"{size:,.0f}" if size < whole_below else _rounded(size)
    return Value(f"{sign}{symbol}{text}", f"{full_sign}{symbol}{full}")


def _rounded(value: float) -> str:
    """At most three figures and a unit; 999,960 is "1 M", never "1000 k"."""
    for divisor, unit in ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "bn")):
        scaled = value / divisor
        digits = 1 if divisor > 1 and round(scaled, 1) < 100 else 0
        text = bare(f"{scaled:.{digits}f}").removesuffix(".0")
        if float(text) < 1000 or unit == "bn":
            break
    return f"{said(scaled, text)}{SPACE}{unit}" if unit else said(scaled, text)


def earned(cpi: float, currency: str) -> str:
    """What a cost performance index means: "each euro spent earned 78 cents of planned work"."""
    if currency in COINS:
        whole, cents = COINS[currency]
        if round(figures.bare(cpi), 2) == 1:
            return f"each {whole} spent earned a full {whole} of planned work"
        if cpi > 1:
            return f"each {whole} spent earned {SYMBOLS[currency]}{cpi:.2f} of planned work"
        return f"each {whole} spent earned {cpi * 100:.0f} {cents} of planned work"
    return f"each {currency} 1 spent earned {currency} {cpi:.2f} of planned work"


def duration(hours: float | None) -> Value:
    """Elapsed time in the unit that people would choose: "40 minutes", "9 days", "3 weeks", "5 months"."""
    if hours is None or not math.isfinite(hours):
        return UNKNOWN
    sign = f"{MINUS}" if hours < 0 else ""
    size = abs(hours)
    days = size / HOURS_PER_DAY
    if size < 1 / 60:
        text = "less than a minute"
    elif round(size * 60) < 60:
        text = count(round(size * 60), "minute")
    elif round(size) < 48:
        text = count(round(size), "hour")
    else:
        text = _in_days(days)
    return Value(f"{sign}{text}", f"{hours:,.1f} hours" if size < 48 else f"{hours / HOURS_PER_DAY:,.1f} days")


def _in_days(days: float) -> str:
    if round(days) < 21:
        return count(round(days), "day")
    if days / 7 < 10:
        return count(round(days / 7), "week")
    if days < 700:
        return count(round(days / 30.44), "month")
    return count(round(days / 365.25), "year")


def span(hours: float | None) -> Value:
    """Elapsed time in narrow columns: "5.2 h", "9.3 d"."""
    if hours is None or not math.isfinite(hours):
        return UNKNOWN
    sign = MINUS if hours < 0 else ""
    size = abs(hours)
    text = f"{size:.1f}{SPACE}h" if size < HOURS_PER_DAY else f"{size / HOURS_PER_DAY:.1f}{SPACE}d"
    return Value(f"{sign}{text}", f"{hours:,.2f} hours")


def days_old(days: float | None) -> str:
    """An age in whole days that have passed: 143.7 is "143 days", here as in the marts' own reasons."""
    return UNKNOWN.text if days is None else count(math.floor(days), "day")


def open_for(hours: float | None) -> Value:
    """How long something has been open or blocked: hours at first, then whole days that have passed."""
    if hours is None or not math.isfinite(hours) or hours < 48:
        return duration(hours)
    return Value(days_old(hours / HOURS_PER_DAY), duration(hours).full)


def ago(hours: float | None) -> Value:
    """An age: "12 minutes ago"."""
    age = duration(hours)
    if age is UNKNOWN:
        return Value("never", "no successful read yet")
    return Value(f"{age.text} ago", age.full)


def slip(days: float | None) -> Value:
    """A milestone's slip: "3 weeks late", "2 days early", "on time"."""
    if days is None:
        return UNKNOWN
    if round(days) == 0:
        return Value("on time", "0 days")
    text = _in_days(abs(days))
    full = count(abs(days), "day")
    return Value(f"{text} late", f"{full} late", tone="bad") if days > 0 else Value(f"{text} early", f"{full} early")


def apart(days: float | None) -> Value:
    """How far a day is from another one: "3 weeks after", "2 days before", "on the day"."""
    if days is None:
        return UNKNOWN
    if round(days) == 0:
        return Value("on the day", "0 days")
    which = "after" if days > 0 else "before"
    return Value(f"{_in_days(abs(days))} {which}", f"{count(abs(days), 'day')} {which}")


def joined(texts: Sequence[str], *, most: int = 4) -> str:
    """Names in a sentence: "a, b and c", "a, b, c and 4 more"."""
    shown = list(texts[:most])
    if len(texts) > most:
        return f"{', '.join(shown)} and {more(len(texts) - most)} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def sentence(text: str) -> str:
    """A mart's phrase as a sentence: capital first letter, its dates in words, full stop."""
    text = told(text.strip())
    if not text:
        return ""
    # "checkout-fraud is red": a name keeps its small letter.
    first = text.split(None, 1)[0]
    start = text[0].upper() if first.isalpha() else text[0]
    return start + text[1:] + ("" if text[-1] in ".!?…" else ".")


def told(text: str) -> str:
    """A mart's text with its ISO dates, amounts, shares and spans as people and these reports say them; the rest as it is.

    What follows a semicolon with a capital is a sentence of its own. A quotation keeps its amounts to the last digit.
    """
    text = _NEXT.sub(". ", _SPAN.sub(" to ", text))
    text = _QUOTED.sub(r"“\1”", text)
    text = _ISO_DAY.sub(lambda found: _day_or(found[0]), text)
    text = _EARNED.sub(
        lambda found: earned(float(found[3]), found[1]).replace(" earned ", f" {found[2]} ", 1)[1:], text
    )
    text = _QUOTE_OR_AMOUNT.sub(
        lambda found: amount(float(found[1].replace(",", "")), found[2]).text if found[1] else found[0], text
    )
    return _PERCENT.sub(lambda found: f"{MINUS if found[1] else ''}{found[2]}%", text)


def _day_or(text: str) -> str:
    try:
        return day(date.fromisoformat(text)).text
    except ValueError:
        return text


MOVED = {"probability_share": "likelihood", "residual_probability_share": "likelihood after the response"}
"""What the columns of the register are called in every report."""


def moved(what: str | None) -> str:
    """A changed column in words: "target_date" is "target date"."""
    return MOVED.get(what or "") or label((what or "").removesuffix("_share"))


def ranged(name: str) -> str:
    """The name of a slice as words: "age_18_25" is "age 18–25"."""
    return label(_RANGE.sub("\N{EN DASH}", name))


def label(name: str) -> str:
    """A rule's or check's snake_case name as words: "scope_growth" is "scope growth"."""
    return name.replace("_", " ").strip()
