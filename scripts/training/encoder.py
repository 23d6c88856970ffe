"""The encoder of the accurate tier, whose upper layers read groups of tokens; its parameters load from the six layers of MiniLM."""

import torch
from tokens import COPY_MARK_ID
from torch import nn

WIDTH, HEADS, INNER = 384, 12, 1536
SEGMENT = 4


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


class PooledLayer(Layer):
    """
    A layer whose queries are the means of groups of tokens, so that all of it but keys and values is done for as many vectors as there
    are groups (the pooling queries of Funnel-Transformer, Dai et al. 2020). `forward`: tokens [rows, length, WIDTH], how much of each token
    belongs to which group [rows, groups, length]; gives [rows, groups, WIDTH], zeros for a group without tokens.
    """

    def __init__(self):
        super().__init__()
        # The mean of many tokens varies less than one token; this gives it a token's size again.
        self.enter = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, groups, bias):
        counts = groups.sum(2, keepdim=True)
        means = self.enter(groups @ x / counts.clamp(min=1))
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


class SideEncoder(nn.Module):
    """
    Six layers that end in one vector for each side of a row. The first `whole` of them read tokens, the next pools every SEGMENT tokens into
    one, the others read these segments, and the last is asked for the two sides. Without a pooling layer, `whole` is 5: the teacher.
    """

    def __init__(self, whole):
        super().__init__()
        self.tokens = Encoder(whole)
        self.pool = PooledLayer() if whole < 5 else None
        self.segments = nn.ModuleList(Layer() for _ in range(4 - whole))
        self.sides = PooledLayer()

    def forward(self, ids, mask, types):
        """ids, mask, types [rows, length]; gives what the user's side and the assistant's are [rows, 2, WIDTH]."""
        return self.tokens_and_sides(ids, mask, types)[1]

    def tokens_and_sides(self, ids, mask, types):
        """Beside the sides what the tokens are [rows, length, WIDTH] before they are pooled."""
        x = tokens = self.tokens(ids, mask, types)
        sides = torch.stack([mask - types, types], 1).to(x.dtype)
        bias = padding_bias(mask)
        if self.pool:
            segments = segments_of(ids.shape[1]).to(x.dtype)
            groups = segments * mask[:, None].to(x.dtype)
            x = self.pool(x, groups, bias)
            sides, bias = sides @ segments.T, padding_bias(groups.sum(2) > 0)
            for layer in self.segments:
                x = layer(x, bias)
        return tokens, self.sides(x, sides, bias)

    def layers(self):
        """From the bottom up."""
        return [*self.tokens.layers, *([self.pool] if self.pool else []), *self.segments, self.sides]


def segments_of(length):
    """Which token is of which segment [segments, length]."""
    return torch.arange(length) // SEGMENT == torch.arange(-(-length // SEGMENT))[:, None]


def padding_bias(mask):
    return ((1.0 - mask.float()) * -1e4)[:, None, None, :]


def read_weights(path):
    from safetensors.torch import load_file

    return {k.removeprefix("bert."): v for k, v in load_file(path).items()}


def load_encoder(path, layers):
    """The first so many of the six layers."""
    source = read_weights(path)
    model = Encoder(layers)
    copy_encoder(model, source)
    return model


def load_side_encoder(path, whole):
    """A layer that pools enters as the layer before it ends."""
    source = read_weights(path)
    model = SideEncoder(whole)
    copy_encoder(model.tokens, source)
    with torch.no_grad():
        for number, layer in enumerate(model.layers()):
            copy_layer(layer, source, number)
            if isinstance(layer, PooledLayer):
                copy_pair(layer.enter, source, f"encoder.layer.{number - 1}.output.LayerNorm")
    return model


@torch.no_grad()
def copy_encoder(model, source):
    model.words.weight.copy_(source["embeddings.word_embeddings.weight"])
    model.places.weight.copy_(source["embeddings.position_embeddings.weight"])
    model.types.weight.copy_(source["embeddings.token_type_embeddings.weight"])
    copy_pair(model.norm, source, "embeddings.LayerNorm")
    for number, layer in enumerate(model.layers):
        copy_layer(layer, source, number)


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
