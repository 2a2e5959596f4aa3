"""Stable Audio 3 small in PyTorch, on the same files: the other side of `npm run bench -- peers FOLDER --only third`.

    python3 bench/peers/third.py check CASES    # CASES has sa3-tiny whole and the golden cases beside it
    python3 bench/peers/third.py sound FOLDER   # text, few steps, decoding

The transformer and the autoencoder follow stable-audio-3 (models/dit.py, models/transformer.py, models/autoencoders.py); T5Gemma is that of the
package transformers. Float32 and eager, PyTorch's fused attention, what does not change from step to step computed once, no gradients.
"""
import argparse
import json
import math
import os
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from peer import peak_megabytes


def part_of(weights, prefix):
    return {name[len(prefix):]: tensor for name, tensor in weights.items() if name.startswith(prefix)}


def features(x):
    ramp = torch.linspace(0, 1, 128)
    angles = x[:, None] * torch.exp(ramp * (math.log(10000) - math.log(0.5)) + math.log(0.5)) * 2 * math.pi
    return torch.cat((angles.cos(), angles.sin()), dim=-1)


def tables(rows, width):
    frequencies = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
    angles = torch.arange(rows, dtype=torch.float32)[:, None] * frequencies
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    width = cos.shape[-1]
    turned, kept = x[..., :width], x[..., width:]
    first, second = turned.chunk(2, dim=-1)
    return torch.cat((turned * cos + torch.cat((-second, first), dim=-1) * sin, kept), dim=-1)


