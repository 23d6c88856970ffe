"""Writes the encoder and its heads as one int8 ONNX graph of fused nodes.

Inputs input_ids, attention_mask, token_type_ids: int64 [rows, length]. Outputs persona_logits [rows, 57], trait_logits
[rows, traits] and embedding [rows, 384]: both sides and the mean of the tokens, projected, of length 1.
Weights are int8 with one step a column; activations are quantised as they come. Codes stay within +-63, since AVX2 kernels
add two products of eight bits in sixteen and would saturate beyond.
"""

import numpy as np
from encoder import HEADS, SEGMENT, WIDTH
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
        added = "" if bias is None else self.value(f"{name}_bias", bias)
        return self.node("DynamicQuantizeMatMul", [x, codes, step, zero, added], output, domain=FUSED)


def array(tensor):
    return tensor.detach().float().numpy()


def export_encoder(model, heads, directions, path):
    """
    `model`: a SideEncoder that pools. `heads`: {"persona": Linear, "trait": Linear}, both over [the user's side, the assistant's].
    `directions` [3 * WIDTH, numbers]: what the embedding is projected on (finish_encoder.py).
    """
    g = Graph()
    x = embed(g, model.tokens)
    mask = g.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for number, layer in enumerate(model.tokens.layers):
        x = add_layer(g, layer, x, mask, f"l{number}")
    tokens = x
    sides = add_sides(g)
    segments, groups, counts = add_segments(g)
    x = add_pool(g, model.pool, x, groups, counts, mask)
    there = g.node("Squeeze", [g.node("Min", [counts, "floor"], "segment_some"), "token_axis"], "segment_there")
    mask = g.node("Cast", [there], "segment_mask", to=TensorProto.INT32)
    for number, layer in enumerate(model.segments):
        x = add_layer(g, layer, x, mask, f"s{number}")
    sides = g.node("MatMul", [sides, g.node("Transpose", [segments], "token_segments")], "segment_sides")
    both = g.node("Flatten", [add_side_layer(g, model.sides, x, sides, there)], "both", axis=1)
    add_embedding(g, both, tokens, directions)
    outputs = []
    for name, head in heads.items():
        weight = g.value(f"{name}_weight", array(head.weight).T)
        bias = g.value(f"{name}_bias", array(head.bias))
        g.node("Gemm", [both, weight, bias], f"{name}_logits")
        outputs.append(helper.make_tensor_value_info(f"{name}_logits", TensorProto.FLOAT, ["rows", head.out_features]))
    outputs.append(helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["rows", directions.shape[1]]))
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
    return after_attention(g, layer, x, mixed, name)


def after_attention(g, layer, x, mixed, name):
    joined = g.dense(mixed, f"{name}_join", array(layer.join.weight).T, array(layer.join.bias), f"{name}_joined")
    middle = add_and_norm(g, x, joined, layer.norm1, f"{name}_middle")
    inner = g.dense(middle, f"{name}_inner", array(layer.inner.weight).T, None, f"{name}_inner")
    # By tanh: within 0.001 of the exact one, and a twentieth of the graph's time less.
    active = g.node("FastGelu", [inner, g.value(f"{name}_inner_bias", array(layer.inner.bias))], f"{name}_active", domain=FUSED)
    outer = g.dense(active, f"{name}_outer", array(layer.outer.weight).T, array(layer.outer.bias), f"{name}_outer")
    return add_and_norm(g, middle, outer, layer.norm2, f"{name}_out")


def add_and_norm(g, x, more, module, name):
    """Two nodes: the fused SkipLayerNormalization of ONNX Runtime 1.23 takes three times as long on a CPU."""
    return norm(g, g.node("Add", [x, more], f"{name}_sum"), module, name)


def add_segments(g):
    """Which token is of which segment: of all tokens [segments, length], of those that are no padding [rows, segments, length]; their counts."""
    nothing, every = g.value("nothing", np.array(0)), g.value("every", np.array(SEGMENT))
    length = g.node("Squeeze", ["length"], "tokens")
    token = g.node("Div", [g.node("Range", [nothing, length, g.value("once", np.array(1))], "token_places"), every], "token_segment")
    starts = g.node("Range", [nothing, length, every], "segment_places")
    segment = g.node("Unsqueeze", [g.node("Div", [starts, every], "segment_numbers"), "side_axis"], "segment_column")
    segments = g.node("Cast", [g.node("Equal", [segment, token], "segment_of")], "segments", to=TensorProto.FLOAT)
    groups = g.node("Mul", [segments, "whole_row"], "groups")
    return segments, groups, g.node("ReduceSum", [groups, g.value("token_axis", np.array([2]))], "segment_counts", keepdims=1)


