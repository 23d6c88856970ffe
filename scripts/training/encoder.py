"""A BERT encoder of few layers, and a last layer that is asked for two sides only; their parameters load from the MiniLM weights."""

import torch
from tokens import COPY_MARK_ID
from torch import nn

WIDTH, HEADS, INNER = 384, 12, 1536


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.join = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, bias):
        q, k, v = (split_heads(part) for part in self.qkv(x).chunk(3, -1))
        return self.after(x, attend(q, k, v, bias))

    def after(self, x, mixed):
        x = self.norm1(x + self.join(mixed.transpose(1, 2).flatten(2)))
        return self.norm2(x + self.outer(nn.functional.gelu(self.inner(x))))


def attend(q, k, v, bias):
    """Spelled out: with half-precision operands PyTorch's fused attention takes ten times as long backwards on a CPU."""
    scores = q @ k.transpose(2, 3) * (WIDTH // HEADS) ** -0.5 + bias.to(q.dtype)
    return scores.softmax(-1).to(v.dtype) @ v


class SideLayer(Layer):
    """
    A layer whose only queries are the means of a row's sides, so that all of it but the attention's sums is done for a few vectors
    and not for every token. `forward`: tokens [rows, length, WIDTH], which token belongs to which side [rows, sides, length]; gives
    [rows, sides, WIDTH], zeros for a side without tokens.
    """

    def __init__(self):
        super().__init__()
        # The mean of many tokens varies less than one token; this gives it a token's size again.
        self.enter = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, sides, bias):
        counts = sides.sum(2, keepdim=True)
        means = self.enter(sides @ x / counts.clamp(min=1))
        weights, biases = self.qkv.weight, self.qkv.bias
        q = split_heads(nn.functional.linear(means, weights[:WIDTH], biases[:WIDTH]))
        k, v = (split_heads(part) for part in nn.functional.linear(x, weights[WIDTH:], biases[WIDTH:]).chunk(2, -1))
        return self.after(means, attend(q, k, v, bias)) * (counts > 0)


def split_heads(x):
    return x.unflatten(2, (HEADS, WIDTH // HEADS)).transpose(1, 2)


class Encoder(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        # Added to the one word that the published weights never saw.
        self.mark = nn.Parameter(torch.zeros(WIDTH))
        self.places = nn.Embedding(512, WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def forward(self, ids, mask, types):
        words = self.words(ids) + (ids == COPY_MARK_ID).unsqueeze(-1) * self.mark
        x = self.norm(words + self.places.weight[: ids.shape[1]] + self.types(types))
        bias = padding_bias(mask)
        for layer in self.layers:
            x = layer(x, bias)
        return x


def padding_bias(mask):
    return ((1.0 - mask.float()) * -1e4)[:, None, None, :]


def read_weights(path):
    from safetensors.torch import load_file

    return {k.removeprefix("bert."): v for k, v in load_file(path).items()}


def load_encoder(path, layers):
    """`layers`: which of the six to keep."""
    source = read_weights(path)
    model = Encoder(len(layers))
    with torch.no_grad():
        model.words.weight.copy_(source["embeddings.word_embeddings.weight"])
        model.places.weight.copy_(source["embeddings.position_embeddings.weight"])
        model.types.weight.copy_(source["embeddings.token_type_embeddings.weight"])
        copy_pair(model.norm, source, "embeddings.LayerNorm")
        for layer, number in zip(model.layers, layers):
            copy_layer(layer, source, number)
    return model


def load_side_layer(path, number):
    """Starts as the layer of that number; its entry as the end of the layer before."""
    source = read_weights(path)
    layer = SideLayer()
    with torch.no_grad():
        copy_layer(layer, source, number)
        copy_pair(layer.enter, source, f"encoder.layer.{number - 1}.output.LayerNorm")
    return layer


def copy_layer(layer, source, number):
    base = f"encoder.layer.{number}."
    attention = [f"{base}attention.self.{name}" for name in ("query", "key", "value")]
    layer.qkv.weight.copy_(torch.cat([source[f"{name}.weight"] for name in attention]))
    layer.qkv.bias.copy_(torch.cat([source[f"{name}.bias"] for name in attention]))
    copy_pair(layer.join, source, f"{base}attention.output.dense")
    copy_pair(layer.norm1, source, f"{base}attention.output.LayerNorm")
    copy_pair(layer.inner, source, f"{base}intermediate.dense")
    copy_pair(layer.outer, source, f"{base}output.dense")
    copy_pair(layer.norm2, source, f"{base}output.LayerNorm")


def copy_pair(module, source, name):
    module.weight.copy_(source[f"{name}.weight"])
    module.bias.copy_(source[f"{name}.bias"])


def mean_pool(x, mask):
    weight = mask.float().unsqueeze(-1)
    return (x * weight).sum(1) / weight.sum(1).clamp(min=1)
