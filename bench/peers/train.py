"""PyTorch's side of `npm run bench -- peers-train`: the same backbone, bridge, batch and optimiser, with autograd.

    python3 bench/peers/train.py FOLDER THREADS    # reads what train-ours.ts wrote; a line on stdin is a step, its seconds are the answer

First compares its loss and gradients with those that train.ts found, and says so on the first line. It is treated well: fused
attention forwards and backwards, the fused AdamW, the norm and the average of all tensors at once.
"""
import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from peer import Transformer, peak_megabytes


class Bridge:
    """packages/bridge/src/hook.ts."""

    def __init__(self, weights, about):
        self.w, self.heads, self.width = weights, about["heads"], about["headWidth"]
        self.audio, self.video = self.tables(about["audio"]), self.tables(about["video"])
        self.kept = torch.ones(len(about["audio"]), 1)
        self.kept[: about["prefix"]] = 0

    def tables(self, positions):
        frequencies = 10000.0 ** (-torch.arange(0, self.width, 2, dtype=torch.float64) / self.width)
        angles = torch.tensor(positions, dtype=torch.float64)[:, None] * frequencies
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos().float(), angles.sin().float()

    def rotate(self, x, tables):
        cos, sin = tables
        first, second = x.chunk(2, dim=-1)
        return x * cos + torch.cat((-second, first), dim=-1) * sin

    def __call__(self, x, block, tokens):
        part = lambda name: self.w[f"blocks.{block}.{name}"]
        norm = lambda y, name: F.layer_norm(y, y.shape[-1:], part(f"{name}.weight"))
        linear = lambda y, name: F.linear(y, part(f"{name}.weight"))
        split = lambda y: y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        adapted = tokens + linear(F.gelu(linear(tokens, "adapter.0")), "adapter.2")
        q = linear(norm(x, "norm"), "to_q") + part("query_anchor")
        k, v = linear(norm(adapted, "video_norm"), "to_kv").chunk(2, dim=-1)
        q, k = self.rotate(split(q), self.audio), self.rotate(split(k + part("key_anchor")), self.video)
        mixed = F.scaled_dot_product_attention(q, k, split(v)).transpose(1, 2).flatten(2)
        return x + linear(mixed, "to_out") * self.kept


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    with open(os.path.join(folder, "about.json"), encoding="utf8") as file:
        about = json.load(file)
    frozen, weights, batch, found = (load_file(os.path.join(folder, f"{name}.safetensors")) for name in ("frozen", "bridge", "batch", "found"))
    model = Transformer(frozen, about["heads"], about["depth"], prefix="")
    for tensor in weights.values():
        tensor.requires_grad_()
    bridge = Bridge(weights, about)
    averages = [tensor.detach().clone() for tensor in weights.values()]
    matrices = [tensor for tensor in weights.values() if tensor.ndim > 1]
    vectors = [tensor for tensor in weights.values() if tensor.ndim == 1]
    adamw = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}],
        lr=1e-4, betas=(0.9, 0.95), eps=1e-8, fused=True,
    )

    def loss():
        angle = batch["time"][:, None, None] * (math.pi / 2)
        noisy = angle.cos() * batch["latents"] + angle.sin() * batch["noise"]
        target = angle.cos() * batch["noise"] - angle.sin() * batch["latents"]
        hook = lambda h, block: bridge(h, block, batch["video"])
        return F.mse_loss(model(noisy, batch["time"], batch["context"], batch["global"], hook), target)

    value = loss()
    value.backward()
    errors = {name: ((tensor.grad - found[name]).norm() / found[name].norm()).item() for name, tensor in weights.items()}
    errors["loss"] = abs(value.item() / found["loss"].item() - 1)
    worst = max(errors, key=errors.get)
    print(json.dumps({"worst": worst, "error": errors[worst], "torch": torch.__version__}), flush=True)
    for _ in sys.stdin:
        begun, busy = time.perf_counter(), time.process_time()
        adamw.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
        adamw.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, list(weights.values()), 1e-3)
        spent = {"seconds": time.perf_counter() - begun, "busy": time.process_time() - busy}
        print(json.dumps({**spent, "loss": value.item(), "peak": peak_megabytes()}), flush=True)


main()
