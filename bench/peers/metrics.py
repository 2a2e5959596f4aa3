"""PyTorch's side of `npm run bench -- peers-metrics`: loaders, front-ends and networks of the metrics' sounds.

    python3 bench/peers/metrics.py FOLDER THREADS    # a network's name on stdin is one clip through it; seconds and numbers are the answer

It is treated well: resampling kernels, windows and filters are made once, spectra come of the FFT where torchlibrosa convolves, and
attention is fused where it has no bias of its own.
"""
import json
import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from front_ends import Resampler, decibels, htk_bank, kaldi_bank, slaney_bank
from peer import peak_megabytes


class Network:
    def __init__(self, folder, name, rate):
        self.w = load_file(os.path.join(folder, f"{name}.safetensors"))
        self.resample = Resampler(44100, rate)

    def mono(self, wave):
        return self.resample(wave - wave.mean())

    def linear(self, x, name):
        return F.linear(x, self.w[f"{name}.weight"], self.w.get(f"{name}.bias"))

    def norm(self, x, name, eps=1e-5):
        return F.layer_norm(x, x.shape[-1:], self.w[f"{name}.weight"], self.w[f"{name}.bias"], eps)

    def batch_norm(self, x, name):
        part = lambda key: self.w[f"{name}.{key}"]
        return F.batch_norm(x, part("running_mean"), part("running_var"), part("weight"), part("bias"))


