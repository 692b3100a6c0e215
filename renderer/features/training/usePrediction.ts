import { useEffect, useState } from 'react';
import type { Prediction, TrainingRequest } from '../../../src/contract/index.ts';
import { client } from '../../lib/client.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

/** What is typed or chosen in quick succession is asked for once. */
const quietMs = 300;

export interface Predicted {
  /** The newest answer; it stays while the next one is on its way. */
  readonly prediction: Prediction | undefined;
  readonly failure: Failure | undefined;
  readonly isWaiting: boolean;
}

/** What a training would take, asked for again whenever the request changes; null: there is nothing to ask yet. */
export function usePrediction(request: TrainingRequest | null): Predicted {
  const [predicted, setPredicted] = useState<Predicted>({
    prediction: undefined,
    failure: undefined,
    isWaiting: true,
  });
  const key = JSON.stringify(request);
  useEffect(() => {
    const asked: TrainingRequest | null = JSON.parse(key);
    if (asked === null) {
      // What was said is of a choice that is no longer there.
      setPredicted({ prediction: undefined, failure: undefined, isWaiting: false });
      return;
    }
    const abort = new AbortController();
    setPredicted((before) => ({ ...before, isWaiting: true }));
    const timer = setTimeout(() => {
      client.runs.predict(asked, { signal: abort.signal }).then(
        (prediction) => {
          if (!abort.signal.aborted) setPredicted({ prediction, failure: undefined, isWaiting: false });
        },
        (error) => {
          if (abort.signal.aborted) return;
          setPredicted({ prediction: undefined, failure: failureOf(error), isWaiting: false });
        },
      );
    }, quietMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key]);
  return predicted;
}
