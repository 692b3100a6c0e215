import { readFileSync, rmSync } from 'node:fs';
import { GantryError } from '../../base/errors.ts';
import { entrySchema } from '../../study/chain.ts';
import {
  type Answer,
  type AnswerFile,
  answerFileSchema,
  answersCsv,
  appendAnswer,
  brokenAt,
  chainCode,
  chainStart,
  checkAnswer,
  checkStudy,
  decodeStudy,
  type Entry,
  encodeStudy,
  figuresCsv,
  type PublicStudy,
  progressOf,
  type Reading,
  readerCodeSchema,
  type StudyKey,
  type StudyResults,
  studyKeySchema,
  studyReport,
  studyResults,
} from '../../study/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { type StudyRecord, StudyStore } from '../../workspace/studies.ts';
import { keepStudy, readStudyImage } from './create.ts';

export interface OpenStudy {
  readonly id: number;
  readonly hash: string;
  readonly study: PublicStudy;
  /** The truth; null where only the readers' file is. */
  readonly key: StudyKey | null;
}

export interface StudyListing {
  readonly id: number;
  readonly study: PublicStudy;
  readonly hasKey: boolean;
  readonly readers: readonly { readonly reader: string; readonly done: number; readonly total: number }[];
}

export interface ReadingState {
  readonly kind: PublicStudy['kind'];
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly training: number;
  readonly size: number;
  /** The case that is open; null when all were answered. */
  readonly open: {
    readonly caseId: string;
    readonly images: readonly number[];
    readonly training: boolean;
  } | null;
  /** To be written down at the end; changes when any answer does. */
  readonly code: string | null;
}

export type ResultFormat = 'json' | 'csv' | 'figures' | 'html';

/** The reader studies of a workspace. */
export class Studies {
  private readonly ws: Workspace;
  private readonly store: StudyStore;
  /** A parsed study is kept: an answer must not wait for the parsing of hundreds of cases. */
  private readonly known = new Map<number, OpenStudy>();

  constructor(ws: Workspace) {
    this.ws = ws;
    this.store = new StudyStore(ws);
  }

