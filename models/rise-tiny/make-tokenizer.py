"""Makes the tokenizer of rise-tiny: byte-level BPE as Qwen2's, trained on the text of the rendered tasks.

    pip install tokenizers
    node models/rise-tiny/dump-corpus.ts > corpus.jsonl
    python models/rise-tiny/make-tokenizer.py corpus.jsonl

Writes tokenizer.json beside this file and prints the vocabulary size and the token ids that config.json needs.
"""

import json
import re
import sys
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

MAX_VOCABULARY = 512

# Qwen2's own pattern: contractions, words with one leading mark or space, single digits, runs of marks, white space.
QWEN2_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# Control tokens of Qwen2.5-VL, in its order; skipped when text is decoded.
CONTROL_TOKENS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
# Marks of the response format: one token each, and part of the text.
FORMAT_TOKENS = ["<think>", "</think>", "<answer>", "</answer>"]


def main(corpus: Path) -> None:
    texts = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    tokenizer = Tokenizer(BPE(byte_fallback=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN2_PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)

    added = CONTROL_TOKENS + FORMAT_TOKENS
    trainer = BpeTrainer(
        vocab_size=MAX_VOCABULARY - len(added),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    chat_roles = ["system\n", "user\n", "assistant\n"] * len(texts)
    pieces = [piece for text in texts for piece in re.split(r"</?(?:think|answer)>", text)]
    tokenizer.train_from_iterator(chat_roles + pieces, trainer)
    tokenizer.add_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROL_TOKENS])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in FORMAT_TOKENS])
    tokenizer.save(str(Path(__file__).with_name("tokenizer.json")))

    lengths = [len(tokenizer.encode(text).ids) for text in texts]
    print(f"vocab_size {tokenizer.get_vocab_size()}")
    print(f"tokens per text: mean {sum(lengths) / len(lengths):.1f}, most {max(lengths)}")
    for token in added:
        print(tokenizer.token_to_id(token), token)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
