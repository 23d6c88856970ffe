"""A BERT encoder of few layers whose parameters load from the MiniLM weights, with a persona head and a trait head."""

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
        rows, length, _ = x.shape
        q, k, v = self.qkv(x).view(rows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = self.norm1(x + self.join(mixed.transpose(1, 2).reshape(rows, length, WIDTH)))
        return self.norm2(x + self.outer(nn.functional.gelu(self.inner(x))))


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

    def forward(self, ids, mask, types, states=False):
        words = self.words(ids) + (ids == COPY_MARK_ID).unsqueeze(-1) * self.mark
        x = self.norm(words + self.places.weight[: ids.shape[1]] + self.types(types))
        bias = ((1.0 - mask.float()) * -1e4)[:, None, None, :]
        kept = []
        for layer in self.layers:
            x = layer(x, bias)
            kept.append(x)
        return kept if states else x


def load_encoder(weights, layers):
    """`layers`: which of the six to keep."""
    from safetensors.torch import load_file

    source = load_file(weights)
    source = {k.removeprefix("bert."): v for k, v in source.items()}
    model = Encoder(len(layers))
    with torch.no_grad():
        model.words.weight.copy_(source["embeddings.word_embeddings.weight"])
        model.places.weight.copy_(source["embeddings.position_embeddings.weight"])
        model.types.weight.copy_(source["embeddings.token_type_embeddings.weight"])
        copy_pair(model.norm, source, "embeddings.LayerNorm")
        for layer, number in zip(model.layers, layers):
            base = f"encoder.layer.{number}."
            parts = [source[f"{base}attention.self.{n}.{{}}".format("weight")] for n in ("query", "key", "value")]
            layer.qkv.weight.copy_(torch.cat(parts))
            layer.qkv.bias.copy_(torch.cat([source[f"{base}attention.self.{n}.bias"] for n in ("query", "key", "value")]))
            copy_pair(layer.join, source, f"{base}attention.output.dense")
            copy_pair(layer.norm1, source, f"{base}attention.output.LayerNorm")
            copy_pair(layer.inner, source, f"{base}intermediate.dense")
            copy_pair(layer.outer, source, f"{base}output.dense")
            copy_pair(layer.norm2, source, f"{base}output.LayerNorm")
    return model


def copy_pair(module, source, name):
    module.weight.copy_(source[f"{name}.weight"])
    module.bias.copy_(source[f"{name}.bias"])


def mean_pool(x, mask):
    weight = mask.float().unsqueeze(-1)
    return (x * weight).sum(1) / weight.sum(1).clamp(min=1)
