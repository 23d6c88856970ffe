"""Fine-tunes the top of the encoder of the accurate tier and its two heads.

Usage: train_encoder.py ROWS.jsonl TRAIT_ROWS.jsonl MINILM_FOLDER PERSONAS.json DATA_FOLDER OUT [--cache FILE] [--fold N] …
With --polish it prepares every exemplar instead, those of the origin classes three times; --start goes on from earlier weights
at two thirds of the rate, over the states of --cache and a sample of those of --mix, the trait head left as it is.
Without --cache it samples rows and writes the states of the frozen lower layers to OUT; with it, it trains the last layer and
the heads on those states and writes the weights. With --fold the datasets of that fold of the yardstick are left out; beside
the weights stands OUT.npz with the logits of the yardstick's rows that this training must be judged by.
"""

import argparse
import json
import re
import time

import numpy as np
import torch
from encoder import load_encoder
from targets import ORIGIN_CLASSES, row_weights, soft_targets
from tokens import encode_sides, join_sides, open_tokenizer, pad
from torch import nn
from yardstick import FOLDS, read_yardstick, score

SEED = 17
LAYERS = (0, 1, 2)
TRAITS = ["formality", "positive", "negative", "support", "humour", "politeness", "empathy"]
BATCH = 32
ENCODER_RATE = 1.2e-4
HEAD_RATE = 2e-3
SMOOTHING = 0.05
POLISH_MIX = 3000
POLISH_SEEDS = (29, 31)
ROOMS = (48, 64, 96, 96, 128)


class Tagger(nn.Module):
    def __init__(self, encoder, classes):
        super().__init__()
        self.encoder = encoder
        self.persona = nn.Linear(768, classes)
        self.trait = nn.Linear(768, len(TRAITS))
    def top(self, x, mask, types):
        """Last layer, means of both sides, heads."""
        bias = ((1.0 - mask) * -1e4)[:, None, None, :]
        x = self.encoder.layers[-1](x, bias)
        parts = []
        for weight in (mask - types, types):
            parts.append(torch.einsum("bl,bld->bd", weight, x) / weight.sum(1, keepdim=True).clamp(min=1))
        both = nn.functional.dropout(torch.cat(parts, 1), 0.1, self.training)
        return self.persona(both), self.trait(both)


LEAKS = [
    (re.compile(r"^toolformer: enabled\ntoolformer access: [^\n]*\n"), ""),
    (re.compile(r"(?m)^(User|Assistant|Human|Teacher|Student|AI): ?"), ""),
    (re.compile(r"<<[^<>\n]*>>"), ""),
    (re.compile(r"####"), ""),
    (re.compile(r"<<<(\w+)>>>: ?"), r"\1 "),
    (re.compile(r"(?m)^(?:\(?[A-E][.)]) "), ""),
]


def without_leaks(messages, random):
    """Role names, field labels and marks that only one dataset has are taken out of most copies."""
    if random.random() > 0.6:
        return messages
    out = []
    for message in messages:
        text = message["content"]
        for pattern, into in LEAKS:
            text = pattern.sub(into, text)
        out.append({**message, "content": text})
    return out


def cut(user, assistant, random):
    """Another room, sometimes another window of a long text, sometimes one side alone."""
    if len(assistant) > 60 and random.random() < 0.2:
        assistant = assistant[random.integers(0, len(assistant) - 40) :]
    if user and assistant:
        chance = random.random()
        if chance < 0.12:
            user = []
        elif chance < 0.17:
            assistant = []
    elif random.random() < 0.3:
        user, assistant = assistant, user
    return join_sides(user, assistant, int(random.choice(ROOMS)))


def batches_of(lengths, rows, random):
    """Batches of like length in random order."""
    order = rows[np.argsort(lengths[rows].numpy(), kind="stable")]
    parts = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    return [parts[i] for i in random.permutation(len(parts))]


