import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { msSsim } from '../../../src/metrics/distances/ms-ssim.ts';

/** A Python that has scikit-image: $GANTRY_PYTHON, the system's, or the first on PATH. */
const python = [process.env.GANTRY_PYTHON, '/usr/bin/python3', 'python3'].find(
  (candidate) => candidate !== undefined && spawnSync(candidate, ['-c', 'import skimage']).status === 0,
);
if (python === undefined) {
  console.warn('SKIPPED: Python with scikit-image was not found; apt-get install python3-skimage');
}

/** scikit-image's SSIM (Gaussian window, sigma 1.5) at each scale, put together as Wang et al. 2003 do. */
const script = `
import sys, json, numpy as np
from scipy.ndimage import gaussian_filter
from skimage.metrics import structural_similarity
weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
options = dict(data_range=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
smooth = lambda x: gaussian_filter(x, 1.5, truncate=3.5)
c1 = (0.01 * 2) ** 2
def ms_ssim(file, size):
    a, b = np.fromfile(file, dtype='<f4').astype(np.float64).reshape(2, size, size)
    scales = 1
    while scales < 5 and size >> scales >= 11: scales += 1
    result = 1.0
    for s in range(scales):
        whole, full = structural_similarity(a, b, full=True, **options)
        # The contrast-structure part alone: the map over the luminance part, made of the same smoothed means.
        ma, mb = smooth(a), smooth(b)
        contrast = (full / ((2 * ma * mb + c1) / (ma ** 2 + mb ** 2 + c1)))[5:-5, 5:-5].mean()
        result *= max(0, whole if s == scales - 1 else contrast) ** (weights[s] / sum(weights[:scales]))
        a, b = [x.reshape(x.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3)) for x in (a, b)]
    return result
print(json.dumps([ms_ssim(f, int(n)) for f, n in zip(sys.argv[1::2], sys.argv[2::2])]))
`;

it.runIf(python !== undefined)('agrees with scikit-image at every scale', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-ssim-'));
  try {
    const sizes = [16, 64, 128];
    const pairs = sizes.map((size) => {
      const random = new Random(size, 'ssim');
      const wave = (fx: number, fy: number, noise: number) =>
        Float32Array.from({ length: size * size }, (_, i) => {
          const [x, y] = [(i % size) / size, Math.floor(i / size) / size];
          return 0.6 * Math.sin(6 * (fx * x + fy * y)) + noise * random.normal();
        });
      return [wave(1, 2, 0.1), wave(1.1, 1.9, 0.15)] as const;
    });
    const files = pairs.map(([a, b], i) => {
      const file = join(folder, `${sizes[i]}.f32`);
      writeFileSync(file, Buffer.concat([Buffer.from(a.buffer), Buffer.from(b.buffer)]));
      return [file, String(sizes[i])];
    });
    const run = spawnSync(python!, ['-c', script, ...files.flat()], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const theirs = JSON.parse(run.stdout) as number[];
    pairs.forEach(([a, b], i) => {
      expect(msSsim(a, b, sizes[i]!), `${sizes[i]} px`).toBeCloseTo(theirs[i]!, 5);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
