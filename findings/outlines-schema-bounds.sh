#!/usr/bin/env bash
# Guess: constrained decoding by a JSON schema can give what the schema allows, nothing else, and all of it but for order.
# What happens: outlines_core leaves out what its regular expression cannot say, without a word: minimum, maximum,
#   multipleOf and uniqueItems. A score of 0 to 10 may come out as 100. It is also narrower than the schema: a pattern is
#   matched from end to end though JSON Schema searches ("cm" does not allow "3 cm"), exponents need a sign (1e5 is
#   refused, 1e+5 taken), \u escapes cannot be written, and keys keep the order of the schema. format: date, which
#   JSON Schema takes as a remark, is enforced. allOf and not are refused with an error.
# Versions: outlines_core 0.2.14, jsonschema 4.26.0, Python 3.11. 2026-11-28.
# Why it matters: judges and annotators are asked for a score in bounds; a reward of 100 where 10 is the most spoils an
#   epoch. A policy that writes 1e5 or answers before it reasons is cut off from the tokens it would choose.
# What to do: give bounds as an enum of the values (shown last), patterns with .* on both sides, keys in the order in which
#   the model should think, and validate what comes back all the same.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q outlines_core==0.2.14 jsonschema==4.26.0
"$dir/venv/bin/python" - <<'PY'
import importlib.metadata, json, re, sys
import jsonschema
from outlines_core.json_schema import build_regex_from_schema

print(*(f'{name} {importlib.metadata.version(name)}' for name in ('outlines_core', 'jsonschema')))
pair = {'type': 'object', 'properties': {'why': {'type': 'string'}, 'score': {'type': 'integer'}}, 'required': ['why', 'score']}
cases = [
    ({'type': 'integer', 'minimum': 0, 'maximum': 10}, '100', False, True),
    ({'type': 'integer', 'multipleOf': 5}, '7', False, True),
    ({'type': 'array', 'items': {'type': 'integer'}, 'uniqueItems': True}, '[1,1]', False, True),
    ({'type': 'string', 'pattern': 'cm'}, '"3 cm"', True, False),
    ({'type': 'number'}, '1e5', True, False),
    ({'type': 'number'}, '1e+5', True, True),
    ({'type': 'string'}, r'"\u00b5m"', True, False),
    (pair, '{"score": 7, "why": "short"}', True, False),
    ({'type': 'string', 'format': 'date'}, '"May 2024"', True, False),
    ({'enum': list(range(11))}, '100', False, False),
]
for schema, text, allowed, decodable in cases:
    seen = (jsonschema.Draft202012Validator(schema).is_valid(json.loads(text)), bool(re.fullmatch(build_regex_from_schema(json.dumps(schema)), text)))
    print(f'{json.dumps(schema)}\n  {text}: valid {seen[0]}, can be decoded {seen[1]}')
    if seen != (allowed, decodable):
        sys.exit(f'The behaviour changed: {text} was valid {allowed}, can be decoded {decodable}.')
PY
