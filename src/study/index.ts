export {
  type AnswerFile,
  answerFileSchema,
  appendAnswer,
  brokenAt,
  chainCode,
  chainStart,
  commitKey,
  type Entry,
  studyHash,
} from './chain.ts';
export { conclusionOf } from './conclusion.ts';
export { type Candidate, planStudy } from './design.ts';
export { checkStudy, decodeStudy, encodeStudy, sha256Hex } from './file.ts';
export { answersCsv, figuresCsv } from './report/csv.ts';
export { studyReport } from './report/html.ts';
export { type Reading, type StudyResults, studyResults } from './results.ts';
export { studySize } from './sampleSize.ts';
export { checkAnswer, progressOf } from './session.ts';
export {
  type Answer,
  type PublicStudy,
  readerCodeSchema,
  type StudyKey,
  studyKeySchema,
} from './types.ts';
