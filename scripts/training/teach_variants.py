"""Writes what a teacher (train_encoder.py --teaches) says of varied rows.

Usage: teach_variants.py VARIANTS.jsonl MINILM_FOLDER TEACHER.pt FOLD OUT.npz
Variants of rows whose datasets the fold leaves out are not judged.
"""

import sys

import numpy as np
import torch
from calibration import softmax
from features import read_rows
from tokens import encode_sides, join_sides, open_tokenizer
from train_encoder import TEACHER_LAYERS, Tagger, logits_of
from yardstick import FOLDS


def main(variants_path, minilm, teacher_path, fold, out_path):
    torch.set_num_threads(2)
    variants = read_rows(variants_path)
    mine = np.array([i for i, row in enumerate(variants) if not FOLDS[int(fold)] & set(row["origins"])])
    weights = torch.load(teacher_path)
    classes = len(weights["persona.bias"])
    model = Tagger(f"{minilm}/model.safetensors", classes, TEACHER_LAYERS)
    model.load_state_dict(weights)
    inputs = [join_sides(*sides) for sides in encode_sides(open_tokenizer(f"{minilm}/tokenizer.json"), [variants[i]["messages"] for i in mine])]
    np.savez(out_path, rows=mine, probabilities=softmax(logits_of(model.eval(), inputs, classes, half=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
