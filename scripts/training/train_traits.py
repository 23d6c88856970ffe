"""Trains the heads of the trait tagger and writes its folder.

Usage: train_traits.py ROWS.jsonl FEATURE_PREFIX WORDS.npy TRAITS.json OUT_FOLDER
Rows marked "held" measure and train nothing.
"""

import hashlib
import json
import sys

import numpy as np
import torch
from bag_graph import bag_nodes, bag_values
from onnx import TensorProto, helper, numpy_helper, save
from torch import nn

from features import Features, read_rows
from sources import LICENCES

SEED = 11
WIDTH = 16
STEPS = 1100
HEADS = ["formality", "positive", "negative", "support", "humour"]
HUMAN = {"formality": "formality_pavlick", "positive": "goemotions", "negative": "goemotions", "support": "counsel_chat", "humour": "goemotions"}
# Our own texts are many and clear cases; the people who labelled the public files decide.
EXEMPLAR_WEIGHT = 0.15
# The limits of the definitions in traits.yaml.
THRESHOLDS = {"formal": 0.7, "casual": 0.65, "supportive": 0.6, "positive": 0.6, "critical": 0.4, "humorous": 0.6}


class Heads(nn.Module):
    """Word vectors of the sentence encoder through a projection, plus free rows (persona_model.py), for the assistant's side."""

    def __init__(self, words, dense):
        super().__init__()
        self.register_buffer("words", torch.from_numpy(words))
        self.project = nn.Linear(words.shape[1], WIDTH, bias=False)
        self.free = nn.Embedding(len(words), WIDTH, padding_idx=0)
        nn.init.normal_(self.free.weight, std=0.01)
        with torch.no_grad():
            self.free.weight[0] = 0
        self.hidden = nn.Linear(WIDTH + dense, 32)
        self.out = nn.Linear(32, len(HEADS))
        self.dropout = nn.Dropout(0.3)

    def forward(self, ids, dense):
        if self.training:
            ids = ids * (torch.rand(ids.shape) > 0.15)
        root = (ids > 0).sum(1, keepdim=True).clamp(min=1).sqrt()
        free = nn.functional.embedding_bag(ids, self.free.weight, mode="sum", padding_idx=0) / root
        if self.training:
            free = free * (torch.rand(len(ids), 1) > 0.3)
        bag = free + self.project(nn.functional.embedding_bag(ids, self.words, mode="sum") / root)
        return self.out(self.dropout(torch.relu(self.hidden(torch.cat([self.dropout(bag), dense], 1)))))

    def table(self):
        with torch.no_grad():
            return (self.free.weight + self.project(self.words)).numpy()


def main(rows_path, prefix, words_path, traits_path, out_folder):
    torch.set_num_threads(2)
    rows = read_rows(rows_path)
    features = Features(prefix)
    targets = np.array([[row["targets"].get(head, np.nan) for head in HEADS] for row in rows], np.float32)
    origins = np.array([row["origin"] for row in rows])
    words = np.load(words_path)
    held = np.array([bool(row.get("held")) for row in rows])
    weights = trait_weights(rows)
    model = fit(features, targets, weights, words, np.flatnonzero(~held))
    metrics = measure(model, features, targets, origins, np.flatnonzero(held))
    print(json.dumps(metrics, indent=1))
    export(model, f"{out_folder}/model.onnx", features.dense.shape[1])
    traits = json.load(open(traits_path, encoding="utf-8"))
    info = {
        "kind": "traits",
        "id": "traits-v1",
        "task": "traits",
        "version": 1,
        "labels": traits,
        "heads": HEADS,
        "featuriser": features.shapes["featuriserVersion"],
        "model": "model.onnx",
        "files": {"model.onnx": hashlib.sha256(open(f"{out_folder}/model.onnx", "rb").read()).hexdigest()},
        "threshold": {trait: THRESHOLDS.get(trait, 0.5) for trait in traits},
        "licence": "MIT (code and weights); trained on data under the licences listed in data",
        "data": [{"name": name, "licence": LICENCES[name], "rows": int((origins == name).sum())} for name in sorted(set(origins))],
        "metrics": metrics,
    }
    with open(f"{out_folder}/tagger.json", "w", encoding="utf-8") as file:
        json.dump(info, file, indent=2)
        file.write("\n")


