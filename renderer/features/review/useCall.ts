import { useCallback, useEffect, useState } from 'react';
import { loading, type Resource, settle } from '../../stores/resource.ts';

/** What a call answers, and a way to ask again; what is shown stays until the new answer is there. */
export function useCall<T>(call: () => Promise<T>, key: string): [Resource<T>, () => void] {
  const [answer, setAnswer] = useState<Resource<T>>(loading);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is asked for
  useEffect(() => {
    let live = true;
    void settle(call()).then((next) => {
      if (live) setAnswer(next);
    });
    return () => {
      live = false;
    };
  }, [key, turn]);
  return [answer, useCallback(() => setTurn((now) => now + 1), [])];
}
