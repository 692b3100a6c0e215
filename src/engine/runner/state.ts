import ort from 'onnxruntime-node';
import { GantryError } from '../../base/errors.ts';
import { type Shapes, sizeOf } from '../types.ts';

interface Slot {
  current: ort.Tensor;
  /** Where the next value is written; exists once some program changes the value. */
  spare: ort.Tensor | undefined;
}

/** State values as ONNX Runtime tensors over fixed buffers: a step reads one and writes the other of a pair. */
export class StateBuffers {
  private readonly slots = new Map<string, Slot>();

  constructor(shapes: Shapes) {
    for (const [name, shape] of Object.entries(shapes)) {
      this.slots.set(name, { current: zeros(shape), spare: undefined });
    }
  }

  current(name: string): ort.Tensor {
    return this.slot(name).current;
  }

  spare(name: string): ort.Tensor {
    const slot = this.slot(name);
    slot.spare ??= zeros(slot.current.dims);
    return slot.spare;
  }

  /** The written buffer becomes the value. */
  flip(name: string): void {
    const slot = this.slot(name);
    const written = this.spare(name);
    slot.spare = slot.current;
    slot.current = written;
  }

  data(name: string): Float32Array {
    return this.current(name).data as Float32Array;
  }

  names(): string[] {
    return [...this.slots.keys()];
  }

  private slot(name: string): Slot {
    const slot = this.slots.get(name);
    if (!slot) throw new GantryError('BAD_CONFIG', `There is no state value '${name}'.`);
    return slot;
  }
}

/** Zeros that other threads see too (see lanes.ts). */
export function sharedZeros(shape: readonly number[]): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * sizeOf(shape)));
}

export function zeros(shape: readonly number[]): ort.Tensor {
  return new ort.Tensor('float32', sharedZeros(shape), [...shape]);
}
