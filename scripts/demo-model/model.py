"""The llama architecture in its plainest form, with the names and the rotation order that llama.cpp expects."""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    """Every width is a multiple of 256, so that Q8_0 and the K-quants apply to every matrix."""

    vocab: int = 1024
    width: int = 256
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 512
    context: int = 2048
    rope_base: float = 10000.0
    norm_eps: float = 1e-5

    @property
    def head_size(self):
        return self.width // self.heads


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotations(config, positions):
    """cos and sin for each (batch, position), one per pair of neighbouring channels."""
    steps = torch.arange(0, config.head_size, 2).float() / config.head_size
    angles = positions[..., None].float() * config.rope_base ** -steps
    return angles.cos()[:, None], angles.sin()[:, None]


def rotate(x, cos, sin):
    """Rotates the pairs (0,1), (2,3) ...: llama.cpp's order for this architecture, so weights need no permutation."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Block(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.c, self.dropout = c, dropout
        self.attn_norm = RMSNorm(c.width, c.norm_eps)
        self.attn_q = nn.Linear(c.width, c.width, bias=False)
        self.attn_k = nn.Linear(c.width, c.kv_heads * c.head_size, bias=False)
        self.attn_v = nn.Linear(c.width, c.kv_heads * c.head_size, bias=False)
        self.attn_output = nn.Linear(c.width, c.width, bias=False)
        self.ffn_norm = RMSNorm(c.width, c.norm_eps)
        self.ffn_gate = nn.Linear(c.width, c.hidden, bias=False)
        self.ffn_up = nn.Linear(c.width, c.hidden, bias=False)
        self.ffn_down = nn.Linear(c.hidden, c.width, bias=False)

    def attention(self, x, cos, sin, mask):
        b, t, _ = x.shape
        c = self.c
        q = self.attn_q(x).view(b, t, c.heads, c.head_size).transpose(1, 2)
        k = self.attn_k(x).view(b, t, c.kv_heads, c.head_size).transpose(1, 2)
        v = self.attn_v(x).view(b, t, c.kv_heads, c.head_size).transpose(1, 2)
        share = c.heads // c.kv_heads
        q = rotate(q, cos, sin) * (1 / math.sqrt(c.head_size))
        k = rotate(k, cos, sin).repeat_interleave(share, 1)
        weights = (q @ k.transpose(-1, -2) + mask).softmax(-1)
        return self.attn_output((weights @ v.repeat_interleave(share, 1)).transpose(1, 2).reshape(b, t, c.width))

    def forward(self, x, cos, sin, mask):
        x = x + F.dropout(self.attention(self.attn_norm(x), cos, sin, mask), self.dropout, self.training)
        h = self.ffn_norm(x)
        h = self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))
        return x + F.dropout(h, self.dropout, self.training)


class Model(nn.Module):
    def __init__(self, config, dropout=0.0):
        super().__init__()
        self.config = config
        self.token_embd = nn.Embedding(config.vocab, config.width)
        self.blk = nn.ModuleList(Block(config, dropout) for _ in range(config.layers))
        self.output_norm = RMSNorm(config.width, config.norm_eps)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                deep = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(p, std=0.02 / (math.sqrt(2 * config.layers) if deep else 1) if "embd" in name or deep else config.width**-0.5)

    def forward(self, ids, positions=None):
        """Logits for every position. Padding stands on the right, so the causal mask alone hides it."""
        b, t = ids.shape
        if positions is None:
            positions = torch.arange(t).expand(b, t)
        cos, sin = rotations(self.config, positions)
        mask = torch.full((t, t), float("-inf")).triu(1)
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, cos, sin, mask)
        # The output matrix is the embedding itself (tied): llama.cpp does so when `output.weight` is absent.
        return F.linear(self.output_norm(x), self.token_embd.weight)


@torch.no_grad()
def greedy(model, prompts, end, limit=400):
    """Greedy answers to several prompts of token ids at once. A prompt that reaches `limit` has no end token."""
    model.eval()
    rows, answers, open_rows = [list(p) for p in prompts], [[] for _ in prompts], list(range(len(prompts)))
    for _ in range(limit):
        if not open_rows:
            break
        longest = max(len(rows[i]) for i in open_rows)
        batch = torch.tensor([rows[i] + [0] * (longest - len(rows[i])) for i in open_rows])
        logits = model(batch)
        still = []
        for n, i in enumerate(open_rows):
            token = int(logits[n, len(rows[i]) - 1].argmax())
            rows[i].append(token)
            answers[i].append(token)
            if token != end:
                still.append(i)
        open_rows = still
    return answers
