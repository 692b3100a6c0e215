"""Peer for generation: the generator of the preset `preview` in PyTorch, from the weights that Gantry exported.

StyleGAN2-lite (Karras et al. 2020) without noise: mapping network, learned constant, modulated convolutions written
as scaled input and scaled output (one convolution a batch, as Gantry has it), image skips, Haar head (Gal et al.
2021). Prints one JSON line with the distance of its images from Gantry's, and its peak memory on the next line.

usage: python torch_preview.py FOLDER STEPS THREADS wall|cpu
FOLDER: job.json {batch, latent, parameters: [name, shape]}, weights.f32, z.f32, images.f32
"""
import json
import math
import resource
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

folder, steps, threads, clock = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
if hasattr(torch.backends, "nnpack"):
    torch.backends.nnpack.set_flags(False)
job = json.loads((folder / "job.json").read_text())
now = time.process_time if clock == "cpu" else time.perf_counter


def floats(name):
    return torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=torch.float32)


weights, p, start = floats("weights.f32"), {}, 0
for name, shape in job["parameters"]:
    count = math.prod(shape)
    p[name] = weights[start : start + count].reshape(shape)
    start += count

FIR = 4 * torch.outer(*[torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8] * 2)[None, None]
HAAR = torch.tensor([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]).reshape(4, 1, 2, 2) / 2


def activate(x):
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


def modulated(name, x, style, up=False, demodulate=True):
    w = p[name + ".w"]
    s = style @ p[name + ".style.w"] + p[name + ".style.b"]
    scaled = x * s[:, :, None, None]
    if up:
        y, energy = F.conv_transpose2d(scaled, w, stride=2, padding=1), w.square().sum((2, 3)) / 4
    else:
        y, energy = F.conv2d(scaled, w, padding=w.shape[2] // 2), w.square().sum((2, 3)).T
    if demodulate:
        y = y * torch.rsqrt(s.square() @ energy + 1e-8)[:, :, None, None]
    return y + p[name + ".b"]


def generate(z):
    style = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)
    for i in range(sum(1 for name in p if name.startswith("map")) // 2):
        style = activate(style @ p[f"map{i}.w"] + p[f"map{i}.b"])
    x, image, side = p["const"], None, 4
    while f"l{side}.conv0.w" in p:
        if side > 4:
            x = activate(modulated(f"l{side}.up", x, style, up=True))
        x = activate(modulated(f"l{side}.conv0", x, style))
        if f"l{side}.image.w" in p:
            made = modulated(f"l{side}.image", x, style, demodulate=False)
            image = F.conv_transpose2d(made if image is None else image + made, FIR, stride=2, padding=1)
        side *= 2
    bands = modulated("out", x, style, demodulate=False)
    bands = bands + F.pad(2 * image, (0, 0, 0, 0, 0, 3))
    return F.conv_transpose2d(bands, HAAR, stride=2)


with torch.no_grad():
    z, expected = floats("z.f32").reshape(job["batch"], job["latent"]), floats("images.f32")
    images = generate(z).flatten()
    difference = ((images - expected).norm() / expected.norm()).item()
    generate(z)
    begun = now()
    for _ in range(steps):
        generate(z)
    seconds = now() - begun
rate = job["batch"] * steps / seconds
print(json.dumps({"peer": "torch " + torch.__version__, "images_per_second": rate, "difference": difference}))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
