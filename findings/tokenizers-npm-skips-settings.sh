#!/usr/bin/env bash
# Guess: @huggingface/tokenizers (npm) follows tokenizer.json as tokenizers (PyPI) does, or refuses what it does not know.
# What happens: it passes over settings in silence. `single_word` of an added token: it is found inside words too. Split
#   with `invert` and behaviour Isolated: all text that the pattern does not match is dropped. Behaviours Removed and MergedWithNext of Split:
#   separators stay, or stand alone. `truncation` and `padding` stored in the file: PyPI cuts and pads as they say
#   (also in from_file, where nobody asked for it), npm does neither.
# Versions: @huggingface/tokenizers 0.2.0, tokenizers 0.23.3, Node 20, Python 3.11. 2026-11-28.
# Why it matters: ids sampled or counted in Node are not the ids trained on in Python. A tokenizer.json that a training
#   script saved after enable_truncation cuts every long prompt in the next Python process that loads it.
# What to do: look for these settings before trusting a file in both, call no_truncation() and no_padding() after
#   from_file, and compare ids on real prompts.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q tokenizers==0.23.3
npm install --silent --no-audit --no-fund --prefix "$dir" @huggingface/tokenizers@0.2.0
cd "$dir"
cat > write.py <<'PY'
import json
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

alphabet = {character: index for index, character in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}


def letters(split=None):
    tokenizer = Tokenizer(models.BPE(alphabet, []))
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, level]) if split else level
    return tokenizer


with_token = letters()
with_token.add_tokens([AddedToken('cm', single_word=True)])
truncating = letters()
truncating.enable_truncation(4)
padding = letters()
padding.enable_padding(length=9)
merges = letters(pre_tokenizers.Split(' ', 'merged_with_next'))
merges.model = models.BPE({**alphabet, 'Ġ7': 256}, [('Ġ', '7')])
tokenizers = {
    'single_word': with_token,
    'Split, Isolated, invert': letters(pre_tokenizers.Split(Regex(r'\d+'), 'isolated', invert=True)),
    'Split, Removed': letters(pre_tokenizers.Split(' ', 'removed')),
    'Split, MergedWithNext': merges,
    'truncation': truncating,
    'padding': padding,
}
text = 'acm  7'
lengths = {}
for name, tokenizer in tokenizers.items():
    tokenizer.save(f'{name}.json')
    lengths[name] = len(Tokenizer.from_file(f'{name}.json').encode(text).ids)
json.dump({'text': text, 'lengths': lengths}, open('python.json', 'w'))
PY
venv/bin/python write.py
cat > compare.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';

const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
const { text, lengths } = read('python.json');
const expected = {
  single_word: [6, 5],
  'Split, Isolated, invert': [6, 1],
  'Split, Removed': [4, 6],
  'Split, MergedWithNext': [5, 6],
  truncation: [4, 6],
  padding: [9, 6],
};
console.log('tokenizers 0.23.3, @huggingface/tokenizers', read('node_modules/@huggingface/tokenizers/package.json').version);
for (const [name, ofPython] of Object.entries(lengths)) {
  const ofNode = new Tokenizer(read(`${name}.json`), {}).encode(text).ids.length;
  console.log(`${name}: ${JSON.stringify(text)} has ${ofPython} tokens in Python, ${ofNode} in npm`);
  if (`${[ofPython, ofNode]}` === `${expected[name]}`) continue;
  console.error(`The behaviour changed: ${name} gave ${expected[name].join(' tokens in Python, ')} in npm.`);
  process.exit(1);
}
JS
node compare.mjs
