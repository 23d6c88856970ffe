"""Reads what export-features.ts wrote."""

import json

import numpy as np


class Features:
    def __init__(self, prefix):
        with open(f"{prefix}.json", encoding="utf-8") as file:
            shapes = json.load(file)
        self.shapes = shapes
        self.rows = shapes["rows"]
        limits = shapes["featureLimits"]
        self.assistant = np.fromfile(f"{prefix}.assistant.i32", np.int32).reshape(-1, limits[0])
        self.user = np.fromfile(f"{prefix}.user.i32", np.int32).reshape(-1, limits[1])
        self.dense = np.fromfile(f"{prefix}.dense.f32", np.float32).reshape(-1, shapes["denseCount"])
        counts = np.fromfile(f"{prefix}.counts.i32", np.int32).reshape(-1, 4)
        self.user_turns = counts[:, 2]
        self.back_references = counts[:, 3]


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