  close(): void {
    this.store.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * @param onDamaged told of a study whose record cannot be read, which is then left out
   * @throws WORKSPACE_INVALID for such a study where nobody wants to be told
   */
  list(onDamaged?: (id: number) => void): StudyListing[] {
    return this.store.list().flatMap((record) => {
      const { id } = record;
      const open = this.parsedOr(record, onDamaged);
      if (open === undefined) return [];
      const { study, key } = open;
      const counts = new Map<string, number>();
      for (const { reader } of this.store.answers(id)) counts.set(reader, (counts.get(reader) ?? 0) + 1);
      const total = study.training.length + study.cases.length;
      return {
        id,
        study,
        hasKey: key !== null,
        readers: [...counts].map(([reader, done]) => ({ reader, done, total })),
      };
    });
  }

  private parsedOr(
    record: StudyRecord,
    onDamaged: ((id: number) => void) | undefined,
  ): OpenStudy | undefined {
    try {
      return this.parsed(record);
    } catch (error) {
      if (onDamaged === undefined) throw error;
      onDamaged(record.id);
      return undefined;
    }
  }

  /** @throws NOT_FOUND, WORKSPACE_INVALID */
  get(id: number): OpenStudy {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const open = this.parsed(this.store.get(id));
    this.known.set(id, open);
    return open;
  }

  /** Forgets a study with all its answers. */
  remove(id: number): void {
    const { hash } = this.store.get(id);
    this.store.remove(id);
    this.known.delete(id);
    rmSync(this.store.imagesFile(hash), { force: true });
  }

  /** Raw values of an image. @throws NOT_FOUND */
  image(id: number, place: number): Uint8Array {
    const { hash, study } = this.get(id);
    if (place >= study.images) throw new GantryError('NOT_FOUND', 'The study has no such image.');
    return readStudyImage(this.store, hash, study.size, place);
  }

  /** Where a reader stands. @throws USAGE for a reader code that is none, CORRUPT for changed answers */
  state(id: number, reader: string): ReadingState {
    const { hash, study } = this.get(id);
    const entries = this.entries(id, this.readerOf(reader));
    const { step, done, total, training } = progressOf(study, reader, entries);
    return {
      kind: study.kind,
      name: study.name,
      done,
      total,
      training,
      size: study.size,
      open:
        step.kind === 'finished'
          ? null
          : { caseId: step.case.id, images: step.case.images, training: step.training },
      code: step.kind === 'finished' ? chainCode(hash, reader, entries) : null,
    };
  }

  /**
   * Takes an answer; it is on the disk when this returns, and stands.
   * @returns where the reader stands now, and the truth of a training case
   */
  answer(
    id: number,
    reader: string,
    answer: Answer,
  ): { state: ReadingState; truth: Answer['choice'] | null } {
    const { hash, study } = this.get(id);
    const entries = this.entries(id, this.readerOf(reader));
    checkAnswer(study, reader, entries, answer);
    const before = entries.at(-1)?.hash ?? chainStart(hash, reader);
    this.store.append(id, reader, entries.length, [appendAnswer(before, answer)]);
    const truth = study.training.find((one) => one.id === answer.caseId)?.answer ?? null;
    return { state: this.state(id, reader), truth };
  }

  /** The file for a reader's machine. */
  exportStudy(id: number): Uint8Array {
    const { hash, study } = this.get(id);
    return encodeStudy(study, readFileSync(this.store.imagesFile(hash)));
  }

  /** Takes in a study's file, to be read here. @throws NOT_AN_IMAGE, CORRUPT, ALREADY_EXISTS */
  importStudy(file: Uint8Array): number {
    const { study, images } = decodeStudy(file);
    return keepStudy(this.ws, study, null, images);
  }

  /** The file that goes back to the coordinator. @throws NO_INPUT when the reader gave no answer */
  exportAnswers(id: number, reader: string): AnswerFile {
    const { hash } = this.get(id);
    const entries = this.entries(id, this.readerOf(reader));
    if (entries.length === 0) throw new GantryError('NO_INPUT', `Reader ${reader} has given no answer yet.`);
    return { format: 'gantry-answers', version: 1, study: hash, reader, entries: [...entries] };
  }

  /**
   * Takes in a reader's answers, or what is new of them.
   * @returns the study, and the code to compare with what the reader wrote down
   * @throws NOT_AN_IMAGE for another file, NOT_FOUND for another study, CORRUPT for changed answers
   */
  importAnswers(text: string): {
    id: number;
    reader: string;
    added: number;
    finished: boolean;
    code: string;
  } {
    const file = parseAnswers(text);
    const record = this.store.find(file.study);
    if (record === undefined) {
      throw new GantryError('NOT_FOUND', 'These answers belong to a study that is not in this workspace.');
    }
    const { id, hash, study } = this.get(record.id);
    refuseBroken(hash, file.reader, file.entries);
    const given: Entry[] = [];
    for (const entry of file.entries) {
      checkAnswer(study, file.reader, given, entry.answer);
      given.push(entry);
    }
    const here = this.entries(id, file.reader);
    if (here.some((entry, i) => i < given.length && given[i]!.hash !== entry.hash)) {
      throw new GantryError('CORRUPT', `Reader ${file.reader} has other answers to this study already.`, {
        action: 'Answers stand. If two people used one code, one of them reads again under another.',
      });
    }
    const fresh = given.slice(here.length);
    if (fresh.length > 0) this.store.append(id, file.reader, here.length, fresh);
    const { done, total } = progressOf(study, file.reader, given);
    const code = chainCode(hash, file.reader, given);
    return { id, reader: file.reader, added: fresh.length, finished: done === total, code };
  }

  /**
   * The figures of a study.
   * @throws USAGE where the truth is not, CORRUPT when answers in the workspace were changed
   */
  results(id: number): { study: PublicStudy; key: StudyKey; readings: Reading[]; results: StudyResults } {
    const { study, key } = this.get(id);
    if (key === null) {
      throw new GantryError('USAGE', 'The truth of this study is with its coordinator, not here.', {
        action: 'Send the answers back: gantry study export --answers, or the Review page.',
      });
    }
    const readers = [...new Set(this.store.answers(id).map(({ reader }) => reader))];
    const readings = readers.map((reader) => ({ reader, entries: this.entries(id, reader) }));
    return { study, key, readings, results: studyResults(study, key, readings) };
  }

  /** The results as a file's text. */
  resultText(id: number, format: ResultFormat): string {
    const { study, key, readings, results } = this.results(id);
    if (format === 'csv') return answersCsv(key, readings);
    if (format === 'figures') return figuresCsv(results);
    if (format === 'html') return studyReport(study, key, results);
    const { nonce: _nonce, ...truth } = key;
    return `${JSON.stringify({ study: study.name, kind: study.kind, ...truth, results }, null, 2)}\n`;
  }

  private readerOf(reader: string): string {
    if (readerCodeSchema.safeParse(reader).success) return reader;
    throw new GantryError('USAGE', 'A reader code has 1 to 12 letters, digits or dashes.', {
      action: 'Use initials or a number, never a name.',
    });
  }

  /** A reader's answers, their chain checked. @throws CORRUPT */
  private entries(id: number, reader: string): Entry[] {
    const { hash } = this.get(id);
    const rows = this.store.answersOf(id, reader);
    const entries = rows.map(({ answer, hash: own }) => {
      const parsed = entrySchema.safeParse({ answer, hash: own });
      if (!parsed.success) throw changed(reader, 0);
      return parsed.data;
    });
    refuseBroken(hash, reader, entries);
    return entries;
  }

  private parsed(record: StudyRecord): OpenStudy {
    try {
      return {
        id: record.id,
        hash: record.hash,
        study: checkStudy(record.public),
        key: record.key === null ? null : studyKeySchema.parse(record.key),
      };
    } catch (error) {
      throw new GantryError('WORKSPACE_INVALID', `The record of study ${record.id} is damaged.`, {
        cause: error,
      });
    }
  }
}

function changed(reader: string, place: number): GantryError {
  return new GantryError(
    'CORRUPT',
    `Answers of reader ${reader} were changed: answer ${place + 1} does not fit.`,
    {
      action: 'Do not use them. Ask the reader for the file as it was written.',
    },
  );
}

function refuseBroken(hash: string, reader: string, entries: readonly Entry[]): void {
  const place = brokenAt(hash, reader, entries);
  if (place >= 0) throw changed(reader, place);
}

function parseAnswers(text: string): AnswerFile {
  try {
    return answerFileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new GantryError('NOT_AN_IMAGE', 'The file holds no answers to a reader study.', {
      action: 'Choose the file that the reader was given at the end.',
      cause: error,
    });
  }
}
