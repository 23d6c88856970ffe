"""Fine-tunes the encoder of the accurate tier and its two heads.

Usage: train_encoder.py ROWS.jsonl TRAIT_ROWS.jsonl MINILM_FOLDER PERSONAS.json DATA_FOLDER OUT.pt --rows N [--fold K] [--half] [--teaches N | --taught-by TEACHER.npz,...]
Every layer is trained, of the embeddings only the copy mark's. N rows are drawn by their weights, TRAIT_SHARE of that many of the traits.
--half takes products of matrices in bfloat16, which is quick where the processor has AMX. With --fold the datasets of that fold of the
yardstick are left out. Beside the weights stands OUT.npz with the logits of the yardstick's rows that this training must be judged by:
those of the fold, or those of datasets that no training sees.
With --teaches N it is a teacher: five layers read every token, which is too slow to ship, and OUT.teacher.npz holds what it says of N
training rows, for its pupils here and in train_personas.py.
"""

import argparse
import json
import re
import time

import numpy as np
import torch
from calibration import softmax
from encoder import load_side_encoder
from targets import row_weights, soft_targets, taught
from tokens import COPY_MARK_ID, LONGEST, encode_sides, join_sides, open_tokenizer, pad
from torch import nn
from yardstick import FOLDS, read_yardstick, score

SEED = 17
# Of the six layers so many read every token.
PUPIL_LAYERS, TEACHER_LAYERS = 2, 5
TRAITS = ["formality", "positive", "negative", "support", "humour", "politeness", "empathy"]
TRAIT_SHARE = 0.2
BATCH = 32
# Of the first layer and by how much each further one learns faster. A pupil's layers have further to go from the published ones.
PUPIL_RATES = 1.8e-4, 1.2
TEACHER_RATES = 1e-4, 1.25
HEAD_RATE = 4e-3
# The copy mark starts from an embedding that no text has trained, and stands in few rows.
MARK_RATE = 1e-2
SMOOTHING = 0.05
MASKED = 0.08
MASK, SPECIAL = 103, 1000
ROOMS = (48, 64, 96, 96, LONGEST)


class Tagger(nn.Module):
    def __init__(self, weights, classes, whole=PUPIL_LAYERS):
        super().__init__()
        self.encoder = load_side_encoder(weights, whole)
        self.persona = nn.Linear(768, classes)
        self.trait = nn.Linear(768, len(TRAITS))

    def forward(self, ids, mask, types):
        both = nn.functional.dropout(self.encoder(ids, mask, types).flatten(1), 0.1, self.training)
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
        mark = assistant[:1] if assistant[0] == COPY_MARK_ID else []
        assistant = mark + assistant[random.integers(len(mark), len(assistant) - 40) :]
    if user and assistant:
        chance = random.random()
        if chance < 0.12:
            user = []
        elif chance < 0.17:
            assistant = []
    elif random.random() < 0.3:
        user, assistant = assistant, user
    return join_sides(user, assistant, int(random.choice(ROOMS)))


def plan_batches(inputs, kind):
    """Batches of like length."""
    order = np.argsort([len(ids) for ids, _ in inputs], kind="stable")
    return [(kind, order[i : i + BATCH]) for i in range(0, len(order), BATCH)]


def masked(ids, random):
    """Some words are hidden, so that no single one decides."""
    hidden = (random.random(ids.shape) < MASKED) & (ids >= SPECIAL)
    return np.where(hidden, MASK, ids)


