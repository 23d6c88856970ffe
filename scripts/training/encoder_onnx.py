"""Writes the encoder and its heads as one int8 ONNX graph of fused nodes.

Inputs input_ids, attention_mask, token_type_ids: int64 [rows, length]. Outputs persona_logits [rows, 57], trait_logits
[rows, traits] and embedding [rows, 384] (mean of all tokens, length 1).
Weights are int8 with one step a column; activations are quantised as they come. Codes stay within +-63, since AVX2 kernels
add two products of eight bits in sixteen and would saturate beyond.
"""

import numpy as np
from encoder import HEADS, WIDTH
from onnx import TensorProto, helper, numpy_helper, save
from tokens import COPY_MARK_ID

FUSED = "com.microsoft"
LARGEST_CODE = 63
PLACES = 128


class Graph:
    def __init__(self):
        self.values = {}
        self.nodes = []

    def value(self, name, array):
        self.values[name] = np.ascontiguousarray(array)
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def quantised(self, name, weight):
        """`weight` [in, out] as codes, steps of its columns, and zero points."""
        step = np.maximum(np.abs(weight).max(axis=0) / LARGEST_CODE, 1e-9).astype(np.float32)
        codes = np.clip(np.round(weight / step), -LARGEST_CODE, LARGEST_CODE).astype(np.int8)
        return self.value(f"{name}_codes", codes), self.value(f"{name}_step", step), self.value(f"{name}_zero", np.zeros(len(step), np.int8))

    def dense(self, x, name, weight, bias, output):
        codes, step, zero = self.quantised(name, weight)
        return self.node("DynamicQuantizeMatMul", [x, codes, step, zero, bias], output, domain=FUSED)


def array(tensor):
    return tensor.detach().float().numpy()


def export_encoder(model, heads, path):
    """`heads`: {"persona": Linear, "trait": Linear}, both over [mean of the user's tokens, mean of the assistant's]."""
    g = Graph()
    x = embed(g, model)
    mask = g.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for number, layer in enumerate(model.layers):
        x = add_layer(g, layer, x, mask, f"l{number}")
    both = add_pooling(g, x)
    outputs = []
    for name, head in heads.items():
        weight = g.value(f"{name}_weight", array(head.weight).T)
        bias = g.value(f"{name}_bias", array(head.bias))
        g.node("Gemm", [both, weight, bias], f"{name}_logits")
        outputs.append(helper.make_tensor_value_info(f"{name}_logits", TensorProto.FLOAT, ["rows", head.out_features]))
    outputs.append(helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["rows", WIDTH]))
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["rows", "length"]) for n in ("input_ids", "attention_mask", "token_type_ids")]
    graph = helper.make_graph(g.nodes, "sentence-encoder", inputs, outputs, [numpy_helper.from_array(v, k) for k, v in g.values.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)])
    made.ir_version = 8
    save(made, path)


def embed(g, model):
    words = array(model.words.weight).copy()
    words[COPY_MARK_ID] += array(model.mark)
    step = np.maximum(np.abs(words).max(axis=1, keepdims=True) / 127, 1e-9).astype(np.float32)
    codes = np.clip(np.round(words / step), -127, 127).astype(np.int8)
    picked = g.node("Gather", [g.value("word_codes", codes), "input_ids"], "word_rows")
    steps = g.node("Gather", [g.value("word_step", step), "input_ids"], "word_steps")
    word = g.node("Mul", [g.node("Cast", [picked], "word_floats", to=TensorProto.FLOAT), steps], "word")
    kind = g.node("Gather", [g.value("types", array(model.types.weight)), "token_type_ids"], "type_rows")
    shape = g.node("Shape", ["input_ids"], "shape")
    length = g.node("Slice", [shape, g.value("one", np.array([1])), g.value("two", np.array([2]))], "length")
    places = g.value("places", array(model.places.weight)[:PLACES])
    place = g.node("Slice", [places, g.value("zero", np.array([0])), length, g.value("axis", np.array([0]))], "place_rows")
    total = g.node("Add", [g.node("Add", [word, kind], "word_type"), place], "summed")
    return norm(g, total, model.norm, "embedded")


def norm(g, x, module, name):
    scale = g.value(f"{name}_scale", array(module.weight))
    shift = g.value(f"{name}_shift", array(module.bias))
    return g.node("LayerNormalization", [x, scale, shift], name, axis=-1, epsilon=1e-12)


def add_layer(g, layer, x, mask, name):
    codes, step, zero = g.quantised(f"{name}_qkv", array(layer.qkv.weight).T)
    g.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], [f"{name}_x8", f"{name}_xs", f"{name}_xz"], name=f"{name}_quantise"))
    bias = g.value(f"{name}_qkv_bias", array(layer.qkv.bias))
    mixed = g.node("QAttention", [f"{name}_x8", codes, bias, f"{name}_xs", step, mask, f"{name}_xz", zero], f"{name}_mixed", domain=FUSED, num_heads=HEADS)
    joined = g.dense(mixed, f"{name}_join", array(layer.join.weight).T, "", f"{name}_joined")
    middle = skip_norm(g, joined, x, layer.norm1, layer.join.bias, f"{name}_middle")
    inner = g.dense(middle, f"{name}_inner", array(layer.inner.weight).T, "", f"{name}_inner")
    active = g.node("BiasGelu", [inner, g.value(f"{name}_inner_bias", array(layer.inner.bias))], f"{name}_active", domain=FUSED)
    outer = g.dense(active, f"{name}_outer", array(layer.outer.weight).T, "", f"{name}_outer")
    return skip_norm(g, outer, middle, layer.norm2, layer.outer.bias, f"{name}_out")


def skip_norm(g, x, skip, module, bias, name):
    parts = [g.value(f"{name}_scale", array(module.weight)), g.value(f"{name}_shift", array(module.bias)), g.value(f"{name}_bias", array(bias))]
    return g.node("SkipLayerNormalization", [x, skip, *parts], name, domain=FUSED, epsilon=1e-12)


def add_pooling(g, x):
    """Means over the user's tokens, the assistant's, and all; the first two side by side."""
    g.value("last", np.array([1]))
    mask = g.node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
    assistant = g.node("Cast", ["token_type_ids"], "assistant_float", to=TensorProto.FLOAT)
    user = g.node("Sub", [mask, assistant], "user_float")
    g.value("floor", np.array(1, np.float32))
    means = {}
    for side, weight in (("user", user), ("assistant", assistant), ("all", mask)):
        row = g.node("Unsqueeze", [weight, "last"], f"{side}_row")
        total = g.node("Squeeze", [g.node("MatMul", [row, x], f"{side}_matmul"), "last"], f"{side}_sum")
        count = g.node("ReduceSum", [weight, "last"], f"{side}_count", keepdims=1)
        means[side] = g.node("Div", [total, g.node("Max", [count, "floor"], f"{side}_some")], f"{side}_mean")
    g.node("LpNormalization", [means["all"]], "embedding", axis=-1, p=2)
    return g.node("Concat", [means["user"], means["assistant"]], "both", axis=1)
