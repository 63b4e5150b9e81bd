"""Byte-level BPE: learns merges from texts, encodes, and writes tokenizer.json."""
import collections
import json
import re

SPECIAL = ["<|endoftext|>", "<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
END_OF_TEXT, BEGIN, END, SYSTEM, USER, ASSISTANT = range(6)

# The pattern of GPT-2, for pieces that are one digit or have none: the pre-tokenizer before it takes digits apart.
PIECE = re.compile(r"\d|'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?(?:[^\s\w]|_)+|\s+(?=\d)|\s+(?!\S)|\s+")


def byte_letters():
    """GPT-2's letters for bytes: what can be printed stands for itself."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, extra = {b: chr(b) for b in plain}, 256
    for b in range(256):
        if b not in letters:
            letters[b], extra = chr(extra), extra + 1
    return letters


LETTERS = byte_letters()


def pieces(text):
    for match in PIECE.finditer(text):
        yield "".join(LETTERS[b] for b in match.group().encode())


def merge(symbols, pair):
    merged, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            merged.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged


class Tokenizer:
    def __init__(self, vocabulary, merges):
        self.vocabulary, self.merges = vocabulary, merges
        self.names = {i: token for token, i in vocabulary.items()}
        self.ranks = {pair: i for i, pair in enumerate(merges)}
        self.known = {}

    @staticmethod
    def from_json(path):
        with open(path, encoding="utf-8") as file:
            model = json.load(file)["model"]
        return Tokenizer(model["vocab"], [tuple(pair) for pair in model["merges"]])

    @staticmethod
    def train(texts, size):
        counts = collections.Counter(piece for text in texts for piece in pieces(text))
        words = {word: list(word) for word in counts}
        tokens = SPECIAL + sorted(LETTERS.values())
        merges, pairs = [], collections.Counter()

        def count(word, sign):
            for pair in zip(words[word], words[word][1:]):
                pairs[pair] += sign * counts[word]
        for word in words:
            count(word, 1)
        while len(tokens) < size:
            best = min(pairs, key=lambda pair: (-pairs[pair], pair))
            merges.append(best)
            tokens.append(best[0] + best[1])
            for word, symbols in words.items():
                if best in zip(symbols, symbols[1:]):
                    count(word, -1)
                    words[word] = merge(symbols, best)
                    count(word, 1)
            pairs = +pairs
        return Tokenizer({token: i for i, token in enumerate(tokens)}, merges)

    def encode(self, text):
        ids = []
        for piece in pieces(text):
            if piece not in self.known:
                symbols = list(piece)
                while len(symbols) > 1:
                    pair = min(zip(symbols, symbols[1:]), key=lambda p: self.ranks.get(p, len(self.ranks)))
                    if pair not in self.ranks:
                        break
                    symbols = merge(symbols, pair)
                self.known[piece] = [self.vocabulary[s] for s in symbols]
            ids += self.known[piece]
        return ids

    def decode(self, ids):
        back = {letter: b for b, letter in LETTERS.items()}
        return bytes(back[letter] for i in ids if i >= len(SPECIAL) for letter in self.names[i]).decode(errors="replace")

    def to_json(self):
        added = [{"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
                 for i, token in enumerate(SPECIAL)]
        begin = {"SpecialToken": {"id": SPECIAL[BEGIN], "type_id": 0}}
        return {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Digits", "individual_digits": True},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]},
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [begin, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [begin, {"Sequence": {"id": "A", "type_id": 0}}, begin, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {SPECIAL[BEGIN]: {"id": SPECIAL[BEGIN], "ids": [BEGIN], "tokens": [SPECIAL[BEGIN]]}}},
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
                      "byte_fallback": False, "ignore_merges": False, "vocab": self.vocabulary, "merges": [list(pair) for pair in self.merges]},
        }
