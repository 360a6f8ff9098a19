"""How much room the data folder has."""

import shutil
from dataclasses import dataclass
from pathlib import Path

LOW_SHARE, LOW_BYTES = 0.1, 1024**3  # below a tenth, or below one gibibyte: warn


@dataclass(frozen=True, slots=True)
class Disk:
    """Space of the file system that holds a folder."""

    free_bytes: int
    total_bytes: int

    @property
    def is_low(self) -> bool:
        return self.free_bytes < LOW_BYTES or self.free_bytes < self.total_bytes * LOW_SHARE


def disk_of(folder: Path) -> Disk:
    """Free and total space, also where the folder is not made yet."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    usage = shutil.disk_usage(existing)
    return Disk(usage.free, usage.total)
