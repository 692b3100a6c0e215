/** Where a file is, by names. */
export interface NamedPlace {
  readonly relative: string;
  readonly given: string;
}

const withoutEnding = (name: string) => name.replace(/(?:\.nii\.gz|\.[^./]{1,5})$/i, '');

/** Ways in which a table may name a file: by its path below the folder that was given, or by its name. */
export function fileNames({ relative, given }: NamedPlace): string[] {
  const name = relative.slice(relative.lastIndexOf('/') + 1);
  const names = [relative, `${given}/${relative}`, withoutEnding(relative), name, withoutEnding(name)];
  // Below an archive as if it were a folder.
  const unpacked = relative.replaceAll(/\.zip\//gi, '/');
  return [...names, unpacked, withoutEnding(unpacked)];
}
