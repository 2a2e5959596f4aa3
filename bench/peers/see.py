"""Encoders of pictures in PyTorch, on the same files: the other side of `npm run bench -- peers FOLDER --only synchformer,clip,siglip`.

    python3 bench/peers/see.py check CASES         # equal to the golden cases of the reference code?
    python3 bench/peers/see.py synchformer FILE    # 16 pictures at a time, as MMAudio looks
    python3 bench/peers/see.py clip FOLDER         # DFN5B ViT-H/14, names of open_clip
    python3 bench/peers/see.py siglip FOLDER       # SigLIP 2, the network of transformers

Synchformer follows MMAudio (ext/synchformer), CLIP open_clip. Float32 and eager, PyTorch's fused attention, no gradients, weights from the mapped
file without a copy. Pictures are made by the formula of the golden cases, so that both sides look at the same.
"""
import argparse
import json
import os
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from cases import Cases
from peer import by_formula, peak_megabytes


CLIP_MEAN, CLIP_DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def weights_of(path):
    """Tensors of a file by its content: releases are pickles in a zip, files of the bench safetensors under the same names."""
    with open(path, "rb") as file:
        zipped = file.read(2) == b"PK"
    weights = torch.load(path, mmap=True, weights_only=True) if zipped else load_file(path)
    return weights.get("generator", weights)


def part_of(weights, prefix):
    return {name[len(prefix):]: tensor for name, tensor in weights.items() if name.startswith(prefix)}


class Network:
    def __init__(self, weights, heads):
        self.w, self.heads = weights, heads

    def linear(self, x, name):
        return F.linear(x, self.w[f"{name}.weight"], self.w.get(f"{name}.bias"))

    def norm(self, x, name, eps=1e-6):
        return F.layer_norm(x, x.shape[-1:], self.w[f"{name}.weight"], self.w[f"{name}.bias"], eps)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def attend(self, q, k, v, mask=None, causal=False):
        out = F.scaled_dot_product_attention(self.split(q), self.split(k), self.split(v), attn_mask=mask, is_causal=causal)
        return out.transpose(1, 2).flatten(2)

    def packed(self, x, name, causal=False):
        q, k, v = F.linear(x, self.w[f"{name}.in_proj_weight"], self.w[f"{name}.in_proj_bias"]).chunk(3, dim=-1)
        return self.linear(self.attend(q, k, v, causal=causal), f"{name}.out_proj")


