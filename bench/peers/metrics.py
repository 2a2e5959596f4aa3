"""PyTorch's side of `npm run peers:metrics`: loaders, front-ends and networks of the metrics' sounds.

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

from peer import peak_megabytes


class Resampler:
    """torchaudio.functional.resample with its default window."""

    def __init__(self, source, target):
        common = math.gcd(source, target)
        self.old, self.new = source // common, target // common
        base = min(self.old, self.new) * 0.99
        self.width = math.ceil(6 * self.old / base)
        taps = torch.arange(-self.width, self.width + self.old, dtype=torch.float64)[None] / self.old
        t = ((taps - torch.arange(self.new, dtype=torch.float64)[:, None] / self.new) * base).clamp(-6, 6)
        self.kernel = (torch.cos(t * math.pi / 12) ** 2 * torch.sinc(t) * base / self.old).float()[:, None]

    def __call__(self, x):
        padded = F.pad(x, (self.width, self.width + self.old))
        out = F.conv1d(padded[None, None], self.kernel, stride=self.old).transpose(1, 2).reshape(-1)
        return out[: math.ceil(self.new * x.shape[0] / self.old)]


def slaney_bank(rate, size, bands, low, high):
    """librosa.filters.mel: straight in hertz, of equal area."""
    mel = lambda f: np.where(f >= 1000, 15 + 27 * np.log(np.maximum(f, 1) / 1000) / np.log(6.4), 3 * f / 200)
    edges = np.linspace(mel(np.float64(low)), mel(np.float64(high)), bands + 2)
    hertz = np.where(edges >= 15, 1000 * np.exp((edges - 15) * np.log(6.4) / 27), 200 * edges / 3)
    bins = np.linspace(0, rate / 2, size // 2 + 1)[:, None]
    left, centre, right = hertz[:-2], hertz[1:-1], hertz[2:]
    triangles = np.maximum(0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))
    return torch.from_numpy(triangles * 2 / (right - left)).float()


def kaldi_bank(rate, size, bands, low, high):
    """Kaldi's filters: straight in mel."""
    mel = lambda f: 1127 * np.log1p(f / 700)
    bins = mel(np.arange(size // 2 + 1) * rate / size)[:, None]
    edges = np.linspace(mel(np.float64(low)), mel(np.float64(high)), bands + 2)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    return torch.from_numpy(np.maximum(0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))).float()


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


def decibels(samples, window, hop, bank):
    power = torch.stft(samples, len(window), hop, window=window, return_complex=True).abs().square().T
    return 10 * torch.log10((power @ bank).clamp(min=1e-10))[None, None]


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
        samples = F.pad(self.mono(wave)[:320000], (0, 0))
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


class Clap(Network):
    """HTSAT-base with its projection: LAION-AI/CLAP, src/laion_clap/clap_module/htsat.py."""

    DEPTHS, HEADS, WINDOW = (2, 2, 12, 2), (4, 8, 16, 32), 8

    def __init__(self, folder):
        super().__init__(folder, "laion-clap", 48000)
        self.window, self.bank = torch.hann_window(1024), slaney_bank(48000, 1024, 64, 50, 14000)
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

    def __call__(self, wave):
        base = "audio_branch"
        samples = self.mono(wave)[:480000]
        samples = F.pad(samples.repeat(480000 // len(samples)), (0, 480000 % len(samples)))
        x = decibels(samples, self.window, 480, self.bank)
        x = self.batch_norm(x.transpose(1, 3), f"{base}.bn0").transpose(1, 3)
        x = F.interpolate(x, (1024, 64), mode="bicubic", align_corners=True)
        x = x.view(1, 4, 256, 64).transpose(2, 3).reshape(1, 1, 256, 256)
        x = F.conv2d(x, self.w[f"{base}.patch_embed.proj.weight"], self.w[f"{base}.patch_embed.proj.bias"], stride=4)
        x, side = self.norm(x.flatten(2).transpose(1, 2), f"{base}.patch_embed.norm"), 64
        for stage, (depth, heads) in enumerate(zip(self.DEPTHS, self.HEADS)):
            for block in range(depth):
                shift = 4 if block % 2 and side > 8 else 0
                x = self.block(x, f"{base}.layers.{stage}.blocks.{block}", side, shift, heads)
            if stage < 3:
                y = x.view(1, side, side, -1)
                y = torch.cat((y[:, ::2, ::2], y[:, 1::2, ::2], y[:, ::2, 1::2], y[:, 1::2, 1::2]), -1).flatten(1, 2)
                down = f"{base}.layers.{stage}.downsample"
                x, side = self.linear(self.norm(y, f"{down}.norm"), f"{down}.reduction"), side // 2
        x = self.norm(x, f"{base}.norm").mean(1)
        return F.normalize(self.linear(F.relu(self.linear(x, "audio_projection.0")), "audio_projection.2"), dim=-1)


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    networks = {"vggish": Vggish, "panns": Panns, "passt": Passt, "laion-clap": Clap}
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
