export interface Fact {
  /** `common.steps.1.delay_s`; empty: the facts are one value. */
  name: string;
  /** More than one where the fact is a list. */
  values: string[];
}

/** Most lines that an entry is shown with: the corners of a district alone would fill many pages. */
const FACTS_MAX = 60;
const VALUE_CHARS_MAX = 300;

/** The facts of an entry of the ledger, one line for every value; as they are where they are no JSON. */
export function readable(facts: string): Fact[] {
  try {
    const all = lines(JSON.parse(facts), '');
    return all.length > FACTS_MAX ? [...all.slice(0, FACTS_MAX), { name: '…', values: [`+${all.length - FACTS_MAX}`] }] : all;
  } catch {
    return [{ name: '', values: [shortened(facts)] }];
  }
}

function lines(value: unknown, name: string): Fact[] {
  if (typeof value !== 'object' || value === null) return [{ name, values: [shortened(String(value ?? '–'))] }];
  const entries = Object.entries(value);
  if (Array.isArray(value) && value.every((part) => typeof part !== 'object')) {
    return [{ name, values: value.length > 0 ? firstOf(value.map(String)) : ['–'] }];
  }
  return entries.flatMap(([key, part]) => lines(part, name ? `${name}.${key}` : key));
}

/** As many parts as stand in one line. */
function firstOf(parts: readonly string[]): string[] {
  let chars = 0;
  const kept = parts.filter((part) => (chars += part.length) <= VALUE_CHARS_MAX);
  return kept.length < parts.length ? [...kept, `+${parts.length - kept.length}`] : kept;
}

function shortened(text: string): string {
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}
