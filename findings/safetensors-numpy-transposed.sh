#!/usr/bin/env bash
# Guess: save_file of safetensors.numpy writes an array's values whatever its memory order, as np.save does, or refuses
#   what it cannot write, as save_file of safetensors.torch does.
# What happens: it writes the bytes as they lie in memory under the array's shape. A transposed matrix, or one in Fortran
#   order, comes back with its values in other places and the right shape, without a warning; so does a copy made with
#   np.array, which keeps the order. (The docstring asks for contiguous tensors; nothing checks.)
# Versions: safetensors 0.8.0, numpy 2.4.6, Python 3.11. 2026-11-28.
# Why it matters: converting checkpoints is mostly transposing (Dense to Linear, layouts of convolutions, adapters). The
#   file loads, the shapes fit, the model talks nonsense.
# What to do: np.ascontiguousarray on every array before saving (shown last), and load and compare after.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q safetensors==0.8.0 numpy==2.4.6
cd "$dir"
venv/bin/python - <<'PY'
import sys
import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file

print('safetensors', safetensors.__version__, 'numpy', np.__version__)
weight = np.arange(6, dtype=np.float32).reshape(2, 3)
cases = {
    'as it is': (weight, True),
    'transposed': (weight.T, False),
    'copy of the transposed': (np.array(weight.T), False),
    'Fortran order': (np.asfortranarray(weight), False),
    'transposed, made contiguous': (np.ascontiguousarray(weight.T), True),
}
for what, (array, expected) in cases.items():
    save_file({'weight': array}, 'weights.safetensors')
    back = load_file('weights.safetensors')['weight']
    same = bool(np.array_equal(back, array))
    print(f'{what}: saved {array.tolist()}, loaded {back.tolist()}')
    if same is not expected:
        sys.exit(f'The behaviour changed: {what} came back {"equal" if expected else "different"} before.')
PY
