"""Grades JSONL lines {id, gold, answer} from standard input with Math-Verify; prints {id, isCorrect}, then {seconds}.

    python -m venv venv && venv/bin/pip install math-verify==0.9.0
    venv/bin/python scripts/grading/math_verify_verdicts.py < cases.jsonl

The seconds are CPU time of parsing and comparing alone, on one core: imports and the first call do not count.
"""

import json
import logging
import sys
import time

from math_verify import ExprExtractionConfig, LatexExtractionConfig, StringExtractionConfig, parse, verify

logging.disable(logging.CRITICAL)
LATEX = LatexExtractionConfig()
CONFIGS = [LATEX, ExprExtractionConfig()]
LETTERS = [StringExtractionConfig(strings=("A", "B", "C", "D", "E", "F", "G", "H", "I", "J")), *CONFIGS]


def grade(gold, answer):
    is_letter = len(gold) == 1 and gold in "ABCDEFGHIJ"
    configs = LETTERS if is_letter else CONFIGS
    expected = parse(gold if is_letter else f"${gold}$", extraction_config=configs)
    return bool(verify(expected, parse(answer, extraction_config=configs)))


lines = [json.loads(line) for line in sys.stdin]
grade("\\frac{1}{2}", "\\boxed{0.5}")
started = time.process_time()
verdicts = [{"id": line["id"], "isCorrect": grade(line["gold"], line["answer"])} for line in lines]
seconds = time.process_time() - started
for verdict in verdicts:
    print(json.dumps(verdict))
print(json.dumps({"seconds": seconds}))
