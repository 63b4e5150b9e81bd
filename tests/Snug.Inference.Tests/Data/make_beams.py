#!/usr/bin/python3
"""Writes what beam search finds in some of the tiny models here: beams.json, by a search written plainly, which computes every sequence anew.

The meaning of the options is that of transformers' generate(): scores are sums of log probabilities over (length to the power of length_penalty),
end tokens count in the length, and a hypothesis must be among the best num_beams of all continuations. Needs Debian's python3-torch.
"""
import json
import struct
import sys

import torch

# What lies here is taken for a model by the tests.
sys.dont_write_bytecode = True
import make_models as models  # noqa: E402


def load(name):
    with open(f"{name}/model.safetensors", "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    weights = {}
    for tensor, entry in header.items():
        if tensor != "__metadata__":
            begin, end = entry["data_offsets"]
            weights[tensor] = torch.frombuffer(bytearray(data[begin:end]), dtype=models.TYPES[entry["dtype"]]).float().reshape(entry["shape"])
    with open(f"{name}/config.json") as file:
        return json.load(file), weights


def next_scores(config, weights, tokens, prompt_length, case):
    forward = models.FORWARD.get(config["model_type"], models.forward_llama)
    scores = torch.log_softmax(forward(config, weights, torch.tensor(tokens))[-1].double(), -1)
    if case["repetition_penalty"] != 1:
        for token in set(tokens):
            scores[token] = scores[token] * case["repetition_penalty"] if scores[token] < 0 else scores[token] / case["repetition_penalty"]
    if len(tokens) - prompt_length < case["min_new_tokens"]:
        for end in case["end_tokens"]:
            scores[end] = -float("inf")
    return scores


def search(config, weights, case):
    prompt, beams, ends = case["prompt"], case["num_beams"], case["end_tokens"]
    running, finished = [(0.0, list(prompt))], []

    def keep(total, tokens):
        finished.append((total / (len(tokens) - len(prompt)) ** case["length_penalty"], tokens))
        finished.sort(key=lambda item: -item[0])
        del finished[beams:]

    for length in range(1, case["max_new_tokens"] + 1):
        continuations = []
        for total, tokens in running:
            scores = next_scores(config, weights, tokens, len(prompt), case)
            continuations += [(total + scores[token].item(), tokens + [token]) for token in range(len(scores))]
        continuations.sort(key=lambda item: -item[0])
        running = []
        for rank, (total, tokens) in enumerate(continuations[: max(2, 1 + len(ends)) * beams]):
            if tokens[-1] not in ends:
                running.append((total, tokens))
            elif rank < beams:
                keep(total, tokens)
            if len(running) == beams:
                break
        if len(finished) == beams:
            if case["early_stopping"] is True:
                return finished
            reach = case["max_new_tokens"] if case["early_stopping"] == "never" and case["length_penalty"] > 0 else length
            if finished[-1][0] >= continuations[0][0] / reach ** case["length_penalty"]:
                return finished
    for total, tokens in running:
        keep(total, tokens)
    return finished


def cases():
    usual = dict(num_beams=3, length_penalty=1.0, early_stopping=False, max_new_tokens=10, min_new_tokens=0, end_tokens=[2], repetition_penalty=1.0, prompt=[1, 5, 9, 2, 11])
    yield "llama", usual
    yield "llama", {**usual, "end_tokens": []}
    yield "llama", {**usual, "num_beams": 5, "end_tokens": [2, 7, 12, 33], "early_stopping": True}
    yield "llama", {**usual, "num_beams": 2, "end_tokens": list(range(0, 40, 3)), "length_penalty": 2.0, "max_new_tokens": 16}
    yield "llama", {**usual, "num_beams": 4, "end_tokens": list(range(0, 40, 2)), "length_penalty": -1.5}
    yield "llama", {**usual, "num_beams": 4, "end_tokens": list(range(0, 40, 2)), "length_penalty": 3.0, "early_stopping": "never", "max_new_tokens": 14}
    yield "llama", {**usual, "num_beams": 4, "end_tokens": list(range(0, 40, 2)), "length_penalty": 0.0, "min_new_tokens": 4}
    yield "llama", {**usual, "num_beams": 1}
    yield "gpt2", {**usual, "num_beams": 6, "end_tokens": [3, 4, 5, 39], "repetition_penalty": 1.4, "early_stopping": True}
    yield "gemma3", {**usual, "num_beams": 3, "end_tokens": [8, 20]}
    yield "phi3-long", {**usual, "num_beams": 3, "end_tokens": [8], "max_new_tokens": 16}


if __name__ == "__main__":
    with torch.no_grad():
        result = []
        for name, case in cases():
            found = search(*load(name), case)
            result.append({"model": name, **case, "expected": [{"tokens": tokens[len(case["prompt"]):], "score": score} for score, tokens in found]})
    with open("beams.json", "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in result) + "\n]\n")
