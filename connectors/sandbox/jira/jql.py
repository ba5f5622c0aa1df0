"""The part of JQL that the sandbox understands, evaluated for real; everything else is refused as Jira refuses it.

Understood: project, key, id, issue, created, updated, status, issuetype, labels; = != in "not in" < <= > >=; and, or, not,
brackets; order by created, updated, key, id. Dates: epoch milliseconds, or "yyyy-MM-dd HH:mm" read in the account's zone.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.sandbox.jira.site import Shown, Site

Test = Callable[[Shown], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<sign><=|>=|!=|[=<>(),])|(?P<word>[^\s=<>!(),"']+))"""
)
_COMPARISONS: dict[str, Callable[[datetime, datetime], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERS: dict[str, Callable[[Shown], Any]] = {
    "created": lambda shown: shown.issue.created_at,
    "updated": lambda shown: shown.updated_at,
    "key": lambda shown: (shown.project, shown.number),
    "id": lambda shown: int(shown.id),
}


class JqlError(Exception):
    """The query is refused; the text is Jira's."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood."""

    test: Test | None  # None: no restriction
    orders: tuple[tuple[str, bool], ...]  # field, is descending

    def select(self, issues: Iterable[Shown]) -> list[Shown]:
        """The issues that match, in order; by default the newest first."""
        found = sorted(
            (shown for shown in issues if self.test is None or self.test(shown)), key=_ORDERS["id"], reverse=True
        )
        for name, is_descending in reversed(self.orders):
            found.sort(key=_ORDERS[name], reverse=is_descending)
        return found


def parse(site: Site, text: str) -> Query:
    """Understands a query for a site, or raises JqlError."""
    return _Parser(site, text).query()


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, site: Site, text: str) -> None:
        self._site = site
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise JqlError(f"Error in the JQL Query: The character '{text[position]}' is a reserved JQL character.")
            kind = str(match.lastgroup)
            token = match.group(kind)
            self._tokens.append((kind, re.sub(r"\\(.)", r"\1", token[1:-1]) if kind == "text" else token))
            position = match.end()

    def query(self) -> Query:
        test = None if not self._tokens or self._peeks("order") else self._or()
        orders = self._order_by() if self._takes("order") else ()
        if self._tokens:
            raise JqlError(f"Error in the JQL Query: Expecting end of query but got '{self._tokens[0][1]}'.")
        return Query(test, orders)

    def _peeks(self, *words: str) -> bool:
        return bool(self._tokens) and self._tokens[0][0] != "text" and self._tokens[0][1].lower() in words

    def _takes(self, *words: str) -> bool:
        if self._peeks(*words):
            self._tokens.pop(0)
            return True
        return False

    def _next(self, what: str) -> str:
        if not self._tokens:
            raise JqlError(f"Error in the JQL Query: Expecting {what} but got the end of the query.")
        return self._tokens.pop(0)[1]

    def _expects(self, sign: str) -> None:
        if not self._takes(sign):
            got = self._next(f"'{sign}'")
            raise JqlError(f"Error in the JQL Query: Expecting '{sign}' but got '{got}'.")

    def _or(self) -> Test:
        tests = [self._and()]
        while self._takes("or"):
            tests.append(self._and())
        return lambda shown: any(test(shown) for test in tests)

    def _and(self) -> Test:
        tests = [self._not()]
        while self._takes("and"):
            tests.append(self._not())
        return lambda shown: all(test(shown) for test in tests)

    def _not(self) -> Test:
        if self._takes("not"):
            test = self._not()
            return lambda shown: not test(shown)
        if self._takes("("):
            test = self._or()
            self._expects(")")
            return test
        return self._clause()

    def _clause(self) -> Test:
        field = self._next("a field").lower()
        is_negated = False
        if self._takes("not"):
            is_negated, sign = True, self._next("'in'").lower()
        else:
            sign = self._next("an operator").lower()
        values = self._values() if sign == "in" else [self._next("a value")]
        if self._peeks("("):
            raise JqlError(f"Unable to find JQL function '{values[-1]}'.")
        if field in ("created", "updated") and sign in _COMPARISONS:
            return self._moment(field, sign, values[0])
        if sign not in ("=", "!=", "in"):
            raise JqlError(f"The operator '{sign}' is not supported by the '{field}' field.")
        test = self._membership(field, values)
        return (lambda shown: not test(shown)) if is_negated or sign == "!=" else test

    def _values(self) -> list[str]:
        self._expects("(")
        values = [self._next("a value")]
        while self._takes(","):
            values.append(self._next("a value"))
        self._expects(")")
        return values

    def _membership(self, field: str, values: list[str]) -> Test:
        wanted = {value.lower() for value in values}
        if field == "project":
            keys = {self._project(value) for value in values}
            return lambda shown: shown.project in keys
        tests: dict[str, Test] = {
            "key": lambda shown: shown.key.lower() in wanted,
            "issuekey": lambda shown: shown.key.lower() in wanted,
            "id": lambda shown: shown.id in wanted,
            "issue": lambda shown: shown.id in wanted or shown.key.lower() in wanted,
            "status": lambda shown: str(shown.values["status"]).lower() in wanted,
            "issuetype": lambda shown: shown.issue.type.lower() in wanted,
            "type": lambda shown: shown.issue.type.lower() in wanted,
            "labels": lambda shown: bool({label.lower() for label in shown.values.get("labels") or []} & wanted),
        }
        if field not in tests:
            raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")
        return tests[field]

    def _project(self, value: str) -> str:
        for one in self._site.projects:
            if value.lower() in (one.key.lower(), one.id, one.name.lower()):
                return one.key
        raise JqlError(f"The value '{value}' does not exist for the field 'project'.")

    def _moment(self, field: str, sign: str, value: str) -> Test:
        moment = self._date(field, value)
        if moment is None:
            return lambda _shown: False
        compare = _COMPARISONS[sign]
        if field == "created":
            return lambda shown: compare(shown.issue.created_at, moment)
        return lambda shown: compare(shown.updated_at, moment)

    def _date(self, field: str, value: str) -> datetime | None:
        behaviour = self._site.behaviour
        if re.fullmatch(r"-?\d+", value) and behaviour.takes_epochs:
            return None if behaviour.ignores_epochs else datetime.fromtimestamp(int(value) / 1000, UTC)
        for pattern in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
            try:
                return datetime.strptime(value, pattern).replace(tzinfo=ZoneInfo(behaviour.timezone))
            except ValueError:
                continue
        raise JqlError(
            f"Date value '{value}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def _order_by(self) -> tuple[tuple[str, bool], ...]:
        if not self._takes("by"):
            raise JqlError("Error in the JQL Query: Expecting 'by' after 'order'.")
        orders = []
        while True:
            name = self._next("a field").lower()
            if name not in _ORDERS:
                raise JqlError(f"Not able to sort using field '{name}'.")
            is_descending = self._takes("desc")
            if not is_descending:
                self._takes("asc")
            orders.append((name, is_descending))
            if not self._takes(","):
                return tuple(orders)
