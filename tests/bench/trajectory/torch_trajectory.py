"""Trains the networks of job.json in PyTorch and prints one JSON object a step.

Written from the equations, not from Gantry's TypeScript: plain GAN (Radford et al. 2016) with pixel normalisation
and R1, and reduced R3GAN (Huang et al. 2024: relativistic loss, R1 and R2), PyTorch's own autograd and Adam.

usage: python torch_trajectory.py FOLDER
FOLDER/job.json      family, config, steps, batch, size, latent, rate, betas, gamma, every, parameters [name, shape]
FOLDER/weights.f32   the parameters one after the other, as job.json lists them ("g/..." and "d/...")
FOLDER/inputs.f32    for each step: real [batch, 1, size, size], z [batch, latent]
First line: {"images": [...], "real": [...], "fake": [...]} of the first inputs before any training.
"""
import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

folder = Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())
torch.set_num_threads(job["threads"])


def floats(name):
    return torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=torch.float32)


def load_parameters():
    values, found, start = floats("weights.f32"), {}, 0
    for name, shape in job["parameters"]:
        count = math.prod(shape)
        found[name] = values[start : start + count].reshape(shape).clone().requires_grad_(True)
        start += count
    return found


def conv(p, name, x, **options):
    bias = p.get(name + ".b")
    return F.conv2d(x, p[name + ".w"], None if bias is None else bias.flatten(), **options)


def leaky(x):
    return F.leaky_relu(x, 0.2)


# --- the plain family ---


def plain_generator(p, z):
    widths = job["widths"]
    x = (z @ p["in.w"] + p["in.b"]).reshape(-1, widths[0], 4, 4)
    side = 8
    for _ in widths:
        x = F.relu(x / torch.sqrt(x.square().mean(1, keepdim=True) + 1e-8))
        x = F.conv_transpose2d(x, p[f"up{side}.w"], p[f"up{side}.b"].flatten(), stride=2, padding=1)
        side *= 2
    return torch.tanh(x)


def deviation_plane(x, group):
    """Minibatch standard deviation (Karras et al. 2018): one value a group of neighbours."""
    n = x.shape[0]
    grouped = x.reshape(n // group, group, -1)
    variance = grouped.var(dim=1, unbiased=False)
    value = torch.sqrt(variance + 1e-8).mean(dim=1)
    return value.repeat_interleave(group).reshape(n, 1, 1, 1).expand(n, 1, 4, 4)


def plain_discriminator(p, images):
    x = leaky(conv(p, "in", images, stride=2, padding=1))
    for i in range(len(job["widths"]) - 1):
        x = leaky(conv(p, f"b{i}.down", x, stride=2, padding=1))
    y = conv(p, "top", x, padding=1)
    if job["minibatchGroup"] > 0:
        y = y + conv(p, "top.deviation", deviation_plane(x, job["minibatchGroup"]), padding=1)
    return conv(p, "logit", leaky(y)).flatten()


# --- reduced R3GAN ---

FIR = torch.outer(*[torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8] * 2)


def doubled(x):
    c = x.shape[1]
    return F.conv_transpose2d(x, (4 * FIR).expand(c, 1, 4, 4), stride=2, padding=1, groups=c)


def halved(x):
    c = x.shape[1]
    return F.conv2d(x, FIR.expand(c, 1, 4, 4), stride=2, padding=1, groups=c)


def residual(p, name, x):
    wide = p[name + ".expand.w"].shape[0]
    y = leaky(conv(p, name + ".expand", x))
    y = leaky(conv(p, name + ".spatial", y, padding=1, groups=wide // job["groupChannels"]))
    return x + conv(p, name + ".reduce", y)


def r3_generator(p, z):
    x = p["basis"] * (z @ p["in.w"])[:, :, None, None]
    for i in range(len(job["widths"])):
        side = 4 << i
        if f"l{side}.width.w" in p:
            x = conv(p, f"l{side}.width", x)
        if i > 0:
            x = doubled(x)
        x = residual(p, f"l{side}.block0", x)
    return conv(p, "out", x)


def r3_discriminator(p, images):
    x = conv(p, "in", images)
    for i in range(len(job["widths"])):
        if i > 0:
            x = halved(x)
        if f"b{i}.width.w" in p:
            x = conv(p, f"b{i}.width", x)
        x = residual(p, f"b{i}.block0", x)
    features = (x * p["spatial"]).sum((2, 3))
    return (features @ p["logit.w"]).flatten()


# --- training ---


def penalty(judge, images):
    leaf = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(judge(leaf).sum(), leaf, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean()


def main():
    relativistic = job["family"] == "r3gan"
    generator, discriminator = (
        (r3_generator, r3_discriminator) if relativistic else (plain_generator, plain_discriminator)
    )
    parameters = load_parameters()
    part = lambda prefix: {k[len(prefix) :]: v for k, v in parameters.items() if k.startswith(prefix)}
    g, d = part("g/"), part("d/")
    adam = lambda p: torch.optim.Adam(p.values(), job["rate"], tuple(map(float, job["betas"])), eps=1e-8)
    adam_g, adam_d = adam(g), adam(d)
    judge = lambda images: discriminator(d, images)
    batch, size, latent = job["batch"], job["size"], job["latent"]
    inputs = floats("inputs.f32").reshape(job["steps"], batch * (size * size + latent))

    for step in range(job["steps"]):
        real, z = inputs[step].split([batch * size * size, batch * latent])
        real, z = real.reshape(batch, 1, size, size), z.reshape(batch, latent)
        fake = generator(g, z)
        still = fake.detach()
        of_real, of_fake = judge(real), judge(still)
        if step == 0:
            first = {"images": still, "real": of_real.detach(), "fake": of_fake.detach()}
            print(json.dumps({k: v.flatten().tolist() for k, v in first.items()}), flush=True)
        if relativistic:
            loss_d = F.softplus(of_fake - of_real).mean()
        else:
            loss_d = F.softplus(-of_real).mean() + F.softplus(of_fake).mean()
        whole, penalties = loss_d, None
        if step % job["every"] == 0:
            penalties = penalty(judge, real) + (penalty(judge, still) if relativistic else 0)
            whole = loss_d + penalties * (job["gamma"] / 2 * job["every"])
        adam_d.zero_grad()
        whole.backward()
        adam_d.step()

        of_fake = judge(fake)
        loss_g = (F.softplus(judge(real) - of_fake) if relativistic else F.softplus(-of_fake)).mean()
        adam_g.zero_grad()
        loss_g.backward()
        adam_g.step()
        line = {"lossD": loss_d.item(), "lossG": loss_g.item()}
        if penalties is not None:
            line["penalty"] = penalties.item()
        print(json.dumps(line), flush=True)


main()
