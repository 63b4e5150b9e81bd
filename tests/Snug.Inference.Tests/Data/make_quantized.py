#!/usr/bin/python3
"""Writes a tiny GGUF model whose matrices have K types, quantized by ggml, and the logits that llama.cpp computes from it.

Needs python3-numpy, g++, and LLAMA_CPP naming a built checkout of llama.cpp. Run in this folder; it writes k-quants.gguf and
k-quants.expected.safetensors. With a folder of GGUF files, which GgufTests writes where SNUG_WRITE_GGUF names one, it writes
llama-cpp.safetensors: llama.cpp's logits of each of them.
"""
import ctypes
import json
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np

ROOT = os.environ["LLAMA_CPP"]
sys.path.insert(0, ROOT + "/gguf-py")
from gguf import GGUFWriter  # noqa: E402
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType  # noqa: E402

IDS = [1, 33, 7, 60, 12, 5, 44, 44, 2, 19, 63, 0, 28, 51, 9, 30]
PROGRAM = r"""
#include "llama.h"
#include <cstdio>
#include <cstdlib>
#include <vector>
int main(int argc, char ** argv) {
    llama_log_set([](ggml_log_level, const char *, void *) {}, nullptr);
    llama_backend_init();
    llama_model * model = llama_model_load_from_file(argv[1], llama_model_default_params());
    if (!model) return 1;
    auto parameters = llama_context_default_params();
    parameters.n_ctx = 64;
    parameters.n_threads = parameters.n_threads_batch = 1;
    parameters.type_k = parameters.type_v = GGML_TYPE_F32;
    parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    llama_context * context = llama_init_from_model(model, parameters);
    std::vector<llama_token> tokens;
    for (int i = 3; i < argc; i++) tokens.push_back(atoi(argv[i]));
    llama_batch batch = llama_batch_init(tokens.size(), 0, 1);
    batch.n_tokens = tokens.size();
    for (int i = 0; i < batch.n_tokens; i++) {
        batch.token[i] = tokens[i]; batch.pos[i] = i; batch.n_seq_id[i] = 1; batch.seq_id[i][0] = 0; batch.logits[i] = 1;
    }
    if (llama_decode(context, batch)) return 2;
    int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    FILE * out = fopen(argv[2], "wb");
    for (int i = 0; i < batch.n_tokens; i++) fwrite(llama_get_logits_ith(context, i), 4, vocabulary, out);
    fclose(out);
    return 0;
}
"""


def logits(path, ids):
    with tempfile.TemporaryDirectory() as folder:
        source, program, out = f"{folder}/l.cpp", f"{folder}/l", f"{folder}/out"
        with open(source, "w") as file:
            file.write(PROGRAM)
        libraries = ROOT + "/build/bin"
        subprocess.run(["g++", "-O1", source, "-o", program, f"-I{ROOT}/include", f"-I{ROOT}/ggml/include", f"-L{libraries}", "-lllama", "-lggml",
                        "-lggml-base", f"-Wl,-rpath,{libraries}"], check=True)
        subprocess.run([program, path, out, *map(str, ids)], check=True)
        return np.fromfile(out, dtype=np.float32).reshape(len(ids), -1)


def save(path, ids, values):
    numbers = np.array(ids, dtype=np.int32)
    header = {"ids": {"dtype": "I32", "shape": [len(ids)], "data_offsets": [0, numbers.nbytes]},
              "logits": {"dtype": "F32", "shape": list(values.shape), "data_offsets": [numbers.nbytes, numbers.nbytes + values.nbytes]}}
    write(path, header, numbers.tobytes() + values.tobytes())


def write(path, header, content):
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + content)


def make(path):
    ggml = ctypes.CDLL(ROOT + "/build/bin/libggml-base.so")
    ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
    random = np.random.default_rng(3)
    hidden, heads, kv, vocabulary = 256, 8, 4, 64
    size = hidden // heads
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(hidden)
    writer.add_block_count(1)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    writer.add_rope_dimension_count(size)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(vocabulary)
    writer.add_tokenizer_model("no_vocab")

    def matrix(name, rows, columns, kind):
        values = (random.standard_normal((rows, columns)) * (1 if "embd" in name else 1.2 / np.sqrt(columns))).astype(np.float32)
        kind = GGMLQuantizationType[kind]
        elements, length = GGML_QUANT_SIZES[kind]
        stored = np.zeros((rows, columns // elements * length), dtype=np.uint8)
        ggml.ggml_quantize_chunk(int(kind), values.ctypes.data_as(ctypes.c_void_p), stored.ctypes.data_as(ctypes.c_void_p),
                                 ctypes.c_int64(0), ctypes.c_int64(rows), ctypes.c_int64(columns), None)
        writer.add_tensor(name, stored, raw_dtype=kind)

    def norm(name):
        writer.add_tensor(name, (1 + 0.2 * random.standard_normal(hidden)).astype(np.float32))

    matrix("token_embd.weight", vocabulary, hidden, "Q6_K")
    norm("output_norm.weight")
    norm("blk.0.attn_norm.weight")
    norm("blk.0.ffn_norm.weight")
    matrix("blk.0.attn_q.weight", hidden, hidden, "Q4_K")
    matrix("blk.0.attn_k.weight", kv * size, hidden, "Q4_K")
    matrix("blk.0.attn_v.weight", kv * size, hidden, "Q6_K")
    matrix("blk.0.attn_output.weight", hidden, hidden, "Q5_K")
    matrix("blk.0.ffn_gate.weight", hidden, hidden, "Q4_K")
    matrix("blk.0.ffn_up.weight", hidden, hidden, "Q5_K")
    matrix("blk.0.ffn_down.weight", hidden, hidden, "Q6_K")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def collect(folder, data, path):
    """The logits of each model of a folder for the tokens that its PyTorch reference was computed from, in one file."""
    header, parts, at = {}, [], 0
    for name in sorted(file[:-5] for file in os.listdir(folder) if file.endswith(".gguf")):
        with open(f"{data}/{name}/expected.safetensors", "rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            begin, end = json.loads(file.read(length))["ids"]["data_offsets"]
            ids = np.frombuffer(file.read()[begin:end], dtype=np.int32)
        values = logits(f"{folder}/{name}.gguf", ids)
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        parts.append(values.tobytes())
        at += values.nbytes
    write(path, header, b"".join(parts))


if len(sys.argv) > 1:
    collect(sys.argv[1], ".", "llama-cpp.safetensors")
else:
    make("k-quants.gguf")
    save("k-quants.expected.safetensors", IDS, logits("k-quants.gguf", IDS))
