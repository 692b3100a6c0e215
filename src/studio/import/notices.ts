import type { Workspace } from '../../workspace/index.ts';

/** Keeps with a dataset what its series and its split have to say. */
export function settleNotices(ws: Workspace, name: string): void {
  const notices = new Set(ws.seriesNotices(name));
  const { heldOutSubjects, privacy } = ws.dataset(name);
  if (heldOutSubjects === 0) notices.add('no-held-out-subjects');
  if (privacy.texts.length > 0) notices.add('text-kept');
  ws.setDatasetNotices(name, [...notices]);
}
