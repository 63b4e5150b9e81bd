#!/usr/bin/python3
"""Writes tiny random encoders in Hugging Face's layout, and what they compute: a forward pass written plainly in PyTorch.

Needs Debian's python3-torch. Run in this folder; every model gets a folder with config.json, model.safetensors and expected.safetensors.
The model of real shape has no model.safetensors: its weights follow from their names by a formula that the tests repeat.
"""
import json
import math
import os
import struct

import numpy
import torch

VOCABULARY = 48
LENGTHS = [1, 2, 7, 19, 33]
TYPES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16", torch.int32: "I32"}


def save_safetensors(path, tensors):
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        raw = tensor.contiguous()
        data = (raw.view(torch.int16) if raw.dtype == torch.bfloat16 else raw).numpy().tobytes()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        blobs.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def layer_norm(x, weight, bias, epsilon):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + epsilon) * weight + bias


def linear(x, w, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def gelu_exact(x):
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def gelu_tanh(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


ACTIVATIONS = {"gelu": gelu_exact, "gelu_new": gelu_tanh, "gelu_pytorch_tanh": gelu_tanh, "relu": lambda x: x.clamp(min=0)}


def bucket(distance, buckets):
    """T5's classes of distances, key minus query, in both directions."""
    half = buckets // 2
    first = half if distance > 0 else 0
    far, exact = abs(distance), half // 2
    if far < exact:
        return first + far
    return first + min(half - 1, exact + int(math.log(far / exact) / math.log(128 / exact) * (half - exact)))


def attention(q, k, v, heads, bias):
    size = q.shape[1] // heads
    out = torch.zeros_like(q)
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        scores = q[:, part] @ k[:, part].T / math.sqrt(size)
        if bias is not None:
            scores = scores + bias[head]
        out[:, part] = torch.softmax(scores, -1) @ v[:, part]
    return out


NAMES = {
    "bert": ("bert.", "encoder.layer.", "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
             "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"),
    "mpnet": ("mpnet.", "encoder.layer.", "attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o", "attention.LayerNorm",
              "intermediate.dense", "output.dense", "output.LayerNorm"),
    "distilbert": ("distilbert.", "transformer.layer.", "attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm",
                   "ffn.lin1", "ffn.lin2", "output_layer_norm"),
}
NAMES["roberta"] = NAMES["xlm-roberta"] = ("roberta.",) + NAMES["bert"][1:]


def dimensions(config):
    if config["model_type"] == "distilbert":
        return config["dim"], config["n_layers"], config["n_heads"], config["hidden_dim"], config["activation"], 1e-12
    return (config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"], config["intermediate_size"], config["hidden_act"],
            config["layer_norm_eps"])


def shapes(config):
    """Names without prefix, and shapes, of everything that an encoder needs."""
    hidden, layers, heads, inner, _, _ = dimensions(config)
    _, layer, q, k, v, o, attention_norm, up, down, output_norm = NAMES[config["model_type"]]
    result = {"embeddings.word_embeddings.weight": [config["vocab_size"], hidden],
              "embeddings.position_embeddings.weight": [config["max_position_embeddings"], hidden]}
    if config["model_type"] in ("bert", "roberta", "xlm-roberta"):
        result["embeddings.token_type_embeddings.weight"] = [config["type_vocab_size"], hidden]
    norms = ["embeddings.LayerNorm"]
    for i in range(layers):
        p = f"{layer}{i}."
        for name, rows, columns in ((q, hidden, hidden), (k, hidden, hidden), (v, hidden, hidden), (o, hidden, hidden), (up, inner, hidden), (down, hidden, inner)):
            result[p + name + ".weight"] = [rows, columns]
            result[p + name + ".bias"] = [rows]
        norms += [p + attention_norm, p + output_norm]
    for norm in norms:
        result[norm + ".weight"] = [hidden]
        result[norm + ".bias"] = [hidden]
    if config["model_type"] == "mpnet":
        result["encoder.relative_attention_bias.weight"] = [config["relative_attention_num_buckets"], heads]
    return result


def forward(config, w, ids, types):
    hidden, layers, heads, _, act, epsilon = dimensions(config)
    _, layer, q, k, v, o, attention_norm, up, down, output_norm = NAMES[config["model_type"]]
    positions = torch.arange(len(ids))
    if config["model_type"] in ("roberta", "xlm-roberta", "mpnet"):
        pad = config["pad_token_id"]
        real = (ids != pad).long()
        positions = torch.cumsum(real, 0) * real + pad
    norm = lambda x, name: layer_norm(x, w[name + ".weight"], w[name + ".bias"], epsilon)
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][positions]
    if "embeddings.token_type_embeddings.weight" in w:
        x = x + w["embeddings.token_type_embeddings.weight"][types]
    x = norm(x, "embeddings.LayerNorm")
    bias = None
    if config["model_type"] == "mpnet":
        table = w["encoder.relative_attention_bias.weight"]
        rows = torch.tensor([[bucket(key - query, len(table)) for key in range(len(ids))] for query in range(len(ids))])
        bias = table[rows].permute(2, 0, 1)
    for i in range(layers):
        p = f"{layer}{i}."
        y = attention(linear(x, w, p + q), linear(x, w, p + k), linear(x, w, p + v), heads, bias)
        x = norm(x + linear(y, w, p + o), p + attention_norm)
        y = ACTIVATIONS[act](linear(x, w, p + up))
        x = norm(x + linear(y, w, p + down), p + output_norm)
    return x


def poolings(x):
    n = len(x)
    weights = torch.arange(1, n + 1, dtype=x.dtype)[:, None]
    return torch.cat([x[0], x.max(0)[0], x.mean(0), x.sum(0) / math.sqrt(n), (x * weights).sum(0) / weights.sum(), x[-1]])


def random_weights(config, seed):
    torch.manual_seed(seed)
    w = {}
    for name, shape in shapes(config).items():
        spread = 0.25 if len(shape) > 1 else 0.2
        w[name] = torch.randn(shape) * spread + (1 if name.endswith(("LayerNorm.weight", "layer_norm.weight")) else 0)
    return w


def mixed(index):
    """SplitMix64 of each index."""
    with numpy.errstate(over="ignore"):
        z = (index + numpy.uint64(1)) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return z ^ (z >> numpy.uint64(31))


def formula_weights(config):
    """Weight i of all tensors in the order of their names is the upper 24 bits of SplitMix64(i), as a number from -1 to 1, scaled."""
    w, first = {}, 0
    for name, shape in sorted(shapes(config).items()):
        count = int(numpy.prod(shape))
        u = (mixed(numpy.arange(first, first + count, dtype=numpy.uint64)) >> numpy.uint64(40)).astype(numpy.float64) / 2.0**23 - 1
        first += count
        if len(shape) > 1:
            u = u * (1.5 / math.sqrt(shape[1]))
        elif name.endswith("LayerNorm.weight"):
            u = 1 + 0.1 * u
        else:
            u = 0.1 * u
        w[name] = torch.from_numpy(u.astype(numpy.float32)).reshape(shape)
    return w


def write(folder, config, w, lengths, prefix=None, dtype=None, rename=None, extra=None, save=True, with_states=True):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=1)
        file.write("\n")
    if dtype:
        w = {name: t.to(dtype).float() if len(t.shape) > 1 else t for name, t in w.items()}
    if save:
        prefix = NAMES[config["model_type"]][0] if prefix is None else prefix
        stored = {}
        for name, tensor in w.items():
            name = rename(name) if rename else name
            stored[prefix + name] = tensor.to(dtype) if dtype and len(tensor.shape) > 1 else tensor
        stored.update(extra or {})
        save_safetensors(os.path.join(folder, "model.safetensors"), stored)
    w = {name: t.double() for name, t in w.items()}
    torch.manual_seed(7)
    all_ids, all_types, states, pooled = [], [], [], []
    for n in lengths:
        ids = torch.randint(0, config["vocab_size"], (n,))
        types = torch.randint(0, config.get("type_vocab_size", 1), (n,))
        x = forward(config, w, ids, types)
        all_ids.append(ids)
        all_types.append(types)
        states.append(x.float())
        pooled.append(poolings(x).float())
    expected = {"ids": torch.cat(all_ids).int(), "types": torch.cat(all_types).int(), "lengths": torch.tensor(lengths).int(), "pooled": torch.stack(pooled)}
    if with_states:
        expected["states"] = torch.cat(states)
    save_safetensors(os.path.join(folder, "expected.safetensors"), expected)
    print(folder, sum(t.numel() for t in w.values()))


