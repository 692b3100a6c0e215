import type { ReactNode } from 'react';
import type { RunState } from '../../../src/contract/index.ts';
import { CheckIcon, ClockIcon, DotIcon, PauseIcon, StopIcon, WarnIcon } from '../../components/icons.tsx';
import { useText } from '../../lib/i18n/index.ts';

/** Each state has a word, a sign and a colour; the colour alone never tells. */
const looks: Readonly<Record<RunState, { tone: string; icon: ReactNode }>> = {
  queued: { tone: '', icon: <ClockIcon /> },
  running: { tone: 'live', icon: <DotIcon /> },
  paused: { tone: 'warn', icon: <PauseIcon /> },
  stopped: { tone: '', icon: <StopIcon /> },
  completed: { tone: 'good', icon: <CheckIcon /> },
  failed: { tone: 'bad', icon: <WarnIcon /> },
  interrupted: { tone: 'warn', icon: <WarnIcon /> },
};

export function RunStateChip({ state }: { state: RunState }) {
  const { t } = useText();
  const { tone, icon } = looks[state];
  return (
    <span className={`state ${tone}`}>
      {icon}
      {t(`runs.state.${state}`)}
    </span>
  );
}
