"""Figures that remember where they were read, through arithmetic and into any text, so that none stands without a source.

A number, day or instant from a mart is an int, float, date or datetime that carries its origin: "earned_value.cpi#12" is
a column in a row of that mart by its rowid, "issues#3,4,9" is how many rows those are, and signs behind their operands
("a b -") say what was reckoned. Put into a text, a figure takes its origin along in characters that nobody sees; a page
shows them as `data-of`, every other file leaves them out. Texts of sources cannot bring such characters: `plain` drops them.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

ROW = "_row"
"""The key under which a row holds its own address."""

PAGE = "page"
"""The origin of what counts the page itself: how many more a list holds than it shows."""

RULE = "rule"
"""The origin of a fixed number of ours, such as the days that a review may be due in."""

# An origin's characters are shifted to where Unicode has none; BEGIN and END bound the text that they belong to.
_SHIFT, BEGIN, END = 0xE000, "\ue0fe", "\ue0ff"
_SHIFTED = {code: _SHIFT + code for code in range(128)}
_SHIFTED_BACK = {shifted: code for code, shifted in _SHIFTED.items()}
_SIGNS = re.compile("[\ue000-\ue0ff]")
_NUMERIC = re.compile(r"-?\d[\d.,:-]*")
_MARK = re.compile(f"([\ue000-\ue07f]+){BEGIN}([^{END}]*){END}")

Known = TypeVar("Known")
Origin: TypeAlias = "str | tuple[str, Any, Any] | float"
"""A mart's cell, an operation on two origins, or a fixed number."""


def plain(text: str) -> str:
    """The text without origins."""
    return text if text.isascii() else _SIGNS.sub("", text)


def said(value: object, text: str) -> str:
    """The text of a figure, with the figure's origin if it has one."""
    origin = getattr(value, "origin", None)
    return text if origin is None else marked(spelled(origin), text)


def marked(origin: str, text: str) -> str:
    """The text with an origin in front."""
    return f"{origin.translate(_SHIFTED)}{BEGIN}{plain(text)!s}{END}"


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with its origin; empty for what is no figure."""
    at = 0
    for found in _MARK.finditer(text):
        yield "", text[at : found.start()]
        yield found[1].translate(_SHIFTED_BACK), found[2]
        at = found.end()
    yield "", text[at:]


def count(rows: Iterable[Mapping[str, Any]]) -> int:
    """How many rows there are, remembering which."""
    addresses = [row.get(ROW) for row in rows]
    if not addresses:
        return _tracked(0, "0")
    if None in addresses:
        return len(addresses)
    marts: dict[str, list[str]] = {}
    for address in addresses:
        mart, number = str(address).split("#")
        marts.setdefault(mart, []).append(number)
    origins = [f"{mart}#{','.join(numbers)}" for mart, numbers in marts.items()]
    return _tracked(len(addresses), " ".join([*origins, *"+" * (len(origins) - 1)]))


def total(values: Iterable[float]) -> float:
    """What values add up to; of none that is nothing, and known to be."""
    return sum(values, start=_tracked(0, "0"))


def bare(value: Known) -> Known:
    """A figure as the plain number or day that it is, for programs that write it their own way."""
    match value:
        case _Dated():
            return date(value.year, value.month, value.day)  # type: ignore[attr-defined, return-value] # a day is one
        case _Number():
            return _bare(value)  # type: ignore[no-any-return] # as above
    return value


def length(row: Mapping[str, Any], column: str) -> int:
    """How many entries a list of a row has."""
    mart, number = str(row[ROW]).split("#")
    return _tracked(len(row[column] or ()), f"{mart}.{column}#{number} len")


def days_between(first: date, last: date) -> int:
    """The days from one day to another."""
    return _tracked((last - first).days, ("-", _day(last), _day(first)))


def hours_between(first: datetime, last: datetime) -> float:
    """The hours from one moment to another."""
    return _tracked((last - first).total_seconds() / 3600, ("hours", _day(last), _day(first)))


def _day(day: date) -> Origin:
    return getattr(day, "origin", None) or day.isoformat()


def more(number: int) -> str:
    """How many more there are than the page shows."""
    return marked(PAGE, str(number))


def fixed(number: float) -> str:
    """A number that a rule of the reports sets."""
    return marked(RULE, f"{number:g}")


class _Figure:
    """What every figure does, whatever it is made of."""

    origin: Origin

    def __format__(self, spec: str) -> str:
        return said(self, super().__format__(spec))

    def __str__(self) -> str:
        return said(self, super().__str__())


def _bare(value: Any) -> Any:
    """A number without its origin."""
    return int(value) if isinstance(value, int) else float(value)


def _binary(sign: str, reckon: Callable[[Any, Any], Any], *, is_reflected: bool = False) -> Any:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, int | float):
            return NotImplemented
        if sign == "+" and getattr(self, "origin", None) == "0":
            return other
        if sign == "+" and getattr(other, "origin", "0") == "0" and other == 0:
            return self  # where every sum begins
        first, second = (other, self) if is_reflected else (self, other)
        return _tracked(reckon(_bare(first), _bare(second)), (sign, _origin(first), _origin(second)))

    return method


def _origin(value: Any) -> Origin:
    origin: Origin | None = getattr(value, "origin", None)
    return _bare(value) if origin is None else origin


class _Number(_Figure):
    """Arithmetic that keeps the origins of its operands; rounding is a way to say the same figure."""

    __add__, __radd__ = _binary("+", operator.add), _binary("+", operator.add, is_reflected=True)
    __sub__, __rsub__ = _binary("-", operator.sub), _binary("-", operator.sub, is_reflected=True)
    __mul__, __rmul__ = _binary("*", operator.mul), _binary("*", operator.mul, is_reflected=True)
    __truediv__, __rtruediv__ = _binary("/", operator.truediv), _binary("/", operator.truediv, is_reflected=True)

    def __neg__(self) -> Any:
        return _tracked(-_bare(self), ("-", 0.0, self.origin))

    def __abs__(self) -> Any:
        return self if _bare(self) >= 0 else -self

    def __round__(self, digits: int | None = None) -> Any:
        return _tracked(round(_bare(self), digits), self.origin)

    def __floor__(self) -> Any:
        return _tracked(math.floor(_bare(self)), ("floor", self.origin, 0.0))


class Whole(_Number, int):  # type: ignore[misc] # rounding gives a figure, whatever the digits
    """A whole number."""


class Real(_Number, float):  # type: ignore[misc] # as above
    """A number."""


class _Dated(_Figure):
    """A day so many days from another keeps its origin."""

    def __add__(self, other: Any) -> Any:
        return self._moved(super().__add__(other), other)  # type: ignore[misc] # date's own

    def __sub__(self, other: Any) -> Any:
        moved = super().__sub__(other)  # type: ignore[misc] # date's own
        return self._moved(moved, -other) if isinstance(other, timedelta) else moved

    def _moved(self, moved: Any, by: timedelta) -> Any:
        if origin := getattr(self, "origin", None):
            moved.origin = ("days", origin, by / timedelta(days=1))
        return moved

    def replace(self, *args: Any, **changes: Any) -> Any:
        """Another moment; it keeps the origin only while it names nothing that changed."""
        changed = super().replace(*args, **changes)  # type: ignore[misc] # date's own
        if set(changes) <= {"day", "tzinfo"} and not args:
            changed.origin = getattr(self, "origin", None)
        return changed


class Day(_Dated, date):
    """A day."""


class Instant(_Dated, datetime):
    """A moment."""

    def date(self) -> Any:
        """Its day."""
        return _tracked(super().date(), getattr(self, "origin", None))


class Name(_Figure, str):
    """A text that is nothing but a number or a date, such as a model's version."""

    __slots__ = ("origin",)
    __hash__, __str__ = str.__hash__, str.__str__


