import type { ReactNode } from 'react';

export interface ScrollRegionProps {
  /** Of the box, which bounds its height or width. */
  readonly className: string;
  readonly label: string;
  readonly children: ReactNode;
}

/** A box that scrolls by itself, with a name; the keyboard reaches it, or what is out of sight stays so. */
export function ScrollRegion({ className, label, children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
