"""One cell typed by its column: numbers, dates and shares as spreadsheets hold them, or as people type them as text.

A text counts as a number only where nobody could read it as another one; everything else is a fault, never a guess.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connectors.sheets.contract import Column, Kind
from connectors.sheets.wording import day_of, month_of, normalised

_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serial dates
FIRST_SERIAL, _LAST_SERIAL = 29221, 80000  # 1980 to 2119: other numbers in a date column are no dates
_ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|ERROR!|SPILL!|NV|WERT!|BEZUG!)", re.IGNORECASE)
_DASHES = frozenset({"-", "\u2013", "\u2014", "--"})
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_WORDED_SIGNS = {
    "US$": "USD", "R$": "BRL", "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF", "FR.": "CHF", "SFR.": "CHF", "₹": "INR", "₺": "TRY",
}  # fmt: skip
_SIGNS_BY_PLACE = {
    "$": {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP"},
    "KR": {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"},
    "¥": {"JP": "JPY", "CN": "CNY"},
}  # fmt: skip
"""Signs that name another currency in each place; where the sheet's locale is none of these only $ has a meaning, US dollars."""

_MONEY = re.compile(r"^(?P<before>[€$£]|[A-Z]{3})?(?P<number>[-+(]?[€$£]?[\d.,'’]+\)?-?)(?P<after>[€$£]|[A-Z]{3})?$")
CURRENCY_CODES = frozenset(
    [
        "AED",
        "ARS",
        "AUD",
        "BGN",
        "BRL",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "ISK",
        "JPY",
        "KRW",
        "MXN",
        "MYR",
        "NOK",
        "NZD",
        "PHP",
        "PLN",
        "RON",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "VND",
        "ZAR",
    ]
)


_PATTERN_CURRENCY = re.compile(r'\[\$(?P<tagged>[^\]-]+)(?:-[^\]]*)?\]|\[[^\]]*\]|"(?P<quoted>[^"]+)"|(?P<bare>[€$£])')


def currency_of(pattern: str) -> str | None:
    """The currency that a number format's pattern shows, such as EUR for [$€-407]#,##0.00; None if it shows none known."""
    for found in _PATTERN_CURRENCY.finditer(pattern.partition(";")[0]):
        sign = (found["tagged"] or found["quoted"] or found["bare"] or "").strip().upper()
        sign = {"US$": "USD", "FR.": "CHF", "SFR.": "CHF", "ZŁ": "PLN", "KČ": "CZK", "¥": "JPY", "₹": "INR"}.get(
            sign, sign
        )
        if (code := CURRENCY_SIGNS.get(sign, sign)) in CURRENCY_CODES:
            return code
    return None


class UnreadableError(ValueError):
    """A cell that is not what its column says."""


class OutOfRangeError(UnreadableError):
    """A number that its column does not allow."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as the cell holds it and the currency written beside it, if any."""

    value: float
    currency: str | None = None


def is_blank(value: Any) -> bool:
    """Whether a cell holds nothing to see."""
    return value is None or (isinstance(value, str) and not value.strip())


def typed(value: Any, column: Column, locale: str) -> Any:
    """The JSON value of a cell that is not blank: number, text, "YYYY-MM-DD", list of texts; None for a dash.

    An amount comes as Amount, since a currency may stand beside it. Raises UnreadableError if the cell is nothing of the kind.
    """
    if isinstance(value, str) and _ERRORS.fullmatch(value.strip()):
        raise UnreadableError
    if isinstance(value, str) and value.strip() in _DASHES and column.kind is not Kind.LIST:
        return None
    return _READERS[column.kind](value, column, locale)


def text(value: Any) -> str:
    """A cell as text: whole numbers without a fraction, as the sheet shows them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def serial_day(value: Any) -> date | None:
    """The day of a serial date; None for anything else. It has no zone: it is the day the sheet's own zone shows."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not FIRST_SERIAL <= value <= _LAST_SERIAL:
        return None
    return _EPOCH + timedelta(days=int(value))


def _within(number: float, column: Column) -> float:
    if (column.low is not None and number < column.low) or (column.high is not None and number > column.high):
        raise OutOfRangeError
    return number


def _choice(value: Any, column: Column, _locale: str) -> str:
    words = normalised(text(value))
    for choice in column.choices:
        if words in {normalised(word) for word in choice}:
            return choice[0]
    raise UnreadableError


def _date(value: Any, locale: str) -> date:
    day = day_of(value, locale) if isinstance(value, str) else serial_day(value)
    if day is None:
        raise UnreadableError
    return day


def _month(value: Any, locale: str) -> date:
    if isinstance(value, int | float) and not isinstance(value, bool) and 200001 <= value <= 210012:
        value = text(value)  # 202601
    month = month_of(value) if isinstance(value, str) else None
    return month or _date(value, locale).replace(day=1)


def _amount(value: Any, column: Column, locale: str) -> Amount:
    amount = _number(value, locale)
    _within(amount.value, column)
    return amount


