"""Writes a tagger folder around a tiny random BERT-family classifier, to show that any such model can be used as it is.

Usage: make-transformer-tagger.py OUT_FOLDER [PERSONAS.json]
Needs numpy and onnx. The weights are random (fixed seed): the tags mean nothing, the shapes are real.
PERSONAS.json is a list of taxonomy ids; without it the ids are read from taggers/personas.yaml beside this script.
"""

import hashlib
import json
import os
import re
import string
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

HIDDEN, HEADS, INNER, POSITIONS = 16, 2, 32, 128
WORDS = "the a of to and in is you that it for on are as with how what why i we my your code story help please write explain not can will do an be this from or have at by one all".split()


def main(out_folder, labels_path=None):
    here = os.path.dirname(os.path.abspath(__file__))
    if labels_path:
        labels = json.load(open(labels_path, encoding="utf-8"))
    else:
        text = open(os.path.join(here, "..", "taggers", "personas.yaml"), encoding="utf-8").read()
        labels = re.findall(r"^  - id: (\w+)", text, re.M)
    os.makedirs(out_folder, exist_ok=True)
    vocab = vocabulary()
    write_tokenizer(f"{out_folder}/tokenizer.json", vocab)
    write_model(f"{out_folder}/model.onnx", len(vocab), len(labels))
    info = {
        "kind": "text-classifier",
        "id": "tiny-bert-v1",
        "task": "persona",
        "version": 1,
        "labels": labels,
        "model": "model.onnx",
        "tokenizer": "tokenizer.json",
        "output": "logits",
        "activation": "softmax",
        "maximumTokens": 64,
        "files": {name: sha256(f"{out_folder}/{name}") for name in ("model.onnx", "tokenizer.json")},
        "threshold": 0,
        "licence": "MIT (random weights)",
    }
    with open(f"{out_folder}/tagger.json", "w", encoding="utf-8") as file:
        json.dump(info, file, indent=1)
        file.write("\n")


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def vocabulary():
    letters = string.ascii_lowercase + string.digits
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters), *string.punctuation, *WORDS[2:]]
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}


def write_tokenizer(path, vocab):
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": vocab[t], "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for t in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocab},
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tokenizer, file)


def write_model(path, vocab, labels):
    random = np.random.default_rng(3)
    values, nodes = {}, []

    def weight(name, *shape):
        values[name] = (random.standard_normal(shape) * 0.4).astype(np.float32)
        return name

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def dense(x, name, width_in, width_out):
        product = node("MatMul", [x, weight(f"{name}_weight", width_in, width_out)], f"{name}_product")
        return node("Add", [product, weight(f"{name}_bias", width_out)], name)

    def norm(x, name):
        values[f"{name}_scale"] = np.ones(HIDDEN, np.float32)
        values[f"{name}_shift"] = np.zeros(HIDDEN, np.float32)
        return node("LayerNormalization", [x, f"{name}_scale", f"{name}_shift"], name, axis=-1)

    def constant(name, value, dtype):
        values[name] = np.array(value, dtype)
        return name

    words = node("Gather", [weight("words", vocab, HIDDEN), "input_ids"], "word_rows")
    types = node("Gather", [weight("types", 2, HIDDEN), "token_type_ids"], "type_rows")
    length = node("Gather", [node("Shape", ["input_ids"], "shape"), constant("one", 1, np.int64)], "length")
    span = node("Range", [constant("zero", 0, np.int64), length, constant("step", 1, np.int64)], "places")
    places = node("Gather", [weight("positions", POSITIONS, HIDDEN), span], "place_rows")
    x = norm(node("Add", [node("Add", [words, types], "sum_types"), places], "sum_places"), "embeddings")

    mask = node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    spread = node("Unsqueeze", [mask, constant("head_axes", [1, 2], np.int64)], "mask_spread")
    penalty = node("Mul", [node("Sub", [spread, constant("unit", 1, np.float32)], "mask_minus"), constant("large", 10000, np.float32)], "penalty")

    split = constant("split_shape", [0, 0, HEADS, HIDDEN // HEADS], np.int64)
    sides = {}
    for name, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
        parts = node("Reshape", [dense(x, name, HIDDEN, HIDDEN), split], f"{name}_parts")
        sides[name] = node("Transpose", [parts], f"{name}_heads", perm=order)
    raw = node("Mul", [node("MatMul", [sides["query"], sides["key"]], "raw"), constant("scale", (HIDDEN // HEADS) ** -0.5, np.float32)], "scaled")
    attention = node("Softmax", [node("Add", [raw, penalty], "masked")], "attention", axis=-1)
    mixed = node("Transpose", [node("MatMul", [attention, sides["value"]], "mixed")], "mixed_back", perm=[0, 2, 1, 3])
    joined = node("Reshape", [mixed, constant("join_shape", [0, 0, HIDDEN], np.int64)], "joined")
    x = norm(node("Add", [x, dense(joined, "projection", HIDDEN, HIDDEN)], "after_attention"), "norm_attention")
    inner = node("Relu", [dense(x, "inner", HIDDEN, INNER)], "inner_active")
    x = norm(node("Add", [x, dense(inner, "outer", INNER, HIDDEN)], "after_inner"), "norm_inner")
    first = node("Gather", [x, constant("first", 0, np.int64)], "first_token", axis=1)
    dense(first, "logits", HIDDEN, labels)

    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "length"]) for name in ("input_ids", "attention_mask", "token_type_ids")]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", labels])
    graph = helper.make_graph(nodes, "tiny-bert", inputs, [output], [numpy_helper.from_array(v, k) for k, v in values.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    save(model, path)


main(*sys.argv[1:])
