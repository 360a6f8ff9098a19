"""What may be logged of an unexpected fault."""

import traceback
from pathlib import Path


def told(error: Exception) -> dict[str, str]:
    """Kind and place of a fault; never its text, which may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "place": place}
