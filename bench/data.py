"""The Python side of data.ts: the samples of a folder of SFT shards, written again by `webdataset.TarWriter`."""

import glob
import json
import resource
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
    seconds = cpu_seconds = 0.0
    for index, tar in enumerate(sorted(glob.glob(f"{shards}/*.tar"))):
        samples = read(tar)
        started, cpu_started = time.perf_counter(), time.process_time()
        with TarWriter(f"{out}/{index:05d}.tar") as writer:
            for sample in samples:
                writer.write(sample)
        seconds += time.perf_counter() - started
        cpu_seconds += time.process_time() - cpu_started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "megabytes": megabytes}))


main(sys.argv[1], sys.argv[2])
