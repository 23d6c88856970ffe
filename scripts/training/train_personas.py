"""Trains the persona tagger and writes its folder.

Usage: train_personas.py ROWS.jsonl FEATURE_PREFIX PERSONAS.json OUT_FOLDER [--evaluate]
--evaluate also leaves whole datasets out, five folds, where a class has two or more.
"""

import hashlib
import json
import sys

import numpy as np
import torch
from torch import nn

from features import Features, read_rows
from persona_model import PersonaModel, export_onnx
from sources import LICENCES

SEED = 11
WIDTH = 32
HIDDEN = 96
EPOCHS = 8
CLASS_CAP = 2600


def main(rows_path, prefix, personas_path, out_folder, *flags):
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    rows = read_rows(rows_path)
    features = Features(prefix)
    personas = json.load(open(personas_path, encoding="utf-8"))
    index = {p["id"]: i for i, p in enumerate(personas)}
    labels = np.array([index[row["persona"]] for row in rows])
    origins = np.array([row["origin"] for row in rows])
    metrics = {}
    left_out = None
    if "--evaluate" in flags:
        left_out = leave_datasets_out(features, labels, origins, personas)
        metrics["leave_datasets_out"] = left_out["metrics"]
    random = np.random.default_rng(SEED)
    held = random.random(len(rows)) < 0.08
    model = fit(features, labels, origins, np.flatnonzero(~held), len(personas))
    logits = predict(model, features, np.flatnonzero(held))
    temperature = best_temperature(logits, labels[held])
    if left_out:
        # Unseen datasets are where a user's rows come from: calibrate on them, not on rows of seen datasets.
        temperature = best_temperature(left_out["logits"], left_out["labels"])
        metrics["leave_datasets_out"]["ece_calibrated"] = round(ece(left_out["logits"] / temperature, left_out["labels"]), 4)
    metrics["held_out_rows"] = score(logits / temperature, labels[held], personas)
    print(json.dumps(metrics, indent=1))
    model = fit(features, labels, origins, np.arange(len(rows)), len(personas))
    export_onnx(model, f"{out_folder}/model.onnx", temperature)
    counts = {origin: int((origins == origin).sum()) for origin in sorted(set(origins))}
    info = {
        "kind": "hashed-bag",
        "id": "persona-v1",
        "task": "persona",
        "version": 1,
        "labels": [p["id"] for p in personas],
        "featuriser": features.shapes["featuriserVersion"],
        "model": "model.onnx",
        "files": {"model.onnx": hashlib.sha256(open(f"{out_folder}/model.onnx", "rb").read()).hexdigest()},
        "calibration": {"method": "temperature", "temperature": round(float(temperature), 4), "folded": True},
        "threshold": 0.35,
        "licence": "MIT (code and weights); trained on data under the licences listed in data",
        "data": [{"name": name, "licence": LICENCES[name], "rows": count} for name, count in counts.items()],
        "metrics": metrics,
    }
    json.dump(info, open(f"{out_folder}/tagger.json", "w", encoding="utf-8"), indent=2)


def weights_of(labels, origins, picked):
    """Every class counts alike up to small classes' own size; inside a class every dataset counts alike (square root)."""
    keys, inverse, counts = np.unique(np.stack([labels[picked], np.unique(origins, return_inverse=True)[1][picked]]), axis=1, return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(counts[inverse.ravel()])
    for label in np.unique(labels[picked]):
        mask = labels[picked] == label
        size = mask.sum()
        weight[mask] *= min(size * 10, 900) ** 0.75 / weight[mask].sum()
    return weight / weight.sum()


def fit(features, labels, origins, picked, classes):
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    model = PersonaModel(features.shapes["bucketCount"], WIDTH, features.dense.shape[1], HIDDEN, classes)
    weight = weights_of(labels, origins, picked)
    steps = EPOCHS * 150
    optimiser = torch.optim.AdamW([
        {"params": [model.table.weight], "lr": 8e-3, "weight_decay": 0.0},
        {"params": [*model.hidden.parameters(), *model.out.parameters()], "lr": 3e-3, "weight_decay": 1e-3},
    ])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [8e-3, 3e-3], total_steps=steps, pct_start=0.1)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    model.train()
    for _ in range(steps):
        rows = random.choice(picked, 384, p=weight)
        loss = loss_of(model(*batch_of(features, rows, random)), torch.from_numpy(labels[rows]))
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


def leave_datasets_out(features, labels, origins, personas):
    """Folds over datasets; a row is scored only where another dataset in training carries its class."""
    names = sorted(set(origins))
    random = np.random.default_rng(SEED)
    random.shuffle(names)
    folds = [set(names[i::5]) - {"exemplars"} for i in range(5)]
    logits, truth, source = [], [], []
    for fold in folds:
        held = np.isin(origins, list(fold))
        known = np.unique(labels[~held])
        test = np.flatnonzero(held & np.isin(labels, known))
        test = random.permutation(test)[:6000]
        if len(test) == 0:
            continue
        model = fit(features, labels, origins, np.flatnonzero(~held), len(personas))
        logits.append(predict(model, features, test))
        truth.append(labels[test])
        source.append(origins[test])
    logits, truth, source = np.concatenate(logits), np.concatenate(truth), np.concatenate(source)
    result = score(logits, truth, personas)
    table = {}
    guess = logits.argmax(1)
    for origin in sorted(set(source)):
        for label in np.unique(truth[source == origin]):
            mask = (source == origin) & (truth == label)
            top = np.bincount(guess[mask], minlength=len(personas)).argsort()[::-1][:3]
            table[f"{origin}/{personas[label]['id']}"] = [round(float((guess[mask] == label).mean()), 2), int(mask.sum()), " ".join(personas[t]["id"] for t in top)]
    print(json.dumps(table, indent=0), file=sys.stderr)
    # Mean over classes of the mean over datasets: large files must not hide small ones.
    per_class = {}
    for key, (accuracy, count, _) in table.items():
        if count >= 20:
            per_class.setdefault(key.split("/")[1], []).append(accuracy)
    result["mean_class_accuracy"] = round(float(np.mean([np.mean(v) for v in per_class.values()])), 4)
    return {"metrics": result, "logits": logits, "labels": truth}


def score(logits, truth, personas):
    guess = logits.argmax(1)
    category = np.array([p["category"] for p in personas])
    parent = np.array([p["parent"] for p in personas])
    ids = np.array([p["id"] for p in personas])
    recalls = [float((guess[truth == c] == c).mean()) for c in np.unique(truth)]
    return {
        "rows": len(truth),
        "classes": len(recalls),
        "accuracy": round(float((guess == truth).mean()), 4),
        "mean_recall": round(float(np.mean(recalls)), 4),
        "category_accuracy": round(float((category[guess] == category[truth]).mean()), 4),
        "parent_accuracy": round(float(((guess == truth) | (parent[guess] == ids[truth])).mean()), 4),
        "ece": round(ece(logits, truth), 4),
    }


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def ece(logits, truth, bins=15):
    p = softmax(logits)
    confidence, right = p.max(1), p.argmax(1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean() for b in range(bins) if (place == b).any()))


def best_temperature(logits, truth):
    options = np.geomspace(0.5, 6, 60)
    losses = [-np.log(softmax(logits / t)[np.arange(len(truth)), truth] + 1e-9).mean() for t in options]
    return float(options[int(np.argmin(losses))])


if __name__ == "__main__":
    main(*sys.argv[1:])
