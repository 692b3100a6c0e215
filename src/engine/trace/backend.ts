import * as tf from '@tensorflow/tfjs-core';
import { GantryError } from '../../base/errors.ts';
import { Builder, type DType, fill, type Value } from '../ir/graph.ts';
import { TRACE_BACKEND } from '../ops/native.ts';
import type { TraceKernel } from './kernel.ts';
import { kernelTable } from './kernels/index.ts';

/** A tfjs backend that computes nothing: a tensor's data is the graph value that it will have. */
export class TraceBackend extends tf.KernelBackend {
  private values = new Map<object, Value>();
  private builder = new Builder();

  /** Starts a new graph and forgets the last one. */
  begin(): Builder {
    this.values = new Map();
    this.builder = new Builder();
    return this.builder;
  }

  /** A tfjs tensor that stands for a graph value. */
  tensorOf(value: Value): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.info(value), this);
  }

  valueFor(info: tf.TensorInfo): Value {
    const value = this.values.get(info.dataId);
    if (value) return value;
    throw new GantryError('BAD_CONFIG', 'A program uses a tensor that was made outside it.', {
      action: 'Pass it as state or input, or make it inside the program.',
    });
  }

  record(
    kernel: TraceKernel,
    inputs: tf.NamedTensorInfoMap,
    attrs: tf.NamedAttrMap,
  ): tf.TensorInfo | tf.TensorInfo[] {
    const operands = new Map(
      Object.entries(inputs ?? {}).flatMap(([name, info]) =>
        info ? [[name, this.valueFor(info)] as const] : [],
      ),
    );
    const input = (name: string): Value => {
      const value = operands.get(name);
      if (!value) throw new GantryError('INTERNAL', `Kernel ${kernel.name} has no operand '${name}'.`);
      return value;
    };
    const result = kernel.emit({ b: this.builder, input, inputs: [...operands.values()], attrs });
    return Array.isArray(result) ? result.map((v) => this.info(v)) : this.info(result);
  }

  private info(value: Value): tf.TensorInfo {
    const dataId = {};
    this.values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new GantryError('OP_UNSUPPORTED', `The engine has no tensors of type ${dtype}.`);
    }
    const info = this.info(constantOf(values as ArrayLike<number>, shape, dtype));
    return info.dataId;
  }

  override readSync(): tf.BackendValues {
    throw new GantryError(
      'OP_UNSUPPORTED',
      'A traced program reads the value of a tensor, which it does not have yet.',
      {
        action: 'Return the tensor as an output and read it after the run.',
      },
    );
  }
  override read(): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync());
  }

  override numDataIds(): number {
    return this.values.size;
  }
  override disposeData(): boolean {
    return true;
  }
  override incRef(): void {}
  override refCount(): number {
    return 1;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {
    this.begin();
  }
}

function constantOf(values: ArrayLike<number>, shape: number[], dtype: DType): Value {
  const first = Number(values[0] ?? 0);
  let same = true;
  for (let i = 1; same && i < values.length; i++) same = Number(values[i]) === first;
  if (same) return fill(first, shape, dtype);
  const typed = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  return { shape, dtype, constant: { kind: 'data', data: typed.from(values) } };
}

let instance: TraceBackend | undefined;

/** The one tracing backend of this process, registered with tfjs at first use. */
export function traceBackend(): TraceBackend {
  if (instance) return instance;
  const backend = new TraceBackend();
  instance = backend;
  tf.registerBackend(TRACE_BACKEND, () => backend, 0);
  for (const kernel of kernelTable) {
    tf.registerKernel({
      kernelName: kernel.name,
      backendName: TRACE_BACKEND,
      kernelFunc: ({ inputs, attrs }) => backend.record(kernel, inputs, attrs ?? {}),
    });
  }
  return backend;
}
