"""MMAudio small, 16 kHz, in PyTorch, on the same files: the other side of `npm run bench -- peers FOLDER --only mmaudio`.

    python3 bench/peers/mmaudio.py check CASES     # equal to the golden cases of the reference code?
    python3 bench/peers/mmaudio.py sound FOLDER --given FOLDER   # pictures, words, guided steps, decoding

The network, the mel autoencoder and BigVGAN follow MMAudio (model/networks.py, ext/autoencoder, ext/bigvgan); encoders are those of see.py. Float32 and eager,
PyTorch's fused attention, weight norms folded once, no gradients; both guidance rows are one batch, conditions are made once, and every network is let
go when it has done its part, which the reference does not do.
"""
import argparse
import json
import math
import os
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from cases import Cases
from peer import peak_megabytes
from see import open_towers, Synchformer, weights_of

RATES, KERNELS, DILATIONS = (4, 4, 2, 2, 2, 2), (3, 7, 11), (1, 3, 5)


class Flow:
    """model/networks.py of a v1 network."""

    def __init__(self, weights, heads=None):
        self.w, self.heads = weights, heads or weights["audio_input_proj.0.bias"].shape[0] // 64
        count = lambda prefix: len({name.split(".")[1] for name in weights if name.startswith(prefix)})
        self.joint, self.fused = count("joint_blocks."), count("fused_blocks.")

    def layer(self, x, name):
        weight, bias = self.w[f"{name}.weight"], self.w.get(f"{name}.bias")
        if weight.dim() == 2:
            return F.linear(x, weight, bias)
        return F.conv1d(x.transpose(1, 2), weight, bias, padding=weight.shape[2] // 2).transpose(1, 2)

    def gated(self, x, name):
        return self.layer(F.silu(self.layer(x, f"{name}.w1")) * self.layer(x, f"{name}.w3"), f"{name}.w2")

    def conditions(self, clip, sync, text, latents):
        clip = self.gated(self.layer(clip, "clip_input_proj.0"), "clip_input_proj.1")
        text = self.gated(self.layer(text, "text_input_proj.0"), "text_input_proj.1")
        sync = (sync.unflatten(1, (-1, 8)) + self.w["sync_pos_emb"]).flatten(1, 2)
        sync = self.gated(F.selu(self.layer(sync, "sync_input_proj.0")), "sync_input_proj.2")
        sync = F.interpolate(sync.transpose(1, 2), size=latents, mode="nearest-exact").transpose(1, 2)
        meant = self.layer(clip.mean(1), "clip_cond_proj") + self.layer(text.mean(1), "text_cond_proj")
        return clip, sync, text, self.gated(meant, "global_cond_mlp")

    def turned(self, rows, scale=1.0):
        width = self.w["joint_blocks.0.latent_block.attn.q_norm.weight"].shape[0]
        frequencies = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float32) / width) * scale
        angles = torch.arange(rows, dtype=torch.float32)[:, None] * frequencies
        return angles.cos(), angles.sin()

    def rotate(self, x, tables):
        cos, sin = tables
        even, odd = x[..., 0::2], x[..., 1::2]
        return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)

    def prepare(self, x, name, by, tables):
        parts = self.layer(F.silu(by), f"{name}.adaLN_modulation.1")
        parts = parts.chunk(parts.shape[-1] // x.shape[-1], dim=-1)
        normed = F.layer_norm(x, x.shape[-1:], eps=1e-5) * (1 + parts[1]) + parts[0]
        q, k, v = self.layer(normed, f"{name}.attn.qkv").unflatten(-1, (self.heads, -1, 3)).transpose(1, 2).unbind(-1)
        q, k = (F.rms_norm(y, y.shape[-1:], self.w[f"{name}.attn.{norm}.weight"]) for y, norm in ((q, "q_norm"), (k, "k_norm")))
        return (self.rotate(q, tables), self.rotate(k, tables), v, parts) if tables else (q, k, v, parts)

    def finish(self, x, found, name, parts):
        x = x + self.layer(found, f"{name}.linear1") * parts[2]
        return x + self.gated(F.layer_norm(x, x.shape[-1:], eps=1e-5) * (1 + parts[4]) + parts[3], f"{name}.ffn") * parts[5]

    def __call__(self, x, t, conditions):
        clip, sync, text, meant = conditions
        x = self.gated(F.selu(self.layer(x, "audio_input_proj.0")), "audio_input_proj.2")
        angles = t[:, None] * 10000.0 ** (-torch.arange(0, 256, 2, dtype=torch.float32) / 256)
        moment = self.layer(torch.cat((angles.cos(), angles.sin()), dim=-1), "t_embed.mlp.0")
        whole = (self.layer(F.silu(moment), "t_embed.mlp.2") + meant)[:, None]
        extended = whole + sync
        rows, pictures = x.shape[1], clip.shape[1]
        own, theirs = self.turned(rows), self.turned(pictures, rows / pictures)
        for block in range(self.joint):
            streams = [(x, "latent_block", extended, own), (clip, "clip_block", whole, theirs), (text, "text_block", whole, None)]
            name = f"joint_blocks.{block}"
            ready = [self.prepare(stream, f"{name}.{kind}", by, tables) for stream, kind, by, tables in streams]
            q, k, v = (torch.cat([one[i] for one in ready], dim=2) for i in range(3))
            found = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2).split([rows, pictures, text.shape[1]], dim=1)
            new = [
                self.finish(stream, part, f"{name}.{kind}", one[3]) if len(one[3]) == 6 else stream
                for (stream, kind, _, _), one, part in zip(streams, ready, found)
            ]
            x, clip, text = new
        for block in range(self.fused):
            q, k, v, parts = self.prepare(x, f"fused_blocks.{block}", extended, own)
            found = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            x = self.finish(x, found, f"fused_blocks.{block}", parts)
        shift, scale = self.layer(F.silu(whole), "final_layer.adaLN_modulation.1").chunk(2, dim=-1)
        return self.layer(F.layer_norm(x, x.shape[-1:], eps=1e-5) * (1 + scale) + shift, "final_layer.conv")


