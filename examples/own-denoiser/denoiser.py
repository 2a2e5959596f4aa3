"""A small text-to-audio denoiser in PyTorch, of another kind than those of Foley Control, and its export.

    pip install torch onnx onnxscript
    python denoiser.py LATENTS.npz      # latents [scenes, 96, 94], context [scenes, 17, 96], duration [scenes, 96]

Rectified flow (Liu et al. 2023), one modulation for all blocks (Chen et al. 2023), register tokens (Darcet et al. 2024).
"""

import math
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional as F

CHANNELS, TEXT_WIDTH = 96, 96
WIDTH, HEADS, DEPTH, REGISTERS = 64, 2, 3, 4


class Attention(nn.Module):
    def __init__(self, context_width):
        super().__init__()
        self.q = nn.Linear(WIDTH, WIDTH)
        self.kv = nn.Linear(context_width, 2 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x, context):
        def heads(y):
            return y.unflatten(2, (HEADS, WIDTH // HEADS)).transpose(1, 2)

        k, v = self.kv(context).chunk(2, dim=-1)
        y = F.scaled_dot_product_attention(heads(self.q(x)), heads(k), heads(v))
        return self.proj(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(6, WIDTH))
        self.norm1 = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.attn = Attention(WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.cross = Attention(TEXT_WIDTH)
        self.norm3 = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.fc1 = nn.Linear(WIDTH, 2 * WIDTH)
        self.fc2 = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x, modulation, text):
        shift1, scale1, gate1, shift2, scale2, gate2 = (modulation + self.table).chunk(6, dim=1)
        y = self.norm1(x) * (1 + scale1) + shift1
        x = x + (1 + gate1) * self.attn(y, y)
        x = x + self.cross(self.norm2(x), text)  # the bridge goes here
        y = self.norm3(x) * (1 + scale2) + shift2
        return x + (1 + gate2) * self.fc2(F.gelu(self.fc1(y)))


class Denoiser(nn.Module):
    """x [batch, frames, channels], t [batch] in 0..1000, text [batch, rows, width], duration [batch, width] -> noise minus sound."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(CHANNELS, WIDTH)
        self.position = nn.Conv1d(WIDTH, WIDTH, 9, padding=4, groups=8)
        self.registers = nn.Parameter(0.02 * torch.randn(1, REGISTERS, WIDTH))
        self.time = nn.Sequential(nn.Linear(64, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))
        self.duration = nn.Linear(TEXT_WIDTH, WIDTH)
        self.modulation = nn.Linear(WIDTH, 6 * WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, CHANNELS)
        self.register_buffer("frequencies", torch.exp(-math.log(10000.0) * torch.arange(32) / 32))

    def forward(self, x, t, text, duration):
        angles = t[:, None] * self.frequencies
        condition = self.time(torch.cat([angles.cos(), angles.sin()], dim=-1)) + self.duration(duration)
        modulation = self.modulation(F.silu(condition)).unflatten(1, (6, WIDTH))
        x = self.stem(x)
        x = x + F.gelu(self.position(x.transpose(1, 2))).transpose(1, 2)
        x = torch.cat([self.registers.expand(x.shape[0], -1, -1), x], dim=1)
        for block in self.blocks:
            x = block(x, modulation, text)
        return self.head(self.norm(x[:, REGISTERS:]))


def train(model, data, steps=3000, batch=24):
    torch.manual_seed(1)
    latents, context, duration = (torch.from_numpy(data[name]) for name in ("latents", "context", "duration"))
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps, pct_start=0.05)
    total = 0.0
    for step in range(1, steps + 1):
        rows = torch.randint(len(latents), (batch,))
        clean = latents[rows].transpose(1, 2)
        noise, t = torch.randn_like(clean), torch.rand(batch)
        text = context[rows] * (torch.rand(batch, 1, 1) > 0.1)  # a context of zeros is "no text"
        noisy = clean + t[:, None, None] * (noise - clean)
        loss = F.mse_loss(model(noisy, 1000 * t, text, duration[rows]), noise - clean)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 250 == 0:
            print(step, round(total / 250, 4), flush=True)
            total = 0.0


def export(model, path):
    example = (torch.randn(2, 30, CHANNELS), torch.rand(2), torch.randn(2, 17, TEXT_WIDTH), torch.randn(2, TEXT_WIDTH))
    batch, frames = torch.export.Dim("batch"), torch.export.Dim("frames")
    program = torch.onnx.export(
        model.eval(),
        example,
        input_names=["x", "t", "text", "duration"],
        output_names=["velocity"],
        dynamic_shapes={"x": {0: batch, 1: frames}, "t": {0: batch}, "text": {0: batch}, "duration": {0: batch}},
        dynamo=True,
    )
    for node in program.model.graph:
        node.metadata_props.clear()  # where in this file a node came from: a fifth of the bytes
    program.save(path, external_data=False)


if __name__ == "__main__":
    torch.manual_seed(0)
    network = Denoiser()
    train(network, numpy.load(sys.argv[1]))
    export(network, "denoiser.onnx")
