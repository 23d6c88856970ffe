"""Fine-tunes the encoder of the accurate tier and its two heads.

Usage: train_encoder.py ROWS.jsonl TRAIT_ROWS.jsonl MINILM_FOLDER PERSONAS.json DATA_FOLDER OUT.pt [--fold N] [--samples N] [--threads N]
With --fold the datasets of that fold of the yardstick are left out. Writes the weights, and beside them OUT.npz with the
logits of the yardstick's rows that this training must be judged by.
"""

import argparse
import json
import re
import time

import numpy as np
import torch
from encoder import load_encoder
from targets import row_weights, soft_targets
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
TRAIT_SHARE = 0.25
ROOMS = (48, 64, 96, 96, 128)


class Tagger(nn.Module):
    def __init__(self, encoder, classes, probe=None):
        super().__init__()
        self.encoder = encoder
        self.persona = nn.Linear(768, classes)
        self.trait = nn.Linear(768, len(TRAITS))
        if probe:
            self.persona.load_state_dict(probe)

    def pooled(self, ids, mask, types):
        x = self.encoder(ids, mask, types)
        mask, types = mask.float(), types.float()
        parts = []
        for weight in (mask - types, types):
            parts.append(torch.einsum("bl,bld->bd", weight, x) / weight.sum(1, keepdim=True).clamp(min=1))
        return torch.cat(parts, 1)

    def forward(self, ids, mask, types):
        both = self.pooled(ids, mask, types)
        return self.persona(nn.functional.dropout(both, 0.1, self.training)), self.trait(nn.functional.dropout(both, 0.1, self.training))


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


def as_history(messages):
    """The earlier turns as labelled lines under the last request, as instruction data keep them."""
    if len(messages) < 3 or messages[-1]["role"] != "assistant" or messages[-2]["role"] != "user":
        return messages
    lines = "\n".join(f"{'User' if m['role'] == 'user' else 'Assistant'}: {m['content']}" for m in messages[:-2])
    return [{"role": "user", "content": f"{messages[-2]['content']}\n\n{lines}"}, messages[-1]]


def prepare(row, random):
    messages = row["messages"]
    if row["origin"] == "exemplars" and random.random() < 0.5:
        messages = as_history(messages)
    return without_leaks(messages, random)


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


def batches_of(rows, random):
    """Batches of like length in random order."""
    order = np.argsort([len(ids) for ids, _ in rows], kind="stable")
    parts = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    return [parts[i] for i in random.permutation(len(parts))]


def train(options):
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(SEED)
    personas = json.load(open(options.personas, encoding="utf-8"))
    ids = [p["id"] for p in personas]
    rows = [json.loads(line) for line in open(options.rows, encoding="utf-8")]
    traits = [json.loads(line) for line in open(options.traits, encoding="utf-8")]
    left_out = FOLDS[options.fold] if options.fold is not None else set()
    picked = np.array([i for i, row in enumerate(rows) if row["origin"] not in left_out])
    targets = soft_targets(rows, ids)
    weights = row_weights(rows, targets, ids, picked)
    chosen = random.choice(picked, options.samples, p=weights)
    tokenizer = open_tokenizer(f"{options.minilm}/tokenizer.json")
    sides = encode_sides(tokenizer, [prepare(rows[i], random) for i in chosen])
    inputs = [cut(u, a, random) for u, a in sides]
    goals = targets[chosen]
    goals = goals * (1 - SMOOTHING) + SMOOTHING / len(ids)
    trait_inputs, trait_goals = trait_samples(traits, tokenizer, int(options.samples * TRAIT_SHARE * 1.6), random)
    probe = torch.load(options.probe) if options.probe else None
    model = Tagger(load_encoder(f"{options.minilm}/model.safetensors", LAYERS), len(ids), probe)
    model.encoder.words.weight.requires_grad_(False)
    encoder = [p for p in model.encoder.parameters() if p.requires_grad]
    heads = [*model.persona.parameters(), *model.trait.parameters()]
    optimiser = torch.optim.AdamW([{"params": encoder, "lr": ENCODER_RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01)
    plan = [("persona", b) for b in batches_of(inputs, random)] + [("trait", b) for b in batches_of(trait_inputs, random)]
    plan = [plan[i] for i in random.permutation(len(plan))]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [ENCODER_RATE, HEAD_RATE], total_steps=len(plan), pct_start=0.1)
    model.train()
    started = time.time()
    running = {"persona": 0.0, "trait": 0.0}
    for step, (kind, part) in enumerate(plan):
        source = inputs if kind == "persona" else trait_inputs
        batch = [torch.from_numpy(x) for x in pad([source[i] for i in part])]
        persona, trait = model(*batch)
        if kind == "persona":
            loss = -(torch.log_softmax(persona, 1) * torch.from_numpy(goals[part])).sum(1).mean()
        else:
            goal = torch.from_numpy(trait_goals[part])
            known = ~torch.isnan(goal)
            losses = nn.functional.binary_cross_entropy_with_logits(trait, torch.nan_to_num(goal), reduction="none")
            loss = (losses * known).sum() / known.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        running[kind] = 0.97 * running[kind] + 0.03 * float(loss.detach()) if running[kind] else float(loss.detach())
        if step % 50 == 0:
            print(step, len(plan), running, round(time.time() - started), flush=True)
    torch.save(model.state_dict(), options.out)
    judge(model.eval(), tokenizer, personas, options)


def trait_samples(traits, tokenizer, count, random):
    kept = [row for row in traits if not row.get("held")]
    weights = np.array([row.get("weight", 1.0) for row in kept])
    chosen = [kept[i] for i in random.choice(len(kept), count, p=weights / weights.sum())]
    sides = encode_sides(tokenizer, [row["messages"] for row in chosen])
    inputs = [join_sides([] if random.random() < 0.3 else u, a, 64) for u, a in sides]
    goals = np.array([[row["targets"].get(name, np.nan) for name in TRAITS] for row in chosen], np.float32)
    return inputs, goals


def predict(model, inputs):
    """Persona and trait logits."""
    persona = np.zeros((len(inputs), model.persona.out_features), np.float32)
    trait = np.zeros((len(inputs), len(TRAITS)), np.float32)
    order = np.argsort([len(ids) for ids, _ in inputs], kind="stable")
    with torch.no_grad():
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            a, b = model(*[torch.from_numpy(x) for x in pad([inputs[i] for i in part])])
            persona[part], trait[part] = a.numpy(), b.numpy()
    return persona, trait


def judge(model, tokenizer, personas, options):
    rows = read_yardstick(options.data)
    mine = [i for i, row in enumerate(rows) if row["fold"] == options.fold]
    inputs = [join_sides(u, a) for u, a in encode_sides(tokenizer, [rows[i]["messages"] for i in mine])]
    logits, _ = predict(model, inputs)
    np.savez(options.out.replace(".pt", ".npz"), rows=np.array(mine), logits=logits)
    e = np.exp(logits - logits.max(1, keepdims=True))
    print(json.dumps(score(e / e.sum(1, keepdims=True), [rows[i] for i in mine], personas), indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("rows", "traits", "minilm", "personas", "data", "out"):
        parser.add_argument(name)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--probe")
    parser.add_argument("--samples", type=int, default=12000)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())