class Mel:
    """The decoding half of ext/autoencoder."""

    def __init__(self, weights):
        self.w = {name: self.even(tensor) if tensor.dim() == 3 and "data_" not in name else tensor for name, tensor in weights.items() if not name.startswith("encoder.")}

    def even(self, weight):
        root = math.sqrt(weight[0].numel())
        return weight / ((1e-4 + weight.norm(dim=(1, 2), keepdim=True) / root) * root)

    def conv(self, x, name):
        weight = self.w[f"{name}.weight"]
        return F.conv1d(x, weight, padding=weight.shape[2] // 2)

    def unit(self, x, dim=1):
        return x / (1e-4 + x.square().mean(dim, keepdim=True).sqrt())

    def silu(self, x):
        return F.silu(x) / 0.596

    def mix(self, a, b):
        return (0.7 * a + 0.3 * b) / math.sqrt(0.58)

    def block(self, x, name):
        x = self.unit(x)
        y = self.conv(self.silu(self.conv(self.silu(x), f"{name}.conv1")), f"{name}.conv2")
        return self.mix(self.conv(x, f"{name}.nin_shortcut") if f"{name}.nin_shortcut.weight" in self.w else x, y)

    def attend(self, x, name):
        parts = self.conv(x, f"{name}.qkv").unflatten(1, (-1, 3))
        q, k, v = (self.unit(part).transpose(1, 2) for part in parts.unbind(2))
        return self.mix(x, self.conv(F.scaled_dot_product_attention(q, k, v).transpose(1, 2), f"{name}.proj_out"))

    def __call__(self, z):
        x = self.block(self.conv(z, "decoder.conv_in"), "decoder.mid.block_1")
        x = self.block(self.attend(x, "decoder.mid.attn_1"), "decoder.mid.block_2").clamp(-256, 256)
        for level in (2, 1, 0):
            for index in range(3):
                x = self.block(x, f"decoder.up.{level}.block.{index}").clamp(-256, 256)
            if level == 1:
                x = self.conv(x.repeat_interleave(2, dim=2), "decoder.up.1.upsample.conv")
        x = self.conv(self.silu(x), "decoder.conv_out") * (self.w["decoder.learnable_gain"] + 1)
        return x * self.w["data_std"] + self.w["data_mean"]


class BigVgan:
    """ext/bigvgan: the vocoder of 16 kHz."""

    def __init__(self, weights):
        self.w = {}
        for name, tensor in weights.items():
            if name.endswith("weight_g"):
                v = weights[f"{name[:-1]}v"]
                self.w[name[:-2]] = tensor * v / v.norm(dim=(1, 2), keepdim=True)
            elif not name.endswith(("weight_v", "filter")):
                self.w[name] = tensor
        kept = next((tensor for name, tensor in weights.items() if name.endswith("filter")), None)
        self.taps = self.kaiser() if kept is None else kept.reshape(1, 1, -1)

    def kaiser(self):
        """A sinc of 12 taps that falls from a quarter of the rate on, under a Kaiser window; its sum is 1."""
        attenuation = 2.285 * 5 * math.pi * 4 * 0.3 + 7.95
        beta = 0.1102 * (attenuation - 8.7)
        at = torch.arange(-6, 6, dtype=torch.float64) + 0.5
        taps = torch.kaiser_window(12, periodic=False, beta=beta, dtype=torch.float64) * torch.sinc(0.5 * at)
        return (taps / taps.sum()).float()[None, None]

    def conv(self, x, name, dilation=1):
        weight = self.w[f"{name}.weight"]
        return F.conv1d(x, weight, self.w.get(f"{name}.bias"), dilation=dilation, padding=(weight.shape[2] - 1) * dilation // 2)

    def act(self, x, name):
        channels = x.shape[1]
        taps = self.taps.expand(channels, -1, -1)
        x = F.conv_transpose1d(F.pad(x, (5, 5), mode="replicate"), taps, stride=2, groups=channels)[..., 15:-15] * 2
        alpha, beta = (self.w[f"{name}.act.{part}"].exp()[:, None] for part in ("alpha", "beta"))
        x = x + torch.sin(x * alpha).square() / (beta + 1e-9)
        return F.conv1d(F.pad(x, (5, 6), mode="replicate"), taps, stride=2, groups=channels)

    def __call__(self, mel):
        x = self.conv(mel, "conv_pre")
        for stage, stride in enumerate(RATES):
            name = f"ups.{stage}.0"
            weight = self.w[f"{name}.weight"]
            x = F.conv_transpose1d(x, weight, self.w[f"{name}.bias"], stride=stride, padding=(weight.shape[2] - stride) // 2)
            heard = 0
            for index in range(len(KERNELS)):
                block, y = f"resblocks.{stage * len(KERNELS) + index}", x
                for which, dilation in enumerate(DILATIONS):
                    z = self.conv(self.act(y, f"{block}.activations.{2 * which}"), f"{block}.convs1.{which}", dilation)
                    y = y + self.conv(self.act(z, f"{block}.activations.{2 * which + 1}"), f"{block}.convs2.{which}")
                heard = heard + y
            x = heard / len(KERNELS)
        return torch.tanh(self.conv(self.act(x, "activation_post"), "conv_post"))


def guided(flow, x, t, conditions):
    """Both rows are one batch: 4.5 times what is asked for, less 3.5 times what is not."""
    asked, other = flow(torch.cat((x, x)), torch.full((2,), t), conditions).chunk(2)
    return 4.5 * asked - 3.5 * other


def sound(folder, given, steps, out):
    started = time.process_time()
    spent = lambda: time.process_time() - started
    told = load_file(os.path.join(given, "given.safetensors"))
    network = weights_of(os.path.join(folder, "weights/mmaudio_small_16k.pth"))
    eyes = Synchformer(weights_of(os.path.join(folder, "ext_weights/synchformer_state_dict.pth")))
    film = told["sync"]
    sync = torch.cat([eyes(film[None, first:first + 16]) for first in range(0, len(film) - 15, 8)], dim=1)
    del eyes
    seen = spent()
    towers = open_towers(os.path.join(folder, "clip"))
    words = towers.words(told["ids"].long())
    clip = torch.stack([towers.pictures(one[None])[0] for one in told["clip"]])[None] if "clip" in told else None
    del towers
    read = spent() - seen
    flow = Flow(network)
    empty_clip, empty_sync = network["empty_clip_feat"], network["empty_sync_feat"]
    # No negative prompt is the learned row, and without CLIP's pictures another stands in for each of them.
    count = int(told["clipRows"][0])
    none = empty_clip.expand(1, count, -1)
    rows = (torch.cat((none if clip is None else clip, none)), torch.cat((sync, empty_sync.expand_as(sync))), torch.cat((words, network["empty_string_feat"][None])))
    x = told["noise"]
    conditions = flow.conditions(*rows, x.shape[1])
    grid = torch.linspace(0, 1, steps + 1).tolist()
    ends = [spent()]
    for step in range(steps):
        x = x + (grid[step + 1] - grid[step]) * guided(flow, x, grid[step], conditions)
        ends.append(spent())
    x = x * network["latent_std"] + network["latent_mean"]
    del flow, network
    begun = spent()
    mel = Mel(weights_of(os.path.join(folder, "ext_weights/v1-16.pth")))(x.transpose(1, 2))
    audio = BigVgan(weights_of(os.path.join(folder, "ext_weights/best_netG.pt")))(mel)
    # The last 5 ms are faded out there.
    audio = audio.flatten()
    audio[-80:] *= (0.5 - 0.5 * torch.cos(math.pi * torch.arange(80) / 80)).flip(0)
    audio.numpy().tofile(out)
    lengths = [after - before for before, after in zip(ends, ends[1:])]
    return {"see": seen, "read": read, "first": ends[1], "step": sum(lengths[1:]) / max(1, len(lengths) - 1), "decode": spent() - begun, "all": spent()}


def check(cases):
    golden = Cases(cases)
    folder = os.path.join(cases, "mmaudio/mmaudio-tiny-16k")
    case, stored = golden.open("mmaudio/mmaudio-net-16k")
    network = weights_of(os.path.join(folder, "weights/mmaudio_small_16k.pth"))
    flow = Flow(network, case["config"]["net"]["heads"])
    latents = stored["in.latents"][:1]
    conditions = flow.conditions(stored["in.clip"], stored["in.sync"], stored["in.text"], latents.shape[1])
    golden.compare("network", flow(latents, torch.tensor([case["config"]["t"][1]]), conditions), stored["out.flow.cond.t1"])
    case, stored = golden.open("mmaudio/mmaudio-vae-16k")
    golden.compare("mel", Mel(weights_of(os.path.join(folder, "ext_weights/v1-16.pth")))(stored["in.latents"]), stored["out.decoded"])
    case, stored = golden.open("mmaudio/mmaudio-bigvgan-16k")
    vocoder = BigVgan(weights_of(os.path.join(folder, "ext_weights/best_netG.pt")))
    golden.compare("vocoder", vocoder(stored["in.mel"]), stored["out.audio"])
    golden.compare("its low pass", vocoder.kaiser().flatten(), stored["out.filter.up"].flatten())
    return golden.result()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["check", "sound"])
    parser.add_argument("path")
    parser.add_argument("--given")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--out", default=os.devnull)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with torch.inference_mode():
        if options.part == "check":
            result = check(options.path)
        else:
            result = sound(options.path, options.given, options.steps, options.out)
    print(json.dumps({**result, "peak": peak_megabytes(), "torch": torch.__version__, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