def train(options):
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(SEED)
    personas = json.load(open(options.personas, encoding="utf-8"))
    tokenizer = open_tokenizer(f"{options.minilm}/tokenizer.json")
    inputs, goals = persona_samples(options, personas, tokenizer, random)
    traits = [json.loads(line) for line in open(options.traits, encoding="utf-8")]
    trait_inputs, trait_goals = trait_samples(traits, tokenizer, int(len(inputs) * TRAIT_SHARE), random)
    whole, (rate, steeper) = (TEACHER_LAYERS, TEACHER_RATES) if options.teaches else (PUPIL_LAYERS, PUPIL_RATES)
    model = Tagger(f"{options.minilm}/model.safetensors", len(personas), whole)
    heads = [*model.persona.parameters(), *model.trait.parameters()]
    groups = [(list(layer.parameters()), rate * steeper**i) for i, layer in enumerate(model.encoder.layers())]
    tokens = model.encoder.tokens
    groups += [(heads, HEAD_RATE), ([tokens.mark], MARK_RATE)]
    for part in (tokens.words, tokens.places, tokens.types, tokens.norm):
        part.requires_grad_(False)
    optimiser = torch.optim.AdamW([{"params": parameters, "lr": rate} for parameters, rate in groups], weight_decay=0.01)
    plan = plan_batches(inputs, "persona") + plan_batches(trait_inputs, "trait")
    plan = [plan[i] for i in random.permutation(len(plan))]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [rate for _, rate in groups], total_steps=len(plan), pct_start=0.1)
    model.train()
    started = time.time()
    running = {}
    for step, (kind, part) in enumerate(plan):
        ids, mask, types = pad([(inputs if kind == "persona" else trait_inputs)[i] for i in part])
        with torch.autocast("cpu", torch.bfloat16, enabled=options.half):
            persona, trait = (x.float() for x in model(*(torch.from_numpy(x) for x in (masked(ids, random), mask, types))))
        if kind == "persona":
            goal = torch.from_numpy(goals[part]) * (1 - SMOOTHING) + SMOOTHING / len(personas)
            loss = -(torch.log_softmax(persona, 1) * goal).sum(1).mean()
        else:
            goal = torch.from_numpy(trait_goals[part])
            known = ~torch.isnan(goal)
            losses = nn.functional.binary_cross_entropy_with_logits(trait, torch.nan_to_num(goal), reduction="none")
            loss = (losses * known).sum() / known.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([p for parameters, _ in groups for p in parameters], 1.0)
        optimiser.step()
        schedule.step()
        running[kind] = 0.98 * running.get(kind, float(loss.detach())) + 0.02 * float(loss.detach())
        if step % 100 == 0:
            print(step, len(plan), running, round(time.time() - started), flush=True)
    torch.save(model.state_dict(), options.out)
    judge(model.eval(), tokenizer, personas, options)
    if options.teaches:
        teach(model, tokenizer, personas, options)


def permitted_rows(options, personas):
    """All rows, the places of those outside the fold, all targets, the weights of the places."""
    ids = [p["id"] for p in personas]
    rows = [json.loads(line) for line in open(options.rows_file, encoding="utf-8")]
    left_out = FOLDS[options.fold] if options.fold is not None else ()
    picked = np.array([i for i, row in enumerate(rows) if row["origin"] not in left_out])
    targets = soft_targets(rows, ids)
    return rows, picked, targets, row_weights(rows, targets, ids, picked)


def persona_samples(options, personas, tokenizer, random):
    """Rows drawn by their weights, their text varied; a row that is drawn twice is varied twice."""
    rows, picked, targets, weights = permitted_rows(options, personas)
    chosen = random.choice(picked, options.rows, p=weights)
    targets = taught(targets, options.taught_by)
    sides = encode_sides(tokenizer, [without_leaks(rows[i]["messages"], random) for i in chosen])
    return [cut(u, a, random) for u, a in sides], targets[chosen]


def trait_samples(traits, tokenizer, count, random):
    kept = [row for row in traits if not row.get("held")]
    weights = np.array([row.get("weight", 1.0) for row in kept])
    chosen = [kept[i] for i in random.choice(len(kept), count, p=weights / weights.sum())]
    sides = encode_sides(tokenizer, [row["messages"] for row in chosen])
    inputs = [join_sides([] if random.random() < 0.3 else u, a, 64) for u, a in sides]
    goals = np.array([[row["targets"].get(name, np.nan) for name in TRAITS] for row in chosen], np.float32)
    return inputs, goals


def judge(model, tokenizer, personas, options):
    rows = read_yardstick(options.data)
    mine = np.array([i for i, row in enumerate(rows) if row["fold"] == options.fold])
    inputs = [join_sides(u, a) for u, a in encode_sides(tokenizer, [rows[i]["messages"] for i in mine])]
    logits = logits_of(model, inputs, len(personas), options.half)
    np.savez(options.out.replace(".pt", ".npz"), rows=mine, logits=logits)
    print(json.dumps(score(softmax(logits), [rows[i] for i in mine], personas), indent=1))


def teach(model, tokenizer, personas, options):
    rows, picked, _, weights = permitted_rows(options, personas)
    chosen = np.sort(np.random.default_rng(SEED).choice(picked, options.teaches, replace=False, p=weights))
    inputs = [join_sides(u, a) for u, a in encode_sides(tokenizer, [rows[i]["messages"] for i in chosen])]
    np.savez(options.out.replace(".pt", ".teacher.npz"), rows=chosen, probabilities=softmax(logits_of(model, inputs, len(personas), options.half)))


def logits_of(model, inputs, classes, half):
    logits = np.zeros((len(inputs), classes), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=half):
        for _, part in plan_batches(inputs, "judged"):
            logits[part] = model(*(torch.from_numpy(x) for x in pad([inputs[i] for i in part])))[0].float().numpy()
    return logits


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("rows_file", "traits", "minilm", "personas", "data", "out"):
        parser.add_argument(name)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--teaches", type=int, default=0)
    parser.add_argument("--taught-by", type=lambda paths: paths.split(","), default=[])
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())
