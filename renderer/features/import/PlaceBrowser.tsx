import { useEffect, useState } from 'react';
import { Button, ListBox, ListBoxItem } from 'react-aria-components';
import type { FolderListing, ImportWays } from '../../../src/contract/index.ts';
import { FailureNote } from '../../components/Notice.tsx';
import { client } from '../../lib/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useImportDialog } from '../../stores/importDialog.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

interface Spot {
  readonly placeId: string;
  readonly path: readonly string[];
}

/** Walks down the folders that the host allowed. The folder that is open is the one that is chosen. */
export function PlaceBrowser({ places }: { places: ImportWays['places'] }) {
  const { t, language } = useText();
  const choose = useImportDialog((dialog) => dialog.choose);
  const [spot, setSpot] = useState<Spot>();
  const [listing, setListing] = useState<FolderListing>();
  const [failure, setFailure] = useState<Failure>();

  const go = (next: Spot | undefined) => {
    setSpot(next);
    setListing(undefined);
    setFailure(undefined);
    if (next === undefined) {
      choose(undefined);
      return;
    }
    const name = next.path.at(-1) ?? places.find(({ id }) => id === next.placeId)?.name ?? '';
    choose({ type: 'place', ...next, name });
  };
  useEffect(() => {
    if (spot === undefined) return;
    let isShown = true;
    client.imports.browse({ placeId: spot.placeId, path: [...spot.path] }).then(
      (found) => isShown && setListing(found),
      (error) => isShown && setFailure(failureOf(error)),
    );
    return () => {
      isShown = false;
    };
  }, [spot]);

  if (places.length === 0) return <p className="muted">{t('import.places.none')}</p>;
  const items = spot === undefined ? places : (listing?.folders ?? []).map((name) => ({ id: name, name }));
  const open = (id: string) =>
    go(spot === undefined ? { placeId: id, path: [] } : { ...spot, path: [...spot.path, id] });
  const up = () => {
    if (spot === undefined) return;
    go(spot.path.length === 0 ? undefined : { ...spot, path: spot.path.slice(0, -1) });
  };
  const trail =
    spot === undefined ? [] : [places.find(({ id }) => id === spot.placeId)?.name ?? '', ...spot.path];
  return (
    <div className="places">
      <div className="places-head">
        <Button className="button" isDisabled={spot === undefined} onPress={up}>
          {t('import.places.up')}
        </Button>
        <span className="mono">{trail.join(' / ')}</span>
      </div>
      <ListBox
        className="places-list"
        aria-label={t('import.places')}
        items={items}
        selectionMode="none"
        onAction={(key) => open(String(key))}
        renderEmptyState={() => <p className="muted">{t('import.places.empty')}</p>}
      >
        {(item) => (
          <ListBoxItem id={item.id} className="option" textValue={item.name}>
            {item.name}
          </ListBoxItem>
        )}
      </ListBox>
      {listing === undefined ? null : (
        <p className="muted">
          {t('import.places.files', { count: formatCount(listing.files, language) })}
          {listing.isCut
            ? ` ${t('import.places.cut', { count: formatCount(listing.folders.length, language) })}`
            : ''}
        </p>
      )}
      <FailureNote failure={failure} />
    </div>
  );
}
