#!/usr/bin/env bash
# Guess: lmms-eval reads a choice of MMMU by the benchmark's own rule, whose address it cites: `(B)`, else ` B ` with blanks on
#   both sides, else the text of an option.
# What happens: it looks for "A " without the blank before it, so every word that ends in a capital names an option: "It is the
#   RNA strand that pairs, so blue" is A although it says the text of B. Where two such words stand there, their place is looked
#   for with both blanks, is -1 for each, and the first letter of the list wins: "NBC and RNA" is A, in either order.
#   VLMEvalKit reads the text of the option, or nothing, in the same responses.
# Versions: lmms-eval 0.7.3 (0.2.4 too), ms-vlmeval 0.0.20, Python 3.11. 2026-11-29.
# Why it matters: subjects with abbreviations (DNA, NASA, USB, ABC) are scored by which letter their words end in; the same
#   answers have another MMMU score in another evaluator, with nothing random in it.
# What to do: ask for "(B)", which both read first; grade stored answers by one evaluator, and say which.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q numpy==2.4.6
"$dir/venv/bin/pip" install -q --no-deps lmms-eval==0.7.3 ms-vlmeval==0.0.20
"$dir/venv/bin/python" - <<'PY'
import importlib.util, logging, pathlib, sys, types

def load(package, place):
    # The file alone: the packages ask for torch and more when they are imported.
    path = pathlib.Path(importlib.util.find_spec(package).origin).parent / place
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

lmms = load('lmms_eval', 'tasks/_task_utils/mmmu_mcq_utils.py')
log = types.ModuleType('vlmeval.smp.log')
log.get_logger = logging.getLogger
place = importlib.util.find_spec('vlmeval')
sys.modules.update({'vlmeval': types.ModuleType('vlmeval'), 'vlmeval.smp': types.ModuleType('vlmeval.smp'), 'vlmeval.smp.log': log})
sys.modules['vlmeval'].__spec__ = place
matching = load('vlmeval', 'utils/matching_util.py')

options = {'A': 'the red strand', 'B': 'the blue strand', 'C': 'the green strand', 'D': 'none of them'}
cases = [
    ('It is the RNA here that pairs with it: the blue strand', 'A', 'B'),
    ('By what NASA says of this it must be the green strand', 'A', 'C'),
    ('Both NBC and RNA rule the rest out, so the blue strand', 'A', 'B'),
    ('Of all these strands it clearly has to be the blue strand', 'B', 'B'),
]
for response, by_lmms, by_vlmeval in cases:
    read = lmms.parse_mmmu_multi_choice_response(response, list(options), options)
    other = matching.can_infer(response, dict(options))
    print(f'{response!r}: lmms-eval {read}, VLMEvalKit {other}')
    if (read, other) != (by_lmms, by_vlmeval):
        sys.exit(f'The behaviour changed: {response!r} was {by_lmms} and {by_vlmeval}.')
PY
