#!/usr/bin/python3
"""Turns a BERT encoder in Hugging Face's layout into ONNX, with mean pooling and normalization: export_encoder.py FOLDER OUTPUT.onnx"""
import json
import os
import struct
import sys

import torch
from torch import nn
from torch.nn import functional

folder, output = sys.argv[1:3]
with open(os.path.join(folder, "config.json")) as file:
    config = json.load(file)
with open(os.path.join(folder, "model.safetensors"), "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = bytearray(file.read())
weights = {}
for name, entry in header.items():
    if name != "__metadata__":
        start, end = entry["data_offsets"]
        weights[name] = torch.frombuffer(data, dtype=torch.float32, count=(end - start) // 4, offset=start).reshape(entry["shape"])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.names = {name: name.replace(".", "_") for name in weights}
        for name, key in self.names.items():
            self.register_parameter(key, nn.Parameter(weights[name], requires_grad=False))

    def w(self, name):
        return getattr(self, self.names[name])

    def linear(self, x, name):
        return functional.linear(x, self.w(name + ".weight"), self.w(name + ".bias"))

    def norm(self, x, name):
        return functional.layer_norm(x, (config["hidden_size"],), self.w(name + ".weight"), self.w(name + ".bias"), config["layer_norm_eps"])

    def heads(self, x):
        batch, length, hidden = x.shape
        return x.view(batch, length, config["num_attention_heads"], hidden // config["num_attention_heads"]).permute(0, 2, 1, 3)

    def forward(self, ids, mask):
        length = ids.shape[1]
        x = functional.embedding(ids, self.w("embeddings.word_embeddings.weight"))
        x = x + self.w("embeddings.position_embeddings.weight")[:length] + self.w("embeddings.token_type_embeddings.weight")[0]
        x = self.norm(x, "embeddings.LayerNorm")
        hidden_mask = (1.0 - mask[:, None, None, :].float()) * -1e4
        for i in range(config["num_hidden_layers"]):
            p = f"encoder.layer.{i}."
            q, k, v = (self.heads(self.linear(x, p + "attention.self." + part)) for part in ("query", "key", "value"))
            scores = q @ k.transpose(-1, -2) / (config["hidden_size"] // config["num_attention_heads"]) ** 0.5 + hidden_mask
            y = (torch.softmax(scores, -1) @ v).permute(0, 2, 1, 3).reshape(x.shape)
            x = self.norm(x + self.linear(y, p + "attention.output.dense"), p + "attention.output.LayerNorm")
            y = functional.gelu(self.linear(x, p + "intermediate.dense"))
            x = self.norm(x + self.linear(y, p + "output.dense"), p + "output.LayerNorm")
        counted = mask[:, :, None].float()
        mean = (x * counted).sum(1) / counted.sum(1).clamp(min=1e-9)
        return mean / mean.norm(dim=1, keepdim=True).clamp(min=1e-12)


example = torch.tensor([[2, 3, 4, 5], [2, 3, 4, 5]])
axes = {0: "batch", 1: "length"}
torch.onnx.export(Encoder(), (example, torch.ones_like(example)), output, input_names=["ids", "mask"], output_names=["vector"],
                  dynamic_axes={"ids": axes, "mask": axes, "vector": {0: "batch"}}, opset_version=14)
