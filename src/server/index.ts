export { answerContent, type MediaSource, plainAnswer } from './content.ts';
export { contentSecurityPolicy } from './headers.ts';
export { type RunningServer, startServer } from './start.ts';
