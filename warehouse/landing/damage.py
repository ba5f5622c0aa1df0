"""Landing tables that can no longer be read, told with the place and what to do. Not here: reading one (table.py)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

REMEDY = (
    "Restore the folder from a backup; or move it out of the landing zone and run hub sync, which reads everything anew:"
    " of what the source keeps no history, the earlier versions are then in the moved folder alone."
)


class LandingDamaged(Exception):  # noqa: N818 - named for what happened
    """Tables whose log is lost: neither read nor written, as a table begun anew in their place would hide what they hold."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join([*self.faults, REMEDY]))


def opened(uri: str, folder: Path | None, storage_options: dict[str, str] | None) -> DeltaTable | None:
    """The table's newest snapshot, None if nothing ever landed in it. Raises LandingDamaged.

    A table is made before its first file is written: files without a log are never those of a first commit that was
    killed, but of a table whose log was lost.
    """
    if folder is not None and not folder.is_dir():
        return None
    try:
        return DeltaTable(uri, storage_options=storage_options)
    except TableNotFoundError:
        if not _has_files(uri, folder, storage_options):
            return None
    fault = f"{folder or uri}: the files of a landing table lie here, but the log that says which of them count (_delta_log) is gone."
    raise LandingDamaged([fault])


def _has_files(uri: str, folder: Path | None, storage_options: dict[str, str] | None) -> bool:
    if folder is not None:
        return next(folder.glob("*.parquet"), None) is not None
    from deltalake.fs import DeltaStorageHandler
    from pyarrow.fs import FileSelector, PyFileSystem

    store = PyFileSystem(DeltaStorageHandler(uri, storage_options))
    found = store.get_file_info(FileSelector("", allow_not_found=True))
    return any(entry.base_name.endswith(".parquet") for entry in found)
