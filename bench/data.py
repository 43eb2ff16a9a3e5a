"""The Python side of data.ts: the samples of SFT shards, written again by `webdataset.TarWriter`."""

import json
import sys
import time

from webdataset import TarWriter, WebDataset


def main(tars: list, out: str) -> None:
    """Samples are read first, a tar at a time: only writing counts."""
    seconds = 0.0
    written = 0
    for index, tar in enumerate(tars):
        samples = [
            {key: json.loads(value) if key == "json" else value for key, value in sample.items() if key != "__url__"}
            for sample in WebDataset([tar], shardshuffle=False)
        ]
        started = time.perf_counter()
        with TarWriter(f"{out}/{index:05d}.tar") as writer:
            for sample in samples:
                writer.write(sample)
        seconds += time.perf_counter() - started
        written += len(samples)
    print(json.dumps({"seconds": seconds, "samples": written}))


main(json.loads(sys.argv[1]), sys.argv[2])
