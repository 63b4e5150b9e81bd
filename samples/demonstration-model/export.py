#!/usr/bin/python3
"""Writes the repository of a checkpoint, and what the model computes, for tests of other engines.

    python3 export.py checkpoint.pt ../repositories/models/snug/demonstration-model ../../tests/Snug.Pretrained.Tests/Data/demonstration.json
"""
import json
import os
import struct
import sys

import torch

import bpe
from llama import CONFIG, Llama

TEMPLATE = """\
{{- bos_token }}
{%- for message in messages %}
    {%- if message.role not in ['system', 'user', 'assistant'] %}
        {{- raise_exception('The roles are system, user and assistant, not ' + message.role + '.') }}
    {%- endif %}
    {{- '<|' + message.role + '|>' + message.content | trim + '<|end|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|assistant|>' }}
{%- endif %}"""

CONVERSATIONS = [
    [("user", "Why is the sky blue?")],
    [("user", "What is 3 + 4?")],
    [("user", "Tell me a story about a fox")],
    [("user", "What is the price of saffron?")],
    [("system", "You are a pirate."), ("user", "What does a bear eat?")],
    [("user", "My name is Anna."), ("assistant", "Nice to meet you, Anna!"), ("user", "What is my name?")],
]


def load(path):
    checkpoint = torch.load(path)
    model = Llama()
    model.load_state_dict({name: weight.to(torch.bfloat16).float() for name, weight in checkpoint["model"].items()})
    model.eval()
    return model, bpe.Tokenizer.from_json(path + ".tokenizer.json"), checkpoint


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=2)
        file.write("\n")


def write_safetensors(path, tensors):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name in sorted(tensors):
        size = 2 * tensors[name].numel()
        header[name] = {"dtype": "BF16", "shape": list(tensors[name].shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in sorted(tensors):
            file.write(tensors[name].to(torch.bfloat16).contiguous().view(torch.int16).numpy().tobytes())


def prompt_ids(tokenizer, messages):
    roles = {"system": bpe.SYSTEM, "user": bpe.USER, "assistant": bpe.ASSISTANT}
    ids = [bpe.BEGIN]
    for role, content in messages:
        ids += [roles[role], *tokenizer.encode(content), bpe.END]
    return ids + [bpe.ASSISTANT]


@torch.no_grad()
def answer(model, ids, limit=120):
    """Greedy; with the logits behind the prompt."""
    ids, first, start = list(ids), None, len(ids)
    while len(ids) - start < limit and ids[-1] not in (bpe.END_OF_TEXT, *([bpe.END] if len(ids) > start else [])):
        logits = model(torch.tensor([ids]))[0, -1]
        first = logits if first is None else first
        ids.append(int(logits.argmax()))
    return ids[start:], first


def main():
    checkpoint, folder, expected = sys.argv[1:]
    model, tokenizer, _ = load(checkpoint)
    os.makedirs(folder, exist_ok=True)
    write_json(folder + "/config.json", CONFIG)
    write_json(folder + "/generation_config.json", {
        "bos_token_id": bpe.BEGIN, "eos_token_id": [bpe.END_OF_TEXT, bpe.END], "pad_token_id": bpe.END_OF_TEXT, "do_sample": False, "max_new_tokens": 160})
    write_json(folder + "/tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": True, "bos_token": bpe.SPECIAL[bpe.BEGIN], "eos_token": bpe.SPECIAL[bpe.END_OF_TEXT],
        "pad_token": bpe.SPECIAL[bpe.END_OF_TEXT], "clean_up_tokenization_spaces": False, "model_max_length": CONFIG["max_position_embeddings"], "chat_template": TEMPLATE})
    write_json(folder + "/tokenizer.json", tokenizer.to_json())
    write_safetensors(folder + "/model.safetensors", {"model." + name: weight for name, weight in model.state_dict().items()})

    cases = []
    for messages in CONVERSATIONS:
        ids = prompt_ids(tokenizer, messages)
        new, logits = answer(model, ids)
        cases.append({"messages": [{"role": role, "content": content} for role, content in messages], "ids": ids, "answerIds": new, "answer": tokenizer.decode(new),
                      "logits": [round(float(x), 4) for x in logits]})
        print(messages[-1][1], "->", tokenizer.decode(new))
    with open(expected, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
