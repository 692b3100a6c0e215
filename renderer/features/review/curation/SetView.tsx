import { FailureNotice, LoadingNotice } from '../../../components/Notice.tsx';
import { client } from '../../../lib/client.ts';
import { useCall } from '../useCall.ts';
import { Curation } from './Curation.tsx';

/** A review set by its address. */
export function SetView({ setId }: { setId: string }) {
  const [set, reload] = useCall(() => client.reviews.get({ setId }), setId);
  if (set.status === 'loading') return <LoadingNotice />;
  if (set.status === 'failed') return <FailureNotice failure={set.failure} retry={reload} />;
  return <Curation set={set.value} />;
}