def cache(options):
    """Samples rows by their weights, varies their text, and stores what the frozen lower layers make of them."""
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(POLISH_SEEDS[0] if options.polish else SEED)
    ids = [p["id"] for p in json.load(open(options.personas, encoding="utf-8"))]
    rows = [json.loads(line) for line in open(options.rows, encoding="utf-8")]
    traits = [json.loads(line) for line in open(options.traits, encoding="utf-8")]
    targets = soft_targets(rows, ids)
    if options.polish:
        own = [i for i, row in enumerate(rows) if row["origin"] == "exemplars"]
        named = [i for i in own if rows[i]["persona"] in ORIGIN_CLASSES]
        chosen = np.array(own + named + named)
    else:
        chosen = random.choice(len(rows), options.samples, p=row_weights(rows, targets, ids, np.arange(len(rows))))
    tokenizer = open_tokenizer(f"{options.minilm}/tokenizer.json")
    inputs = [cut(u, a, random) for u, a in encode_sides(tokenizer, [without_leaks(rows[i]["messages"], random) for i in chosen])]
    trait_inputs, trait_goals = trait_samples(traits, tokenizer, int(options.samples * 0.5), random)
    judged = read_yardstick(options.data)
    inputs += trait_inputs
    inputs += [join_sides(u, a) for u, a in encode_sides(tokenizer, [row["messages"] for row in judged])]
    states = lower_states(load_encoder(f"{options.minilm}/model.safetensors", LAYERS).eval(), inputs)
    states["targets"] = torch.from_numpy(targets[chosen])
    states["trait_goals"] = torch.from_numpy(trait_goals)
    states["origins"] = [rows[i]["origin"] for i in chosen]
    states["judged"] = len(judged)
    torch.save(states, options.out)


def lower_states(encoder, inputs):
    """Hidden states under the last layer as one ragged float16 array; row r is `ends[r] - lengths[r] .. ends[r]`."""
    lengths = torch.tensor([len(ids) for ids, _ in inputs])
    ends = lengths.cumsum(0)
    flat = torch.zeros((int(ends[-1]), 384), dtype=torch.float16)
    firsts = torch.tensor([first for _, first in inputs])
    order = np.argsort([len(ids) for ids, _ in inputs], kind="stable")
    started = time.time()
    top = encoder.layers[-1]
    encoder.layers = encoder.layers[:-1]
    with torch.no_grad():
        for count, start in enumerate(range(0, len(order), 32)):
            part = order[start : start + 32]
            x = encoder(*[torch.from_numpy(v) for v in pad([inputs[i] for i in part])])
            for place, i in enumerate(part):
                flat[ends[i] - lengths[i] : ends[i]] = x[place, : lengths[i]].half()
            if count % 50 == 0:
                print(start, len(order), round(time.time() - started), flush=True)
    encoder.layers.append(top)
    return {"flat": flat, "lengths": lengths, "ends": ends, "firsts": firsts}


def batch_of(states, part):
    """Hidden states, attention bias, and the weights of both sides."""
    lengths = states["lengths"][part]
    longest = int(lengths.max())
    x = torch.zeros((len(part), longest, 384))
    for place, i in enumerate(part):
        end, length = int(states["ends"][i]), int(states["lengths"][i])
        x[place, :length] = states["flat"][end - length : end].float()
    place = torch.arange(longest)[None, :]
    mask = (place < lengths[:, None]).float()
    types = mask * (place >= states["firsts"][part][:, None])
    return x, mask, types


def train(options):
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(SEED)
    states = torch.load(options.cache)
    personas = json.load(open(options.personas, encoding="utf-8"))
    left_out = FOLDS[options.fold] if options.fold is not None else set()
    count = len(states["origins"])
    mine = np.array([i for i, origin in enumerate(states["origins"]) if origin not in left_out])
    goals = states["targets"] * (1 - SMOOTHING) + SMOOTHING / len(personas)
    trait_goals = states["trait_goals"]
    trait_rows = np.arange(count, count + len(trait_goals))
    model = Tagger(load_encoder(f"{options.minilm}/model.safetensors", LAYERS), len(personas))
    if options.probe:
        model.persona.load_state_dict(torch.load(options.probe))
    top = list(model.encoder.layers[-1].parameters())
    heads = [*model.persona.parameters(), *model.trait.parameters()]
    optimiser = torch.optim.AdamW([{"params": top, "lr": ENCODER_RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01)
    plan = []
    for _ in range(options.epochs):
        plan += [("persona", b) for b in batches_of(states["lengths"], mine, random)]
        plan += [("trait", b) for b in batches_of(states["lengths"], trait_rows, random)]
    plan = [plan[i] for i in random.permutation(len(plan))]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [ENCODER_RATE, HEAD_RATE], total_steps=len(plan), pct_start=0.1)
    model.train()
    started = time.time()
    running = {}
    for step, (kind, part) in enumerate(plan):
        persona, trait = model.top(*batch_of(states, part))
        if kind == "persona":
            loss = -(torch.log_softmax(persona, 1) * goals[part]).sum(1).mean()
        else:
            goal = trait_goals[part - count]
            known = ~torch.isnan(goal)
            losses = nn.functional.binary_cross_entropy_with_logits(trait, torch.nan_to_num(goal), reduction="none")
            loss = (losses * known).sum() / known.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*top, *heads], 1.0)
        optimiser.step()
        schedule.step()
        running[kind] = 0.97 * running.get(kind, float(loss.detach())) + 0.03 * float(loss.detach())
        if step % 100 == 0:
            print(step, len(plan), running, round(time.time() - started), flush=True)
    torch.save(model.state_dict(), options.out)
    judge(model.eval(), states, count + len(trait_goals), personas, options)


