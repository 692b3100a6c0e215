import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createEagerRunner, createRunner, exportOnnx } from '../../../src/engine/index.ts';
import { relativeError } from './helpers.ts';
import { smallGan, smallGanValues } from './small-gan.ts';

describe('a generator as plain ONNX', () => {
  it('gives the pixels of the engine in a session of its own, from its latents alone', async () => {
    const { state, inputs } = smallGanValues(6);
    const model = exportOnnx(smallGan.programs.sample!, smallGan.state, state, 'generator');
    const session = await ort.InferenceSession.create(model, { executionProviders: ['cpu'] });
    expect([session.inputNames, session.outputNames]).toEqual([['z'], ['images']]);
    const z = new ort.Tensor('float32', inputs.z!, [...smallGan.programs.sample!.inputs.z!]);
    const pixels = (await session.run({ z })).images!.data as Float32Array;
    const runners = [await createRunner(smallGan, { device: 'cpu' }), await createEagerRunner(smallGan)];
    for (const runner of runners) {
      runner.setState(state);
      const { images } = await runner.run('sample', { z: inputs.z! });
      expect(relativeError(pixels, images!)).toBeLessThan(1e-5);
      await runner.dispose();
    }
    await session.release();
  });

  it('says which weight is missing', () => {
    const { state } = smallGanValues(6);
    const { 'g/up': _left, ...rest } = state;
    expect(() => exportOnnx(smallGan.programs.sample!, smallGan.state, rest)).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
  });
});
