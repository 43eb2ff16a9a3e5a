"""What MLflow's own client reads of an experiment on a tracking server, as JSON."""
import json
import sys

from mlflow import MlflowClient

url, experiment = sys.argv[1:]
client = MlflowClient(tracking_uri=url)
found = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])


def files_of(run_id, folder=None):
    for entry in client.list_artifacts(run_id, folder):
        yield from files_of(run_id, entry.path) if entry.is_dir else [entry.path]


def describe(run):
    run_id = run.info.run_id
    return {
        "name": run.info.run_name,
        "status": run.info.status,
        "params": run.data.params,
        "metrics": {
            name: sorted([each.step, each.value] for each in client.get_metric_history(run_id, name))
            for name in run.data.metrics
        },
        "artifacts": sorted(files_of(run_id)),
    }


print(json.dumps([describe(run) for run in found]))
