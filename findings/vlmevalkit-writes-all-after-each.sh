#!/usr/bin/env bash
# Guess: scoring answers that are there already costs the same for each; results that are kept in between are added to.
# What happens: VLMEvalKit's track_progress_rich, which its benchmarks grade by, pickles all results so far after each one: of n
#   answers it writes n files that grow to n entries. Of 4,000 it writes 16 times the bytes of 1,000, over 2,000 times the size
#   of what it keeps in the end, though the function that grades does nothing.
# Versions: ms-vlmeval 0.0.20, tqdm 4.70.1, Python 3.11. 2026-11-29.
# Why it matters: several samples of each prompt, or a benchmark of ten variants a question (DynaMath: 5,010 rows), are graded for
#   minutes without any language model; a network file system feels every write.
# What to do: grade in parts of a thousand and join them, or call the grading function over the rows itself.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q tqdm==4.70.1
"$dir/venv/bin/pip" install -q --no-deps ms-vlmeval==0.0.20
"$dir/venv/bin/python" - 2>/dev/null <<'PY'
import ast, importlib.util, os, pathlib, pickle, sys, tempfile, types

# Two files alone: the package asks for torch and more when it is imported. Its own dump, which is counted.
root = pathlib.Path(importlib.util.find_spec('vlmeval').origin).parent
tree = ast.parse((root / 'smp/file.py').read_text())
dump = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == 'dump')
known = {'pickle': pickle, 'csv': types.SimpleNamespace(QUOTE_ALL=1)}
exec(compile(ast.Module([dump], []), 'smp/file.py', 'exec'), known)
written = []

def counted(data, place):
    known['dump'](data, place)
    written.append(os.path.getsize(place))

smp = types.ModuleType('vlmeval.smp')
smp.dump, smp.load = counted, lambda place: pickle.load(open(place, 'rb'))
packages = {name: types.ModuleType(name) for name in ('vlmeval', 'vlmeval.utils')}
for package in packages.values():
    package.__path__ = []
sys.modules.update(packages | {'vlmeval.smp': smp})
spec = importlib.util.spec_from_file_location('vlmeval.utils.mp_util', root / 'utils/mp_util.py')
progress = importlib.util.module_from_spec(spec)
spec.loader.exec_module(progress)

totals = {}
for count in (1000, 4000):
    written.clear()
    with tempfile.TemporaryDirectory() as folder:
        tasks = [(at,) for at in range(count)]
        grade = lambda at: {'log': 'Prefetch succeed', 'res': str(at)}
        progress.track_progress_rich(grade, tasks, nproc=4, keys=list(range(count)), save=f'{folder}/kept.pkl')
    totals[count] = sum(written)
    print(f'{count} answers: {len(written)} files of {sum(written) / 1e6:.0f} MB together, the last {written[-1] / 1e3:.0f} kB')
    if len(written) < count:
        sys.exit(f'The behaviour changed: {count} answers were kept in {len(written)} files.')
growth = totals[4000] / totals[1000]
print(f'four times the answers, {growth:.1f} times the bytes')
if growth < 12:
    sys.exit('The behaviour changed: bytes grow with the answers.')
PY
