"""The Python side of data.ts: the samples of a folder of SFT shards, written again by `webdataset.TarWriter`."""

import glob
import json
import sys
import time

from webdataset import TarWriter, WebDataset


def read(tar: str) -> list:
    """The samples of a tar as a training script would hand them over: JSON as values, images as bytes."""
    samples = [dict(sample) for sample in WebDataset([tar], shardshuffle=False)]
    for sample in samples:
        del sample["__url__"]
        sample["json"] = json.loads(sample["json"])
    return samples


def main(shards: str, out: str) -> None:
    """A tar's samples are read first: only writing counts."""
    seconds = 0.0
    for index, tar in enumerate(sorted(glob.glob(f"{shards}/*.tar"))):
        samples = read(tar)
        started = time.perf_counter()
        with TarWriter(f"{out}/{index:05d}.tar") as writer:
            for sample in samples:
                writer.write(sample)
        seconds += time.perf_counter() - started
    print(json.dumps({"seconds": seconds}))


main(sys.argv[1], sys.argv[2])
