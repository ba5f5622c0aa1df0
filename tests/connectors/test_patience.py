"""One policy of waiting for all sources: what the server asks for to the second, else pauses that double; then no more."""

import pytest

from connectors.patience import Patience, asked_by

NOON = "Tue, 24 Nov 2026 12:00:00 GMT"


def test_pauses_double_until_the_attempts_are_used_up():
    """Spread by a quarter, so that clients cut off together do not come back together."""
    patience = Patience(attempts=4, first_pause_seconds=2)
    waits = [patience.wait(attempt) for attempt in (1, 2, 3, 4)]
    assert waits[:3] == pytest.approx([2, 4, 8], rel=0.25)
    assert waits[3] is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "300"}, 300.0),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "Tue, 24 Nov 2026 12:01:35 GMT", "date": NOON}, 95.0),
        ({"retry-after": "901"}, None),
    ],
)
def test_what_a_server_asks_for_is_kept_to_the_second(headers, seconds):
    """By its own clock; longer than a quarter of an hour is left to the next run."""
    assert Patience().wait(1, asked_by(headers)) == seconds


@pytest.mark.parametrize("said", ["soon", "nan", "inf", ""])
def test_words_ask_for_nothing(said):
    assert asked_by({"retry-after": said}) is None
