import { readFile } from 'node:fs/promises';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { openForReading } from '../../studio/open.ts';
import { createStudy, type StudyRequest } from '../../studio/study/create.ts';
import { type ResultFormat, Studies } from '../../studio/study/studies.ts';
import { writeOut } from '../../studio/study/writeOut.ts';
import type { CommandContext } from '../context.ts';
import { bar, counted } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

const actions = ['create', 'list', 'export', 'import', 'results'] as const;
const formats = ['html', 'json', 'csv', 'figures'] as const;

/** `gantry study ACTION`: a blinded reader study from its draw to its report. */
export async function studyCommand(parsed: Parsed, context: CommandContext): Promise<void> {
  const [word, file, ...more] = parsed.operands;
  const action = actions.find((one) => one === word);
  if (action === undefined || more.length > 0 || (file !== undefined && action !== 'import')) {
    throw new GantryError('USAGE', `Say what to do with the study: ${actions.join(', ')}.`);
  }
  using ws = openForReading(needed(parsed, 'workspace'));
  if (action === 'create') {
    await create(ws, parsed, context);
    return;
  }
  using studies = new Studies(ws);
  const { out } = context;
  if (action === 'list') return list(studies, out);
  if (action === 'import') {
    if (file === undefined) throw new GantryError('USAGE', 'Name the file to import.');
    return take(studies, await readFile(file).catch(refuse), out);
  }
  const id = number(parsed, 'study');
  if (id === undefined)
    throw new GantryError('USAGE', 'Say which study: --study N. `gantry study list` has them.');
  const target = needed(parsed, 'out');
  if (action === 'export') {
    const reader = text(parsed, 'reader');
    const bytes =
      reader === undefined
        ? studies.exportStudy(id)
        : new TextEncoder().encode(JSON.stringify(studies.exportAnswers(id, reader)));
    writeOut(target, bytes);
    const said = reader === undefined ? 'The study, without its truth,' : `The answers of ${reader}`;
    return out.done({ study: id, reader: reader ?? null, bytes: bytes.byteLength }, `${said} were written.`);
  }
  const format: ResultFormat = formats.find((one) => one === text(parsed, 'format')) ?? 'html';
  const { results } = studies.results(id);
  writeOut(target, new TextEncoder().encode(studies.resultText(id, format)));
  const { accuracy, area, equivalence, answers } = results.pooled;
  out.done(
    {
      study: id,
      readers: results.readers.length,
      unfinished: results.unfinished.map((one) => ({ ...one })),
      answers,
      accuracy: [accuracy.value, accuracy.low, accuracy.high],
      area: area === null ? null : [area.value, area.low, area.high],
      equivalenceP: equivalence.p,
      conclusion: answers === 0 ? null : equivalence.conclusion,
    },
    `${counted(results.readers.length, 'reader')} finished, ${results.unfinished.length} not, who are not counted; ${answers} answers, accuracy ${(accuracy.value * 100).toFixed(1)} % (${(accuracy.low * 100).toFixed(1)} to ${(accuracy.high * 100).toFixed(1)} %): ${equivalence.conclusion}.`,
  );
}

async function create(
  ws: ReturnType<typeof openForReading>,
  parsed: Parsed,
  { out, signal }: CommandContext,
): Promise<void> {
  const request: StudyRequest = {
    name: needed(parsed, 'name'),
    run: needed(parsed, 'run'),
    kind: text(parsed, 'kind') === 'forced-choice' ? 'forced-choice' : 'yes-no',
    cases: number(parsed, 'cases') ?? 200,
    training: number(parsed, 'training') ?? 10,
    label: text(parsed, 'label') ?? null,
    margin: number(parsed, 'margin') ?? 0.1,
    seed: number(parsed, 'seed') ?? 1,
  };
  const study = await createStudy(ws, request, {
    signal,
    onProgress: (done, total) =>
      out.progress({ done, total }, `${bar(done / total)} ${done} of ${total} slices`),
  });
  out.done(
    { study, cases: request.cases, training: request.training },
    `Study ${study} with ${request.cases} cases and ${request.training} training cases before them.`,
  );
}

function list(studies: Studies, out: CommandContext['out']): void {
  const all = studies.list();
  for (const { id, study, hasKey, readers } of all) {
    const { name, kind } = study;
    const said = readers.map(({ reader, done, total }) => `${reader} ${done}/${total}`).join(', ');
    out.item(
      {
        study: id,
        name,
        kind,
        cases: study.cases.length,
        training: study.training.length,
        own: hasKey,
        readers,
      },
      `${String(id).padStart(4)}  ${name}  ${kind}  ${study.cases.length} cases  ${said}`,
    );
  }
  out.done({ studies: all.length }, all.length === 0 ? 'No studies.' : undefined);
}

function take(studies: Studies, bytes: Uint8Array, out: CommandContext['out']): void {
  if (bytes[0] !== 0x7b) {
    const study = studies.importStudy(bytes);
    out.done({ what: 'study', study }, `Study ${study} is here, to be read in the app's Review page.`);
    return;
  }
  const { id, reader, added, finished, code } = studies.importAnswers(new TextDecoder().decode(bytes));
  out.done(
    { what: 'answers', study: id, reader, added, finished, code },
    `${added} new answers of ${reader} to study ${id}. Its code is ${code}: it must be the one that the reader wrote down.`,
  );
}

function refuse(error: unknown): never {
  throw toGantryError(error);
}
