"""The installation's secret and the keyed hashes made with it. Not here: what is hashed."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

FILE = "privacy.key"
"""In the data folder, readable by its owner alone. Without it no pseudonym leads back to anybody."""


def secret(data_dir: Path) -> bytes:
    """The secret of this installation, made at its first need. Two processes that need it at once get the same."""
    path = data_dir / FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = data_dir / f".{FILE}.{os.getpid()}"
        write_private(fresh, secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was faster
            os.link(fresh, path)
        fresh.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii"))


def keyed_hash(secret: bytes, purpose: str, text: str) -> str:
    """32 hexadecimal digits that only the holder of the secret can make; different for each purpose (at most 16 letters)."""
    return hashlib.blake2b(text.encode(), key=secret, person=purpose.encode(), digest_size=16).hexdigest()


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    part.replace(path)
