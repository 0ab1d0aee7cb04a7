/** Forms that hold what somebody typed and did not send. */
export function createUnsaved() {
  const forms = new Set<object>();
  const hearers = new Set<() => void>();
  const tell = () => {
    for (const hear of hearers) hear();
  };
  return {
    /** Whether leaving the page would lose something now. */
    any: (): boolean => forms.size > 0,
    add(form: object): void {
      forms.add(form);
      tell();
    },
    /** Nothing of this form would be lost any more: it was sent, or is gone. */
    remove(form: object): void {
      if (forms.delete(form)) tell();
    },
    /** As remove, of all. */
    clear(): void {
      forms.clear();
      tell();
    },
    subscribe(hear: () => void): () => void {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}

/** Those of this page. */
export const unsaved = createUnsaved();