def bert(**changes):
    config = {"architectures": ["BertModel"], "attention_probs_dropout_prob": 0.1, "classifier_dropout": None, "hidden_act": "gelu",
              "hidden_dropout_prob": 0.1, "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 72, "layer_norm_eps": 1e-12,
              "max_position_embeddings": 40, "model_type": "bert", "num_attention_heads": 4, "num_hidden_layers": 2, "pad_token_id": 0,
              "position_embedding_type": "absolute", "type_vocab_size": 2, "use_cache": True, "vocab_size": VOCABULARY}
    config.update(changes)
    return config


def main():
    with torch.no_grad():
        write("bert", bert(), random_weights(bert(), 1), LENGTHS, prefix="")
        config = bert(hidden_act="gelu_new", hidden_size=36, num_attention_heads=3, intermediate_size=50)
        old = lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        heads = {"cls.predictions.bias": torch.zeros(VOCABULARY), "bert.pooler.dense.bias": torch.zeros(36)}
        write("bert-odd", config, random_weights(config, 2), LENGTHS, rename=old, extra=heads)
        config = bert(hidden_size=64, num_attention_heads=2, intermediate_size=96)
        write("bert-bf16", config, random_weights(config, 3), LENGTHS, dtype=torch.bfloat16)
        write("bert-f16", config, random_weights(config, 4), LENGTHS, dtype=torch.float16, prefix="")
        config = bert(model_type="roberta", pad_token_id=1, type_vocab_size=1, max_position_embeddings=42, layer_norm_eps=1e-5)
        write("roberta", config, random_weights(config, 5), LENGTHS)
        config = bert(model_type="xlm-roberta", pad_token_id=1, type_vocab_size=1, max_position_embeddings=42, layer_norm_eps=1e-5, output_past=True)
        write("xlm-roberta", config, random_weights(config, 6), LENGTHS, prefix="")
        config = bert(model_type="mpnet", pad_token_id=1, max_position_embeddings=42, layer_norm_eps=1e-5, relative_attention_num_buckets=32)
        del config["type_vocab_size"]
        write("mpnet", config, random_weights(config, 8), LENGTHS, prefix="")
        config = {"activation": "relu", "attention_dropout": 0.1, "dim": 32, "dropout": 0.1, "hidden_dim": 64, "initializer_range": 0.02,
                  "max_position_embeddings": 40, "model_type": "distilbert", "n_heads": 4, "n_layers": 2, "pad_token_id": 0, "qa_dropout": 0.1,
                  "seq_classif_dropout": 0.2, "sinusoidal_pos_embds": False, "tie_weights_": True, "vocab_size": VOCABULARY}
        write("distilbert", config, random_weights(config, 9), LENGTHS)
        real = bert(hidden_size=384, num_attention_heads=12, num_hidden_layers=6, intermediate_size=1536, max_position_embeddings=512, vocab_size=1000)
        write("minilm-shape", real, formula_weights(real), [1, 5, 12, 40, 128, 256], save=False, with_states=False)


if __name__ == "__main__":
    main()
