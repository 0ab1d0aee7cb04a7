export interface LockHolder {
  readonly pid: number;
  readonly identity: string;
  readonly kind: string;
}

export function processIdentity(pid: number): string | null;
export function lockHolder(file: string): LockHolder | null;
export function tryLock(file: string, kind: string): (() => void) | null;
export function markLock(file: string, kind: string): void;
export function waitForLock(
  file: string,
  kind: string,
  options: { waitMs: number; onWait?: (holder: LockHolder | null) => void },
): Promise<(() => void) | null>;
