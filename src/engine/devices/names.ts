import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import { type ErrorCode, GantryError } from '../../base/errors.ts';

/** What a program can run on. `tfjs` runs it eagerly on a TensorFlow.js backend; the others through ONNX Runtime. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'directml', 'tfjs'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** ONNX Runtime's names of its execution providers. */
const providers = { cpu: 'cpu', webgpu: 'webgpu', cuda: 'cuda', directml: 'dml' } as const;
export type ProviderName = (typeof providers)[keyof typeof providers];

export const isDeviceName = (name: string): name is DeviceName =>
  (deviceNames as readonly string[]).includes(name);

/** @throws GantryError DEVICE_UNAVAILABLE for a name that is no device, or one that is not part of this build */
export function providerOf(device: string): ProviderName {
  const provider = providers[device as keyof typeof providers];
  if (provider === undefined) {
    throw new GantryError('DEVICE_UNAVAILABLE', `There is no device '${device}'.`, {
      action: `Devices are: ${deviceNames.join(', ')}.`,
    });
  }
  const missing = whyMissing(device as DeviceName);
  if (missing) throw new GantryError('DEVICE_UNAVAILABLE', missing.text, { action: missing.action });
  return provider;
}

/** Why this build cannot offer a device at all, and what to do; undefined when it may be tried. */
export function whyMissing(device: DeviceName): { text: string; action: string } | undefined {
  if (device === 'tfjs' || device === 'cpu') return undefined;
  const backend = listSupportedBackends().find((b) => b.name === providers[device]);
  const action = 'Choose the device cpu, or webgpu where there is a GPU driver.';
  if (!backend) return { text: `ONNX Runtime's build for this system has no ${device}.`, action };
  if (backend.bundled || device !== 'cuda' || existsSync(cudaLibrary())) return undefined;
  return {
    text: 'The CUDA provider library of ONNX Runtime is not installed.',
    action:
      'Run `node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12` once (it needs ' +
      'the internet, CUDA 12 and cuDNN 9), or choose webgpu or cpu.',
  };
}

function cudaLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch);
  return join(folder, 'libonnxruntime_providers_cuda.so');
}

/** What ONNX Runtime and its providers say when something fails, as codes; the first pattern that fits wins. */
export const failures: readonly (readonly [RegExp, ErrorCode, string, string])[] = [
  [
    /Failed to get a WebGPU adapter|No supported adapters|Couldn't load Vulkan/i,
    'DEVICE_UNAVAILABLE',
    'There is no GPU that WebGPU can use, or its driver is missing.',
    'Install the GPU driver (on Linux with Vulkan: libvulkan1 and the driver of the card), or choose the device cpu.',
  ],
  [
    /libcudart|libcudnn|libcublas|no CUDA-capable device|CUDA driver version|providers_cuda/i,
    'DEVICE_UNAVAILABLE',
    'CUDA could not start.',
    'Install CUDA 12 and cuDNN 9, or choose webgpu or cpu.',
  ],
  [
    /bad_alloc|out of memory|failed to allocate|OUT_OF_MEMORY|CUDA error 2\b|E_OUTOFMEMORY/i,
    'OUT_OF_MEMORY',
    'There was not enough memory for this step.',
    'Use a smaller batch, image size or preset.',
  ],
  [
    /NOT_IMPLEMENTED|not a registered function/i,
    'OP_UNSUPPORTED',
    'ONNX Runtime has no kernel for an operation of this step.',
    'Please report this.',
  ],
  [
    /device (was )?lost|DXGI_ERROR_DEVICE|VK_ERROR_DEVICE_LOST|device hung|TDR|timeout/i,
    'DEVICE_LOST',
    'The device was lost: its driver failed, reset or timed out.',
    'The last checkpoint is kept; resume the run, on another device if this happens again.',
  ],
];
