import { GantryError } from '../../base/errors.ts';
import { type Arrays, type Program, type RunnerSpec, type Shapes, sizeOf } from '../types.ts';

export function findProgram(spec: RunnerSpec, name: string): Program {
  const program = spec.programs[name];
  if (!program) {
    const known = Object.keys(spec.programs).join(', ');
    throw new GantryError('BAD_CONFIG', `There is no program '${name}'; there are: ${known}.`);
  }
  return program;
}

/** Names and sizes of arrays against declared shapes; with `all`, none may be missing. */
export function checkArrays(what: string, values: Arrays, shapes: Shapes, all: boolean): void {
  for (const [name, data] of Object.entries(values)) {
    const shape = shapes[name];
    if (!shape) throw new GantryError('BAD_CONFIG', `There is no ${what} value '${name}'.`);
    if (data.length !== sizeOf(shape)) {
      throw new GantryError(
        'BAD_CONFIG',
        `The ${what} value '${name}' has ${data.length} numbers; its shape [${shape}] needs ${sizeOf(shape)}.`,
      );
    }
  }
  if (!all) return;
  for (const name of Object.keys(shapes)) {
    if (!(name in values)) throw new GantryError('BAD_CONFIG', `The ${what} value '${name}' is missing.`);
  }
}

/** Whether the new state of a run is to be taken over (see Program.commitIf). NaN is no. */
export function commits(program: Program, outputs: Arrays): boolean {
  return program.commitIf === undefined || (outputs[program.commitIf]?.[0] ?? Number.NaN) > 0;
}
