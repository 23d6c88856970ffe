"""Trains one member of the fast persona tagger; finish_personas.py joins members and writes the folder.

Usage: train_personas.py ROWS.jsonl FEATURE_PREFIX WORDS.npy YARDSTICK.jsonl YARDSTICK_PREFIX PERSONAS.json OUT.pt --seed N --taught-by T0.npz,T1.npz,T2.npz --variants PREFIX --variants-taught-by V0.npz,V1.npz,V2.npz
Trains once without each fold of the yardstick and once with every row. A fold has its own teacher, an accurate tier trained without it
(train_encoder.py --teaches), the training with every row has all three. A row's target is mixed with what they say of it (distillation,
Hinton et al. 2015); variants of rows (vary_rows.py, teach_variants.py) have no other target. OUT.pt holds the training with every row,
and the logits of each yardstick row by the training that did not see it.
"""

import argparse
import json

import numpy as np
import torch
from calibration import TURNS_SHIFT
from features import Features, read_rows
from persona_model import PersonaModel
from targets import mean_of, row_weights, soft_targets, taught
from yardstick import FOLDS

WIDTH = 32
HIDDEN = 128
BATCH = 256
VARIANTS_A_BATCH = 96
FOLD_STEPS = 2700
STEPS = 5400
EXEMPLAR_SHARE = 0.4
FREE_RATE = 5e-3
RATE = 6e-3


def main(options):
    torch.set_num_threads(options.threads)
    rows = read_rows(options.rows)
    features = Joined([Features(options.features), Features(options.variants)])
    judged_rows = read_rows(options.judged)
    judged = Features(options.judged_features)
    words = np.load(options.words)
    ids = [p["id"] for p in json.load(open(options.personas, encoding="utf-8"))]
    targets = soft_targets(rows, ids)
    count = len(features.dense) - len(rows)
    origins = np.array([row["origin"] for row in rows])
    folds = np.array([-1 if row["fold"] is None else row["fold"] for row in judged_rows])
    logits = np.zeros((len(judged_rows), len(ids)), np.float32)
    for fold in (0, 1, 2, -1):
        picked = np.flatnonzero(~np.isin(origins, list(FOLDS[fold]))) if fold >= 0 else np.arange(len(rows))
        weights = row_weights(rows, targets, ids, picked, exemplar_share=EXEMPLAR_SHARE)
        teachers = slice(None) if fold < 0 else slice(fold, fold + 1)
        said, known = mean_of(options.variants_taught_by[teachers], (count, len(ids)))
        goals = np.concatenate([taught(targets, options.taught_by[teachers]), said])
        torch.manual_seed(options.seed)
        model = PersonaModel(words, WIDTH, features.dense.shape[1], HIDDEN, len(ids))
        fit(model, features, goals, (picked, weights, len(rows) + np.flatnonzero(known)), STEPS if fold < 0 else FOLD_STEPS, options.seed)
        with torch.no_grad():
            model.out.bias[ids.index("multi_turn")] += TURNS_SHIFT
        mine = np.flatnonzero(folds == fold)
        logits[mine] = predict(model, judged, mine)
        print("fold", fold, "done", flush=True)
    torch.save({"model": model.state_dict(), "logits": torch.from_numpy(logits)}, options.out)


class Joined:
    """Rows of several files of features, one after the other."""

    def __init__(self, parts):
        for name in ("assistant", "user", "dense"):
            setattr(self, name, np.concatenate([getattr(part, name) for part in parts]))


def apply_turn_rule(logits, user_turns, ids):
    """As the product does: without three user turns a row is no multi_turn, and what spoke for it speaks for conversation."""
    short = user_turns < 3
    turns, talk = ids.index("multi_turn"), ids.index("conversational_agent")
    logits[short, talk] = np.logaddexp(logits[short, talk], logits[short, turns])
    logits[short, turns] = -30


def fit(model, features, goals, rows, steps, seed):
    """Every batch has VARIANTS_A_BATCH variants, drawn evenly, beside rows, drawn by their weights."""
    random = np.random.default_rng(seed)
    picked, weights, variants = rows
    rest = [p for name, p in model.named_parameters() if name != "free.weight"]
    optimiser = torch.optim.AdamW([{"params": [model.free.weight], "lr": FREE_RATE}, {"params": rest, "lr": RATE, "weight_decay": 1e-3}], weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [FREE_RATE, RATE], total_steps=steps, pct_start=0.1)
    model.train()
    for _ in range(steps):
        batch = np.concatenate([random.choice(picked, BATCH - VARIANTS_A_BATCH, p=weights), random.choice(variants, VARIANTS_A_BATCH)])
        loss = -(torch.log_softmax(model(*batch_of(features, batch, random)), 1) * torch.from_numpy(goals[batch])).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    model.eval()


def batch_of(features, rows, random=None):
    assistant = torch.from_numpy(features.assistant[rows])
    user = torch.from_numpy(features.user[rows])
    dense = torch.from_numpy(features.dense[rows])
    if random is not None:
        # Structure may help but must not decide alone: a quarter of the rows lose it, some lose the user's words.
        dense = dense * torch.from_numpy((random.random((len(rows), 1)) > 0.25).astype(np.float32))
        user = user * torch.from_numpy((random.random((len(rows), 1)) > 0.12).astype(np.int32))
    return assistant, user, dense


def predict(model, features, rows):
    with torch.no_grad():
        return np.concatenate([model(*batch_of(features, part)).numpy() for part in np.array_split(rows, max(1, len(rows) // 2048))])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("rows", "features", "words", "judged", "judged_features", "personas", "out"):
        parser.add_argument(name)
    parser.add_argument("--seed", type=int, required=True)
    for name in ("--taught-by", "--variants-taught-by"):
        parser.add_argument(name, type=lambda paths: paths.split(","), required=True)
    parser.add_argument("--variants", required=True)
    parser.add_argument("--threads", type=int, default=1)
    main(parser.parse_args())
