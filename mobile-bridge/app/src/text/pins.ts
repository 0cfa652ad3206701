// The words for setting PINs; loaded with the screen.
import type { Language } from '../state/settings.svelte';

const vi = {
  title: 'Mã PIN để huỷ',
  intro: 'Có mã PIN, người khác cầm máy không huỷ được SOS của bạn. Mã dùng cho mọi máy của bạn.',
  second: 'Nếu bị ép huỷ, gõ mã thứ hai: màn hình vẫn ghi ĐÃ HUỶ, nhưng cán bộ được báo là bạn bị ép.',
  isSet: 'Đã đặt mã PIN.',
  notSet: 'Chưa đặt mã PIN.',
  onlyEnrolled: 'Chỉ máy đã đăng ký mới đặt được mã PIN.',
  begin: 'Đặt mã PIN',
  change: 'Đổi mã PIN',
  steps: {
    old: 'Gõ mã PIN cũ',
    pin: 'Mã để huỷ: 4 đến 8 số',
    pin_again: 'Gõ lại mã để huỷ',
    other: 'Mã thứ hai: 4 đến 8 số, khác mã đầu',
    other_again: 'Gõ lại mã thứ hai',
  },
  next: 'Tiếp',
  leave: 'Thôi, không đặt',
  saving: 'Đang lưu…',
  done: 'Đã lưu hai mã PIN. Hãy nhớ cả hai: máy không giữ mã.',
  tryAgain: 'Thử lại',
  problems: {
    differ: 'Hai lần gõ không giống nhau. Gõ lại.',
    same: 'Hai mã phải khác nhau.',
    old_wrong: 'Mã PIN cũ không đúng.',
    old_needed: 'Bạn đã có mã PIN. Gõ mã cũ.',
    often: 'Đã thử quá nhiều lần. Mã chưa đổi. Hãy thử lại sau.',
    no_answer: 'Chưa nối được máy chủ. Mã chưa chắc đã lưu. Thử lại.',
    refused: 'Hệ thống không nhận. Mã chưa đổi.',
    storage: 'Máy không lưu được. Xoá bớt dữ liệu rồi thử lại.',
  },
};

const en: typeof vi = {
  title: 'PIN to cancel',
  intro: 'With a PIN nobody else who holds the phone can cancel your SOS. It is for all your phones.',
  second: 'If you are forced to cancel, type the second PIN: the screen still says CANCELLED, but officers are told that you were forced.',
  isSet: 'A PIN is set.',
  notSet: 'No PIN is set.',
  onlyEnrolled: 'Only an enrolled phone can set a PIN.',
  begin: 'Set PIN',
  change: 'Change PIN',
  steps: {
    old: 'Type the old PIN',
    pin: 'PIN to cancel: 4 to 8 digits',
    pin_again: 'The PIN to cancel again',
    other: 'Second PIN: 4 to 8 digits, not the first',
    other_again: 'The second PIN again',
  },
  next: 'Next',
  leave: 'Leave it',
  saving: 'Saving…',
  done: 'Both PINs are saved. Remember both: the phone keeps neither.',
  tryAgain: 'Try again',
  problems: {
    differ: 'That was not the same twice. Type it again.',
    same: 'The two PINs must be different.',
    old_wrong: 'The old PIN is not right.',
    old_needed: 'You have a PIN already. Type the old one.',
    often: 'Tried too often. The PIN is as before. Try again later.',
    no_answer: 'The server cannot be reached. The PIN may not be saved. Try again.',
    refused: 'The system does not take it. The PIN is as before.',
    storage: 'The phone cannot save. Free some space and try again.',
  },
};

export const PINS: Record<Language, typeof vi> = { vi, en };
