#!/usr/bin/python3
"""Writes random quantized blocks and what llama.cpp's own Python package decodes them to.

Needs python3-numpy, and llama.cpp's gguf-py folder on PYTHONPATH. Run in this folder; it writes blocks.safetensors.
"""
import json
import struct

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

random = np.random.default_rng(1)
header, data = {}, b""


def add(name, kind, array):
    global data
    raw = np.ascontiguousarray(array).tobytes()
    header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw


for name, scales in (("Q8_0", [0]), ("Q4_0", [0]), ("Q4_K", [0, 2]), ("Q5_K", [0, 2]), ("Q6_K", [208])):
    kind = GGMLQuantizationType[name]
    _, size = GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (6, size), dtype=np.uint8)
    for place in scales:
        blocks[:, place : place + 2] = random.uniform(-0.1, 0.1, 6).astype(np.float16).view(np.uint8).reshape(6, 2)
    add(name + ".values", "F32", dequantize(blocks, kind).astype(np.float32))
    add(name + ".stored", "U8", blocks)

text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open("blocks.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