def add_embedding(g, both, tokens, directions):
    # The sum will do: the length is made 1.
    mean = g.node("Squeeze", [g.node("MatMul", ["whole_row", tokens], "token_sums"), "side_axis"], "token_sum")
    parts = [g.node("LpNormalization", [part], f"{part}_unit", axis=-1, p=2) for part in (both, mean)]
    found = g.dense(g.node("Concat", parts, "embedding_parts", axis=1), "embedding_direction", directions, None, "embedding_projected")
    g.node("LpNormalization", [found], "embedding", axis=-1, p=2)


def add_means(g, layer, x, groups, counts, name):
    some = g.node("Max", [counts, g.value("floor", np.array(1, np.float32))], f"{name}_some")
    return norm(g, g.node("Div", [g.node("MatMul", [groups, x], f"{name}_sum"), some], f"{name}_mean"), layer.enter, f"{name}_entered")


def add_pool(g, layer, x, groups, counts, mask):
    entered = add_means(g, layer, x, groups, counts, "pool")
    weight, bias = array(layer.qkv.weight), array(layer.qkv.bias)
    query = g.dense(entered, "pool_query", weight[:WIDTH].T, bias[:WIDTH], "pool_queries")
    g.dense(x, "pool_token", weight[WIDTH:].T, bias[WIDTH:], "pool_tokens")
    g.nodes.append(helper.make_node("Split", ["pool_tokens"], ["pool_keys", "pool_values"], name="pool_split", axis=2))
    mixed = g.node("MultiHeadAttention", [query, "pool_keys", "pool_values", "", mask], "pool_mixed", domain=FUSED, num_heads=HEADS)
    return after_attention(g, layer, entered, mixed, "pool")


def add_side_layer(g, layer, x, sides, there):
    """
    The attention of few queries without keys or values of segments: a query goes through the keys' weights and meets the segments
    themselves, and the values' weights meet the mixed segments. The keys' bias adds the same to every segment and is left out.
    """
    width = WIDTH // HEADS
    counts = g.node("ReduceSum", [sides, "token_axis"], "side_counts", keepdims=1)
    entered = add_means(g, layer, x, sides, counts, "side")
    (query, key, value), (query_bias, _, value_bias) = np.split(array(layer.qkv.weight), 3), np.split(array(layer.qkv.bias), 3)
    q = g.dense(entered, "side_query", query.T * width**-0.5, query_bias * width**-0.5, "side_queries")
    q = g.node("Reshape", [q, g.value("to_heads", np.array([0, 0, HEADS, width]))], "side_query_heads")
    q = g.node("Transpose", [q], "side_heads_first", perm=[0, 2, 1, 3])
    asked = g.node("MatMul", [q, g.value("side_key", key.reshape(HEADS, width, WIDTH))], "side_asked")
    asked = g.node("Reshape", [asked, g.value("to_rows", np.array([0, -1, WIDTH]))], "side_asked_rows")
    scores = g.node("MatMul", [asked, g.node("Transpose", [x], "segments_last", perm=[0, 2, 1])], "side_scores")
    shares = g.node("Softmax", [g.node("Add", [scores, padding_bias(g, there)], "side_masked")], "side_shares", axis=-1)
    mixed = g.node("MatMul", [shares, x], "side_segments")
    mixed = g.node("Reshape", [mixed, g.value("by_head", np.array([0, HEADS, -1, WIDTH]))], "side_segment_heads")
    mixed = g.node("MatMul", [mixed, g.value("side_value", value.reshape(HEADS, width, WIDTH).transpose(0, 2, 1))], "side_value_heads")
    mixed = g.node("Add", [mixed, g.value("side_value_bias", value_bias.reshape(HEADS, 1, width))], "side_values")
    mixed = g.node("Reshape", [g.node("Transpose", [mixed], "side_values_first", perm=[0, 2, 1, 3]), g.value("to_width", np.array([0, 0, WIDTH]))], "side_mixed")
    out = after_attention(g, layer, entered, mixed, "side")
    return g.node("Mul", [out, g.node("Min", [counts, "floor"], "side_there")], "sides_known")


def add_sides(g):
    """Which tokens are the user's and the assistant's [rows, 2, length]; `whole_row` [rows, 1, length]: which are anybody's."""
    mask = g.node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
    assistant = g.node("Cast", ["token_type_ids"], "assistant_float", to=TensorProto.FLOAT)
    user = g.node("Sub", [mask, assistant], "user_float")
    side_axis = g.value("side_axis", np.array([1]))
    g.node("Unsqueeze", [mask, side_axis], "whole_row")
    rows = [g.node("Unsqueeze", [side, side_axis], f"{side}_row") for side in (user, assistant)]
    return g.node("Concat", rows, "token_sides", axis=1)


def padding_bias(g, there):
    missing = g.node("Sub", [there, "floor"], "padding")
    return g.node("Unsqueeze", [g.node("Mul", [missing, g.value("far", np.array(1e4, np.float32))], "padding_far"), "side_axis"], "padding_bias")
