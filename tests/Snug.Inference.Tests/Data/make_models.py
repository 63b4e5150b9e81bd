#!/usr/bin/python3
"""Writes tiny random models in Hugging Face's layout, and what they compute: logits of a forward pass written plainly in PyTorch.

Needs Debian's python3-torch. Run in this folder; every model gets a folder with config.json, model.safetensors and expected.safetensors.
"""
import json
import math
import os
import struct

import torch

TOKENS = 24
VOCABULARY = 40
TYPES = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}


def save_safetensors(path, tensors, metadata=None):
    header, blobs, offset = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name, tensor in tensors.items():
        kind = {v: k for k, v in TYPES.items()}.get(tensor.dtype, "I32")
        raw = tensor.contiguous()
        data = raw.view(torch.int16).numpy().tobytes() if tensor.dtype == torch.bfloat16 else raw.numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        blobs.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def rms_norm(x, weight, epsilon):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + epsilon) * weight


def layer_norm(x, weight, bias, epsilon):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + epsilon) * weight + bias


def linear(x, w, name):
    y = x @ w[name + ".weight"].T
    return y + w[name + ".bias"] if name + ".bias" in w else y


def frequencies(config, size, length):
    """Angle per position of each pair, and the factor of sine and cosine."""
    scaling = config.get("rope_scaling") or {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    base, factor = config["rope_theta"], scaling.get("factor", 1.0)
    trained = scaling.get("original_max_position_embeddings", config["max_position_embeddings"])
    if kind == "dynamic":
        reached = max(length, config["max_position_embeddings"])
        base = base * (factor * reached / config["max_position_embeddings"] - (factor - 1)) ** (size / (size - 2))
    plain = [base ** (-2 * i / size) for i in range(size // 2)]
    if kind == "linear":
        return [f / factor for f in plain], 1.0
    if kind == "longrope":
        trained = config["original_max_position_embeddings"]
        factors = scaling["long_factor" if length > trained else "short_factor"]
        ratio = config["max_position_embeddings"] / trained
        return [f / own for f, own in zip(plain, factors)], math.sqrt(1 + math.log(ratio) / math.log(trained)) if ratio > 1 else 1.0
    if kind == "llama3":
        result = []
        for f in plain:
            wavelength = 2 * math.pi / f
            if wavelength < trained / scaling["high_freq_factor"]:
                result.append(f)
            elif wavelength > trained / scaling["low_freq_factor"]:
                result.append(f / factor)
            else:
                smooth = (trained / wavelength - scaling["low_freq_factor"]) / (scaling["high_freq_factor"] - scaling["low_freq_factor"])
                result.append((1 - smooth) * f / factor + smooth * f)
        return result, 1.0
    if kind == "yarn":
        def dimension(rotations):
            return size * math.log(trained / (rotations * 2 * math.pi)) / (2 * math.log(base))
        low = max(math.floor(dimension(scaling.get("beta_fast", 32))), 0)
        high = min(math.ceil(dimension(scaling.get("beta_slow", 1))), size - 1)
        result = []
        for i, f in enumerate(plain):
            ramp = min(max((i - low) / max(high - low, 0.001), 0), 1)
            result.append(f / factor * ramp + f * (1 - ramp))
        return result, scaling.get("attention_factor", 0.1 * math.log(factor) + 1)
    return plain, 1.0


def rotate(x, config):
    """x: [tokens, heads, size]; the halves of a head are the two parts of the complex numbers."""
    size = x.shape[-1]
    angles, factor = frequencies(config, size, x.shape[0])
    table = torch.outer(torch.arange(x.shape[0], dtype=torch.float64), torch.tensor(angles, dtype=torch.float64))
    cosine, sine = (table.cos() * factor).float()[:, None, :], (table.sin() * factor).float()[:, None, :]
    first, second = x[..., : size // 2], x[..., size // 2 :]
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


def rotate_part(x, config, size):
    """Rotates the first numbers of each head and leaves the rest."""
    return torch.cat([rotate(x[..., :size], config), x[..., size:]], -1)


def attention(q, k, v, window, scale=None, cap=None):
    """q: [tokens, heads, size]; k, v: [tokens, fewer heads, size]."""
    tokens, heads, size = q.shape
    scale = 1 / math.sqrt(size) if scale is None else scale
    group = heads // k.shape[1]
    out = torch.zeros(tokens, heads, size)
    for head in range(heads):
        for t in range(tokens):
            first = 0 if window is None else max(0, t + 1 - window)
            scores = k[first : t + 1, head // group] @ q[t, head] * scale
            if cap is not None:
                scores = cap * torch.tanh(scores / cap)
            out[t, head] = torch.softmax(scores, 0) @ v[first : t + 1, head // group]
    return out.reshape(tokens, heads * size)


def window_of(config, layer):
    window = config.get("sliding_window")
    if config["model_type"] == "mistral":
        return window
    if config["model_type"] in ("qwen2", "qwen3") and config.get("use_sliding_window") and layer >= config["max_window_layers"]:
        return window
    return None


def forward_llama(config, w, ids):
    heads, kv = config["num_attention_heads"], config.get("num_key_value_heads", config["num_attention_heads"])
    size = config.get("head_dim", config["hidden_size"] // heads)
    epsilon = config["rms_norm_eps"]
    x = w["model.embed_tokens.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        y = rms_norm(x, w[p + "input_layernorm.weight"], epsilon)
        q = linear(y, w, p + "self_attn.q_proj").view(-1, heads, size)
        k = linear(y, w, p + "self_attn.k_proj").view(-1, kv, size)
        v = linear(y, w, p + "self_attn.v_proj").view(-1, kv, size)
        if config["model_type"] == "qwen3":
            q = rms_norm(q, w[p + "self_attn.q_norm.weight"], epsilon)
            k = rms_norm(k, w[p + "self_attn.k_norm.weight"], epsilon)
        if config["model_type"] != "smollm3" or config["no_rope_layers"][layer]:
            q, k = rotate(q, config), rotate(k, config)
        y = attention(q, k, v, window_of(config, layer))
        x = x + linear(y, w, p + "self_attn.o_proj")
        y = rms_norm(x, w[p + "post_attention_layernorm.weight"], epsilon)
        gate = linear(y, w, p + "mlp.gate_proj")
        x = x + linear(gate * torch.sigmoid(gate) * linear(y, w, p + "mlp.up_proj"), w, p + "mlp.down_proj")
    x = rms_norm(x, w["model.norm.weight"], epsilon)
    return x @ w["model.embed_tokens.weight" if config["tie_word_embeddings"] else "lm_head.weight"].T


def gelu_tanh(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def forward_phi3(config, w, ids):
    heads, kv, epsilon = config["num_attention_heads"], config["num_key_value_heads"], config["rms_norm_eps"]
    size = config["hidden_size"] // heads
    rotated = int(size * config.get("partial_rotary_factor", 1.0))
    x = w["model.embed_tokens.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        y = linear(rms_norm(x, w[p + "input_layernorm.weight"], epsilon), w, p + "self_attn.qkv_proj")
        q, k, v = (part.reshape(len(ids), -1, size) for part in y.split([heads * size, kv * size, kv * size], -1))
        y = attention(rotate_part(q, config, rotated), rotate_part(k, config, rotated), v, config["sliding_window"])
        x = x + linear(y, w, p + "self_attn.o_proj")
        y = rms_norm(x, w[p + "post_attention_layernorm.weight"], epsilon)
        gate, up = linear(y, w, p + "mlp.gate_up_proj").chunk(2, -1)
        x = x + linear(gate * torch.sigmoid(gate) * up, w, p + "mlp.down_proj")
    return rms_norm(x, w["model.norm.weight"], epsilon) @ w["lm_head.weight"].T


def forward_gemma(config, w, ids):
    """Weights of normalizations are stored as what is added to one."""
    heads, kv, size, epsilon = config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"], config["rms_norm_eps"]
    second = config["model_type"] == "gemma2"
    x = w["model.embed_tokens.weight"][ids] * math.sqrt(config["hidden_size"])

    def norm(x, name):
        return rms_norm(x, 1 + w[name + ".weight"], epsilon)

    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        local = (layer + 1) % (2 if second else config["sliding_window_pattern"]) != 0
        y = norm(x, p + "input_layernorm")
        q = linear(y, w, p + "self_attn.q_proj").view(-1, heads, size)
        k = linear(y, w, p + "self_attn.k_proj").view(-1, kv, size)
        v = linear(y, w, p + "self_attn.v_proj").view(-1, kv, size)
        rope = config
        if not second:
            q, k = norm(q, p + "self_attn.q_norm"), norm(k, p + "self_attn.k_norm")
            rope = {**config, "rope_theta": config["rope_local_base_freq"], "rope_scaling": None} if local else config
        y = attention(rotate(q, rope), rotate(k, rope), v, config["sliding_window"] if local else None,
                      config["query_pre_attn_scalar"] ** -0.5, config.get("attn_logit_softcapping"))
        x = x + norm(linear(y, w, p + "self_attn.o_proj"), p + "post_attention_layernorm")
        y = norm(x, p + "pre_feedforward_layernorm")
        y = linear(gelu_tanh(linear(y, w, p + "mlp.gate_proj")) * linear(y, w, p + "mlp.up_proj"), w, p + "mlp.down_proj")
        x = x + norm(y, p + "post_feedforward_layernorm")
    logits = norm(x, "model.norm") @ w["model.embed_tokens.weight"].T
    cap = config.get("final_logit_softcapping")
    return logits if cap is None else cap * torch.tanh(logits / cap)


def forward_olmo2(config, w, ids):
    heads, kv, epsilon = config["num_attention_heads"], config["num_key_value_heads"], config["rms_norm_eps"]
    size = config["hidden_size"] // heads
    x = w["model.embed_tokens.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        q = rms_norm(linear(x, w, p + "self_attn.q_proj"), w[p + "self_attn.q_norm.weight"], epsilon).view(-1, heads, size)
        k = rms_norm(linear(x, w, p + "self_attn.k_proj"), w[p + "self_attn.k_norm.weight"], epsilon).view(-1, kv, size)
        v = linear(x, w, p + "self_attn.v_proj").view(-1, kv, size)
        y = linear(attention(rotate(q, config), rotate(k, config), v, None), w, p + "self_attn.o_proj")
        x = x + rms_norm(y, w[p + "post_attention_layernorm.weight"], epsilon)
        gate = linear(x, w, p + "mlp.gate_proj")
        y = linear(gate * torch.sigmoid(gate) * linear(x, w, p + "mlp.up_proj"), w, p + "mlp.down_proj")
        x = x + rms_norm(y, w[p + "post_feedforward_layernorm.weight"], epsilon)
    return rms_norm(x, w["model.norm.weight"], epsilon) @ w["lm_head.weight"].T


def forward_neox(config, w, ids):
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    size = config["hidden_size"] // heads
    rope = {**config, "rope_theta": config["rotary_emb_base"]}
    x = w["gpt_neox.embed_in.weight"][ids]

    def norm(x, name):
        return layer_norm(x, w[name + ".weight"], w[name + ".bias"], epsilon)

    def feed_forward(x, p):
        y = linear(x, w, p + "mlp.dense_h_to_4h")
        y = 0.5 * y * (1 + torch.erf(y / math.sqrt(2))) if config["hidden_act"] == "gelu" else gelu_tanh(y)
        return linear(y, w, p + "mlp.dense_4h_to_h")

    for layer in range(config["num_hidden_layers"]):
        p = f"gpt_neox.layers.{layer}."
        y = linear(norm(x, p + "input_layernorm"), w, p + "attention.query_key_value").view(-1, heads, 3, size)
        rotated = int(size * config["rotary_pct"])
        q, k = (rotate_part(y[:, :, part], rope, rotated) for part in (0, 1))
        y = linear(attention(q, k, y[:, :, 2], None), w, p + "attention.dense")
        if config["use_parallel_residual"]:
            x = x + y + feed_forward(norm(x, p + "post_attention_layernorm"), p)
        else:
            x = x + y
            x = x + feed_forward(norm(x, p + "post_attention_layernorm"), p)
    return norm(x, "gpt_neox.final_layer_norm") @ w["embed_out.weight"].T


def forward_gpt2(config, w, ids):
    def conv(x, name):
        return x @ w[name + ".weight"] + w[name + ".bias"]

    width, heads, epsilon = config["n_embd"], config["n_head"], config["layer_norm_epsilon"]
    x = w["transformer.wte.weight"][ids] + w["transformer.wpe.weight"][: len(ids)]
    for layer in range(config["n_layer"]):
        p = f"transformer.h.{layer}."
        y = layer_norm(x, w[p + "ln_1.weight"], w[p + "ln_1.bias"], epsilon)
        q, k, v = conv(y, p + "attn.c_attn").split(width, -1)
        y = attention(*(part.reshape(-1, heads, width // heads) for part in (q, k, v)), None)
        x = x + conv(y, p + "attn.c_proj")
        y = conv(layer_norm(x, w[p + "ln_2.weight"], w[p + "ln_2.bias"], epsilon), p + "mlp.c_fc")
        x = x + conv(gelu_tanh(y), p + "mlp.c_proj")
    x = layer_norm(x, w["transformer.ln_f.weight"], w["transformer.ln_f.bias"], epsilon)
    return x @ w["transformer.wte.weight"].T


def llama_shapes(c):
    heads, kv = c["num_attention_heads"], c.get("num_key_value_heads", c["num_attention_heads"])
    size, hidden, inner = c.get("head_dim", c["hidden_size"] // heads), c["hidden_size"], c["intermediate_size"]
    kind = c["model_type"]
    qkv_bias = c.get("attention_bias", False) or kind == "qwen2"
    yield "model.embed_tokens.weight", (VOCABULARY, hidden)
    for layer in range(c["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        if kind != "olmo2":
            yield p + "input_layernorm.weight", (hidden,)
        yield p + "post_attention_layernorm.weight", (hidden,)
        if kind in ("gemma2", "gemma3_text"):
            yield p + "pre_feedforward_layernorm.weight", (hidden,)
        if kind in ("gemma2", "gemma3_text", "olmo2"):
            yield p + "post_feedforward_layernorm.weight", (hidden,)
        if kind == "phi3":
            yield p + "self_attn.qkv_proj.weight", ((heads + 2 * kv) * size, hidden)
            yield p + "self_attn.o_proj.weight", (hidden, heads * size)
            yield p + "mlp.gate_up_proj.weight", (2 * inner, hidden)
            yield p + "mlp.down_proj.weight", (hidden, inner)
            continue
        for name, rows in (("q", heads * size), ("k", kv * size), ("v", kv * size)):
            yield p + f"self_attn.{name}_proj.weight", (rows, hidden)
            if qkv_bias:
                yield p + f"self_attn.{name}_proj.bias", (rows,)
        yield p + "self_attn.o_proj.weight", (hidden, heads * size)
        if c.get("attention_bias"):
            yield p + "self_attn.o_proj.bias", (hidden,)
        if kind in ("qwen3", "gemma3_text"):
            yield p + "self_attn.q_norm.weight", (size,)
            yield p + "self_attn.k_norm.weight", (size,)
        if kind == "olmo2":
            yield p + "self_attn.q_norm.weight", (heads * size,)
            yield p + "self_attn.k_norm.weight", (kv * size,)
        for name, shape in (("gate", (inner, hidden)), ("up", (inner, hidden)), ("down", (hidden, inner))):
            yield p + f"mlp.{name}_proj.weight", shape
            if c.get("mlp_bias"):
                yield p + f"mlp.{name}_proj.bias", shape[:1]
    yield "model.norm.weight", (hidden,)
    if not c["tie_word_embeddings"]:
        yield "lm_head.weight", (VOCABULARY, hidden)


def neox_shapes(c):
    width, inner = c["hidden_size"], c["intermediate_size"]
    yield "gpt_neox.embed_in.weight", (VOCABULARY, width)
    for layer in range(c["num_hidden_layers"]):
        p = f"gpt_neox.layers.{layer}."
        for norm in ("input_layernorm", "post_attention_layernorm"):
            yield p + norm + ".weight", (width,)
            yield p + norm + ".bias", (width,)
        for name, shape in (("attention.query_key_value", (3 * width, width)), ("attention.dense", (width, width)),
                            ("mlp.dense_h_to_4h", (inner, width)), ("mlp.dense_4h_to_h", (width, inner))):
            yield p + name + ".weight", shape
            yield p + name + ".bias", shape[:1]
    yield "gpt_neox.final_layer_norm.weight", (width,)
    yield "gpt_neox.final_layer_norm.bias", (width,)
    yield "embed_out.weight", (VOCABULARY, width)


def gpt2_shapes(c):
    width = c["n_embd"]
    yield "transformer.wte.weight", (VOCABULARY, width)
    yield "transformer.wpe.weight", (c["n_positions"], width)
    for layer in range(c["n_layer"]):
        p = f"transformer.h.{layer}."
        for norm in ("ln_1", "ln_2"):
            yield p + norm + ".weight", (width,)
            yield p + norm + ".bias", (width,)
        for name, shape in (("attn.c_attn", (width, 3 * width)), ("attn.c_proj", (width, width)), ("mlp.c_fc", (width, 4 * width)), ("mlp.c_proj", (4 * width, width))):
            yield p + name + ".weight", shape
            yield p + name + ".bias", shape[1:]
    yield "transformer.ln_f.weight", (width,)
    yield "transformer.ln_f.bias", (width,)


FORWARD = {"gpt2": forward_gpt2, "phi3": forward_phi3, "gemma2": forward_gemma, "gemma3_text": forward_gemma, "olmo2": forward_olmo2, "gpt_neox": forward_neox}
SHAPES = {"gpt2": gpt2_shapes, "gpt_neox": neox_shapes}


def make(name, config, dtype="BF16"):
    torch.manual_seed(len(name) * 1000 + sum(name.encode()))
    stored = {}
    added_to_one = config["model_type"] in ("gemma2", "gemma3_text")
    for tensor, shape in SHAPES.get(config["model_type"], llama_shapes)(config):
        if len(shape) == 1:
            value = torch.randn(shape) * 0.2 + (0 if tensor.endswith("bias") or added_to_one else 1)
        else:
            value = torch.randn(shape) * (1.0 if "embed" in tensor or "wte" in tensor else 1.2 / math.sqrt(shape[1]))
        stored[tensor] = value.to(TYPES[dtype])
    ids = torch.randint(0, VOCABULARY, (TOKENS,))
    exact = {tensor: value.float() for tensor, value in stored.items()}
    logits = FORWARD.get(config["model_type"], forward_llama)(config, exact, ids)
    os.makedirs(name, exist_ok=True)
    save_safetensors(f"{name}/model.safetensors", stored, {"format": "pt"})
    save_safetensors(f"{name}/expected.safetensors", {"ids": ids.int(), "logits": logits})
    with open(f"{name}/config.json", "w") as file:
        json.dump(config, file, indent=1)
        file.write("\n")


def llama(**changes):
    config = {
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": VOCABULARY, "hidden_size": 32, "intermediate_size": 44,
        "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2,
    }
    config.update(changes)
    return config


if __name__ == "__main__":
    with torch.no_grad():
        make("llama", llama(num_key_value_heads=4), "F32")
        make("llama-f16", llama(), "F16")
        make("llama-biases", llama(attention_bias=True, mlp_bias=True, tie_word_embeddings=True))
        make("llama-linear", llama(rope_scaling={"type": "linear", "factor": 4.0}))
        make("llama-dynamic", llama(max_position_embeddings=16, rope_scaling={"type": "dynamic", "factor": 2.0}))
        make("llama-llama3", llama(head_dim=16, rope_scaling={
            "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16}))
        make("llama-yarn", llama(head_dim=16, rope_scaling={"rope_type": "yarn", "factor": 4.0, "beta_fast": 4, "original_max_position_embeddings": 32}))
        make("mistral", llama(model_type="mistral", sliding_window=7, num_key_value_heads=1))
        make("qwen2", llama(model_type="qwen2", use_sliding_window=True, sliding_window=5, max_window_layers=1, tie_word_embeddings=True))
        make("qwen3", llama(model_type="qwen3", head_dim=12, num_attention_heads=6))
        make("smollm3", llama(model_type="smollm3", num_hidden_layers=4, no_rope_layers=[1, 1, 1, 0], no_rope_layer_interval=4, use_sliding_window=False,
                              layer_types=["full_attention"] * 4, tie_word_embeddings=True, rope_theta=2000000.0))
        long_rope = {"type": "longrope", "short_factor": [1.0, 1.25, 1.5], "long_factor": [1.5, 3.0, 6.0]}
        phi3 = llama(model_type="phi3", original_max_position_embeddings=16, partial_rotary_factor=0.75, rope_scaling=long_rope, sliding_window=11)
        make("phi3-long", phi3)
        make("phi3-short", {**phi3, "original_max_position_embeddings": 32, "sliding_window": None})
        make("phi3", llama(model_type="phi3", original_max_position_embeddings=64, rope_scaling=None, sliding_window=63))
        gemma = dict(head_dim=16, hidden_activation="gelu_pytorch_tanh", tie_word_embeddings=True, query_pre_attn_scalar=24)
        make("gemma2", llama(model_type="gemma2", sliding_window=6, attn_logit_softcapping=2.5, final_logit_softcapping=4.0, hidden_act="gelu_pytorch_tanh", **gemma))
        make("gemma3", llama(model_type="gemma3_text", sliding_window=5, sliding_window_pattern=3, num_hidden_layers=4, rope_theta=1000000.0, rope_local_base_freq=1000.0,
                             rope_scaling={"rope_type": "linear", "factor": 8.0}, attn_logit_softcapping=None, final_logit_softcapping=None, **gemma))
        make("olmo2", llama(model_type="olmo2"))
        neox = {
            "model_type": "gpt_neox", "vocab_size": VOCABULARY, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
            "max_position_embeddings": 64, "layer_norm_eps": 1e-5, "rotary_pct": 0.25, "rotary_emb_base": 10000, "hidden_act": "gelu",
            "use_parallel_residual": True, "tie_word_embeddings": False, "bos_token_id": 0, "eos_token_id": 2,
        }
        make("gpt-neox", neox)
        make("gpt-neox-sequential", {**neox, "use_parallel_residual": False, "hidden_act": "gelu_fast", "rotary_pct": 1.0})
        make("gpt2", {
            "model_type": "gpt2", "vocab_size": VOCABULARY, "n_embd": 32, "n_head": 4, "n_layer": 2, "n_positions": 48, "n_ctx": 48,
            "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new", "bos_token_id": 39, "eos_token_id": 39, "resid_pdrop": 0.1})
