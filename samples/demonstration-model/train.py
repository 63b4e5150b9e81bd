#!/usr/bin/python3
"""Trains the demonstration model on the processor. Needs PyTorch only (Debian: python3-torch).

    python3 train.py --minutes 40 --output checkpoint.pt

Stops when the time is over, with the learning rate fallen to zero by then; writes a checkpoint now and then.
"""
import argparse
import json
import os
import random
import shutil
import time

import torch
import torch.distributed
import torch.multiprocessing

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


def average(parameters, processes):
    """Averages gradients over the processes."""
    flat = torch.cat([p.grad.flatten() for p in parameters])
    torch.distributed.all_reduce(flat)
    flat /= processes
    for p, part in zip(parameters, flat.split([p.numel() for p in parameters])):
        p.grad.copy_(part.view_as(p))


def train(rank, given):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method="tcp://127.0.0.1:29531", rank=rank, world_size=given.processes)
    torch.manual_seed(given.seed)
    r = random.Random(given.seed * 1000 + rank)
    tokenizer = bpe.Tokenizer.from_json(given.output + ".tokenizer.json")
    model = Llama()
    if given.resume:
        model.load_state_dict(torch.load(given.resume)["model"])
    parameters = list(model.parameters())
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "embed" in n]
    optimizers = [Muon(matrices, lr=0.02), torch.optim.AdamW(others, lr=0.004, betas=(0.9, 0.98), weight_decay=0.0)]
    rates = [o.param_groups[0]["lr"] for o in optimizers]
    validation = make_batch(tokenizer, random.Random(99), 32, 128, False)
    begin, step, seen, mean, saved = time.time(), 0, 0, None, time.time()

    def say(text):
        if rank == 0:
            print(text, flush=True)

    def save():
        if rank == 0:
            torch.save({"model": model.state_dict(), "step": step, "tokens": seen}, given.output + ".part")
            os.replace(given.output + ".part", given.output)
            with torch.no_grad():
                say(f"step {step}, {(time.time() - begin) / 60:.1f} min, {seen:,} tokens, validation loss {loss_of(model, *validation).item():.4f}")

    say(f"{sum(p.numel() for p in parameters):,} parameters")
    while True:
        # All processes have to end at the same step, so the first one's clock counts.
        done = torch.tensor([step / given.steps if given.steps else (time.time() - begin) / 60 / given.minutes])
        torch.distributed.broadcast(done, 0)
        done = done.item()
        if done >= 1:
            break
        scale = min(1, (step + 1) / 40) * (1 if done < 0.4 else (1 - done) / 0.6) + 0.005
        for optimizer, rate in zip(optimizers, rates):
            optimizer.param_groups[0]["lr"] = rate * scale

        # Short rows cost less attention; the last ones are as long as a conversation may become.
        length = 128 if done < 0.7 else 256 if done < 0.88 else 512
        ids, documents, learn = make_batch(tokenizer, r, given.tokens // given.processes // length, length, length == 512)
        loss = loss_of(model, ids, documents, learn)
        loss.backward()
        average(parameters, given.processes)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        model.zero_grad()
        step, seen = step + 1, seen + ids.numel() * given.processes
        mean = loss.item() if mean is None else 0.9 * mean + 0.1 * loss.item()
        if step % 20 == 0:
            say(f"step {step}, {(time.time() - begin) / 60:.1f} min, {seen:,} tokens, loss {mean:.4f}")
        if time.time() - saved > 180:
            saved = time.time()
            save()
    save()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--minutes", type=float, default=40)
    arguments.add_argument("--steps", type=int, help="instead of --minutes; the same weights again on the same machine")
    arguments.add_argument("--tokens", type=int, default=2048, help="of a batch")
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--resume", help="a checkpoint to begin with, made with the same tokenizer")
    arguments.add_argument("--output", default="checkpoint.pt")
    given = arguments.parse_args()
    file = given.output + ".tokenizer.json"
    if given.resume:
        if given.resume != given.output:
            shutil.copy(given.resume + ".tokenizer.json", file)
    else:
        with open(file, "w", encoding="utf-8") as target:
            json.dump(make_tokenizer().to_json(), target, ensure_ascii=False, indent=1)

    # One thread a process: the threads of the matrix library wait for each other by spinning, which a busy machine pays for.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    torch.multiprocessing.spawn(train, (given,), given.processes)


if __name__ == "__main__":
    main()
