"""The architecture of Llama, written plainly."""
import torch
from torch import nn

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 2048,
    "hidden_size": 192,
    "intermediate_size": 512,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "max_position_embeddings": 512,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "hidden_act": "silu",
    "attention_bias": False,
    "mlp_bias": False,
    "tie_word_embeddings": True,
    "bos_token_id": 1,
    "eos_token_id": 0,
    "torch_dtype": "bfloat16",
}


class RmsNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + CONFIG["rms_norm_eps"]) * self.weight


def rotate(x, cosine, sine):
    a, b = x.chunk(2, -1)
    return x * cosine + torch.cat([-b, a], -1) * sine


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        width, self.size = CONFIG["hidden_size"], CONFIG["head_dim"]
        self.heads, self.groups = CONFIG["num_attention_heads"], CONFIG["num_key_value_heads"]
        self.q_proj = nn.Linear(width, self.heads * self.size, bias=False)
        self.k_proj = nn.Linear(width, self.groups * self.size, bias=False)
        self.v_proj = nn.Linear(width, self.groups * self.size, bias=False)
        self.o_proj = nn.Linear(self.heads * self.size, width, bias=False)

    def forward(self, x, cosine, sine, hidden):
        rows, length, _ = x.shape
        repeat = self.heads // self.groups
        q = rotate(self.q_proj(x).view(rows, length, self.heads, self.size).transpose(1, 2), cosine, sine)
        k = rotate(self.k_proj(x).view(rows, length, self.groups, self.size).transpose(1, 2), cosine, sine)
        v = self.v_proj(x).view(rows, length, self.groups, self.size).transpose(1, 2)
        # The heads of a group share keys and values, so they are one taller matrix.
        q = q.reshape(rows, self.groups, repeat * length, self.size) * self.size ** -0.5
        scores = (q @ k.transpose(2, 3)).view(rows, self.heads, length, length)
        shares = (scores + hidden).softmax(-1).view(rows, self.groups, repeat * length, length)
        return self.o_proj((shares @ v).view(rows, self.heads, length, self.size).transpose(1, 2).reshape(rows, length, -1))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        width, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
        self.gate_proj = nn.Linear(width, inner, bias=False)
        self.up_proj = nn.Linear(width, inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.down_proj(nn.functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = RmsNorm(CONFIG["hidden_size"]), RmsNorm(CONFIG["hidden_size"])
        self.self_attn, self.mlp = Attention(), Mlp()

    def forward(self, x, cosine, sine, hidden):
        x = x + self.self_attn(self.input_layernorm(x), cosine, sine, hidden)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(CONFIG["vocab_size"], CONFIG["hidden_size"])
        self.layers = nn.ModuleList([Layer() for _ in range(CONFIG["num_hidden_layers"])])
        self.norm = RmsNorm(CONFIG["hidden_size"])
        deep = (2 * CONFIG["num_hidden_layers"]) ** -0.5
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                nn.init.normal_(weight, std=0.02 if "embed" in name else weight.shape[1] ** -0.5 * (deep if name.endswith(("o_proj.weight", "down_proj.weight")) else 1))

    def states(self, ids, documents=None):
        """What comes out of the last layer. documents: which text each token belongs to; a token sees only its own."""
        length = ids.shape[1]
        half = CONFIG["head_dim"] // 2
        angles = torch.outer(torch.arange(length), CONFIG["rope_theta"] ** (-torch.arange(half) / half))
        cosine, sine = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)
        hidden = torch.ones(length, length, dtype=torch.bool).triu(1)
        if documents is not None:
            hidden = hidden | (documents[:, None, :, None] != documents[:, None, None, :])
        hidden = torch.zeros(hidden.shape).masked_fill(hidden, float("-inf"))
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, cosine, sine, hidden)
        return self.norm(x)

    def forward(self, ids):
        return self.states(ids) @ self.embed_tokens.weight.T
