"""Trains the networks of job.json in PyTorch and prints one JSON object a step.

Written from the equations, not from Gantry's TypeScript: plain GAN (Radford et al. 2016) with pixel normalisation
and R1, reduced R3GAN (Huang et al. 2024: relativistic loss, R1 and R2), and the style-based GAN (Karras et al. 2020:
mapping, one filter a sample for every modulated convolution, image skips; the head makes the four Haar bands of Gal et
al. 2021; equalised learning rates by factors at run time), PyTorch's own autograd and Adam.

usage: python torch_trajectory.py FOLDER
FOLDER/job.json      family, config, steps, batch, size, latent, rate, betas, gamma, every, parameters [name, shape]
FOLDER/weights.f32   the parameters one after the other, as job.json lists them ("g/..." and "d/...")
FOLDER/inputs.f32    for each step: real [batch, 1, size, size], z [batch, latent]
First line: {"images": [...], "real": [...], "fake": [...], "layers": [{"mean", "deviation"}, ...]} of the first inputs
before any training, last line the same after it; layers are the results of all activations, in their order.
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


# What the activations gave, while somebody listens.
seen = None


def noted(x):
    if seen is not None:
        seen.append({"mean": x.mean().item(), "deviation": x.std(unbiased=False).item()})
    return x


def leaky(x):
    return noted(F.leaky_relu(x, 0.2))


# --- the plain family ---


def plain_generator(p, z):
    widths = job["widths"]
    x = (z @ p["in.w"] + p["in.b"]).reshape(-1, widths[0], 4, 4)
    side = 8
    for _ in widths:
        x = noted(F.relu(x / torch.sqrt(x.square().mean(1, keepdim=True) + 1e-8)))
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


# --- the style-based family ---


def unit(x):
    return x / torch.sqrt(x.square().mean(1, keepdim=True) + 1e-8)


def leaky_unit(x):
    """Keeps the variance of a unit normal."""
    return leaky(x) * math.sqrt(2)


def equalised(name, shape):
    """Factor at run time on a parameter that is trained as unit normal (Karras et al. 2018)."""
    slow = 0.1 if name.startswith("map") else 1.0
    if not name.endswith(".w"):
        return slow
    # A dense matrix is [inputs, outputs], a doubling filter [inputs, outputs, 4, 4], others [outputs, inputs, k, k].
    if name.endswith(".up.w"):
        # Of its 16 taps every output sees 4.
        return slow / math.sqrt(shape[0] * 4)
    inputs = shape[0] if len(shape) == 2 else shape[1]
    return slow / math.sqrt(inputs * math.prod(shape[2:]))


def styled(p, name, x, w, up=False, demodulate=True):
    """Modulated convolution with one filter a sample: the batch becomes groups."""
    n, inputs, side, _ = x.shape
    styles = w @ p[name + ".style.w"] + p[name + ".style.b"]
    filters = p[name + ".w"]
    if up:
        each = filters[None] * styles[:, :, None, None, None]
        if demodulate:
            # Every output sees a quarter of the taps.
            each = each / torch.sqrt(each.square().sum((1, 3, 4), keepdim=True) / 4 + 1e-8)
        y = F.conv_transpose2d(
            x.reshape(1, n * inputs, side, side), each.flatten(0, 1), stride=2, padding=1, groups=n
        )
    else:
        each = filters[None] * styles[:, None, :, None, None]
        if demodulate:
            each = each / torch.sqrt(each.square().sum((2, 3, 4), keepdim=True) + 1e-8)
        padding = filters.shape[-1] // 2
        y = F.conv2d(x.reshape(1, n * inputs, side, side), each.flatten(0, 1), padding=padding, groups=n)
    return y.reshape(n, -1, y.shape[2], y.shape[3]) + p[name + ".b"]


def from_haar(bands):
    m, h, v, d = bands.unbind(1)
    return F.pixel_shuffle(torch.stack([m + h + v + d, m - h + v - d, m + h - v - d, m - h - v + d], 1) / 2, 2)


def to_haar(images):
    a, b, c, d = F.pixel_unshuffle(images, 2).unbind(1)
    return torch.stack([a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d], 1) / 2


def style_generator(p, z):
    w = unit(z)
    for i in range(2):
        w = leaky_unit(w @ p[f"map{i}.w"] + p[f"map{i}.b"])
    x, image = p["const"].expand(z.shape[0], -1, -1, -1), None
    for i in range(len(job["widths"])):
        level = f"l{4 << i}"
        if i > 0:
            x = leaky_unit(styled(p, level + ".up", x, w, up=True))
        x = leaky_unit(styled(p, level + ".conv0", x, w))
        if level + ".image.w" in p:
            added = styled(p, level + ".image", x, w, demodulate=False)
            image = doubled(added if image is None else image + added)
    bands = styled(p, "out", x, w, demodulate=False)
    # The mean band of a constant image is twice its value.
    return from_haar(torch.cat([bands[:, :1] + 2 * image, bands[:, 1:]], 1))


def haar_discriminator(p, images):
    x = leaky_unit(conv(p, "in", to_haar(images), padding=1))
    for i in range(len(job["widths"]) - 1):
        x = leaky_unit(conv(p, f"b{i}.down", x, stride=2, padding=1))
    y = conv(p, "top", x, padding=1) + conv(p, "top.deviation", deviation_plane(x, job["minibatchGroup"]), padding=1)
    return conv(p, "logit", leaky_unit(y)).flatten()


# --- training ---


def penalty(judge, images):
    leaf = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(judge(leaf).sum(), leaf, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean()


def main():
    relativistic = job["family"] == "r3gan"
    styles = job["family"] == "stylegan2"
    generator, discriminator = {
        "r3gan": (r3_generator, r3_discriminator),
        "dcgan": (plain_generator, plain_discriminator),
        "stylegan2": (style_generator, haar_discriminator),
    }[job["family"]]
    parameters = load_parameters()
    factor = lambda name, value: equalised(name, value.shape) if styles else 1.0
    part = lambda prefix: {
        k[len(prefix) :]: (v.detach() / factor(k[len(prefix) :], v)).requires_grad_(True)
        for k, v in parameters.items()
        if k.startswith(prefix)
    }
    stored_g, stored_d = part("g/"), part("d/")
    used = lambda stored: {k: v * factor(k, v) for k, v in stored.items()} if styles else stored
    generate = lambda z: generator(used(stored_g), z)
    # Epsilon is added to the root of squared gradients of the weights as they are used, not as they are stored.
    groups = lambda stored: [{"params": [v], "eps": 1e-8 * factor(k, v)} for k, v in stored.items()]
    adam = lambda stored: torch.optim.Adam(groups(stored), job["rate"], tuple(map(float, job["betas"])))
    adam_g, adam_d = adam(stored_g), adam(stored_d)
    judge = lambda images: discriminator(used(stored_d), images)
    batch, size, latent = job["batch"], job["size"], job["latent"]
    inputs = floats("inputs.f32").reshape(job["steps"], batch * (size * size + latent))

    def inputs_of(step):
        real, z = inputs[step].split([batch * size * size, batch * latent])
        return real.reshape(batch, 1, size, size), z.reshape(batch, latent)

    def look():
        global seen
        real, z = inputs_of(0)
        with torch.no_grad():
            seen = []
            images = generate(z)
            found = {"images": images, "real": judge(real), "fake": judge(images)}
            layers, seen = seen, None
        found = {k: v.flatten().tolist() for k, v in found.items()}
        print(json.dumps({**found, "layers": layers}), flush=True)

    look()
    for step in range(job["steps"]):
        real, z = inputs_of(step)
        fake = generate(z)
        still = fake.detach()
        of_real, of_fake = judge(real), judge(still)
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
    look()


main()
