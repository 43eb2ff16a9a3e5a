"""Conversations of several turns as `transformers` renders and tokenizes them; needs transformers and jinja2, no torch.

    python conversation_fixtures.py

Image tokens are one per image: how many an image takes is of other fixtures.
"""

import json
from pathlib import Path

from transformers import AutoTokenizer

FIXTURES = Path(__file__).parents[2] / "test/fixtures/parity"

IMAGE = {"type": "image"}


def text(words: str) -> dict:
    return {"type": "text", "text": words}


CONVERSATIONS = {
    "several turns": [
        {"role": "system", "content": "Answer briefly."},
        {"role": "user", "content": [text("What is 2 + 2?")]},
        {"role": "assistant", "content": "<answer>\\boxed{4}</answer>"},
        {"role": "user", "content": [text("And 3 + 3?")]},
    ],
    "images in two turns": [
        {"role": "user", "content": [text("First: "), IMAGE, IMAGE, text(" which is larger?")]},
        {"role": "assistant", "content": "The second."},
        {"role": "user", "content": [IMAGE, text("And beside this one?\n")]},
    ],
    "a system message in mid-talk": [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello. How can I help?"},
        {"role": "system", "content": "From now on answer in French."},
        {"role": "user", "content": "Thank you."},
    ],
    "an answer at the end": [
        {"role": "user", "content": "Count to three."},
        {"role": "assistant", "content": "One, two,"},
    ],
    "one question": [{"role": "user", "content": [text("Why?")]}],
}


def main() -> None:
    tokenizer = AutoTokenizer.from_pretrained(FIXTURES / "one-image/checkpoint")
    template = json.loads((FIXTURES / "one-image/checkpoint/chat_template.json").read_text())["chat_template"]
    cases = []
    for name, messages in CONVERSATIONS.items():
        rendered = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False, add_generation_prompt=True)
        ids = tokenizer(rendered, add_special_tokens=False)["input_ids"]
        cases.append({"name": name, "messages": messages, "text": rendered, "tokenIds": ids})
    path = FIXTURES / "processing/conversations.json"
    path.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")


main()
