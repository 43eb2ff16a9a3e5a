#!/usr/bin/env bash
# Guess: the intrinsic functions of the Amazon States Language are simple enough for local interpreters to agree on.
# What happens: aws-local-stepfunctions and moto disagree on ordinary arguments. StringSplit: every character of the
#   splitter separates (as AWS documents with '.+,=') and empty parts are dropped in moto; aws-local-stepfunctions takes the
#   splitter whole and keeps empty parts. MathAdd of 1.49 and 1: rounded to whole numbers, 2, in moto (AWS documents
#   that), 2.49 there. ArrayGetItem of -1: the last in moto, null there. Array(1, null): moto leaves null out.
#   ArrayUnique of objects fails in moto.
# Versions: aws-local-stepfunctions 3.0.0, moto 5.2.5, Node 20, Python 3.11. 2026-11-28.
# Why it matters: shard names, seeds and array sizes of a training pipeline are computed by these; a definition tested
#   locally plans other jobs in the cloud.
# What to do: keep to Format, JsonMerge, StringToJson and Array without null, and do arithmetic and splitting in a task.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q 'moto[stepfunctions]==5.2.5'
npm install --silent --no-audit --no-fund --prefix "$dir" aws-local-stepfunctions@3.0.0
cd "$dir"
cat > cases.json <<'JSON'
[
  ["States.StringSplit('a.b+c', '.+')", {}, ["a.b+c"], ["a", "b", "c"]],
  ["States.StringSplit('a||b', '|')", {}, ["a", "", "b"], ["a", "b"]],
  ["States.MathAdd($.n, 1)", { "n": 1.49 }, 2.49, 2],
  ["States.ArrayGetItem($.list, -1)", { "list": [1, 2] }, null, 2],
  ["States.Array(1, null)", {}, [1, null], [1]],
  ["States.ArrayUnique($.list)", { "list": [{ "id": 1 }, { "id": 1 }] }, [{ "id": 1 }], "States.Runtime"],
  ["States.Format('run-{}', $.id)", { "id": 7 }, "run-7", "run-7"]
]
JSON
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { StateMachine } from 'aws-local-stepfunctions';
const evaluate = async ([expression, input]) => {
  const pass = { Type: 'Pass', Parameters: { 'value.$': expression }, End: true };
  const { value } = await new StateMachine({ StartAt: 'Only', States: { Only: pass } }).run(input).result;
  return value;
};
console.log(JSON.stringify(await Promise.all(JSON.parse(readFileSync('cases.json', 'utf8')).map(evaluate))));
process.exit(0);
JS
node run.mjs > local.json
AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 venv/bin/python 2> moto.log - <<'PY'
import importlib.metadata, json, sys, time
import boto3
from moto import mock_aws

print('moto', importlib.metadata.version('moto'), 'aws-local-stepfunctions 3.0.0')
changed = None
with mock_aws(config={'stepfunctions': {'execute_state_machine': True}}):
    client = boto3.client('stepfunctions')

    def evaluate(name, expression, data):
        state = {'Type': 'Pass', 'Parameters': {'value.$': expression}, 'End': True}
        definition = json.dumps({'StartAt': 'Only', 'States': {'Only': state}})
        arn = client.create_state_machine(name=name, definition=definition, roleArn='arn:aws:iam::123456789012:role/r')['stateMachineArn']
        execution = client.start_execution(stateMachineArn=arn, input=json.dumps(data))['executionArn']
        for _ in range(200):
            result = client.describe_execution(executionArn=execution)
            if result['status'] != 'RUNNING':
                return json.loads(result['output'])['value'] if result['status'] == 'SUCCEEDED' else result['error']
            time.sleep(0.05)
        return 'no end within ten seconds'

    for index, ((expression, data, *expected), local) in enumerate(zip(json.load(open('cases.json')), json.load(open('local.json')))):
        seen = [local, evaluate(f'machine-{index}', expression, data)]
        print(f'{expression} of {json.dumps(data)}: aws-local-stepfunctions {json.dumps(seen[0])}, moto {json.dumps(seen[1])}')
        if seen != expected:
            changed = changed or f'{expression} gave {expected[0]!r} and {expected[1]!r}'
if changed:
    print(f'The behaviour changed: {changed}.')
    sys.exit(1)
PY
