"""The persona model: one hashed table, two bags (assistant, user), structural features, one hidden layer, 57 logits.

The table is the sum of two parts: vectors of known words from the sentence encoder times a learnt projection, and free rows.
Words of one meaning share evidence through the first; the second is left out of half of the training rows, so that it adds
to the first and does not replace it. The exported table is the sum. What ships are two such models from other random numbers,
whose logits' mean is better than either's, as one graph of twice the width.
"""

import numpy as np
import torch
from bag_graph import bag_nodes, bag_values
from onnx import TensorProto, helper, numpy_helper, save
from torch import nn


class PersonaModel(nn.Module):
    def __init__(self, words, width, dense, hidden, classes, dropout=0.3, word_dropout=0.15, free_dropout=0.5):
        super().__init__()
        self.register_buffer("words", torch.from_numpy(words))
        self.project = nn.Linear(words.shape[1], width, bias=False)
        self.free = nn.Embedding(len(words), width, padding_idx=0)
        nn.init.normal_(self.free.weight, std=0.01)
        with torch.no_grad():
            self.free.weight[0] = 0
        self.hidden = nn.Linear(2 * width + dense, hidden)
        self.out = nn.Linear(hidden, classes)
        self.dropout = nn.Dropout(dropout)
        self.word_dropout = word_dropout
        self.free_dropout = free_dropout

    def bag(self, ids):
        if self.training:
            ids = ids * (torch.rand(ids.shape) > self.word_dropout)
        root = (ids > 0).sum(1, keepdim=True).clamp(min=1).sqrt()
        free = nn.functional.embedding_bag(ids, self.free.weight, mode="sum", padding_idx=0) / root
        if self.training:
            free = free * (torch.rand(len(ids), 1) > self.free_dropout)
        known = nn.functional.embedding_bag(ids, self.words, mode="sum") / root
        return free + self.project(known)

    def forward(self, assistant, user, dense):
        x = torch.cat([self.bag(assistant), self.bag(user), dense], 1)
        return self.out(self.dropout(torch.relu(self.hidden(self.dropout(x)))))

    def table(self):
        with torch.no_grad():
            return (self.free.weight + self.project(self.words)).numpy()


def export_onnx(members, path, temperature, doubt):
    """Inputs: assistant [rows, n] and user [rows, m] int32 ids padded with 0, scales [rows, 2] = 1/sqrt(ids), dense. Output: probabilities
    at the temperature of the mean of the members' logits, the share `doubt` of them spread evenly.

    Members stand side by side: their columns in one table, their units in one hidden layer. The table is int8 with one step
    per column; its codes are summed as integers (bag_graph.py).
    """
    classes = members[0].out.out_features
    out_weight = np.concatenate([numbers(m.out.weight) for m in members], 1) / len(members)
    out_bias = np.mean([numbers(m.out.bias) for m in members], 0)
    values = {
        **bag_values(np.concatenate([m.table() for m in members], 1)),
        "hidden_weight": hidden_weight(members),
        "hidden_bias": np.concatenate([numbers(m.hidden.bias) for m in members]),
        "out_weight": (out_weight / temperature).T.copy(),
        "out_bias": out_bias / temperature,
        "trust": np.array([1 - doubt], np.float32),
        "even": np.array([doubt / classes], np.float32),
    }
    width = members[0].free.embedding_dim
    write_graph(path, "persona", persona_nodes(), values, members[0].hidden.in_features - 2 * width, classes)


def hidden_weight(members):
    """[assistant's bag, user's bag, dense; units]: a member's units read its own columns of the bags."""
    width = members[0].free.embedding_dim
    dense = members[0].hidden.in_features - 2 * width
    units = members[0].hidden.out_features
    bags = len(members) * width
    joined = np.zeros((2 * bags + dense, len(members) * units), np.float32)
    for number, member in enumerate(members):
        weight = numbers(member.hidden.weight).T
        own = slice(number * units, (number + 1) * units)
        for side in (0, 1):
            start = side * bags + number * width
            joined[start : start + width, own] = weight[side * width : (side + 1) * width]
        joined[2 * bags :, own] = weight[2 * width :]
    return joined


def numbers(parameter):
    return parameter.detach().numpy()


def persona_nodes():
    return [
        helper.make_node("Split", ["scales"], ["assistant_scale", "user_scale"], axis=1),
        *bag_nodes("assistant", "assistant_scale", "assistant_bag"),
        *bag_nodes("user", "user_scale", "user_bag"),
        helper.make_node("Concat", ["assistant_bag", "user_bag", "dense"], ["x"], axis=1),
        helper.make_node("Gemm", ["x", "hidden_weight", "hidden_bias"], ["h"]),
        helper.make_node("Relu", ["h"], ["hr"]),
        helper.make_node("Gemm", ["hr", "out_weight", "out_bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["sharp"], axis=1),
        helper.make_node("Mul", ["sharp", "trust"], ["trusted"]),
        helper.make_node("Add", ["trusted", "even"], ["scores"]),
    ]


def write_graph(path, name, nodes, values, dense, classes):
    inputs = [
        helper.make_tensor_value_info("assistant", TensorProto.INT32, ["rows", "assistant_length"]),
        helper.make_tensor_value_info("user", TensorProto.INT32, ["rows", "user_length"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, ["rows", 2]),
        helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["rows", dense]),
    ]
    output = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["rows", classes])
    initializers = [numpy_helper.from_array(value, key) for key, value in values.items()]
    graph = helper.make_graph(nodes, name, inputs, [output], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    save(model, path)
