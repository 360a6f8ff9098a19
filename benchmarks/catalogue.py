"""How long the questionnaire takes to load, check and export: `python benchmarks/catalogue.py`.

Aims: less than 2 s without a cache, less than 0.3 s from it.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from compliance.catalogue import ROOT, check_catalogue, editions, export_bytes
from compliance.catalogue.cache import Cache
from compliance.catalogue.loader import build, edition_files, parse

RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """The best of a few runs, in seconds of processor time."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in editions():
            key = (name.questionnaire_id, name.version)
            sources = {file: path.read_bytes() for file, path in edition_files(*key).items()}
            Cache.of(sources, Path(folder)).write(parse(sources))
            edition = build(parse(sources), *key)

            def cold(sources: dict[str, bytes] = sources, key: tuple[str, str] = key) -> object:
                return build(parse(sources), *key)

            def cached(sources: dict[str, bytes] = sources, key: tuple[str, str] = key) -> object:
                return build(Cache.of(sources, Path(folder)).read() or {}, *key)

            size = sum(map(len, sources.values())) // 1024
            print(f"{key[0]} {key[1]}: {len(edition.questions)} questions, {size} kB of YAML")
            print(f"  load without cache  {seconds(cold):6.3f} s   (aim < 2)")
            print(f"  load from the cache {seconds(cached):6.3f} s   (aim < 0.3)")
            print(f"  export as JSON      {seconds(lambda e=edition: export_bytes(e)):6.3f} s")  # type: ignore[misc]
    print(f"check of everything   {seconds(lambda: check_catalogue(ROOT)):6.3f} s")


if __name__ == "__main__":
    main()
