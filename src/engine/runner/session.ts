import { availableParallelism, loadavg } from 'node:os';
import ort from 'onnxruntime-node';
import { GantryError } from '../../base/errors.ts';
import { failures, type ProviderName } from '../devices/names.ts';

export interface SessionOptions {
  readonly threads?: number | undefined;
  /** Default cpu. */
  readonly provider?: ProviderName;
  /** Where each output is to stay; default the host. */
  readonly locations?: Readonly<Record<string, 'cpu' | 'gpu-buffer'>>;
  /** File prefix for ONNX Runtime's own profile, for measurements. */
  readonly profile?: string;
}

/**
 * Whether other work has the cores. Waiting threads that spin then take them from it and from each other: beside
 * much other work a step of `tiny` on two threads took 1,030 ms with spinning and 500 without (medians, in turns);
 * on a quiet machine spinning is the faster by a fifth (79 to 92 against 62 to 74 images a second). Spinning
 * changes no result.
 */
function isBusy(): boolean {
  return (loadavg()[0] ?? 0) > availableParallelism();
}

export async function createSession(
  model: Uint8Array,
  options: SessionOptions,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [options.provider ?? 'cpu'],
      ...(options.locations ? { preferredOutputLocation: options.locations } : {}),
      intraOpNumThreads: options.threads ?? availableParallelism(),
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      enableCpuMemArena: true,
      // A planned memory pattern is fresh memory at every run: a third more of it, and thousands of page faults.
      enableMemPattern: false,
      logSeverityLevel: 3,
      ...(options.profile ? { enableProfiling: true, profileFilePrefix: options.profile } : {}),
      extra: {
        // Moments of Adam decay into denormals, which are a hundred times slower than zero.
        'session.set_denormal_as_zero': '1',
        'session.intra_op.allow_spinning': isBusy() ? '0' : '1',
      },
    });
  } catch (error) {
    throw sessionError(error);
  }
}

/** ONNX Runtime's messages as coded errors. */
export function sessionError(error: unknown): GantryError {
  const message = error instanceof Error ? error.message : String(error);
  for (const [pattern, code, text, action] of failures) {
    if (pattern.test(message)) return new GantryError(code, text, { action, cause: error });
  }
  return new GantryError('DEVICE_LOST', `ONNX Runtime failed: ${message}`, { cause: error });
}
