#!/usr/bin/python3
"""Trains the demonstration model on the processor. Needs PyTorch only (Debian: python3-torch).

    python3 train.py --minutes 40 --output checkpoint.pt

Stops when the time is over, with the learning rate fallen to zero by then, or earlier when told by Ctrl-C; writes a checkpoint now and then.
With the same number of --steps instead of --minutes, the same machine computes the same weights.
"""
import argparse
import json
import math
import random
import time

import torch

import bpe
import talk
from llama import CONFIG, Llama


def make_tokenizer():
    r = random.Random(11)
    texts = [talk.text(r) for _ in range(200)]
    for _ in range(6000):
        system, turns = talk.conversation(r, 3)
        texts += [t for turn in turns for t in turn] + ([system] if system else [])
    return bpe.Tokenizer.train(texts, CONFIG["vocab_size"])


def encode(tokenizer, r, turns):
    """Tokens, and for each whether the model has to predict it: its own words, not those of people."""
    if r.random() < 0.04:
        ids = [bpe.BEGIN, *tokenizer.encode(talk.text(r)), bpe.END_OF_TEXT]
        return ids, [False] + [True] * (len(ids) - 1)
    ids, learn = [bpe.BEGIN], [False]
    system, exchanges = talk.conversation(r, turns)

    def add(role, text, learned):
        part = [role, *tokenizer.encode(text), bpe.END]
        ids.extend(part)
        learn.extend([False] + [learned] * (len(part) - 1))
    if system:
        add(bpe.SYSTEM, system, False)
    for user, assistant in exchanges:
        add(bpe.USER, user, False)
        add(bpe.ASSISTANT, assistant, True)
    return ids, learn


def make_batch(tokenizer, r, rows, length, long):
    """Rows of several texts, one behind the other; a text that does not fit is cut."""
    ids, documents = torch.zeros(rows, length, dtype=torch.long), torch.full((rows, length), -1)
    learn = torch.zeros(rows, length, dtype=torch.bool)
    for row in range(rows):
        filled = document = 0
        while filled < length:
            part, wanted = encode(tokenizer, r, 30 if long and r.random() < 0.5 else r.choice([1, 1, 1, 2, 3, 5, 8]))
            part, wanted = part[:length - filled], wanted[:length - filled]
            end = filled + len(part)
            ids[row, filled:end] = torch.tensor(part)
            learn[row, filled:end] = torch.tensor(wanted)
            documents[row, filled:end] = document
            filled, document = end, document + 1
    return ids, documents, learn


def loss_of(model, ids, documents, learn):
    states = model.states(ids[:, :-1], documents[:, :-1])[learn[:, 1:]]
    return torch.nn.functional.cross_entropy(states @ model.embed_tokens.weight.T, ids[:, 1:][learn[:, 1:]])


def orthogonal(update):
    """Newton and Schulz's iteration: the same rows and columns, all singular values near one."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = update / (update.norm() + 1e-7)
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x if wide else x.T


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal: learns matrices in fewer steps than Adam."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.1):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(state["momentum"], group["momentum"]))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-group["lr"] * max(1, p.shape[0] / p.shape[1]) ** 0.5)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--minutes", type=float, default=40)
    arguments.add_argument("--steps", type=int)
    arguments.add_argument("--tokens", type=int, default=2048, help="of a batch")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--output", default="checkpoint.pt")
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    r = random.Random(given.seed)

    tokenizer = make_tokenizer()
    with open(given.output + ".tokenizer.json", "w") as file:
        json.dump(tokenizer.to_json(), file, ensure_ascii=False, indent=1)
    model = Llama()
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "embed" in n]
    optimizers = [Muon(matrices, lr=0.02), torch.optim.AdamW(others, lr=0.004, betas=(0.9, 0.98), weight_decay=0.0)]
    rates = [o.param_groups[0]["lr"] for o in optimizers]

    validation = make_batch(tokenizer, random.Random(99), 32, 256, False)
    begin, step, seen, mean, saved = time.time(), 0, 0, None, time.time()

    def save():
        torch.save({"model": model.state_dict(), "step": step, "tokens": seen}, given.output)

    while True:
        minutes = (time.time() - begin) / 60
        done = step / given.steps if given.steps else minutes / given.minutes
        if done >= 1:
            break
        scale = min(1, (step + 1) / 40) * (1 if done < 0.3 else 0.5 + 0.5 * math.cos(math.pi * (done - 0.3) / 0.7)) + 0.005
        for optimizer, rate in zip(optimizers, rates):
            optimizer.param_groups[0]["lr"] = rate * scale
        # Short rows cost less attention; the last ones are as long as a conversation may become.
        length = 128 if done < 0.65 else 256 if done < 0.85 else 512
        ids, documents, learn = make_batch(tokenizer, r, given.tokens // length, length, length == 512)
        loss = loss_of(model, ids, documents, learn)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        model.zero_grad()
        step, seen = step + 1, seen + ids.numel()
        mean = loss.item() if mean is None else 0.97 * mean + 0.03 * loss.item()
        if step % 20 == 0:
            print(f"step {step}, {(time.time() - begin) / 60:.1f} min, {seen:,} tokens, loss {mean:.4f}", flush=True)
        if time.time() - saved > 120:
            save()
            saved = time.time()
            with torch.no_grad():
                print(f"  validation loss {loss_of(model, *validation).item():.4f}", flush=True)
    save()
    with torch.no_grad():
        print(f"validation loss {loss_of(model, *validation).item():.4f} after {step} steps, {seen:,} tokens", flush=True)


if __name__ == "__main__":
    main()
