"""Runs a peer script of ../shared/bench with the clock that is asked for, and adds its peak memory.

usage: python peer.py SCRIPT wall|cpu step|generate --batch N --steps N --threads N
For `generate` only the script's Generator is used: its forward pass without gradients.
usage: python peer.py matmul THREADS wall|cpu prints the rate of a 1024 x 1024 x 1024 product in GFLOP/s.
"""
import json
import resource
import sys
import time


def timed_matmul(threads, now):
    import torch

    torch.set_num_threads(threads)
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    best = float("inf")
    for _ in range(60):
        start = now()
        a @ b
        best = min(best, now() - start)
    print(json.dumps({"peer": "torch " + torch.__version__, "gflops": 2 * 1024**3 / best / 1e9}))


def quiet():
    """NNPACK, which has no kernels for newer processors, says so at every convolution: it is not asked."""
    import torch

    if hasattr(torch.backends, "nnpack"):
        torch.backends.nnpack.set_flags(False)


def option(name):
    return int(sys.argv[sys.argv.index(name) + 1])


def timed_generate(space):
    import torch

    torch.set_num_threads(option("--threads"))
    batch, steps = option("--batch"), option("--steps")
    net, z = space["Generator"](), torch.randn(batch, space["Z"])
    with torch.no_grad():
        net(z), net(z)
        start = time.perf_counter()
        for _ in range(steps):
            net(z)
        seconds = time.perf_counter() - start
    print(json.dumps({"peer": "torch " + torch.__version__, "images_per_second": batch * steps / seconds}))


quiet()
if sys.argv[1] == "matmul":
    timed_matmul(int(sys.argv[2]), time.process_time if sys.argv[3] == "cpu" else time.perf_counter)
else:
    script, clock, program = sys.argv[1:4]
    sys.argv = [script] + sys.argv[4:]
    if clock == "cpu":
        time.perf_counter = time.process_time
    source = open(script).read()
    space = {"__name__": "__peer__", "__file__": script}
    if program == "generate":
        exec(source[: source.rindex("main()")], space)
        timed_generate(space)
    else:
        exec(source, space)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
