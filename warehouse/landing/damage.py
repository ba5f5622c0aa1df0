"""Landing tables that can no longer be read, told with the place and what to do. Not here: reading one (table.py)."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

REMEDY = (
    "Restore the folder from a backup; or move what is left of it out of the landing zone and run hub sync, which reads everything anew:"
    " of what the source keeps no history, the earlier versions are then in the moved folder alone."
)

MAKE_ROOM = "See that there is room on the disk and that this user may write there."

_LONGEST_CAUSE = 200

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG)


class LandingDamaged(Exception):  # noqa: N818 - named for what happened
    """Tables whose log or files are lost or broken: neither read nor written, as one begun anew would hide what they hold."""

    def __init__(self, faults: Iterable[str], remedy: str = REMEDY) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join([*self.faults, remedy]))


def opened(uri: str, folder: Path | None, storage_options: dict[str, str] | None) -> DeltaTable | None:
    """The table's newest snapshot, None if nothing ever landed in it. Raises LandingDamaged.

    A table is made before its first file is written: files without a log are never those of a first commit that was
    killed, but of a table whose log was lost.
    """
    if folder is not None and not folder.is_dir():
        return None
    try:
        try:
            return DeltaTable(uri, storage_options=storage_options)
        except TableNotFoundError:
            if not _has_files(uri, folder, storage_options):
                return None
            return DeltaTable(uri, storage_options=storage_options)  # another sync may just have made it and its files
    except TableNotFoundError:
        pass
    except (DeltaError, OSError) as error:
        raise unreadable(folder or uri, error) from error
    fault = f"{folder or uri}: the files of a landing table lie here, but the log that says which of them count (_delta_log) is gone."
    raise LandingDamaged([fault])


def unreadable(place: Path | str, error: Exception) -> LandingDamaged:
    """The damage behind an error of the Delta library or of DuckDB, in a line of bounded length."""
    fault = f"{place}: this landing table is damaged, its log (_delta_log) or a file that the log names cannot be read: {in_a_line(error)}"
    return LandingDamaged([fault if isinstance(place, Path) else f"{fault}. First see that the store can be reached."])


def in_a_line(error: Exception) -> str:
    """What the Delta library or DuckDB says, in a line of bounded length."""
    said, _, _ = str(error).partition("\n   0: ")  # then comes the stack of the library's own code
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;]*m", "", said)).strip()[:_LONGEST_CAUSE]


def is_unwritable(error: Exception) -> bool:
    """Whether the Delta library could not write: the disk is full, or this user has no right to. It says so in its text alone."""
    return any(f"(os error {number})" in str(error) for number in UNWRITABLE)


def _has_files(uri: str, folder: Path | None, storage_options: dict[str, str] | None) -> bool:
    if folder is not None:
        return next(folder.glob("*.parquet"), None) is not None
    from deltalake.fs import DeltaStorageHandler
    from pyarrow.fs import FileSelector, PyFileSystem

    store = PyFileSystem(DeltaStorageHandler(uri, storage_options))
    found = store.get_file_info(FileSelector("", allow_not_found=True))
    return any(entry.base_name.endswith(".parquet") for entry in found)