def split(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attend(q, k, v):
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


class Network:
    def __init__(self, weights):
        self.w = weights

    def linear(self, x, name):
        return F.linear(x, self.w[f"{name}.weight"], self.w.get(f"{name}.bias"))

    def projected(self, x, name):
        return self.linear(F.silu(self.linear(x, f"{name}.0")), f"{name}.2")

    def feed(self, x, name):
        value, gate = self.linear(x, f"{name}.ff.0.proj").chunk(2, dim=-1)
        return self.linear(value * F.silu(gate), f"{name}.ff.2")


class Transformer(Network):
    def __init__(self, weights, config):
        super().__init__(part_of(weights, "model.model."))
        self.heads, self.depth = config["num_heads"], config["depth"]

    def rms(self, x, name, eps):
        gamma = self.w[f"{name}.gamma"]
        return F.rms_norm(x, gamma.shape, gamma, eps)

    def head_norm(self, x, name):
        return self.rms(split(x, self.heads), name, 1e-6)

    def prepare(self, context, conditioning, local):
        """What is the same in every step."""
        context = self.projected(context, "to_cond_embed")
        local = local.transpose(1, 2)
        self.conditioning = self.projected(conditioning, "to_global_embed")
        self.blocks = []
        for block in range(self.depth):
            layer = f"transformer.layers.{block}"
            k, v = self.linear(context, f"{layer}.cross_attn.to_kv").chunk(2, dim=-1)
            keys = self.head_norm(k, f"{layer}.cross_attn.k_norm")
            self.blocks.append((keys, split(v, self.heads), self.projected(local, f"{layer}.to_local_embed")))

    def __call__(self, x, t):
        moved = self.conditioning + self.projected(features(t), "to_timestep_embed")
        modulation = self.projected(moved, "transformer.global_cond_embedder")
        x = x + F.conv1d(x, self.w["preprocess_conv.weight"])
        h = self.linear(x.transpose(1, 2), "transformer.project_in")
        memory = self.w["transformer.memory_tokens"]
        h = torch.cat((memory.expand(h.shape[0], -1, -1), h), dim=1)
        cos, sin = tables(h.shape[1], max(h.shape[-1] // self.heads // 2, 32))
        for block, (keys, values, told) in enumerate(self.blocks):
            layer = f"transformer.layers.{block}"
            by = (self.w[f"{layer}.to_scale_shift_gate"] + modulation)[:, None].chunk(6, dim=-1)
            q, k, v = self.linear(self.rms(h, f"{layer}.pre_norm", 1e-5) * (1 + by[0]) + by[1], f"{layer}.self_attn.to_qkv").chunk(3, dim=-1)
            q = rotate(self.head_norm(q, f"{layer}.self_attn.q_norm"), cos, sin)
            k = rotate(self.head_norm(k, f"{layer}.self_attn.k_norm"), cos, sin)
            out = self.linear(attend(q, k, split(v, self.heads)), f"{layer}.self_attn.to_out")
            h = h + torch.sigmoid(1 - by[2]) * out
            q = self.head_norm(self.linear(self.rms(h, f"{layer}.cross_attend_norm", 1e-5), f"{layer}.cross_attn.to_q"), f"{layer}.cross_attn.q_norm")
            h = h + self.linear(attend(q, keys, values), f"{layer}.cross_attn.to_out")
            h = torch.cat((h[:, : len(memory)], h[:, len(memory):] + told), dim=1)
            fed = self.feed(self.rms(h, f"{layer}.ff_norm", 1e-5) * (1 + by[3]) + by[4], f"{layer}.ff")
            h = h + torch.sigmoid(1 - by[5]) * fed
        out = self.linear(h[:, len(memory):], "transformer.project_out").transpose(1, 2)
        return out + F.conv1d(out, self.w["postprocess_conv.weight"])


class Decoder(Network):
    def __init__(self, weights, config):
        prefix = "pretransform.model."
        super().__init__(part_of(weights, f"{prefix}decoder.layers."))
        self.deviation = weights[f"{prefix}bottleneck.running_std"]
        self.heads = config["channels"] * config["c_mults"][0] // config["dim_heads"]
        self.depth, self.stride = config["transformer_depths"][0], config["strides"][0]
        v = self.w["3.mapping.weight_v"]
        self.last = self.w["3.mapping.weight_g"] * v / v.norm(dim=(1, 2), keepdim=True)

    def tanh(self, x, name):
        return self.w[f"{name}.gamma"] * torch.tanh(self.w[f"{name}.alpha"] * x) + self.w[f"{name}.beta"]

    def block(self, x, name, cos, sin):
        parts = [split(part, self.heads) for part in self.linear(self.tanh(x, f"{name}.pre_norm"), f"{name}.self_attn.to_qkv").chunk(5, dim=-1)]
        q, k, other_q, other_k = (
            rotate(self.tanh(parts[i], f"{name}.self_attn.{norm}"), cos, sin)
            for i, norm in ((0, "q_norm"), (1, "k_norm"), (3, "q_norm"), (4, "k_norm"))
        )
        out = attend(q, k, parts[2]) - attend(other_q, other_k, parts[2])
        x = x + self.linear(out, f"{name}.self_attn.to_out")
        return x + self.feed(self.tanh(x, f"{name}.ff_norm"), f"{name}.ff")

    def __call__(self, z):
        x = self.linear((z * self.deviation).transpose(1, 2), "1")
        x = F.pad(x, (0, 0, 0, x.shape[1] % 2))
        groups, width = x.shape[1], x.shape[2]
        tokens = self.w["3.new_tokens"].expand(groups, self.stride, -1)
        rows = self.stride + 1
        x = torch.cat((x[0][:, None], tokens), dim=1).reshape(-1, 2 * rows, width)
        cos, sin = tables(2 * rows, width // self.heads // 2)
        for index in range(self.depth):
            if index == self.depth // 2:
                x = x.reshape(-1, width)
                x = torch.cat((x[:rows], x, x[-rows:])).reshape(-1, 2 * rows, width)
            x = self.block(x, f"3.transformers.{index}", cos, sin)
        x = x.reshape(-1, width)[rows:-rows].reshape(groups, rows, width)[:, 1:]
        y = F.conv1d(x.reshape(1, -1, width).transpose(1, 2), self.last, self.w["3.mapping.bias"], padding=1)
        return y.unflatten(1, (2, -1)).transpose(2, 3).flatten(2)


def read_config(folder):
    with open(os.path.join(folder, "model_config.json"), encoding="utf8") as file:
        return json.load(file)


def sound(folder, seconds, steps, decodes):
    from transformers.models.t5gemma.configuration_t5gemma import T5GemmaModuleConfig
    from transformers.models.t5gemma.modeling_t5gemma import T5GemmaEncoder

    started = time.perf_counter()
    config = read_config(folder)["model"]
    dit = config["diffusion"]["config"]
    weights = load_file(os.path.join(folder, "model.safetensors"))
    model = Transformer(weights, dit)
    text = os.path.join(folder, "t5gemma-b-b-ul2")
    with open(os.path.join(text, "config.json"), encoding="utf8") as file:
        said = json.load(file)["encoder"]
    # Whole numbers are not taken for others, and which layers slide is the same for every text.
    whole = ("attn_logit_softcapping", "final_logit_softcapping")
    settings = T5GemmaModuleConfig(**{name: float(value) if name in whole else value for name, value in said.items() if name != "layer_types"})
    settings._attn_implementation = "sdpa"
    with torch.device("meta"):
        t5 = T5GemmaEncoder(settings)
    t5.load_state_dict(part_of(load_file(os.path.join(text, "model.safetensors")), "model.encoder."), assign=True, strict=False)
    t5.rotary_emb = type(t5.rotary_emb)(settings)
    t5.eval()
    loaded = time.perf_counter()
    ids = torch.zeros(1, 256, dtype=torch.long)
    ids[0, :8] = torch.arange(100, 108)
    mask = (ids != 0).long()
    states = t5(input_ids=ids, attention_mask=mask).last_hidden_state
    padding = weights["conditioner.conditioners.prompt.padding_embedding"]
    words = torch.where(mask[..., None] > 0, states, padding)
    prefix = "conditioner.conditioners.seconds_total.embedder.embedding.1"
    total = F.linear(features(torch.tensor([seconds / 384])), weights[f"{prefix}.weight"], weights[f"{prefix}.bias"])
    latents = math.ceil(int(seconds * 44100) / 4096) + 64
    x = torch.randn(1, dit["io_channels"], latents)
    model.prepare(torch.cat((words, total[:, None]), dim=1), total, torch.zeros(1, dit["io_channels"] + 1, latents))
    times = []
    for step in range(steps):
        begun = time.perf_counter()
        t, after = 1 - step / steps, 1 - (step + 1) / steps
        denoised = x - t * model(x, torch.tensor([t]))
        x = (1 - after) * denoised + after * torch.randn_like(x)
        times.append(time.perf_counter() - begun)
    first = time.perf_counter() - started - sum(times[1:])
    del model, t5
    decoder = Decoder(weights, config["pretransform"]["config"]["decoder"]["config"])
    del weights
    decoding = []
    for _ in range(decodes):
        begun = time.perf_counter()
        audio = decoder(x)
        decoding.append(time.perf_counter() - begun)
    return {
        "load": loaded - started, "first": first, "step": times[1:], "decode": decoding,
        "samples": audio.shape[-1], "latents": latents, "peak": peak_megabytes(),
    }


def check(cases):
    folder = os.path.join(cases, "sa3-tiny")
    config = read_config(folder)["model"]
    weights = load_file(os.path.join(folder, "model.safetensors"))
    errors = {}

    def compare(name, mine, reference):
        errors[name] = ((mine - reference).norm() / reference.norm()).item()

    stored = load_file(os.path.join(cases, "sa3-tiny-dit.safetensors"))
    model = Transformer(weights, config["diffusion"]["config"])
    model.prepare(stored["in.ctx"], stored["in.g"], stored["in.local"])
    compare("transformer", model(stored["in.x"], torch.tensor([0.5])), stored["out.v.local.1"])
    stored = load_file(os.path.join(cases, "sa3-tiny-same.safetensors"))
    decoder = Decoder(weights, config["pretransform"]["config"]["decoder"]["config"])
    compare("decoder", decoder(stored["in.z"])[:, :, :2048], stored["out.decode.head"])
    return {"relativeErrors": errors, "equal": all(error < 1e-5 for error in errors.values())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["check", "sound"])
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with torch.inference_mode():
        if options.part == "check":
            result = check(options.folder)
        else:
            result = sound(options.folder, options.seconds, options.steps, options.runs)
    print(json.dumps({**result, "torch": torch.__version__, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
