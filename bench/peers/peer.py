"""The reference maths in PyTorch, on the same files: what `npm run bench -- peers` compares with. Nothing of the project needs it.

    python3 bench/peers/peer.py check FOLDER       # equal to the golden cases of the reference code?
    python3 bench/peers/peer.py sound FOLDER ...   # Stable Audio Open 1.0: text, guided steps, decoding
    python3 bench/peers/peer.py picture FOLDER     # V-JEPA 2 ViT-L: one clip of 64 frames

The transformer and the autoencoder follow stable-audio-tools (models/dit.py, models/transformer.py, models/autoencoders.py); T5 and
V-JEPA 2 are those of the package transformers. Everything is float32 and eager, with PyTorch's fused attention, weight norms folded
once, no gradients. Weights are taken from the mapped file without a copy (`assign`), which the reference code does not do: it
builds the model first and copies into it.
"""
import argparse
import json
import math
import os
import time
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file


class Transformer:
    """models/dit.py and models/transformer.py for `prepend` conditioning without qk norm."""

    def __init__(self, weights, heads, depth, prefix="model.model."):
        self.w = {name[len(prefix):]: tensor for name, tensor in weights.items() if name.startswith(prefix)}
        self.heads, self.depth = heads, depth

    def linear(self, x, name):
        return F.linear(x, self.w[f"{name}.weight"], self.w.get(f"{name}.bias"))

    def norm(self, x, name):
        gamma, beta = self.w[f"{name}.gamma"], self.w[f"{name}.beta"]
        return F.layer_norm(x, gamma.shape, gamma, beta, 1e-5)

    def split(self, x, heads):
        return x.unflatten(-1, (heads, -1)).transpose(1, 2)

    def rotate(self, x, cos, sin):
        width = cos.shape[-1]
        turned, kept = x[..., :width], x[..., width:]
        first, second = turned.chunk(2, dim=-1)
        return torch.cat((turned * cos + torch.cat((-second, first), dim=-1) * sin, kept), dim=-1)

    def __call__(self, x, t, context, conditioning, hook=lambda h, block: h):
        angles = 2 * math.pi * t[:, None] @ self.w["timestep_features.weight"].T
        time_token = self.linear(torch.cat((angles.cos(), angles.sin()), dim=-1), "to_timestep_embed.0")
        time_token = self.linear(F.silu(time_token), "to_timestep_embed.2")
        token = self.linear(F.silu(self.linear(conditioning, "to_global_embed.0")), "to_global_embed.2") + time_token
        context = self.linear(F.silu(self.linear(context, "to_cond_embed.0")), "to_cond_embed.2")
        x = x + F.conv1d(x, self.w["preprocess_conv.weight"])
        h = self.linear(x.transpose(1, 2), "transformer.project_in")
        h = torch.cat((token[:, None], h), dim=1)
        rotated = max(h.shape[-1] // self.heads // 2, 32)
        frequencies = 10000.0 ** (-torch.arange(0, rotated, 2, dtype=torch.float32) / rotated)
        angles = torch.arange(h.shape[1], dtype=torch.float32)[:, None] * frequencies
        angles = torch.cat((angles, angles), dim=-1)
        cos, sin = angles.cos(), angles.sin()
        for block in range(self.depth):
            layer = f"transformer.layers.{block}"
            q, k, v = self.linear(self.norm(h, f"{layer}.pre_norm"), f"{layer}.self_attn.to_qkv").chunk(3, dim=-1)
            q, k, v = (self.split(part, self.heads) for part in (q, k, v))
            q, k = self.rotate(q, cos, sin), self.rotate(k, cos, sin)
            out = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            h = h + self.linear(out, f"{layer}.self_attn.to_out")
            q = self.split(self.linear(self.norm(h, f"{layer}.cross_attend_norm"), f"{layer}.cross_attn.to_q"), self.heads)
            k, v = self.linear(context, f"{layer}.cross_attn.to_kv").chunk(2, dim=-1)
            k, v = (self.split(part, part.shape[-1] // q.shape[-1]) for part in (k, v))
            k, v = (part.repeat_interleave(self.heads // part.shape[1], dim=1) for part in (k, v))
            out = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            h = hook(h + self.linear(out, f"{layer}.cross_attn.to_out"), block)
            value, gate = self.linear(self.norm(h, f"{layer}.ff_norm"), f"{layer}.ff.ff.0.proj").chunk(2, dim=-1)
            h = h + self.linear(value * F.silu(gate), f"{layer}.ff.ff.2")
        out = self.linear(h, "transformer.project_out").transpose(1, 2)[:, :, 1:]
        return out + F.conv1d(out, self.w["postprocess_conv.weight"])


class Decoder:
    """models/autoencoders.py, OobleckDecoder."""

    def __init__(self, weights, strides, prefix="pretransform.model.decoder.layers."):
        self.strides = strides
        self.w = {}
        for name, tensor in weights.items():
            if not name.startswith(prefix):
                continue
            short = name[len(prefix):]
            if short.endswith("weight_g"):
                v = weights[name[:-1] + "v"]
                self.w[short[:-2]] = tensor * v / v.norm(dim=(1, 2), keepdim=True)
            elif not short.endswith("weight_v"):
                self.w[short] = tensor

    def snake(self, x, name):
        alpha, beta = self.w[f"{name}.alpha"].exp()[:, None], self.w[f"{name}.beta"].exp()[:, None]
        return x + (1.0 / (beta + 1e-9)) * torch.sin(x * alpha).pow(2)

    def conv(self, x, name, padding=0, dilation=1):
        return F.conv1d(x, self.w[f"{name}.weight"], self.w.get(f"{name}.bias"), padding=padding, dilation=dilation)

    def __call__(self, z):
        x = self.conv(z, "0", padding=3)
        for index, stride in enumerate(reversed(self.strides)):
            block = f"{index + 1}.layers"
            x = self.snake(x, f"{block}.0")
            x = F.conv_transpose1d(x, self.w[f"{block}.1.weight"], self.w[f"{block}.1.bias"], stride=stride, padding=stride // 2)
            for unit, dilation in enumerate((1, 3, 9)):
                name = f"{block}.{unit + 2}.layers"
                y = self.conv(self.snake(x, f"{name}.0"), f"{name}.1", padding=3 * dilation, dilation=dilation)
                x = x + self.conv(self.snake(y, f"{name}.2"), f"{name}.3")
        last = len(self.strides) + 1
        return self.conv(self.snake(x, str(last)), str(last + 1), padding=3)


def seconds_token(weights, name, seconds, largest=512):
    prefix = f"conditioner.conditioners.{name}.embedder.embedding."
    x = torch.tensor([[min(max(seconds, 0), largest) / largest]], dtype=torch.float32)
    angles = x * weights[f"{prefix}0.weights"][None] * 2 * math.pi
    features = torch.cat((x, angles.sin(), angles.cos()), dim=-1)
    return F.linear(features, weights[f"{prefix}1.weight"], weights[f"{prefix}1.bias"])


def peak_megabytes():
    with open("/proc/self/status", encoding="utf8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def read_config(folder):
    with open(os.path.join(folder, "model_config.json"), encoding="utf8") as file:
        config = json.load(file)["model"]
    return config["diffusion"]["config"], config["pretransform"]["config"]["decoder"]["config"]


def sound(folder, seconds, steps, decodes):
    from transformers import T5Config, T5EncoderModel

    started = time.perf_counter()
    dit, vae = read_config(folder)
    weights = load_file(os.path.join(folder, "model.safetensors"))
    model = Transformer(weights, dit["num_heads"], dit["depth"])
    with torch.device("meta"):
        t5 = T5EncoderModel(T5Config.from_pretrained(os.path.join(folder, "t5-base")))
    t5.load_state_dict(load_file(os.path.join(folder, "t5-base", "model.safetensors")), assign=True, strict=False)
    t5.tie_weights()
    t5.eval()
    loaded = time.perf_counter()
    ids = torch.zeros(1, 128, dtype=torch.long)
    ids[0, :8] = torch.arange(100, 108)
    mask = (ids != 0).long()
    text = t5(input_ids=ids, attention_mask=mask).last_hidden_state * mask[..., None]
    start, total = (seconds_token(weights, name, value) for name, value in (("seconds_start", 0), ("seconds_total", seconds)))
    context = torch.cat((text, start[:, None], total[:, None]), dim=1)
    conditioning = torch.cat((start, total), dim=-1)
    latents = math.ceil(seconds * 44100 / 2048)
    x = torch.randn(1, dit["io_channels"], latents)
    both = torch.cat((context, torch.zeros_like(context)))
    globals_ = torch.cat((conditioning, conditioning))
    times = []
    for step in range(steps):
        begun = time.perf_counter()
        t = torch.full((2,), 1 - step / steps)
        prompted, plain = model(torch.cat((x, x)), t, both, globals_).chunk(2)
        x = x - (plain + 7 * (prompted - plain)) / (100 * steps)
        times.append(time.perf_counter() - begun)
    first = time.perf_counter() - started - sum(times[1:])
    del model, t5
    decoder = Decoder(weights, vae["strides"])
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


def picture(folder, clips):
    from transformers import VJEPA2Config, VJEPA2Model

    started = time.perf_counter()
    config = VJEPA2Config.from_pretrained(folder)
    config._attn_implementation = "sdpa"
    with torch.device("meta"):
        model = VJEPA2Model(config)
    encoder = model.encoder
    del model
    weights = {name[len("encoder."):]: tensor for name, tensor in load_file(os.path.join(folder, "model.safetensors")).items()}
    encoder.load_state_dict(weights, assign=True)
    encoder.eval()
    loaded = time.perf_counter() - started
    pixels = torch.randn(1, 64, 3, config.crop_size, config.crop_size)
    times = []
    for _ in range(clips):
        begun = time.perf_counter()
        tokens = encoder(pixels)
        tokens = tokens.last_hidden_state.unflatten(1, (32, -1)).mean(2)
        times.append(time.perf_counter() - begun)
    return {"load": loaded, "clip": times, "tokens": list(tokens.shape), "peak": peak_megabytes()}


def by_formula(name, shape, amp, offset, seed):
    """The formula of the golden cases (their README)."""
    h = np.arange(math.prod(shape), dtype=np.uint64) + (zlib.crc32(name.encode()) ^ seed)
    h = h.astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x7FEB352D)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x846CA68B)
    h ^= h >> np.uint32(16)
    values = ((h >> np.uint32(8)).astype(np.float64) / 2**23 - 1) * np.float64(np.float32(amp))
    return torch.from_numpy((values.astype(np.float32) + np.float32(offset)).astype(np.float32).reshape(shape))


def check(folder, golden):
    """This file against the reference code's numbers; the golden cases have the release's first two blocks."""
    errors = {}

    def compare(name, mine, reference):
        errors[name] = ((mine - reference).norm() / reference.norm()).item()

    def open_case(name):
        with open(os.path.join(golden, f"{name}.json"), encoding="utf8") as file:
            return json.load(file), load_file(os.path.join(golden, f"{name}.safetensors"))

    weights = {}
    with safe_open(os.path.join(folder, "model.safetensors"), "pt") as file:
        for name in file.keys():
            if ".layers.2" not in name or "decoder" in name:
                weights[name] = file.get_tensor(name)
    case, stored = open_case("sao-real-block")
    model = Transformer(weights, case["config"]["num_heads"], case["config"]["depth"])
    ctx = case["inputs"]["ctx"]
    context = by_formula("input:ctx", ctx["shape"], ctx["amp"], ctx["offset"], ctx["seed"])
    v = model(stored["in.x"], stored["in.t"], context, stored["in.g"])
    compare("transformer", v, stored["out.v"])
    case, stored = open_case("oobleck-real-decoder")
    compare("decoder", Decoder(weights, case["config"]["strides"])(stored["in.z"]), stored["out.y"])
    return {"relativeErrors": errors, "equal": all(error < 1e-5 for error in errors.values())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["check", "sound", "picture"])
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--golden", default=os.path.join(os.path.dirname(__file__), "..", "..", "packages", "golden", "fixtures", "sao"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with torch.inference_mode():
        if options.part == "check":
            result = check(options.folder, options.golden)
        elif options.part == "sound":
            result = sound(options.folder, options.seconds, options.steps, options.runs)
        else:
            result = picture(options.folder, options.runs)
    print(json.dumps({**result, "torch": torch.__version__, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
