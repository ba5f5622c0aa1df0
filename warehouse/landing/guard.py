"""When a read is too small to be believed. A source that lost a permission answers with less, not with an error."""

from __future__ import annotations

SMALL_TABLE = 10
"""Below this many live records, losing half of them is an everyday event (two of three releases withdrawn)."""

NEGLIGIBLE = 3
"""Below this many live records even an empty read is believed: the last waiver of a sheet was removed."""


class ShrunkenRead(Exception):  # noqa: N818 - named for what happened at the source
    """A read that would delete so much that lost permission is likelier than deletion. Nothing was landed."""

    def __init__(self, instance: str, name: str, *, live: int, left: int) -> None:
        self.instance, self.name, self.live, self.left = instance, name, live, left
        what = f"only {left:,} records are" if left > 1 else "only 1 record is" if left else "no record is"
        super().__init__(
            f"{instance!r}, {name}: {what} left at the source where {live:,} are known; "
            "nothing was deleted and what had landed stays.\n"
            "Check that the credentials still see everything they should; if the records are really gone, "
            "run hub sync --census --confirm-shrink."
        )


def is_shrunken(*, live: int, left: int) -> bool:
    """Whether too few records are left at the source to be believed, given how many are live in the landing zone.

    Fewer than half of ten or more; none of three to nine. One or two may vanish unasked.
    """
    if live < SMALL_TABLE:
        return left == 0 and live >= NEGLIGIBLE
    return left * 2 < live