def polish(options):
    torch.manual_seed(POLISH_SEEDS[1])
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(POLISH_SEEDS[1])
    personas = json.load(open(options.personas, encoding="utf-8"))
    model = Tagger(load_encoder(f"{options.minilm}/model.safetensors", LAYERS), len(personas))
    model.load_state_dict(torch.load(options.start))
    mixed, own = torch.load(options.mix), torch.load(options.cache)
    sampled = random.permutation(len(mixed["origins"]))[:POLISH_MIX]
    plan = [(mixed, part) for part in batches_of(mixed["lengths"], sampled, random)]
    plan += [(own, part) for part in batches_of(own["lengths"], np.arange(len(own["origins"])), random)]
    top, head = list(model.encoder.layers[-1].parameters()), list(model.persona.parameters())
    rates = [ENCODER_RATE * 2 / 3, HEAD_RATE / 2]
    optimiser = torch.optim.AdamW([{"params": top, "lr": rates[0]}, {"params": head, "lr": rates[1]}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=len(plan), pct_start=0.1)
    model.train()
    for step in random.permutation(len(plan)):
        states, part = plan[step]
        goals = states["targets"][part] * (1 - SMOOTHING) + SMOOTHING / len(personas)
        persona, _ = model.top(*batch_of(states, part))
        loss = -(torch.log_softmax(persona, 1) * goals).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*top, *head], 1.0)
        optimiser.step()
        schedule.step()
    torch.save(model.state_dict(), options.out)


def trait_samples(traits, tokenizer, count, random):
    kept = [row for row in traits if not row.get("held")]
    weights = np.array([row.get("weight", 1.0) for row in kept])
    chosen = [kept[i] for i in random.choice(len(kept), count, p=weights / weights.sum())]
    sides = encode_sides(tokenizer, [row["messages"] for row in chosen])
    inputs = [join_sides([] if random.random() < 0.3 else u, a, 64) for u, a in sides]
    goals = np.array([[row["targets"].get(name, np.nan) for name in TRAITS] for row in chosen], np.float32)
    return inputs, goals


def judge(model, states, base, personas, options):
    rows = read_yardstick(options.data)
    mine = np.array([i for i, row in enumerate(rows) if row["fold"] == options.fold])
    logits = np.zeros((len(mine), len(personas)), np.float32)
    order = np.argsort(states["lengths"][base + mine].numpy(), kind="stable")
    with torch.no_grad():
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            logits[part] = model.top(*batch_of(states, base + mine[part]))[0].numpy()
    np.savez(options.out.replace(".pt", ".npz"), rows=mine, logits=logits)
    e = np.exp(logits - logits.max(1, keepdims=True))
    print(json.dumps(score(e / e.sum(1, keepdims=True), [rows[i] for i in mine], personas), indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("rows", "traits", "minilm", "personas", "data", "out"):
        parser.add_argument(name)
    parser.add_argument("--cache")
    parser.add_argument("--polish", action="store_true")
    parser.add_argument("--start")
    parser.add_argument("--mix")
    parser.add_argument("--fold", type=int)
    parser.add_argument("--probe")
    parser.add_argument("--samples", type=int, default=11000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    (polish if arguments.start else train if arguments.cache else cache)(arguments)
