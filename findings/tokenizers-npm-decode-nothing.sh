#!/usr/bin/env bash
# Guess: decoding no tokens gives no text in @huggingface/tokenizers (npm), as it does in tokenizers (PyPI).
# What happens: npm throws "token_ids must be a non-empty array of integers."; PyPI gives "".
# Versions: @huggingface/tokenizers 0.2.0, tokenizers 0.23.3, Node 20, Python 3.11. 2026-11-28.
# Why it matters: a completion whose end token was cut off has no tokens left: one such answer among a million ends the job.
# What to do: answer "" for an empty list before asking the library.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q tokenizers==0.23.3
npm install --silent --no-audit --no-fund --prefix "$dir" @huggingface/tokenizers@0.2.0
cd "$dir"
cat > write.py <<'PY'
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

alphabet = {character: index for index, character in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
tokenizer = Tokenizer(models.BPE(alphabet, []))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.save('tokenizer.json')
text = Tokenizer.from_file('tokenizer.json').decode([])
print(f'tokenizers: decode([]) is {text!r}')
assert text == '', 'tokenizers (PyPI) now gives something for no tokens'
PY
venv/bin/python write.py
cat > read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';

const tokenizer = new Tokenizer(JSON.parse(readFileSync('tokenizer.json', 'utf8')), {});
let seen;
try {
  seen = JSON.stringify(tokenizer.decode([]));
} catch (error) {
  seen = `an error: ${error.message}`;
}
console.log(`@huggingface/tokenizers: decode([]) is ${seen}`);
if (!seen.includes('non-empty array')) throw new Error('@huggingface/tokenizers (npm) now decodes no tokens');
JS
node read.mjs
