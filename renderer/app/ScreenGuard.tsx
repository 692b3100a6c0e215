import { Component, type ReactNode } from 'react';
import { FailureNotice } from '../components/Notice.tsx';
import { type Failure, failureOf } from '../stores/resource.ts';

interface State {
  readonly failure: Failure | undefined;
}

/**
 * Holds a screen that cannot be drawn, so that navigation and jobs stay: a fault of ours, or a part of the app that
 * is no longer there because it was updated under an open page. Trying again loads the page anew.
 */
export class ScreenGuard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failure: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { failure: failureOf(error) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    return <FailureNotice failure={failure} retry={() => location.reload()} />;
  }
}