class Vggish(Network):
    def __init__(self, folder):
        super().__init__(folder, "vggish", 16000)
        self.window, self.bank = torch.hann_window(400), kaldi_bank(16000, 512, 64, 125, 7500)

    def __call__(self, wave):
        frames = self.mono(wave).unfold(0, 400, 160) * self.window
        mel = torch.log(torch.fft.rfft(frames, 512).abs() @ self.bank + 0.01)
        x = mel[: len(mel) // 96 * 96].reshape(-1, 1, 96, 64)
        for layer in (0, "pool", 3, "pool", 6, 8, "pool", 11, 13, "pool"):
            if layer == "pool":
                x = F.max_pool2d(x, 2)
            else:
                x = F.relu(F.conv2d(x, self.w[f"features.{layer}.weight"], self.w[f"features.{layer}.bias"], padding=1))
        x = x.permute(0, 2, 3, 1).flatten(1)
        x = F.relu(self.linear(x, "embeddings.0"))
        return self.linear(F.relu(self.linear(x, "embeddings.2")), "embeddings.4")


class Panns(Network):
    def __init__(self, folder):
        super().__init__(folder, "panns", 16000)
        self.window, self.bank = torch.hann_window(512), slaney_bank(16000, 512, 64, 50, 8000)

    def __call__(self, wave):
        x = decibels(self.mono(wave), self.window, 160, self.bank)
        x = self.batch_norm(x.transpose(1, 3), "bn0").transpose(1, 3)
        for block in range(1, 7):
            name = f"conv_block{block}"
            for layer in (1, 2):
                x = F.conv2d(x, self.w[f"{name}.conv{layer}.weight"], padding=1)
                x = F.relu_(self.batch_norm(x, f"{name}.bn{layer}"))
            if block < 6:
                x = F.avg_pool2d(x, 2)
        x = x.mean(3)
        features = F.relu(self.linear(x.amax(2) + x.mean(2), "fc1"))
        return torch.cat((features, self.linear(features, "fc_audioset")), 1)


class Passt(Network):
    def __init__(self, folder):
        super().__init__(folder, "passt", 32000)
        self.window, self.bank = torch.hann_window(800, periodic=False), kaldi_bank(32000, 1024, 128, 0, 15000)

    def __call__(self, wave):
        samples = self.mono(wave)[:320000]
        samples = F.pad(samples, (0, 320000 - len(samples)))
        bent = samples[1:] - 0.97 * samples[:-1]
        power = torch.stft(bent, 1024, 320, 800, self.window, return_complex=True).abs().square().T
        mel = (torch.log(power @ self.bank + 1e-5).T + 4.5) / 5
        x = F.conv2d(mel[None, None], self.w["patch_embed.proj.weight"], self.w["patch_embed.proj.bias"], stride=10)
        x = (x + self.w["time_new_pos_embed"] + self.w["freq_new_pos_embed"]).flatten(2).transpose(1, 2)
        first = torch.cat((self.w["cls_token"], self.w["dist_token"]), 1) + self.w["new_pos_embed"]
        x = torch.cat((first, x), 1)
        for block in range(12):
            name = f"blocks.{block}"
            qkv = self.linear(self.norm(x, f"{name}.norm1", 1e-6), f"{name}.attn.qkv")
            q, k, v = (part.unflatten(-1, (12, 64)).transpose(1, 2) for part in qkv.chunk(3, -1))
            mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            x = x + self.linear(mixed, f"{name}.attn.proj")
            hidden = F.gelu(self.linear(self.norm(x, f"{name}.norm2", 1e-6), f"{name}.mlp.fc1"))
            x = x + self.linear(hidden, f"{name}.mlp.fc2")
        features = self.norm(x, "norm", 1e-6)[:, :2].mean(1)
        return torch.cat((features, self.linear(self.norm(features, "head.0"), "head.1")), 1)


class Htsat(Network):
    """What both CLAPs hear with: LAION-AI/CLAP, src/laion_clap/clap_module/htsat.py."""

    HEADS = (4, 8, 16, 32)

    def __init__(self, folder, name, rate, base, depths, bank, hop):
        super().__init__(folder, name, rate)
        self.base, self.depths, self.bank, self.hop = base, depths, bank, hop
        self.window = torch.hann_window(1024)
        place = torch.stack(torch.meshgrid(torch.arange(8), torch.arange(8), indexing="ij")).flatten(1)
        apart = (place[:, :, None] - place[:, None]) + 7
        self.index = apart[0] * 15 + apart[1]
        self.masks = {side: self.mask(side) for side in (64, 32, 16)}

    def mask(self, side):
        """Between tokens that a shifted window took from different ends."""
        region = torch.zeros(side)
        region[-8:-4], region[-4:] = 1, 2
        regions = self.windows((3 * region[:, None] + region)[None, :, :, None], side)[..., 0]
        return torch.where(regions[:, None] == regions[:, :, None], 0.0, -100.0)

    def windows(self, x, side):
        count = side // 8
        return x.view(-1, count, 8, count, 8, x.shape[-1]).transpose(2, 3).reshape(-1, 64, x.shape[-1])

    def block(self, x, name, side, shift, heads):
        width = x.shape[-1]
        y = self.norm(x, f"{name}.norm1").view(1, side, side, width)
        y = self.windows(torch.roll(y, (-shift, -shift), (1, 2)) if shift else y, side)
        q, k, v = (part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in self.linear(y, f"{name}.attn.qkv").chunk(3, -1))
        bias = self.w[f"{name}.attn.relative_position_bias_table"][self.index].permute(2, 0, 1)[None]
        bias = bias + self.masks[side][:, None] if shift else bias
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias).transpose(1, 2).flatten(2)
        y = self.linear(y, f"{name}.attn.proj").view(1, side // 8, side // 8, 8, 8, width).transpose(2, 3).reshape(1, side, side, width)
        x = x + (torch.roll(y, (shift, shift), (1, 2)) if shift else y).view(1, side * side, width)
        return x + self.linear(F.gelu(self.linear(self.norm(x, f"{name}.norm2"), f"{name}.mlp.fc1")), f"{name}.mlp.fc2")

    def embed(self, samples):
        base = self.base
        x = decibels(samples, self.window, self.hop, self.bank)
        x = self.batch_norm(x.transpose(1, 3), f"{base}.bn0").transpose(1, 3)
        x = F.interpolate(x, (1024, 64), mode="bicubic", align_corners=True)
        x = x.view(1, 4, 256, 64).transpose(2, 3).reshape(1, 1, 256, 256)
        x = F.conv2d(x, self.w[f"{base}.patch_embed.proj.weight"], self.w[f"{base}.patch_embed.proj.bias"], stride=4)
        x, side = self.norm(x.flatten(2).transpose(1, 2), f"{base}.patch_embed.norm"), 64
        for stage, (depth, heads) in enumerate(zip(self.depths, self.HEADS)):
            for block in range(depth):
                shift = 4 if block % 2 and side > 8 else 0
                x = self.block(x, f"{base}.layers.{stage}.blocks.{block}", side, shift, heads)
            if stage < 3:
                y = x.view(1, side, side, -1)
                y = torch.cat((y[:, ::2, ::2], y[:, 1::2, ::2], y[:, ::2, 1::2], y[:, 1::2, 1::2]), -1).flatten(1, 2)
                down = f"{base}.layers.{stage}.downsample"
                x, side = self.linear(self.norm(y, f"{down}.norm"), f"{down}.reduction"), side // 2
        return self.norm(x, f"{base}.norm").mean(1)


class LaionClap(Htsat):
    def __init__(self, folder):
        super().__init__(folder, "laion-clap", 48000, "audio_branch", (2, 2, 12, 2), slaney_bank(48000, 1024, 64, 50, 14000), 480)

    def __call__(self, wave):
        samples = self.mono(wave)[:480000]
        x = self.embed(F.pad(samples.repeat(480000 // len(samples)), (0, 480000 % len(samples))))
        return F.normalize(self.linear(F.relu(self.linear(x, "audio_projection.0")), "audio_projection.2"), dim=-1)


class MsClap(Htsat):
    def __init__(self, folder):
        bank = slaney_bank(32000, 1024, 64, 50, 14000)
        super().__init__(folder, "ms-clap", 44100, "audio_encoder.base.htsat", (2, 2, 6, 2), bank, 320)

    def __call__(self, wave):
        first = self.linear(self.embed(wave[:308700]), "audio_encoder.projection.linear1")
        return self.norm(first + self.linear(F.gelu(first), "audio_encoder.projection.linear2"), "audio_encoder.projection.layer_norm")


class Imagebind(Network):
    def __init__(self, folder):
        super().__init__(folder, "imagebind", 16000)
        self.window, self.bank = torch.hann_window(400, periodic=False), kaldi_bank(16000, 512, 128, 20, 8000)

    def attention(self, x, name):
        q, k, v = F.linear(x, self.w[f"{name}.in_proj_weight"], self.w[f"{name}.in_proj_bias"]).chunk(3, -1)
        k, v = (torch.cat((part, self.w[f"{name}.{extra}"].expand(len(x), 1, -1)), 1) for part, extra in ((k, "bias_k"), (v, "bias_v")))
        q, k, v = (part.unflatten(-1, (12, 64)).transpose(1, 2) for part in (q, k, v))
        return self.linear(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2), f"{name}.out_proj")

    def __call__(self, wave):
        clips = self.resample(wave).unfold(0, 32000, 64000)
        frames = (clips - clips.mean(1, keepdim=True)).unfold(1, 400, 160)
        frames = frames - frames.mean(2, keepdim=True)
        frames = frames - 0.97 * torch.cat((frames[..., :1], frames[..., :-1]), 2)
        power = torch.fft.rfft(frames * self.window, 512).abs().square()
        mel = F.pad(torch.log((power @ self.bank).clamp(min=1.1920928955078125e-7)), (0, 0, 0, 6))
        x = ((mel + 4.268) / 9.138).transpose(1, 2)[:, None]
        before, trunk, head = (f"modality_{part}.audio" for part in ("preprocessors", "trunks", "heads"))
        x = F.conv2d(x, self.w[f"{before}.rgbt_stem.proj.weight"], stride=10).flatten(2).transpose(1, 2)
        x = torch.cat((self.w[f"{before}.cls_token"].expand(3, 1, -1), self.norm(x, f"{before}.rgbt_stem.norm_layer")), 1)
        x = x + self.w[f"{before}.pos_embedding_helper.pos_embed"]
        for block in range(12):
            name = f"{trunk}.blocks.{block}"
            x = x + self.attention(self.norm(x, f"{name}.norm_1", 1e-6), f"{name}.attn")
            x = x + self.linear(F.gelu(self.linear(self.norm(x, f"{name}.norm_2", 1e-6), f"{name}.mlp.fc1")), f"{name}.mlp.fc2")
        x = F.normalize(self.linear(self.norm(x[:, 0], f"{head}.0", 1e-6), f"{head}.2"), dim=-1)
        return (x * self.w["modality_postprocessors.audio.1.log_logit_scale"].exp().clamp(max=100)).mean(0)


class Synchformer(Network):
    def __init__(self, folder):
        super().__init__(folder, "synchformer", 16000)
        self.window, self.bank = torch.hann_window(400), htk_bank(16000, 1024, 128, 0, 8000)

    def split(self, x):
        return x.unflatten(-1, (12, 64)).transpose(1, 2)

    def __call__(self, wave):
        segments = self.resample(wave).unfold(0, 10240, 5120)
        power = torch.stft(segments, 1024, 160, 400, self.window, return_complex=True).abs().square()
        mel = F.pad(torch.log(torch.einsum("sft,fm->smt", power, self.bank) + 1e-6), (0, 1))
        x = ((mel + 4.2677393) / (2 * 4.5689974))[:, None]
        trunk = "afeat_extractor.ast"
        patches = f"{trunk}.embeddings.patch_embeddings.projection"
        x = F.conv2d(x, self.w[f"{patches}.weight"], self.w[f"{patches}.bias"], stride=10).flatten(2).transpose(1, 2)
        tokens = [self.w[f"{trunk}.embeddings.{name}"].expand(len(x), 1, -1) for name in ("cls_token", "distillation_token")]
        x = torch.cat((*tokens, x), 1) + self.w[f"{trunk}.embeddings.position_embeddings"]
        for layer in range(12):
            name = f"{trunk}.encoder.layer.{layer}"
            y = self.norm(x, f"{name}.layernorm_before", 1e-12)
            q, k, v = (self.split(self.linear(y, f"{name}.attention.attention.{part}")) for part in ("query", "key", "value"))
            mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            x = x + self.linear(mixed, f"{name}.attention.output.dense")
            hidden = self.linear(self.norm(x, f"{name}.layernorm_after", 1e-12), f"{name}.intermediate.dense")
            x = x + self.linear(F.gelu(hidden), f"{name}.output.dense")
        x = self.norm(x, f"{trunk}.layernorm", 1e-12)[:, 2:].unflatten(1, (12, 6)).transpose(1, 2).flatten(0, 1)
        name = "afeat_extractor.freq_attn_agg"
        x = torch.cat((self.w[f"{name}.cls_token"].expand(len(x), 1, -1), x), 1)
        y = self.norm(x, f"{name}.norm1", 1e-6)
        q, k, v = F.linear(y, self.w[f"{name}.self_attn.in_proj_weight"], self.w[f"{name}.self_attn.in_proj_bias"]).chunk(3, -1)
        mixed = F.scaled_dot_product_attention(self.split(q[:, :1]), self.split(k), self.split(v)).transpose(1, 2).flatten(2)
        x = x[:, :1] + self.linear(mixed, f"{name}.self_attn.out_proj")
        return x + self.linear(F.gelu(self.linear(self.norm(x, f"{name}.norm2", 1e-6), f"{name}.linear1")), f"{name}.linear2")


class Audiobox(Network):
    """WavLM Base+ and four small networks: facebookresearch/audiobox-aesthetics."""

    SCALES = {"CE": (5.06865, 1.93029), "CU": (5.73633, 1.75669), "PC": (3.18591, 1.86637), "PQ": (6.57505, 1.51466)}

    def __init__(self, folder):
        super().__init__(folder, "audiobox", 16000)
        apart = torch.arange(499)[None] - torch.arange(499)[:, None]
        distance = apart.abs()
        far = 80 + (torch.log(distance.clamp(min=80) / 80) / math.log(10) * 80).long()
        self.buckets = 160 * (apart > 0) + torch.where(distance < 80, distance, far.clamp(max=159))
        direction = self.w["wavlm_model.encoder.pos_conv.0.weight_v"]
        self.position = self.w["wavlm_model.encoder.pos_conv.0.weight_g"] * direction / direction.norm(dim=(0, 1), keepdim=True)

    def __call__(self, wave):
        base = "wavlm_model"
        x = self.resample(wave)[None, None]
        for layer in range(7):
            name = f"{base}.feature_extractor.conv_layers.{layer}"
            x = F.conv1d(x, self.w[f"{name}.0.weight"], stride=2 if layer else 5)
            x = F.gelu(x if layer else F.group_norm(x, 512, self.w[f"{name}.2.weight"], self.w[f"{name}.2.bias"]))
        x = self.linear(self.norm(x.transpose(1, 2), f"{base}.layer_norm"), f"{base}.post_extract_proj")
        positions = F.conv1d(x.transpose(1, 2), self.position, self.w[f"{base}.encoder.pos_conv.0.bias"], padding=64, groups=16)
        x = self.norm(x + F.gelu(positions[..., :-1]).transpose(1, 2), f"{base}.encoder.layer_norm")
        bias = self.w[f"{base}.encoder.layers.0.self_attn.relative_attention_bias.weight"][self.buckets].permute(2, 0, 1)
        states = [x]
        for layer in range(12):
            name = f"{base}.encoder.layers.{layer}"
            heads = lambda y: y.unflatten(-1, (12, 64)).transpose(1, 2)
            gates = self.linear(heads(x), f"{name}.self_attn.grep_linear").unflatten(-1, (2, 4)).sum(-1).sigmoid()
            gate = gates[..., :1] * (gates[..., 1:] * self.w[f"{name}.self_attn.grep_a"] - 1) + 2
            q, k, v = (heads(self.linear(x, f"{name}.self_attn.{part}_proj")) for part in "qkv")
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=gate * bias).transpose(1, 2).flatten(2)
            x = self.norm(x + self.linear(mixed, f"{name}.self_attn.out_proj"), f"{name}.self_attn_layer_norm")
            x = self.norm(x + self.linear(F.gelu(self.linear(x, f"{name}.fc1")), f"{name}.fc2"), f"{name}.final_layer_norm")
            states.append(x)
        found = []
        for axis, (mean, deviation) in self.SCALES.items():
            shares = self.w[f"layer_weights.{axis}"].softmax(0)
            y = F.normalize(sum(share * state for share, state in zip(shares, states)).mean(1), dim=-1)
            for layer in (0, 3, 6, 9):
                y = F.gelu(self.norm(self.linear(y, f"proj_layer.{axis}.{layer}"), f"proj_layer.{axis}.{layer + 1}"))
            found.append(self.linear(y, f"proj_layer.{axis}.12") * deviation + mean)
        return torch.cat(found, 1)


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    networks = {
        "vggish": Vggish,
        "panns": Panns,
        "passt": Passt,
        "imagebind": Imagebind,
        "synchformer": Synchformer,
        "laion-clap": LaionClap,
        "ms-clap": MsClap,
        "audiobox": Audiobox,
    }
    loaded = {}
    wave = torch.from_numpy(np.fromfile(os.path.join(folder, "sound.f32"), dtype=np.float32))
    for line in sys.stdin:
        name = line.strip()
        network = loaded.get(name)
        if network is None:
            network = loaded[name] = networks[name](folder)
        begun = time.perf_counter()
        with torch.inference_mode():
            found = network(wave)
        seconds = time.perf_counter() - begun
        print(json.dumps({"seconds": seconds, "peak": peak_megabytes(), "found": found.flatten().tolist()}), flush=True)


if __name__ == "__main__":
    main()