def trait_weights(rows):
    return np.array([row["weight"] * (EXEMPLAR_WEIGHT if row["origin"] == "exemplars" else 1) for row in rows])


def fit(features, targets, weights, words, picked):
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    model = Heads(words, features.dense.shape[1])
    weight = weights[picked].copy()
    # Amused rows are few; formality is the smallest human-labelled file.
    weight[np.nan_to_num(targets[picked, 4]) > 0.7] *= 3
    weight[~np.isnan(targets[picked, 0])] *= 2
    weight /= weight.sum()
    parameters = [{"params": [model.free.weight], "lr": 4e-3}, {"params": [p for n, p in model.named_parameters() if n != "free.weight"], "lr": 3e-3, "weight_decay": 1e-3}]
    optimiser = torch.optim.AdamW(parameters, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [4e-3, 3e-3], total_steps=STEPS, pct_start=0.1)
    model.train()
    for _ in range(STEPS):
        chosen = random.choice(picked, 384, p=weight)
        dense = features.dense[chosen] * (random.random((len(chosen), 1)) > 0.5).astype(np.float32)
        goal = torch.from_numpy(targets[chosen])
        known = ~torch.isnan(goal)
        logits = model(torch.from_numpy(features.assistant[chosen]), torch.from_numpy(dense))
        losses = nn.functional.binary_cross_entropy_with_logits(logits, torch.nan_to_num(goal), reduction="none")
        loss = (losses * known).sum(0).div(known.sum(0).clamp(min=1)).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


def measure(model, features, targets, origins, rows):
    with torch.no_grad():
        scores = torch.sigmoid(model(torch.from_numpy(features.assistant[rows]), torch.from_numpy(features.dense[rows]))).numpy()
    result = {}
    for i, head in enumerate(HEADS):
        goal, source = targets[rows, i], origins[rows]
        for name, mask in (("all", ~np.isnan(goal)), (HUMAN[head], (source == HUMAN[head]) & ~np.isnan(goal))):
            positive = goal[mask] >= 0.5
            if positive.any() and (~positive).any():
                result[f"{head}_auc_{name}"] = round(area(scores[mask, i], positive), 4)
    mine = origins[rows] == HUMAN["positive"]
    result["sentiment_auc"] = round(sentiment_area(scores[mine], HEADS, targets[rows][mine]), 4)
    return result


def sentiment_area(scores, heads, targets):
    """The positive head less the negative one, over rows that people called one of both. Columns of the targets as HEADS."""
    liked, disliked = targets[:, HEADS.index("positive")] == 1, targets[:, HEADS.index("negative")] == 1
    polar = liked != disliked
    return area((scores[:, heads.index("positive")] - scores[:, heads.index("negative")])[polar], liked[polar])


def area(scores, positive):
    order = scores.argsort()
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    high = positive.sum()
    return float((ranks[positive].sum() - high * (high + 1) / 2) / (high * (len(scores) - high)))


def export(model, path, dense):
    values = {
        **bag_values(model.table()),
        "hidden_weight": model.hidden.weight.detach().numpy().T.copy(),
        "hidden_bias": model.hidden.bias.detach().numpy(),
        "out_weight": model.out.weight.detach().numpy().T.copy(),
        "out_bias": model.out.bias.detach().numpy(),
    }
    write_graph(path, trait_nodes(), values, dense)


def trait_nodes():
    return [
        *bag_nodes("assistant", "scales", "bag"),
        helper.make_node("Concat", ["bag", "dense"], ["x"], axis=1),
        helper.make_node("Gemm", ["x", "hidden_weight", "hidden_bias"], ["h"]),
        helper.make_node("Relu", ["h"], ["hr"]),
        helper.make_node("Gemm", ["hr", "out_weight", "out_bias"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["scores"]),
    ]


def write_graph(path, nodes, values, dense):
    inputs = [
        helper.make_tensor_value_info("assistant", TensorProto.INT32, ["rows", "assistant_length"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, ["rows", 1]),
        helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["rows", dense]),
    ]
    output = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["rows", len(HEADS)])
    graph = helper.make_graph(nodes, "traits", inputs, [output], [numpy_helper.from_array(v, k) for k, v in values.items()])
    onnx_model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    onnx_model.ir_version = 8
    save(onnx_model, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
