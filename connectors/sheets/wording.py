"""Texts of a spreadsheet in the form in which they are compared, and the months and years people write."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_MONTHS = {
    1: "jan january januar janner ene enero janv janvier gen gennaio janeiro januari sty styczen stycznia leden ledna led tammi tammikuu tammikuuta",
    2: "feb february februar feber febrero fev fevr fevrier febbraio fevereiro februari lut luty lutego unor unora uno helmi helmikuu helmikuuta",
    3: "mar march mrz maerz marz marzo mars marco maart mrt marts marzec marca brezen brezna bre maalis maaliskuu maaliskuuta",
    4: "apr april abr abril avr avril aprile kwi kwiecien kwietnia duben dubna dub huhti huhtikuu huhtikuuta",
    5: "may mai mayo mag maggio maio mei maj maja kveten kvetna kve touko toukokuu toukokuuta",
    6: "jun june juni junio juin giu giugno junho cze czerwiec czerwca cerven cervna cvn kesa kesakuu kesakuuta",
    7: "jul july juli julio juil juill juillet lug luglio julho lip lipiec lipca cervenec cervence cvc heina heinakuu heinakuuta",
    8: "aug august ago agosto aout augustus augusti sie sierpien sierpnia srpen srpna srp elo elokuu elokuuta",
    9: "sep sept september septiembre septembre set settembre setembro wrz wrzesien wrzesnia zari zar syys syyskuu syyskuuta",
    10: "oct october okt oktober octubre octobre ott ottobre out outubro paz pazdziernik pazdziernika rijen rijna rij loka lokakuu lokakuuta",
    11: "nov november noviembre novembre novembro lis listopad listopada listopadu marras marraskuu marraskuuta",
    12: "dec december dez dezember dic diciembre decembre dicembre dezembro desember des gru grudzien grudnia prosinec prosince pro joulu joulukuu joulukuuta",
}
_MONTH_NUMBERS = {name: number for number, names in _MONTHS.items() for name in names.split()}

_FISCAL_YEAR = re.compile(
    r"\b(?:fy|fiscal year|gj|geschaftsjahr|ejercicio|exercice) ?(?:20)?(?:\d{2}[/ ](?:20)?)?(\d{2})\b"
)
_SPLIT_YEAR = re.compile(r"\b20\d{2}/(?:20)?(1[3-9]|[2-9]\d)\b")  # 2026/27
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")


@lru_cache(maxsize=10_000)  # headers are looked at as months, as years and as each column of a contract
def normalised(text: str) -> str:
    """A text without case, accents, punctuation and repeated spaces: "Kosten-Art:" becomes "kosten art"."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w%/'$€£]+|_", " ", plain).split())


def month_number(word: str) -> int | None:
    """1 to 12 for a month's name or usual abbreviation in the languages known here."""
    return _MONTH_NUMBERS.get(word.rstrip("."))


def year_of(text: str) -> int | None:
    """The year in a text such as "2026", "Budget FY27" or "FY2026/27"; a fiscal year counts by its last year."""
    plain = normalised(text)
    if fiscal := _FISCAL_YEAR.search(plain) or _SPLIT_YEAR.search(plain):
        return 2000 + int(fiscal[1])
    years = _YEAR.findall(plain)
    return int(years[-1]) if years else None


def is_fiscal(text: str) -> bool:
    """Whether a text speaks of a fiscal year: "FY27", "2026/27"."""
    plain = normalised(text)
    return bool(_FISCAL_YEAR.search(plain) or _SPLIT_YEAR.search(plain))


