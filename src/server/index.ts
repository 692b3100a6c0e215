export { type Answer, answerContent, type MediaSource, plainAnswer } from './content.ts';
export { contentSecurityPolicy, securityHeaders } from './headers.ts';
export { type RunningServer, type ServeOptions, startServer } from './start.ts';