class Synchformer(Network):
    """[segments, 16, 3, 224, 224] → [segments, 8, width]."""

    def __init__(self, weights, heads=None):
        own = part_of(weights, "vfeat_extractor.")
        super().__init__(own, heads or own["cls_token"].shape[-1] // 64)
        self.depth = len({name.split(".")[1] for name in self.w if name.startswith("blocks.")})

    def divided(self, x, name, times, over_time):
        q, k, v = self.linear(x, f"{name}.qkv").chunk(3, dim=-1)
        token = self.attend(q[:, :1], k, v)
        group = (lambda y: y.unflatten(1, (times, -1)).transpose(1, 2)) if over_time else (lambda y: y.unflatten(1, (times, -1)))
        asked = group(q[:, 1:])
        groups = asked.shape[1]
        seen = [torch.cat((y[:, None, :1].expand(-1, groups, -1, -1), group(y[:, 1:])), dim=2).flatten(0, 1) for y in (k, v)]
        out = self.attend(asked.flatten(0, 1), *seen).unflatten(0, (-1, groups))
        out = (out.transpose(1, 2) if over_time else out).flatten(1, 2)
        return self.linear(torch.cat((token, out), dim=1), f"{name}.proj")

    def __call__(self, pixels):
        w = self.w
        x = F.conv3d(pixels.transpose(1, 2), w["patch_embed_3d.proj.weight"], w["patch_embed_3d.proj.bias"], stride=w["patch_embed_3d.proj.weight"].shape[2:])
        times = x.shape[2]
        x = x.flatten(3).permute(0, 2, 3, 1)
        places = w["pos_embed"]
        x = x + places[:, None, 1:] + w["temp_embed"][:, :, None]
        token = (w["cls_token"] + places[:, :1]).expand(x.shape[0], -1, -1)
        x = torch.cat((token, x.flatten(1, 2)), dim=1)
        for block in range(self.depth):
            name = f"blocks.{block}"
            x = x + self.divided(self.norm(x, f"{name}.norm3"), f"{name}.timeattn", times, True)
            x = x + self.divided(self.norm(x, f"{name}.norm1"), f"{name}.attn", times, False)
            x = x + self.linear(F.gelu(self.linear(self.norm(x, f"{name}.norm2"), f"{name}.mlp.fc1")), f"{name}.mlp.fc2")
        x = self.norm(x[:, 1:], "norm").unflatten(1, (times, -1)).flatten(0, 1)
        name = "spatial_attn_agg"
        x = torch.cat((w[f"{name}.cls_token"].expand(x.shape[0], -1, -1), x), dim=1)
        y = self.norm(x, f"{name}.norm1")
        q, k, v = F.linear(y, w[f"{name}.self_attn.in_proj_weight"], w[f"{name}.self_attn.in_proj_bias"]).chunk(3, dim=-1)
        # Only the class token is read.
        x = x[:, :1] + self.linear(self.attend(q[:, :1], k, v), f"{name}.self_attn.out_proj")
        x = x + self.linear(F.gelu(self.linear(self.norm(x, f"{name}.norm2"), f"{name}.linear1")), f"{name}.linear2")
        return x[:, 0].unflatten(0, (-1, times))


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


class Clip(Network):
    """Both towers, as MMAudio reads them."""

    def blocks(self, x, prefix, causal=False):
        depth = len({name[len(prefix):].split(".")[0] for name in self.w if name.startswith(prefix)})
        for block in range(depth):
            name = f"{prefix}{block}"
            x = x + self.packed(self.norm(x, f"{name}.ln_1", 1e-5), f"{name}.attn", causal)
            x = x + self.linear(quick_gelu(self.linear(self.norm(x, f"{name}.ln_2", 1e-5), f"{name}.mlp.c_fc")), f"{name}.mlp.c_proj")
        return x

    def pictures(self, pixels):
        w = self.w
        x = F.conv2d(pixels, w["visual.conv1.weight"], stride=w["visual.conv1.weight"].shape[2:]).flatten(2).transpose(1, 2)
        x = torch.cat((w["visual.class_embedding"].expand(x.shape[0], 1, -1), x), dim=1) + w["visual.positional_embedding"]
        x = self.blocks(self.norm(x, "visual.ln_pre", 1e-5), "visual.transformer.resblocks.")
        return F.normalize(self.norm(x[:, 0], "visual.ln_post", 1e-5) @ w["visual.proj"], dim=-1)

    def words(self, ids):
        x = F.embedding(ids, self.w["token_embedding.weight"]) + self.w["positional_embedding"]
        x = self.blocks(x, "transformer.resblocks.", causal=True)
        return F.normalize(self.norm(x, "ln_final", 1e-5), dim=-1)


def open_synchformer(path):
    network = Synchformer(weights_of(path))
    return network, (1, 16, 3, 224, 224)


def open_towers(folder):
    with open(os.path.join(folder, "open_clip_config.json"), encoding="utf8") as file:
        said = json.load(file)["model_cfg"]
    # Both towers of the release have as many heads.
    return Clip(weights_of(os.path.join(folder, "open_clip_model.safetensors")), said["text_cfg"]["heads"])


def open_clip(folder):
    return open_towers(folder).pictures, (1, 3, 384, 384)


def siglip_network(folder):
    from transformers import SiglipVisionConfig, SiglipVisionModel

    with open(os.path.join(folder, "config.json"), encoding="utf8") as file:
        config = SiglipVisionConfig(**json.load(file)["vision_config"])
    config._attn_implementation = "sdpa"
    with torch.device("meta"):
        model = SiglipVisionModel(config)
    weights = load_file(os.path.join(folder, "model.safetensors"))
    whole = next(iter(model.state_dict())).startswith("vision_model.")
    missing = model.load_state_dict(weights if whole else part_of(weights, "vision_model."), assign=True, strict=False).missing_keys
    if missing:
        raise ValueError(f"{folder} lacks {missing[:3]} …")
    # What is counted, not stored.
    embeddings = (model.vision_model if whole else model).embeddings
    embeddings.position_ids = torch.arange(embeddings.position_embedding.num_embeddings)[None]
    return model.eval(), config.image_size


def open_siglip(folder):
    model, size = siglip_network(folder)
    return lambda pixels: model(pixel_values=pixels).pooler_output, (1, 3, size, size)


def see(opened, count, out):
    """Windows one by one; what is said of them into a file. Processor time, which other work on the machine hardly moves."""
    started = time.process_time()
    network, shape = opened()
    load = time.process_time() - started
    spent, said = 0, []
    for k in range(count):
        pixels = by_formula(f"window {k}", shape, 1.75, 0, 1)
        begun = time.process_time()
        said.append(network(pixels).flatten())
        spent += time.process_time() - begun
    torch.cat(said).numpy().tofile(out)
    return {"load": load, "window": spent / count}


def check(cases):
    golden = Cases(cases)
    case, stored = golden.open("encoders/siglip2-tiny")
    entry = case["inputs"]["pixel_values"]
    pixels = by_formula("input:pixel_values", entry["shape"], entry["amp"], entry["offset"], entry["seed"])
    model, _ = siglip_network(os.path.join(cases, "encoders/siglip2-tiny"))
    golden.compare("siglip", model(pixel_values=pixels).pooler_output, stored["out.pooled"])
    folder = os.path.join(cases, "mmaudio/mmaudio-tiny-encoders")
    case, stored = golden.open("mmaudio/mmaudio-sync-tiny")
    entry = case["inputs"]["video"]
    video = by_formula("input:video", entry["shape"], entry["amp"], entry["offset"], entry["seed"])[0]
    network = Synchformer(weights_of(os.path.join(folder, "synchformer_state_dict.pth")), case["config"]["sync"]["heads"])
    said = [network(video[None, first:first + 16]) for first in range(0, len(video) - 15, 8)]
    golden.compare("synchformer", torch.cat(said, dim=1), stored["out.features"])
    case, stored = golden.open("mmaudio/mmaudio-clip-tiny")
    entry = case["inputs"]["pixels"]
    pixels = by_formula("input:pixels", entry["shape"], entry["amp"], entry["offset"], entry["seed"])[0]
    mean, deviation = (torch.tensor(values)[:, None, None] for values in (CLIP_MEAN, CLIP_DEVIATION))
    weights, heads = weights_of(os.path.join(folder, "open_clip_pytorch_model.bin")), case["config"]["clip"]["text_cfg"]["heads"]
    golden.compare("clip's pictures", Clip(weights, heads).pictures((pixels - mean) / deviation), stored["out.imageFeatures"][0])
    golden.compare("clip's words", Clip(weights, heads).words(stored["in.ids"]), stored["out.textTokens"])
    return golden.result()


def main():
    opened = {"synchformer": open_synchformer, "clip": open_clip, "siglip": open_siglip}
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["check", *opened])
    parser.add_argument("path")
    parser.add_argument("--windows", type=int, default=2)
    parser.add_argument("--out", default=os.devnull)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with torch.inference_mode():
        if options.part == "check":
            result = check(options.path)
        else:
            result = see(lambda: opened[options.part](options.path), options.windows, options.out)
    print(json.dumps({**result, "peak": peak_megabytes(), "torch": torch.__version__, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
