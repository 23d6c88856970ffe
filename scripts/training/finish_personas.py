"""Joins members of the fast persona tagger and writes its folder.

Usage: finish_personas.py ROWS.jsonl YARDSTICK.jsonl YARDSTICK_PREFIX PERSONAS.json OUT_FOLDER MEMBER.pt…
Members are those of train_personas.py; temperature and thresholds come from the mean of their logits for rows that the training did not
see, which also stands in YARDSTICK_PREFIX.fast.npy, for finish_encoder.py.
"""

import hashlib
import json
import sys

import numpy as np
import torch
from calibration import calibrate, metrics_of, mixed, thresholds
from features import Features, read_rows
from persona_model import PersonaModel, export_onnx
from sources import LICENCES
from train_personas import HIDDEN, WIDTH, apply_turn_rule

DOUBTS = (0.0, 0.03, 0.06, 0.09, 0.12, 0.15)


def main(rows_path, judged_path, judged_prefix, personas_path, out_folder, *member_paths):
    judged_rows = read_rows(judged_path)
    judged = Features(judged_prefix)
    personas = json.load(open(personas_path, encoding="utf-8"))
    ids = [p["id"] for p in personas]
    members = [torch.load(path) for path in member_paths]
    logits = np.mean([member["logits"].numpy() for member in members], 0)
    np.save(f"{judged_prefix}.fast.npy", logits)
    apply_turn_rule(logits, judged.user_turns, ids)
    temperature, doubt, crossed = calibrate(logits, judged_rows, personas, DOUBTS)
    probabilities = mixed(logits, temperature, doubt)
    limits = thresholds(probabilities, judged_rows, personas)
    metrics = metrics_of(probabilities, judged_rows, personas, crossed, limits)
    print(json.dumps({k: v for k, v in metrics.items() if k not in ("by_dataset", "confusion")}))
    models = [open_model(member["model"], judged.dense.shape[1], len(ids)) for member in members]
    export_onnx(models, f"{out_folder}/model.onnx", temperature, doubt)
    origins = [row["origin"] for row in read_rows(rows_path)]
    info = {
        "kind": "hashed-bag",
        "id": "persona-v1",
        "task": "persona",
        "version": 1,
        "labels": ids,
        "featuriser": judged.shapes["featuriserVersion"],
        "model": "model.onnx",
        "files": {"model.onnx": hashlib.sha256(open(f"{out_folder}/model.onnx", "rb").read()).hexdigest()},
        "calibration": {"method": "ensemble-temperature", "temperature": round(temperature, 4), "doubt": doubt, "folded": True},
        "threshold": limits,
        "licence": "MIT (code and weights; word vectors from all-MiniLM-L6-v2, Apache-2.0); trained on data under the licences listed in data",
        "data": [{"name": name, "licence": LICENCES[name], "rows": origins.count(name)} for name in sorted(set(origins))],
        "metrics": metrics,
    }
    with open(f"{out_folder}/tagger.json", "w", encoding="utf-8") as file:
        json.dump(info, file, indent=2)
        file.write("\n")


def open_model(weights, dense, classes):
    model = PersonaModel(weights["words"].numpy(), WIDTH, dense, HIDDEN, classes)
    model.load_state_dict(weights)
    return model.eval()


if __name__ == "__main__":
    main(*sys.argv[1:])