def read(value: Any, mart: str, column: str, row: int) -> Any:
    """A value of a mart, as a figure if it is one; texts lose what could be taken for an origin."""
    if isinstance(value, str):
        value = plain(value)
        return _tracked(value, f"{mart}.{column}#{row}") if _NUMERIC.fullmatch(value) else value
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        return [plain(one) if isinstance(one, str) else one for one in value] if isinstance(value, list) else value
    return _tracked(value, f"{mart}.{column}#{row}")


def same(value: Known, origin: object) -> Known:
    """Another form of the same figure: the number that a text spells, the local day of a moment."""
    return _tracked(value, getattr(origin, "origin", None))


def _tracked(value: Known, origin: Origin | None) -> Known:
    """The same value, with its origin."""
    if origin is None:
        return value
    found: Any
    match value:
        case str():
            found = Name(value)
        case datetime():
            found = Instant.combine(value.date(), value.timetz(), value.tzinfo)
        case date():
            found = Day(value.year, value.month, value.day)
        case int():
            found = Whole(value)
        case _:
            found = Real(value)  # type: ignore[arg-type] # what is left is a float
    found.origin = origin
    return found  # type: ignore[no-any-return] # a figure is what it was made of


def spelled(origin: Origin) -> str:
    """An origin as text: operands before their sign; a sum of cells of one column as their rows."""
    found: list[str] = []
    waiting: list[Any] = [origin]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, tuple):
            found.append(one if isinstance(one, str) else f"{one:.17g}")
        elif len(one) == 1:
            found.append(one[0])
        elif one[0] == "+" and (cells := _cells(one)):
            found += cells
        else:
            waiting += [(one[0],), *reversed(one[1:] if one[0] != "floor" else one[1:2])]
    return " ".join(found)


def _cells(sum_: tuple[str, Any, Any]) -> list[str]:
    """A long sum of cells as one operand per column; empty if anything else is in it."""
    rows: dict[str, list[str]] = {}
    waiting: list[Any] = [sum_]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            if one[0] != "+":
                return []
            waiting += [one[2], one[1]]
        elif isinstance(one, str) and " " not in one and "." in one:
            column, numbers = one.split("#")
            rows.setdefault(column, []).append(numbers)
        else:
            return []
    return [*(f"{column}#{','.join(numbers)}" for column, numbers in rows.items()), *"+" * (len(rows) - 1)]