def _share(value: Any, column: Column, locale: str) -> float:
    """A number, or a percentage: "12 %" is 0.12. A bare 12 in a column of shares is out of range, not twelve percent."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return _within(_number(value.strip().removesuffix("%"), locale).value / 100, column)
    return _within(_number(value, locale).value, column)


def _integer(value: Any, column: Column, locale: str) -> int:
    number = _within(_number(value, locale).value, column)
    if not number.is_integer():
        raise UnreadableError
    return int(number)


def _list(value: Any, _column: Column, _locale: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n]", text(value)) if part.strip()]


def _number(value: Any, locale: str) -> Amount:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnreadableError
    if not isinstance(value, str):
        if not math.isfinite(value):
            raise UnreadableError
        return Amount(float(value))
    packed = _SPACES.sub("", _grouped_by_spaces(value)).replace("\u2212", "-").upper()
    is_bracketed = packed.startswith("(") and packed.endswith(")")
    is_signed = re.match(r"-[A-Z]", packed) is not None  # -EUR 12.50: the minus stands before the code
    inner = packed[1:-1] if is_bracketed else packed[1:] if is_signed else packed
    money = _MONEY.match(_with_codes(inner, locale))
    if money is None:
        raise UnreadableError
    number = money["number"]
    signs = [sign for sign in (money["before"], money["after"], *re.findall(r"[€$£]", number)) if sign]
    currencies = [CURRENCY_SIGNS.get(sign, sign) for sign in signs]
    if len(currencies) > 1 or not CURRENCY_CODES.issuperset(currencies):
        raise UnreadableError
    is_negative = is_bracketed or is_signed or number.startswith(("-", "(")) or number.endswith("-")
    digits = re.sub(r"[-+()€$£]", "", number)
    if number.startswith("(") is not number.endswith(")") or not digits:
        raise UnreadableError
    magnitude = _magnitude(digits, locale)
    return Amount(-magnitude if is_negative else magnitude, currencies[0] if currencies else None)


def _with_codes(packed: str, locale: str) -> str:
    """An amount with the code of its currency where a sign stood that the locale, or anybody, writes for it."""
    place = locale.partition("_")[2].upper()
    here = {sign: places[place] for sign, places in _SIGNS_BY_PLACE.items() if place in places}
    if "KR" in here:
        here = {"KR.": here["KR"], **here}
    for sign, code in {**_WORDED_SIGNS, **here}.items():
        if packed.lstrip("-").startswith(sign):
            return packed.replace(sign, code, 1).replace("-" + code, code + "-")
        if packed.endswith(sign):
            return packed.removesuffix(sign) + code
    return packed


def _grouped_by_spaces(value: str) -> str:
    """Refuses spaces between digits that do not part thousands: "12 34" is two numbers, "1 234" is one."""
    if re.search(r"\d[\s\u00a0\u202f\u2009]+(?!\d{3}(?!\d))\d", value):
        raise UnreadableError
    return value.strip()


def _magnitude(digits: str, locale: str) -> float:
    """The number behind digits, dots, commas and apostrophes, if only one reading is possible."""
    plain = digits.replace("’", "'")
    marks = [mark for mark in plain if not mark.isdigit()]
    kinds = sorted(set(marks), key=plain.rindex)
    if not kinds:
        return float(plain)
    if len(kinds) > 2 or "'" in kinds[1:]:
        raise UnreadableError
    last = kinds[-1]
    if len(kinds) == 2:  # the last one is the decimal mark: 1.234,50 and 1,234.50 alike
        if marks.count(last) > 1:
            raise UnreadableError
        return _joined(plain, thousands=kinds[0], decimal=last)
    if last == "'" or marks.count(last) > 1:
        return _joined(plain, thousands=last, decimal=None)
    before, after = plain.split(last)
    if len(after) != 3 or len(before) > 3 or before in {"", "0"}:
        return _joined(plain, thousands=None, decimal=last)
    # "1,200" is twelve hundred or one and a fifth: believed only where the sheet's locale parts thousands that way.
    if last == decimal_mark(locale):
        raise UnreadableError
    return _joined(plain, thousands=last, decimal=None)


def _joined(plain: str, *, thousands: str | None, decimal: str | None) -> float:
    whole, _, fraction = plain.partition(decimal) if decimal else (plain, "", "")
    groups = whole.split(thousands) if thousands else [whole]
    if thousands and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        raise UnreadableError
    if not "".join(groups) + fraction:
        raise UnreadableError
    return float(f"{''.join(groups) or '0'}.{fraction or '0'}")


_DECIMAL_POINT = ("en", "ja", "zh", "ko", "th", "he", "iw", "hi", "ms", "tl", "fil")
_DECIMAL_POINT_PLACES = frozenset(
    {"de_CH", "de_LI", "it_CH", "es_MX", "es_GT", "es_HN", "es_NI", "es_PA", "es_PE", "es_PR", "es_SV", "es_DO"}
)


def decimal_mark(locale: str) -> str:
    """The decimal mark of a spreadsheet's locale."""
    is_point = locale.partition("_")[0] in _DECIMAL_POINT or locale in _DECIMAL_POINT_PLACES
    return "." if is_point and locale != "en_ZA" else ","


_READERS: dict[Kind, Callable[[Any, Column, str], Any]] = {
    Kind.TEXT: lambda value, _column, _locale: text(value),
    Kind.LIST: _list,
    Kind.CHOICE: _choice,
    Kind.DATE: lambda value, _column, locale: _date(value, locale).isoformat(),
    Kind.MONTH: lambda value, _column, locale: _month(value, locale).isoformat(),
    Kind.SHARE: _share,
    Kind.NUMBER: _share,
    Kind.INTEGER: _integer,
    Kind.AMOUNT: _amount,
}
