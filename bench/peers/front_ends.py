"""Front-ends of the networks in metrics.py: resampling as torchaudio has it, and the banks of bands of their spectra. Made once, used often."""
import math

import numpy as np
import torch
import torch.nn.functional as F


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
        if self.old == self.new:
            return x
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


def htk_bank(rate, size, bands, low, high):
    """torchaudio's default: HTK's mel, straight in hertz."""
    mel = lambda f: 2595 * np.log10(1 + f / 700)
    hertz = 700 * (10 ** (np.linspace(mel(low), mel(high), bands + 2) / 2595) - 1)
    bins = np.linspace(0, rate / 2, size // 2 + 1)[:, None]
    left, centre, right = hertz[:-2], hertz[1:-1], hertz[2:]
    return torch.from_numpy(np.maximum(0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))).float()


def decibels(samples, window, hop, bank):
    power = torch.stft(samples, len(window), hop, window=window, return_complex=True).abs().square().T
    return 10 * torch.log10((power @ bank).clamp(min=1e-10))[None, None]
