import {
  HOLIDAYS_MAX,
  LABEL_CHARS_MAX,
  TEXTS_MAX,
  type AnswerTarget,
  type DeskSettings,
  type Holidays,
  type NumberEntry,
  type PutStaff,
  type PutWebhook,
  type Texts,
} from '@protocol';
import type { AdminTexts } from '../i18n/admin/vi';
import { isZone } from './zones';

/** What would be refused, in words, so that it is said before anything is sent. The service has the last word. */

export function faultsOfDesk(desk: DeskSettings, t: AdminTexts): string[] {
  const { lat, lon, answer_targets: targets = [] } = desk;
  const placed = lat != null && lon != null && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  const odd = desk.countries.find((code) => !/^[A-Z]{2}$/.test(code));
  return said(
    [desk.name.trim() === '', t.nameMissing],
    [odd !== undefined, t.desks.countriesWrong(odd ?? '')],
    [!within(desk.claim_target_s, 5, 3600), t.desks.targetWrong],
    [targets.some(({ within_s, wanted_pct }) => !within(within_s, 1, 3600) || !within(wanted_pct, 1, 100)), t.desks.targets.wrong],
    [targets.some((target, at) => !isMore(target, targets[at - 1])), t.desks.targets.notRising],
    [Boolean(desk.time_zone) && !isZone(desk.time_zone ?? ''), t.zoneMissing],
    [!placed && (lat != null || lon != null), t.desks.placeWrong],
  );
}

/** A target that asks for no more than a shorter one before it says nothing. */
function isMore(target: AnswerTarget, before: AnswerTarget | undefined): boolean {
  return before === undefined || (target.within_s > before.within_s && target.wanted_pct > before.wanted_pct);
}

export function faultsOfNumber(entry: NumberEntry, t: AdminTexts): string[] {
  return said([!/^[0-9+*# -]*$/.test(entry.number), t.numbers.numberWrong]);
}

/** `isNew`: without a password nobody could sign in. */
export function faultsOfStaff({ account, password }: PutStaff, isNew: boolean, t: AdminTexts): string[] {
  const length = [...(password ?? '')].length;
  const deskless = (account.role === 'dispatcher' || account.role === 'supervisor') && !account.desk_id;
  return said(
    [account.name.trim() === '', t.nameMissing],
    [account.login.trim() === '', t.staff.loginMissing],
    [deskless, t.staff.deskMissing],
    [(isNew || length > 0) && !within(length, 10, 200), t.staff.passwordWrong],
  );
}

/** `ownDesk`: of those who arrange cover for one desk only. */
export function faultsOfWebhook({ webhook, key }: PutWebhook, ownDesk: string | null, t: AdminTexts): string[] {
  return said(
    [!isLabel(webhook.name), t.nameMissing],
    [!/^https:\/\/[^/\s]+/.test(webhook.url), t.webhooks.urlWrong],
    [ownDesk !== null && !webhook.desk, t.webhooks.deskMissing],
    [webhook.version === 0 && !key, t.webhooks.keyMissing],
  );
}

export function faultsOfHolidays({ days }: Holidays, t: AdminTexts): string[] {
  const lines = days.flatMap(({ day, name }, at) =>
    said([day === '', t.holidays.dayMissing(at + 1)], [!isLabel(name), t.holidays.nameMissing(at + 1)]),
  );
  return [...lines, ...said([days.length > HOLIDAYS_MAX, t.holidays.tooMany])];
}

export function faultsOfTexts(texts: Texts, t: AdminTexts): string[] {
  const w = t.texts;
  const both = ({ vi, en }: { vi: string; en: string }) => vi.trim() !== '' && en.trim() !== '';
  const ids = texts.questions.map(({ id }) => id);
  const twice = firstTwice(ids);
  const tagTwice = firstTwice(texts.tags.map((tag) => tag.trim()));
  return [
    ...texts.phrases.flatMap((phrase, at) => said([!both(phrase), w.wordsMissing(w.phrase(at + 1))])),
    ...texts.questions.flatMap(({ id, words, choices }, at) => {
      const where = w.question(at + 1);
      return said(
        [!both(words) || !(choices ?? []).every(both), w.wordsMissing(where)],
        [!/^[a-z0-9-]+$/.test(id), w.idWrong(where)],
      );
    }),
    ...texts.tags.flatMap((tag, at) => said([!isLabel(tag), w.tagWrong(w.tag(at + 1))])),
    ...said(
      [twice !== undefined, w.idTwice(twice ?? '')],
      [tagTwice !== undefined, w.tagTwice(tagTwice ?? '')],
      [[texts.phrases, texts.questions, texts.tags].some(({ length }) => length > TEXTS_MAX), w.tooMany],
    ),
  ];
}

/** The words of what is so. */
export function said(...faults: [isSo: boolean, words: string][]): string[] {
  return faults.flatMap(([isSo, words]) => (isSo ? [words] : []));
}

/** An empty field of numbers gives `null` or `undefined`. */
export function within(value: number | null | undefined, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

export function isLabel(text: string): boolean {
  const length = [...text.trim()].length;
  return length >= 1 && length <= LABEL_CHARS_MAX;
}

function firstTwice(words: readonly string[]): string | undefined {
  return words.find((word, at) => words.indexOf(word) !== at);
}
