"""What the sources' replies are decoded to: JSON values only, whatever a server wrote."""

import pytest

from connectors.transport import parsed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"loss": NaN}', {"loss": "NaN"}),
        ("[Infinity, -Infinity, 1.5]", ["Infinity", "-Infinity", 1.5]),
        ("[1e999, -1e999, 12345678901234567890123]", ["Infinity", "-Infinity", 12345678901234567890123]),
        (b'{"a": null}', {"a": None}),
    ],
)
def test_numbers_that_json_lacks_become_their_names(text, value):
    """The landing zone would write each of them as null."""
    assert parsed(text) == value


def test_what_is_no_json_is_refused():
    with pytest.raises(ValueError, match="line 1"):
        parsed("<html>")
