"""Trains the fast persona tagger and writes its folder.

Usage: train_personas.py ROWS.jsonl FEATURE_PREFIX WORDS.npy YARDSTICK.jsonl YARDSTICK_PREFIX PERSONAS.json OUT_FOLDER [TEACHER0.npz,TEACHER1.npz,TEACHER2.npz]
Trains once without each fold of the yardstick and once with every row; calibration and thresholds come from the rows that a
training did not see. TEACHERs are what accurate tiers trained without a fold say of rows outside it
(train_encoder.py --teaches); a row's target is mixed with it (distillation, Hinton et al. 2015). A fold has its own teacher,
the training with every row has all three.
"""

import hashlib
import json
import sys

import numpy as np
import torch
from calibration import STATED_PRECISION, TURNS_SHIFT, after_thresholds, calibrate, confusion, mixed, reliability, thresholds
from features import Features, read_rows
from persona_model import PersonaModel, export_onnx
from sources import LICENCES
from targets import row_weights, soft_targets, taught
from torch import nn
from yardstick import FOLDS, by_origin, score

SEED = 11
WIDTH = 32
HIDDEN = 128
BATCH = 256
FOLD_STEPS = 1500
STEPS = 3000
EXEMPLAR_SHARE = 0.4
FREE_RATE = 5e-3
RATE = 6e-3
DOUBTS = (0.0, 0.03, 0.06, 0.09, 0.12, 0.15)


def main(rows_path, prefix, words_path, judged_path, judged_prefix, personas_path, out_folder, teacher_paths=None):
    torch.set_num_threads(2)
    rows = read_rows(rows_path)
    features = Features(prefix)
    judged_rows = read_rows(judged_path)
    judged = Features(judged_prefix)
    words = np.load(words_path)
    personas = json.load(open(personas_path, encoding="utf-8"))
    ids = [p["id"] for p in personas]
    targets = soft_targets(rows, ids)
    teachers = teacher_paths.split(",") if teacher_paths else []
    origins = np.array([row["origin"] for row in rows])
    folds = np.array([-1 if row["fold"] is None else row["fold"] for row in judged_rows])
    logits = np.zeros((len(judged_rows), len(ids)), np.float32)
    model = None
    for fold in (0, 1, 2, -1):
        picked = np.flatnonzero(~np.isin(origins, list(FOLDS[fold]))) if fold >= 0 else np.arange(len(rows))
        weights = row_weights(rows, targets, ids, picked, exemplar_share=EXEMPLAR_SHARE)
        goal = taught(targets, teachers if fold < 0 else teachers[fold : fold + 1])
        model = fit(features, goal, weights, picked, words, STEPS if fold < 0 else FOLD_STEPS)
        with torch.no_grad():
            model.out.bias[ids.index("multi_turn")] += TURNS_SHIFT
        mine = np.flatnonzero(folds == fold)
        logits[mine] = predict(model, judged, mine)
        print("fold", fold, "done", flush=True)
    np.save(f"{judged_prefix}.fast.npy", logits)
    apply_turn_rule(logits, judged.user_turns, ids)
    temperature, doubt, crossed = calibrate(logits, judged_rows, personas, DOUBTS)
    probabilities = mixed(logits, temperature, doubt)
    limits = thresholds(probabilities, judged_rows, personas)
    metrics = {
        "unseen_datasets": score(probabilities, judged_rows, personas),
        "cross_fitted": crossed,
        "threshold_precision": STATED_PRECISION,
        "after_thresholds": after_thresholds(probabilities, judged_rows, personas, limits),
        "reliability": reliability(probabilities, judged_rows, personas),
        "confusion": confusion(probabilities, judged_rows, personas),
        "by_dataset": by_origin(probabilities, judged_rows, personas),
    }
    print(json.dumps({k: v for k, v in metrics.items() if k not in ("by_dataset", "confusion")}))
    export_onnx(model, f"{out_folder}/model.onnx", temperature, doubt)
    counts = {origin: int((origins == origin).sum()) for origin in sorted(set(origins))}
    info = {
        "kind": "hashed-bag",
        "id": "persona-v1",
        "task": "persona",
        "version": 1,
        "labels": ids,
        "featuriser": features.shapes["featuriserVersion"],
        "model": "model.onnx",
        "files": {"model.onnx": hashlib.sha256(open(f"{out_folder}/model.onnx", "rb").read()).hexdigest()},
        "calibration": {"method": "ensemble-temperature", "temperature": round(temperature, 4), "doubt": doubt, "folded": True},
        "threshold": limits,
        "licence": "MIT (code and weights; word vectors from all-MiniLM-L6-v2, Apache-2.0); trained on data under the licences listed in data",
        "data": [{"name": name, "licence": LICENCES[name], "rows": count} for name, count in counts.items()],
        "metrics": metrics,
    }
    with open(f"{out_folder}/tagger.json", "w", encoding="utf-8") as file:
        json.dump(info, file, indent=2)
        file.write("\n")


def apply_turn_rule(logits, user_turns, ids):
    """As the product does: without three user turns a row is no multi_turn, and what spoke for it speaks for conversation."""
    short = user_turns < 3
    turns, talk = ids.index("multi_turn"), ids.index("conversational_agent")
    logits[short, talk] = np.logaddexp(logits[short, talk], logits[short, turns])
    logits[short, turns] = -30


def fit(features, targets, weights, picked, words, steps):
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    model = PersonaModel(words, WIDTH, features.dense.shape[1], HIDDEN, targets.shape[1])
    rest = [p for name, p in model.named_parameters() if name != "free.weight"]
    optimiser = torch.optim.AdamW([{"params": [model.free.weight], "lr": FREE_RATE}, {"params": rest, "lr": RATE, "weight_decay": 1e-3}], weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [FREE_RATE, RATE], total_steps=steps, pct_start=0.1)
    model.train()
    for _ in range(steps):
        rows = random.choice(picked, BATCH, p=weights)
        loss = -(torch.log_softmax(model(*batch_of(features, rows, random)), 1) * torch.from_numpy(targets[rows])).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


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
    main(*sys.argv[1:])
