"""What TensorBoard itself reads below a folder of runs: its event accumulator's and its own data provider's view, as JSON."""
import json
import sys

from tensorboard.backend.event_processing import data_provider, event_accumulator, plugin_event_multiplexer
from tensorboard.context import RequestContext
from tensorboard.data import provider

folder, run = sys.argv[1:]

multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={name: 0 for name in ("scalars", "tensors")})
multiplexer.AddRunsFromDirectory(folder).Reload()
shown = data_provider.MultiplexerDataProvider(multiplexer, folder)
context, everything = RequestContext(), provider.RunTagFilter(runs=[run])


def listed(plugin, list_of):
    return sorted(list_of(context, experiment_id="", plugin_name=plugin, run_tag_filter=everything).get(run, {}))


accumulator = event_accumulator.EventAccumulator(f"{folder}/{run}", size_guidance={"scalars": 0, "images": 0, "tensors": 0, "histograms": 0})
accumulator.Reload()
tags = accumulator.Tags()
scalars = {tag: [[e.step, e.wall_time, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]}
images = {tag: [[e.step, e.width, e.height, e.encoded_image_string[:8].hex()] for e in accumulator.Images(tag)] for tag in tags["images"]}
histograms = {
    tag: [[e.step, e.histogram_value.num, e.histogram_value.min, e.histogram_value.max, sum(e.histogram_value.bucket)] for e in accumulator.Histograms(tag)]
    for tag in tags["histograms"]
}
texts = {
    tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in accumulator.Tensors(tag)] for tag in tags["tensors"]
}
print(
    json.dumps(
        {
            "runs": sorted(each.run_name for each in shown.list_runs(context, experiment_id="")),
            "shown": {
                "scalars": listed("scalars", shown.list_scalars),
                "images": listed("images", shown.list_blob_sequences),
                "histograms": listed("histograms", shown.list_tensors),
                "text": listed("text", shown.list_tensors),
            },
            "scalars": scalars,
            "images": images,
            "histograms": histograms,
            "texts": texts,
        }
    )
)
