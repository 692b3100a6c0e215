import { useRef, useState } from 'react';
import type { ReviewSetDetail, ReviewSliceView, Verdict } from '../../../../src/contract/study.ts';
import { client } from '../../../lib/client.ts';
import { type Failure, failureOf } from '../../../stores/resource.ts';
import { useReader } from '../useReader.ts';

type Said = Pick<ReviewSliceView, 'verdict' | 'reason' | 'note'>;

export interface Verdicts {
  readonly items: readonly ReviewSliceView[];
  readonly failure: Failure | undefined;
  readonly canUndo: boolean;
  /** false: it could not be kept. */
  judge(slice: number, said: Said): Promise<boolean>;
  /** Takes the last verdict of this page back; gives the slice. */
  undo(): Promise<number | undefined>;
}

/** The verdicts of a set: shown at once, kept by the studio, taken back in their order. */
export function useVerdicts(set: ReviewSetDetail): Verdicts {
  const reader = useReader((store) => store.code);
  const [items, setItems] = useState(set.items);
  const [failure, setFailure] = useState<Failure>();
  const [depth, setDepth] = useState(0);
  const history = useRef<{ readonly slice: number; readonly before: Said }[]>([]);

  const say = async (slice: number, { verdict, reason, note }: Said) => {
    try {
      await client.reviews.judge({ setId: set.id, slice, verdict, reason, note, reader });
      setFailure(undefined);
      setItems((now) =>
        now.map((one) =>
          one.slice === slice ? { ...one, verdict, reason, note, reader, at: new Date().toISOString() } : one,
        ),
      );
      return true;
    } catch (error) {
      setFailure(failureOf(error));
      return false;
    }
  };

  return {
    items,
    failure,
    canUndo: depth > 0,
    async judge(slice, said) {
      const before = items.find((one) => one.slice === slice);
      if (before === undefined) return false;
      const { verdict, reason, note } = before;
      if (!(await say(slice, said))) return false;
      history.current.push({ slice, before: { verdict, reason, note } });
      setDepth(history.current.length);
      return true;
    },
    async undo() {
      const last = history.current.at(-1);
      if (last === undefined || !(await say(last.slice, last.before))) return undefined;
      history.current.pop();
      setDepth(history.current.length);
      return last.slice;
    },
  };
}

export function countVerdicts(items: readonly ReviewSliceView[]): Record<Verdict, number> {
  const counts = { accept: 0, reject: 0, mark: 0, none: 0 };
  for (const { verdict } of items) counts[verdict]++;
  return counts;
}
