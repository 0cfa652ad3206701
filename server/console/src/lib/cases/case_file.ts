import type { CaseFileFault, CaseId } from '@protocol';
import type { CaseFileWords } from '../i18n/case_file_vi';

/** Where the file of a case is, for the officers who may take it away. */
export function caseFileUrl(id: CaseId): string {
  return `/api/cases/${id}/file`;
}

/** What is not as it was signed, in words. */
export function describeFault(fault: CaseFileFault, words: CaseFileWords['check']): string {
  const t = words.fault;
  switch (fault.what) {
    case 'not_json':
      return t.notJson(fault.line, fault.column);
    case 'not_case_file':
      return t.notCaseFile;
    case 'not_canonical':
      return t.notCanonical(fault.at);
    case 'other_key':
      return t.otherKey;
    case 'signature':
      return t.signature;
    case 'changed':
    case 'missing':
    case 'added':
      return t[fault.what](describePart(fault.part, words));
  }
}

/** `timeline/3` is the fourth item of the timeline. */
function describePart(part: string, words: CaseFileWords['check']): string {
  const [section = '', place] = part.split('/');
  const name = words.section[section] ?? section;
  return place === undefined ? name : words.item(name, Number(place) + 1);
}