@dataclass(frozen=True, slots=True)
class Period:
    """A month or quarter counted within its year: "FY27 P3", "Q2 2027". `rest` are the words beside it."""

    first: int  # its first month, 1 to 12, counted from the year's beginning
    count: int  # of its months
    year: int | None
    is_fiscal: bool  # the year begins with the fiscal year's first month
    rest: str

    def months(self, year: int, fiscal_start: int) -> tuple[date, ...]:
        """The months it is in a year; a fiscal year is called by the calendar year it ends in."""
        start = fiscal_start if self.is_fiscal else 1
        begin = (year - (start > 1)) * 12 + start - 1 + self.first - 1
        return tuple(date(month // 12, month % 12 + 1, 1) for month in range(begin, begin + self.count))


_COUNTED = re.compile(
    r"\b(?:(?:p|per|period|periode) ?0?(?P<period>1[0-2]|[1-9])|(?:q|quarter|quartal|trimestre|trimestr) ?(?P<quarter>[1-4])"
    r"|(?P<before>[1-4])(?:st|nd|rd|th)? ?(?:quarter|quartal|trimestre))(?![0-9])(?:[/' ]+(?P<year>\d{2})(?![\d/]))?"
)


def period_of(text: str) -> Period | None:
    """The period a text names, with the year if that is said too; None if it names none."""
    plain = normalised(text)
    found = _COUNTED.search(plain)
    if found is None:
        return None
    rest = plain[: found.start()] + " " + plain[found.end() :]
    fiscal = _FISCAL_YEAR.search(rest) or _SPLIT_YEAR.search(rest)
    named = fiscal or _YEAR.search(rest)
    year = year_of(rest) if named else 2000 + int(found["year"]) if found["year"] else None
    if named:
        rest = rest[: named.start()] + " " + rest[named.end() :]
    number = found["quarter"] or found["before"]
    first, count = (3 * int(number) - 2, 3) if number else (int(found["period"]), 1)
    # A numbered period is the fiscal year's; a quarter is where that is said.
    return Period(first, count, year, bool(fiscal) or not number, " ".join(rest.replace("-", " ").split()))


_MONTH_FORMS = (
    re.compile(r"(?P<year>20\d{2}) ?[-/. m]? ?(?P<month>0?[1-9]|1[0-2])"),  # 2026-01, 2026/1, 2026M01, 202601
    re.compile(r"(?P<month>0?[1-9]|1[0-2]) ?[-/. ] ?(?P<year>20\d{2})"),  # 01/2026, 1.2026
    re.compile(r"(?P<name>[a-z]+) ?[-/' ]* ?(?P<year>20\d{2}|\d{2})"),  # Jan 2026, January-26, Jan '26
    re.compile(r"(?P<year>20\d{2}) ?[-/ ]* ?(?P<name>[a-z]+)"),  # 2026 Jan
)


def month_of(text: str) -> date | None:
    """The first day of the month a text names together with its year; None if it is no such text."""
    plain = " ".join(_plain(text).replace(".", ". ").replace(". ", ".").split())
    for form in _MONTH_FORMS:
        if found := form.fullmatch(plain.replace(".", " ") if "name" in form.groupindex else plain):
            parts = found.groupdict()
            number = month_number(parts["name"]) if parts.get("name") else int(parts["month"])
            if number is not None:
                return date(2000 + int(parts["year"]) % 100, number, 1)
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().strip()
    return (
        "".join(sign for sign in folded if not unicodedata.combining(sign))
        .replace("\u2019", "'")
        .replace("\u2013", "-")
    )


_DAY_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[ -](?:de )?(?P<name>[a-z]+)\.?,?[ -](?:de )?(?P<year>\d{4})"
)
_NAMED_DAY = re.compile(r"(?P<name>[a-z]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})")
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:[t ]\d{1,2}:\d{2}.*)?")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})")
_SLASHED = re.compile(r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})")


def day_of(text: str, locale: str) -> date | None:
    """The day a text names, None if it is none. Of 03/04/2026 the month comes first where the sheet's locale says so."""
    plain = _plain(text)
    for form in (_ISO, _DOTTED, _DAY_NAMED, _NAMED_DAY):
        if found := form.fullmatch(plain):
            parts = found.groupdict()
            month = month_number(parts["name"]) if "name" in parts else int(parts["month"])
            return _day(int(parts["year"]), month, int(parts["day"]))
    if found := _SLASHED.fullmatch(plain):
        first, second = int(found["first"]), int(found["second"])
        is_month_first = (locale.startswith("en_US") and first <= 12) or second > 12
        month, day = (first, second) if is_month_first else (second, first)
        return _day(int(found["year"]), month, day)
    return None


def _day(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 0, day)
    except ValueError:
        return None
